//! The working database: uploads not yet filed, sessions, positions of processes, notices on their way.
//!
//! Nothing here is a record of anything: the log never depends on it, and what is lost with it is either asked for again
//! (sign-in, upload) or found again in the log (which notices were delivered).

mod consegne;
mod sessioni;
#[cfg(test)]
mod tests;
mod uploads;

use app::ports::{BoxFuture, Consegna, Upload, WorkError, WorkState};
use domain::ids::AllegatoId;
use jiff::Timestamp;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Connection as _, Executor};
use std::borrow::Cow;
use std::time::Duration;

/// Limits of the working database. Each has a test.
pub mod limits {
    /// Bytes of one session.
    pub const SESSION_BYTES: usize = 64 * 1024;
    /// Given-up notices shown at once.
    pub const DEAD_LETTERS: i64 = 100;
    /// Notices taken at once; a larger request is cut to this.
    pub const LEASE: u32 = 500;
    /// Uploads asked for at once.
    pub const UPLOADS: usize = 100;
    /// Notices queued in one transaction.
    pub const ENQUEUE: usize = 1_000;
}

/// Connections at most. SQLite has one writer at a time; the others read.
const CONNECTIONS: u32 = 4;
/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(10);

/// The working database on SQL. SQLite now; every statement is one that PostgreSQL understands too.
#[derive(Debug, Clone)]
pub struct SqlWorkState {
    pool: AnyPool,
}

impl SqlWorkState {
    /// Opens (and on SQLite makes) the database at `url`, such as `sqlite:///var/lib/sportello/lavoro.db`, and makes the
    /// tables that are missing.
    ///
    /// # Errors
    /// [`WorkError`] when it cannot be opened.
    pub async fn open(url: &str) -> Result<Self, WorkError> {
        install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        // FULL: a notice marked as delivered stays so after a power loss, and is not sent twice.
                        connection
                            .execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000;")
                            .await?;
                    }
                    Ok(())
                })
            })
            // On a full disk SQLite rolls back by itself; the driver goes on believing in the transaction, and a new one
            // on that connection would be none. It is closed and another one opened.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect(&creating(url))
            .await
            .map_err(unavailable)?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await.map_err(unavailable)?;
        Ok(Self { pool })
    }

    /// Waits for running statements and closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// SQLite makes the file only when it is told to.
fn creating(url: &str) -> Cow<'_, str> {
    if !url.starts_with("sqlite:") || url.contains("mode=") || url.contains(":memory:") {
        return Cow::Borrowed(url);
    }
    Cow::Owned(format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' }))
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
    fn put_upload(&self, upload: Upload) -> BoxFuture<'_, Result<(), WorkError>> {
        Box::pin(uploads::put(&self.pool, upload))
    }

    fn uploads<'a>(&'a self, ente: &'a str, ids: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>> {
        Box::pin(uploads::get(&self.pool, ente, ids))
    }

    fn save_session(&self, key: String, data: Vec<u8>, expires: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        Box::pin(sessioni::save(&self.pool, key, data, expires))
    }

    fn session<'a>(&'a self, key: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>> {
        Box::pin(sessioni::get(&self.pool, key, now))
    }

    fn delete_session<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(sessioni::delete(&self.pool, key))
    }

    fn purge_sessions(&self, now: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>> {
        Box::pin(sessioni::purge(&self.pool, now))
    }

    fn process_position<'a>(&'a self, process: &'a str, ente: &'a str) -> BoxFuture<'a, Result<u64, WorkError>> {
        Box::pin(consegne::position(&self.pool, process, ente))
    }

    fn enqueue<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(consegne::enqueue(&self.pool, process, ente, position, consegne))
    }

    fn lease_due(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>> {
        Box::pin(consegne::lease_due(&self.pool, now, lease, limit))
    }

    fn settle(&self, consegna: Consegna) -> BoxFuture<'_, Result<(), WorkError>> {
        Box::pin(consegne::settle(&self.pool, consegna))
    }

    fn dead_letters<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>> {
        Box::pin(consegne::dead_letters(&self.pool, ente))
    }

    fn retry<'a>(&'a self, ente: &'a str, dedupe: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        Box::pin(consegne::retry(&self.pool, ente, dedupe, now))
    }
}
