use crate::kit::{ALTRO, Caso, ENTE, World, on_both, persona, prima};
use crate::storia::{MAX_PASSI, passo};
use crate::{Corredo, FiltroPratiche};
use domain::pratica::TipoPratica;
use eventstore::EventStore;

async fn the_table_and_the_fold_of_the_stream_say_the_same(world: World) {
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

async fn a_past_instant_is_shown_as_it_was_recorded(world: World) {
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

async fn a_list_brings_the_last_steps(world: World) {
    world.histories().await;
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let filtro = FiltroPratiche { titolare: Some(persona(2)), riservate: true, ..FiltroPratiche::default() };
    let steps = async |passi: u32| {
        let corredo = Corredo { passi, totale: false };
        models.pratiche_con(ENTE, &filtro, prima(20), corredo).await.unwrap().righe
    };
    let rows = steps(5).await;
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let whole = models.storia(ENTE, row.pratica.id, None).await.unwrap();
        assert_eq!(row.passi, whole[1..], "the last five of six, in their order");
    }
    assert!(steps(100).await.iter().all(|row| row.passi.len() == 6));
    assert!(steps(0).await.iter().all(|row| row.passi.is_empty()));
    let other = models.pratiche_con(ALTRO, &filtro, prima(20), Corredo { passi: 5, totale: true }).await.unwrap();
    assert!(other.righe.iter().all(|row| rows.iter().all(|own| own.pratica.id != row.pratica.id)));
}

async fn a_case_shows_at_most_so_many_steps(world: World) {
    let caso = Caso::new(TipoPratica::Istanza, 1, "Panchina", "urp");
    let id = world.file(ENTE, &caso).await;
    for _ in 0..=MAX_PASSI / 3 {
        world.conclude(ENTE, &caso, id).await;
    }
    let models = world.models().await;
    models.catch_up().await.unwrap();
    let steps = models.storia(ENTE, id, None).await.unwrap();
    assert_eq!((steps.len(), steps[0].evento.as_str()), (MAX_PASSI as usize, "IstanzaPresentata"));
    let all = FiltroPratiche { riservate: true, ..FiltroPratiche::default() };
    let last = models.pratiche_con(ENTE, &all, prima(1), Corredo { passi: u32::MAX, totale: true }).await.unwrap();
    let last = &last.righe[0].passi;
    assert_eq!((last.len(), last[499].evento.as_str()), (MAX_PASSI as usize, "IstanzaConclusa"));
}

#[test]
fn a_cancelled_appointment_names_what_was_called_off_and_an_old_one_does_not() {
    use domain::appuntamento::{AppuntamentoAnnullato, AppuntamentoSpostato, Event};
    use domain::{Evento, Sample};
    let record = eventstore::Record {
        ente: ENTE.into(),
        stream: "appuntamento-1".into(),
        version: 1,
        position: 1,
        event_id: uuid::Uuid::nil(),
        kind: "AppuntamentoAnnullato".into(),
        schema_version: 2,
        payload: "{}".into(),
        meta: "{}".into(),
        recorded_at: jiff::Timestamp::UNIX_EPOCH,
        prev_hash: [0; 32],
        hash: [0; 32],
    };
    let step = |event: Event| passo(&record, &Evento::Appuntamento(event)).unwrap().parametri;
    let now = AppuntamentoAnnullato::sample();
    let named = step(now.clone().into());
    assert_eq!((named["inizio"].as_str(), named["sede"].as_str()), ("2026-03-10T08:00:00Z", "Ufficio anagrafe"));
    let old = step(AppuntamentoAnnullato { posto: None, ..now }.into());
    assert_eq!(old.keys().collect::<Vec<_>>(), ["chi"]);
    // A move names the place it leaves only when it is another one.
    let same = AppuntamentoSpostato::sample();
    assert!(!step(same.clone().into()).contains_key("sedePrima"));
    let mut other = same;
    other.a.sede.nome = "URP".into();
    let other = step(other.into());
    assert_eq!((other["sedePrima"].as_str(), other["sede"].as_str()), ("Ufficio anagrafe", "URP"));
}

on_both!(
    the_table_and_the_fold_of_the_stream_say_the_same,
    a_past_instant_is_shown_as_it_was_recorded,
    a_list_brings_the_last_steps,
    a_case_shows_at_most_so_many_steps,
);
