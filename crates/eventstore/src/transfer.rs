//! Moving the log of an ente from one engine to another, byte for byte.
//!
//! A [`Stretch`] is what an engine stores for a run of positions: the records with their hashes, the numbers given out, the
//! idempotency keys used. Engines read and write whole stretches; a stretch is written only where it continues the chain.

use crate::batch::RegistroKey;
use crate::record::{Position, Record};
use crate::sealing::KeyStoreError;
use crate::store::{Head, ReadError};
use futures_core::future::BoxFuture;
use uuid::Uuid;

/// A number given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numero {
    /// Which register.
    pub registro: RegistroKey,
    /// The number.
    pub numero: u64,
    /// First position of the batch that holds it.
    pub position: Position,
}

/// An idempotency key that has done its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedKey {
    /// The key.
    pub key: String,
    /// SHA-256 of the command's content.
    pub fingerprint: [u8; 32],
    /// First position of its batch.
    pub first: Position,
    /// Last position of its batch.
    pub last: Position,
}

/// What the log of one ente holds for a run of positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Records in order, without holes.
    pub records: Vec<Record>,
    /// Numbers whose position lies in the run, in order of position.
    pub numeri: Vec<Numero>,
    /// Keys whose last position lies in the run, in order of `last`.
    pub keys: Vec<UsedKey>,
}

/// Why a stretch was not written. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The log ends elsewhere, or with another record: it is not the beginning of the log that is being written.
    #[error(
        "the log ends at position {actual}; the stretch begins after position {expected}, or the records before it differ"
    )]
    NotNext {
        /// Position before the stretch.
        expected: Position,
        /// Where the log ends.
        actual: Position,
    },
    /// The stretch is not what an engine would have written: a broken chain, a number twice.
    #[error("the stretch is not sound: {0}")]
    Unsound(String),
    /// The database cannot answer now.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
}

/// Reading and writing stretches. Not for filing: nothing is decided or numbered here.
pub trait Transfer: Send + Sync {
    /// Enti that have a log.
    fn enti(&self) -> BoxFuture<'_, Result<Vec<String>, ReadError>>;

    /// The stretch with positions > `after`, at most `limit` records (cut to [`crate::limits::PAGE`]).
    fn read_stretch<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Stretch, ReadError>>;

    /// Writes a stretch in one commit, under the lock of its ente, if it continues the log: position, `prev_hash`, each
    /// record's own hash and each stream's version are checked. The new end of the log.
    fn write_stretch<'a>(&'a self, ente: &'a str, stretch: Stretch) -> BoxFuture<'a, Result<Head, TransferError>>;
}

/// A data key as it is stored: wrapped by the master key, or destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Whose.
    pub subject: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Nonce and cipher text; `None` once destroyed.
    pub wrapped: Option<Vec<u8>>,
}

/// Moving data keys between key stores that have the same master key. Calls may block.
pub trait KeyTransfer: Send + Sync {
    /// Keys of an ente in order of subject, after one, at most `limit` (cut to [`crate::limits::PAGE`]).
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn wrapped_keys(&self, ente: &str, after: Option<Uuid>, limit: usize) -> Result<Vec<WrappedKey>, KeyStoreError>;

    /// Stores keys in one commit. A key that is here stays; one that is destroyed here or there ends up destroyed.
    ///
    /// # Errors
    /// [`KeyStoreError::WrongMasterKey`] when one was wrapped by another master key, [`KeyStoreError::Unavailable`] when a
    /// subject has a key with another id here: each sealed something, so neither may replace the other. Nothing is stored.
    fn put_wrapped_keys(&self, ente: &str, keys: &[WrappedKey]) -> Result<(), KeyStoreError>;
}
