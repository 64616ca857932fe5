//! The addresses under which programs of calendars read the agenda of one office: opened by an officer, revoked one by one.

mod decide;
mod events;
#[cfg(test)]
mod tests;

pub use decide::{Calendari, Command, MAX_DISPOSITIVO, MAX_SOTTOSCRIZIONI, Sottoscrizione, VALIDITA, decide, evolve};
pub use events::{CalendarioRevocato, CalendarioSottoscritto, Dispositivo, Event};

use crate::ente::CodiceUfficio;

/// Stream of an office.
pub fn stream(ufficio: &CodiceUfficio) -> String {
    format!("{}-{ufficio}", Event::CATEGORY)
}
