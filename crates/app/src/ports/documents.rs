//! Files: recognised, freed of what nobody asked for, scanned, sealed with the key of their person, and handed out again.

use super::BoxFuture;
use bytes::Bytes;
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId};
use futures_core::stream::BoxStream;
use jiff::Timestamp;
use std::io;
use uuid::Uuid;
use zeroize::Zeroizing;

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

/// What becomes of the place that a photo says it was taken at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Posizione {
    /// It is taken out before anything is hashed or kept (GDPR art. 25: no more than was asked for).
    #[default]
    Togli,
    /// It stays: the sender asked for it.
    Mantieni,
}

/// A file that is about to arrive.
#[derive(Debug, Clone)]
pub struct Arrivo<'a> {
    /// To which ente.
    pub ente: &'a str,
    /// Its id from now on. Drawn by the caller and never used twice: the stored file bears it as its name.
    pub id: AllegatoId,
    /// With whose key it is sealed.
    pub proprietario: PersonaId,
    /// What the sender says of it.
    pub declared: Declared,
    /// Whether a photo keeps its position.
    pub posizione: Posizione,
    /// Bytes, at most.
    pub limite: u64,
}

/// A signature that a file carries. Present, not validated: that takes the trust lists of the EU (CAD art. 20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firma {
    /// Inside a PDF (PAdES).
    Pades,
    /// Around the file (CAdES, `.p7m`).
    Cades,
}

impl Firma {
    /// Its name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pades => "pades",
            Self::Cades => "cades",
        }
    }
}

/// A file that is durably stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of its bytes, before they were sealed.
    pub impronta: Impronta,
    /// Bytes, before they were sealed.
    pub dimensione: u64,
    /// Media type recognised from the bytes.
    pub formato: String,
    /// A signature that it carries.
    pub firma: Option<Firma>,
    /// A position was taken out of it: its bytes are not those that were sent.
    pub posizione_tolta: bool,
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
    /// Two files in one, a container that grows without measure, a program inside a document.
    #[error("the file hides something: {0}")]
    Suspicious(&'static str),
    /// Of an accepted format, and broken.
    #[error("the file is damaged")]
    Damaged,
    /// The antivirus knows it.
    #[error("the antivirus found {firma}")]
    Infected {
        /// Name of the signature.
        firma: String,
    },
    /// The antivirus does not answer, and nothing is kept without it.
    #[error("the antivirus does not answer")]
    NotScanned(#[source] io::Error),
    /// The sender went away or broke off.
    #[error("the upload broke off")]
    Interrupted(#[source] io::Error),
    /// The disk is full, or the store or the key store does not answer.
    #[error("the document store is unavailable")]
    Unavailable(#[source] io::Error),
    /// No such file.
    #[error("no such document")]
    NotFound,
    /// The key of its person was destroyed: what it said is gone for good.
    #[error("the key of this document was destroyed")]
    Destroyed,
}

/// The secret from which the keys of a subject's files are derived.
pub struct ChiaveFile {
    /// Id of the subject's key; it stands in the clear before each file.
    pub id: Uuid,
    /// The secret, good for files only.
    pub segreto: Zeroizing<[u8; 32]>,
}

/// Where the secrets of files come from.
pub trait ChiaviFile: Send + Sync {
    /// The secret of a subject, made at first use.
    fn di_soggetto<'a>(&'a self, ente: &'a str, soggetto: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>>;
    /// The secret by the id that stands before a file; [`DocumentError::Destroyed`] once it was destroyed.
    fn per_id<'a>(&'a self, ente: &'a str, id: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>>;
}

/// The store of files. What is kept bears the id of the upload as its name: nothing of its content can be guessed from
/// it, and the same content of two people stands there twice, sealed with two keys.
pub trait DocumentStore: Send + Sync {
    /// Takes a file while it arrives, a piece in memory at a time; answers when it is recognised, scanned, sealed and
    /// durable. Whatever goes wrong leaves nothing behind.
    fn put<'a>(&'a self, arrivo: Arrivo<'a>, bytes: ByteStream<'a>) -> BoxFuture<'a, Result<Stored, DocumentError>>;

    /// The bytes of a file, opened while they leave. Breaks off before the end when they are not those of `impronta`.
    fn get<'a>(
        &'a self,
        ente: &'a str,
        id: AllegatoId,
        impronta: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>>;

    /// Removes a file; one that is not there is removed already.
    fn remove<'a>(&'a self, ente: &'a str, id: AllegatoId) -> BoxFuture<'a, Result<(), DocumentError>>;

    /// Ids of all files of an ente, in no order.
    fn list(&self, ente: &str) -> BoxStream<'static, Result<AllegatoId, DocumentError>>;

    /// Removes what writes that broke off before an instant left behind; says how many.
    fn tidy(&self, before: Timestamp) -> BoxFuture<'_, Result<u64, DocumentError>>;
}
