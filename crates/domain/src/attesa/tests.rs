//! First come, first offered.

use super::*;
use crate::ente::CodiceUfficio;
use crate::ids::{BloccoId, IscrizioneId, PraticaId};
use crate::persona::Ruolo;
use crate::prenotabile::SlotId;
use crate::refusal::Refused;
use crate::spec::acting;
use crate::{Ctx, Sample};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const LUNEDI: &str = "2026-03-09T08:15:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn place(n: u128) -> IscrizioneId {
    IscrizioneId(Uuid::from_u128(n))
}

fn iscritta(n: u128) -> AttesaIscritta {
    let appuntamento = PraticaId(Uuid::from_u128(0x100 + n));
    AttesaIscritta { iscrizione: place(n), appuntamento, il: at(LUNEDI), ..AttesaIscritta::sample() }
}

fn prova(state: &Lista, command: Command, now: &str) -> Result<Vec<Event>, Refused> {
    decide(state, command, &Ctx { at: at(now), ..acting(Ruolo::Sistema) })
}

#[track_caller]
fn fai(state: Lista, command: Command) -> Lista {
    prova(&state, command, LUNEDI).unwrap().iter().fold(state, evolve)
}

fn codice(state: &Lista, command: Command, now: &str) -> String {
    prova(state, command, now).unwrap_err().0.remove(0).code
}

fn iscrivi(n: u128) -> Command {
    Command::Iscrivi(Box::new(iscritta(n)))
}

fn offri(slot: &SlotId) -> Command {
    Command::Offri { slot: slot.clone(), blocco: BloccoId::sample() }
}

fn lista(count: u128) -> Lista {
    (1..=count).fold(Lista::default(), |list, n| fai(list, iscrivi(n)))
}

fn slot(inizio: &str) -> SlotId {
    SlotId { inizio: at(inizio), ..SlotId::sample() }
}

#[test]
fn the_first_for_whom_it_would_do_is_asked_and_nobody_twice() {
    let free = SlotId::sample();
    let mut list = lista(3);
    list.iscrizioni[0].uffici = vec![CodiceUfficio::new("altrove")];
    let open = |list: &Lista| -> Vec<_> {
        list.iscrizioni.iter().filter(|i| i.offerta.is_some()).map(|i| i.iscrizione).collect()
    };
    list = fai(list, offri(&free));
    assert_eq!(open(&list), [place(2)]);
    list = fai(list, Command::Rifiuta { iscrizione: place(2) });
    list = fai(list, offri(&free));
    assert_eq!(open(&list), [place(3)]);
    list = fai(list, Command::Rifiuta { iscrizione: place(3) });
    assert_eq!(codice(&list, offri(&free), LUNEDI), "nessuno-in-attesa");
    // Who declined keeps the place: the next slot is offered to them first.
    list = fai(list, offri(&slot("2026-03-10T08:30:00Z")));
    assert_eq!(open(&list), [place(2)]);
    // Who has an open offer gets no second one.
    list = fai(list, offri(&slot("2026-03-10T09:00:00Z")));
    assert_eq!(open(&list), [place(2), place(3)]);
}

#[test]
fn only_earlier_slots_on_days_that_would_do() {
    let list = lista(1);
    let wait = &list.iscrizioni[0];
    assert!(wait.adatto(&SlotId::sample()));
    assert!(!wait.adatto(&slot("2026-03-30T08:00:00Z")), "not before the booking");
    assert!(!wait.adatto(&slot("2026-03-09T12:00:00Z")), "before the first day");
    let far = Iscrizione { entro: date(2026, 3, 12), ..wait.clone() };
    assert!(!far.adatto(&slot("2026-03-13T08:00:00Z")), "after the last day");
    let anywhere = Iscrizione { uffici: vec![], ..wait.clone() };
    assert!(anywhere.adatto(&SlotId { ufficio: CodiceUfficio::new("altrove"), ..SlotId::sample() }));
}

