//! Stretches of the log: read on the readers' pool, written under the lock of their ente by a connection of their own.

use super::connect;
use super::reader::{Reader, failed, field};
use super::store::PostgresStore;
use super::write::{Statement, bind_records};
use crate::rows::integer;
use crate::stretch;
use eventstore::stretch::Sound;
use eventstore::transfer::{Numero, Stretch, Transfer, TransferError, UsedKey};
use eventstore::{Head, Position, ReadError, RegistroKey};
use futures_core::future::BoxFuture;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;

/// How long a stretch may take, the wait for the lock of its ente included; then the connection is given up.
const DEADLINE: Duration = Duration::from_mins(1);

impl Reader {
    async fn enti(&self) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT ente FROM registro.ente_head WHERE position > 0 ORDER BY ente";
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
            let anno: i64 = field(row, 1, last)?;
            let anno = i16::try_from(anno)
                .map_err(|error| ReadError::Corrupt { position: last, reason: format!("year {anno}: {error}") })?;
            let registro = RegistroKey { codice: field(row, 0, last)?, anno };
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
            Ok(UsedKey { key: field(row, 0, first)?, fingerprint: field(row, 1, first)?, first, last })
        });
        keys.collect()
    }
}

/// One transaction. When it breaks off during the commit the outcome is unknown, and the head tells.
async fn store(conn: &mut PgConnection, ente: &str, sound: &Sound) -> Result<(), TransferError> {
    let mut transaction = conn.begin().await.map_err(|error| refused(&error))?;
    check(&mut transaction, ente, sound).await?;
    let written =
        bind(sqlx::query(include_str!("sql/write_stretch.sql")), ente, sound).execute(&mut *transaction).await;
    let written = written.map_err(|error| refused(&error))?;
    if written.rows_affected() != 1 {
        return Err(TransferError::Unavailable("the head of the ente is gone, verify the log".into()));
    }
    transaction.commit().await.map_err(|error| refused(&error))
}

/// Locks the head of the ente, and compares in later statements, whose snapshots are of after the wait.
async fn check(conn: &mut PgConnection, ente: &str, sound: &Sound) -> Result<(), TransferError> {
    let unavailable = |error: sqlx::Error| refused(&error);
    sqlx::query(include_str!("sql/new_ente.sql")).bind(ente).execute(&mut *conn).await.map_err(unavailable)?;
    let head = sqlx::query_as::<_, (i64, [u8; 32], i64)>(include_str!("sql/lock_ente.sql")).bind(ente);
    let (position, hash, recorded_at) = head.fetch_one(&mut *conn).await.map_err(unavailable)?;
    sound.continues(Head { position: position as u64, hash }, recorded_at)?;

    let names: Vec<_> = sound.streams().map(|(stream, ..)| stream).collect();
    let sql = "SELECT stream, version FROM registro.stream_head WHERE ente = $1 AND stream = ANY($2)";
    let streams = sqlx::query_as::<_, (String, i64)>(sql).bind(ente).bind(&names);
    let streams: HashMap<_, _> = streams.fetch_all(&mut *conn).await.map_err(unavailable)?.into_iter().collect();
    for stream in names {
        sound.continues_stream(stream, streams.get(stream).map_or(0, |version| *version as u64))?;
    }

    for (registro, ..) in sound.registri() {
        let sql = "SELECT numero FROM registro.registro_head WHERE ente = $1 AND registro = $2 AND anno = $3";
        let last = sqlx::query_scalar(sql).bind(ente).bind(&registro.codice).bind(i64::from(registro.anno));
        let last: Option<i64> = last.fetch_optional(&mut *conn).await.map_err(unavailable)?;
        sound.continues_registro(registro, last.unwrap_or(0) as u64)?;
    }
    Ok(())
}

fn bind<'q>(statement: Statement<'q>, ente: &'q str, sound: &'q Sound) -> Statement<'q> {
    let Stretch { records, numeri, keys } = sound.stretch();
    let head = sound.head();
    let statement =
        statement.bind(ente).bind(head.position as i64).bind(head.hash).bind(sound.last().recorded_at.as_microsecond());
    bind_records(statement, records)
        .bind(records.iter().map(|record| record.recorded_at.as_microsecond()).collect::<Vec<_>>())
        .bind(numeri.iter().map(|taken| taken.registro.codice.as_str()).collect::<Vec<_>>())
        .bind(numeri.iter().map(|taken| i64::from(taken.registro.anno)).collect::<Vec<_>>())
        .bind(numeri.iter().map(|taken| taken.numero as i64).collect::<Vec<_>>())
        .bind(numeri.iter().map(|taken| taken.position as i64).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.key.as_str()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.fingerprint.as_slice()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.first as i64).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.last as i64).collect::<Vec<_>>())
        .bind(sound.streams().map(|(stream, ..)| stream).collect::<Vec<_>>())
        .bind(sound.streams().map(|(_, _, version)| version as i64).collect::<Vec<_>>())
        .bind(sound.registri().map(|(registro, ..)| registro.codice.as_str()).collect::<Vec<_>>())
        .bind(sound.registri().map(|(registro, ..)| i64::from(registro.anno)).collect::<Vec<_>>())
        .bind(sound.registri().map(|(_, _, numero)| numero as i64).collect::<Vec<_>>())
}

fn refused(error: &sqlx::Error) -> TransferError {
    let taken = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
    if taken {
        return TransferError::Unsound(format!("something of it is already stored: {error}"));
    }
    TransferError::Unavailable(error.to_string())
}

impl Transfer for PostgresStore {
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
            let owned = ente.to_owned();
            // Thousands of hashes: not on a thread that serves requests.
            let sound = tokio::task::spawn_blocking(move || Sound::check(&owned, stretch)).await;
            let sound = sound.map_err(|error| TransferError::Unavailable(error.to_string()))??;
            let stored = timeout(DEADLINE, async {
                let mut conn = connect::writer(&self.options).await.map_err(|error| refused(&error))?;
                store(&mut conn, ente, &sound).await?;
                // The work is done; a farewell that fails harms nothing.
                drop(conn.close().await);
                Ok(())
            });
            let late = format!("no answer from the database within {} seconds", DEADLINE.as_secs());
            stored.await.unwrap_or(Err(TransferError::Unavailable(late)))?;
            metrics::counter!("eventstore_commits_total").increment(1);
            metrics::counter!("eventstore_records_total").increment(sound.stretch().records.len() as u64);
            self.signals.publish(ente, sound.head().position);
            Ok(sound.head())
        })
    }
}
