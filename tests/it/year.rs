//! The calendar is Italy's, and the instant of submission is the instant of the entry.

use crate::support::town::{Town, at};
use app::AppError;
use jiff::civil::date;

/// DPR 445/2000 art. 57: the numbers begin again with the calendar year, which turns at midnight in Rome.
#[tokio::test]
async fn the_register_begins_again_at_midnight_in_rome() {
    let town = Town::open(at("2026-12-31T22:00:00Z")).await;
    town.segnala("prima").await;
    let mut numbers = Vec::new();
    for (key, instant) in [
        ("ultimo-secondo", "2026-12-31T22:59:59Z"),
        ("mezzanotte", "2026-12-31T23:00:00Z"),
        ("mezzanotte-utc", "2027-01-01T00:00:00Z"),
    ] {
        town.clock.set(at(instant));
        let protocollo = town.segnala(key).await.protocollo.unwrap();
        assert_eq!(protocollo.data, at(instant));
        numbers.push((protocollo.segnatura().to_string(), protocollo.data_locale()));
    }
    assert_eq!(
        numbers,
        [
            ("0000002/2026".into(), date(2026, 12, 31)),
            ("0000001/2027".into(), date(2027, 1, 1)),
            ("0000002/2027".into(), date(2027, 1, 1)),
        ]
    );
    // Both years stay readable under their own numbers.
    let office = town.protocollo();
    for (anno, numero, giorno) in [(2026, 2, date(2026, 12, 31)), (2027, 1, date(2027, 1, 1))] {
        let found = town.app.registrazione(&office, anno, numero).await.unwrap().unwrap();
        assert_eq!(found.registrazione.entrata.protocollo.data_locale(), giorno);
    }
    // A repeat after midnight keeps the number of the old year.
    let again = town.segnala("ultimo-secondo").await.protocollo.unwrap();
    assert_eq!(again.segnatura().to_string(), "0000002/2026");
}

/// L. 241/1990 art. 18-bis: the date of protocol is that of submission, also on a Sunday in August a minute before midnight.
#[tokio::test]
async fn no_office_hours_move_the_date_of_protocol() {
    // 23:59 in Rome, on Sunday 15 August 2027, Ferragosto.
    let now = at("2027-08-15T21:59:00Z");
    let town = Town::open(now).await;
    let esito = town.segnala("ferragosto").await;
    let base = esito.caso.base();
    let protocollo = esito.protocollo.unwrap();
    assert_eq!((protocollo.data, protocollo.data_locale()), (now, date(2027, 8, 15)));
    assert_eq!(base.inviata_il, protocollo.data);
    // The receipt is in the same answer: the case knows its number and its term.
    assert_eq!(base.protocollo.as_ref(), Some(&protocollo));
    let termine = base.termine.as_ref().unwrap();
    assert_eq!((termine.t0, termine.scadenza), (date(2027, 8, 15), date(2027, 9, 14)));
    // Nothing moves it afterwards: read weeks later, from the log, it is the same.
    town.clock.set(at("2027-09-01T08:00:00Z"));
    let later = town.app.pratica(&town.cittadino(), base.id, None, None).await.unwrap().unwrap();
    assert_eq!(later.caso.base().protocollo.as_ref(), Some(&protocollo));
    let entry = town.app.registrazione(&town.protocollo(), protocollo.anno, protocollo.numero).await.unwrap().unwrap();
    assert_eq!(entry.registrazione.entrata.protocollo, protocollo);
    assert_eq!(entry.record.recorded_at, now);
}

/// A clock that is put back a little neither reorders the log nor gives a number of the past; one that is far behind stops
/// the numbering until somebody sets it.
#[tokio::test]
async fn a_clock_put_back_does_not_go_before_the_last_entry() {
    let town = Town::open(at("2026-12-31T23:00:30Z")).await;
    let first = town.segnala("uno").await.protocollo.unwrap();
    town.clock.set(at("2026-12-31T22:59:30Z"));
    let second = town.segnala("due").await.protocollo.unwrap();
    assert!(second.data >= first.data, "{first:?} {second:?}");
    assert_eq!((second.anno, second.numero), (2027, 2));
    town.clock.set(at("2026-12-31T20:00:00Z"));
    let refused = town.try_segnala("tre").await.unwrap_err();
    assert!(matches!(&refused, AppError::NonDisponibile { motivo, .. } if motivo.contains("clock")), "{refused}");
    town.clock.set(at("2026-12-31T23:01:00Z"));
    assert_eq!(town.segnala("quattro").await.protocollo.unwrap().numero, 3);
}
