//! Scrivi al Sindaco: letters to the mayor (TUEL art. 8 c. 3). Restricted, because their content is unpredictable.

mod decide;
mod events;

#[cfg(test)]
mod tests;

pub use decide::{Command, Dettaglio, Invia, State, UFFICIO, decide, evolve, limiti};
pub use events::{DocumentoLettera, Event, LetteraInviata, LetteraPresaInCarico, RispostaInviata};
