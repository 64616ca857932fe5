//! Stretches of the log: read on the readers' pool, written by the writer between two groups.

use super::SqliteStore;
use super::reader::{Reader, bytes, failed, field};
use super::writer::{self, Lookup, Message};
use crate::Engine;
use crate::group::Heads as _;
use crate::rows::integer;
use crate::stretch;
use eventstore::stretch::Sound;
use eventstore::transfer::{Numero, Stretch, Transfer, TransferError, UsedKey};
use eventstore::{AppendError, Head, Position, ReadError, RegistroKey};
use futures_core::future::BoxFuture;
use rusqlite::{Connection, ErrorCode, params};
use tokio::sync::oneshot;

/// A stretch and who waits for it.
pub(super) struct Bulk {
    pub(super) ente: String,
    pub(super) sound: Sound,
    pub(super) answer: oneshot::Sender<Result<Head, TransferError>>,
}

impl Reader {
    async fn enti(&self) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT ente FROM ente_head WHERE position > 0 ORDER BY ente";
        sqlx::query_scalar(sql).fetch_all(&self.pool).await.map_err(|error| failed(&error, 0))
    }

    async fn stretch(&self, ente: &str, after: Position, limit: usize) -> Result<Stretch, ReadError> {
        let records = stretch::records(after, limit, |after, limit| self.read_all(ente, after, limit)).await?;
        let Some(last) = records.last().map(|last| last.position) else { return Ok(Stretch::default()) };
        // Written in the same commits as the records that were just read: no common snapshot is needed.
        let numeri = self.numeri(ente, after, last).await?;
        let keys = self.keys(ente, after, last).await?;
        Ok(Stretch { records, numeri, keys })
    }

    async fn numeri(&self, ente: &str, after: Position, last: Position) -> Result<Vec<Numero>, ReadError> {
        let rows = sqlx::query(include_str!("sql/numeri_between.sql"))
            .bind(ente)
            .bind(integer(after))
            .bind(integer(last))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error, after + 1))?;
        let numeri = rows.iter().map(|row| {
            let registro = RegistroKey { codice: field(row, 0, last)?, anno: field(row, 1, last)? };
            let (numero, position) = (field::<i64, _>(row, 2, last)? as u64, field::<i64, _>(row, 3, last)? as u64);
            Ok(Numero { registro, numero, position })
        });
        numeri.collect()
    }

    async fn keys(&self, ente: &str, after: Position, last: Position) -> Result<Vec<UsedKey>, ReadError> {
        let rows = sqlx::query(include_str!("sql/keys_between.sql"))
            .bind(ente)
            .bind(integer(after))
            .bind(integer(last))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| failed(&error, after + 1))?;
        let keys = rows.iter().map(|row| {
            let (first, last) = (field::<i64, _>(row, 2, last)? as u64, field::<i64, _>(row, 3, last)? as u64);
            Ok(UsedKey { key: field(row, 0, first)?, fingerprint: bytes(row, 1, first)?, first, last })
        });
        keys.collect()
    }
}

/// Writes a stretch in the open transaction, if it continues the log.
pub(super) fn store(conn: &Connection, ente: &str, sound: &Sound) -> Result<(), TransferError> {
    check(conn, ente, sound)?;
    write(conn, ente, sound).map_err(|error| refused(&error))
}

fn check(conn: &Connection, ente: &str, sound: &Sound) -> Result<(), TransferError> {
    let failed = |error: rusqlite::Error| TransferError::Unavailable(error.to_string());
    let mut heads = Lookup(conn);
    let head = heads.ente(ente).map_err(failed)?;
    sound.continues(Head { position: head.position, hash: head.hash }, head.recorded_at)?;
    for (stream, _, _) in sound.streams() {
        sound.continues_stream(stream, heads.stream(ente, stream).map_err(failed)?)?;
    }
    for (registro, _, _) in sound.registri() {
        sound.continues_registro(registro, heads.registro(ente, registro).map_err(failed)?)?;
    }
    Ok(())
}

fn write(conn: &Connection, ente: &str, sound: &Sound) -> rusqlite::Result<()> {
    let Stretch { records, numeri, keys } = sound.stretch();
    writer::insert_records(conn, records)?;
    let mut insert = conn.prepare_cached(include_str!("sql/insert_numero.sql"))?;
    for Numero { registro, numero, position } in numeri {
        insert.execute(params![ente, registro.codice, registro.anno, *numero as i64, *position as i64])?;
    }
    let mut insert = conn.prepare_cached(include_str!("sql/insert_key.sql"))?;
    for UsedKey { key, fingerprint, first, last } in keys {
        insert.execute(params![ente, key, fingerprint, *first as i64, *last as i64])?;
    }
    let mut put = conn.prepare_cached(include_str!("sql/put_stream.sql"))?;
    for (stream, _, version) in sound.streams() {
        put.execute(params![ente, stream, version as i64])?;
    }
    let mut put = conn.prepare_cached(include_str!("sql/put_registro.sql"))?;
    for (registro, _, numero) in sound.registri() {
        put.execute(params![ente, registro.codice, registro.anno, numero as i64])?;
    }
    let (head, recorded_at) = (sound.head(), sound.last().recorded_at.as_microsecond());
    let mut put = conn.prepare_cached(include_str!("sql/put_ente.sql"))?;
    put.execute(params![ente, head.position as i64, head.hash, recorded_at]).map(drop)
}

fn refused(error: &rusqlite::Error) -> TransferError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            TransferError::Unsound(format!("something of it is already stored: {error}"))
        }
        _ => TransferError::Unavailable(error.to_string()),
    }
}

impl Transfer for SqliteStore {
    fn enti(&self) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        Box::pin(self.reader.enti())
    }

    fn read_stretch<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Stretch, ReadError>> {
        Box::pin(self.reader.stretch(ente, after, limit))
    }

    fn write_stretch<'a>(&'a self, ente: &'a str, stretch: Stretch) -> BoxFuture<'a, Result<Head, TransferError>> {
        Box::pin(async move {
            let ente = ente.to_owned();
            let stopped = || TransferError::Unavailable("the log's writer stopped before it answered".into());
            // Thousands of hashes: not on a thread that serves requests.
            let checked = tokio::task::spawn_blocking(move || (Sound::check(&ente, stretch), ente)).await;
            let (sound, ente) = checked.map_err(|error| TransferError::Unavailable(error.to_string()))?;
            let (answer, answered) = oneshot::channel();
            self.send(Message::Stretch(Box::new(Bulk { ente, sound: sound?, answer }))).map_err(
                |error| match error {
                    AppendError::Unavailable { reason, .. } => TransferError::Unavailable(reason),
                    other => TransferError::Unavailable(other.to_string()),
                },
            )?;
            answered.await.unwrap_or_else(|_| Err(stopped()))
        })
    }
}

impl Engine for SqliteStore {
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(SqliteStore::close(self))
    }
}
