//! The trait every engine implements.

use crate::batch::{Batch, Expected, Idempotency, Registration, RegistroKey};
use crate::record::{Position, Record};
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Answer to a successful append; durable when the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position of the first event of the batch.
    pub first: Position,
    /// Position of the last event of the batch; wait for this one to read your writes.
    pub last: Position,
    /// The instant stored with the events.
    pub recorded_at: Timestamp,
    /// The number taken, when the append was registered.
    pub numero: Option<(RegistroKey, u64)>,
}

/// End of the log of one ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Last position; 0 when empty.
    pub position: Position,
    /// Hash of the last record; zeros when empty.
    pub hash: [u8; 32],
}

/// Why an append stored nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Someone else wrote to the stream first: read again and decide again.
    #[error("stream {stream} is at version {actual}, expected {expected:?}")]
    Conflict {
        /// The stream.
        stream: String,
        /// What the caller believed.
        expected: Expected,
        /// Its last version; 0 when it does not exist.
        actual: u64,
    },
    /// This idempotency key has done its work before; its events are at these positions.
    #[error("already applied at positions {first} to {last}")]
    AlreadyApplied {
        /// First position of the earlier batch.
        first: Position,
        /// Last position of the earlier batch.
        last: Position,
    },
    /// The idempotency key was used before with other content.
    #[error("the idempotency key was used before with other content")]
    KeyReused,
    /// The registration's `build` refused; its own words.
    #[error("refused by the registration")]
    Refused(serde_json::Value),
    /// The batch breaks a limit or is empty; a programming mistake, never retried.
    #[error("invalid batch: {0}")]
    Invalid(String),
    /// The engine cannot store now (queue full, disk full, database away). Nothing was stored.
    #[error("the log is unavailable: {reason}")]
    Unavailable {
        /// For the operator's log.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// The commit failed in a way that may or may not have stored the batch: ask again with the same idempotency key.
    #[error("the outcome is unknown: {0}")]
    Unknown(String),
}

/// Why a read failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The database cannot answer now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// A stored record cannot be what was written.
    #[error("the record at position {position} is corrupt: {reason}")]
    Corrupt {
        /// Where.
        position: Position,
        /// What is wrong with it.
        reason: String,
    },
}

/// An append-only log per ente. Object-safe: the engine is chosen at run time.
pub trait EventStore: Send + Sync {
    /// Stores a batch, all or nothing.
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>>;

    /// Takes the next number of a register and stores what `registration` builds with it, in one commit.
    /// A refusal or a failed commit gives the number back: there are no holes.
    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>>;

    /// Whether an idempotency key has done its work before: the positions of its events (first, last), or none.
    /// Asked before deciding, because a command's second arrival finds the state that its first one made.
    ///
    /// # Errors
    /// [`AppendError::KeyReused`] when the key was used with other content; [`AppendError::Unavailable`].
    fn applied<'a>(
        &'a self,
        ente: &'a str,
        key: &'a Idempotency,
    ) -> BoxFuture<'a, Result<Option<(Position, Position)>, AppendError>>;

    /// Records of one stream with version > `after`, in order, at most `limit` (cut to [`crate::limits::PAGE`]).
    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>>;

    /// Records of the ente with position > `after`, in order, at most `limit` (cut to [`crate::limits::PAGE`]).
    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>>;

    /// End of the log of the ente.
    fn head<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<Head, ReadError>>;

    /// A watch on the last committed position of the ente. Subscribe before reading, so that no wake-up is lost.
    fn wake(&self, ente: &str) -> tokio::sync::watch::Receiver<Position>;
}
