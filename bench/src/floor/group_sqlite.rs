//! The bare group-committing writer on SQLite: a thread takes what waits, writes it in one transaction, answers.
//!
//! Nothing is decided, sealed, hashed or checked here, and nothing travels over HTTP.

use super::rows::{Filing, Samples};
use super::{Writer, now};
use crate::Failure;
use eventstore_sql::LOG_FILE;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// Filings in one transaction at most, as the program has it.
const GROUP: usize = 256;

type Waiting = (Filing, oneshot::Sender<u64>);

/// Its clients' end.
pub struct Group(Sender<Waiting>);

impl Group {
    /// Starts the thread on a log whose tables are there.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn start(folder: &Path, samples: &Samples) -> Result<Self, Failure> {
        let conn = open(folder)?;
        let samples = samples.clone();
        let (sender, queue) = channel();
        std::thread::spawn(move || {
            if let Err(error) = serve(&conn, &samples, &queue) {
                // Clients learn it from the answers that do not come.
                eprintln!("the bare writer ended: {error}");
            }
        });
        Ok(Self(sender))
    }
}

impl Writer for Group {
    async fn file(&self, filing: Filing) -> Result<u64, Failure> {
        let (answer, answered) = oneshot::channel();
        self.0.send((filing, answer)).map_err(|_| "the bare writer is gone")?;
        Ok(answered.await?)
    }
}

/// A connection like that of the program's writer.
pub fn open(folder: &Path) -> Result<Connection, Failure> {
    let conn = Connection::open(folder.join(LOG_FILE))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "cache_size", -64 * 1024)?;
    conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(32);
    Ok(conn)
}

/// Where the log ends.
struct End {
    position: i64,
    numero: i64,
    hash: [u8; 32],
}

fn serve(conn: &Connection, samples: &Samples, queue: &Receiver<Waiting>) -> Result<(), Failure> {
    let mut end = End { position: 0, numero: 0, hash: [0; 32] };
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP - 1));
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut answers = Vec::with_capacity(group.len());
        for (filing, _) in &group {
            write(conn, samples, filing, &mut end)?;
            answers.push(end.numero);
        }
        heads(conn, samples, &end)?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        for ((_, answer), numero) in group.into_iter().zip(answers) {
            // A client whose time is over does not wait for its answer.
            let _ = answer.send(numero as u64);
        }
    }
    Ok(())
}

fn write(conn: &Connection, samples: &Samples, filing: &Filing, end: &mut End) -> rusqlite::Result<()> {
    let (ente, at) = (&samples.ente, now());
    let register = samples.register_stream();
    let first = end.position + 1;
    end.numero += 1;
    let mut insert = conn.prepare_cached(EVENT)?;
    let mut version = 0;
    for row in &filing.rows {
        end.position += 1;
        let (stream, version) = if row.entry {
            (&register, end.numero)
        } else {
            version += 1;
            (&filing.stream, version)
        };
        insert.execute(params![
            ente,
            end.position,
            stream,
            version,
            row.event_id.as_bytes(),
            &*row.kind,
            row.schema_version,
            &*row.payload,
            &*row.meta,
            at,
            end.hash,
            filing.fingerprint,
        ])?;
        end.hash = filing.fingerprint;
    }
    conn.prepare_cached(NUMERO)?.execute(params![ente, samples.anno, end.numero, first])?;
    conn.prepare_cached(KEY)?.execute(params![ente, filing.key, filing.fingerprint, first, end.position])?;
    conn.prepare_cached(STREAM)?.execute(params![ente, filing.stream, version]).map(drop)
}

/// The heads that all filings of a group share are written once a group.
fn heads(conn: &Connection, samples: &Samples, end: &End) -> rusqlite::Result<()> {
    let ente = &samples.ente;
    conn.prepare_cached(STREAM)?.execute(params![ente, samples.register_stream(), end.numero])?;
    conn.prepare_cached(REGISTRO)?.execute(params![ente, samples.anno, end.numero])?;
    conn.prepare_cached(ENTE)?.execute(params![ente, end.position, end.hash, now()]).map(drop)
}

pub(super) const EVENT: &str = "INSERT INTO event (ente, position, stream, version, event_id, kind, schema_version, payload, \
    meta, recorded_at, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
pub(super) const NUMERO: &str =
    "INSERT INTO registro_numero (ente, registro, anno, numero, position) VALUES (?1, 'PROT', ?2, ?3, ?4)";
pub(super) const KEY: &str =
    "INSERT INTO idempotency (ente, key, fingerprint, first, last) VALUES (?1, ?2, ?3, ?4, ?5)";
pub(super) const STREAM: &str = "INSERT INTO stream_head (ente, stream, version) VALUES (?1, ?2, ?3)
    ON CONFLICT (ente, stream) DO UPDATE SET version = excluded.version";
pub(super) const REGISTRO: &str = "INSERT INTO registro_head (ente, registro, anno, numero) VALUES (?1, 'PROT', ?2, ?3)
    ON CONFLICT (ente, registro, anno) DO UPDATE SET numero = excluded.numero";
pub(super) const ENTE: &str = "INSERT INTO ente_head (ente, position, hash, recorded_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (ente) DO UPDATE SET position = excluded.position, hash = excluded.hash, recorded_at = excluded.recorded_at";

/// Whether the floor did the work.
pub fn check(folder: &Path) -> Result<(), Failure> {
    let conn = open(folder)?;
    let one = |sql: &str| conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (numbers, highest) = one("SELECT count(*), coalesce(max(numero), 0) FROM registro_numero")?;
    let (events, positions) = one("SELECT count(*), coalesce(max(position), 0) FROM event")?;
    super::check(numbers, highest, events, positions)
}
