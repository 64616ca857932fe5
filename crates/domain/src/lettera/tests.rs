use super::*;
use crate::pratica::Lavora;
use crate::spec::{Case, Lettera, acting, answering, check_text, citizen, files, given, life, number, scrivi};
use crate::{Personale, persona::Ruolo};

fn invia(change: impl FnOnce(&mut Invia)) -> Command {
    let mut command = scrivi();
    change(&mut command);
    Command::Invia(Box::new(command))
}

#[test]
fn a_letter_is_restricted_and_the_register_does_not_repeat_its_subject() {
    let events = given::<Lettera>(&[]).when(invia(|_| ()), &citizen()).events();
    let [Event::LetteraInviata(sent), Event::RicevutaEmessa(receipt), Event::TermineCalcolato(term)] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert!(sent.deposito.riservato);
    assert_eq!(sent.deposito.oggetto, "Lettera al Sindaco");
    assert_eq!(sent.deposito.ufficio.as_str(), UFFICIO);
    assert_eq!(sent.deposito.classifica.to_string(), "II.1");
    assert_eq!(sent.deposito.codice.as_str().split('-').next(), Some("LS"));
    assert_eq!((receipt.oggetto.as_str(), &receipt.codice), ("Lettera al Sindaco", &sent.deposito.codice));
    assert_eq!(receipt.protocollo, number(12, crate::spec::FRIDAY));
    assert_eq!(term.termine.scadenza, jiff::civil::date(2026, 4, 7));
    let Personale(Some(document)) = &sent.personale else { panic!("{sent:?}") };
    assert_eq!(document.oggetto, "Il parco di via dei Tigli");
    assert_eq!(document.testo, "Gentile Sindaca,\nvorrei un'area giochi.");
}

#[test]
fn limits_of_the_texts() {
    check_text::<Lettera>("oggetto", 3, 150, |text| invia(|c| c.oggetto = text));
    check_text::<Lettera>("testo", 3, 5_000, |text| invia(|c| c.testo = text));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let (allegati, _) = files(2);
    let command = invia(|c| {
        c.oggetto = "due\nrighe".into();
        c.testo = "  ".into();
        c.allegati = allegati;
    });
    given::<Lettera>(&[]).when(command, &citizen()).then_refused(&[
        ("oggetto", "caratteri-non-ammessi"),
        ("testo", "obbligatorio"),
        ("allegati", "troppi-allegati"),
    ]);
}

#[test]
fn the_answer_is_an_outgoing_act_with_its_own_number() {
    let before = life::<Lettera>(2);
    let answer = || Lettera::lavora(Lavora::Concludi { messaggio: " Grazie: lo faremo. ".into() });
    given::<Lettera>(&before)
        .when(answer(), &acting(Ruolo::SegreteriaSindaco))
        .then_refused(&[("", "protocollo-mancante")]);
    let events = given::<Lettera>(&before).when(answer(), &answering()).events();
    let [Event::RispostaInviata(sent)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(sent.protocollo, Some(number(13, crate::spec::FRIDAY)));
    assert_eq!(sent.personale.get().unwrap().messaggio.as_deref(), Some("Grazie: lo faremo."));
    let state = crate::spec::fold::<Lettera>(before.iter().chain(&events)).unwrap();
    assert_eq!(state.base.protocollo, Some(number(12, crate::spec::FRIDAY)), "the first number stays");
    assert_eq!(state.base.chiusura.unwrap().protocollo, Some(number(13, crate::spec::FRIDAY)));
}
