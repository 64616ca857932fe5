//! What can be booked with the program as it comes.

use crate::{agende_spedite, orario, prenotabile, prenotabili_spediti, spediti, yaml};
use domain::prenotabile::{Canale, Prenotabile, Protocolla, aperture};
use domain::termini::{CalendarioUfficio, Festivi};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};

/// The services that a municipality of some size lets people book, by area.
const SERVIZI: [&str; 34] = [
    "cie-rilascio",
    "cie-minori",
    "cie-domicilio",
    "residenza",
    "certificati",
    "iscrizione-stranieri-aire",
    "pubblicazioni-matrimonio",
    "nascita",
    "unione-civile",
    "separazione-divorzio",
    "dat",
    "cittadinanza-giuramento",
    "tessera-elettorale",
    "deposito-documenti",
    "consultazione-archivio",
    "informazioni-urp",
    "accesso-atti-visione",
    "facilitazione-digitale",
    "attivazione-identita-digitale",
    "tari",
    "imu",
    "canone-unico",
    "rateizzazioni",
    "segretariato-sociale",
    "assistente-sociale-adulti",
    "minori-famiglia",
    "bonus-sociali",
    "ztl-sosta",
    "contrassegno-cude",
    "verbali-ricorsi",
    "oggetti-smarriti",
    "consulenza-edilizia",
    "visione-pratica-edilizia",
    "nido-mensa",
];

#[test]
fn the_thirty_four_services_are_there_each_with_its_own_name() {
    let codici: BTreeSet<_> = prenotabili_spediti().iter().map(|servizio| servizio.codice.as_str()).collect();
    assert_eq!(codici, SERVIZI.into_iter().collect());
    let nomi: BTreeSet<_> = prenotabili_spediti().iter().map(|servizio| &servizio.nome).collect();
    assert_eq!(nomi.len(), SERVIZI.len(), "two services of one name cannot be told apart");
}

#[test]
fn they_survive_being_written_and_read() {
    for servizio in prenotabili_spediti() {
        assert_eq!(prenotabile(&yaml(servizio), &servizio.codice).as_ref(), Ok(servizio), "{}", servizio.codice);
    }
    for agenda in agende_spedite() {
        let text = yaml(agenda);
        assert_eq!(orario(&text, agenda.ufficio.as_str()).as_ref(), Ok(agenda), "{text}");
    }
}

#[test]
fn what_is_done_by_appointment_can_be_booked() {
    for servizio in spediti().iter().filter(|servizio| servizio.appuntamento) {
        let found = prenotabili_spediti().iter().any(|p| p.servizio.as_ref() == Some(&servizio.codice));
        assert!(found, "{}", servizio.codice);
    }
}

#[test]
fn what_is_restricted_in_the_catalogue_stays_so() {
    for prenotabile in prenotabili_spediti() {
        let riservato = spediti().iter().any(|s| Some(&s.codice) == prenotabile.servizio.as_ref() && s.riservato);
        assert!(prenotabile.riservato || !riservato, "{}", prenotabile.codice);
    }
}

fn calendario() -> CalendarioUfficio {
    CalendarioUfficio::new(Festivi::italiani(false), true, None)
}

/// Days of a stretch on which a service can be had at some desk.
fn giorni(servizio: &Prenotabile, dal: Date, quanti: i32) -> usize {
    let calendario = calendario();
    let durata = i64::from(servizio.durata_minuti) * 60;
    let aperto = |giorno: Date| {
        agende_spedite().iter().any(|orario| {
            orario.sportelli.iter().filter(|sportello| sportello.serve(&servizio.codice)).any(|sportello| {
                let aperture = aperture(orario, sportello, giorno, &calendario);
                aperture.iter().any(|a| a.fine.duration_since(a.inizio).as_secs() >= durata)
            })
        })
    };
    (0..quanti).filter(|n| aperto(dal + n.days())).count()
}

#[test]
fn each_service_has_days_in_every_season_and_within_its_horizon() {
    for servizio in prenotabili_spediti() {
        for dal in [date(2026, 11, 23), date(2027, 2, 1), date(2027, 6, 14), date(2027, 8, 30), date(2028, 2, 28)] {
            let found = giorni(servizio, dal, 28);
            assert!(found >= 3, "{} has {found} days in the four weeks from {dal}", servizio.codice);
        }
        let primo = servizio.preavviso_ore.div_ceil(24);
        assert!(primo + 7 <= servizio.orizzonte_giorni, "{} can hardly be booked", servizio.codice);
    }
}

