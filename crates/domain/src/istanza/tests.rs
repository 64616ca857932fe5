use super::*;
use crate::Personale;
use crate::pratica::Lavora;
use crate::servizio::RiferimentoServizio;
use crate::spec::{Case, Istanza, acting, answering, check_text, citizen, files, given, life, number, presenta};
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

fn filed(command: Command) -> ModuloRichiesta {
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
    let servizio = crate::servizio::trova("richiesta-generica", 1).unwrap();
    assert_eq!(filed.servizio, RiferimentoServizio { codice: "richiesta-generica".into(), versione: 1 });
    assert_eq!(filed.deposito.oggetto, "Istanza: Richiesta generica al Comune");
    assert_eq!(filed.deposito.ufficio, servizio.ufficio);
    assert_eq!(filed.deposito.classifica, servizio.classifica);
    assert_eq!(filed.deposito.riservato, servizio.riservato);
    assert_eq!(filed.deposito.codice.as_str().split('-').next(), Some("IS"));
    assert_eq!(receipt.protocollo, number(12, crate::spec::FRIDAY));
    assert_eq!((term.termine.giorni, term.termine.scadenza), (servizio.termine_giorni, jiff::civil::date(2026, 4, 7)));
}

#[test]
fn only_services_of_the_catalogue_can_be_asked_for() {
    for (codice, versione) in [("altro", 1), ("richiesta-generica", 2), ("richiesta-generica", 0), ("", 1)] {
        let command = with(|c| (c.servizio, c.versione) = (codice.into(), versione));
        given::<Istanza>(&[]).when(command, &citizen()).then_refused(&[("servizio", "servizio-sconosciuto")]);
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
        ("codiceFiscaleInteressato", json!({})),
    ] {
        let refused = format!("modulo.{name}");
        given::<Istanza>(&[])
            .when(field(name, value), &citizen())
            .then_refused(&[(refused.as_str(), "tipo-non-valido")]);
    }
}

#[test]
fn an_optional_field_may_be_absent_null_or_blank() {
    for absent in [Value::Null, json!(""), json!("  ")] {
        let form = filed(with(|c| {
            c.modulo["telefono"] = absent.clone();
            c.modulo["codiceFiscaleInteressato"] = absent;
        }));
        assert_eq!((form.telefono, form.codice_fiscale_interessato), (None, None));
    }
    given::<Istanza>(&[])
        .when(field("oggetto", Value::Null), &citizen())
        .then_refused(&[("modulo.oggetto", "obbligatorio")]);
}

#[test]
fn codice_fiscale_of_the_person_concerned() {
    for text in ["RSSMRA80A01H501U", " rss mra 80a01 h501u ", "TINIT-RSSMRA80A01H501U"] {
        let form = filed(field("codiceFiscaleInteressato", text));
        assert_eq!(form.codice_fiscale_interessato.unwrap().as_str(), "RSSMRA80A01H501U");
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
        assert_eq!(filed(field("telefono", text)).telefono.as_deref(), Some(text));
    }
    for (text, code) in [
        ("1234", "telefono-non-valido"),
        ("+-/. ++++", "telefono-non-valido"),
        ("0187 555 0100 int. 4", "telefono-non-valido"),
        ("٠١٨٧٥٥٥", "telefono-non-valido"),
        ("0187 555 ٠١٠", "telefono-non-valido"),
        ("01234567890\t123", "telefono-non-valido"),
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
        ("modulo.telefono", "tipo-non-valido"),
        ("modulo.oggetto", "obbligatorio"),
        ("modulo.richiesta", "testo-lungo"),
        ("modulo.codiceFiscaleInteressato", "codice-fiscale-non-valido"),
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
