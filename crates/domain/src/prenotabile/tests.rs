//! Definitions: their names, their words, and every mistake at its place.

use super::*;
use crate::ente::CodiceUfficio;
use crate::modulo::Problema;
use jiff::civil::{date, time};
use serde_json::json;

fn luoghi(problemi: &[Problema]) -> Vec<(&str, &str)> {
    problemi.iter().map(|p| (p.percorso.as_str(), p.codice)).collect()
}

#[test]
fn the_samples_are_right_and_survive_reading_and_writing() {
    let (prenotabile, orario) = (Prenotabile::sample(), Orario::sample());
    assert_eq!((prenotabile.controlla(), orario.controlla()), (vec![], vec![]));
    assert_eq!(serde_json::from_slice::<Prenotabile>(&prenotabile.canonico()).unwrap(), prenotabile);
    assert_eq!(serde_json::from_slice::<Orario>(&orario.canonico()).unwrap(), orario);
    assert!(orario.offre("carta-identita") && !orario.offre("nascita"));
}

#[test]
fn what_is_not_said_has_a_meaning() {
    let short = json!({
        "codice": "nascita", "versione": 1, "nome": "Denuncia di nascita", "descrizione": "Dichiarare una nascita.",
        "durataMinuti": 30, "classifica": "XI.1", "motivi": ["Dichiarazione"],
    });
    let read: Prenotabile = serde_json::from_value(short.clone()).unwrap();
    assert_eq!((read.protocolla, read.conferma), (Protocolla::Particolare, Conferma::Automatica));
    assert_eq!((read.disdetta_ore, read.tolleranza_minuti, read.orizzonte_giorni), (24, 15, 60));
    assert_eq!((read.promemoria_ore.as_slice(), u8::from(read.livello_identita)), ([48, 3].as_slice(), 1));
    let mut unknown = short;
    unknown["durata"] = 30.into();
    assert!(serde_json::from_value::<Prenotabile>(unknown).is_err());
    assert_eq!(Protocolla::No.registro(), None);
    assert_eq!(
        [Protocolla::Ordinario.registro(), Protocolla::Particolare.registro()],
        [Some("PROT"), Some(REGISTRO_APPUNTAMENTI)]
    );
    for canale in Canale::ALL {
        assert_eq!(Canale::parse(canale.as_str()), Some(canale));
    }
}

#[test]
fn a_slot_has_a_name_that_is_read_back() {
    let slot = SlotId::sample();
    assert_eq!(slot.to_string(), "anagrafe~carta-identita~1773129600");
    assert_eq!(slot.to_string().parse(), Ok(slot.clone()));
    assert_eq!(slot.giorno(), date(2026, 3, 10));
    let long = format!("{}~b~1", "a".repeat(160));
    for wrong in ["", "a~b", "a~b~", "a~b~c", "a~b~+1", "a~b~-1", "a~b~1~2", "~b~1", "A~b~1", "a b~c~1", &long] {
        assert_eq!(wrong.parse::<SlotId>(), Err(SlotIdError), "{wrong}");
    }
    assert!("a~b~99999999999999999".parse::<SlotId>().is_err());
}

#[test]
fn every_mistake_of_a_bookable_service_has_its_place() {
    let wrong = Prenotabile {
        codice: "Carta".into(),
        versione: 0,
        nome: "Due\nrighe".into(),
        descrizione: "x".repeat(256),
        durata_minuti: 4,
        margine_minuti: 61,
        preavviso_ore: 721,
        orizzonte_giorni: 0,
        disdetta_ore: 721,
        tolleranza_minuti: 4,
        motivi: vec![],
        cosa_serve: vec!["Una foto".into(), "Una foto".into(), " ".into()],
        servizio: Some("x".into()),
        promemoria_ore: vec![3, 3, 0, 721, 1],
        ..Prenotabile::sample()
    };
    let expected = [
        ("codice", "codice"),
        ("versione", "versione"),
        ("nome", "una-riga"),
        ("descrizione", "testo-lungo"),
        ("durataMinuti", "limite"),
        ("margineMinuti", "limite"),
        ("preavvisoOre", "limite"),
        ("orizzonteGiorni", "limite"),
        ("disdettaOre", "limite"),
        ("tolleranzaMinuti", "limite"),
        ("preavvisoOre", "vuoto"),
        ("motivi", "quanti"),
        ("cosaServe[1]", "ripetuto"),
        ("cosaServe[2]", "obbligatorio"),
        ("servizio", "codice"),
        ("promemoriaOre", "quanti"),
        ("promemoriaOre[1]", "ripetuto"),
        ("promemoriaOre[2]", "limite"),
        ("promemoriaOre[3]", "limite"),
    ];
    assert_eq!(luoghi(&wrong.controlla()), expected);
    for (least, most) in [(5, 240)] {
        for durata_minuti in [least, most] {
            assert_eq!(Prenotabile { durata_minuti, ..Prenotabile::sample() }.controlla(), []);
        }
    }
    let much = Prenotabile { cosa_serve: (0..13).map(|n| n.to_string()).collect(), ..Prenotabile::sample() };
    assert_eq!(luoghi(&much.controlla()), [("cosaServe", "quanti")]);
}

