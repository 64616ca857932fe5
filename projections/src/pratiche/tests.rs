use crate::kit::{Caso, ENTE, World, on_both, persona, prima};
use crate::{Corredo, FiltroPratiche, MAX_PAGINA, Pagina, PraticaRow};
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::pratica::{StatoPratica, TipoPratica};

use TipoPratica::{Istanza, Lettera, Segnalazione};

fn all() -> FiltroPratiche {
    FiltroPratiche { riservate: true, ..FiltroPratiche::default() }
}

async fn a_row_tells_the_whole_life_of_a_case(world: World) {
    let caso = Caso::new(Segnalazione, 1, "Lampione spento", "lavori-pubblici");
    let id = world.file(ENTE, &caso).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let row = models.pratica(ENTE, id).await.unwrap().unwrap();
    assert_eq!((row.tipo, row.stato, row.titolare), (Segnalazione, StatoPratica::Protocollata, persona(1)));
    assert_eq!((row.posizione, row.ultima), (2, 4), "the register's entry comes first");
    assert_eq!(row.protocollo.as_ref().unwrap().segnatura().to_string(), "0000001/2026");
    assert_eq!(row.protocollo.as_ref().unwrap().data, row.inviata_il);
    assert_eq!(row.codice, Segnalazione.codice(id).as_str());
    assert_eq!((row.latitudine, row.longitudine), (Some(44.123_456), Some(8.25)));
    assert_eq!((row.categoria.as_deref(), row.servizio.as_deref()), (Some("illuminazione"), None));
    assert_eq!(row.scadenza.unwrap().to_string(), "2026-04-07");
    assert_eq!((&row.operatore, row.conclusa_il), (&None, None));

    world.conclude(ENTE, &caso, id).await;
    models.catch_up().await.unwrap();
    let end = models.pratica_per_codice(ENTE, &row.codice).await.unwrap().unwrap();
    assert_eq!((end.stato, end.operatore.as_deref()), (StatoPratica::Conclusa, Some("Giulia Bianchi")));
    assert_eq!(end.conclusa_il, Some(end.aggiornata_il));
    assert_eq!((end.posizione, end.ultima, end.protocollo), (2, 7, row.protocollo));
}

