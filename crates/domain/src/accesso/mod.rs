//! Who signed in, who was denied, and who was handed which document: part of the audit trail (Linee guida AgID 3.1.6).

use crate::Sample;
use crate::allegato::Impronta;
use crate::ids::PersonaId;
use crate::persona::{LivelloIdentita, Ruolo};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessoEffettuato {
    /// Who.
    pub persona: PersonaId,
    /// In which role.
    pub ruolo: Ruolo,
    /// How surely identified.
    pub livello: LivelloIdentita,
    /// Through which provider.
    pub fornitore: String,
    /// When.
    pub il: Timestamp,
}

/// A person asked for something that is not theirs to see or do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessoNegato {
    /// Who.
    pub persona: PersonaId,
    /// In which role.
    pub ruolo: Ruolo,
    /// What was asked, such as `leggi-pratica`.
    pub azione: String,
    /// Of what, such as the stream of a case.
    pub risorsa: String,
    /// When.
    pub il: Timestamp,
}

/// A person was handed a document or a file of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoScaricato {
    /// Who.
    pub persona: PersonaId,
    /// In which role.
    pub ruolo: Ruolo,
    /// Of what, such as the stream of a case.
    pub risorsa: String,
    /// SHA-256 of what was handed out: the primary document or one of its files, as the register names them.
    pub impronta: Impronta,
    /// When.
    pub il: Timestamp,
}

impl Sample for AccessoEffettuato {
    fn sample() -> Self {
        Self {
            persona: PersonaId::sample(),
            ruolo: Ruolo::Cittadino,
            livello: LivelloIdentita::L2,
            fornitore: "demo".into(),
            il: crate::pratica::sample_instant(),
        }
    }
}

impl Sample for AccessoNegato {
    fn sample() -> Self {
        Self {
            persona: PersonaId::sample(),
            ruolo: Ruolo::Cittadino,
            azione: "leggi-pratica".into(),
            risorsa: "segnalazione-0192f00d-0000-7000-8123-456789abcdef".into(),
            il: crate::pratica::sample_instant(),
        }
    }
}

impl Sample for DocumentoScaricato {
    fn sample() -> Self {
        Self {
            persona: PersonaId::sample(),
            ruolo: Ruolo::Operatore,
            risorsa: "segnalazione-0192f00d-0000-7000-8123-456789abcdef".into(),
            impronta: Impronta::from_bytes([0xab; 32]),
            il: crate::pratica::sample_instant(),
        }
    }
}

eventi! {
    /// Events of `accesso-*`, one stream a day.
    "accesso" {
        AccessoEffettuato = 1,
        AccessoNegato = 1,
        DocumentoScaricato = 1,
    }
}

/// Stream of a day (in Rome).
pub fn stream(giorno: jiff::civil::Date) -> String {
    format!("accesso-{giorno}")
}