#[test]
fn every_mistake_of_opening_hours_has_its_place() {
    let mut wrong = Orario::sample();
    wrong.ufficio = CodiceUfficio::new("Anagrafe");
    wrong.versione = 0;
    wrong.luogo.indirizzo = String::new();
    wrong.sportelli[1].codice = "s1".into();
    wrong.sportelli[1].servizi = vec![];
    wrong.sportelli[1].lingue = vec!["italiano!".into()];
    wrong.sportelli[1].orari[0].giorni = vec![GiornoSettimana::Lun, GiornoSettimana::Lun];
    wrong.sportelli[1].orari[0].alle = time(0, 0, 0, 0);
    wrong.sportelli[1].orari[0].dal = Some(date(2026, 2, 1));
    wrong.sportelli[1].orari[0].al = Some(date(2026, 1, 1));
    wrong.eccezioni[0].sportelli = vec!["s9".into()];
    wrong.eccezioni[0].al = Some(date(2026, 8, 9));
    wrong.eccezioni[0].fasce.push(Ore { dalle: time(10, 30, 0, 0), alle: time(12, 0, 1, 0) });
    wrong.quote = Some(Quote { portale: 101, sportello: 0, telefono: 0 });
    let expected = [
        ("ufficio", "codice"),
        ("versione", "versione"),
        ("luogo.indirizzo", "obbligatorio"),
        ("sportelli[1].codice", "ripetuto"),
        ("sportelli[1].servizi", "quanti"),
        ("sportelli[1].lingue[0]", "lingua"),
        ("sportelli[1].orari[0].giorni[1]", "ripetuto"),
        ("sportelli[1].orari[0].alle", "ordine"),
        ("sportelli[1].orari[0].al", "ordine"),
        ("eccezioni[0].al", "ordine"),
        ("eccezioni[0].sportelli[0]", "sconosciuto"),
        ("eccezioni[0].fasce[1].alle", "minuti"),
        ("eccezioni[0].fasce[1].dalle", "sovrapposta"),
        ("quote.portale", "limite"),
    ];
    assert_eq!(luoghi(&wrong.controlla()), expected);
}

#[test]
fn rules_of_one_desk_do_not_overlap_and_those_of_two_may() {
    let mut orario = Orario::sample();
    let again = Fascia { dalle: time(11, 0, 0, 0), alle: time(13, 0, 0, 0), ..orario.sportelli[0].orari[0].clone() };
    orario.sportelli[1].orari.push(again.clone());
    assert_eq!(luoghi(&orario.controlla()), [("sportelli[1].orari[1].dalle", "sovrapposta")]);
    // One after the other, on other days, or in another season: no mistake.
    orario.sportelli[1].orari[1].dalle = time(12, 0, 0, 0);
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[1] = Fascia { giorni: vec![GiornoSettimana::Sab], ..again.clone() };
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[1] = Fascia { dal: Some(date(2026, 7, 1)), ..again };
    orario.sportelli[1].orari[0].al = Some(date(2026, 6, 30));
    assert_eq!(orario.controlla(), []);
    orario.sportelli[1].orari[0].al = Some(date(2026, 7, 1));
    assert_eq!(luoghi(&orario.controlla()), [("sportelli[1].orari[1].dalle", "sovrapposta")]);
}

