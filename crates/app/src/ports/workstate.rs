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
    /// Attempts begun.
    pub tentativi: u32,
    /// When the mail server took the message. From then on only the outcome is still to be logged: it is never sent
    /// again.
    pub affidata: Option<Timestamp>,
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

/// The working database. Any number of nodes may share one: each method is one atomic step, and what one node wrote the
/// others see. Instants are the caller's: where nodes compare them (leases), their clocks must agree within seconds.
pub trait WorkState: Send + Sync {
    /// Keeps an upload.
    fn put_upload(&self, upload: Upload) -> BoxFuture<'_, Result<(), WorkError>>;
    /// Uploads by id, in the order asked; unknown ones are left out.
    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>>;

    /// Keeps a session (opaque bytes) under the hash of its id until it expires.
    fn save_session(&self, key: String, data: Vec<u8>, expires: Timestamp) -> BoxFuture<'_, Result<(), WorkError>>;
    /// Keeps new data for a session that is still there; false when it ended or expired meanwhile, and then it stays so.
    fn renew_session<'a>(
        &'a self,
        key: &'a str,
        data: Vec<u8>,
        expires: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>>;
    /// A session that has not expired.
    fn session<'a>(&'a self, key: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>>;
    /// Ends a session.
    fn delete_session<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Removes sessions that have expired, a limited number at once; says how many. Several nodes may do it at once.
    fn purge_sessions(&self, now: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>>;

    /// Takes or keeps the right of `node` to run a process, until `until`. False when another node has it, and its right
    /// has not ended at `now`.
    fn hold<'a>(
        &'a self,
        process: &'a str,
        node: &'a str,
        now: Timestamp,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>>;
    /// Gives the right back, if `node` has it.
    fn release<'a>(&'a self, process: &'a str, node: &'a str) -> BoxFuture<'a, Result<(), WorkError>>;

    /// Position up to which a process has read the log of an ente.
    fn process_position<'a>(&'a self, process: &'a str, ente: &'a str) -> BoxFuture<'a, Result<u64, WorkError>>;
    /// Queues notices (those already known are left alone) and moves the process on, in one transaction. A position
    /// behind the one that is kept changes nothing: another node has read further.
    fn enqueue<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Sets a process back to `position`, if it is further: the log was replaced by an older copy.
    fn rewind<'a>(&'a self, process: &'a str, ente: &'a str, position: u64) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Takes notices that are due, at most `limit`, and keeps them from others until `lease`.
    fn lease_due(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>>;
    /// Writes down that an attempt begins (`tentativi` counts it), before anything leaves. False when the notice is no
    /// longer leased until `lease`, or was handed over: then nothing may be sent.
    fn note_attempt<'a>(&'a self, consegna: &'a Consegna, lease: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>>;
    /// Writes down that the mail server took the message, whoever has the lease; the first instant stays.
    fn note_handed_over<'a>(&'a self, consegna: &'a Consegna, at: Timestamp) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Writes back the state of a notice that was leased until `lease` and frees it. When somebody else has it
    /// meanwhile, or it was delivered, nothing changes.
    fn settle(&self, consegna: Consegna, lease: Timestamp) -> BoxFuture<'_, Result<(), WorkError>>;
    /// Notices that were given up, newest first, at most 100, and how many there are.
    fn dead_letters<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>>;
    /// Queues a given-up notice again; false when there is none.
    fn retry<'a>(&'a self, ente: &'a str, dedupe: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>>;
}
