//! The working database: uploads not yet filed, drafts and profiles (sealed), sessions, positions of processes, notices on their way.
//!
//! Nothing here is a record of anything: the log never depends on it, and what is lost with it is either asked for again
//! (sign-in, upload) or found again in the log (which notices were delivered).
//!
//! On PostgreSQL (schema `lavoro`) any number of nodes share it: whatever two nodes must not do at once is one statement,
//! judged under a row's lock.

mod bozze;
mod consegne;
mod database;
mod layout;
mod processi;
mod sessioni;
#[cfg(test)]
mod tests;
mod uploads;

use app::ports::{BoxFuture, Bozze, Consegna, Quota, Upload, UsoUpload, WorkError, WorkState};
use database::Dialect;
use domain::ids::{AllegatoId, PersonaId};
use jiff::Timestamp;
use sqlx::AnyPool;

/// Limits of the working database. Each has a test.
pub mod limits {
    use std::time::Duration;

    /// Bytes of one session.
    pub const SESSION_BYTES: usize = 64 * 1024;
    /// Given-up notices shown at once.
    pub const DEAD_LETTERS: i64 = 100;
    /// Notices taken at once; a larger request is cut to this.
    pub const LEASE: u32 = 500;
    /// Uploads asked for at once.
    pub const UPLOADS: usize = 100;
    /// Files noted as filed in one transaction.
    pub const FILED: usize = 10_000;
    /// Bytes of one draft, and of one profile.
    pub const SEALED_BYTES: usize = 256 * 1024;
    /// Files that one draft names.
    pub const DRAFT_FILES: usize = 100;
    /// Drafts given at once.
    pub const DRAFTS: u32 = 100;
    /// Uploads forgotten at once.
    pub const FORGET: i64 = 1_000;
    /// Notices queued in one transaction.
    pub const ENQUEUE: usize = 1_000;
    /// Ended sessions removed at once.
    pub const PURGE: i64 = 10_000;
    /// How long a caller waits for a connection.
    pub const ACQUIRE: Duration = Duration::from_secs(5);
    /// How long a caller waits for an answer altogether: longer than a statement may run (10 seconds), so that this is
    /// the word on a server that says nothing at all.
    pub const ANSWER: Duration = Duration::from_secs(12);
}

/// The working database on SQLite or PostgreSQL.
#[derive(Debug, Clone)]
pub struct SqlWorkState {
    pool: AnyPool,
    dialect: Dialect,
}

impl SqlWorkState {
    /// Opens (and on SQLite makes) the database at `url`, such as `sqlite:///var/lib/sportello/lavoro.db` or
    /// `postgres://sportello@db/sportello`, and brings its tables up to date.
    ///
    /// # Errors
    /// [`WorkError`] when it cannot be opened, or a newer version of this program made its tables.
    pub async fn open(url: &str) -> Result<Self, WorkError> {
        let dialect = Dialect::of(url);
        let pool = database::connect(url, dialect).await.map_err(unavailable)?;
        layout::update(&pool, dialect).await?;
        Ok(Self { pool, dialect })
    }

    /// Waits for running statements and closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A statement that is given up may have had its effect all the same.
fn answered<'a, T: Send + 'a>(
    work: impl Future<Output = Result<T, WorkError>> + Send + 'a,
) -> BoxFuture<'a, Result<T, WorkError>> {
    Box::pin(async move {
        let answer = tokio::time::timeout(limits::ANSWER, work).await;
        answer.unwrap_or_else(|_| Err(WorkError(format!("no answer within {} s", limits::ANSWER.as_secs()))))
    })
}

fn unavailable(error: sqlx::Error) -> WorkError {
    WorkError(error.to_string())
}

/// A stored value that this program did not write.
fn strange(column: &str, value: impl std::fmt::Display) -> WorkError {
    WorkError(format!("column {column} holds {value}"))
}

/// Microseconds since 1970; what is finer is cut off.
fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