#[test]
fn an_exception_may_share_its_days_only_with_those_of_other_desks() {
    let mut orario = Orario::sample();
    let one = Eccezione { sportelli: vec!["s1".into()], ..orario.eccezioni[0].clone() };
    orario.eccezioni = vec![one.clone(), Eccezione { sportelli: vec!["s2".into()], ..one.clone() }];
    assert_eq!(orario.controlla(), []);
    orario.eccezioni[1].sportelli.clear();
    assert_eq!(luoghi(&orario.controlla()), [("eccezioni[1].dal", "sovrapposta")]);
    orario.eccezioni[1].dal = Some(date(2026, 8, 22));
    orario.eccezioni[1].al = Some(date(2026, 8, 22));
    assert_eq!(orario.controlla(), []);
    orario.quote = Some(Quote { portale: 40, sportello: 30, telefono: 29 });
    assert_eq!(luoghi(&orario.controlla()), [("quote", "quote")]);
    orario.eccezioni = (0..201).map(|_| one.clone()).collect();
    assert!(luoghi(&orario.controlla()).contains(&("eccezioni", "quanti")));
}

fn giorno(text: &str) -> GiornoAnno {
    text.parse().unwrap()
}

fn ogni_anno(dal: &str, al: &str) -> OgniAnno {
    OgniAnno { dal: giorno(dal), al: giorno(al) }
}