#[test]
fn an_offer_is_accepted_in_time_or_goes_to_the_next() {
    let free = SlotId::sample();
    let list = fai(lista(2), offri(&free));
    let scade = list.iscrizioni[0].offerta.as_ref().unwrap().scade;
    assert_eq!(scade, at(LUNEDI).checked_add(TEMPO_PER_ACCETTARE).unwrap());
    let accetta = Command::Accetta { iscrizione: place(1) };
    let scadi = Command::Scadi { iscrizione: place(1) };
    let before = scade.checked_sub(SignedDuration::from_secs(1)).unwrap().to_string();
    let after = scade.to_string();
    assert_eq!(codice(&list, scadi.clone(), &before), "offerta-aperta");
    assert_eq!(codice(&list, accetta.clone(), &after), "offerta-scaduta");
    assert_eq!(list.scadute(at(&before)).count(), 0);
    assert_eq!(list.scadute(at(&after)).count(), 1);
    let accepted = prova(&list, accetta.clone(), &before).unwrap();
    assert_eq!(accepted.iter().fold(list.clone(), evolve).iscrizioni.len(), 1);
    let over = prova(&list, scadi.clone(), &after).unwrap().iter().fold(list, evolve);
    assert_eq!(over.iscrizioni.len(), 2);
    assert_eq!(over.primo(&free).map(|i| i.iscrizione), Some(place(2)));
    for command in [accetta, scadi] {
        assert_eq!(codice(&over, command, &after), "offerta-inesistente");
    }
    let nobody = Command::Rifiuta { iscrizione: place(9) };
    assert_eq!(codice(&over, nobody, &after), "iscrizione-inesistente");
}

#[test]
fn an_offer_ends_an_hour_before_its_slot() {
    let free = SlotId::sample();
    let near = at("2026-03-10T06:00:00Z");
    assert_eq!(scadenza_offerta(&free, near), Some(at("2026-03-10T07:00:00Z")));
    assert_eq!(scadenza_offerta(&free, at("2026-03-10T07:00:00Z")), None);
    assert_eq!(codice(&lista(1), offri(&free), "2026-03-10T07:30:00Z"), "offerta-tardiva");
    assert_eq!(MARGINE_OFFERTA, SignedDuration::from_hours(1));
}

#[test]
fn a_place_is_taken_once_and_left() {
    let list = lista(1);
    assert_eq!(codice(&list, iscrivi(1), LUNEDI), "gia-in-attesa");
    let again = AttesaIscritta { iscrizione: place(2), ..iscritta(1) };
    assert_eq!(codice(&list, Command::Iscrivi(Box::new(again)), LUNEDI), "gia-in-attesa");
    let lascia = Command::Lascia { iscrizione: place(1), causa: CausaUscita::Rinuncia };
    let left = fai(list, lascia.clone());
    assert_eq!(left, Lista::default());
    assert_eq!(codice(&left, lascia, LUNEDI), "iscrizione-inesistente");
}

#[test]
fn a_list_and_a_wish_have_limits() {
    let mut full = lista(1);
    full.iscrizioni = vec![full.iscrizioni[0].clone(); MAX_ISCRIZIONI];
    assert_eq!(codice(&full, iscrivi(2), LUNEDI), "lista-piena");
    let wish = |change: fn(&mut AttesaIscritta)| {
        let mut wish = iscritta(1);
        change(&mut wish);
        codice(&Lista::default(), Command::Iscrivi(Box::new(wish)), LUNEDI)
    };
    assert_eq!(wish(|w| w.uffici = vec![CodiceUfficio::new("a"); MAX_UFFICI + 1]), "troppi-uffici");
    assert_eq!(wish(|w| w.entro = date(2026, 3, 9)), "giorni-non-validi");
    assert_eq!(wish(|w| w.dal = date(2026, 3, 31)), "giorni-non-validi");
    assert_eq!(wish(|w| (w.dal, w.entro) = (date(2026, 3, 1), date(2026, 3, 8))), "giorni-non-validi");
}
