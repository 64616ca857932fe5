//! Rules of law that a naive build breaks, as far as pure code can keep them. The numbers are those of the list that the
//! engine's, the pages' and the processes' tests share; each names its article.

use crate::allegato::Impronta;
use crate::codice_fiscale::CodiceFiscale;
use crate::persona::{LivelloIdentita, Ruolo};
use crate::registro::{AssegnazioneModificata, Event as RegistroEvent, ModificaRegistrazione, ProtocolloRegistrato};
use crate::spec::{Case, Decider, Istanza, Lettera, Registro, Segnalazione, acting, citizen, fold, given, number};
use crate::termini::{
    Festivi, Sospensione, Termine, TermineError, anno_di_registrazione, data_locale, fine_giornata, inizio_giornata,
};
use crate::titolario::Classifica;
use crate::{Caso, Ctx, Evento, Sample, lettera};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

fn filed<D: Case>(at: &str) -> Vec<Evento> {
    let ctx = Ctx { at: at.parse().unwrap(), protocollo: Some(number(1, at)), ..citizen() };
    given::<D>(&[]).when(D::filing(), &ctx).events().into_iter().map(Into::into).collect()
}

fn due(events: &[Evento]) -> Date {
    Caso::fold(events).unwrap().base().termine.clone().unwrap().scadenza
}

/// DPR 445/2000 art. 57: numbering is of the calendar year, in Italy's time; a number has at least seven digits.
#[test]
fn rule_02_the_year_turns_in_rome_and_numbers_have_seven_digits() {
    for (at, anno) in [
        ("2026-12-31T22:59:59Z", 2026),
        ("2026-12-31T22:59:59.999999999Z", 2026),
        ("2026-12-31T23:00:00Z", 2027),
        ("2027-06-30T22:00:00Z", 2027),
    ] {
        let instant: Timestamp = at.parse().unwrap();
        assert_eq!(anno_di_registrazione(instant), anno, "{at}");
        let first = number(1, at);
        assert_eq!(first.segnatura().to_string(), format!("0000001/{anno}"));
        assert_eq!(first.data_locale().year(), anno);
    }
    assert_eq!(data_locale("2026-12-31T23:00:00Z".parse().unwrap()), date(2027, 1, 1));
    for (numero, text) in
        [(1, "0000001"), (9_999_999, "9999999"), (10_000_000, "10000000"), (u64::MAX, "18446744073709551615")]
    {
        let segnatura = number(numero, "2026-03-06T09:30:00Z").segnatura();
        assert_eq!(segnatura.to_string(), format!("{text}/2026"));
        assert_eq!(crate::registro::Segnatura::parse(&segnatura.to_string()), Some(segnatura));
    }
}

/// Linee guida AgID 3.1.5, DPR 445/2000 art. 54: only assignment and classification move, and both values stay. That no
/// other datum can be named is the shape of the command; here, that the entry is untouched by what is decided.
#[test]
fn rule_03_only_two_fields_move_and_both_values_stay() {
    let ModificaRegistrazione { assegnazione: _, classifica: _, motivo: _ } =
        ModificaRegistrazione { assegnazione: None, classifica: None, motivo: String::new() };
    let entry = ProtocolloRegistrato::sample();
    let mut history: Vec<RegistroEvent> = vec![entry.clone().into()];
    for (office, class) in [("urp", "I.8"), ("ambiente", "VI.9"), ("urp", "VI.8")] {
        let command = ModificaRegistrazione {
            assegnazione: Some(crate::ente::CodiceUfficio::new(office)),
            classifica: Some(Classifica::parse(class).unwrap()),
            motivo: "Competenza di altro ufficio".into(),
        };
        for role in [Ruolo::Cittadino, Ruolo::Operatore, Ruolo::SegreteriaSindaco, Ruolo::Sistema] {
            given::<Registro>(&history).when(command.clone(), &acting(role)).then_refused(&[("", "non-autorizzato")]);
        }
        let before = fold::<Registro>(&history).unwrap();
        let events = given::<Registro>(&history).when(command, &acting(Ruolo::Protocollo)).events();
        let [RegistroEvent::AssegnazioneModificata(a), RegistroEvent::ClassificazioneModificata(c)] = events.as_slice()
        else {
            panic!("{events:?}")
        };
        assert_eq!((&a.precedente, c.precedente), (&before.assegnazione, before.classifica));
        assert_eq!((a.operatore.nome.as_str(), a.numero), ("Giulia Bianchi", entry.protocollo.numero));
        history.extend(events);
        assert_eq!(fold::<Registro>(&history).unwrap().entrata, entry);
    }
    // Were somebody to append an entry again, what stands would stand.
    let other = ProtocolloRegistrato { oggetto: "Altro".into(), ..entry.clone() };
    history.push(other.into());
    history.push(AssegnazioneModificata::sample().into());
    assert_eq!(fold::<Registro>(&history).unwrap().entrata, entry);
}

