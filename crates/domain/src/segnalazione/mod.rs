//! Segnalazioni: something in the town is broken; the citizen says where and what.

mod categoria;
mod decide;
mod events;

#[cfg(test)]
mod tests;

pub use categoria::{CATEGORIE, Categoria};
pub use decide::{Command, Dettaglio, Invia, LuogoInput, State, decide, evolve, limiti};
pub use events::{
    DocumentoSegnalazione, Event, Luogo, SegnalazioneInviata, SegnalazionePresaInCarico, SegnalazioneRisolta,
};
