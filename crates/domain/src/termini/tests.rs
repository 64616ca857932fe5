use super::*;
use jiff::{
    Timestamp,
    civil::{Date, Weekday, date, time},
};
use proptest::prelude::*;

fn d(text: &str) -> Date {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn ts(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn italia() -> Festivi {
    Festivi::italiani(false)
}

fn grosseto() -> CalendarioUfficio {
    CalendarioUfficio::new(italia(), true, Some(Regola::Fissa { mese: 8, giorno: 10 }))
}

fn speciale(dal: &str, ripresa: &str) -> Sospensione {
    let causa = Causa::LeggeSpeciale { norma: "L. 1/2000 art. 1".to_owned(), massimo_giorni: 20 };
    Sospensione { causa, dal: d(dal), ripresa: d(ripresa) }
}

#[test]
fn due_dates_without_suspension() {
    for (t0, scadenza) in [
        ("2026-01-15", "2026-02-14"),
        ("2026-03-06", "2026-04-07"),
        ("2026-03-07", "2026-04-07"),
        ("2026-11-25", "2026-12-28"),
        ("2027-09-04", "2027-10-05"),
        ("2025-09-04", "2025-10-04"),
        ("2026-07-11", "2026-08-10"),
        ("2026-04-01", "2026-05-02"),
        ("2024-01-30", "2024-02-29"),
    ] {
        let termine = calcola(d(t0), GIORNI_ORDINARI, &[], &italia()).unwrap();
        assert_eq!(termine.scadenza, d(scadenza), "{t0}");
        assert_eq!((termine.giorni, termine.calendario_versione.as_str()), (30, VERSIONE));
    }
}

#[test]
fn due_dates_with_suspension() {
    let festivi = italia();
    let t0 = d("2026-02-02");
    for (name, sospensione, giorni, scadenza) in [
        ("received", Sospensione::integrazione(d("2026-02-12"), Some(d("2026-02-25"))), 13, "2026-03-17"),
        ("never received", Sospensione::integrazione(d("2026-02-12"), None), 30, "2026-04-03"),
        ("received late", Sospensione::integrazione(d("2026-02-12"), Some(d("2026-05-01"))), 30, "2026-04-03"),
        (
            "observations",
            Sospensione::preavviso(d("2026-02-24"), d("2026-02-24"), Some(d("2026-03-03")), &festivi),
            17,
            "2026-03-21",
        ),
        ("no observations", Sospensione::preavviso(d("2026-02-24"), d("2026-02-24"), None, &festivi), 10, "2026-03-14"),
        (
            "late observations",
            Sospensione::preavviso(d("2026-02-24"), d("2026-02-24"), Some(d("2026-03-07")), &festivi),
            10,
            "2026-03-14",
        ),
    ] {
        let termine = Termine::calcola(t0, 30, &[sospensione.unwrap()], &festivi).unwrap();
        assert_eq!((termine.giorni_sospesi(), termine.scadenza), (giorni, d(scadenza)), "{name}");
    }
}

#[test]
fn a_case_that_is_suspended_and_resumes_twice() {
    let festivi = italia();
    let filed = calcola(d("2026-02-02"), 30, &[], &festivi).unwrap();
    assert_eq!(filed.scadenza, d("2026-03-04"));
    let asked = filed.sospeso(Sospensione::integrazione(d("2026-02-12"), None).unwrap(), &festivi).unwrap();
    assert_eq!(asked.scadenza, d("2026-04-03"));
    assert!(asked.sospensione_al(d("2026-02-12")).is_some() && asked.sospensione_al(d("2026-03-13")).is_some());
    assert!(asked.sospensione_al(d("2026-02-11")).is_none() && asked.sospensione_al(d("2026-03-14")).is_none());
    let came = ripresa_integrazione(d("2026-02-12"), Some(d("2026-02-25"))).unwrap();
    let resumed = asked.ripreso(came, &festivi).unwrap();
    assert_eq!(resumed.scadenza, d("2026-03-17"));
    assert!(resumed.integrazione_usata() && !filed.integrazione_usata());
    let preavviso = Sospensione::preavviso(d("2026-03-10"), d("2026-03-11"), None, &festivi).unwrap();
    assert_eq!(preavviso.ripresa, d("2026-03-21"));
    let warned = resumed.sospeso(preavviso, &festivi).unwrap();
    assert_eq!((warned.giorni_sospesi(), warned.scadenza), (24, d("2026-03-28")));
    assert_eq!(filed.ripreso(d("2026-03-01"), &festivi), Err(TermineError::NessunaSospensione));
}

#[test]
fn limits_of_the_preavviso_move_if_festivo() {
    // 2026-03-26 + 10 = Easter Sunday: the last day for observations is Tuesday 7 April.
    assert_eq!(limite_osservazioni(d("2026-03-26"), &italia()), Ok(d("2026-04-07")));
    assert_eq!(ripresa_preavviso(d("2026-03-26"), None, &italia()), Ok(d("2026-04-07")));
    assert_eq!(ripresa_preavviso(d("2026-03-26"), Some(d("2026-04-07")), &italia()), Ok(d("2026-04-17")));
    assert_eq!(ripresa_preavviso(d("2026-03-26"), Some(d("2026-04-08")), &italia()), Ok(d("2026-04-07")));
}

#[test]
fn the_office_may_give_fewer_days_but_not_more() {
    assert_eq!(ripresa_integrazione_entro(d("2026-02-12"), 15, None), Ok(d("2026-02-27")));
    assert_eq!(ripresa_integrazione_entro(d("2026-02-12"), 15, Some(d("2026-03-10"))), Ok(d("2026-02-27")));
    let too_long = TermineError::SospensioneTroppoLunga { dal: d("2026-02-12"), massimo: 30 };
    assert_eq!(ripresa_integrazione_entro(d("2026-02-12"), 31, None), Err(too_long));
    let before = TermineError::RipresaAnteriore { dal: d("2026-02-12") };
    assert_eq!(ripresa_integrazione(d("2026-02-12"), Some(d("2026-02-11"))), Err(before));
}

#[test]
fn what_does_not_suspend() {
    let integrazione =
        |dal: &str, ripresa: &str| Sospensione { causa: Causa::Integrazione, dal: d(dal), ripresa: d(ripresa) };
    for (giorni, sospensioni, error) in [
        (0, vec![], TermineError::DurataNonValida { massimo: MASSIMO_GIORNI }),
        (MASSIMO_GIORNI + 1, vec![], TermineError::DurataNonValida { massimo: MASSIMO_GIORNI }),
        (
            30,
            vec![integrazione("2026-02-12", "2026-02-20"), speciale("2026-02-19", "2026-02-25")],
            TermineError::SospensioneSovrapposta { dal: d("2026-02-19") },
        ),
        (
            30,
            vec![integrazione("2026-02-25", "2026-02-27"), integrazione("2026-02-12", "2026-02-20")],
            TermineError::SecondaIntegrazione,
        ),
        (
            30,
            vec![integrazione("2026-02-12", "2026-03-15")],
            TermineError::SospensioneTroppoLunga { dal: d("2026-02-12"), massimo: 30 },
        ),
        (
            30,
            vec![speciale("2026-02-12", "2026-03-05")],
            TermineError::SospensioneTroppoLunga { dal: d("2026-02-12"), massimo: 20 },
        ),
        (30, vec![integrazione("2026-02-12", "2026-02-11")], TermineError::RipresaAnteriore { dal: d("2026-02-12") }),
        (
            30,
            vec![integrazione("2026-02-01", "2026-02-11")],
            TermineError::SospensioneAnteriore { dal: d("2026-02-01") },
        ),
        (
            30,
            vec![integrazione("2026-03-05", "2026-03-06")],
            TermineError::TermineScaduto { scadenza: d("2026-03-04") },
        ),
    ] {
        let result = calcola(d("2026-02-02"), giorni, &sospensioni, &italia());
        assert_eq!(result, Err(error), "{sospensioni:?}");
        assert!(error.code().starts_with("termine-"));
    }
    // On the last day the term still runs, and adjoining suspensions do not overlap.
    let last_day = calcola(d("2026-02-02"), 30, &[integrazione("2026-03-04", "2026-03-06")], &italia()).unwrap();
    assert_eq!(last_day.scadenza, d("2026-03-06"));
    let adjoining = [integrazione("2026-02-12", "2026-02-20"), speciale("2026-02-20", "2026-02-22")];
    assert_eq!(calcola(d("2026-02-02"), 30, &adjoining, &italia()).unwrap().giorni_sospesi(), 10);
}

#[test]
fn terms_in_months() {
    for (t0, mesi, scadenza) in [
        ("2026-01-15", 1, "2026-02-16"), // 15 February is a Sunday
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-06-10", 6, "2026-12-10"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2026-06-25", 6, "2026-12-28"),
    ] {
        assert_eq!(scadenza_in_mesi(d(t0), mesi, &italia()), Ok(d(scadenza)), "{t0}");
    }
    assert_eq!(scadenza_in_mesi(d("2026-01-01"), 0, &italia()).unwrap_err().code(), "termine-durata-non-valida");
    assert_eq!(scadenza_in_mesi(d("2026-01-01"), 121, &italia()).unwrap_err().code(), "termine-durata-non-valida");
    assert_eq!(aggiungi_mesi(d("9999-12-01"), 1), Err(TermineError::FuoriCalendario));
}

#[test]
fn easter_mondays() {
    for monday in
        ["2024-04-01", "2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17", "2029-04-02", "2030-04-22"].map(d)
    {
        assert_eq!(italia().nome(monday), Some("Lunedì dell'Angelo"), "{monday}");
        assert_eq!(monday.weekday(), Weekday::Monday);
        assert!(!italia().is_festivo(monday.tomorrow().unwrap()));
        // Good Friday is a day like any other.
        assert!(!italia().is_festivo(monday.checked_sub(jiff::Span::new().days(3)).unwrap()));
    }
}

#[test]
fn holidays_of_a_year() {
    let days = |anno, roma| -> Vec<String> {
        let festivi = Festivi::italiani(roma);
        festivi.del_anno(anno).iter().map(|(day, _)| day.strftime("%m-%d").to_string()).collect()
    };
    let y2025 = ["01-01", "01-06", "04-21", "04-25", "05-01", "06-02", "08-15", "11-01", "12-08", "12-25", "12-26"];
    assert_eq!(days(2025, false), y2025);
    let y2026 =
        ["01-01", "01-06", "04-06", "04-25", "05-01", "06-02", "08-15", "10-04", "11-01", "12-08", "12-25", "12-26"];
    assert_eq!(days(2026, false), y2026);
    assert!(!days(2000, false).contains(&"06-02".to_owned()), "2 June only since 2001");
    assert!(days(2026, true).contains(&"06-29".to_owned()));
    assert_eq!(Festivi::italiani(true).versione(), "IT-2026-RM");
    assert_eq!(Festivi::default(), italia());
    assert!(italia().giorni().iter().all(|festivita| !festivita.fonte.is_empty()));
}

#[test]
fn which_days_are_festivi() {
    for (day, festivo) in [
        ("2026-11-22", true),  // Sunday
        ("2026-11-21", false), // Saturday
        ("2026-06-29", false), // Saints Peter and Paul, outside Rome
        ("2026-08-10", false), // patron of Grosseto
        ("2025-10-04", false),
        ("2026-10-04", true),
        ("2027-10-04", true),
        ("2026-06-02", true),
        ("2026-11-04", false),
    ] {
        assert_eq!(italia().is_festivo(d(day)), festivo, "{day}");
    }
    assert!(Festivi::italiani(true).is_festivo(d("2026-06-29")));
    assert_eq!(italia().nome(d("2026-11-22")), Some("domenica"));
    assert_eq!(italia().shift_if_festivo(d("2026-12-25")), Ok(d("2026-12-28")));
    assert_eq!(italia().shift_if_festivo(d("2026-11-21")), Ok(d("2026-11-21")));
}

#[test]
fn a_holiday_can_be_added_and_can_end_as_data() {
    let mut giorni = italia().giorni().to_vec();
    giorni.push(Festivita {
        nome: "Prova".into(),
        regola: Regola::Fissa { mese: 3, giorno: 10 },
        dal: Some(date(2030, 1, 1)),
        al: Some(date(2031, 12, 31)),
        fonte: "prova".into(),
    });
    let festivi = Festivi::con_tabella("IT-2030", giorni);
    let expected = [(2029, false), (2030, true), (2031, true), (2032, false)];
    for (anno, festivo) in expected {
        assert_eq!(festivi.nome(date(anno, 3, 10)) == Some("Prova"), festivo, "{anno}");
    }
    let json = serde_json::to_string(&festivi).unwrap();
    assert_eq!(serde_json::from_str::<Festivi>(&json).unwrap(), festivi);
    assert_eq!(calcola(d("2030-02-08"), 30, &[], &festivi).unwrap().calendario_versione, "IT-2030");
    // A table in which every day is a holiday is an error, not an endless search.
    let always = (1..=12).flat_map(|mese| (1..=31).map(move |giorno| Regola::Fissa { mese, giorno }));
    let always = always.map(|regola| Festivita { nome: "x".into(), regola, dal: None, al: None, fonte: "x".into() });
    let always = Festivi::con_tabella("x", always.collect());
    assert_eq!(always.shift_if_festivo(d("2026-01-01")), Err(TermineError::FuoriCalendario));
}

#[test]
fn daily_register_is_due_on_the_next_working_day() {
    let mut open_on_saturday = grosseto();
    open_on_saturday.sabato_chiuso = false;
    for (calendario, day, due) in [
        (grosseto(), "2026-04-03", "2026-04-07"),
        (open_on_saturday, "2026-04-03", "2026-04-04"),
        (grosseto(), "2026-04-04", "2026-04-07"),
        (grosseto(), "2026-04-07", "2026-04-08"),
        (grosseto(), "2026-08-07", "2026-08-11"), // weekend, then the patron on Monday
        (grosseto(), "2026-12-24", "2026-12-28"),
    ] {
        assert_eq!(calendario.primo_giorno_lavorativo_dopo(d(day)), Ok(d(due)), "{day}");
    }
    let mut closed = grosseto();
    closed.chiusure.insert(d("2026-04-07"));
    assert_eq!(closed.primo_giorno_lavorativo_dopo(d("2026-04-03")), Ok(d("2026-04-08")));
    let json = r#"{"festivi":{"versione":"v","giorni":[]},"sabatoChiuso":true,"patrono":{"tipo":"fissa","mese":8,"giorno":10}}"#;
    assert!(!serde_json::from_str::<CalendarioUfficio>(json).unwrap().is_lavorativo(d("2026-08-10")));
    assert_eq!(closed.primo_giorno_lavorativo_dopo(Date::MAX), Err(TermineError::FuoriCalendario));
}

#[test]
fn the_year_turns_in_rome() {
    assert_eq!(anno_di_registrazione(ts("2026-12-31T22:59:59Z")), 2026);
    assert_eq!(data_locale(ts("2026-12-31T22:59:59Z")), d("2026-12-31"));
    assert_eq!(ora_locale(ts("2026-12-31T22:59:59Z")), time(23, 59, 59, 0));
    assert_eq!(anno_di_registrazione(ts("2026-12-31T23:00:00Z")), 2027);
    assert_eq!(data_locale(ts("2026-12-31T23:00:00Z")), d("2027-01-01"));
    assert_eq!(fine_giornata(d("2026-12-31")), ts("2026-12-31T23:00:00Z"));
    assert_eq!(inizio_giornata(d("2027-01-01")), ts("2026-12-31T23:00:00Z"));
}

#[test]
fn days_on_which_the_clock_changes() {
    for (day, inizio, fine) in [
        ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), // 23 hours
        ("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), // 25 hours
        ("2027-08-15", "2027-08-14T22:00:00Z", "2027-08-15T22:00:00Z"),
        ("2060-07-01", "2060-06-30T22:00:00Z", "2060-07-01T22:00:00Z"), // beyond the tables, by rule
    ] {
        assert_eq!((inizio_giornata(d(day)), fine_giornata(d(day))), (ts(inizio), ts(fine)), "{day}");
        let last = fine_giornata(d(day)).checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
        assert_eq!((data_locale(ts(inizio)), data_locale(last)), (d(day), d(day)));
    }
    // The hour that comes twice is the same wall-clock time.
    assert_eq!(ora_locale(ts("2026-10-25T00:30:00Z")), time(2, 30, 0, 0));
    assert_eq!(ora_locale(ts("2026-10-25T01:30:00Z")), time(2, 30, 0, 0));
    assert_eq!(fine_giornata(Date::MAX), Timestamp::MAX);
    assert_eq!(inizio_giornata(Date::MIN), Timestamp::MIN);
}

#[test]
fn expiry_is_after_the_last_day() {
    let termine = calcola(d("2026-01-15"), 30, &[], &italia()).unwrap();
    assert_eq!(termine.fine(), ts("2026-02-14T23:00:00Z"));
    assert!(!termine.scaduto(ts("2026-02-14T22:59:59Z")));
    assert!(termine.scaduto(ts("2026-02-14T23:00:00Z")));
    assert_eq!(termine.giorni_rimanenti(ts("2026-02-14T22:59:59Z")), 0);
    assert_eq!(termine.giorni_rimanenti(ts("2026-02-14T23:00:00Z")), -1);
    assert_eq!(termine.giorni_rimanenti(ts("2026-01-15T10:00:00Z")), 30);
}

#[test]
fn json_of_a_stored_term() {
    let sospensioni = [
        Sospensione::integrazione(d("2026-02-12"), Some(d("2026-02-25"))).unwrap(),
        speciale("2026-02-25", "2026-02-26"),
    ];
    let termine = calcola(d("2026-02-02"), 30, &sospensioni, &italia()).unwrap();
    let json = serde_json::json!({
        "t0": "2026-02-02",
        "giorni": 30,
        "sospensioni": [
            { "causa": { "tipo": "integrazione" }, "dal": "2026-02-12", "ripresa": "2026-02-25" },
            {
                "causa": { "tipo": "leggeSpeciale", "norma": "L. 1/2000 art. 1", "massimoGiorni": 20 },
                "dal": "2026-02-25", "ripresa": "2026-02-26"
            }
        ],
        "scadenza": "2026-03-18",
        "calendarioVersione": "IT-2026"
    });
    assert_eq!(serde_json::to_value(&termine).unwrap(), json);
    assert_eq!(serde_json::from_value::<Termine>(json).unwrap(), termine);
    let schema = schemars::schema_for!(Termine);
    assert!(schema.get("properties").and_then(|value| value.get("calendarioVersione")).is_some());
}

/// Any day from 2001 to 2099.
fn any_day() -> impl Strategy<Value = Date> {
    (0i32..36_159).prop_map(|days| date(2001, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap())
}

fn later(day: Date, days: u16) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap()
}

proptest! {
    #[test]
    fn due_is_never_festivo_nor_early(t0 in any_day(), giorni in 1u16..=MASSIMO_GIORNI, roma: bool) {
        let festivi = Festivi::italiani(roma);
        let termine = calcola(t0, giorni, &[], &festivi).unwrap();
        prop_assert!(!festivi.is_festivo(termine.scadenza));
        let nominale = later(t0, giorni);
        prop_assert!(termine.scadenza >= nominale);
        // Every day it was moved over is festivo, and no day more.
        let mut day = nominale;
        while day < termine.scadenza {
            prop_assert!(festivi.is_festivo(day));
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn due_is_monotone(t0 in any_day(), giorni in 10u16..200, more in 0u16..50, dal in 0u16..10, len in 0u16..=30) {
        let sospensione = Sospensione::integrazione(later(t0, dal), Some(later(t0, dal + len))).unwrap();
        let festivi = italia();
        let due = |giorni, sospensioni: &[Sospensione]| calcola(t0, giorni, sospensioni, &festivi).unwrap().scadenza;
        prop_assert!(due(giorni, &[]) <= due(giorni + more, &[]));
        let suspended = due(giorni, std::slice::from_ref(&sospensione));
        prop_assert!(suspended <= due(giorni + more, std::slice::from_ref(&sospensione)));
        prop_assert_eq!(suspended, due(giorni + len, &[]));
    }

    #[test]
    fn the_order_of_suspensions_does_not_matter(t0 in any_day(), a in 0u16..10, len in 0u16..=30, gap in 0u16..5) {
        let festivi = italia();
        let first = Sospensione::integrazione(later(t0, a), Some(later(t0, a + len))).unwrap();
        let dal = later(first.ripresa, gap);
        let second = Sospensione::preavviso(dal, dal, None, &festivi).unwrap();
        let one = calcola(t0, 30, &[first.clone(), second.clone()], &festivi).unwrap();
        let other = calcola(t0, 30, &[second, first], &festivi).unwrap();
        prop_assert_eq!(one, other);
    }

    #[test]
    fn an_instant_lies_within_its_day(seconds in 978_307_200i64..4_102_444_800) {
        let ts = Timestamp::from_second(seconds).unwrap();
        let day = data_locale(ts);
        prop_assert!(inizio_giornata(day) <= ts && ts < fine_giornata(day));
        prop_assert_eq!(anno_di_registrazione(ts), day.year());
    }

    #[test]
    fn next_working_day_is_the_first(day in any_day()) {
        let calendario = grosseto();
        let next = calendario.primo_giorno_lavorativo_dopo(day).unwrap();
        prop_assert!(next > day && calendario.is_lavorativo(next));
        let mut between = day.tomorrow().unwrap();
        while between < next {
            prop_assert!(!calendario.is_lavorativo(between));
            between = between.tomorrow().unwrap();
        }
    }
}
