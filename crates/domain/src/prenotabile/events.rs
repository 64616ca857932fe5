//! What is recorded of the definitions.

use super::{Orario, Prenotabile};
use crate::Sample;
use crate::allegato::Impronta;
use crate::ente::CodiceUfficio;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A version of a bookable service holds from here on. What it says is part of the log: a booking shows for ever what it
/// was made under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrenotabilePubblicato {
    /// Code.
    pub codice: String,
    /// Version, higher than those published before.
    pub versione: u32,
    /// SHA-256 of the definition's one form ([`Prenotabile::canonico`]).
    pub impronta: Impronta,
    /// The definition, whole.
    pub definizione: Map<String, Value>,
    /// When.
    pub il: Timestamp,
}

/// A version of an office's opening hours holds from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrarioPubblicato {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Version, higher than those published before.
    pub versione: u32,
    /// SHA-256 of the definition's one form ([`Orario::canonico`]).
    pub impronta: Impronta,
    /// The definition, whole.
    pub definizione: Map<String, Value>,
    /// When.
    pub il: Timestamp,
}

fn fields<T: Serialize>(definition: &T) -> Map<String, Value> {
    match serde_json::to_value(definition) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

impl PrenotabilePubblicato {
    /// The fact that a definition holds.
    pub fn di(definizione: &Prenotabile, impronta: Impronta, il: Timestamp) -> Self {
        let (codice, versione) = (definizione.codice.clone(), definizione.versione);
        Self { codice, versione, impronta, definizione: fields(definizione), il }
    }
}

impl OrarioPubblicato {
    /// The fact that a definition holds.
    pub fn di(definizione: &Orario, impronta: Impronta, il: Timestamp) -> Self {
        let (ufficio, versione) = (definizione.ufficio.clone(), definizione.versione);
        Self { ufficio, versione, impronta, definizione: fields(definizione), il }
    }
}

impl Sample for PrenotabilePubblicato {
    fn sample() -> Self {
        Self::di(&Prenotabile::sample(), Impronta::from_bytes([0xab; 32]), crate::pratica::sample_instant())
    }
}

impl Sample for OrarioPubblicato {
    fn sample() -> Self {
        Self::di(&Orario::sample(), Impronta::from_bytes([0xcd; 32]), crate::pratica::sample_instant())
    }
}

eventi! {
    /// Events of `orario-uffici`, one stream an ente.
    "orario" {
        PrenotabilePubblicato = 1,
        OrarioPubblicato = 1,
    }
}

/// The stream of the definitions.
pub const STREAM: &str = "orario-uffici";
