//! The audit trail.

use crate::scalars::{DateTime, Posizione};
use async_graphql::{ID, SimpleObject};
use projections::AuditRow;

/// A fact of the log: who did what, when, and its link of the hash chain (Linee guida AgID 3.1.6).
#[derive(Debug, Clone, SimpleObject)]
pub struct Audit {
    /// Place in the log.
    posizione: Posizione,
    /// Id of the event.
    event_id: ID,
    /// Stream, such as `segnalazione-<uuid>` or `registro-PROT-2026`.
    stream: String,
    /// Place within the stream, from 1.
    versione: u64,
    /// Name of the event, such as `SegnalazioneInviata`.
    evento: String,
    /// Opaque id of the person who acted, or name of a process; never a codice fiscale.
    attore: String,
    /// Role in which the actor acted.
    ruolo: String,
    /// Identity level of the session, 1 to 3.
    livello: Option<u8>,
    /// Door used: `portale`, `graphql`, `sistema`.
    canale: String,
    /// When it was recorded.
    quando: DateTime,
    /// Hash of the record, 64 hexadecimal digits.
    hash: String,
    /// Hash of the record before; zeros for the first.
    prev_hash: String,
}

impl From<AuditRow> for Audit {
    fn from(row: AuditRow) -> Self {
        Self {
            posizione: Posizione(row.posizione),
            event_id: ID(row.event_id.to_string()),
            stream: row.stream,
            versione: row.versione,
            evento: row.evento,
            attore: row.attore,
            ruolo: row.ruolo,
            livello: row.livello,
            canale: row.canale,
            quando: DateTime(row.quando),
            hash: row.hash,
            prev_hash: row.prev_hash,
        }
    }
}
