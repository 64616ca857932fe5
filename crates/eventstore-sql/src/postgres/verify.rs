//! Checks the log in a PostgreSQL database from outside: every record, every head, every number.
//!
//! It reads one moment of the log, beside running nodes, in one `REPEATABLE READ, READ ONLY` transaction. Rows come as fast
//! as they are checked: what is kept in memory are the names of the streams and registers. It takes no lock that a node waits for, but while it runs `VACUUM` clears
//! nothing that was overwritten since it began.
//!
//! A row that cannot be decoded and a page that PostgreSQL cannot read are findings with their place; a lost connection is
//! an error. Records are read through their index and counted without it, so that none is hidden by a damaged index.
//! PostgreSQL has no check of its own below the rows that is always there: page checksums (`initdb --data-checksums`) and
//! `pg_amcheck` are the operator's.
//!
//! What covers what is the same as for the log in SQLite: the hash chain covers every column of `event`, the heads are
//! compared with it, and the numbers with their heads; the fingerprints of idempotency keys are covered by nothing.

use super::connect::{self, LAYOUT};
use crate::checks::{BadRow, EnteCheck, StoredHead};
use crate::database::without_password;
use crate::report::STEP;
use crate::{EnteReport, OpenError, Progress, Report};
use eventstore::Record;
use eventstore::verify::Finding;
use futures_core::stream::BoxStream;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Column as _, Connection as _, Decode, Postgres, Row as _, Type};
use std::time::Duration;
use tokio::time::timeout;

/// Limit of one statement. The longest counts all rows of the log.
const STATEMENT: Duration = Duration::from_mins(30);
/// Name of the place of findings that belong to no ente.
const DATABASE: &str = "(database)";

/// For whole tables: the heap is read, not the indexes.
const WITHOUT_INDEXES: &str = "SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = off;
    SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off";
/// For the log of one ente: its rows come in the order of an index, whatever the planner knows of the tables.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = on";

type Check = EnteCheck<(String, i64)>;

/// Why the walk stopped.
enum Stop {
    Found(Finding),
    Database(sqlx::Error),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Reads the whole log and reports the first thing wrong.
///
/// # Errors
/// [`OpenError`] when the database cannot be reached or holds no log; damage inside the log is a finding of the report.
pub async fn verify(url: &str, progress: &mut (dyn FnMut(&Progress) + Send)) -> Result<Report, OpenError> {
    let failed = |source| OpenError::postgres(url, source);
    let options = connect::options(url)?
        .application_name("sportello verify")
        .options([("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")]);
    let connect = PgConnection::connect_with(&options);
    let connected = timeout(connect::CONNECT, connect).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let mut conn = connected.map_err(failed)?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    in_time(sqlx::raw_sql(begin).execute(&mut conn)).await.map_err(failed)?;
    match layout(&mut conn).await.map_err(failed)? {
        None => return Err(OpenError::NoLog { database: without_password(url) }),
        Some(found) if found > LAYOUT => return Err(OpenError::newer(url, "log", found, LAYOUT)),
        Some(_) => {}
    }
    let mut walk = Walk { conn, progress, checked: 0, total: 0, enti: Vec::new() };
    let finding = match walk.run().await {
        Ok(()) => None,
        Err(Stop::Found(finding)) => Some(finding),
        Err(Stop::Database(error)) if is_damage(&error) => {
            let reason = format!("PostgreSQL cannot read on after {} records: {error}", walk.checked);
            Some(Finding { ente: DATABASE.into(), position: 0, reason })
        }
        Err(Stop::Database(error)) => return Err(failed(error)),
    };
    // Nothing was changed; a farewell that fails harms nothing.
    drop(walk.conn.close().await);
    Ok(Report { enti: walk.enti, finding })
}

/// Damaged data and failing disks, apart from all that may happen to a sound database.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("XX") || code.starts_with("58") || code == "22021")
}

async fn in_time<T>(statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(STATEMENT, statement)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

async fn layout(conn: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let there = "SELECT to_regclass('registro.layout') IS NOT NULL";
    if !in_time(sqlx::query_scalar(there).fetch_one(&mut *conn)).await? {
        return Ok(None);
    }
    in_time(sqlx::query_scalar("SELECT version FROM registro.layout").fetch_optional(conn)).await
}

struct Walk<'a> {
    conn: PgConnection,
    progress: &'a mut (dyn FnMut(&Progress) + Send),
    checked: u64,
    total: u64,
    enti: Vec<EnteReport>,
}

