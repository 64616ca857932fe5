//! One write path: load, decide, append.

mod filing;
mod lavorazione;
mod presentazioni;
mod registrazioni;
mod sealed;

pub use lavorazione::{PresentaIntegrazione, RichiediIntegrazione};
pub use presentazioni::{InviaSegnalazione, PresentaIstanza, ScriviAlSindaco};
pub use registrazioni::ModificaRegistrazione;

pub(crate) use filing::{Attesa, DecideInsieme, Entry, Filing, StoreError};
pub(crate) use presentazioni::{Files, entrata};

use crate::contesto::{Canale, Contesto};
use crate::error::AppError;
use crate::persone::Persone;
use domain::persona::Attore;
use domain::registro::Protocollo;
use domain::{Caso, Refusal};
use eventstore::{Idempotency, Meta, limits};
use serde::Serialize;

/// What a command did, or had done when it was first sent.
#[derive(Debug, Clone)]
pub struct Esito {
    /// The case after it.
    pub caso: Caso,
    /// Entry in the register made by the command; for steps that make none, the entry of the filing.
    pub protocollo: Option<Protocollo>,
    /// Wait for this position to read your writes.
    pub posizione: u64,
}

/// The stored form of a caller's key: one person's keys never meet another's.
pub(crate) fn idempotency<T: Serialize>(
    persone: &Persone,
    attore: &Attore,
    command: &str,
    chiave: &str,
    content: &T,
) -> Result<Idempotency, AppError> {
    // The prefix (a UUID and a colon) takes 37 characters of the log's limit.
    let max = limits::IDEMPOTENCY_KEY - 40;
    let length = chiave.chars().count();
    if length == 0 || length > max || chiave.chars().any(char::is_control) {
        return Err(AppError::rifiuto(Refusal::field("chiaveIdempotenza", "chiave-non-valida").with("max", max)));
    }
    let content = eventstore::hash::canonical(&(command, content)).map_err(|e| AppError::Interno(e.to_string()))?;
    Ok(Idempotency { key: format!("{}:{chiave}", attore.id), fingerprint: persone.fingerprint(&content) })
}

pub(crate) fn meta(ctx: &Contesto, attore: &Attore, chiave: Option<&str>) -> Meta {
    Meta {
        actor: attore.id.to_string(),
        role: attore.ruolo.as_str().to_owned(),
        on_behalf_of: None,
        // Who holds a link has shown no identity with it.
        identity_level: ctx
            .utente
            .as_ref()
            .filter(|_| !matches!(ctx.canale, Canale::Collegamento(_)))
            .map(|utente| utente.livello.into()),
        channel: ctx.canale.as_str().to_owned(),
        correlation: Some(ctx.correlazione),
        causation: None,
        idempotency_key: chiave.map(str::to_owned),
        trace_id: None,
    }
}
