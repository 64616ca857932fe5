use crate::kit::{Caso, ENTE, World, persona, prima};
use crate::storia::{MAX_PASSI, passo};
use crate::{FiltroPratiche, MAX_PAGINA};
use domain::ids::PraticaId;
use domain::pratica::TipoPratica;
use eventstore::EventStore;

#[tokio::test]
async fn the_table_and_the_fold_of_the_stream_say_the_same() {
    let world = World::new();
    let caso = Caso::new(TipoPratica::Lettera, 1, "Il parco", "segreteria-sindaco");
    let id = world.file(ENTE, &caso).await;
    world.conclude(ENTE, &caso, id).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let steps = models.storia(ENTE, id, None).await.unwrap();
    let opener = world.opener();
    let records = world.store.read_stream(ENTE, &caso.tipo.stream(id), 0, 100).await.unwrap();
    let folded: Vec<_> = records.iter().filter_map(|record| passo(record, &opener.open(record).unwrap())).collect();
    assert_eq!(steps, folded);
    let names: Vec<_> = steps.iter().map(|step| step.evento.as_str()).collect();
    assert_eq!(
        names,
        [
            "LetteraInviata",
            "RicevutaEmessa",
            "TermineCalcolato",
            "LetteraPresaInCarico",
            "LavorazioneAvviata",
            "RispostaInviata"
        ]
    );
    assert_eq!(steps[1].segnatura.as_deref(), Some("0000001/2026"));
    assert_eq!(steps[2].scadenza.unwrap().to_string(), "2026-04-07");
    assert_eq!(steps[3].attore.as_deref(), Some("Giulia Bianchi"));
    assert_eq!((steps[5].messaggio.as_deref(), steps[5].segnatura.as_deref()), (Some("Fatto."), Some("0000002/2026")));
    assert_eq!(steps[0].parametri["ufficio"], "segreteria-sindaco");
}

#[tokio::test]
async fn a_past_instant_is_shown_as_it_was_recorded() {
    let world = World::new();
    let caso = Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp");
    let id = world.file(ENTE, &caso).await;
    let then = world.now();
    world.conclude(ENTE, &caso, id).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    assert_eq!(models.storia(ENTE, id, Some(then)).await.unwrap().len(), 3);
    assert_eq!(models.storia(ENTE, id, None).await.unwrap().len(), 6);
    let filed = models.pratica(ENTE, id).await.unwrap().unwrap().inviata_il;
    assert_eq!(models.storia(ENTE, id, Some(filed)).await.unwrap().len(), 3, "the instant itself is included");
}

#[tokio::test]
async fn the_personal_area_takes_two_statements() {
    let world = World::new();
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let filtro = FiltroPratiche { titolare: Some(persona(2)), riservate: true, ..FiltroPratiche::default() };
    let page = models.pratiche(ENTE, &filtro, prima(20)).await.unwrap();
    let ids: Vec<PraticaId> = page.righe.iter().map(|row| row.id).collect();
    let steps = models.storie(ENTE, &ids, 5).await.unwrap();
    assert_eq!(steps.len(), 3);
    for id in &ids {
        let whole = models.storia(ENTE, *id, None).await.unwrap();
        assert_eq!(steps[id], whole[1..], "the last five of six, in their order");
    }
    assert!(models.storie(ENTE, &[], 5).await.unwrap().is_empty());
    assert!(models.storie(ENTE, &ids, 0).await.unwrap().is_empty());
    let many: Vec<PraticaId> = (0..MAX_PAGINA).map(|_| PraticaId(world.uuid())).chain(ids).collect();
    assert!(models.storie(ENTE, &many, 5).await.unwrap().is_empty(), "cases beyond the limit are left out");
}

#[tokio::test]
async fn a_case_shows_at_most_so_many_steps() {
    let world = World::new();
    let caso = Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp");
    let id = world.file(ENTE, &caso).await;
    for _ in 0..=MAX_PASSI / 3 {
        world.conclude(ENTE, &caso, id).await;
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let steps = models.storia(ENTE, id, None).await.unwrap();
    assert_eq!((steps.len(), steps[0].evento.as_str()), (MAX_PASSI as usize, "IstanzaPresentata"));
    let last = models.storie(ENTE, &[id], u32::MAX).await.unwrap();
    assert_eq!((last[&id].len(), last[&id][499].evento.as_str()), (MAX_PASSI as usize, "IstanzaConclusa"));
}
