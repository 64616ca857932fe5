//! What is recorded of the catalogue.

use super::Servizio;
use crate::Sample;
use crate::allegato::Impronta;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A version of a service can be asked for from here on. What it says is part of the log: a case shows for ever the form
/// it was filed with, whatever the program ships later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServizioPubblicato {
    /// Code.
    pub codice: String,
    /// Version, higher than those published before.
    pub versione: u32,
    /// SHA-256 of the definition's one form ([`Servizio::canonico`]).
    pub impronta: Impronta,
    /// The definition, whole.
    pub definizione: serde_json::Map<String, serde_json::Value>,
    /// When.
    pub il: Timestamp,
}

impl Sample for ServizioPubblicato {
    fn sample() -> Self {
        let servizio = Servizio::sample();
        let definizione = match serde_json::to_value(&servizio) {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        Self {
            codice: servizio.codice,
            versione: servizio.versione,
            impronta: Impronta::from_bytes([0xab; 32]),
            definizione,
            il: crate::pratica::sample_instant(),
        }
    }
}

eventi! {
    /// Events of `catalogo-servizi`, one stream an ente.
    "catalogo" {
        ServizioPubblicato = 1,
    }
}

/// The stream of the catalogue.
pub const STREAM: &str = "catalogo-servizi";
