//! The connections to the read database, and how each engine is set up.

use hex::encode_upper;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::Duration;
use tokio::time::error::Elapsed;

/// Longest wait for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Longest wait for the answer to a question; a server that is stopped or gone does not end a statement by itself.
pub(crate) const ANSWER: Duration = Duration::from_secs(10);

/// A connection that was used so lately is taken to be alive; a question that finds it dead is asked again.
const FRESH: Duration = Duration::from_secs(1);

/// Losing the last commits of tables that are rebuilt from the log costs nothing: NORMAL, not FULL. What is deleted is
/// overwritten: the data of a person who was forgotten must not linger in free pages. What is sorted for an index of a
/// rebuilt table may be larger than memory, and goes to a file. Pages that a fold touches again are kept (16 MiB) and
/// written back once (each 16 MiB).
const SQLITE_WRITER: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = FILE;
    PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;";
const SQLITE_READER: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;";

/// Every connection. A machine that vanished is noticed within 15 s, so that its locks are free.
pub(crate) const POSTGRES: &str = "SET search_path = letture; SET client_min_messages = warning;
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '15s'; SET application_name = 'sportello-letture';";
/// Rows and checkpoint go together: losing the last commits costs nothing. A transaction that a frozen process left open
/// is ended, for others wait for its rows. A first look at rebuilt tables is short; autovacuum soon takes a longer one.
/// Folds look rows up by their keys: a plan made while the table was empty must not read all of it ever after.
const POSTGRES_WRITER: &str = "SET synchronous_commit = off; SET idle_in_transaction_session_timeout = '30s';
    SET default_statistics_target = 10; SET enable_seqscan = off; SET jit = off;";
/// A question whose asker is gone ends at once, one that takes too long soon.
const POSTGRES_READER: &str = "SET default_transaction_read_only = on; SET statement_timeout = '10s';
    SET client_connection_check_interval = '2s'; SET jit = off;";

/// The engine behind a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) fn begin(self) -> &'static str {
        match self {
            // Takes the write lock at once: a transaction that reads first and then writes could find itself outrun.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Statements that make tables. Texts are compared by their bytes, as SQLite does it, whatever the locale of the
    /// database: lists have one order on both, and an index finds what begins with a text.
    pub(crate) fn ddl(self, statements: &str) -> String {
        match self {
            Self::Sqlite => statements.to_owned(),
            Self::Postgres => statements.replace(" TEXT", " TEXT COLLATE \"C\""),
        }
    }
}

/// The two pools of a read database: one that writes, one that only reads.
pub(crate) struct Pools {
    pub(crate) dialect: Dialect,
    pub(crate) write: AnyPool,
    pub(crate) read: AnyPool,
    /// Address of a database that several nodes share.
    pub(crate) shared: Option<String>,
}

impl Pools {
    /// Opens a database by URL, or a SQLite file by path, made when it is not there.
    pub(crate) async fn open(url_or_path: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url_or_path.starts_with(scheme));
        if is_postgres {
            let write = postgres_pool(POSTGRES_WRITER).max_connections(4).connect(url_or_path).await?;
            let read = postgres_pool(POSTGRES_READER).max_connections(8).connect(url_or_path).await?;
            return Ok(Self { dialect: Dialect::Postgres, write, read, shared: Some(url_or_path.to_owned()) });
        }
        let url = sqlite_url(url_or_path)?;
        // SQLite has one writer; a pool of one is a fair queue before it, where several would wake each other by polling.
        let write = sqlite_pool(SQLITE_WRITER).max_connections(1).connect(&url).await?;
        let read = sqlite_pool(SQLITE_READER).max_connections(4).connect(&url).await?;
        Ok(Self { dialect: Dialect::Sqlite, write, read, shared: None })
    }

    /// A connection that writes.
    pub(crate) async fn writer(&self) -> Result<Lent, sqlx::Error> {
        Ok(Lent { connection: Some(self.write.acquire().await?), dialect: self.dialect })
    }

    /// A connection that reads.
    pub(crate) async fn reader(&self) -> Result<Lent, sqlx::Error> {
        Ok(Lent { connection: Some(self.read.acquire().await?), dialect: self.dialect })
    }

    /// Empties SQLite's log of writes, which holds old pages, as far as running questions allow.
    pub(crate) async fn flush(&self) -> Result<(), sqlx::Error> {
        if self.dialect == Dialect::Sqlite {
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.write).await?;
        }
        Ok(())
    }
}

