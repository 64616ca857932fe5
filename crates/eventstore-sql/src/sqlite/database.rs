//! Opening the files: pragmas, schema, versions.

use crate::OpenError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// How long a connection waits for another's lock before it gives up.
const BUSY: Duration = Duration::from_secs(5);

/// A file of ours: what it holds, and the newest layout this program knows.
pub(super) struct Layout {
    /// Marks the file as ours (`PRAGMA application_id`).
    application_id: i32,
    /// `PRAGMA user_version`.
    version: i32,
    schema: &'static str,
}

/// The log.
pub(super) const LOG: Layout =
    Layout { application_id: 0x5370_6f4c, version: 1, schema: include_str!("sql/schema.sql") };
/// The key store.
pub(super) const KEYS: Layout =
    Layout { application_id: 0x5370_6f4b, version: 1, schema: include_str!("sql/keys_schema.sql") };

/// The log's file for its writer.
pub(super) fn open_log(path: &Path) -> Result<Connection, OpenError> {
    let conn = open(path, &LOG)?;
    let tune = || -> rusqlite::Result<()> {
        // 32 MiB keep the inner pages of the indexes of tens of millions of records in memory.
        conn.pragma_update(None, "cache_size", -32 * 1024)?;
        // A checkpoint every 16 MiB: the commit that carries it is the slowest one, it should be rare.
        conn.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.set_prepared_statement_cache_capacity(32);
        // Files of before it was known have none. Whoever reads the log in stretches finds keys by their place.
        conn.execute_batch("CREATE INDEX IF NOT EXISTS idempotency_place ON idempotency (ente, last)")?;
        Ok(())
    };
    tune().map_err(|source| OpenError::sqlite(path, source))?;
    Ok(conn)
}

/// A durable read-write connection on a file of ours, made when it does not exist.
pub(super) fn open(path: &Path, layout: &Layout) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::sqlite(path, source);
    let mut conn = Connection::open(path).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    // Before anything is written: a foreign or newer file is left as it is.
    check(&conn, path, layout)?;
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)).map_err(failed)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(OpenError::NoWal { path: path.to_owned() });
    }
    let prepare = |conn: &mut Connection| -> rusqlite::Result<()> {
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        conn.pragma_update(None, "trusted_schema", false)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version == 0 {
            transaction.execute_batch(layout.schema)?;
            transaction.pragma_update(None, "application_id", layout.application_id)?;
            transaction.pragma_update(None, "user_version", layout.version)?;
        }
        transaction.commit()
    };
    prepare(&mut conn).map_err(failed)?;
    Ok(conn)
}

/// A read-only connection on a file that exists.
pub(super) fn open_read_only(path: &Path, layout: &Layout) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::sqlite(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    check(&conn, path, layout)?;
    Ok(conn)
}

/// An empty file, or one of ours in a layout we know.
fn check(conn: &Connection, path: &Path, layout: &Layout) -> Result<(), OpenError> {
    let read = || -> rusqlite::Result<(i32, i32, i64)> {
        let application_id = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application_id, version, tables))
    };
    let (application_id, version, tables) = read().map_err(|source| OpenError::sqlite(path, source))?;
    if (application_id, version, tables) == (0, 0, 0) {
        return Ok(());
    }
    if application_id != layout.application_id {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    if version > layout.version {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known: layout.version });
    }
    Ok(())
}

/// Last position of every ente.
pub(super) fn heads(conn: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    let mut statement = conn.prepare("SELECT ente, position FROM ente_head")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
    rows.collect()
}
