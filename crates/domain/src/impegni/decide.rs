//! Decisions of a person's day.

use super::events::{Event, ImpegnoLasciato, ImpegnoPreso};
use crate::Ctx;
use crate::ids::PraticaId;
use crate::refusal::{Refusal, Refused};
use jiff::Timestamp;

/// Bookings of one person on one day, of all services.
pub const MAX_IMPEGNI: usize = 10;

/// A booking of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impegno {
    /// Code of the bookable service.
    pub servizio: String,
    /// The booking.
    pub appuntamento: PraticaId,
    /// Start.
    pub inizio: Timestamp,
}

/// A person's day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impegni {
    /// Bookings in force.
    pub attivi: Vec<Impegno>,
}

/// What can be asked of a person's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A booking comes to this day.
    Prendi(Box<ImpegnoPreso>),
    /// A booking leaves this day: it was moved, cancelled, or is over.
    Lascia {
        /// The booking.
        appuntamento: PraticaId,
    },
}

/// Decides a command.
///
/// # Errors
/// `prenotazione-gia-attiva` with the other booking in `pratica`; `troppi-impegni`; `posto-inesistente`.
pub fn decide(state: &Impegni, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    match command {
        Command::Prendi(preso) => {
            if let Some(other) = state.attivi.iter().find(|impegno| impegno.servizio == preso.servizio) {
                let refusal = Refusal::whole("prenotazione-gia-attiva");
                return Err(refusal.with("pratica", other.appuntamento).into());
            }
            if state.attivi.len() >= MAX_IMPEGNI {
                return Err(Refusal::whole("troppi-impegni").with("max", MAX_IMPEGNI).into());
            }
            Ok(vec![(*preso).into()])
        }
        Command::Lascia { appuntamento } => {
            if !state.attivi.iter().any(|impegno| impegno.appuntamento == appuntamento) {
                return Err(Refusal::whole("posto-inesistente").into());
            }
            Ok(vec![ImpegnoLasciato { appuntamento, il: ctx.at }.into()])
        }
    }
}

/// Folds one event.
pub fn evolve(mut state: Impegni, event: &Event) -> Impegni {
    match event {
        Event::ImpegnoPreso(e) => {
            let (servizio, appuntamento, inizio) = (e.servizio.clone(), e.appuntamento, e.inizio);
            state.attivi.push(Impegno { servizio, appuntamento, inizio });
        }
        Event::ImpegnoLasciato(e) => state.attivi.retain(|impegno| impegno.appuntamento != e.appuntamento),
    }
    state
}
