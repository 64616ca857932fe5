use super::*;
use crate::ente::CodiceUfficio;
use crate::ids::PraticaId;
use crate::persona::Ruolo;
use crate::spec::{Registro, acting, citizen, given, number};
use crate::titolario::Classifica;

fn class(text: &str) -> Classifica {
    Classifica::parse(text).unwrap()
}

fn office(text: &str) -> CodiceUfficio {
    CodiceUfficio::new(text)
}

fn modifica(assegnazione: Option<&str>, classifica: Option<&str>) -> ModificaRegistrazione {
    ModificaRegistrazione {
        assegnazione: assegnazione.map(office),
        classifica: classifica.map(class),
        motivo: " Competenza di altro ufficio ".into(),
    }
}

fn entry() -> Vec<Event> {
    vec![ProtocolloRegistrato::sample().into()]
}

fn registra_sample() -> Registra {
    let sample = ProtocolloRegistrato::sample();
    Registra {
        flusso: sample.flusso,
        oggetto: sample.oggetto,
        pratica: PraticaId::sample(),
        tipo_pratica: "segnalazione",
        classifica: sample.classifica,
        assegnazione: sample.assegnazione,
        riservato: sample.riservato,
        allegati: sample.allegati,
        primario: None,
        corrispondente: sample.personale.0.unwrap(),
    }
}

#[test]
fn an_entry_has_the_number_that_is_being_assigned() {
    let ctx = citizen();
    let expected = ProtocolloRegistrato { protocollo: number(12, crate::spec::FRIDAY), ..Sample::sample() };
    assert_eq!(registra(registra_sample(), &ctx), Ok(expected));
    let refused = registra(registra_sample(), &acting(Ruolo::Sistema)).unwrap_err();
    assert_eq!(refused, crate::Refusal::whole("protocollo-mancante").into());
}

#[test]
fn the_protocol_office_assigns_anew_and_both_offices_stay_visible() {
    let ctx = acting(Ruolo::Protocollo);
    let change = Modifica {
        registro: CODICE_REGISTRO.into(),
        anno: 2026,
        numero: 12,
        precedente: office("lavori-pubblici"),
        nuova: office("ambiente"),
        motivo: "Competenza di altro ufficio".into(),
        operatore: (&ctx.attore).into(),
    };
    given::<Registro>(&entry())
        .when(modifica(Some("ambiente"), None), &ctx)
        .then(&[Event::AssegnazioneModificata(change)]);
}

#[test]
fn both_data_may_change_in_one_command() {
    let events =
        given::<Registro>(&entry()).when(modifica(Some("urp"), Some("I.8")), &acting(Ruolo::Protocollo)).events();
    let [Event::AssegnazioneModificata(office_change), Event::ClassificazioneModificata(class_change)] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!((&office_change.precedente, &office_change.nuova), (&office("lavori-pubblici"), &office("urp")));
    assert_eq!((class_change.precedente, class_change.nuova), (class("VI.8"), class("I.8")));
    let state = crate::spec::fold::<Registro>(entry().iter().chain(&events)).unwrap();
    assert_eq!((state.assegnazione, state.classifica), (office("urp"), class("I.8")));
    assert_eq!(state.entrata, ProtocolloRegistrato::sample(), "the entry itself never changes");
}

#[test]
fn a_second_change_starts_from_the_first() {
    let mut events = entry();
    for (from, to) in [("lavori-pubblici", "urp"), ("urp", "ambiente"), ("ambiente", "lavori-pubblici")] {
        let more = given::<Registro>(&events).when(modifica(Some(to), None), &acting(Ruolo::Protocollo)).events();
        let [Event::AssegnazioneModificata(change)] = more.as_slice() else { panic!("{more:?}") };
        assert_eq!((change.precedente.as_str(), change.nuova.as_str()), (from, to));
        events.extend(more);
    }
}

#[test]
fn nobody_but_the_protocol_office_may_change_an_entry() {
    for role in [Ruolo::Cittadino, Ruolo::Operatore, Ruolo::SegreteriaSindaco, Ruolo::Sviluppatore, Ruolo::Sistema] {
        given::<Registro>(&entry())
            .when(modifica(Some("urp"), Some("I.8")), &acting(role))
            .then_refused(&[("", "non-autorizzato")]);
    }
}

#[test]
fn what_already_stands_there_is_no_change() {
    for command in
        [modifica(None, None), modifica(Some("lavori-pubblici"), None), modifica(Some("lavori-pubblici"), Some("VI.8"))]
    {
        given::<Registro>(&entry()).when(command, &acting(Ruolo::Protocollo)).then_refused(&[("", "nessuna-modifica")]);
    }
    let half = given::<Registro>(&entry())
        .when(modifica(Some("lavori-pubblici"), Some("I.8")), &acting(Ruolo::Protocollo))
        .events();
    assert!(matches!(half.as_slice(), [Event::ClassificazioneModificata(_)]), "{half:?}");
}

#[test]
fn a_change_has_a_reason() {
    for (motivo, code) in [
        (String::new(), "obbligatorio"),
        (" \n".into(), "obbligatorio"),
        ("ab".into(), "testo-corto"),
        ("è".repeat(501), "testo-lungo"),
        ("abc\0".into(), "caratteri-non-ammessi"),
    ] {
        let command = ModificaRegistrazione { motivo, ..modifica(Some("urp"), None) };
        given::<Registro>(&entry()).when(command, &acting(Ruolo::Protocollo)).then_refused(&[("motivo", code)]);
    }
    let command = ModificaRegistrazione { motivo: "è".repeat(500), ..modifica(Some("urp"), None) };
    assert_eq!(given::<Registro>(&entry()).when(command, &acting(Ruolo::Protocollo)).events().len(), 1);
}

#[test]
fn changes_of_what_was_never_entered_are_nothing() {
    let change = crate::registro::AssegnazioneModificata::sample();
    assert_eq!(evolve(None, &change.into()), None);
}

#[test]
fn the_segnatura_is_read_as_written() {
    let written = Segnatura { numero: 1234, anno: 2026 };
    assert_eq!(written.to_string(), "0001234/2026");
    for text in ["0001234/2026", "1234/2026", " 1234/2026\n"] {
        assert_eq!(Segnatura::parse(text), Some(written), "{text:?}");
    }
    for text in
        ["", "/", "1234", "0/2026", "0000000/2026", "+5/2026", "5/-1", "5/+2026", "5/ 2026", "5/2026/1", "a/2026"]
    {
        assert_eq!(Segnatura::parse(text), None, "{text:?}");
    }
    assert_eq!(Segnatura::parse("99999999999999999999999/2026"), None);
}

#[test]
fn streams_are_named_after_register_and_year() {
    assert_eq!(stream_registro("PROT", 2026), "registro-PROT-2026");
    assert_eq!(stream_registrazione("PROT", 2026, 12), "registrazione-PROT-2026-0000012");
}
