//! Anyone who changes one byte of the log is found out, and where.

use crate::support::{Data, Server};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::path::Path;

/// A log with three filings and an answer, closed.
async fn log() -> Data {
    let data = Data::sqlite();
    let server = Server::start(&data);
    let api = server.api("cittadino");
    for i in 1..=3 {
        api.segnala(&format!("t-{i}"), &format!("Lampione {i}")).await;
    }
    assert!(server.stop());
    data.assert_clean();
    data
}

/// A copy of the log without its triggers, open for changes.
fn copy(log: &Path, name: &str) -> (Data, Connection) {
    let data = log.join(name);
    std::fs::create_dir(&data).expect("a folder");
    for file in ["registro.db", "registro.db-wal"] {
        if log.join(file).exists() {
            std::fs::copy(log.join(file), data.join(file)).expect("it is copied");
        }
    }
    let conn = Connection::open(data.join("registro.db")).expect("it opens");
    let triggers: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("the triggers are listed");
    assert!(triggers.len() >= 4, "{triggers:?}");
    for trigger in triggers {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).expect("it is dropped");
    }
    (Data::folder(&data), conn)
}

/// One byte (or one unit of a number) changed, so that the value stays of its type.
fn changed(value: Value) -> Value {
    match value {
        Value::Text(mut text) => {
            // In the middle, where the content is; a letter or digit stays one.
            let middle = text.len() / 2;
            let at = (middle..text.len()).find(|i| text.as_bytes()[*i].is_ascii_alphanumeric()).expect("a letter");
            let other = if text.as_bytes()[at] == b'7' { "8" } else { "7" };
            text.replace_range(at..=at, other);
            Value::Text(text)
        }
        Value::Blob(mut bytes) => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Value::Blob(bytes)
        }
        Value::Integer(number) => Value::Integer(number + 1),
        other => panic!("nothing to change in {other:?}"),
    }
}

#[tokio::test]
async fn one_byte_of_any_column_is_found_at_its_place() {
    let log = log().await;
    let columns =
        ["stream", "event_id", "kind", "schema_version", "payload", "meta", "recorded_at", "prev_hash", "hash"];
    for position in [1_i64, 6] {
        for column in columns {
            let (data, conn) = copy(log.path(), &format!("{column}-{position}"));
            let read = format!("SELECT {column} FROM event WHERE ente = 'c_x901' AND position = ?1");
            let value: Value = conn.query_row(&read, [position], |row| row.get(0)).unwrap();
            let write = format!("UPDATE event SET {column} = ?1 WHERE ente = 'c_x901' AND position = ?2");
            assert_eq!(conn.execute(&write, params![changed(value), position]).unwrap(), 1);
            drop(conn);
            let (success, report) = data.verify();
            assert!(!success, "{column} of {position} was changed unnoticed");
            assert_eq!(report["finding"]["position"], position, "{column}: {report:#}");
            assert_eq!(report["finding"]["ente"], "c_x901");
        }
    }
}

#[tokio::test]
async fn a_record_or_a_number_that_is_missing_moved_or_made_up_is_found() {
    let log = log().await;
    // What is done, the position that is named.
    let last: i64 = {
        let (_, conn) = copy(log.path(), "heads");
        conn.query_row("SELECT position FROM ente_head WHERE ente = 'c_x901'", [], |row| row.get(0)).unwrap()
    };
    let second: i64 = {
        let (_, conn) = copy(log.path(), "numbers");
        conn.query_row("SELECT position FROM registro_numero WHERE numero = 2", [], |row| row.get(0)).unwrap()
    };
    let third: i64 = {
        let (_, conn) = copy(log.path(), "third");
        conn.query_row("SELECT position FROM registro_numero WHERE numero = 3", [], |row| row.get(0)).unwrap()
    };
    let cases = [
        ("removed", "DELETE FROM event WHERE ente = 'c_x901' AND position = 3", 3),
        ("cut-off", "DELETE FROM event WHERE ente = 'c_x901' AND position = (SELECT max(position) FROM event)", last),
        ("renumbered", "UPDATE registro_numero SET numero = 7 WHERE numero = 3", third),
        ("moved", "UPDATE registro_numero SET position = position + 1000 WHERE numero = 2", second + 1000),
        ("forgotten", "DELETE FROM registro_numero WHERE numero = 2", third),
        ("register-head", "UPDATE registro_head SET numero = numero + 1", last),
        ("stream-head", "UPDATE stream_head SET version = version + 1 WHERE stream LIKE 'registro-%'", last),
    ];
    for (name, sql, position) in cases {
        let (data, conn) = copy(log.path(), name);
        assert!(conn.execute(sql, []).unwrap() >= 1, "{name}");
        drop(conn);
        let (success, report) = data.verify();
        assert!(!success, "{name} went unnoticed");
        assert_eq!(report["finding"]["position"], position, "{name}: {report:#}");
    }
}

#[tokio::test]
async fn the_engine_itself_refuses_to_change_or_delete() {
    let log = log().await;
    let conn = Connection::open(log.path().join("registro.db")).unwrap();
    for sql in [
        "UPDATE event SET payload = payload || ' '",
        "DELETE FROM event",
        "UPDATE registro_numero SET numero = numero + 100",
        "DELETE FROM registro_numero",
    ] {
        let error = conn.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("never"), "{sql}: {error}");
    }
    drop(conn);
    log.assert_clean();
}