async fn pages_follow_each_other_without_a_slip(world: World) {
    for _ in 0..23 {
        world.file(ENTE, &Caso::new(Istanza, 1, "Panchina", "urp")).await;
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let mut seen: Vec<PraticaId> = Vec::new();
    let mut pagina = prima(10);
    loop {
        let page = models.pratiche(ENTE, &all(), pagina).await.unwrap();
        assert_eq!(page.totale, 23);
        seen.extend(page.righe.iter().map(|row| row.id));
        // A case that comes in between does not move the pages after.
        if seen.len() == 10 {
            world.file(ENTE, &Caso::new(Istanza, 1, "Panchina", "urp")).await;
        }
        match page.prossima() {
            Some(dopo) => pagina.dopo = Some(dopo),
            None => break,
        }
    }
    assert_eq!(seen.len(), 23);
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first, none twice");
    let cut = models.pratiche(ENTE, &all(), prima(MAX_PAGINA + 900)).await.unwrap();
    assert_eq!((cut.righe.len(), cut.altre), (23, false));
    let one = models.pratiche(ENTE, &all(), prima(0)).await.unwrap();
    assert_eq!((one.righe.len(), one.totale, one.altre), (1, 23, true));
    let none = models.pratiche(ENTE, &all(), Pagina { primi: 5, dopo: Some(1) }).await.unwrap();
    assert_eq!((none.righe.len(), none.totale, none.altre), (0, 23, false));
}

async fn a_page_has_at_most_so_many_rows(world: World) {
    for _ in 0..=MAX_PAGINA {
        world.file(ENTE, &Caso::new(Istanza, 1, "Panchina", "urp")).await;
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let page = models.pratiche(ENTE, &all(), prima(u32::MAX)).await.unwrap();
    assert_eq!((page.righe.len(), page.altre, page.totale), (MAX_PAGINA as usize, true, u64::from(MAX_PAGINA) + 1));
}

async fn filters_hold_together(world: World) {
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let total = async |filtro: FiltroPratiche| models.pratiche(ENTE, &filtro, prima(100)).await.unwrap().totale;
    assert_eq!(total(all()).await, 12);
    assert_eq!(total(FiltroPratiche::default()).await, 8, "letters are restricted");
    assert_eq!(total(FiltroPratiche { titolare: Some(persona(2)), ..all() }).await, 3);
    assert_eq!(total(FiltroPratiche { tipo: Some(Lettera), ..all() }).await, 4);
    assert_eq!(total(FiltroPratiche { tipo: Some(Lettera), ..FiltroPratiche::default() }).await, 0);
    assert_eq!(total(FiltroPratiche { aperte: Some(true), ..all() }).await, 6);
    assert_eq!(total(FiltroPratiche { aperte: Some(false), titolare: Some(persona(1)), ..all() }).await, 0);
    assert_eq!(total(FiltroPratiche { stato: Some(StatoPratica::Conclusa), ..all() }).await, 6);
    let uffici = |codes: &[&str]| Some(codes.iter().map(|code| CodiceUfficio::new(*code)).collect());
    assert_eq!(total(FiltroPratiche { uffici: uffici(&["urp", "lavori-pubblici"]), ..all() }).await, 8);
    assert_eq!(total(FiltroPratiche { uffici: uffici(&[]), ..all() }).await, 0, "no office, no case");
    let counts = models.conteggi(ENTE, &all()).await.unwrap();
    assert_eq!(counts.len(), 6);
    assert!(counts.contains(&(Istanza, StatoPratica::Protocollata, 2)));
    assert_eq!(counts.iter().map(|(_, _, n)| n).sum::<u64>(), 12);
}

async fn a_search_takes_wildcards_and_quotes_as_letters(world: World) {
    for titolo in ["Sconto 50% sulla TARI", "Sconto 500 sulla TARI", "a_b", "axb", "L'albero è \"caduto\"; --", "!"] {
        world.file(ENTE, &Caso::new(Istanza, 1, titolo, "urp")).await;
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let found = async |testo: &str| {
        let filtro = FiltroPratiche { testo: Some(testo.into()), ..all() };
        let page = models.pratiche(ENTE, &filtro, prima(10)).await.unwrap();
        page.righe.into_iter().filter_map(|row| row.titolo).collect::<Vec<_>>()
    };
    assert_eq!(found("50%").await, ["Sconto 50% sulla TARI"]);
    assert_eq!(found("A_B").await, ["a_b"]);
    assert_eq!(found("!").await, ["!"]);
    assert_eq!(found("ALBERO È \"caduto\"; --").await, ["L'albero è \"caduto\"; --"]);
    assert_eq!(found("%").await.len(), 1);
    assert_eq!(found("0000004/2026").await, ["axb"]);
    assert_eq!(found("mario ROSSI").await.len(), 6);
    assert_eq!(found("  ").await.len(), 6, "nothing to look for");
    let code = Istanza.codice(models.pratiche(ENTE, &all(), prima(1)).await.unwrap().righe[0].id);
    assert_eq!(found(&code.as_str().to_lowercase()).await, ["!"]);
}

/// Lists are read as JSON, single cases column by column.
async fn a_list_says_what_a_single_case_says(world: World) {
    let titles = ["L'albero \"è\" caduto\\ \n\t\u{2028}\u{1f333}", "null", "[1]", ""];
    for (n, titolo) in titles.into_iter().enumerate() {
        let tipo = [Segnalazione, Lettera, Istanza][n % 3];
        let caso = Caso::new(tipo, 1, titolo, "urp");
        let id = world.file(ENTE, &caso).await;
        if n > 0 {
            world.conclude(ENTE, &caso, id).await;
        }
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let page = models.pratiche(ENTE, &all(), prima(10)).await.unwrap();
    assert_eq!(page.righe.len(), titles.len());
    for row in page.righe {
        let single = models.pratica(ENTE, row.id).await.unwrap().unwrap();
        assert_eq!(row, PraticaRow { latitudine: None, longitudine: None, ..single });
    }
    let uncounted = Corredo { passi: 0, totale: false };
    let page = models.pratiche_con(ENTE, &all(), prima(1), uncounted).await.unwrap();
    assert_eq!((page.righe.len(), page.totale, page.altre), (1, 0, true));
}

on_both!(
    a_list_says_what_a_single_case_says,
    a_row_tells_the_whole_life_of_a_case,
    pages_follow_each_other_without_a_slip,
    a_page_has_at_most_so_many_rows,
    filters_hold_together,
    a_search_takes_wildcards_and_quotes_as_letters,
);
