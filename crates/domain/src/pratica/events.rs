//! Facts that every kind of case knows.

use crate::allegato::Allegato;
use crate::ente::CodiceUfficio;
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

/// The receipt became a document: stored once and handed out as it is ever after, whatever becomes of its template. What it
/// says follows from the filing; it is formed when somebody asks for it, or when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RicevutaFormata {
    /// The case.
    pub pratica: PraticaId,
    /// The document, sealed with the key of whose case it is.
    pub file: Allegato,
    /// When.
    pub il: Timestamp,
}

impl Sample for RicevutaFormata {
    fn sample() -> Self {
        let file = Allegato { formato: "application/pdf".into(), ..Allegato::sample() };
        Self { pratica: PraticaId::sample(), file, il: sample_instant() }
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

/// Another office works the case: the assignment of its first registration changed in the same commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PraticaRiassegnata {
    /// The case.
    pub pratica: PraticaId,
    /// Who moved it.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// Office that had it.
    pub precedente: CodiceUfficio,
    /// Office that has it now.
    pub nuovo: CodiceUfficio,
}

impl Sample for PraticaRiassegnata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            operatore: Operatore::sample(),
            il: sample_instant(),
            precedente: CodiceUfficio::new("urp"),
            nuovo: CodiceUfficio::new("lavori-pubblici"),
        }
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
