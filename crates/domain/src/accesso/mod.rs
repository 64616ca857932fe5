//! Who signed in and who was denied: part of the audit trail (Linee guida AgID 3.1.6).

use crate::Sample;
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

eventi! {
    /// Events of `accesso-*`, one stream a day.
    "accesso" {
        AccessoEffettuato = 1,
        AccessoNegato = 1,
    }
}

/// Stream of a day (in Rome).
pub fn stream(giorno: jiff::civil::Date) -> String {
    format!("accesso-{giorno}")
}