#[test]
fn a_day_of_the_year_is_written_in_one_way() {
    for text in ["01-01", "02-29", "08-10", "12-31"] {
        assert_eq!(giorno(text).to_string(), text);
        assert_eq!(serde_json::from_value::<GiornoAnno>(json!(text)).unwrap(), giorno(text));
    }
    for wrong in
        ["", "8-10", "08-1", "02-30", "04-31", "13-01", "00-10", "08-00", "08/10", "2026-08-10", "+8-10", "-8-10"]
    {
        assert_eq!(wrong.parse::<GiornoAnno>(), Err(GiornoAnnoError), "{wrong}");
        assert!(serde_json::from_value::<GiornoAnno>(json!(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn what_comes_every_year_comes_again_over_new_year_and_on_the_leap_day() {
    let august = ogni_anno("08-10", "08-21");
    for year in [2026, 2027, 2028, 2100] {
        assert!(august.comprende(date(year, 8, 10)) && august.comprende(date(year, 8, 21)));
        assert!(!august.comprende(date(year, 8, 9)) && !august.comprende(date(year, 8, 22)));
    }
    let christmas = ogni_anno("12-24", "01-05");
    for day in [date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 5)] {
        assert!(christmas.comprende(day), "{day}");
    }
    assert!(!christmas.comprende(date(2026, 12, 23)) && !christmas.comprende(date(2027, 1, 6)));
    // The 29th of February: where a year has none, a stretch begins the day after and ends the day before.
    let from = ogni_anno("02-29", "03-10");
    let (leap, common) = (date(2028, 2, 29), date(2027, 2, 28));
    assert!(from.comprende(leap) && !from.comprende(common) && from.comprende(date(2027, 3, 1)));
    let to = ogni_anno("02-20", "02-29");
    assert!(to.comprende(leap) && to.comprende(common) && !to.comprende(date(2027, 3, 1)));
    let alone = ogni_anno("02-29", "02-29");
    let days =
        |year: i16| date(year, 1, 1).series(jiff::ToSpan::day(1)).take(365).filter(|d| alone.comprende(*d)).count();
    assert_eq!([days(2027), days(2028), days(2029)], [0, 1, 0]);
}

#[test]
fn two_stretches_of_the_year_meet_or_do_not() {
    let meet = |a: (&str, &str), b: (&str, &str)| {
        let (a, b) = (ogni_anno(a.0, a.1), ogni_anno(b.0, b.1));
        assert_eq!(a.tocca(b), b.tocca(a));
        // What the days themselves say.
        let all = date(2028, 1, 1).series(jiff::ToSpan::day(1)).take(366);
        assert_eq!(a.tocca(b), all.into_iter().any(|day| a.comprende(day) && b.comprende(day)), "{a:?} {b:?}");
        a.tocca(b)
    };
    assert!(meet(("08-10", "08-21"), ("08-21", "08-30")) && !meet(("08-10", "08-21"), ("08-22", "08-30")));
    assert!(meet(("12-24", "01-05"), ("01-05", "01-10")) && meet(("12-24", "01-05"), ("12-01", "12-24")));
    assert!(!meet(("12-24", "01-05"), ("01-06", "12-23")) && meet(("12-24", "01-05"), ("12-31", "01-02")));
    assert!(meet(("01-01", "12-31"), ("02-29", "02-29")) && meet(("08-01", "08-31"), ("08-10", "08-12")));
}

fn annuale(dal: &str, al: &str) -> Eccezione {
    Eccezione { dal: None, al: None, ogni_anno: Some(ogni_anno(dal, al)), ..Orario::sample().eccezioni[0].clone() }
}

#[test]
fn an_exception_has_days_of_one_year_or_of_every_year() {
    let found = |eccezione: Eccezione| {
        let orario = Orario { eccezioni: vec![eccezione], ..Orario::sample() };
        orario.controlla().iter().map(|p| (p.percorso.clone(), p.codice)).collect::<Vec<_>>()
    };
    let fixed = Orario::sample().eccezioni[0].clone();
    assert_eq!(found(annuale("08-10", "08-21")), []);
    assert_eq!(found(annuale("12-24", "01-05")), [], "over New Year is no wrong order");
    let both = Eccezione { ogni_anno: annuale("08-10", "08-21").ogni_anno, ..fixed.clone() };
    assert_eq!(found(both), [("eccezioni[0].ogniAnno".to_owned(), "doppio")]);
    for (dal, al) in [(None, None), (fixed.dal, None), (None, fixed.al)] {
        assert_eq!(found(Eccezione { dal, al, ..fixed.clone() }), [("eccezioni[0]".to_owned(), "manca")]);
    }
    let mut orario = Orario::sample();
    orario.eccezioni = vec![annuale("12-24", "01-05"), annuale("01-05", "01-06")];
    assert_eq!(luoghi(&orario.controlla()), [("eccezioni[1].ogniAnno", "sovrapposta")]);
    // What holds in one year alone goes before what holds in all.
    orario.eccezioni = vec![annuale("08-01", "08-31"), fixed];
    assert_eq!(orario.controlla(), []);
}

#[test]
fn what_is_of_one_year_goes_before_what_is_of_every_year_and_only_it_opens_a_closed_day() {
    let calendario = crate::termini::CalendarioUfficio::new(crate::termini::Festivi::italiani(false), true, None);
    let mut orario = Orario::sample();
    let fixed = Eccezione { fasce: vec![], ..orario.eccezioni[0].clone() };
    orario.eccezioni = vec![annuale("08-01", "08-31"), fixed];
    let open = |orario: &Orario, day| {
        let hours = aperture(orario, &orario.sportelli[0], day, &calendario);
        hours.iter().map(|open| open.fine.duration_since(open.inizio).as_hours()).sum::<i64>()
    };
    // Thursdays: shorter in August of every year, closed in the days of this one.
    let found =
        [date(2026, 7, 30), date(2026, 8, 6), date(2026, 8, 13), date(2027, 8, 12)].map(|day| open(&orario, day));
    assert_eq!(found, [3, 2, 0, 2]);
    // The 24th of December of 2028 is a Sunday.
    orario.eccezioni = vec![annuale("12-24", "12-24")];
    assert_eq!((open(&orario, date(2026, 12, 24)), open(&orario, date(2028, 12, 24))), (2, 0));
}

#[test]
fn hours_of_a_season_come_every_year_and_seasons_may_follow_each_other() {
    let mut orario = Orario::sample();
    let winter = Fascia { ogni_anno: Some(ogni_anno("10-01", "04-30")), ..orario.sportelli[0].orari[0].clone() };
    let summer = Fascia { ogni_anno: Some(ogni_anno("05-01", "09-30")), ..winter.clone() };
    let monday = [date(2026, 1, 12), date(2026, 7, 13), date(2028, 2, 28), date(2028, 7, 10)];
    assert_eq!(monday.map(|day| winter.vale(day)), [true, false, true, false]);
    assert_eq!(monday.map(|day| summer.vale(day)), [false, true, false, true]);
    orario.sportelli[1].orari = vec![winter.clone(), summer];
    assert_eq!(orario.controlla(), []);
    // Beside hours of a single year: only where its days fall into the season.
    let once = |dal, al| Fascia { dal: Some(dal), al: Some(al), ogni_anno: None, ..winter.clone() };
    for (rule, overlaps) in [
        (once(date(2026, 5, 1), date(2026, 9, 30)), false),
        (once(date(2026, 5, 1), date(2026, 10, 1)), true),
        (once(date(2025, 5, 1), date(2027, 5, 1)), true),
        (Fascia { dal: Some(date(2026, 5, 1)), ..once(date(2026, 5, 1), date(2026, 5, 2)) }, false),
        (Fascia { al: None, ..once(date(2026, 5, 1), date(2026, 5, 2)) }, true),
    ] {
        orario.sportelli[1].orari = vec![winter.clone(), rule];
        assert_eq!(orario.controlla().len(), usize::from(overlaps), "{:?}", orario.sportelli[1].orari[1]);
    }
}