/// L. 241/1990 art. 18-bis: the date of protocol is the date of submission, whatever the day and the hour.
#[test]
fn rule_05_the_protocol_date_is_the_date_of_submission() {
    fn check<D: Case>() {
        for (at, day) in [
            ("2027-08-15T21:59:59Z", date(2027, 8, 15)),
            ("2027-08-15T22:00:00Z", date(2027, 8, 16)),
            ("2026-12-31T22:59:59Z", date(2026, 12, 31)),
            ("2026-12-31T23:00:00Z", date(2027, 1, 1)),
            ("2026-03-29T00:30:00Z", date(2026, 3, 29)),
        ] {
            let case = Caso::fold(&filed::<D>(at)).unwrap();
            let base = case.base();
            let protocollo = base.protocollo.clone().unwrap();
            assert_eq!(base.inviata_il, protocollo.data);
            assert_eq!(protocollo.data_locale(), day);
            assert_eq!(data_locale(base.inviata_il), day);
            assert_eq!(base.termine.as_ref().unwrap().t0, day);
        }
        // An instant taken before the queue: the entry's own instant decides, for all three.
        let slow = Ctx {
            at: "2026-12-31T22:59:59Z".parse().unwrap(),
            protocollo: Some(number(1, "2026-12-31T23:00:00Z")),
            ..citizen()
        };
        let events: Vec<Evento> =
            given::<D>(&[]).when(D::filing(), &slow).events().into_iter().map(Into::into).collect();
        let case = Caso::fold(&events).unwrap();
        assert_eq!(data_locale(case.base().inviata_il), date(2027, 1, 1));
        assert_eq!(case.base().termine.as_ref().unwrap().t0, date(2027, 1, 1));
        assert_eq!(events[1].kind(), "RicevutaEmessa", "the receipt is of the same commit");
    }
    assert_eq!(date(2027, 8, 15).weekday(), Weekday::Sunday);
    check::<Segnalazione>();
    check::<Lettera>();
    check::<Istanza>();
}

/// DPR 445/2000 art. 53 c. 1 f, Linee guida AgID Allegato 6: SHA-256; SHA-1 and MD5 are refused.
#[test]
fn rule_06_an_impronta_is_sha_256() {
    assert!(Impronta::parse(&"0f".repeat(32)).is_some());
    for wrong in ["0f".repeat(20), "0f".repeat(16), "0F".repeat(32), "0g".repeat(32), "0f".repeat(64), String::new()] {
        assert_eq!(Impronta::parse(&wrong), None, "{wrong}");
        assert!(serde_json::from_value::<Impronta>(wrong.into()).is_err());
    }
    assert_eq!(Impronta::from_bytes([0xab; 32]).as_str(), "ab".repeat(32));
}

/// c.c. art. 2963, L. 260/1949, L. 151/2025: the vectors, through a whole filing at both ends of the local day.
#[test]
fn rule_08_due_dates_of_filings() {
    for (filed_on, expected) in [
        (date(2026, 1, 15), date(2026, 2, 14)),
        (date(2026, 3, 6), date(2026, 4, 7)),
        (date(2026, 3, 7), date(2026, 4, 7)),
        (date(2026, 11, 25), date(2026, 12, 28)),
        (date(2027, 9, 4), date(2027, 10, 5)),
        (date(2025, 9, 4), date(2025, 10, 4)),
        (date(2026, 7, 11), date(2026, 8, 10)),
        (date(2026, 4, 1), date(2026, 5, 2)),
        (date(2024, 1, 30), date(2024, 2, 29)),
    ] {
        let first = inizio_giornata(filed_on);
        let last = fine_giornata(filed_on) - jiff::Span::new().nanoseconds(1);
        for at in [first.to_string(), last.to_string()] {
            assert_eq!(due(&filed::<Segnalazione>(&at)), expected, "{at}");
            assert_eq!(due(&filed::<Lettera>(&at)), expected, "{at}");
            assert_eq!(due(&filed::<Istanza>(&at)), expected, "{at}");
        }
    }
}

