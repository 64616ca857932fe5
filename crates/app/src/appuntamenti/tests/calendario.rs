//! Calendar files, read back by a parser.

use super::sala::{LUNEDI, MARTEDI, Sala, slot};
use crate::appuntamenti::calendario::{Corredo, file};
use crate::appuntamenti::limits;
use domain::Sample as _;
use domain::appuntamento::{self, Dettaglio};
use domain::pratica::Pratica;
use icalendar::{Calendar, CalendarComponent, Component as _, Event};

/// The one event of a file, and the method.
pub fn letto(text: &str) -> (String, Event) {
    assert!(text.lines().all(|line| line.len() <= 75), "folded: {text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let calendar: Calendar = text.parse().unwrap();
    let method = calendar.property_value("METHOD").unwrap().to_owned();
    assert_eq!(calendar.property_value("VERSION"), Some("2.0"));
    match <[_; 1]>::try_from(calendar.components) {
        Ok([CalendarComponent::Event(event)]) => (method, event),
        other => panic!("{other:?}"),
    }
}

pub fn detto<'a>(event: &'a Event, key: &str) -> &'a str {
    event.property_value(key).unwrap_or_else(|| panic!("no {key}"))
}

#[tokio::test]
async fn moved_twice_and_cancelled_it_stays_one_event_whose_sequence_rises() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let mut seen = Vec::new();
    for (key, to) in [("s", Some(slot(MARTEDI, 15, 0))), ("t", Some(slot(MARTEDI, 15, 30))), ("a", None)] {
        seen.push(letto(&sala.app.calendario_appuntamento(&me, id).await.unwrap().unwrap()));
        match to {
            Some(to) => sala.app.sposta_appuntamento(&me, key, id, to, None).await.map(|_| ()),
            None => sala.app.annulla_appuntamento(&me, key, id, None).await.map(|_| ()),
        }
        .unwrap();
    }
    seen.push(letto(&sala.app.calendario_appuntamento(&me, id).await.unwrap().unwrap()));
    let shown: Vec<_> = seen
        .iter()
        .map(|(method, event)| {
            (method.as_str(), detto(event, "SEQUENCE"), detto(event, "DTSTART"), detto(event, "STATUS"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("REQUEST", "0", "20260309T080000Z", "CONFIRMED"),
            ("REQUEST", "1", "20260310T140000Z", "CONFIRMED"),
            ("REQUEST", "2", "20260310T143000Z", "CONFIRMED"),
            ("CANCEL", "3", "20260310T143000Z", "CANCELLED"),
        ]
    );
    for (_, event) in &seen {
        assert_eq!(detto(event, "UID"), format!("{id}@montelume.example"));
        assert_eq!(detto(event, "DTSTAMP"), "20260306T093000Z");
    }
    assert!(sala.app.calendario_appuntamento(&sala.cittadino(2), id).await.is_err(), "nobody else's");
}

#[tokio::test]
async fn what_people_write_breaks_no_line() {
    let event =
        domain::appuntamento::Event::AppuntamentoPrenotato(domain::appuntamento::AppuntamentoPrenotato::sample());
    let mut pratica: Pratica<Dettaglio> = appuntamento::evolve(None, &event).unwrap();
    pratica.dettaglio.posto.sede.indirizzo = "Via del Forno; 1, scala B \\ \"sinistra\"\r\nEND:VEVENT".into();
    pratica.dettaglio.nome_servizio = "Carta d'identità, è così: ".repeat(6);
    let corredo = Corredo {
        collegamento: Some("https://montelume.example/a/abc".into()),
        cosa_serve: vec!["Una fototessera, recente".into(), "22,00 euro; in contanti".into()],
    };
    let ente = Sala::nuova().await.mondo.nessuno().ente;
    let text = file(&ente, &pratica, &corredo, "2026-03-06T09:30:00Z".parse().unwrap());
    let (_, event) = letto(&text);
    assert!(detto(&event, "LOCATION").contains("Forno; 1, scala B"), "{text}");
    assert!(detto(&event, "DESCRIPTION").contains("22,00 euro; in contanti"), "{text}");
    assert_eq!(text.matches("\r\nBEGIN:VALARM\r\n").count(), 1);
    assert!(text.contains(&format!("\r\nTRIGGER:{}\r\n", limits::AVVISO_CALENDARIO)));
    let alarm = text.split("BEGIN:VALARM").nth(1).unwrap();
    assert!(!alarm.split("END:VALARM").next().unwrap().contains("DTSTAMP"), "the library's own clock: {alarm}");
}
