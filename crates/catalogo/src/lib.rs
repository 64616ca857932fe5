//! Definitions as files (services, what can be booked, opening hours): read with the place of every mistake, shipped
//! inside the binary, imported from Form.io, each version named by its impronta.

mod definizione;
mod errore;
pub mod esempi;
pub mod formio;
mod insieme;
mod lettore;
mod nodo;
mod scrivi;
mod spediti;

#[cfg(test)]
mod tests;

pub use definizione::{Forma, MASSIMO_ERRORI};
pub use errore::Errore;
pub use insieme::{Definizione, definizione, esamina, incroci_orario, incroci_prenotabile};
pub use nodo::{MASSIMO_BYTE, MASSIMO_NODI, MASSIMO_PROFONDITA};
pub use scrivi::yaml;
pub use spediti::{agende_spedite, prenotabili_spediti, spediti};

use domain::allegato::Impronta;
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;
use sha2::{Digest as _, Sha256};

/// Reads a definition of a service and checks it whole. `file` is its name: without folder and extension it must be the
/// service's code; empty when there is none (an upload).
///
/// # Errors
/// Everything found, each with its place, in the order of the file. When the shape itself is wrong (a key that does not
/// exist, one that is missing), only that is told.
pub fn leggi(text: &str, file: &str) -> Result<Servizio, Vec<Errore>> {
    definizione::leggi(text, file)
}

/// Reads the definition of a service that can be booked; `file` is named by its code.
///
/// # Errors
/// As [`leggi`].
pub fn prenotabile(text: &str, file: &str) -> Result<Prenotabile, Vec<Errore>> {
    definizione::leggi(text, file)
}

/// Reads the opening hours of an office; `file` is named by the office's code.
///
/// # Errors
/// As [`leggi`].
pub fn orario(text: &str, file: &str) -> Result<Orario, Vec<Errore>> {
    definizione::leggi(text, file)
}

/// SHA-256 of the canonical form: what names a version of a definition for ever.
pub fn impronta<T: Forma>(definizione: &T) -> Impronta {
    Impronta::from_bytes(Sha256::digest(definizione.canonico()).into())
}