#[test]
fn a_birth_finds_a_place_within_the_ten_days_of_the_law() {
    // DPR 396/2000 art. 30: the declaration to the municipality is made within ten days.
    let nascita = prenotabili_spediti().iter().find(|servizio| servizio.codice == "nascita").unwrap();
    for n in 0..730 {
        let nato = date(2026, 11, 23) + n.days();
        assert!(giorni(nascita, nato + 1.day(), 9) > 0, "{nato}");
    }
}

#[test]
fn the_offices_show_every_rule_of_the_language() {
    let sportelli = || agende_spedite().iter().flat_map(|orario| &orario.sportelli);
    let mut sedi: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for orario in agende_spedite() {
        for servizio in orario.sportelli.iter().flat_map(|sportello| &sportello.servizi) {
            sedi.entry(servizio).or_default().insert(orario.ufficio.as_str());
        }
    }
    assert!(sedi.values().filter(|uffici| uffici.len() > 1).count() >= 4, "services at two offices");
    assert!(sportelli().any(|sportello| !sportello.accessibile) && sportelli().any(|sportello| sportello.accessibile));
    for lingua in ["it", "en", "de", "sl"] {
        assert!(sportelli().any(|sportello| sportello.lingue.iter().any(|parlata| parlata == lingua)), "{lingua}");
    }
    assert!(agende_spedite().iter().any(|orario| orario.quote.is_some()));
    assert!(agende_spedite().iter().any(|orario| orario.eccezioni.iter().any(|e| e.fasce.is_empty())), "a closure");
    let agosto = |orario: &&domain::prenotabile::Orario| {
        orario.eccezioni.iter().any(|e| e.cade_il(date(2031, 8, 12)) && !e.fasce.is_empty())
    };
    assert!(agende_spedite().iter().any(|orario| agosto(&orario)), "shorter hours in August");
    for protocolla in [Protocolla::Ordinario, Protocolla::Particolare, Protocolla::No] {
        assert!(prenotabili_spediti().iter().any(|servizio| servizio.protocolla == protocolla), "{protocolla:?}");
    }
}

#[test]
fn what_has_stairs_can_be_had_without_them() {
    for sportello in agende_spedite().iter().flat_map(|orario| &orario.sportelli) {
        for servizio in &sportello.servizi {
            let senza_scale = agende_spedite().iter().any(|orario| {
                orario.luogo.accessibile
                    && orario.sportelli.iter().any(|altro| altro.accessibile && altro.serve(servizio))
            });
            assert!(senza_scale, "{servizio}");
        }
    }
}

#[test]
fn quotas_leave_something_to_every_channel() {
    for quote in agende_spedite().iter().filter_map(|orario| orario.quote) {
        let tutte: Vec<u16> = Canale::ALL.into_iter().map(|canale| u16::from(quote.di(canale))).collect();
        assert!(tutte.iter().all(|quota| *quota > 0) && tutte.iter().sum::<u16>() >= 100, "{tutte:?}");
    }
}

/// What ends with a year is forgotten: the offices shipped say what comes again, and nothing that is over one day.
#[test]
fn every_season_and_exception_that_is_shipped_comes_again_every_year() {
    for orario in agende_spedite() {
        let fasce = orario.sportelli.iter().flat_map(|sportello| &sportello.orari);
        let dated = fasce.filter(|fascia| fascia.dal.is_some() || fascia.al.is_some()).count();
        let once = orario.eccezioni.iter().filter(|eccezione| eccezione.ogni_anno.is_none()).count();
        assert_eq!((dated, once), (0, 0), "{}", orario.ufficio);
    }
    // The home visits pause over New Year, in this one and the next.
    let anagrafe = agende_spedite().iter().find(|orario| orario.ufficio.as_str() == "anagrafe").unwrap();
    let visite = anagrafe.sportello("domicilio").unwrap();
    let wednesdays = [date(2026, 12, 23), date(2026, 12, 30), date(2027, 12, 29), date(2028, 1, 5), date(2028, 1, 12)];
    let open = wednesdays.map(|day| aperture(anagrafe, visite, day, &calendario()).len());
    assert_eq!(open, [1, 0, 0, 0, 1]);
}