/// A connection of a pool. Unless it is given back it is closed: the answer that it still owes may never come, and the
/// pool would wait for it.
pub(crate) struct Lent {
    connection: Option<PoolConnection<Any>>,
    dialect: Dialect,
}

impl Lent {
    /// Back to the pool: nothing is owed.
    pub(crate) fn give_back(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SQLite answers always, and its connections hold the shared cache of pages.
        match self.connection.take() {
            Some(connection) if self.dialect == Dialect::Postgres => drop(connection.detach()),
            other => drop(other),
        }
    }
}

impl Deref for Lent {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.connection.as_ref().expect("taken only when it goes back")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.connection.as_mut().expect("taken only when it goes back")
    }
}

/// What work on a lent connection came to. When it was cut short by its deadline the connection is not used again.
pub(crate) fn settle<T, E: From<sqlx::Error>>(connection: Lent, done: Result<Result<T, E>, Elapsed>) -> Result<T, E> {
    done.map_or_else(
        |_| Err(late().into()),
        |done| {
            connection.give_back();
            done
        },
    )
}

/// The database took too long.
fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the read database does not answer"))
}

/// Whether an error says nothing of the statement: the connection is gone, or the server is going.
pub(crate) fn lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::TimedOut,
        sqlx::Error::Protocol(_) => true,
        // Class 57P: shut down by an administrator or after a crash, or starting up; class 08: the connection; 25P03: ended
        // because nothing came for too long, as when server or program hung.
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|c| c.starts_with("57P0") || c.starts_with("08") || c == "25P03")
        }
        _ => false,
    }
}

/// Whether a statement met a table that is not there any more.
pub(crate) fn table_gone(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().is_some_and(|code| code == "42P01") || error.message().starts_with("no such table")
}

fn postgres_pool(settings: &'static str) -> AnyPoolOptions {
    let setup = AnyPoolOptions::new().acquire_timeout(ACQUIRE).test_before_acquire(false);
    let setup = setup.after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(sqlx::raw_sql(POSTGRES)).await?;
            connection.execute(sqlx::raw_sql(settings)).await.map(|_| ())
        })
    });
    setup.before_acquire(|connection, used| {
        Box::pin(async move { Ok(used.idle_for < FRESH || connection.ping().await.is_ok()) })
    })
}

fn sqlite_pool(pragmas: &'static str) -> AnyPoolOptions {
    let setup = AnyPoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None);
    let setup = setup.after_connect(move |connection, _| {
        Box::pin(async move { connection.execute(sqlx::raw_sql(pragmas)).await.map(|_| ()) })
    });
    // On a full disk SQLite rolls back by itself; the driver goes on believing in the transaction and would refuse every
    // further one. Such a connection is closed and a new one opened.
    setup.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

fn sqlite_url(url_or_path: &str) -> Result<String, sqlx::Error> {
    if url_or_path.starts_with("sqlite:") {
        return Ok(url_or_path.to_owned());
    }
    let path = std::path::absolute(Path::new(url_or_path)).map_err(sqlx::Error::Io)?;
    let path = path.to_str().ok_or_else(|| sqlx::Error::Configuration("the path is not UTF-8".into()))?;
    let mut url = String::from("sqlite://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.push_str(&encode_upper([byte]));
        }
    }
    url.push_str("?mode=rwc");
    Ok(url)
}
