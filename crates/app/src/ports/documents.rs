//! Files by content.

use super::BoxFuture;
use bytes::Bytes;
use domain::allegato::Impronta;
use futures_core::stream::BoxStream;
use std::io;

/// Bytes as they arrive or leave.
pub type ByteStream<'a> = BoxStream<'a, io::Result<Bytes>>;

/// What the sender says of a file; checked against its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// File name as given; only its extension is looked at.
    pub nome: String,
    /// Media type as given, if any.
    pub formato: Option<String>,
}

/// A file that is durably stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of its bytes.
    pub impronta: Impronta,
    /// Bytes.
    pub dimensione: u64,
    /// Media type recognised from the bytes.
    pub formato: String,
}

/// Why a file was not stored or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Larger than the limit; reading stopped there and nothing was kept.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Not one of the accepted formats.
    #[error("the format of the file is not accepted")]
    NotAccepted,
    /// The bytes are not what name or media type say.
    #[error("the file says it is {declared} but its content is {found}")]
    Mismatch {
        /// As declared.
        declared: String,
        /// As recognised.
        found: String,
    },
    /// The sender went away or broke off.
    #[error("the upload broke off")]
    Interrupted(#[source] io::Error),
    /// The disk is full or does not answer.
    #[error("the document store is unavailable")]
    Unavailable(#[source] io::Error),
    /// No such file.
    #[error("no such document")]
    NotFound,
}

/// Content-addressed store: a file is named by the SHA-256 of its bytes, per ente.
pub trait DocumentStore: Send + Sync {
    /// Stores a file durably (synced) while it arrives, never whole in memory, at most `limit` bytes.
    fn put<'a>(
        &'a self,
        ente: &'a str,
        declared: Declared,
        limit: u64,
        bytes: ByteStream<'a>,
    ) -> BoxFuture<'a, Result<Stored, DocumentError>>;

    /// The bytes of a file.
    fn get<'a>(
        &'a self,
        ente: &'a str,
        impronta: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>>;
}