impl Walk<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        self.set(BY_INDEX).await?;
        let heads = "SELECT ente, position FROM registro.ente_head ORDER BY ente";
        let mut known = Vec::new();
        for row in in_time(sqlx::query(heads).fetch_all(&mut self.conn)).await? {
            match text(&row, 0) {
                Ok(ente) => known.push(ente.to_owned()),
                Err(reason) => return found(DATABASE, 0, format!("head of an ente: {reason}")),
            }
            self.total += integer(&row, 1).unwrap_or(0);
        }
        for ente in &known {
            self.ente(ente).await?;
        }
        // After the known ones: a record whose ente was changed is missed there first, which names its place better.
        self.set(WITHOUT_INDEXES).await?;
        self.records().await?;
        self.orphans(&known).await
    }

    async fn set(&mut self, settings: &'static str) -> Result<(), Stop> {
        in_time(sqlx::raw_sql(settings).execute(&mut self.conn)).await?;
        Ok(())
    }

    async fn ente(&mut self, ente: &str) -> Result<(), Stop> {
        let mut check = EnteCheck::new(ente.to_owned());
        let mut rows = sqlx::query(include_str!("sql/verify_events.sql")).bind(ente).fetch(&mut self.conn);
        while let Some(row) = next(&mut rows, &check).await? {
            check.record(decode(&row).map_err(|reason| BadRow { position: integer(&row, 1).ok(), reason }))?;
            self.checked += 1;
            if self.checked.is_multiple_of(STEP) {
                let (ente, records, total) = (ente.to_owned(), self.checked, self.total);
                (self.progress)(&Progress { ente, records, total });
            }
        }
        drop(rows);
        self.ente_head(ente, &check).await?;
        self.stream_heads(ente, &mut check).await?;
        self.registri(ente, &mut check).await?;
        self.keys(ente, &check).await?;
        (self.progress)(&Progress { ente: ente.to_owned(), records: self.checked, total: self.total });
        let (records, head) = check.last();
        self.enti.push(EnteReport { ente: ente.to_owned(), records, head });
        Ok(())
    }

    async fn ente_head(&mut self, ente: &str, check: &Check) -> Result<(), Stop> {
        let stored = "SELECT position, hash, recorded_at FROM registro.ente_head WHERE ente = $1";
        let row = in_time(sqlx::query(stored).bind(ente).fetch_optional(&mut self.conn)).await?;
        Ok(check.head(row.map(|row| StoredHead {
            position: integer(&row, 0),
            hash: blob(&row, 1).ok(),
            recorded_at: row.try_get(2).ok(),
        }))?)
    }

    async fn stream_heads(&mut self, ente: &str, check: &mut Check) -> Result<(), Stop> {
        let heads = "SELECT stream, version FROM registro.stream_head WHERE ente = $1";
        let mut rows = sqlx::query(heads).bind(ente).fetch(&mut self.conn);
        while let Some(row) = next(&mut rows, check).await? {
            check.stream(text(&row, 0), integer(&row, 1).ok())?;
        }
        Ok(check.streams_end()?)
    }

    async fn registri(&mut self, ente: &str, check: &mut Check) -> Result<(), Stop> {
        let numbers = "SELECT registro, anno, numero, position FROM registro.registro_numero WHERE ente = $1 \
                       ORDER BY registro, anno, numero";
        let mut rows = sqlx::query(numbers).bind(ente).fetch(&mut self.conn);
        while let Some(row) = next(&mut rows, check).await? {
            let registro = registro(&row, check)?;
            let label = label(&registro);
            check.number(registro, &label, integer(&row, 2).ok(), integer(&row, 3).ok())?;
        }
        drop(rows);
        let heads = "SELECT registro, anno, numero FROM registro.registro_head WHERE ente = $1 ORDER BY registro, anno";
        let mut rows = sqlx::query(heads).bind(ente).fetch(&mut self.conn);
        while let Some(row) = next(&mut rows, check).await? {
            let registro = registro(&row, check)?;
            check.registro_head(&registro, &label(&registro), integer(&row, 2).ok())?;
        }
        Ok(check.registri_end(label)?)
    }

    /// What a repeat would be answered with must be places in the log.
    async fn keys(&mut self, ente: &str, check: &Check) -> Result<(), Stop> {
        let outside = "SELECT first FROM registro.idempotency WHERE ente = $1 \
                       AND NOT (first BETWEEN 1 AND last AND last <= $2 AND length(fingerprint) = 32) LIMIT 1";
        let query = sqlx::query(outside).bind(ente).bind(check.last().0 as i64);
        match in_time(query.fetch_optional(&mut self.conn)).await? {
            Some(row) => {
                let place = integer(&row, 0).unwrap_or(0);
                Ok(check.found(place, "an idempotency key names places that the log does not have")?)
            }
            None => Ok(()),
        }
    }

    /// As many records as were read; records of enti that the log does not know.
    async fn records(&mut self) -> Result<(), Stop> {
        let counts = "SELECT ente, count(*), min(position) FROM registro.event GROUP BY ente ORDER BY ente";
        for row in in_time(sqlx::query(counts).fetch_all(&mut self.conn)).await? {
            let ente = match text(&row, 0) {
                Ok(ente) => ente,
                Err(reason) => return found(DATABASE, 0, format!("a record: {reason}")),
            };
            let (count, first) = (integer(&row, 1).unwrap_or(0), integer(&row, 2).unwrap_or(0));
            match self.enti.iter().find(|known| known.ente == ente) {
                None => return found(ente, first, "the ente has records but no head"),
                Some(known) if known.records != count => {
                    let reason = format!("the table holds {count} records, its index leads to {}", known.records);
                    return found(ente, 0, reason);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Heads and numbers of enti that the log does not know.
    async fn orphans(&mut self, known: &[String]) -> Result<(), Stop> {
        let tables = "SELECT 'stream_head', ente FROM registro.stream_head GROUP BY ente
            UNION ALL SELECT 'registro_head', ente FROM registro.registro_head GROUP BY ente
            UNION ALL SELECT 'registro_numero', ente FROM registro.registro_numero GROUP BY ente
            UNION ALL SELECT 'idempotency', ente FROM registro.idempotency GROUP BY ente";
        for row in in_time(sqlx::query(tables).fetch_all(&mut self.conn)).await? {
            let (Ok(table), Ok(ente)) = (text(&row, 0), text(&row, 1)) else {
                return found(DATABASE, 0, "the name of an ente cannot be read");
            };
            if !known.iter().any(|known| known == ente) {
                return found(ente, 0, format!("{table} has rows of an ente that has no head"));
            }
        }
        Ok(())
    }
}

fn found<T>(ente: &str, position: u64, reason: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Found(Finding { ente: ente.to_owned(), position, reason: reason.into() }))
}

/// The next row; one that PostgreSQL cannot read is found after the last record.
async fn next(rows: &mut BoxStream<'_, sqlx::Result<PgRow>>, check: &Check) -> Result<Option<PgRow>, Stop> {
    match in_time(rows.try_next()).await {
        Err(error) if is_damage(&error) => {
            Ok(check.found(check.last().0 + 1, format!("PostgreSQL cannot read on here: {error}"))?)
        }
        row => Ok(row?),
    }
}

fn registro(row: &PgRow, check: &Check) -> Result<(String, i64), Stop> {
    let (Ok(codice), Ok(anno)) = (text(row, 0), row.try_get(1)) else {
        return Ok(check.found(check.last().0, "the name of a register cannot be read")?);
    };
    Ok((codice.to_owned(), anno))
}

fn label((codice, anno): &(String, i64)) -> String {
    format!("register {codice} of {anno}")
}

/// The column's name and what is wrong with it.
fn damaged(row: &PgRow, column: usize, what: &str) -> String {
    format!("column {} {what}", row.columns().get(column).map_or("?", |column| column.name()))
}

fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, column: usize, kind: &str) -> Result<T, String> {
    row.try_get(column).map_err(|_| damaged(row, column, &format!("is not {kind}")))
}

fn integer(row: &PgRow, column: usize) -> Result<u64, String> {
    let number: i64 = get(row, column, "a number")?;
    u64::try_from(number).map_err(|_| damaged(row, column, &format!("is negative ({number})")))
}

fn text(row: &PgRow, column: usize) -> Result<&str, String> {
    get(row, column, "valid UTF-8 text")
}

fn blob<const N: usize>(row: &PgRow, column: usize) -> Result<[u8; N], String> {
    let bytes: &[u8] = get(row, column, "bytes")?;
    bytes.try_into().map_err(|_| damaged(row, column, &format!("has {} bytes instead of {N}", bytes.len())))
}

fn decode(row: &PgRow) -> Result<Record, String> {
    let instant = Timestamp::from_microsecond(get(row, 9, "a number")?);
    Ok(Record {
        ente: text(row, 0)?.to_owned(),
        position: integer(row, 1)?,
        stream: text(row, 2)?.to_owned(),
        version: integer(row, 3)?,
        event_id: get(row, 4, "an id")?,
        kind: text(row, 5)?.to_owned(),
        schema_version: u32::try_from(integer(row, 6)?).map_err(|_| damaged(row, 6, "is too large"))?,
        payload: text(row, 7)?.to_owned(),
        meta: text(row, 8)?.to_owned(),
        recorded_at: instant.map_err(|_| damaged(row, 9, "is not an instant"))?,
        prev_hash: blob(row, 10)?,
        hash: blob(row, 11)?,
    })
}
