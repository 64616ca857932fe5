use crate::FiltroRegistro;
use crate::kit::{Caso, ENTE, World, on_both, prima};
use domain::pratica::TipoPratica;
use domain::registro::Flusso;
use jiff::civil::date;

fn all() -> FiltroRegistro {
    FiltroRegistro { riservate: true, ..FiltroRegistro::default() }
}

async fn an_entry_keeps_what_was_entered_and_shows_what_changed(world: World) {
    let caso = Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp");
    let id = world.file(ENTE, &caso).await;
    world.conclude(ENTE, &caso, id).await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let before = models.registrazione(ENTE, 2026, 1).await.unwrap().unwrap();
    assert_eq!((before.assegnazione.as_str(), before.modificata, before.flusso), ("urp", false, Flusso::E));
    assert_eq!((before.pratica, before.tipo_pratica), (id, TipoPratica::Istanza));
    assert_eq!(before.nomi_allegati, ["lampione.jpg"]);
    assert_eq!((before.allegati.len(), before.allegati[0].dimensione), (1, 482_113));
    assert_eq!(before.codice_fiscale.as_deref(), Some("RSSMRA80A01H501U"));
    assert_eq!(before.data_locale, date(2026, 3, 6));

    // In a page of its own, and two in one page.
    for office in ["ambiente", "tributi"] {
        world.reassign(ENTE, 1, office).await;
    }
    models.catch_up().await.unwrap();
    let after = models.registrazione(ENTE, 2026, 1).await.unwrap().unwrap();
    assert_eq!((after.assegnazione.as_str(), after.modificata), ("tributi", true));
    let unchanged = crate::RegistrazioneRow { assegnazione: "urp".into(), modificata: false, ..after };
    assert_eq!(unchanged, before);
    let changes = models.modifiche(ENTE, 2026, 1).await.unwrap();
    let changed: Vec<_> = changes.iter().map(|c| (c.campo.as_str(), c.nuova.as_str(), c.operatore.as_str())).collect();
    assert_eq!(
        changed,
        [("assegnazione", "ambiente", "Giulia Bianchi"), ("assegnazione", "tributi", "Giulia Bianchi")]
    );
    assert!(changes[0].quando < changes[1].quando);
    let answer = models.registrazione(ENTE, 2026, 2).await.unwrap().unwrap();
    assert!(answer.flusso == Flusso::U && answer.primario.is_some() && !answer.modificata);
    assert!(models.modifiche(ENTE, 2026, 2).await.unwrap().is_empty());
    assert!(models.registrazione(ENTE, 2025, 1).await.unwrap().is_none());
}

async fn entries_are_found_by_number_name_subject_and_day(world: World) {
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let numbers = async |filtro: FiltroRegistro| {
        let page = models.registro(ENTE, &filtro, prima(100)).await.unwrap();
        assert_eq!(page.totale as usize, page.righe.len());
        page.righe.iter().map(|row| row.protocollo.numero).collect::<Vec<_>>()
    };
    let testo = |testo: &str| FiltroRegistro { testo: Some(testo.into()), ..all() };
    let whole = numbers(all()).await;
    assert_eq!(whole, (1..=16).rev().collect::<Vec<u64>>(), "dense, the newest first");
    assert_eq!(numbers(testo("0000003/2026")).await, [3]);
    assert_eq!(numbers(testo("16/2026")).await, [16]);
    assert_eq!(numbers(testo("rssmra80a01h501u")).await.len(), 16);
    assert_eq!(numbers(testo("ROSSI")).await.len(), 16);
    assert_eq!(numbers(testo("lettera al SINDACO")).await.len(), 4);
    assert_eq!(numbers(testo("%")).await.len(), 0);
    let entry = models.registrazione(ENTE, 2026, 1).await.unwrap().unwrap();
    assert_eq!(numbers(testo(entry.tipo_pratica.codice(entry.pratica).as_str())).await, [1]);
    assert_eq!(numbers(FiltroRegistro { flusso: Some(Flusso::U), ..all() }).await.len(), 4);
    assert_eq!(numbers(FiltroRegistro::default()).await.len(), 12, "letters are restricted");
    assert_eq!(numbers(FiltroRegistro { anno: Some(2025), ..all() }).await.len(), 0);
    assert_eq!(numbers(FiltroRegistro { anno: Some(2026), ..all() }).await.len(), 16);
    let day = entry.data_locale;
    let first = numbers(FiltroRegistro { dal: Some(day), al: Some(day), ..all() }).await;
    let later = numbers(FiltroRegistro { dal: Some(day.tomorrow().unwrap()), ..all() }).await;
    assert!(!first.is_empty() && !later.is_empty());
    assert_eq!([later, first].concat(), whole);
}

on_both!(an_entry_keeps_what_was_entered_and_shows_what_changed, entries_are_found_by_number_name_subject_and_day,);
