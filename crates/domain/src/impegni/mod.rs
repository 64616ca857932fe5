//! What a person has booked on a day: one booking a service, decided here.

mod decide;
mod events;
#[cfg(test)]
mod tests;

pub use decide::{Command, Impegni, Impegno, MAX_IMPEGNI, decide, evolve};
pub use events::{Event, ImpegnoLasciato, ImpegnoPreso};

use crate::ids::PersonaId;
use jiff::civil::Date;

/// Stream of a person and day.
pub fn stream(persona: PersonaId, giorno: Date) -> String {
    format!("{}-{persona}-{giorno}", Event::CATEGORY)
}
