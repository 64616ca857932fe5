//! One synced commit a filing on SQLite: what a server does that does not group, through a pool of sqlx.
//!
//! The pool has one connection, because SQLite has one writer: with more, they wait for each other's lock and fare worse.

use super::group_sqlite::{ENTE, EVENT, KEY, NUMERO, REGISTRO, STREAM};
use super::rows::{Filing, Samples};
use super::{Writer, now};
use crate::Failure;
use eventstore_sql::LOG_FILE;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

/// Its pool.
pub struct Naive {
    pool: SqlitePool,
    samples: Samples,
}

impl Naive {
    /// Opens the pool on a log whose tables are there.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn open(folder: &Path, samples: &Samples) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(LOG_FILE))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "4000")
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_mins(1));
        Ok(Self { pool: pool.connect_with(options).await?, samples: samples.clone() })
    }
}

impl Writer for Naive {
    async fn file(&self, filing: Filing) -> Result<u64, Failure> {
        let ente = self.samples.ente.as_str();
        let register = self.samples.register_stream();
        let (anno, at) = (self.samples.anno, now());
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let head = sqlx::query("SELECT position, hash FROM ente_head WHERE ente = ?1");
        let head = head.bind(ente).fetch_optional(&mut *tx).await?;
        let (mut position, mut hash) = match head {
            Some(row) => (row.try_get::<i64, _>(0)?, row.try_get::<Vec<u8>, _>(1)?),
            None => (0, vec![0; 32]),
        };
        let last = sqlx::query("SELECT numero FROM registro_head WHERE ente = ?1 AND registro = 'PROT' AND anno = ?2");
        let last = last.bind(ente).bind(anno).fetch_optional(&mut *tx).await?;
        let numero = last.map(|row| row.try_get::<i64, _>(0)).transpose()?.unwrap_or(0) + 1;
        let (first, mut version) = (position + 1, 0);
        for row in &filing.rows {
            position += 1;
            let (stream, version) = if row.entry {
                (&register, numero)
            } else {
                version += 1;
                (&filing.stream, version)
            };
            let insert = sqlx::query(EVENT).bind(ente).bind(position).bind(stream).bind(version);
            let insert = insert.bind(&row.event_id.as_bytes()[..]).bind(&*row.kind).bind(row.schema_version);
            let insert = insert.bind(&*row.payload).bind(&*row.meta).bind(at).bind(hash);
            insert.bind(&filing.fingerprint[..]).execute(&mut *tx).await?;
            hash = filing.fingerprint.to_vec();
        }
        sqlx::query(NUMERO).bind(ente).bind(anno).bind(numero).bind(first).execute(&mut *tx).await?;
        let key = sqlx::query(KEY).bind(ente).bind(&filing.key).bind(&filing.fingerprint[..]);
        key.bind(first).bind(position).execute(&mut *tx).await?;
        for (stream, version) in [(&filing.stream, version), (&register, numero)] {
            sqlx::query(STREAM).bind(ente).bind(stream).bind(version).execute(&mut *tx).await?;
        }
        sqlx::query(REGISTRO).bind(ente).bind(anno).bind(numero).execute(&mut *tx).await?;
        sqlx::query(ENTE).bind(ente).bind(position).bind(hash).bind(at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(numero as u64)
    }
}
