//! Connections to the two engines, and the few places where their SQL differs.

use crate::limits;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection as _};
use std::borrow::Cow;
use std::time::Duration;

/// Connections at most, of each node. SQLite has one writer at a time; the others read.
const CONNECTIONS: u32 = 4;
/// An idle connection is asked whether it is alive only after this long: asking costs a round trip each time.
const FRESH: Duration = Duration::from_secs(1);

/// FULL: a notice marked as delivered stays so after a power loss, and is not sent twice. `secure_delete`: what was removed
/// leaves no bytes in the file.
const SQLITE: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000;
    PRAGMA secure_delete=ON;";
/// What a node that vanished held is free again within seconds: its transaction ends, its connection is noticed.
const POSTGRES: &str = "SET search_path TO lavoro; SET client_min_messages TO warning;
    SET statement_timeout TO '10s'; SET idle_in_transaction_session_timeout TO '10s';
    SET tcp_keepalives_idle TO 10; SET tcp_keepalives_interval TO 5; SET tcp_keepalives_count TO 3;";
/// The number tells this part of the database from others that make their schemas under such a lock.
const POSTGRES_SCHEMA: [&str; 3] = [
    "SET LOCAL statement_timeout TO '60s'",
    "SELECT pg_advisory_xact_lock(7310589213)",
    "CREATE SCHEMA IF NOT EXISTS lavoro",
];

/// The SQL of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) fn of(url: &str) -> Self {
        if url.starts_with("sqlite:") { Self::Sqlite } else { Self::Postgres }
    }

    fn on_connect(self) -> &'static str {
        match self {
            Self::Sqlite => SQLITE,
            Self::Postgres => POSTGRES,
        }
    }

    /// Begins a transaction that changes tables.
    pub(crate) fn begin_alone(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// What must precede the first table.
    pub(crate) fn prepare_schema(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &POSTGRES_SCHEMA,
        }
    }

    /// A step of the layout. On PostgreSQL text compares byte by byte: an index in a language's order breaks when the
    /// system's library changes that order.
    pub(crate) fn text_of(self, step: &str) -> String {
        match self {
            Self::Sqlite => step.to_owned(),
            Self::Postgres => step.replace(" TEXT", " TEXT COLLATE \"C\""),
        }
    }

    /// The end of a subselect whose rows another node may be changing: those are left out. SQLite has one writer.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}

/// Opens a pool; on SQLite it makes the file.
pub(crate) async fn connect(url: &str, dialect: Dialect) -> Result<AnyPool, sqlx::Error> {
    install_default_drivers();
    let options = AnyPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(limits::ACQUIRE)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(dialect.on_connect()).execute(connection).await.map(|_| ()) })
        })
        .before_acquire(|connection, meta| Box::pin(usable(connection, meta.idle_for)));
    // The pool asks each connection that comes back whether it is alive. A server that never answers would keep it for
    // ever, and after four of them the node would stay without any even when the server is back.
    let options = match dialect {
        Dialect::Sqlite => options,
        Dialect::Postgres => options.after_release(|connection, _| {
            Box::pin(async move {
                let answer = tokio::time::timeout(limits::ACQUIRE, connection.ping()).await;
                answer.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
            })
        }),
    };
    options.connect(&creating(url)).await
}

/// On a full disk SQLite rolls back by itself; the driver goes on believing in the transaction, and a new one on that
/// connection would be none. It is closed and another one opened.
async fn usable(connection: &mut AnyConnection, idle: Duration) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        return Ok(false);
    }
    if idle >= FRESH {
        connection.ping().await?;
    }
    Ok(true)
}

/// SQLite makes the file only when it is told to.
fn creating(url: &str) -> Cow<'_, str> {
    if !url.starts_with("sqlite:") || url.contains("mode=") || url.contains(":memory:") {
        return Cow::Borrowed(url);
    }
    Cow::Owned(format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' }))
}
