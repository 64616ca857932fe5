//! Read models are disposable: thrown away and built again from the log they are the same.

use crate::support::{Server, client, eventually, sportello};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Tables by name without version and generation, their rows sorted.
type Dump = BTreeMap<String, Vec<String>>;

/// Tables that keep the book of builds; generations differ after a rebuild, and should.
const BOOKS: [&str; 3] = ["projection_live", "projection_table", "checkpoint"];

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".into(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => hex::encode(bytes),
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<String> {
    let names: Vec<String> = row.as_ref().column_names().into_iter().map(str::to_owned).collect();
    let cells = names.iter().enumerate().map(|(i, name)| Ok(format!("{name}={}", cell(row.get_ref(i)?))));
    Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
}

/// `pratica` from `pratica_v1_g3`.
fn base(table: &str) -> String {
    let cut = table.rfind("_v").filter(|i| table[i + 2..].starts_with(|c: char| c.is_ascii_digit()));
    table[..cut.unwrap_or_else(|| panic!("{table} has no version"))].to_owned()
}

fn dump(data: &Path) -> Dump {
    let conn = Connection::open_with_flags(data.join("letture.db"), OpenFlags::SQLITE_OPEN_READ_WRITE)
        .expect("the read models are read");
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("the read models are read");
    let mut dump = Dump::new();
    for table in names.iter().filter(|name| !BOOKS.contains(&name.as_str())) {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table}")).expect("the read models are read");
        let mut rows: Vec<String> = statement
            .query_map([], line)
            .expect("the read models are read")
            .collect::<Result<_, _>>()
            .expect("the read models are read");
        rows.sort_unstable();
        assert!(dump.insert(base(table), rows).is_none(), "two generations of {table} are left: {names:?}");
    }
    dump
}

#[track_caller]
fn assert_same(before: &Dump, after: &Dump, what: &str) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{what}");
    for (table, rows) in before {
        let other = &after[table];
        let differs = rows.iter().zip(other).find(|(a, b)| a != b);
        assert!(differs.is_none() && rows.len() == other.len(), "{what}: {table}: {differs:#?}");
    }
}

/// A stopped demonstration with its sample cases, every read model at the end of the log.
async fn sample(data: &Path) -> Dump {
    let server = Server::start_with(data, &[]);
    let http = client();
    eventually("the read models reach the end of the log", || async {
        let answer = http.get(format!("{}/readyz", server.url)).send().await.expect("it answers");
        let report: Value = answer.json().await.expect("JSON");
        let rows = report["proiezioni"].as_array().expect("a list");
        !rows.is_empty() && rows.iter().all(|row| row["ritardo"] == 0 && row["errore"].is_null())
    })
    .await;
    assert!(server.stop());
    let dump = dump(data);
    for table in ["pratica", "storia", "registrazione", "audit"] {
        assert!(dump[table].len() > 20, "{table} has {} rows", dump[table].len());
    }
    dump
}

#[tokio::test]
async fn a_rebuild_gives_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let live = sample(folder.path()).await;

    for file in ["letture.db", "letture.db-wal", "letture.db-shm"] {
        let path = folder.path().join(file);
        assert!(file != "letture.db" || path.exists());
        std::fs::remove_file(path).ok();
    }
    let (success, said) = sportello(&["rebuild", "--data", data]);
    assert!(success, "{said}");
    assert_same(&live, &dump(folder.path()), "all, from nothing");

    let list = said.lines().find_map(|line| line.strip_prefix("rebuilt from ")?.split_once(": "));
    let names: Vec<&str> = list.expect("it says what it built").1.split(", ").collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let (success, said) = sportello(&["rebuild", "--data", data, name]);
        assert!(success && said.contains(name), "{name}: {said}");
        assert_same(&live, &dump(folder.path()), name);
    }

    let (success, said) = sportello(&["rebuild", "--data", data, "fantasma"]);
    assert!(!success && said.contains("fantasma"), "{said}");
    assert_same(&live, &dump(folder.path()), "after a name that does not exist");

    // And the pages work on what was built.
    let server = Server::start_with(folder.path(), &[]);
    let area = server.api("cittadino");
    let data = area.data("{ areaPersonale { pratiche { totalCount } } }", serde_json::json!({})).await;
    assert!(data["areaPersonale"]["pratiche"]["totalCount"].as_u64().unwrap() > 0, "{data}");
    assert!(server.stop());
}

#[tokio::test]
async fn a_running_server_builds_what_was_deleted_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let live = sample(folder.path()).await;
    for file in ["letture.db", "letture.db-wal", "letture.db-shm"] {
        std::fs::remove_file(folder.path().join(file)).ok();
    }
    assert_same(&live, &sample(folder.path()).await, "a start without read models");
}
