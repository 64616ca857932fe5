//! What is legal to do, and nothing else: commands, events, and the pure functions that decide and fold them.
//!
//! Each context offers a **decider**: `decide(&state, command, &ctx) -> Result<Vec<Event>, Refused>` and
//! `evolve(state, &event) -> state`. The same input gives the same output: instants, ids and protocol numbers arrive in
//! [`Ctx`]; nothing here reads a clock, draws a random number or does I/O.

#[macro_use]
mod eventi;

pub mod accesso;
pub mod agenda;
pub mod allegato;
pub mod appuntamento;
pub mod attesa;
pub mod calendario;
pub mod caso;
pub mod codice_fiscale;
pub mod ente;
pub mod evento;
pub mod ids;
pub mod impegni;
pub mod istanza;
pub mod lettera;
pub mod modulo;
pub mod notifica;
pub mod persona;
pub mod pratica;
pub mod prenotabile;
pub mod refusal;
pub mod registro;
pub mod segnalazione;
pub mod servizio;
pub mod termini;
pub mod testo;
pub mod titolario;
pub mod upcast;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod spec;

pub use caso::Caso;
pub use eventi::{DecodeError, EventSpec, Personale, Sample};
pub use evento::Evento;
pub use refusal::{Refusal, Refused};

use jiff::Timestamp;

/// What a decision may depend on besides state and command.
#[derive(Debug, Clone, PartialEq)]
pub struct Ctx {
    /// The instant of the decision; under registration, the instant of the protocol entry.
    pub at: Timestamp,
    /// Who acts.
    pub attore: persona::Attore,
    /// The protocol entry being made, when the decision is registered in the same commit.
    pub protocollo: Option<registro::Protocollo>,
}
