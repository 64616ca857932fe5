//! Istanze: requests that open a proceeding (L. 241/1990 art. 2).

mod decide;
mod events;

#[cfg(test)]
mod tests;

pub use decide::{Command, Dettaglio, Presenta, State, decide, evolve};
pub use events::{DocumentoIstanza, Event, IstanzaConclusa, IstanzaPresaInCarico, IstanzaPresentata};
