//! Receipts as documents.

use crate::enti::Ente;
use domain::Caso;

/// Why a receipt was not composed.
#[derive(Debug, thiserror::Error)]
#[error("the receipt cannot be composed: {0}")]
pub struct RicevutaError(pub String);

/// Composes documents of a case for who filed it.
pub trait Ricevute: Send + Sync {
    /// The receipt as PDF/A (L. 241/1990 artt. 8 and 18-bis): the same bytes for the same case and templates. Takes tens of
    /// milliseconds of a core and blocks.
    ///
    /// # Errors
    /// [`RicevutaError`], also for a case without a number.
    fn ricevuta(&self, ente: &Ente, caso: &Caso) -> Result<Vec<u8>, RicevutaError>;
}
