//! One booking a service and day.

use super::*;
use crate::Sample;
use crate::ids::PraticaId;
use crate::persona::Ruolo;
use crate::refusal::Refused;
use crate::spec::acting;
use jiff::civil::date;
use uuid::Uuid;

fn preso(n: u128, servizio: &str) -> ImpegnoPreso {
    let appuntamento = PraticaId(Uuid::from_u128(n));
    ImpegnoPreso { appuntamento, servizio: servizio.into(), ..ImpegnoPreso::sample() }
}

fn prendi(state: &Impegni, n: u128, servizio: &str) -> Result<Vec<Event>, Refused> {
    decide(state, Command::Prendi(Box::new(preso(n, servizio))), &acting(Ruolo::Cittadino))
}

#[test]
fn a_second_booking_of_the_same_service_is_refused_until_the_first_is_left() {
    let ctx = acting(Ruolo::Cittadino);
    let events = prendi(&Impegni::default(), 1, "carta-identita").unwrap();
    assert_eq!(events, [preso(1, "carta-identita").into()]);
    let state = events.iter().fold(Impegni::default(), evolve);
    let Refused(refusals) = prendi(&state, 2, "carta-identita").unwrap_err();
    assert_eq!(refusals[0].code, "prenotazione-gia-attiva");
    assert_eq!(refusals[0].args["pratica"], Uuid::from_u128(1).to_string());
    let both = prendi(&state, 2, "nascita").unwrap().iter().fold(state, evolve);
    assert_eq!(both.attivi.len(), 2);
    let lascia = Command::Lascia { appuntamento: PraticaId(Uuid::from_u128(1)) };
    let left = decide(&both, lascia.clone(), &ctx).unwrap().iter().fold(both, evolve);
    assert_eq!(decide(&left, lascia, &ctx).unwrap_err().0[0].code, "posto-inesistente");
    prendi(&left, 3, "carta-identita").unwrap();
}

#[test]
fn a_day_has_so_many_bookings_at_most() {
    let mut state = Impegni::default();
    for n in 0..MAX_IMPEGNI as u128 {
        state = prendi(&state, n, &format!("servizio-{n}")).unwrap().iter().fold(state, evolve);
    }
    assert_eq!(prendi(&state, 99, "altro").unwrap_err().0[0].code, "troppi-impegni");
}

#[test]
fn the_stream_is_of_the_person_and_the_day() {
    let stream = stream(PersonaId::sample(), date(2026, 3, 10));
    assert_eq!(stream, "impegni-0192f00d-0000-8000-8000-000000000001-2026-03-10");
}
