//! Working data: what may change and vanish, and is no record of anything (sessions, uploads not yet filed, delivery
//! attempts, checkpoints of processes). The log never depends on it.

use super::BoxFuture;
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId, PraticaId};
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use jiff::Timestamp;
use uuid::Uuid;

/// A file that a person sent and may file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Id given to the person.
    pub id: AllegatoId,
    /// Ente to which it was sent.
    pub ente: String,
    /// Who sent it; nobody else may file it.
    pub proprietario: PersonaId,
    /// File name as given, without folders.
    pub nome: String,
    /// Media type recognised from the bytes.
    pub formato: String,
    /// Bytes.
    pub dimensione: u64,
    /// SHA-256.
    pub impronta: Impronta,
    /// When.
    pub caricato_il: Timestamp,
}

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatoConsegna {
    /// Waits for its next attempt.
    InCoda,
    /// Done.
    Consegnata,
    /// Given up; an operator may retry it.
    Fallita,
}

/// One notice on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consegna {
    /// Event and channel: the same notice is never queued twice.
    pub dedupe: String,
    /// Whose.
    pub ente: String,
    /// About which case.
    pub pratica: PraticaId,
    /// Kind of the case.
    pub tipo: TipoPratica,
    /// Event that caused it.
    pub causa: Uuid,
    /// Why.
    pub motivo: Motivo,
    /// Attempts made.
    pub tentativi: u32,
    /// Not before.
    pub prossimo: Timestamp,
    /// Queued when.
    pub creata: Timestamp,
    /// State.
    pub stato: StatoConsegna,
    /// What went wrong last.
    pub errore: Option<String>,
}

/// The working database does not answer.
#[derive(Debug, thiserror::Error)]
#[error("the working database is unavailable: {0}")]
pub struct WorkError(pub String);

/// The working database.
pub trait WorkState: Send + Sync {
    /// Keeps an upload.
    fn put_upload(&self, upload: Upload) -> BoxFuture<'_, Result<(), WorkError>>;
    /// Uploads by id, in the order asked; unknown ones are left out.
    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>>;

    /// Keeps a session (opaque bytes) under the hash of its id until it expires.
    fn save_session(&self, key: String, data: Vec<u8>, expires: Timestamp) -> BoxFuture<'_, Result<(), WorkError>>;
    /// A session that has not expired.
    fn session<'a>(&'a self, key: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>>;
    /// Ends a session.
    fn delete_session<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Removes sessions that have expired; says how many.
    fn purge_sessions(&self, now: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>>;

    /// Position up to which a process has read the log of an ente.
    fn process_position<'a>(&'a self, process: &'a str, ente: &'a str) -> BoxFuture<'a, Result<u64, WorkError>>;
    /// Queues notices (those already known are left alone) and moves the process on, in one transaction.
    fn enqueue<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Takes notices that are due, at most `limit`, and keeps them from others until `lease`.
    fn lease_due(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>>;
    /// Writes back the state of a notice and frees it.
    fn settle(&self, consegna: Consegna) -> BoxFuture<'_, Result<(), WorkError>>;
    /// Notices that were given up, newest first, at most 100, and how many there are.
    fn dead_letters<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>>;
    /// Queues a given-up notice again; false when there is none.
    fn retry<'a>(&'a self, ente: &'a str, dedupe: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>>;
}
