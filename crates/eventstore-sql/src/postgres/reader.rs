//! Reading records on a pool of connections.

use super::connect::CONNECT;
use crate::pending::unavailable;
pub(super) use crate::rows::{contiguous, integer};
use eventstore::{AppendError, Head, Idempotency, Position, ReadError, Record, hash, limits};
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{ColumnIndex, Connection as _, Decode, Postgres, Row, Type};
use std::time::Duration;

/// Connections at most.
const CONNECTIONS: u32 = 8;
/// A connection that was idle for longer is tried before it is used: the server may have been restarted meanwhile.
const TRUSTED: Duration = Duration::from_millis(500);

pub(super) struct Reader {
    pub(super) pool: PgPool,
}

impl Reader {
    pub(super) fn new(options: &PgConnectOptions) -> Self {
        let options = options.clone().options([("statement_timeout", "10000")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT)
            .idle_timeout(Duration::from_mins(5))
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
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
        // PostgreSQL knows no such character; no key with it was ever stored.
        if key.key.contains('\0') {
            return Ok(None);
        }
        let row = sqlx::query_as::<_, ([u8; 32], i64, i64)>(include_str!("sql/get_key.sql"))
            .bind(ente)
            .bind(&key.key)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| unavailable(error.to_string()))?;
        match row {
            Some((fingerprint, first, last)) if fingerprint == key.fingerprint => Ok(Some((first as u64, last as u64))),
            Some(_) => Err(AppendError::KeyReused),
            None => Ok(None),
        }
    }

    pub(super) async fn head(&self, ente: &str) -> Result<Head, ReadError> {
        let row = sqlx::query(include_str!("sql/get_ente.sql"))
            .bind(ente)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| failed(&error, 0))?;
        let Some(row) = row else { return Ok(Head { position: 0, hash: hash::GENESIS }) };
        let position = field::<i64, _>(&row, 0, 0)? as u64;
        Ok(Head { position, hash: field(&row, 1, position)? })
    }
}

pub(super) fn failed(error: &sqlx::Error, position: Position) -> ReadError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
        // data_corrupted, index_corrupted
        Some("XX001" | "XX002") => ReadError::Corrupt { position, reason: error.to_string() },
        _ => ReadError::Unavailable(error.to_string()),
    }
}

pub(super) fn field<'r, T, I>(row: &'r PgRow, index: I, position: Position) -> Result<T, ReadError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
    I: ColumnIndex<PgRow>,
{
    row.try_get(index).map_err(|error| ReadError::Corrupt { position, reason: error.to_string() })
}

/// `near` names the place when the position itself cannot be read.
fn record(row: &PgRow, near: Position) -> Result<Record, ReadError> {
    let position = field::<i64, _>(row, 1, near.saturating_add(1))? as u64;
    let corrupt = |reason: String| ReadError::Corrupt { position, reason };
    let schema_version: i64 = field(row, 6, position)?;
    Ok(Record {
        ente: field(row, 0, position)?,
        position,
        stream: field(row, 2, position)?,
        version: field::<i64, _>(row, 3, position)? as u64,
        event_id: field(row, 4, position)?,
        kind: field(row, 5, position)?,
        schema_version: u32::try_from(schema_version).map_err(|error| corrupt(error.to_string()))?,
        payload: field(row, 7, position)?,
        meta: field(row, 8, position)?,
        recorded_at: Timestamp::from_microsecond(field(row, 9, position)?)
            .map_err(|error| corrupt(error.to_string()))?,
        prev_hash: field(row, 10, position)?,
        hash: field(row, 11, position)?,
    })
}
