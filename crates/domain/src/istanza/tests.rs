mod integrazione;

use super::*;
use crate::modulo::ModuloValido;
use crate::pratica::Lavora;
use crate::servizio::{Finestra, RiferimentoServizio, Servizio};
use crate::spec::{Case, Istanza, acting, answering, check_text, citizen, files, given, life, number, presenta};
use crate::{Personale, Sample};
use serde_json::{Value, json};

fn with(change: impl FnOnce(&mut Presenta)) -> Command {
    let mut command = presenta();
    change(&mut command);
    Command::Presenta(Box::new(command))
}

/// A filing whose form has one field more, or another value.
fn field(name: &str, value: impl Into<Value>) -> Command {
    with(|c| c.modulo[name] = value.into())
}

fn filed(command: Command) -> ModuloValido {
    match given::<Istanza>(&[]).when(command, &citizen()).events().swap_remove(0) {
        Event::IstanzaPresentata(IstanzaPresentata { personale: Personale(Some(document)), .. }) => document.modulo,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_follows_its_service_and_keeps_the_version() {
    let events = given::<Istanza>(&[]).when(Istanza::filing(), &citizen()).events();
    let [Event::IstanzaPresentata(filed), Event::RicevutaEmessa(receipt), Event::TermineCalcolato(term)] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    let servizio = Servizio::sample();
    assert_eq!(filed.servizio, RiferimentoServizio { codice: "richiesta-generica".into(), versione: 1 });
    assert_eq!(filed.deposito.oggetto, "Istanza: Richiesta generica al Comune");
    assert_eq!(filed.deposito.ufficio, servizio.ufficio);
    assert_eq!(filed.deposito.classifica, servizio.classifica);
    assert_eq!(filed.deposito.riservato, servizio.riservato);
    assert_eq!(filed.deposito.codice.as_str().split('-').next(), Some("IS"));
    assert_eq!(receipt.protocollo, number(12, crate::spec::FRIDAY));
    assert_eq!((term.termine.giorni, term.termine.scadenza), (servizio.termine_giorni, jiff::civil::date(2026, 4, 7)));
}

/// A filing for a service that differs from the generic one.
fn of(change: impl FnOnce(&mut Servizio)) -> Command {
    let mut servizio = Servizio::sample();
    change(&mut servizio);
    with(|c| c.servizio = servizio.into())
}

#[test]
fn a_service_is_asked_for_on_the_days_of_its_window() {
    // Friday 6 March 2026 in Rome.
    let window = |dal, al| of(|s| s.finestra = Some(Finestra { dal, al }));
    let march = |day| jiff::civil::date(2026, 3, day);
    for (dal, al) in [(march(6), march(6)), (march(1), march(31))] {
        assert_eq!(given::<Istanza>(&[]).when(window(dal, al), &citizen()).events().len(), 3);
    }
    for (dal, al) in [(march(7), march(31)), (march(1), march(5))] {
        given::<Istanza>(&[]).when(window(dal, al), &citizen()).then_refused(&[("servizio", "servizio-chiuso")]);
    }
}

#[test]
fn a_request_says_what_silence_means_and_its_answers_in_words() {
    let command = of(|s| s.effetto_silenzio = crate::servizio::EffettoSilenzio::Assenso);
    let events = given::<Istanza>(&[]).when(command, &citizen()).events();
    let Event::IstanzaPresentata(filed) = &events[0] else { panic!("{events:?}") };
    assert_eq!(filed.effetto_silenzio, crate::servizio::EffettoSilenzio::Assenso);
    let document = filed.personale.get().unwrap();
    let [section] = document.sezioni.as_slice() else { panic!("{document:?}") };
    assert_eq!(section.righe[0], ("Oggetto".to_owned(), "Panchina in piazza".to_owned()));
    assert_eq!(document.titolo(), "Panchina in piazza");
}

#[test]
fn a_file_that_an_answer_names_must_be_there_and_be_what_was_asked_for() {
    use crate::modulo::{Campo, FormatoFile};
    let (allegati, nomi_allegati) = files(1);
    let id = allegati[0].id.to_string();
    let asking = |formati: &[FormatoFile], named: &str| {
        let campo = json!({"nome": "planimetria", "tipo": "allegato", "etichetta": "Planimetria", "formati": formati});
        let campo: Campo = serde_json::from_value(campo).unwrap();
        let mut servizio = Servizio::sample();
        servizio.modulo.passi[0].campi.push(campo);
        with(|c| {
            c.servizio = servizio.into();
            (c.allegati, c.nomi_allegati) = (allegati.clone(), nomi_allegati.clone());
            c.modulo["planimetria"] = named.into();
        })
    };
    let formato = allegati[0].formato.clone();
    let (same, other): (Vec<_>, Vec<_>) =
        [FormatoFile::Jpeg, FormatoFile::Pdf].into_iter().partition(|f| f.media_type() == formato);
    assert_eq!(given::<Istanza>(&[]).when(asking(&same, &id), &citizen()).events().len(), 3);
    let unknown = "0192f00d-0000-7000-8000-00000000ffff";
    for (command, code) in
        [(asking(&other, &id), "formato-non-richiesto"), (asking(&same, unknown), "allegato-sconosciuto")]
    {
        given::<Istanza>(&[]).when(command, &citizen()).then_refused(&[("modulo.planimetria", code)]);
    }
}

#[test]
fn a_file_is_no_larger_than_its_question_or_its_service_takes() {
    use crate::allegato::MEGABYTE;
    let (files, names) = files(1);
    let filing = |servizio: u32, campo: Option<u32>, named: bool, bytes: u64| {
        let mut s = Servizio::sample();
        s.allegati.megabyte = servizio;
        let pianta = json!({"nome": "pianta", "tipo": "allegato", "etichetta": "Pianta", "facoltativo": true,
            "megabyte": campo, "formati": ["jpeg"]});
        s.modulo.passi[0].campi.push(serde_json::from_value(pianta).unwrap());
        let mut file = files[0].clone();
        file.dimensione = bytes;
        given::<Istanza>(&[]).when(
            with(|c| {
                c.servizio = s.into();
                if named {
                    c.modulo["pianta"] = file.id.to_string().into();
                }
                (c.allegati, c.nomi_allegati) = (vec![file], names.clone());
            }),
            &citizen(),
        )
    };
    for (servizio, campo, named, max) in [
        (10, None, true, 10),
        (20, None, true, 20),
        (10, Some(30), true, 30),
        (30, Some(5), true, 5),
        (20, Some(40), false, 20),
    ] {
        let limit = max * MEGABYTE;
        assert_eq!(filing(servizio, campo, named, limit).events().len(), 3, "{max} MB");
        let field = if named { "modulo.pianta" } else { "allegati" };
        filing(servizio, campo, named, limit + 1).then_refused(&[(field, "file-troppo-grande")]);
    }
}

#[test]
fn limits_of_the_texts() {
    check_text::<Istanza>("modulo.oggetto", 3, 150, |text| field("oggetto", text));
    check_text::<Istanza>("modulo.richiesta", 3, 4_000, |text| field("richiesta", text));
}

#[test]
fn a_form_is_an_object() {
    for modulo in [json!(null), json!([]), json!("testo"), json!(3)] {
        given::<Istanza>(&[])
            .when(with(|c| c.modulo = modulo), &citizen())
            .then_refused(&[("modulo", "modulo-non-valido")]);
    }
}

#[test]
fn fields_that_the_form_does_not_have_are_refused() {
    given::<Istanza>(&[])
        .when(field("urgente", true), &citizen())
        .then_refused(&[("modulo.urgente", "campo-sconosciuto")]);
    given::<Istanza>(&[])
        .when(field("Oggetto", "Panchina"), &citizen())
        .then_refused(&[("modulo.Oggetto", "campo-sconosciuto")]);
}

#[test]
fn a_field_of_the_wrong_type_is_refused_once() {
    for (name, value) in [
        ("oggetto", json!(3)),
        ("richiesta", json!(["a"])),
        ("telefono", json!(187_555_010)),
        ("codiceFiscaleInteressato", json!({"codice": "RSSMRA80A01H501U"})),
    ] {
        let refused = format!("modulo.{name}");
        given::<Istanza>(&[])
            .when(field(name, value), &citizen())
            .then_refused(&[(refused.as_str(), "valore-non-valido")]);
    }
}

#[test]
fn an_optional_field_may_be_absent_null_or_blank() {
    for absent in [Value::Null, json!(""), json!("  ")] {
        let form = filed(with(|c| {
            c.modulo["telefono"] = absent.clone();
            c.modulo["codiceFiscaleInteressato"] = absent;
        }));
        assert_eq!((form.get("telefono"), form.get("codiceFiscaleInteressato")), (None, None));
    }
    given::<Istanza>(&[])
        .when(field("oggetto", Value::Null), &citizen())
        .then_refused(&[("modulo.oggetto", "obbligatorio")]);
}

#[test]
fn codice_fiscale_of_the_person_concerned() {
    for text in ["RSSMRA80A01H501U", " rss mra 80a01 h501u ", "TINIT-RSSMRA80A01H501U"] {
        let form = filed(field("codiceFiscaleInteressato", text));
        assert_eq!(form.get("codiceFiscaleInteressato").unwrap(), "RSSMRA80A01H501U");
    }
    for text in ["RSSMRA80A01H501X", "RSSMRA80A01H501", "non lo so", "12345678901"] {
        given::<Istanza>(&[])
            .when(field("codiceFiscaleInteressato", text), &citizen())
            .then_refused(&[("modulo.codiceFiscaleInteressato", "codice-fiscale-non-valido")]);
    }
}

#[test]
fn a_telephone_number_is_digits_and_the_signs_between_them() {
    for text in ["0187 555 0100", "+39 333-555.0100", "0187/5550100", "12345", "01234567890123456789"] {
        assert_eq!(filed(field("telefono", text)).get("telefono").and_then(Value::as_str), Some(text));
    }
    for (text, code) in [
        ("1234", "telefono-non-valido"),
        ("+-/. ++++", "telefono-non-valido"),
        ("0187 555 0100 int. 4", "telefono-non-valido"),
        ("٠١٨٧٥٥٥", "telefono-non-valido"),
        ("0187 555 ٠١٠", "telefono-non-valido"),
        ("01234567890\t123", "caratteri-non-ammessi"),
        ("012345678901234567890", "testo-lungo"),
    ] {
        given::<Istanza>(&[]).when(field("telefono", text), &citizen()).then_refused(&[("modulo.telefono", code)]);
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let (allegati, nomi_allegati) = files(6);
    let command = with(|c| {
        c.modulo = json!({
            "richiesta": "x".repeat(4_001),
            "codiceFiscaleInteressato": "RSSMRA80A01H501X",
            "telefono": 5,
            "urgente": true,
        });
        (c.allegati, c.nomi_allegati) = (allegati, nomi_allegati);
    });
    given::<Istanza>(&[]).when(command, &citizen()).then_refused(&[
        ("modulo.urgente", "campo-sconosciuto"),
        ("modulo.oggetto", "obbligatorio"),
        ("modulo.richiesta", "testo-lungo"),
        ("modulo.codiceFiscaleInteressato", "codice-fiscale-non-valido"),
        ("modulo.telefono", "valore-non-valido"),
        ("allegati", "troppi-allegati"),
    ]);
}

#[test]
fn its_end_is_an_outgoing_act_with_its_own_number() {
    let before = life::<Istanza>(2);
    let end = || Istanza::lavora(Lavora::Concludi { messaggio: "Accolta: la panchina sarà posta a maggio.".into() });
    given::<Istanza>(&before)
        .when(end(), &acting(crate::persona::Ruolo::Operatore))
        .then_refused(&[("", "protocollo-mancante")]);
    let events = given::<Istanza>(&before).when(end(), &answering()).events();
    let [Event::IstanzaConclusa(act)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(act.protocollo, Some(number(13, crate::spec::FRIDAY)));
}
