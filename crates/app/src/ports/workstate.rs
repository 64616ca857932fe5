//! Working data: what may change and vanish, and is no record of anything (sessions, drafts, uploads not yet filed, delivery
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

/// What a person may send before filing any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Uploads are counted from then on.
    pub dal: Timestamp,
    /// So many, at most.
    pub numero: u64,
    /// Bytes of all uploads that are not filed, at most.
    pub byte: u64,
}

/// What a person has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsoUpload {
    /// Uploads since the instant asked for.
    pub numero: u64,
    /// Bytes of all uploads that are not filed.
    pub byte: u64,
}

/// A draft as it is kept: what was filled in is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BozzaChiusa {
    /// Id; also the subject of its key.
    pub id: Uuid,
    /// Ente.
    pub ente: String,
    /// Whose; nobody else sees it.
    pub proprietario: PersonaId,
    /// The sealed part.
    pub dati: Vec<u8>,
    /// When it was begun.
    pub creata: Timestamp,
    /// When it was last changed.
    pub aggiornata: Timestamp,
    /// From then on it is nobody's any more.
    pub scade: Timestamp,
}

/// A profile as it is kept: sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfiloChiuso {
    /// Subject of its key.
    pub soggetto: Uuid,
    /// The sealed part.
    pub dati: Vec<u8>,
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

/// Drafts and profiles in the working database.
pub trait Bozze: Send + Sync {
    /// Keeps a new draft, with the files it names, if its person has fewer than `max` that have not expired; says whether.
    fn add_draft(&self, draft: BozzaChiusa, files: Vec<AllegatoId>, max: u64)
    -> BoxFuture<'_, Result<bool, WorkError>>;
    /// Drafts of a person that have not expired, the one changed last first; a limited number.
    fn drafts<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>>;
    /// A draft of a person that has not expired.
    fn draft<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<BozzaChiusa>, WorkError>>;
    /// Keeps new content and the files it names, when the draft is still as it was at `seen` and has not expired at `now`;
    /// says whether. With a new expiry its person may be told of that one again.
    fn save_draft(
        &self,
        draft: BozzaChiusa,
        files: Vec<AllegatoId>,
        seen: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<bool, WorkError>>;
    /// Removes a draft; its files are swept as if it had never named them. False when there is none.
    fn delete_draft<'a>(&'a self, ente: &'a str, id: Uuid) -> BoxFuture<'a, Result<bool, WorkError>>;
    /// Drafts that expired at `now`, at most `limit`, oldest first.
    fn expired_drafts<'a>(
        &'a self,
        ente: &'a str,
        now: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, WorkError>>;
    /// Drafts that expire after the one at `after` and no later than `until`, whose persons were not told yet, by expiry,
    /// at most `limit`.
    fn expiring_drafts<'a>(
        &'a self,
        ente: &'a str,
        after: (Timestamp, Uuid),
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>>;
    /// Writes down that the person was told of the expiry at `scade`; nothing when the draft was saved meanwhile.
    fn note_warned<'a>(
        &'a self,
        ente: &'a str,
        id: Uuid,
        scade: Timestamp,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), WorkError>>;

    /// The profile of a person.
    fn profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
    ) -> BoxFuture<'a, Result<Option<ProfiloChiuso>, WorkError>>;
    /// Keeps a profile in the place of the one with the same subject, or of none; false when there is one with another.
    fn save_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        profile: ProfiloChiuso,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>>;
    /// Removes the profile of a person with this subject; false when there is none.
    fn delete_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        soggetto: Uuid,
    ) -> BoxFuture<'a, Result<bool, WorkError>>;
}

/// The working database. Any number of nodes may share one: each method is one atomic step, and what one node wrote the
/// others see. Instants are the caller's: where nodes compare them (leases), their clocks must agree within seconds.
pub trait WorkState: Send + Sync {
    /// Drafts and profiles.
    fn bozze(&self) -> &dyn Bozze;

    /// Keeps an upload if its person stays within the quota; says whether. Nodes that are asked at the very same time may
    /// each say yes: the quota is a fence, not a price.
    fn put_upload(&self, upload: Upload, quota: Quota) -> BoxFuture<'_, Result<bool, WorkError>>;
    /// What a person has sent.
    fn upload_use<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        dal: Timestamp,
    ) -> BoxFuture<'a, Result<UsoUpload, WorkError>>;
    /// Notes files that the log knows as filed and moves the process on, in one transaction. They are known from then on,
    /// whether or not their upload is.
    fn note_filed<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        ids: Vec<AllegatoId>,
    ) -> BoxFuture<'a, Result<(), WorkError>>;
    /// Forgets uploads sent before an instant that nobody filed and no draft names, a limited number at once; says how many.
    fn forget_uploads<'a>(&'a self, ente: &'a str, before: Timestamp) -> BoxFuture<'a, Result<u64, WorkError>>;
    /// Those of the ids that are an upload or a filed file, in no order.
    fn known_files<'a>(
        &'a self,
        ente: &'a str,
        ids: &'a [AllegatoId],
    ) -> BoxFuture<'a, Result<Vec<AllegatoId>, WorkError>>;
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
