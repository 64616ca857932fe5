//! Documents asked for and added, withdrawal, and what a request was written from.

use super::*;
use crate::allegato::{MAX_ALLEGATI, MAX_BYTES};
use crate::persona::{LivelloIdentita, Ruolo};
use crate::pratica::{MAX_MESSAGGIO, MAX_MOTIVO, MAX_VOCE, MAX_VOCI, StatoPratica, giorni_ammessi};
use crate::spec::{add, ask, fold};
use crate::{Ctx, Sample as _};
use jiff::civil::{Date, date};

/// Noon in Rome of a day.
fn noon(day: Date) -> String {
    format!("{day}T11:00:00Z")
}

/// The citizen acts on a day; a number is being assigned.
fn citizen_on(day: Date) -> Ctx {
    on(day, citizen())
}

/// The office acts on a day; a number is being assigned.
fn office_on(day: Date) -> Ctx {
    on(day, answering())
}

fn on(day: Date, ctx: Ctx) -> Ctx {
    let at = noon(day);
    Ctx { at: at.parse().unwrap(), protocollo: Some(number(20, &at)), ..ctx }
}

/// A request of a day, taken charge of the same day.
fn charged(day: Date) -> Vec<Event> {
    let mut events = given::<Istanza>(&[]).when(Istanza::filing(), &citizen_on(day)).events();
    events.extend(given::<Istanza>(&events).when(Istanza::lavora(Lavora::PrendiInCarico), &office_on(day)).events());
    events
}

/// The same, one command more.
fn then(mut events: Vec<Event>, command: Command, ctx: &Ctx) -> Vec<Event> {
    events.extend(given::<Istanza>(&events).when(command, ctx).events());
    events
}

fn due(events: &[Event]) -> Date {
    base(events).termine.unwrap().scadenza
}

fn base(events: &[Event]) -> crate::pratica::Base {
    fold::<Istanza>(events).unwrap().base
}

const FILED: Date = date(2026, 2, 2);
const ASKED: Date = date(2026, 2, 12);

/// 2 February, asked on the 12th for the longest time.
fn asked() -> Vec<Event> {
    then(charged(FILED), ask(&["Planimetria", "Ricevuta del versamento"], date(2026, 3, 14)), &office_on(ASKED))
}

fn added(day: Date) -> Vec<Event> {
    then(asked(), add(Some("Eccole."), files(2)), &citizen_on(day))
}

#[test]
fn the_vectors_of_the_term_pass_through_whole_stories() {
    assert_eq!(due(&charged(FILED)), date(2026, 3, 4));
    assert_eq!(due(&asked()), date(2026, 4, 3), "never received: capped, Good Friday counts");
    assert_eq!(due(&added(date(2026, 2, 25))), date(2026, 3, 17), "thirteen days");
    assert_eq!(due(&added(ASKED)), date(2026, 3, 4), "answered on the same day");
    for late in [date(2026, 3, 14), date(2026, 3, 15), date(2026, 6, 1)] {
        assert_eq!(due(&added(late)), date(2026, 4, 3), "{late}");
    }
    // Ten days given: the term waits for ten, whenever the answer comes.
    let short = then(charged(FILED), ask(&["Planimetria"], date(2026, 2, 22)), &office_on(ASKED));
    assert_eq!(due(&short), date(2026, 3, 14));
    let late = then(short, add(Some("Eccola."), files(1)), &citizen_on(date(2026, 3, 1)));
    assert_eq!(due(&late), date(2026, 3, 14));
}

