//! What can go wrong, as the doors need to know it.

use crate::testi;
use domain::{Refusal, Refused};
use eventstore::{AppendError, ReadError};
use projections::QueryError;
use std::collections::BTreeMap;
use std::time::Duration;

/// One reason for people: which field, which code, one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErroreCampo {
    /// Path of the input field, such as `luogo.indirizzo`; none when it is about the whole.
    pub campo: Option<String>,
    /// Stable code.
    pub codice: String,
    /// A sentence that says how to mend it.
    pub messaggio: String,
    /// Values of the refusal by name: limits, dates, what is free instead.
    pub valori: BTreeMap<String, String>,
}

impl From<Refusal> for ErroreCampo {
    fn from(refusal: Refusal) -> Self {
        let args: Vec<(&str, String)> = refusal.args.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        let messaggio = testi::testo(testi::ITALIANO, &format!("rifiuto-{}", refusal.code), &args);
        Self { campo: refusal.field, codice: refusal.code, messaggio, valori: refusal.args }
    }
}

/// Why the application did not do or show what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The input or the moment is wrong; nothing was stored. Never empty.
    #[error("refused")]
    Rifiutato(Vec<ErroreCampo>),
    /// There is no such thing, or it is not for this person: the two look the same from outside.
    #[error("not found")]
    NonTrovato,
    /// Nobody signed in.
    #[error("sign-in needed")]
    AccessoRichiesto,
    /// Someone else changed it meanwhile, more than once.
    #[error("changed meanwhile")]
    Conflitto,
    /// Nothing was stored; try again after the given time.
    #[error("unavailable: {motivo}")]
    NonDisponibile {
        /// For the operator's log.
        motivo: String,
        /// When to try again.
        riprova_tra: Duration,
    },
    /// A mistake in the program or in stored data.
    #[error("internal: {0}")]
    Interno(String),
}

impl AppError {
    /// Unavailable for the usual while.
    pub fn non_disponibile(motivo: impl std::fmt::Display) -> Self {
        Self::NonDisponibile { motivo: motivo.to_string(), riprova_tra: Duration::from_secs(2) }
    }

    /// Refused for one reason.
    pub fn rifiuto(refusal: Refusal) -> Self {
        Self::Rifiutato(vec![refusal.into()])
    }
}

impl From<Refused> for AppError {
    fn from(refused: Refused) -> Self {
        Self::Rifiutato(refused.0.into_iter().map(ErroreCampo::from).collect())
    }
}

impl From<AppendError> for AppError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Refused(value) => match serde_json::from_value::<Refused>(value) {
                Ok(refused) => refused.into(),
                Err(error) => Self::Interno(format!("a refusal without its shape: {error}")),
            },
            AppendError::KeyReused => Self::rifiuto(Refusal::field("chiaveIdempotenza", "chiave-riusata")),
            AppendError::Conflict { .. } => Self::Conflitto,
            AppendError::Unavailable { reason, retry_after } => {
                Self::NonDisponibile { motivo: reason, riprova_tra: retry_after }
            }
            AppendError::Unknown(reason) => Self::non_disponibile(reason),
            error @ (AppendError::Invalid(_) | AppendError::AlreadyApplied { .. }) => Self::Interno(error.to_string()),
        }
    }
}

impl From<ReadError> for AppError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(reason) => Self::non_disponibile(reason),
            error @ ReadError::Corrupt { .. } => Self::Interno(error.to_string()),
        }
    }
}

impl From<QueryError> for AppError {
    fn from(error: QueryError) -> Self {
        Self::non_disponibile(error)
    }
}

impl From<projections::decode::OpenError> for AppError {
    fn from(error: projections::decode::OpenError) -> Self {
        Self::Interno(error.to_string())
    }
}

impl From<crate::ports::WorkError> for AppError {
    fn from(error: crate::ports::WorkError) -> Self {
        Self::non_disponibile(error)
    }
}
