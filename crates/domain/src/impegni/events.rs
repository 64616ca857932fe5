//! Events of a person's day.

use crate::Sample;
use crate::ente::CodiceUfficio;
use crate::ids::{PersonaId, PraticaId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person has a booking on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpegnoPreso {
    /// Who.
    pub persona: PersonaId,
    /// Day.
    pub giorno: Date,
    /// Code of the bookable service.
    pub servizio: String,
    /// The booking.
    pub appuntamento: PraticaId,
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Start.
    pub inizio: Timestamp,
}

/// The booking is no longer on that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpegnoLasciato {
    /// The booking.
    pub appuntamento: PraticaId,
    /// When it was left.
    pub il: Timestamp,
}

impl Sample for ImpegnoPreso {
    fn sample() -> Self {
        Self {
            persona: PersonaId::sample(),
            giorno: date(2026, 3, 10),
            servizio: "carta-identita".into(),
            appuntamento: PraticaId::sample(),
            ufficio: CodiceUfficio::new("anagrafe"),
            inizio: "2026-03-10T08:00:00Z".parse().expect("an instant"),
        }
    }
}

impl Sample for ImpegnoLasciato {
    fn sample() -> Self {
        Self { appuntamento: PraticaId::sample(), il: crate::pratica::sample_instant() }
    }
}

eventi! {
    /// Events of `impegni-<persona>-<YYYY-MM-DD>`.
    "impegni" {
        ImpegnoPreso = 1,
        ImpegnoLasciato = 1,
    }
}
