//! An appointment as the citizen sees it: a case of its own, from the booking to the visit (Modello Comuni: Prenotazione
//! appuntamenti).

mod decide;
mod events;
#[cfg(test)]
mod tests;

pub use decide::{Annullamento, Command, Dettaglio, MAX_SPOSTAMENTI, Prenota, State, decide, evolve, limiti};
pub use events::{
    AppuntamentoAnnullato, AppuntamentoConcluso, AppuntamentoConfermato, AppuntamentoPrenotato, AppuntamentoSpostato,
    CittadinoChiamato, CittadinoPresentato, DocumentoAppuntamento, Event, MancataPresentazione, Motivazione, Parte,
    PostoPreso, PraticaCollegata,
};
