//! Addresses are opened, revoked one by one, and end by themselves.

use super::*;
use crate::Ctx;
use crate::Sample as _;
use crate::ids::SottoscrizioneId;
use crate::persona::Ruolo;
use crate::refusal::Refused;
use crate::spec::acting;
use jiff::civil::date;
use uuid::Uuid;

const LUNEDI: &str = "2026-03-09T08:15:00Z";

fn id(n: u128) -> SottoscrizioneId {
    SottoscrizioneId(Uuid::from_u128(n))
}

fn prova(state: &Calendari, command: Command, now: &str) -> Result<Vec<Event>, Refused> {
    decide(state, command, &Ctx { at: now.parse().unwrap(), ..acting(Ruolo::Operatore) })
}

#[track_caller]
fn fai(state: Calendari, command: Command, now: &str) -> Calendari {
    prova(&state, command, now).unwrap().iter().fold(state, evolve)
}

fn codice(state: &Calendari, command: Command, now: &str) -> String {
    prova(state, command, now).unwrap_err().0.remove(0).code
}

fn apri(n: u128, dispositivo: Option<&str>) -> Command {
    let ufficio = CodiceUfficio::new("anagrafe");
    Command::Sottoscrivi { sottoscrizione: id(n), ufficio, dispositivo: dispositivo.map(str::to_owned) }
}

fn revoca(n: u128) -> Command {
    Command::Revoca { sottoscrizione: id(n) }
}

fn vive(state: &Calendari, giorno: jiff::civil::Date) -> Vec<SottoscrizioneId> {
    state.vive(giorno).map(|one| one.sottoscrizione).collect()
}

#[test]
fn one_is_revoked_and_the_others_go_on() {
    let state = fai(Calendari::default(), apri(1, Some("  Telefono ")), LUNEDI);
    let state = fai(state, apri(2, None), LUNEDI);
    let state = fai(state, apri(3, Some("   ")), LUNEDI);
    let names: Vec<_> = state.sottoscrizioni.iter().map(|one| one.dispositivo.as_deref()).collect();
    assert_eq!(names, [Some("Telefono"), None, None]);
    let state = fai(state, revoca(2), LUNEDI);
    assert_eq!(vive(&state, date(2026, 3, 9)), [id(1), id(3)]);
    assert_eq!(codice(&state, revoca(2), LUNEDI), "calendario-inesistente");
    assert_eq!(codice(&state, revoca(9), LUNEDI), "calendario-inesistente");
}

#[test]
fn each_ends_by_itself_and_makes_room() {
    let state = fai(Calendari::default(), apri(1, None), LUNEDI);
    let ultimo = date(2026, 3, 9).checked_add(jiff::Span::new().days(VALIDITA - 1)).unwrap();
    assert_eq!(vive(&state, ultimo), [id(1)]);
    assert!(vive(&state, ultimo.tomorrow().unwrap()).is_empty());
    let later = format!("{}T10:00:00Z", ultimo.tomorrow().unwrap());
    assert_eq!(codice(&state, revoca(1), &later), "calendario-inesistente");
    let state = fai(state, apri(2, None), &later);
    assert_eq!(state.sottoscrizioni.len(), 1, "what had ended is folded away");
}

#[test]
fn an_office_has_so_many_and_a_name_has_an_end() {
    let full = (0..MAX_SOTTOSCRIZIONI as u128).fold(Calendari::default(), |state, n| fai(state, apri(n, None), LUNEDI));
    assert_eq!(codice(&full, apri(99, None), LUNEDI), "troppi-calendari");
    let room = fai(full, revoca(0), LUNEDI);
    fai(room, apri(99, None), LUNEDI);
    let long = "è".repeat(MAX_DISPOSITIVO);
    fai(Calendari::default(), apri(1, Some(&long)), LUNEDI);
    assert_eq!(codice(&Calendari::default(), apri(1, Some(&format!("{long}è"))), LUNEDI), "testo-lungo");
    assert_eq!(codice(&Calendari::default(), apri(1, Some("a\nb")), LUNEDI), "caratteri-non-ammessi");
}

#[test]
fn whose_key_is_gone_has_no_device_any_more() {
    let event = CalendarioSottoscritto { personale: crate::Personale(None), ..CalendarioSottoscritto::sample() };
    let state = evolve(Calendari::default(), &event.into());
    assert_eq!(state.sottoscrizioni[0].dispositivo, None);
    assert_eq!(stream(&CodiceUfficio::new("anagrafe")), "calendario-anagrafe");
}
