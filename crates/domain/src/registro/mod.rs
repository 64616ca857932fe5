//! The protocol register (DPR 445/2000 artt. 50-70).

mod decide;
mod events;

#[cfg(test)]
mod tests;

pub use decide::{ModificaRegistrazione, Registra, Registrazione, decide_modifica, evolve, registra};
pub use events::{
    AssegnazioneModificata, ClassificazioneModificata, Corrispondente, Event, Flusso, Modifica, ProtocolloRegistrato,
};

use crate::Sample;
use crate::allegato::Impronta;
use crate::termini;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A number of the register and what identifies it for ever (DPR 445/2000 artt. 53, 55, 57).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Protocollo {
    /// Code of the register.
    pub registro: String,
    /// Calendar year of the entry in Rome.
    pub anno: i16,
    /// Progressive number, from 1, dense.
    pub numero: u64,
    /// Instant of the entry.
    pub data: Timestamp,
    /// Hash of the registered document's stored bytes.
    pub impronta: Impronta,
}

impl Protocollo {
    /// Written form: at least seven digits, then the year (art. 57): `0001234/2026`.
    pub fn segnatura(&self) -> Segnatura {
        Segnatura { numero: self.numero, anno: self.anno }
    }

    /// Date of the entry in Rome.
    pub fn data_locale(&self) -> jiff::civil::Date {
        termini::data_locale(self.data)
    }
}

impl Sample for Protocollo {
    fn sample() -> Self {
        Self {
            registro: CODICE_REGISTRO.into(),
            anno: 2026,
            numero: 12,
            data: "2026-03-06T09:30:00Z".parse().expect("an instant"),
            impronta: Impronta::from_bytes([0x5a; 32]),
        }
    }
}

/// Number and year as written on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segnatura {
    /// Progressive number.
    pub numero: u64,
    /// Year.
    pub anno: i16,
}

impl fmt::Display for Segnatura {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}/{}", self.numero, self.anno)
    }
}

impl Segnatura {
    /// Reads `0001234/2026` or `1234/2026`.
    pub fn parse(text: &str) -> Option<Self> {
        let (numero, anno) = text.trim().split_once('/')?;
        // The parser of numbers would take a sign.
        if !numero.bytes().chain(anno.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self { numero: numero.parse().ok().filter(|n| *n > 0)?, anno: anno.parse().ok()? })
    }
}

/// Code of the ordinary register: one per AOO (Linee guida AgID 3.4 forbid protocols of sector).
pub const CODICE_REGISTRO: &str = "PROT";

/// Stream of a register and year: its n-th event is the entry with number n.
pub fn stream_registro(codice: &str, anno: i16) -> String {
    format!("registro-{codice}-{anno}")
}

/// Stream of the later history of one entry (assignment, classification).
pub fn stream_registrazione(codice: &str, anno: i16, numero: u64) -> String {
    format!("registrazione-{codice}-{anno}-{numero:07}")
}
