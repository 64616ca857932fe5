//! Events of the calendar addresses of one office.

use crate::ente::CodiceUfficio;
use crate::ids::SottoscrizioneId;
use crate::persona::Operatore;
use crate::{Personale, Sample};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is said of the device that subscribes. People put their own names into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dispositivo {
    /// Name that tells it from others; none when none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
}

/// An officer opened an address under which a program reads the agenda, with the names of those who come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarioSottoscritto {
    /// The subscription.
    pub sottoscrizione: SottoscrizioneId,
    /// Office whose agenda it is.
    pub ufficio: CodiceUfficio,
    /// Who opened it.
    pub operatore: Operatore,
    /// First day on which it is no longer good.
    pub scade: Date,
    /// When.
    pub il: Timestamp,
    /// The device.
    pub personale: Personale<Dispositivo>,
}

/// The address is no longer good: whoever still has it reads nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarioRevocato {
    /// The subscription.
    pub sottoscrizione: SottoscrizioneId,
    /// Who revoked it: who opened it, or a colleague.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

impl Sample for SottoscrizioneId {
    fn sample() -> Self {
        Self(Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_0030))
    }
}

impl Sample for CalendarioSottoscritto {
    fn sample() -> Self {
        Self {
            sottoscrizione: SottoscrizioneId::sample(),
            ufficio: CodiceUfficio::new("anagrafe"),
            operatore: Operatore::sample(),
            scade: date(2026, 9, 5),
            il: crate::pratica::sample_instant(),
            personale: Personale(Some(Dispositivo { nome: Some("Telefono dello sportello 1".into()) })),
        }
    }
}

impl Sample for CalendarioRevocato {
    fn sample() -> Self {
        Self {
            sottoscrizione: SottoscrizioneId::sample(),
            operatore: Operatore::sample(),
            il: crate::pratica::sample_instant(),
        }
    }
}

eventi! {
    /// Events of `calendario-<ufficio>`.
    "calendario" {
        CalendarioSottoscritto = 1,
        CalendarioRevocato = 1,
    }
}
