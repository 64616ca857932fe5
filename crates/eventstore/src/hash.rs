//! Canonical JSON and the hash chain.
//!
//! `hash = SHA-256(prev_hash ‖ len(envelope) ‖ envelope ‖ SHA-256(payload))`, over the bytes that are stored, so that
//! sealing and the destruction of keys leave the chain intact.

use crate::record::Record;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Hash before the first record of an ente.
pub const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// JSON text with sorted keys and no white space: one value, one text. (`serde_json::Value` keeps its members sorted.)
///
/// # Errors
/// When the value cannot be JSON (a map with keys that are not strings).
pub fn canonical<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(&serde_json::to_value(value)?)
}

/// Everything of a record that is not its payload, in the order of its canonical text.
#[derive(Serialize)]
struct Envelope<'a> {
    ente: &'a str,
    event_id: uuid::Uuid,
    kind: &'a str,
    meta: &'a str,
    position: u64,
    recorded_at: i64,
    schema_version: u32,
    stream: &'a str,
    version: u64,
}

/// Hash of a record after `record.prev_hash`; ignores `record.hash`.
pub fn chain(record: &Record) -> [u8; 32] {
    let envelope = Envelope {
        ente: &record.ente,
        event_id: record.event_id,
        kind: &record.kind,
        meta: &record.meta,
        position: record.position,
        recorded_at: record.recorded_at.as_microsecond(),
        schema_version: record.schema_version,
        stream: &record.stream,
        version: record.version,
    };
    let envelope = serde_json::to_string(&envelope).expect("strings and numbers are always JSON");
    let mut hasher = Sha256::new();
    hasher.update(record.prev_hash);
    hasher.update((envelope.len() as u64).to_be_bytes());
    hasher.update(envelope.as_bytes());
    hasher.update(sha256(record.payload.as_bytes()));
    hasher.finalize().into()
}
