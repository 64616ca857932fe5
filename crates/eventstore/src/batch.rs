//! What a caller asks the log to remember.

use crate::limits;
use crate::record::Meta;
use crate::store::AppendError;
use jiff::Timestamp;
use uuid::Uuid;

/// A fact to be stored. The caller has sealed what must be sealed ([`crate::sealing`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// UUIDv7, drawn by the caller before the append so that a repeat is the same event.
    pub event_id: Uuid,
    /// Name of the event.
    pub kind: String,
    /// Version of the payload's shape.
    pub schema_version: u32,
    /// Canonical JSON object ([`crate::hash::canonical`]), at most [`crate::limits::PAYLOAD_BYTES`].
    pub payload: String,
}

/// What the caller believes about a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The stream does not exist yet.
    NoStream,
    /// The stream's last version is this one (at least 1).
    Exact(u64),
    /// Whatever its state.
    Any,
}

/// Events for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Name of the stream.
    pub stream: String,
    /// Condition on the stream; it holds for the whole batch or nothing is stored.
    pub expected: Expected,
    /// At least one event.
    pub events: Vec<NewEvent>,
}

/// The caller's key for a command. The same key and fingerprint is a repeat; the same key with another fingerprint is a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Unique per ente; callers prefix it with who acts.
    pub key: String,
    /// SHA-256 of the command's content.
    pub fingerprint: [u8; 32],
}

/// All or nothing: stored in this order, under one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Ordered items; positions follow this order.
    pub items: Vec<Item>,
    /// Caller's key, when the command has one.
    pub idempotency: Option<Idempotency>,
    /// Who and how; the same for every event of the batch.
    pub meta: Meta,
}

/// A register of one year: the scope of a dense numbering (DPR 445/2000 art. 57).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistroKey {
    /// Code of the register, such as `PROT`.
    pub codice: String,
    /// Calendar year.
    pub anno: i16,
}

/// What an engine offers to a [`Registration`] under the lock of the ente.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The register, as the registration itself named it for this instant.
    pub registro: RegistroKey,
    /// The next number of that register. Given back if the registration refuses or the commit fails.
    pub numero: u64,
    /// `recorded_at` of the events to be built.
    pub at: Timestamp,
}

/// A filing that needs a number. Both functions run inside the write transaction and may run more than once: they are
/// pure, short, and never block.
pub trait Registration: Send + Sync {
    /// The register into which the instant falls (the year turns at midnight in Rome, which engines do not know).
    fn registro(&self, at: Timestamp) -> RegistroKey;

    /// The items to store once the number is known.
    ///
    /// # Errors
    /// A refusal, as the caller wants it back in [`crate::AppendError::Refused`]; the number is not consumed.
    fn build(&self, slot: &Slot) -> Result<Vec<Item>, serde_json::Value>;

    /// Caller's key, when the command has one.
    fn idempotency(&self) -> Option<&Idempotency>;

    /// Who and how.
    fn meta(&self) -> &Meta;
}

/// Whether the items keep the port's limits; engines call it before they store anything.
///
/// # Errors
/// [`AppendError::Invalid`], naming the limit.
pub fn check_items(items: &[Item]) -> Result<(), AppendError> {
    let invalid = |reason: String| Err(AppendError::Invalid(reason));
    if items.is_empty() {
        return invalid("a batch has at least one item".into());
    }
    let events: usize = items.iter().map(|item| item.events.len()).sum();
    if events > limits::BATCH_EVENTS {
        return invalid(format!("{events} events in one batch, at most {}", limits::BATCH_EVENTS));
    }
    for item in items {
        if item.stream.is_empty() || item.stream.chars().count() > limits::STREAM_NAME {
            return invalid(format!("a stream name has 1 to {} characters", limits::STREAM_NAME));
        }
        if item.events.is_empty() {
            return invalid(format!("the item for stream {} has no event", item.stream));
        }
        if item.expected == Expected::Exact(0) {
            return invalid(format!("stream {}: versions begin at 1; NoStream says that there is none", item.stream));
        }
        for event in &item.events {
            if event.kind.is_empty() || event.schema_version == 0 {
                return invalid(format!("stream {}: an event has a name and a schema version from 1", item.stream));
            }
            if event.payload.len() > limits::PAYLOAD_BYTES {
                let bytes = event.payload.len();
                return invalid(format!("{}: payload of {bytes} bytes, at most {}", event.kind, limits::PAYLOAD_BYTES));
            }
        }
    }
    Ok(())
}

/// Whether an idempotency key keeps its limit.
///
/// # Errors
/// [`AppendError::Invalid`].
pub fn check_key(idempotency: Option<&Idempotency>) -> Result<(), AppendError> {
    match idempotency {
        Some(Idempotency { key, .. }) if key.is_empty() || key.chars().count() > limits::IDEMPOTENCY_KEY => {
            Err(AppendError::Invalid(format!("an idempotency key has 1 to {} characters", limits::IDEMPOTENCY_KEY)))
        }
        _ => Ok(()),
    }
}