/// L. 241/1990 art. 2 c. 7: one suspension for missing documents, 30 days at most.
#[test]
fn rule_09_one_suspension_capped() {
    let festivi = Festivi::default();
    let filed = Termine::calcola(date(2026, 2, 2), 30, &[], &festivi).unwrap();
    let asked = filed.sospeso(Sospensione::integrazione(date(2026, 2, 12), None).unwrap(), &festivi).unwrap();
    assert_eq!((asked.giorni_sospesi(), asked.scadenza), (30, date(2026, 4, 3)));
    let again = Sospensione::integrazione(date(2026, 3, 20), Some(date(2026, 3, 21))).unwrap();
    assert_eq!(asked.sospeso(again, &festivi), Err(TermineError::SecondaIntegrazione));
}

/// CAD artt. 64 and 65: identity is more than the text of a codice fiscale.
#[test]
fn rule_11_level_one_cannot_file_and_tinit_is_stripped() {
    fn check<D: Case>() {
        let mut ctx = citizen();
        ctx.attore.livello = LivelloIdentita::L1;
        given::<D>(&[]).when(D::filing(), &ctx).then_refused(&[("", "livello-identita")]);
    }
    check::<Segnalazione>();
    check::<Lettera>();
    check::<Istanza>();
    let plain = CodiceFiscale::parse("RSSMRA80A01H501U").unwrap();
    for text in ["TINIT-RSSMRA80A01H501U", "tinit-rssmra80a01h501u", " RSSMRA80A01H501U "] {
        assert_eq!(CodiceFiscale::parse(text).as_ref(), Ok(&plain), "{text}");
    }
    let omocodia = CodiceFiscale::parse("RSSMRA80A01H50MM").expect("a variant by omocodia");
    assert!(omocodia != plain && omocodia.stessa_base(&plain));
    assert!(CodiceFiscale::parse("TINIT-12345678903").unwrap().is_provvisorio());
}

/// GDPR artt. 5, 9 and 25: the register's subject repeats nothing that the citizen wrote, and neither does the receipt.
#[test]
fn rule_12_the_registers_subject_holds_no_words_of_the_citizen() {
    let mut letter = crate::spec::scrivi();
    letter.oggetto = "ZAFFIRO".into();
    letter.testo = "ZAFFIRO in ospedale".into();
    let mut report = crate::spec::segnala();
    report.titolo = "ZAFFIRO".into();
    report.luogo.indirizzo = "Via ZAFFIRO 3".into();
    let mut request = crate::spec::presenta();
    request.modulo["oggetto"] = "ZAFFIRO".into();
    let ctx = citizen();
    let events: Vec<Evento> = Lettera::decide(&None, lettera::Command::Invia(Box::new(letter)), &ctx)
        .unwrap()
        .into_iter()
        .map(Evento::from)
        .chain(
            Segnalazione::decide(&None, crate::segnalazione::Command::Invia(Box::new(report)), &ctx)
                .unwrap()
                .into_iter()
                .map(Evento::from),
        )
        .chain(
            Istanza::decide(&None, crate::istanza::Command::Presenta(Box::new(request)), &ctx)
                .unwrap()
                .into_iter()
                .map(Evento::from),
        )
        .collect();
    assert_eq!(events.len(), 9);
    let mut seen = 0;
    for event in events {
        let mut payload = event.payload();
        seen += usize::from(payload.to_string().contains("ZAFFIRO"));
        // What is sealed stands apart; in the clear none of it is left.
        payload.as_object_mut().unwrap().remove("personale");
        let clear = payload.to_string();
        for word in ["ZAFFIRO", "RSSMRA80A01H501U", "Rossi", "mario.rossi"] {
            assert!(!clear.contains(word), "{}: {clear}", event.kind());
        }
    }
    assert_eq!(seen, 3, "the documents themselves do hold the words");
}
