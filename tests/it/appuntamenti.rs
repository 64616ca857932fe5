//! Nobody finds somebody else in their chair, however many want it, on however many nodes (domain.md 2.7).

use crate::support::python::letto;
use crate::support::town::{Town, at};
use app::appuntamenti::{PrenotaAppuntamento, Richiedente};
use app::{App, AppError};
use domain::agenda::{self, Giornata};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile, SlotId};
use domain::termini::apertura;
use domain::{Evento, Sample as _};
use jiff::ToSpan as _;
use jiff::civil::{Date, date, time};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Attempts to book, of as many persons; more when the environment says so.
const TENTATIVI: usize = 3_000;

fn tentativi() -> usize {
    std::env::var("SPORTELLO_TEST_TENTATIVI").map_or(TENTATIVI, |text| text.parse().expect("a number"))
}

/// Clients at once.
const CLIENTI: usize = 64;
/// Nodes, where the engine knows several.
const NODI: usize = 3;
/// First of the days that are fought over; a Wednesday. Each has six starts from nine o'clock, at two desks.
const PRIMO: Date = date(2026, 3, 11);
/// So many days.
const GIORNI: i64 = 3;
/// Seats of a day.
const POSTI: usize = 12;
/// What is booked.
const SERVIZIO: &str = "carta-identita";

fn ufficio() -> CodiceUfficio {
    CodiceUfficio::new("urp")
}

/// The n-th slot of those that are fought over.
fn slot(n: usize) -> SlotId {
    let giorno = PRIMO.saturating_add(i64::try_from(n / 6).expect("a small number").rem_euclid(GIORNI).days());
    let start = [
        time(9, 0, 0, 0),
        time(9, 30, 0, 0),
        time(10, 0, 0, 0),
        time(10, 30, 0, 0),
        time(11, 0, 0, 0),
        time(11, 30, 0, 0),
    ];
    let start = start[n % 6];
    SlotId { ufficio: ufficio(), servizio: SERVIZIO.into(), inizio: apertura(giorno, start) }
}

fn input(slot: SlotId) -> PrenotaAppuntamento {
    PrenotaAppuntamento {
        slot,
        servizio: SERVIZIO.into(),
        motivo: "Rinnovo".into(),
        dettagli: String::new(),
        richiedente: Richiedente::default(),
        collegata: None,
        canale: None,
    }
}

/// What came of the attempts.
#[derive(Debug, Default)]
struct Esiti {
    prenotati: AtomicUsize,
    lasciati: AtomicUsize,
    spostati: AtomicUsize,
    rifiutati: AtomicUsize,
    /// Refusals that named nothing that is free instead.
    muti: AtomicUsize,
}

/// One person tries; one of ten holds the slot first, one of seven who got it leaves it, one of five moves on.
async fn prova(town: &Town, app: &App, n: usize, esiti: &Esiti) {
    let (me, wanted) = (town.un_cittadino(n), slot(n * 7));
    if n.is_multiple_of(10) {
        match app.blocca_slot(&me, &format!("b-{n}"), wanted.clone()).await {
            Ok(_) | Err(AppError::Rifiutato(_)) => {}
            Err(other) => panic!("hold {n}: {other}"),
        }
    }
    let booked = match app.prenota_appuntamento(&me, &format!("p-{n}"), input(wanted)).await {
        Ok(esito) => esito,
        Err(AppError::Rifiutato(errors)) => {
            esiti.rifiutati.fetch_add(1, Ordering::Relaxed);
            esiti.muti.fetch_add(usize::from(errors[0].alternative().is_empty()), Ordering::Relaxed);
            return;
        }
        Err(other) => panic!("booking {n}: {other}"),
    };
    esiti.prenotati.fetch_add(1, Ordering::Relaxed);
    let id = booked.caso.base().id;
    if n.is_multiple_of(7) {
        app.annulla_appuntamento(&me, &format!("a-{n}"), id, None).await.expect("the holder may cancel");
        esiti.lasciati.fetch_add(1, Ordering::Relaxed);
    } else if n.is_multiple_of(5) {
        match app.sposta_appuntamento(&me, &format!("s-{n}"), id, slot(n * 7 + 9), None).await {
            Ok(_) => _ = esiti.spostati.fetch_add(1, Ordering::Relaxed),
            Err(AppError::Rifiutato(_)) => {}
            Err(other) => panic!("move {n}: {other}"),
        }
    }
}

/// The day as the log has it, folded here.
async fn giornata(town: &Town, giorno: Date) -> Giornata {
    let (ente, stream) = (town.ente.codice.as_str(), agenda::stream(&ufficio(), giorno));
    let (mut state, mut after) = (Giornata::default(), 0);
    loop {
        let records = town.parts.store.read_stream(ente, &stream, after, 5_000).await.expect("it is read");
        let Some(last) = records.last() else { return state };
        after = last.version;
        for record in &records {
            if let Evento::Agenda(event) = town.parts.opener.open(record).expect("it is an event") {
                state = agenda::evolve(state, &event);
                assert_no_overlap(&state);
            }
        }
    }
}

