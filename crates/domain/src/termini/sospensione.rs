//! Suspensions of a term.

use super::{
    error::{TermineError, dopo},
    festivi::Festivi,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest suspension for missing documents, in days (L. 241/1990 art. 2 c.7).
pub const MASSIMO_INTEGRAZIONE: u16 = 30;

/// Days for observations on a preavviso di rigetto, and days after them when the term resumes (L. 241/1990 art. 10-bis).
pub const GIORNI_OSSERVAZIONI: u16 = 10;

/// Why a term is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "tipo", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Causa {
    /// Documents or information asked from the applicant: once only, 30 days at most (L. 241/1990 art. 2 c.7).
    Integrazione,
    /// Communication of the grounds for a refusal (L. 241/1990 art. 10-bis).
    Preavviso,
    /// Another law, named in the definition of the service.
    LeggeSpeciale {
        /// The law and article.
        norma: String,
        /// Longest suspension it allows, in days.
        massimo_giorni: u16,
    },
}

/// Days `[dal, ripresa)` that do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sospensione {
    /// Why.
    pub causa: Causa,
    /// Protocol date of the communication that suspends.
    pub dal: Date,
    /// Day on which the term runs again; while the answer is awaited, the latest day on which it will.
    pub ripresa: Date,
}

impl Sospensione {
    /// For missing documents: until they are received, or for 30 days. Before they are received pass none.
    pub fn integrazione(dal: Date, ricevuta: Option<Date>) -> Result<Self, TermineError> {
        Ok(Self { causa: Causa::Integrazione, dal, ripresa: ripresa_integrazione(dal, ricevuta)? })
    }

    /// For a preavviso di rigetto sent on `dal` and received on `ricevuto` (delivery of the PEC, availability in the area
    /// personale; the day of sending when unknown). Before observations arrive pass none.
    pub fn preavviso(
        dal: Date,
        ricevuto: Date,
        osservazioni: Option<Date>,
        festivi: &Festivi,
    ) -> Result<Self, TermineError> {
        Ok(Self { causa: Causa::Preavviso, dal, ripresa: ripresa_preavviso(ricevuto, osservazioni, festivi)? })
    }

    /// Days that do not count.
    pub fn giorni(&self) -> i32 {
        (self.ripresa - self.dal).get_days()
    }

    /// Whether a day does not count.
    pub fn comprende(&self, data: Date) -> bool {
        self.dal <= data && data < self.ripresa
    }

    /// Longest duration; none for a preavviso, whose end follows from the dates of receipt and of observations.
    fn massimo(&self) -> Option<u16> {
        match self.causa {
            Causa::Integrazione => Some(MASSIMO_INTEGRAZIONE),
            Causa::Preavviso => None,
            Causa::LeggeSpeciale { massimo_giorni, .. } => Some(massimo_giorni),
        }
    }

    /// Checks it on its own.
    pub(super) fn verifica(&self) -> Result<(), TermineError> {
        if self.ripresa < self.dal {
            return Err(TermineError::RipresaAnteriore { dal: self.dal });
        }
        match self.massimo() {
            Some(massimo) if self.giorni() > i32::from(massimo) => {
                Err(TermineError::SospensioneTroppoLunga { dal: self.dal, massimo })
            }
            _ => Ok(()),
        }
    }
}

/// When the term runs again after a request for missing documents: when they are received, at latest after 30 days.
pub fn ripresa_integrazione(dal: Date, ricevuta: Option<Date>) -> Result<Date, TermineError> {
    ripresa_integrazione_entro(dal, MASSIMO_INTEGRAZIONE, ricevuta)
}

/// The same, when the office gave fewer days than 30. More than 30 are refused.
pub fn ripresa_integrazione_entro(dal: Date, giorni: u16, ricevuta: Option<Date>) -> Result<Date, TermineError> {
    if giorni > MASSIMO_INTEGRAZIONE {
        return Err(TermineError::SospensioneTroppoLunga { dal, massimo: MASSIMO_INTEGRAZIONE });
    }
    let limite = dopo(dal, i32::from(giorni))?;
    match ricevuta {
        Some(ricevuta) if ricevuta < dal => Err(TermineError::RipresaAnteriore { dal }),
        Some(ricevuta) => Ok(ricevuta.min(limite)),
        None => Ok(limite),
    }
}

/// Last day for observations: 10 days from receipt, moved if festivo.
pub fn limite_osservazioni(ricevuto: Date, festivi: &Festivi) -> Result<Date, TermineError> {
    festivi.shift_if_festivo(dopo(ricevuto, i32::from(GIORNI_OSSERVAZIONI))?)
}

/// When the term runs again after a preavviso: 10 days after observations made in time, else on the last day for them.
/// Late observations do not move it.
pub fn ripresa_preavviso(ricevuto: Date, osservazioni: Option<Date>, festivi: &Festivi) -> Result<Date, TermineError> {
    let limite = limite_osservazioni(ricevuto, festivi)?;
    match osservazioni {
        Some(osservazioni) if osservazioni <= limite => dopo(osservazioni, i32::from(GIORNI_OSSERVAZIONI)),
        _ => Ok(limite),
    }
}
