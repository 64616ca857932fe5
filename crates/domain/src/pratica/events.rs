//! Facts that every kind of case knows.

use crate::ids::{CodicePratica, PraticaId};
use crate::persona::Operatore;
use crate::registro::Protocollo;
use crate::termini::{Festivi, Termine};
use crate::{Personale, Sample};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The receipt (L. 241/1990 art. 18-bis): attests the filing and states who answers and how to follow it.
/// The term stands in the `TermineCalcolato` of the same commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RicevutaEmessa {
    /// The case.
    pub pratica: PraticaId,
    /// Its code.
    pub codice: CodicePratica,
    /// Its entry in the register.
    pub protocollo: Protocollo,
    /// Subject.
    pub oggetto: String,
    /// Name of the office that answers.
    pub ufficio: String,
}

impl Sample for RicevutaEmessa {
    fn sample() -> Self {
        let pratica = PraticaId::sample();
        Self {
            pratica,
            codice: CodicePratica::new("SG", pratica),
            protocollo: Protocollo::sample(),
            oggetto: "Segnalazione: Illuminazione pubblica".into(),
            ufficio: "lavori-pubblici".into(),
        }
    }
}

/// The latest date for the answer, with everything it was computed from, so that a later change of the calendar never rewrites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TermineCalcolato {
    /// The case.
    pub pratica: PraticaId,
    /// The term.
    pub termine: Termine,
}

impl Sample for TermineCalcolato {
    fn sample() -> Self {
        let dal = jiff::civil::date(2026, 3, 6);
        Self {
            pratica: PraticaId::sample(),
            termine: Termine::calcola(dal, 30, &[], &Festivi::default()).expect("a plain term"),
        }
    }
}

/// An official took charge of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresaInCarico {
    /// The case.
    pub pratica: PraticaId,
    /// Who.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

impl Sample for PresaInCarico {
    fn sample() -> Self {
        Self { pratica: PraticaId::sample(), operatore: Operatore::sample(), il: sample_instant() }
    }
}

/// A message from the office to the citizen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Messaggio {
    /// The words, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaggio: Option<String>,
}

/// Work on the case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LavorazioneAvviata {
    /// The case.
    pub pratica: PraticaId,
    /// Who.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// What the office tells the citizen.
    pub personale: Personale<Messaggio>,
}

impl Sample for LavorazioneAvviata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            operatore: Operatore::sample(),
            il: sample_instant(),
            personale: Messaggio { messaggio: Some("La squadra interviene giovedì.".into()) }.into(),
        }
    }
}

/// The case ended with an answer. Where the answer is a formal outgoing act it carries its own number of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conclusione {
    /// The case.
    pub pratica: PraticaId,
    /// Who signed.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// Entry of the answer in the register, direction `U`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocollo: Option<Protocollo>,
    /// The answer.
    pub personale: Personale<Messaggio>,
}

impl Sample for Conclusione {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            operatore: Operatore::sample(),
            il: sample_instant(),
            protocollo: None,
            personale: Messaggio { messaggio: Some("Il lampione è stato riparato.".into()) }.into(),
        }
    }
}

pub(crate) fn sample_instant() -> Timestamp {
    "2026-03-09T08:15:00Z".parse().expect("an instant")
}