/// At no moment of its history two seats of a desk overlap.
fn assert_no_overlap(giornata: &Giornata) {
    let mut desks: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for posto in &giornata.posti {
        desks.entry(&posto.preso.sportello).or_default().push(posto.preso.occupa());
    }
    for (desk, taken) in &mut desks {
        taken.sort_unstable();
        assert!(taken.windows(2).all(|pair| !pair[0].tocca(pair[1])), "{desk}: {taken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_want_few_seats_and_each_seat_has_one_person() {
    let town = Arc::new(Town::open(at("2026-03-09T09:00:00Z")).await);
    let mut nodes = Vec::new();
    for _ in 0..NODI {
        let node = town.node().await;
        node.pubblica_prenotabile(town.ente.codice.as_str(), &Prenotabile::sample()).await.expect("it is published");
        let orario = Orario { ufficio: ufficio(), versione: 90, ..Orario::sample() };
        node.pubblica_orario(town.ente.codice.as_str(), &orario).await.expect("it is published");
        nodes.push(node);
    }
    // What is free elsewhere is asked of the read models.
    for node in &nodes {
        node.reads().catch_up().await.expect("the read models follow");
    }
    let readers = nodes.clone();
    let following = tokio::spawn(async move {
        loop {
            for node in &readers {
                node.reads().catch_up().await.expect("the read models follow");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let tentativi = tentativi();
    let (esiti, next) = (Arc::new(Esiti::default()), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTI {
        let (town, app) = (town.clone(), nodes[client % NODI].clone());
        let (esiti, next) = (esiti.clone(), next.clone());
        clients.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= tentativi {
                    return;
                }
                prova(&town, &app, n, &esiti).await;
            }
        });
    }
    clients.join_all().await;
    following.abort();
    // Holds of those who were refused after all have ended by now; then whoever still wants a seat gets one, until none is
    // left.
    town.clock.set(at("2026-03-09T09:30:00Z"));
    for n in 0..3 * 6 * 3 {
        let me = town.un_cittadino(tentativi + n);
        let booked = nodes[n % NODI].prenota_appuntamento(&me, &format!("u-{n}"), input(slot(n))).await;
        assert!(matches!(booked, Ok(_) | Err(AppError::Rifiutato(_))), "{booked:?}");
    }
    for day in 0..GIORNI {
        let giornata = giornata(&town, PRIMO.saturating_add(day.days())).await;
        assert_eq!((giornata.posti.len(), giornata.blocchi.len()), (POSTI, 0), "day {day}: {esiti:?}");
    }
    let count = |n: &AtomicUsize| n.load(Ordering::Relaxed);
    assert_eq!(count(&esiti.prenotati) + count(&esiti.rifiutati), tentativi, "{esiti:?}");
    assert!(count(&esiti.lasciati) > 0 && count(&esiti.rifiutati) > tentativi / 2, "{esiti:?}");
    assert_eq!(count(&esiti.muti), 0, "a refusal says what is free instead: {esiti:?}");
}

/// What Python's `icalendar` reads in a file that it takes for valid: the properties that RFC 5545 asks for, and times.
const LETTORE: &str = r#"
import json, sys
from icalendar import Calendar
calendar = Calendar.from_ical(sys.stdin.buffer.read())
for key in calendar.required: assert key in calendar, key
events = calendar.walk("VEVENT")
assert len(events) == 1 and not calendar.errors and not events[0].errors, (calendar.errors, events)
event = events[0]
for key in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION"): assert key in event, key
utc = lambda key: event.decoded(key).strftime("%Y-%m-%dT%H:%M:%SZ")
print(json.dumps({"metodo": str(calendar["METHOD"]), "uid": str(event["UID"]), "sequenza": event["SEQUENCE"],
    "stato": str(event["STATUS"]), "inizio": utc("DTSTART"), "fine": utc("DTEND")}))
"#;

#[tokio::test]
async fn another_program_sees_an_appointment_moved_twice_and_cancelled() {
    let town = Town::open(at("2026-03-09T09:00:00Z")).await;
    let app = town.node().await;
    app.pubblica_prenotabile(town.ente.codice.as_str(), &Prenotabile::sample()).await.expect("it is published");
    let orario = Orario { ufficio: ufficio(), versione: 90, ..Orario::sample() };
    app.pubblica_orario(town.ente.codice.as_str(), &orario).await.expect("it is published");
    let me = town.un_cittadino(1);
    let id = app.prenota_appuntamento(&me, "p", input(slot(0))).await.expect("it is free").caso.base().id;
    let mut files = Vec::new();
    for step in 0..4 {
        let ics = app.calendario_appuntamento(&me, id).await.expect("it is told").expect("an appointment");
        files.push(letto(LETTORE, &ics));
        match step {
            0 => drop(app.sposta_appuntamento(&me, "s1", id, slot(1), None).await.expect("it is free")),
            1 => drop(app.sposta_appuntamento(&me, "s2", id, slot(8), None).await.expect("it is free")),
            2 => drop(app.annulla_appuntamento(&me, "a", id, None).await.expect("there is time")),
            _ => {}
        }
    }
    let uid = files[0]["uid"].clone();
    assert!(uid.as_str().expect("text").starts_with(&format!("{id}@")));
    // Rome is an hour ahead of UTC in March, until the clocks change.
    let starts = ["2026-03-11T08:00:00Z", "2026-03-11T08:30:00Z", "2026-03-12T09:00:00Z", "2026-03-12T09:00:00Z"];
    for (step, (file, start)) in files.iter().zip(starts).enumerate() {
        let (metodo, stato) = if step == 3 { ("CANCEL", "CANCELLED") } else { ("REQUEST", "CONFIRMED") };
        let expected = json!({ "metodo": metodo, "uid": uid, "sequenza": step, "stato": stato, "inizio": start,
            "fine": file["fine"] });
        assert_eq!(file, &expected);
        assert!(file["fine"].as_str() > Some(start));
    }
}
