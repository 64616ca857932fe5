//! Checks a log file from outside: every record, every head, every number.
//!
//! Reads raw values, so that a damaged row becomes a [`Finding`] with its position and never a panic. Works beside a
//! running program: it sees one moment of the log.
//!
//! The hash chain covers every column of `event`, the heads are compared with it, and the numbers with their heads. The
//! fingerprints of idempotency keys are covered by nothing: they decide repeats, they are not part of the record.

use super::database::{self, LOG};
use crate::checks::{BadRow, EnteCheck, StoredHead};
use crate::report::STEP;
use crate::{EnteReport, OpenError, Progress, Report};
use eventstore::verify::Finding;
use eventstore::{Position, Record};
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use std::path::Path;
use uuid::Uuid;

/// Why the walk stopped.
enum Stop {
    Found(Finding),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

/// Name of the place of findings that belong to no ente.
const FILE: &str = "(file)";

fn found<T>(ente: &str, position: Position, reason: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Found(Finding { ente: ente.to_owned(), position, reason: reason.into() }))
}

/// Reads the whole log and reports the first thing wrong.
///
/// # Errors
/// [`OpenError`] when the file cannot be opened as a log; damage inside it is a finding of the report.
pub fn verify(path: &Path, progress: &mut dyn FnMut(&Progress)) -> Result<Report, OpenError> {
    let conn = database::open_read_only(path, &LOG)?;
    let mut walk = Walk { conn: &conn, progress, checked: 0, total: 0, enti: Vec::new() };
    let finding = match walk.run() {
        Ok(()) => None,
        Err(Stop::Found(finding)) => Some(finding),
        Err(Stop::Database(error)) => {
            let reason = format!("SQLite cannot read on after {} records: {error}", walk.checked);
            Some(Finding { ente: FILE.into(), position: 0, reason })
        }
    };
    Ok(Report { enti: walk.enti, finding })
}

type Check = EnteCheck<(Value, Value)>;

struct Walk<'a> {
    conn: &'a Connection,
    progress: &'a mut dyn FnMut(&Progress),
    checked: u64,
    total: u64,
    enti: Vec<EnteReport>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        // One moment of the log, whatever is written meanwhile.
        self.conn.execute_batch("BEGIN")?;
        self.total = self.conn.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0))? as u64;
        let known = self.values("SELECT ente FROM ente_head ORDER BY ente")?;
        for ente in &known {
            self.ente(ente)?;
        }
        // After the known ones: a record whose ente was changed is missed there first, which names its place better.
        let unknown = "SELECT ente FROM event WHERE ente NOT IN (SELECT ente FROM ente_head) LIMIT 1";
        if let Some(ente) = self.values(unknown)?.first() {
            let first = self.conn.query_row("SELECT min(position) FROM event WHERE ente = ?1", [Raw(ente)], |row| {
                row.get::<_, i64>(0)
            })?;
            return found(&name(ente), first as u64, "the ente has records but no head");
        }
        self.orphans()?;
        self.integrity()
    }

    fn values(&self, sql: &str) -> Result<Vec<Value>, Stop> {
        let mut statement = self.conn.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            values.push(owned(row, 0)?);
        }
        Ok(values)
    }

    fn ente(&mut self, key: &Value) -> Result<(), Stop> {
        let ente = name(key);
        let mut check = EnteCheck::new(ente.clone());
        let mut statement = self.conn.prepare(include_str!("sql/verify_events.sql"))?;
        let mut rows = statement.query([Raw(key)])?;
        while let Some(row) = rows.next()? {
            check.record(decode(row).map_err(|reason| BadRow { position: integer(row, 1).ok(), reason }))?;
            self.checked += 1;
            if self.checked.is_multiple_of(STEP) {
                self.report(&ente);
            }
        }
        self.ente_head(key, &check)?;
        self.stream_heads(key, &mut check)?;
        self.registri(key, &mut check)?;
        self.keys(key, &check)?;
        self.report(&ente);
        let (records, head) = check.last();
        self.enti.push(EnteReport { ente, records, head });
        Ok(())
    }

    fn report(&mut self, ente: &str) {
        (self.progress)(&Progress { ente: ente.to_owned(), records: self.checked, total: self.total });
    }

    fn ente_head(&self, key: &Value, check: &Check) -> Result<(), Stop> {
        let mut statement = self.conn.prepare(include_str!("sql/get_ente.sql"))?;
        let mut rows = statement.query([Raw(key)])?;
        let stored = match rows.next()? {
            None => None,
            Some(row) => {
                let recorded_at = match row.get_ref(2)? {
                    ValueRef::Integer(micros) => Some(micros),
                    _ => None,
                };
                Some(StoredHead { position: integer(row, 0), hash: blob(row, 1).ok(), recorded_at })
            }
        };
        Ok(check.head(stored)?)
    }

    fn stream_heads(&self, key: &Value, check: &mut Check) -> Result<(), Stop> {
        let mut statement = self.conn.prepare("SELECT stream, version FROM stream_head WHERE ente = ?1")?;
        let mut rows = statement.query([Raw(key)])?;
        while let Some(row) = rows.next()? {
            check.stream(text(row, 0), integer(row, 1).ok())?;
        }
        Ok(check.streams_end()?)
    }

    fn registri(&self, key: &Value, check: &mut Check) -> Result<(), Stop> {
        let mut statement = self.conn.prepare(
            "SELECT registro, anno, numero, position FROM registro_numero WHERE ente = ?1 ORDER BY registro, anno, numero",
        )?;
        let mut rows = statement.query([Raw(key)])?;
        while let Some(row) = rows.next()? {
            let registro: (Value, Value) = (owned(row, 0)?, owned(row, 1)?);
            let label = label(&registro);
            check.number(registro, &label, integer(row, 2).ok(), integer(row, 3).ok())?;
        }
        let mut statement = self
            .conn
            .prepare("SELECT registro, anno, numero FROM registro_head WHERE ente = ?1 ORDER BY registro, anno")?;
        let mut rows = statement.query([Raw(key)])?;
        while let Some(row) = rows.next()? {
            let registro = (owned(row, 0)?, owned(row, 1)?);
            check.registro_head(&registro, &label(&registro), integer(row, 2).ok())?;
        }
        Ok(check.registri_end(label)?)
    }

    /// What a repeat would be answered with must be places in the log.
    fn keys(&self, key: &Value, check: &Check) -> Result<(), Stop> {
        let outside = "SELECT first FROM idempotency
            WHERE ente = ?1 AND NOT (first BETWEEN 1 AND last AND last <= ?2 AND length(fingerprint) = 32) LIMIT 1";
        let row =
            self.conn.query_row(outside, (Raw(key), check.last().0 as i64), |row| row.get::<_, i64>(0)).optional()?;
        match row {
            Some(first) => {
                let place = u64::try_from(first).unwrap_or(0);
                Ok(check.found(place, "an idempotency key names places that the log does not have")?)
            }
            None => Ok(()),
        }
    }

    /// Heads and numbers of enti that the log does not know.
    fn orphans(&self) -> Result<(), Stop> {
        for table in ["stream_head", "registro_head", "registro_numero", "idempotency"] {
            let sql = format!("SELECT ente FROM {table} WHERE ente NOT IN (SELECT ente FROM ente_head) LIMIT 1");
            if let Some(ente) = self.values(&sql)?.first() {
                return found(&name(ente), 0, format!("{table} has rows of an ente that has no head"));
            }
        }
        Ok(())
    }

    /// Damage below the rows: pages, indexes.
    fn integrity(&self) -> Result<(), Stop> {
        for line in self.values("PRAGMA integrity_check(1)")? {
            if line != Value::Text("ok".into()) {
                return found(FILE, 0, format!("the file is damaged: {}", name(&line)));
            }
        }
        Ok(())
    }
}

