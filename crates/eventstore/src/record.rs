//! What the log holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Place of a record in the log of its ente: 1 for the first, without holes. 0 means "before the first".
pub type Position = u64;

/// Who did it, how, and in which chain of causes. Stored as canonical JSON and covered by the hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Meta {
    /// Id of the person who acted (never a codice fiscale), or the name of a process.
    pub actor: String,
    /// Role in which the actor acted.
    pub role: String,
    /// Id of the person represented, when it is not the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Identity level of the session (1 to 3), when a person acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_level: Option<u8>,
    /// Door used: `portale`, `graphql`, `sistema`.
    pub channel: String,
    /// Groups everything that follows from one request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Uuid>,
    /// Event that caused this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation: Option<Uuid>,
    /// Caller's key of the command, when there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Trace id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

/// One fact, as stored. `payload` and `meta` are the stored bytes: the hash covers exactly these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Code of the ente whose log this is.
    pub ente: String,
    /// Stream, such as `segnalazione-<uuid>` or `registro-<codice>-<anno>`.
    pub stream: String,
    /// 1 for the first event of the stream, without holes.
    pub version: u64,
    /// Place in the log of the ente.
    pub position: Position,
    /// UUIDv7 drawn by the caller.
    pub event_id: Uuid,
    /// Name of the event, such as `SegnalazioneInviata`.
    pub kind: String,
    /// Version of the payload's shape, from 1.
    pub schema_version: u32,
    /// Canonical JSON object; its `personale` member, when present, is sealed.
    pub payload: String,
    /// Canonical JSON of [`Meta`].
    pub meta: String,
    /// Instant of the commit's group, monotonic within the ente, microseconds.
    pub recorded_at: Timestamp,
    /// Hash of the previous record of the ente; zeros for the first.
    pub prev_hash: [u8; 32],
    /// Hash of this record, see [`crate::hash::chain`].
    pub hash: [u8; 32],
}

impl Record {
    /// The payload as JSON, sealed parts still sealed.
    ///
    /// # Errors
    /// When the stored text is not JSON: the record is corrupt.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&self.payload)
    }

    /// The decoded [`Meta`].
    ///
    /// # Errors
    /// When the stored text is not a `Meta`: the record is corrupt.
    pub fn meta(&self) -> Result<Meta, serde_json::Error> {
        serde_json::from_str(&self.meta)
    }

    /// Part of the stream's name before the first `-`: `segnalazione`, `registro`….
    pub fn category(&self) -> &str {
        self.stream.split_once('-').map_or(self.stream.as_str(), |(head, _)| head)
    }
}
