//! What the application needs from outside, as traits. Adapters live in `workstate`, `documents`, `identity` and in
//! [`crate::notifiche`]; the binary wires them.

mod documents;
mod identity;
mod ids;
mod mail;
mod ricevute;
mod workstate;

pub use documents::{
    Arrivo, ByteStream, ChiaveFile, ChiaviFile, Declared, DocumentError, DocumentStore, Firma, Posizione, Stored,
};
pub use identity::{IdentityProvider, Persona, ProviderError, SignInStart, VerifiedIdentity};
pub use ids::{Ids, SystemIds};
pub use mail::{Accluso, MailError, Mailer, Messaggio};
pub use ricevute::{RicevutaError, Ricevute};
pub use workstate::{
    BozzaChiusa, Bozze, Consegna, ProfiloChiuso, Quota, StatoConsegna, Upload, UsoUpload, WorkError, WorkState,
};

/// A boxed future with the lifetime of its inputs.
pub type BoxFuture<'a, T> = futures_core::future::BoxFuture<'a, T>;
