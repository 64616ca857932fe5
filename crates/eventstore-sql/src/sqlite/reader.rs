//! Reading records on a pool of read-only connections.

use crate::pending::unavailable;
pub(super) use crate::rows::{contiguous, integer};
use eventstore::{AppendError, Head, Idempotency, Position, ReadError, Record, hash, limits};
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{ColumnIndex, Decode, Row, Sqlite, Type};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

pub(super) struct Reader {
    pub(super) pool: SqlitePool,
}

impl Reader {
    pub(super) fn new(path: &Path, connections: u32) -> Self {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5));
        // Connections to a local file do not age and need no test; without ageing the pool needs no task of its own.
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self { pool }
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) async fn read_all(&self, ente: &str, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let rows = sqlx::query(include_str!("sql/read_all.sql"))
            .bind(ente)
            .bind(integer(after))
            .bind(limit.min(limits::PAGE) as i64)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error, after.saturating_add(1)))?;
        let records = rows.iter().map(|row| record(row, after)).collect::<Result<Vec<_>, _>>()?;
        // Positions have no holes, so that `position > n` is a cursor; a hole is damage.
        contiguous(&records, after, |record| record.position)?;
        Ok(records)
    }

    pub(super) async fn read_stream(
        &self,
        ente: &str,
        stream: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, ReadError> {
        let rows = sqlx::query(include_str!("sql/read_stream.sql"))
            .bind(ente)
            .bind(stream)
            .bind(integer(after))
            .bind(limit.min(limits::PAGE) as i64)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error, 0))?;
        let records = rows.iter().map(|row| record(row, 0)).collect::<Result<Vec<_>, _>>()?;
        contiguous(&records, after, |record| record.version)?;
        Ok(records)
    }

    pub(super) async fn applied(
        &self,
        ente: &str,
        key: &Idempotency,
    ) -> Result<Option<(Position, Position)>, AppendError> {
        let row = sqlx::query(include_str!("sql/get_key.sql"))
            .bind(ente)
            .bind(&key.key)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| unavailable(error.to_string()))?;
        let Some(row) = row else { return Ok(None) };
        let read = || -> Result<([u8; 32], Position, Position), ReadError> {
            let (first, last) = (field::<i64, _>(&row, 1, 0)? as u64, field::<i64, _>(&row, 2, 0)? as u64);
            Ok((bytes(&row, 0, first)?, first, last))
        };
        let (fingerprint, first, last) = read().map_err(|error| unavailable(error.to_string()))?;
        if fingerprint == key.fingerprint { Ok(Some((first, last))) } else { Err(AppendError::KeyReused) }
    }

    pub(super) async fn head(&self, ente: &str) -> Result<Head, ReadError> {
        let row = sqlx::query(include_str!("sql/get_ente.sql"))
            .bind(ente)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| failed(&error, 0))?;
        let Some(row) = row else { return Ok(Head { position: 0, hash: hash::GENESIS }) };
        let position = field::<i64, _>(&row, 0, 0)? as u64;
        Ok(Head { position, hash: bytes(&row, 1, position)? })
    }
}

pub(super) fn failed(error: &sqlx::Error, position: Position) -> ReadError {
    match error {
        // SQLITE_CORRUPT and SQLITE_NOTADB.
        sqlx::Error::Database(database)
            if matches!(database.code().as_deref(), Some("11" | "26" | "267" | "523" | "779")) =>
        {
            ReadError::Corrupt { position, reason: error.to_string() }
        }
        _ => ReadError::Unavailable(error.to_string()),
    }
}

pub(super) fn field<'r, T, I>(row: &'r SqliteRow, index: I, position: Position) -> Result<T, ReadError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
    I: ColumnIndex<SqliteRow>,
{
    row.try_get(index).map_err(|error| ReadError::Corrupt { position, reason: error.to_string() })
}

pub(super) fn bytes<const N: usize>(row: &SqliteRow, index: usize, position: Position) -> Result<[u8; N], ReadError> {
    let stored: &[u8] = field(row, index, position)?;
    let reason = || format!("column {index} has {} bytes instead of {N}", stored.len());
    stored.try_into().map_err(|_| ReadError::Corrupt { position, reason: reason() })
}

/// `near` names the place when the position itself cannot be read.
fn record(row: &SqliteRow, near: Position) -> Result<Record, ReadError> {
    let position = field::<i64, _>(row, 1, near.saturating_add(1))? as u64;
    let recorded_at = Timestamp::from_microsecond(field(row, 9, position)?)
        .map_err(|error| ReadError::Corrupt { position, reason: error.to_string() })?;
    Ok(Record {
        ente: field(row, 0, position)?,
        position,
        stream: field(row, 2, position)?,
        version: field::<i64, _>(row, 3, position)? as u64,
        event_id: Uuid::from_bytes(bytes(row, 4, position)?),
        kind: field(row, 5, position)?,
        schema_version: field(row, 6, position)?,
        payload: field(row, 7, position)?,
        meta: field(row, 8, position)?,
        recorded_at,
        prev_hash: bytes(row, 10, position)?,
        hash: bytes(row, 11, position)?,
    })
}
