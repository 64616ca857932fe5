//! The writer thread: one connection, one group a transaction, one flush for all.

use super::transfer::{self, Bulk};
use crate::group::{Applied, EnteHead, Heads, Plan, settle};
use crate::pending::{Pending, disagreement, measure, refuse_all, unavailable};
use crate::recent::Recent;
use crate::wakes::Wakes;
use eventstore::stretch::Sound;
use eventstore::transfer::TransferError;
use eventstore::{AppendError, Clock, Head, Record, RegistroKey};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

pub(super) enum Message {
    Append(Pending),
    /// A stretch of a log, written between two groups.
    Stretch(Box<Bulk>),
    /// Something done on the writer's connection between two groups.
    #[cfg(test)]
    Do(Box<dyn FnOnce(&Connection) + Send>),
}

/// Why a group was not stored.
enum Failure {
    /// Rolled back, and perhaps the fault of one request: try again in halves.
    Part(rusqlite::Error),
    /// Rolled back, and smaller groups would fare no better.
    Whole(rusqlite::Error),
    /// The commit failed in a way that may have reached the disk.
    Uncertain(rusqlite::Error),
}

pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) wakes: Arc<Wakes>,
    pub(super) recent: Arc<Recent>,
    /// Messages in the queue.
    pub(super) waiting: Arc<AtomicUsize>,
    /// Requests in a group at most.
    pub(super) limit: usize,
}

impl Writer {
    /// Serves until the queue is closed and empty.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        let mut group = Vec::with_capacity(self.limit);
        while let Ok(first) = queue.recv() {
            let (mut next, mut bulk) = (Some(first), None);
            while let Some(message) = next {
                let waiting = self.waiting.fetch_sub(1, Ordering::Relaxed) - 1;
                match message {
                    Message::Append(pending) => group.push(pending),
                    Message::Stretch(stretch) => {
                        bulk = Some(stretch);
                        break;
                    }
                    #[cfg(test)]
                    Message::Do(f) => f(&self.conn),
                }
                if group.len() == self.limit {
                    metrics::gauge!("eventstore_queue_depth").set(waiting as f64);
                    break;
                }
                next = queue.try_recv().ok();
            }
            let served = std::mem::take(&mut group);
            // Registrations' panics are caught one by one; this is for our own mistakes. Whoever was not answered learns
            // that the outcome is unknown, and the next group begins with a rollback.
            let serve = AssertUnwindSafe(|| {
                self.serve(served);
                if let Some(Bulk { ente, sound, answer }) = bulk.map(|bulk| *bulk) {
                    drop(answer.send(self.store(&ente, &sound)));
                }
            });
            if catch_unwind(serve).is_err() {
                tracing::error!("the log's writer panicked and goes on with the next group");
            }
        }
    }

    fn serve(&mut self, mut group: Vec<Pending>) {
        if group.is_empty() {
            return;
        }
        match self.attempt(&group) {
            Ok(mut plan) => {
                self.recent.push(std::mem::take(&mut plan.records));
                for (ente, head) in plan.heads() {
                    self.wakes.publish(ente, head.position);
                }
                group.into_iter().zip(plan.answers).for_each(|(pending, answer)| pending.answer(answer));
            }
            Err(Failure::Part(_)) if group.len() > 1 => {
                metrics::counter!("eventstore_groups_halved_total").increment(1);
                let second = group.split_off(group.len() / 2);
                self.serve(group);
                self.serve(second);
            }
            Err(Failure::Part(error) | Failure::Whole(error)) => {
                let answer = stored_nothing(&error);
                tracing::error!(requests = group.len(), "the log stored nothing: {error}");
                refuse_all(group, &answer);
            }
            Err(Failure::Uncertain(error)) => {
                tracing::error!(requests = group.len(), "a commit of the log failed with unknown outcome: {error}");
                refuse_all(group, &AppendError::Unknown(error.to_string()));
            }
        }
    }

    /// One transaction: settle, write, commit.
    fn attempt(&mut self, group: &[Pending]) -> Result<Plan, Failure> {
        if !self.conn.is_autocommit() {
            self.execute("ROLLBACK").map_err(Failure::Whole)?;
        }
        self.execute("BEGIN IMMEDIATE").map_err(Failure::Whole)?;
        let begun = Instant::now();
        let plan = match self.fill(group) {
            Ok(plan) if plan.records.is_empty() => {
                self.roll_back();
                plan
            }
            Ok(plan) => match self.execute("COMMIT") {
                Ok(()) => plan,
                Err(error) => {
                    self.roll_back();
                    return Err(after_commit(error));
                }
            },
            Err(error) => {
                self.roll_back();
                return Err(before_commit(error));
            }
        };
        measure(&plan, begun);
        Ok(plan)
    }

    /// One transaction for a stretch. When its outcome is unknown, the head tells.
    fn store(&self, ente: &str, sound: &Sound) -> Result<Head, TransferError> {
        let failed = |error: rusqlite::Error| TransferError::Unavailable(error.to_string());
        self.roll_back();
        self.execute("BEGIN IMMEDIATE").map_err(failed)?;
        let stored = transfer::store(&self.conn, ente, sound).and_then(|()| self.execute("COMMIT").map_err(failed));
        self.roll_back();
        stored?;
        metrics::counter!("eventstore_commits_total").increment(1);
        metrics::counter!("eventstore_records_total").increment(sound.stretch().records.len() as u64);
        self.wakes.publish(ente, sound.head().position);
        Ok(sound.head())
    }

    fn fill(&self, group: &[Pending]) -> rusqlite::Result<Plan> {
        let requests = group.iter().map(|pending| &pending.request);
        let plan = settle(requests, &*self.clock, &mut Lookup(&self.conn))?;
        write(&self.conn, &plan)?;
        Ok(plan)
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// SQLite may have rolled back by itself; if this fails the next group tries again before it begins.
    fn roll_back(&self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!("the log could not roll back: {error}");
        }
    }
}