fn instant(column: &str, micros: i64) -> Result<Timestamp, WorkError> {
    Timestamp::from_microsecond(micros).map_err(|_| strange(column, micros))
}

/// SQL's integers are signed; positions and sizes stay far below that.
fn signed(column: &str, value: u64) -> Result<i64, WorkError> {
    i64::try_from(value).map_err(|_| strange(column, value))
}

fn unsigned(column: &str, value: i64) -> Result<u64, WorkError> {
    u64::try_from(value).map_err(|_| strange(column, value))
}

impl WorkState for SqlWorkState {
    fn bozze(&self) -> &dyn Bozze {
        self
    }

    fn put_upload(&self, upload: Upload, quota: Quota) -> BoxFuture<'_, Result<bool, WorkError>> {
        answered(uploads::put(&self.pool, upload, quota))
    }

    fn upload_use<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        dal: Timestamp,
    ) -> BoxFuture<'a, Result<UsoUpload, WorkError>> {
        answered(uploads::used(&self.pool, ente, persona, dal))
    }

    fn note_filed<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        ids: Vec<AllegatoId>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(uploads::note_filed(&self.pool, process, ente, position, ids))
    }

    fn forget_uploads<'a>(&'a self, ente: &'a str, before: Timestamp) -> BoxFuture<'a, Result<u64, WorkError>> {
        answered(uploads::forget(&self.pool, ente, before))
    }

    fn known_files<'a>(
        &'a self,
        ente: &'a str,
        ids: &'a [AllegatoId],
    ) -> BoxFuture<'a, Result<Vec<AllegatoId>, WorkError>> {
        answered(uploads::known(&self.pool, ente, ids))
    }

    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>> {
        answered(uploads::get(&self.pool, ente, ids))
    }

    fn save_session(&self, key: String, data: Vec<u8>, expires: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        answered(sessioni::save(&self.pool, key, data, expires))
    }

    fn renew_session<'a>(
        &'a self,
        key: &'a str,
        data: Vec<u8>,
        expires: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(sessioni::renew(&self.pool, key, data, expires, now))
    }

    fn session<'a>(&'a self, key: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>> {
        answered(sessioni::get(&self.pool, key, now))
    }

    fn delete_session<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(sessioni::delete(&self.pool, key))
    }

    fn purge_sessions(&self, now: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>> {
        answered(sessioni::purge(&self.pool, self.dialect, now))
    }

    fn hold<'a>(
        &'a self,
        process: &'a str,
        node: &'a str,
        now: Timestamp,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(processi::hold(&self.pool, process, node, now, until))
    }

    fn release<'a>(&'a self, process: &'a str, node: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(processi::release(&self.pool, process, node))
    }

    fn process_position<'a>(&'a self, process: &'a str, ente: &'a str) -> BoxFuture<'a, Result<u64, WorkError>> {
        answered(processi::position(&self.pool, process, ente))
    }

    fn enqueue<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(consegne::enqueue(&self.pool, process, ente, position, consegne))
    }

    fn rewind<'a>(&'a self, process: &'a str, ente: &'a str, position: u64) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(processi::rewind(&self.pool, process, ente, position))
    }

    fn lease_due(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>> {
        answered(consegne::lease_due(&self.pool, self.dialect, now, lease, limit))
    }

    fn note_attempt<'a>(&'a self, consegna: &'a Consegna, lease: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(consegne::note_attempt(&self.pool, consegna, lease))
    }

    fn note_handed_over<'a>(&'a self, consegna: &'a Consegna, at: Timestamp) -> BoxFuture<'a, Result<(), WorkError>> {
        answered(consegne::note_handed_over(&self.pool, consegna, at))
    }

    fn settle(&self, consegna: Consegna, lease: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        answered(consegne::settle(&self.pool, consegna, lease))
    }

    fn dead_letters<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>> {
        answered(consegne::dead_letters(&self.pool, ente))
    }

    fn retry<'a>(&'a self, ente: &'a str, dedupe: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        answered(consegne::retry(&self.pool, ente, dedupe, now))
    }
}
