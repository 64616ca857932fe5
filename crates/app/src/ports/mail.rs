//! E-mail.

use super::BoxFuture;
use bytes::Bytes;

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accluso {
    /// File name, ASCII.
    pub nome: String,
    /// Media type.
    pub formato: &'static str,
    /// The file.
    pub bytes: Bytes,
}

/// A plain-text message with an HTML twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messaggio {
    /// Address of the person.
    pub destinatario: String,
    /// Name of the person.
    pub nome: String,
    /// Address of the ente.
    pub mittente: String,
    /// Name of the ente.
    pub mittente_nome: String,
    /// Subject, free of special categories of data.
    pub oggetto: String,
    /// Body.
    pub testo: String,
    /// Body as HTML.
    pub html: String,
    /// Files that go with it.
    pub acclusi: Vec<Accluso>,
    /// Stable id, so that a repeat is recognised: becomes the `Message-ID`.
    pub id: String,
}

/// Why a message did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Worth another try.
    #[error("temporary failure: {0}")]
    Temporary(String),
    /// Will not get better: the address does not exist, the message is refused.
    #[error("permanent failure: {0}")]
    Permanent(String),
}

/// Something that hands messages over.
pub trait Mailer: Send + Sync {
    /// Hands a message over.
    fn send<'a>(&'a self, message: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>>;
}