fn before_commit(error: rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::PermissionDenied,
        ) => Failure::Whole(error),
        _ => Failure::Part(error),
    }
}

/// A commit that failed before its last page could be written is certainly undone. An input/output error may come from
/// the flush itself: the commit may stand in the write-ahead log and count after a crash.
fn after_commit(error: rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::ConstraintViolation) => Failure::Part(error),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::ReadOnly) => Failure::Whole(error),
        _ => Failure::Uncertain(error),
    }
}

/// The answer to a request that failed alone, or with everyone.
fn stored_nothing(error: &rusqlite::Error) -> AppendError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) if text.contains("event.event_id") => {
            AppendError::Invalid("an event id of the batch is already stored".into())
        }
        Some(ErrorCode::ConstraintViolation) => disagreement(&text),
        _ => unavailable(text),
    }
}

/// Look-ups on the writer's connection, inside its transaction.
pub(super) struct Lookup<'a>(pub(super) &'a Connection);

impl Heads for Lookup<'_> {
    type Error = rusqlite::Error;

    fn ente(&mut self, ente: &str) -> rusqlite::Result<EnteHead> {
        let mut statement = self.0.prepare_cached(include_str!("sql/get_ente.sql"))?;
        let head = statement.query_row([ente], |row| {
            Ok(EnteHead { position: row.get::<_, i64>(0)? as u64, hash: row.get(1)?, recorded_at: row.get(2)? })
        });
        Ok(head.optional()?.unwrap_or(EnteHead::EMPTY))
    }

    fn stream(&mut self, ente: &str, stream: &str) -> rusqlite::Result<u64> {
        let mut statement = self.0.prepare_cached(include_str!("sql/get_stream.sql"))?;
        let version = statement.query_row([ente, stream], |row| row.get::<_, i64>(0)).optional()?;
        Ok(version.unwrap_or(0) as u64)
    }

    fn registro(&mut self, ente: &str, registro: &RegistroKey) -> rusqlite::Result<u64> {
        let mut statement = self.0.prepare_cached(include_str!("sql/get_registro.sql"))?;
        let key = params![ente, registro.codice, registro.anno];
        let numero = statement.query_row(key, |row| row.get::<_, i64>(0)).optional()?;
        Ok(numero.unwrap_or(0) as u64)
    }

    fn applied(&mut self, ente: &str, key: &str) -> rusqlite::Result<Option<Applied>> {
        let mut statement = self.0.prepare_cached(include_str!("sql/get_key.sql"))?;
        let applied = statement.query_row([ente, key], |row| {
            let (first, last) = (row.get::<_, i64>(1)? as u64, row.get::<_, i64>(2)? as u64);
            Ok(Applied { fingerprint: row.get(0)?, first, last })
        });
        applied.optional()
    }
}

pub(super) fn insert_records(conn: &Connection, records: &[Record]) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached(include_str!("sql/insert_event.sql"))?;
    for record in records {
        insert.execute(params![
            record.ente,
            record.position as i64,
            record.stream,
            record.version as i64,
            record.event_id.as_bytes(),
            record.kind,
            record.schema_version,
            record.payload,
            record.meta,
            record.recorded_at.as_microsecond(),
            record.prev_hash,
            record.hash,
        ])?;
    }
    Ok(())
}

/// Writes what was settled. The keys of the tables turn any mistake into an error instead of a fork.
fn write(conn: &Connection, plan: &Plan) -> rusqlite::Result<()> {
    insert_records(conn, &plan.records)?;
    let mut insert = conn.prepare_cached(include_str!("sql/insert_numero.sql"))?;
    for taken in &plan.numeri {
        let (registro, numero) = (&taken.registro, taken.numero as i64);
        insert.execute(params![taken.ente, registro.codice, registro.anno, numero, taken.position as i64])?;
    }
    let mut insert = conn.prepare_cached(include_str!("sql/insert_key.sql"))?;
    for (ente, key, Applied { fingerprint, first, last }) in plan.keys() {
        insert.execute(params![ente, key, fingerprint, *first as i64, *last as i64])?;
    }
    let mut put = conn.prepare_cached(include_str!("sql/put_stream.sql"))?;
    for (ente, stream, version) in plan.streams() {
        put.execute(params![ente, stream, version as i64])?;
    }
    let mut put = conn.prepare_cached(include_str!("sql/put_registro.sql"))?;
    for (ente, registro, numero) in plan.registri() {
        put.execute(params![ente, registro.codice, registro.anno, numero as i64])?;
    }
    let mut put = conn.prepare_cached(include_str!("sql/put_ente.sql"))?;
    for (ente, head) in plan.heads() {
        put.execute(params![ente, head.position as i64, head.hash, head.recorded_at])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_commit_that_may_have_reached_the_disk_is_uncertain() {
        let failed = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        assert!(matches!(after_commit(failed(rusqlite::ffi::SQLITE_IOERR_FSYNC)), Failure::Uncertain(_)));
        assert!(matches!(after_commit(failed(rusqlite::ffi::SQLITE_FULL)), Failure::Part(_)));
        assert!(matches!(after_commit(failed(rusqlite::ffi::SQLITE_BUSY)), Failure::Whole(_)));
        assert!(matches!(before_commit(failed(rusqlite::ffi::SQLITE_IOERR_WRITE)), Failure::Part(_)));
        assert!(matches!(before_commit(failed(rusqlite::ffi::SQLITE_READONLY)), Failure::Whole(_)));
    }
}
