//! Days that are not like others: both changes of the clocks, midnight, leap days, holidays, exceptions.

use super::*;
use crate::prenotabile::{Eccezione, Fascia, GiornoSettimana, Ore, aperture};
use crate::termini::ora_locale;
use jiff::civil::{Time, time};

const TUTTI: [GiornoSettimana; 7] = [
    GiornoSettimana::Lun,
    GiornoSettimana::Mar,
    GiornoSettimana::Mer,
    GiornoSettimana::Gio,
    GiornoSettimana::Ven,
    GiornoSettimana::Sab,
    GiornoSettimana::Dom,
];

/// One desk, slots of half an hour, open at these hours every day; no holiday closes it.
fn notte(giorno: Date, dalle: Time, alle: Time) -> Mondo {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    m.orario.sportelli[0].orari =
        vec![Fascia { giorni: TUTTI.to_vec(), dalle, alle, dal: None, al: None, ogni_anno: None }];
    m.orario.eccezioni.clear();
    m.prenotabile.durata_minuti = 30;
    m.prenotabile.margine_minuti = 0;
    m.prenotabile.orizzonte_giorni = 180;
    m.calendario = CalendarioUfficio::new(Festivi::con_tabella("prova", Vec::new()), false, None);
    // Sundays are holidays of every table: an exception of one day opens them.
    let fasce = vec![Ore { dalle, alle }];
    m.orario.eccezioni.push(eccezione(giorno, &[], fasce));
    m.adesso = crate::termini::inizio_giornata(giorno).checked_sub(jiff::SignedDuration::from_hours(48)).unwrap();
    m
}

fn eccezione(giorno: Date, sportelli: &[&str], fasce: Vec<Ore>) -> Eccezione {
    let sportelli = sportelli.iter().map(|codice| (*codice).to_owned()).collect();
    Eccezione { dal: Some(giorno), al: Some(giorno), ogni_anno: None, motivo: "Prova".into(), sportelli, fasce }
}

fn ore(m: &Mondo, giorno: Date) -> Vec<Time> {
    m.liberi(giorno, &Giornata::default()).iter().map(|slot| ora_locale(slot.inizio)).collect()
}

fn t(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}

#[test]
fn when_summer_time_begins_the_hour_that_does_not_exist_has_no_slots() {
    let day = date(2026, 3, 29);
    assert_eq!(ore(&notte(day, t(1, 0), t(4, 0)), day), [t(1, 0), t(1, 30), t(3, 0), t(3, 30)]);
    // A usual night has six.
    assert_eq!(ore(&notte(date(2026, 3, 28), t(1, 0), t(4, 0)), date(2026, 3, 28)).len(), 6);
    // Opening or closing within the hour that does not exist: from, or to, the moment after it.
    assert_eq!(ore(&notte(day, t(2, 30), t(4, 0)), day), [t(3, 0), t(3, 30)]);
    assert_eq!(ore(&notte(day, t(1, 0), t(2, 30)), day), [t(1, 0), t(1, 30)]);
    assert_eq!(ore(&notte(day, t(2, 0), t(2, 59)), day), Vec::<Time>::new());
}

#[test]
fn when_summer_time_ends_the_hour_that_comes_twice_has_slots_twice() {
    let day = date(2026, 10, 25);
    let m = notte(day, t(1, 0), t(4, 0));
    let found = ore(&m, day);
    let expected = [t(1, 0), t(1, 30), t(2, 0), t(2, 30), t(2, 0), t(2, 30), t(3, 0), t(3, 30)];
    assert_eq!(found, expected);
    // Real minutes: each slot begins half an hour after the last, and each has a name of its own.
    let slots = m.liberi(day, &Giornata::default());
    assert!(slots.windows(2).all(|two| two[1].inizio.duration_since(two[0].inizio).as_mins() == 30));
    assert!(slots.iter().all(|slot| slot.fine.duration_since(slot.inizio).as_mins() == 30));
    assert_eq!(ore(&notte(day, t(2, 0), t(3, 0)), day).len(), 4);
    // Two seats at the same time by the clock, an hour apart.
    let first = m.fai(Giornata::default(), m.prenota(1, "2026-10-25T00:00:00Z"));
    let both = m.fai(first, m.prenota(2, "2026-10-25T01:00:00Z"));
    assert_eq!(both.posti.iter().map(|p| ora_locale(p.preso.inizio)).collect::<Vec<_>>(), [t(2, 0), t(2, 0)]);
}