#[test]
fn a_request_for_documents_says_what_until_when_and_under_which_number() {
    let events = asked();
    let [.., Event::IntegrazioneRichiesta(asked), Event::TermineCalcolato(term)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(asked.personale.get().unwrap().voci, ["Planimetria", "Ricevuta del versamento"]);
    assert_eq!((asked.entro, asked.protocollo.clone()), (date(2026, 3, 14), number(20, &noon(ASKED))));
    assert_eq!(asked.il, asked.protocollo.data);
    assert_eq!(term.termine.sospensioni.len(), 1);
    assert_eq!(base(&events).stato, StatoPratica::InIntegrazione);
}

#[test]
fn what_is_added_joins_the_case_which_goes_back_to_where_it_was() {
    let before = charged(FILED);
    let working = then(before, Istanza::lavora(Lavora::AvviaLavorazione { messaggio: None }), &office_on(FILED));
    for (history, expected) in [(charged(FILED), StatoPratica::PresaInCarico), (working, StatoPratica::InLavorazione)] {
        let asked = then(history, ask(&["Planimetria"], date(2026, 2, 20)), &office_on(ASKED));
        let added = then(asked.clone(), add(None, files(2)), &citizen_on(date(2026, 2, 15)));
        let base = base(&added);
        assert_eq!(base.stato, expected);
        assert_eq!(base.allegati, files(2).0);
        assert_eq!(base.nomi_allegati, files(2).1);
        let answer = base.integrazione.unwrap().risposta.unwrap();
        assert_eq!((answer.primo_allegato, answer.allegati), (0, 2));
        assert_eq!(answer.protocollo, number(20, &noon(date(2026, 2, 15))));
        let document = answer.documento.get().unwrap();
        assert_eq!(document.impronte_allegati.len(), 2);
        assert_eq!(document.testo, None);
        given::<Istanza>(&added)
            .when(add(None, files(1)), &citizen_on(date(2026, 2, 16)))
            .then_refused(&[("", "integrazione-gia-presentata")]);
    }
}

#[test]
fn files_of_an_integration_come_after_those_of_the_filing() {
    let (allegati, nomi) = files(3);
    let filing = Istanza::filing_with(allegati[..1].to_vec(), nomi[..1].to_vec());
    let filed = then(Vec::new(), filing, &citizen_on(FILED));
    let charged = then(filed, Istanza::lavora(Lavora::PrendiInCarico), &office_on(FILED));
    let asked = then(charged, ask(&["Planimetria"], date(2026, 2, 20)), &office_on(ASKED));
    given::<Istanza>(&asked)
        .when(add(None, files(1)), &citizen_on(ASKED))
        .then_refused(&[("allegati", "allegato-ripetuto")]);
    let more = add(None, (allegati[1..].to_vec(), nomi[1..].to_vec()));
    let whole = base(&then(asked, more, &citizen_on(ASKED)));
    assert_eq!((whole.allegati, whole.nomi_allegati), (allegati, nomi));
    assert_eq!(whole.integrazione.unwrap().risposta.unwrap().primo_allegato, 1);
}

#[test]
fn documents_are_asked_for_once() {
    for history in [asked(), added(date(2026, 2, 25))] {
        given::<Istanza>(&history)
            .when(ask(&["Altro"], date(2026, 3, 10)), &office_on(date(2026, 2, 26)))
            .then_refused(&[("", "integrazione-gia-richiesta")]);
    }
}

#[test]
fn documents_are_asked_for_while_the_office_has_the_case() {
    let whole = life::<Istanza>(3);
    let day = date(2026, 3, 16);
    for (events, state) in [(3, "protocollata"), (6, "conclusa")] {
        let refusals = given::<Istanza>(&whole[..events]).when(ask(&["Planimetria"], day), &answering()).refusals();
        assert_eq!(refusals, [crate::Refusal::whole("stato-non-ammesso").with("stato", state)]);
    }
    for events in [4, 5] {
        assert_eq!(given::<Istanza>(&whole[..events]).when(ask(&["Planimetria"], day), &answering()).events().len(), 2);
    }
    given::<Istanza>(&whole[..4])
        .when(ask(&["Planimetria"], day), &acting(Ruolo::Operatore))
        .then_refused(&[("", "protocollo-mancante")]);
    given::<Istanza>(&[]).when(ask(&["Planimetria"], day), &answering()).then_refused(&[("", "pratica-inesistente")]);
}

#[test]
fn an_expired_term_is_not_suspended_but_the_documents_are_asked_for() {
    let late = date(2026, 3, 5);
    let asked = then(charged(FILED), ask(&["Planimetria"], date(2026, 3, 20)), &office_on(late));
    assert!(matches!(asked.last(), Some(Event::IntegrazioneRichiesta(_))), "{asked:?}");
    assert_eq!((due(&asked), base(&asked).stato), (date(2026, 3, 4), StatoPratica::InIntegrazione));
    let added = then(asked, add(Some("Eccola."), files(0)), &citizen_on(date(2026, 3, 6)));
    assert!(matches!(added.last(), Some(Event::IntegrazionePresentata(_))), "{added:?}");
    assert_eq!((due(&added), base(&added).stato), (date(2026, 3, 4), StatoPratica::PresaInCarico));
}

#[test]
fn limits_of_a_request_for_documents() {
    let history = charged(FILED);
    let good = date(2026, 2, 20);
    let voce = |length: usize| "è".repeat(length);
    let when = |voci: &[&str], entro: Date| given::<Istanza>(&history).when(ask(voci, entro), &office_on(ASKED));
    assert_eq!(giorni_ammessi(ASKED), (date(2026, 2, 13), date(2026, 3, 14)));
    for entro in [date(2026, 2, 13), date(2026, 3, 14)] {
        assert_eq!(when(&["Planimetria"], entro).events().len(), 2);
    }
    for entro in [date(2026, 2, 11), ASKED, date(2026, 3, 15), date(2027, 2, 20)] {
        when(&["Planimetria"], entro).then_refused(&[("entro", "data-non-ammessa")]);
    }
    let many: Vec<&str> = std::iter::repeat_n("Planimetria", MAX_VOCI + 1).collect();
    assert_eq!(when(&many[1..], good).events().len(), 2);
    when(&many, good).then_refused(&[("voci", "troppi-documenti")]);
    when(&[], good).then_refused(&[("voci", "obbligatorio")]);
    when(&["", " \t"], good).then_refused(&[("voci", "obbligatorio")]);
    assert_eq!(when(&["", &voce(3), " ", &voce(MAX_VOCE)], good).events().len(), 2);
    for wrong in [voce(2), voce(MAX_VOCE + 1), "una\u{1b}".into(), "due\nrighe".into()] {
        let refusals = when(&["Planimetria", &wrong], good).refusals();
        assert_eq!((refusals[0].code.as_str(), refusals[0].args["voce"].as_str()), ("voce-non-valida", "2"));
    }
    let Command::RichiediIntegrazione(mut command) = ask(&[], ASKED) else { unreachable!() };
    command.messaggio = Some(voce(MAX_MESSAGGIO + 1));
    given::<Istanza>(&history).when(Command::RichiediIntegrazione(command), &office_on(ASKED)).then_refused(&[
        ("voci", "obbligatorio"),
        ("entro", "data-non-ammessa"),
        ("messaggio", "testo-lungo"),
    ]);
}

#[test]
fn limits_of_what_is_added() {
    let history = asked();
    let day = date(2026, 2, 20);
    let when = |command: Command| given::<Istanza>(&history).when(command, &citizen_on(day));
    for nothing in [None, Some(""), Some(" \r\n")] {
        when(add(nothing, files(0))).then_refused(&[("testo", "integrazione-vuota")]);
    }
    assert_eq!(when(add(Some("x"), files(0))).events().len(), 2);
    assert_eq!(when(add(None, files(MAX_ALLEGATI as u8))).events().len(), 2);
    when(add(None, files(MAX_ALLEGATI as u8 + 1))).then_refused(&[("allegati", "troppi-allegati")]);
    when(add(Some(&"è".repeat(MAX_MESSAGGIO + 1)), files(0))).then_refused(&[("testo", "testo-lungo")]);
    assert_eq!(when(add(Some(&"è".repeat(MAX_MESSAGGIO)), files(0))).events().len(), 2);
    let (mut large, names) = files(1);
    large[0].dimensione = MAX_BYTES + 1;
    when(add(None, (large, names))).then_refused(&[("allegati", "file-troppo-grande")]);
    let unnamed = (files(1).0, Vec::new());
    when(add(None, unnamed)).then_refused(&[("allegati", "troppi-allegati")]);
    let ctx = Ctx { protocollo: None, ..citizen_on(day) };
    given::<Istanza>(&history).when(add(None, files(1)), &ctx).then_refused(&[("", "protocollo-mancante")]);
}

#[test]
fn only_who_filed_adds_and_withdraws_and_at_level_two() {
    let history = asked();
    let withdraw = || Command::Rinuncia { motivo: None };
    let (mut other, mut low) = (citizen_on(ASKED), citizen_on(ASKED));
    other.attore.id = crate::persona::Operatore::sample().id;
    low.attore.livello = LivelloIdentita::L1;
    for (ctx, code) in [(other, "non-autorizzato"), (low, "livello-identita")] {
        given::<Istanza>(&history).when(add(None, files(1)), &ctx).then_refused(&[("", code)]);
        given::<Istanza>(&history).when(withdraw(), &ctx).then_refused(&[("", code)]);
    }
    given::<Istanza>(&charged(FILED))
        .when(add(None, files(1)), &citizen_on(ASKED))
        .then_refused(&[("", "integrazione-non-richiesta")]);
}

#[test]
fn while_documents_are_awaited_the_office_waits_until_their_day_has_passed() {
    let begin = || Istanza::lavora(Lavora::AvviaLavorazione { messaggio: None });
    let end = || Istanza::lavora(Lavora::Concludi { messaggio: "Fatto: grazie.".into() });
    let last = date(2026, 3, 14);
    for day in [ASKED, last] {
        let refusals = given::<Istanza>(&asked()).when(begin(), &office_on(day)).refusals();
        assert_eq!(refusals, [crate::Refusal::whole("integrazione-attesa").with("entro", "14 marzo 2026")]);
    }
    // To the second: the day ends at 24:00 in Rome.
    let mut ctx = office_on(last);
    ctx.at = "2026-03-14T22:59:59Z".parse().unwrap();
    given::<Istanza>(&asked()).when(begin(), &ctx).then_refused(&[("", "integrazione-attesa")]);
    ctx.at = "2026-03-14T23:00:00Z".parse().unwrap();
    let begun = then(asked(), begin(), &ctx);
    assert_eq!(base(&begun).stato, StatoPratica::InLavorazione);
    // What does not follow is refused for that, whatever the day.
    for step in [Istanza::lavora(Lavora::PrendiInCarico), end()] {
        let refusals = given::<Istanza>(&asked()).when(step, &office_on(date(2026, 4, 1))).refusals();
        assert_eq!(refusals, [crate::Refusal::whole("stato-non-ammesso").with("stato", "in-integrazione")]);
    }
    // A case that was being worked ends without its documents, and takes late ones until then.
    let day = date(2026, 3, 20);
    let late = then(begun.clone(), add(None, files(1)), &citizen_on(day));
    assert_eq!(base(&late).stato, StatoPratica::InLavorazione);
    let ended = then(begun, end(), &office_on(day));
    given::<Istanza>(&ended).when(add(None, files(1)), &citizen_on(day)).then_refused(&[("", "stato-non-ammesso")]);
    let worked = then(charged(FILED), begin(), &office_on(FILED));
    let waiting = then(worked, ask(&["Planimetria"], date(2026, 2, 20)), &office_on(ASKED));
    given::<Istanza>(&waiting).when(end(), &office_on(date(2026, 2, 20))).then_refused(&[("", "integrazione-attesa")]);
    assert_eq!(base(&then(waiting, end(), &office_on(date(2026, 2, 21)))).stato, StatoPratica::Conclusa);
}

#[test]
fn an_open_request_is_withdrawn_and_then_nothing_follows() {
    let whole = life::<Istanza>(3);
    let withdraw = |motivo: Option<&str>| Command::Rinuncia { motivo: motivo.map(str::to_owned) };
    for history in [&whole[..3], &whole[..4], &whole[..5], &asked()[..]] {
        let gone = then(history.to_vec(), withdraw(Some(" Non serve più. ")), &citizen());
        let base = base(&gone);
        assert_eq!(base.stato, StatoPratica::Rinunciata);
        let withdrawal = base.rinuncia.unwrap();
        assert_eq!(withdrawal.protocollo, number(12, crate::spec::FRIDAY));
        assert_eq!(withdrawal.il, withdrawal.protocollo.data);
        assert_eq!(withdrawal.documento.get().unwrap().motivo.as_deref(), Some("Non serve più."));
        let refused = [crate::Refusal::whole("stato-non-ammesso").with("stato", "rinunciata")];
        for step in crate::spec::steps() {
            assert_eq!(given::<Istanza>(&gone).when(Istanza::lavora(step), &answering()).refusals(), refused);
        }
        for command in [withdraw(None), add(None, files(1))] {
            assert_eq!(given::<Istanza>(&gone).when(command, &citizen()).refusals(), refused);
        }
        let again = given::<Istanza>(&gone).when(ask(&["Planimetria"], date(2026, 3, 16)), &answering()).refusals();
        assert!(["stato-non-ammesso", "integrazione-gia-richiesta"].contains(&again[0].code.as_str()));
    }
    given::<Istanza>(&whole).when(withdraw(None), &citizen()).then_refused(&[("", "stato-non-ammesso")]);
    given::<Istanza>(&whole[..1]).when(withdraw(None), &citizen()).then_refused(&[("", "stato-non-ammesso")]);
    let long = "è".repeat(MAX_MOTIVO + 1);
    given::<Istanza>(&whole[..3]).when(withdraw(Some(&long)), &citizen()).then_refused(&[("motivo", "testo-lungo")]);
    let ctx = Ctx { protocollo: None, ..citizen() };
    given::<Istanza>(&whole[..3]).when(withdraw(None), &ctx).then_refused(&[("", "protocollo-mancante")]);
}

#[test]
fn a_request_says_from_which_case_it_was_written() {
    let other = crate::ids::PraticaId(uuid::Uuid::from_u128(9));
    let events = given::<Istanza>(&[]).when(with(|c| c.da_pratica = Some(other)), &citizen()).events();
    let Event::IstanzaPresentata(filed) = &events[0] else { panic!("{events:?}") };
    assert_eq!(filed.da_pratica, Some(other));
    assert_eq!(fold::<Istanza>(&events).unwrap().dettaglio.da_pratica, Some(other));
    let first = given::<Istanza>(&[]).when(Istanza::filing(), &citizen()).events();
    assert!(first[0].payload().get("daPratica").is_none());
}