/// A stored value bound again as it was; [`Value::Blob`] stands for text that is not UTF-8.
struct Raw<'a>(&'a Value);

impl ToSql for Raw<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Blob(bytes) => ValueRef::Text(bytes),
            value => value.into(),
        }))
    }
}

fn label((registro, anno): &(Value, Value)) -> String {
    format!("register {} of {}", name(registro), name(anno))
}

fn name(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Real(_) | Value::Null => "?".into(),
    }
}

/// Text that is not UTF-8 is kept as its bytes, see [`Raw`]; the tables are strict, no other bytes stand in their names.
fn owned(row: &Row<'_>, column: usize) -> Result<Value, Stop> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Blob(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Null => Value::Null,
    })
}

/// The column's name and what is wrong with it.
fn damaged(row: &Row<'_>, column: usize, what: &str) -> String {
    let name = row.as_ref().column_name(column).unwrap_or("?");
    format!("column {name} {what}")
}

fn integer(row: &Row<'_>, column: usize) -> Result<u64, String> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(number)) => {
            u64::try_from(number).map_err(|_| damaged(row, column, &format!("is negative ({number})")))
        }
        _ => Err(damaged(row, column, "is not a number")),
    }
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, String> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => {
            std::str::from_utf8(bytes).map_err(|_| damaged(row, column, "is not valid UTF-8 text"))
        }
        _ => Err(damaged(row, column, "is not text")),
    }
}

fn blob<const N: usize>(row: &Row<'_>, column: usize) -> Result<[u8; N], String> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(bytes)) => {
            bytes.try_into().map_err(|_| damaged(row, column, &format!("has {} bytes instead of {N}", bytes.len())))
        }
        _ => Err(damaged(row, column, "is not bytes")),
    }
}

fn decode(row: &Row<'_>) -> Result<Record, String> {
    let instant = match row.get_ref(9) {
        Ok(ValueRef::Integer(micros)) => Timestamp::from_microsecond(micros).ok(),
        _ => None,
    };
    let schema_version = integer(row, 6)?;
    Ok(Record {
        ente: text(row, 0)?.to_owned(),
        position: integer(row, 1)?,
        stream: text(row, 2)?.to_owned(),
        version: integer(row, 3)?,
        event_id: Uuid::from_bytes(blob(row, 4)?),
        kind: text(row, 5)?.to_owned(),
        schema_version: u32::try_from(schema_version).map_err(|_| damaged(row, 6, "is too large"))?,
        payload: text(row, 7)?.to_owned(),
        meta: text(row, 8)?.to_owned(),
        recorded_at: instant.ok_or_else(|| damaged(row, 9, "is not an instant"))?,
        prev_hash: blob(row, 10)?,
        hash: blob(row, 11)?,
    })
}
