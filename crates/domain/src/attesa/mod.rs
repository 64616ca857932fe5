//! The waiting list of one bookable service: who is offered a slot that becomes free, in a recorded order.

mod decide;
mod events;
#[cfg(test)]
mod tests;

pub use decide::{
    Command, Iscrizione, Lista, MARGINE_OFFERTA, MAX_ISCRIZIONI, MAX_UFFICI, Offerta, TEMPO_PER_ACCETTARE, decide,
    evolve, scadenza_offerta,
};
pub use events::{
    AttesaIscritta, AttesaLasciata, CausaUscita, Event, OffertaAccettata, OffertaRifiutata, OffertaScaduta,
    PostoOfferto,
};

/// Stream of a bookable service.
pub fn stream(servizio: &str) -> String {
    format!("{}-{servizio}", Event::CATEGORY)
}