#[test]
fn an_office_day_has_the_same_slots_before_and_after_a_change_of_the_clocks() {
    let mut m = mondo();
    m.prenotabile.orizzonte_giorni = 180;
    for (now, days) in [
        ("2026-03-26T08:00:00Z", [date(2026, 3, 27), date(2026, 3, 30)]),
        ("2026-10-22T08:00:00Z", [date(2026, 10, 23), date(2026, 10, 26)]),
    ] {
        m.adesso = at(now);
        let mornings = days.map(|day| ore(&m, day));
        assert_eq!(mornings[0], mornings[1]);
        assert_eq!(mornings[0].len(), 6);
    }
}

#[test]
fn an_evening_ends_before_midnight() {
    let day = date(2026, 3, 10);
    let found = ore(&notte(day, t(20, 0), t(23, 59)), day);
    assert_eq!((found.len(), found.last()), (7, Some(&t(23, 0))));
    assert!(serde_json::from_str::<Ore>(r#"{ "dalle": "20:00", "alle": "24:00" }"#).is_err());
    // A slot of the last half hour belongs to its own day, whatever day it is in Greenwich.
    let m = notte(day, t(0, 0), t(1, 0));
    let slots = m.liberi(day, &Giornata::default());
    assert_eq!(slots[0].inizio, at("2026-03-09T23:00:00Z"));
    assert!(slots.iter().all(|slot| crate::termini::data_locale(slot.inizio) == day));
}

#[test]
fn the_29_february_is_a_day_like_any_other() {
    let day = date(2028, 2, 29);
    let mut m = mondo();
    m.adesso = at("2028-02-28T08:00:00Z");
    m.orario.sportelli.truncate(1);
    assert_eq!(ore(&m, day).len(), 10);
    assert_eq!(super::super::di_stream(&super::super::stream(&m.orario.ufficio, day)), Some((m.orario.ufficio, day)));
    assert_eq!(super::super::di_stream("agenda-anagrafe-2027-02-29"), None);
}

#[test]
fn holidays_the_patron_and_closures_of_the_ente_have_no_slots() {
    let mut m = mondo();
    m.adesso = at("2026-04-01T08:00:00Z");
    m.calendario.chiusure.insert(date(2026, 4, 10));
    let count = |day| m.liberi(day, &Giornata::default()).len();
    assert_eq!(count(date(2026, 4, 23)), 0, "Saint George");
    assert_eq!(count(date(2026, 4, 22)), 6);
    assert_eq!(count(date(2026, 4, 6)), 0, "Easter Monday");
    assert_eq!(count(date(2026, 5, 1)), 0, "the first of May");
    assert_eq!(count(date(2026, 4, 10)), 0, "closed by the ente");
    assert_eq!(count(date(2026, 4, 4)), 0, "a Saturday");
}

#[test]
fn an_office_that_names_saturdays_works_on_them() {
    let mut m = mondo();
    m.orario.sportelli[0].orari[0].giorni.push(GiornoSettimana::Sab);
    assert_eq!(m.liberi(date(2026, 3, 14), &Giornata::default()).len(), 6);
}

#[test]
fn exceptions_replace_hours_and_open_days_only_when_they_are_of_one_day() {
    let mut m = mondo();
    m.adesso = at("2026-08-08T08:00:00Z");
    let hours = |m: &Mondo, day| aperture(&m.orario, &m.orario.sportelli[0], day, &m.calendario).len();
    // August: two hours on working days, without the afternoon; Sundays and the 15th stay closed.
    assert_eq!(m.liberi(date(2026, 8, 11), &Giornata::default()).len(), 4);
    assert_eq!((hours(&m, date(2026, 8, 11)), hours(&m, date(2026, 8, 16)), hours(&m, date(2026, 8, 15))), (1, 0, 0));
    let one = |day, fasce| eccezione(day, &["s1"], fasce);
    let nine = Ore { dalle: t(9, 0), alle: t(10, 0) };
    m.orario.eccezioni = vec![one(date(2026, 8, 30), vec![nine]), one(date(2026, 8, 31), vec![])];
    assert_eq!(hours(&m, date(2026, 8, 30)), 1, "an open day on a Sunday");
    assert_eq!(hours(&m, date(2026, 8, 31)), 0, "closed");
    assert_eq!(aperture(&m.orario, &m.orario.sportelli[1], date(2026, 8, 31), &m.calendario).len(), 1, "another desk");
}

#[test]
fn hours_hold_on_their_days_of_validity() {
    let mut m = mondo();
    m.orario.sportelli.truncate(1);
    m.orario.sportelli[0].orari.truncate(1);
    m.orario.sportelli[0].orari[0].dal = Some(date(2026, 3, 11));
    m.orario.sportelli[0].orari[0].al = Some(date(2026, 3, 12));
    let count = |day| m.liberi(date(2026, 3, day), &Giornata::default()).len();
    assert_eq!([count(10), count(11), count(12), count(13)], [0, 6, 6, 0]);
}
