//! Notices about appointments: what they say, what goes with them, and when they are no longer true.

use crate::Contesto;
use crate::appuntamenti::tests::sala::{ENTE, LUNEDI, MARTEDI, Sala, pratica, slot};
use crate::notifiche::{Config, Notifiche};
use crate::ports::{Consegna, Messaggio, StatoConsegna, SystemIds};
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use domain::{Caso, Evento};
use jiff::SignedDuration;
use std::sync::Arc;
use uuid::Uuid;

fn processo(sala: &Sala) -> Notifiche {
    let parts = &sala.app.parts;
    Notifiche {
        store: parts.store.clone(),
        opener: parts.opener.clone(),
        work: parts.work.clone(),
        mailer: sala.mondo.postino.clone(),
        ricevute: None,
        app: Some(sala.app.clone()),
        clock: parts.clock.clone(),
        ids: Arc::new(SystemIds),
        enti: parts.enti.all().to_vec(),
        config: Config { percorso_pratica: "/pratiche/".into(), ..Config::default() },
        nodo: "uno".into(),
    }
}

/// The message that the last event of a booking causes, or one that a process queued under a name.
async fn messaggio(sala: &Sala, id: PraticaId, motivo: Motivo, dedupe: &str) -> Option<Messaggio> {
    let records = sala.app.stream(ENTE, &TipoPratica::Appuntamento.stream(id)).await.unwrap();
    let Some(Caso::Appuntamento(pratica)) = Caso::fold(records.iter().map(|(_, event)| event)) else {
        panic!("no appointment")
    };
    let cause: Option<&Evento> = records.last().map(|(_, event)| event);
    let now = sala.app.clock().now();
    let consegna = Consegna {
        dedupe: dedupe.into(),
        ente: ENTE.into(),
        pratica: id,
        tipo: TipoPratica::Appuntamento,
        causa: Uuid::from_u128(1),
        motivo,
        tentativi: 0,
        affidata: None,
        prossimo: now,
        creata: now,
        stato: StatoConsegna::InCoda,
        errore: None,
    };
    let ente = sala.app.enti().all()[0].clone();
    processo(sala).di_appuntamento(&ente, &pratica, cause, &consegna).await.unwrap()
}

async fn prenotato(sala: &Sala, me: &Contesto) -> PraticaId {
    sala.prenota(me, "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id
}

#[tokio::test]
async fn each_says_when_where_and_how_to_change_and_carries_the_calendar() {
    let sala = Sala::nuova().await;
    let (me, officer) = (sala.cittadino(1), sala.operatore("urp"));
    let id = prenotato(&sala, &me).await;
    let booked = messaggio(&sala, id, Motivo::Prenotazione, "x").await.unwrap();
    for words in [
        "martedì 10 marzo 2026, ore 9:00",
        "Una fototessera recente",
        "https://montelume.example/a/",
        "fino a lunedì 9 marzo",
    ] {
        assert!(booked.testo.contains(words), "{words}: {}", booked.testo);
    }
    assert!(booked.oggetto.contains("martedì 10 marzo 2026"), "{}", booked.oggetto);
    let calendar = &booked.acclusi[0];
    assert_eq!((calendar.nome.as_str(), calendar.formato), ("appuntamento.ics", super::super::appuntamento::RICHIESTA));
    // The link in it opens the case.
    let token = booked.testo.split("/a/").nth(1).unwrap().split_whitespace().next().unwrap();
    let (_, opened) =
        sala.app.appuntamento_da_collegamento(&sala.mondo.nessuno(), token).await.unwrap().aperto().unwrap();
    assert_eq!(opened, id);

    let why = Some("Lo sportello è chiuso.".to_owned());
    sala.app.sposta_appuntamento(&officer, "s", id, slot(LUNEDI, 9, 0), why.clone()).await.unwrap();
    let moved = messaggio(&sala, id, Motivo::Spostamento, "x").await.unwrap();
    assert!(moved.testo.contains("lunedì 9 marzo 2026, ore 9:00") && moved.testo.contains("Lo sportello è chiuso."));
    sala.app.annulla_appuntamento(&officer, "a", id, why).await.unwrap();
    let gone = messaggio(&sala, id, Motivo::Annullamento, "x").await.unwrap();
    assert!(gone.testo.contains("Lo sportello è chiuso.") && !gone.testo.contains("/a/"), "{}", gone.testo);
    assert!(String::from_utf8_lossy(&gone.acclusi[0].bytes).contains("METHOD:CANCEL"));
    for message in [&booked, &moved, &gone] {
        let all = format!("{}{}", message.oggetto, message.testo);
        assert!(!all.contains("notifica-") && !all.contains('{'), "{all}");
        super::super::posta::componi(message, sala.app.clock().now()).unwrap();
    }
    assert!(messaggio(&sala, id, Motivo::Prenotazione, "x").await.is_none(), "no longer true");
}

#[tokio::test]
async fn a_reminder_that_is_late_or_of_another_time_says_nothing() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = prenotato(&sala, &me).await;
    let name = |sequence: u32| format!("promemoria:{id}:{sequence}:3");
    assert!(messaggio(&sala, id, Motivo::Promemoria, &name(0)).await.unwrap().testo.contains("ti ricordiamo"));
    let moved = sala.app.sposta_appuntamento(&me, "s", id, slot(LUNEDI, 9, 0), None).await.unwrap();
    assert!(messaggio(&sala, id, Motivo::Promemoria, &name(0)).await.is_none());
    let start = pratica(&moved).dettaglio.posto.inizio;
    sala.adesso(start - SignedDuration::from_secs(1));
    let near = messaggio(&sala, id, Motivo::Promemoria, &name(1)).await.unwrap();
    assert!(near.testo.contains("avvisa l'ufficio per telefono"), "{}", near.testo);
    sala.adesso(start);
    assert!(messaggio(&sala, id, Motivo::Promemoria, &name(1)).await.is_none());
}
