//! The file: durability, layout, triggers.

use super::super::{OpenError, SqliteOptions, SqliteStore, verify};
use super::Folder;
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, keyed, noon, numero};
use eventstore::{AppendError, EventStore, Expected, ManualClock};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn open_error(path: &Path) -> OpenError {
    SqliteStore::open(path, Arc::new(ManualClock::new(noon())), SqliteOptions::default()).err().unwrap()
}

/// The files as they stand at this moment are what a killed process leaves: every answered append is in them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_kill() {
    let (live, left) = (Folder::new(), Folder::new());
    let store = live.open();
    for n in 0..50 {
        file(&store, ENTE, Filing::new(&format!("f-{n}")).keyed(&format!("k-{n}"), 1)).await.unwrap();
    }
    for suffix in ["", "-wal"] {
        let name = |folder: &Folder| format!("{}{suffix}", folder.path().display());
        fs::copy(name(&live), name(&left)).unwrap();
    }
    let reopened = left.open();
    assert_eq!(checked_log(&reopened, ENTE).await, checked_log(&store, ENTE).await);
    assert_eq!(*reopened.wake(ENTE).borrow(), 50, "the watch starts at the last position");
    let repeat = file(&reopened, ENTE, Filing::new("f-7").keyed("k-7", 1)).await;
    assert_eq!(repeat, Err(AppendError::AlreadyApplied { first: 8, last: 8 }));
    assert_eq!(numero(&file(&reopened, ENTE, Filing::new("f-50")).await.unwrap()), 51);
    assert_eq!(verify(&left.path(), &mut |_| {}).unwrap().finding, None);
}

#[tokio::test]
async fn commits_are_flushed() {
    let folder = Folder::new();
    drop(folder.open());
    let conn = super::super::database::open_log(&folder.path()).unwrap();
    let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    assert_eq!(pragma("synchronous"), rusqlite::types::Value::Integer(2), "FULL");
    assert_eq!(pragma("journal_mode"), rusqlite::types::Value::Text("wal".into()));
}

#[tokio::test]
async fn records_numbers_and_keys_cannot_be_changed() {
    let folder = Folder::new();
    let store = folder.open();
    file(&store, ENTE, Filing::new("f-1").keyed("k", 1)).await.unwrap();
    let raw = folder.raw();
    for sql in [
        "UPDATE event SET kind = 'Altro'",
        "DELETE FROM event",
        "UPDATE registro_numero SET numero = 2",
        "DELETE FROM registro_numero",
        "UPDATE idempotency SET first = 2",
        "DELETE FROM idempotency",
    ] {
        let error = raw.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("never"), "{sql}: {error}");
    }
    checked_log(&store, ENTE).await;
}

/// What stores nothing keeps nothing locked.
#[tokio::test]
async fn a_refusal_leaves_no_lock() {
    let folder = Folder::new();
    let store = folder.open();
    let raw = folder.raw();
    raw.busy_timeout(std::time::Duration::ZERO).unwrap();
    let conflict = store.append(ENTE, batch(vec![item("a-1", Expected::Exact(3), 1)])).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { .. })), "{conflict:?}");
    raw.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
}

/// Heads that do not agree with the records end in an error, never in a fork.
#[tokio::test]
async fn a_head_that_went_back_is_an_error() {
    let folder = Folder::new();
    let store = folder.open();
    for n in 0..3 {
        store.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::NoStream, 1)])).await.unwrap();
    }
    folder.raw().execute("UPDATE ente_head SET position = 2", []).unwrap();
    let answer = store.append(ENTE, keyed(vec![item("a-9", Expected::NoStream, 1)], "k", 1)).await;
    let Err(AppendError::Unavailable { reason, .. }) = answer else { panic!("{answer:?}") };
    assert!(reason.contains("verify"), "{reason}");
    assert_eq!(store.read_all(ENTE, 0, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn newer_and_foreign_files_are_left_alone() {
    let folder = Folder::new();
    drop(folder.open());
    folder.raw().pragma_update(None, "user_version", 99).unwrap();
    let error = open_error(&folder.path());
    assert!(matches!(error, OpenError::Newer { found: 99, known: 1, .. }), "{error}");
    assert!(verify(&folder.path(), &mut |_| {}).is_err());

    let foreign = folder.path().with_file_name("altro.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open_error(&foreign), OpenError::Foreign { .. }));
    assert!(matches!(open_error(&folder.path().join("manca/x.db")), OpenError::Sqlite { .. }));
    let text = folder.path().with_file_name("testo.db");
    fs::write(&text, "non sono una base di dati, sono una lettera abbastanza lunga\n".repeat(20)).unwrap();
    assert!(matches!(open_error(&text), OpenError::Sqlite { .. }));
}
