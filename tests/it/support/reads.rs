//! The stored read models, looked at from outside.

use super::data::Data;
use super::{Server, client, eventually};
use rusqlite::types::ValueRef;
use rusqlite::{OpenFlags, Row};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::collections::BTreeMap;
use std::path::Path;

/// Tables by name without version and generation, their rows sorted.
pub type Dump = BTreeMap<String, Vec<String>>;

/// SQLite's files of the read models.
const FILES: [&str; 3] = ["letture.db", "letture.db-wal", "letture.db-shm"];

/// Tables that keep the book of builds; generations differ after a rebuild, and should.
fn is_book(table: &str) -> bool {
    table.starts_with("projection_") || table == "checkpoint"
}

/// `pratica` from `pratica_v1_g3`.
fn base(table: &str) -> String {
    let cut = table.rfind("_v").filter(|i| table[i + 2..].starts_with(|c: char| c.is_ascii_digit()));
    table[..cut.unwrap_or_else(|| panic!("{table} has no version"))].to_owned()
}

/// All rows of all read models.
pub async fn dump(data: &Data) -> Dump {
    let tables = match data.url() {
        Some(url) => from_postgres(url).await,
        None => from_sqlite(data.path()).expect("the read models are read"),
    };
    let mut dump = Dump::new();
    for (table, mut rows) in tables.into_iter().filter(|(name, _)| !is_book(name)) {
        rows.sort_unstable();
        assert!(dump.insert(base(&table), rows).is_none(), "two generations of {table} are left");
    }
    dump
}

async fn from_postgres(url: &str) -> Vec<(String, Vec<String>)> {
    let mut conn = PgConnection::connect(url).await.expect("the read models open");
    let names: Vec<String> = sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'letture'")
        .fetch_all(&mut conn)
        .await
        .expect("the tables are listed");
    let mut tables = Vec::new();
    for name in names {
        let sql = AssertSqlSafe(format!("SELECT to_jsonb(t)::text FROM letture.{name} AS t"));
        let rows = sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("the read models are read");
        tables.push((name, rows));
    }
    tables
}

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

fn from_sqlite(folder: &Path) -> rusqlite::Result<Vec<(String, Vec<String>)>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let conn = rusqlite::Connection::open_with_flags(folder.join(FILES[0]), flags)?;
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let rows = |name: String| {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}"))?;
        let rows = statement.query_map([], line)?.collect::<Result<_, _>>()?;
        Ok((name, rows))
    };
    names.into_iter().map(rows).collect()
}

/// Two dumps hold the same.
#[track_caller]
pub fn assert_same(before: &Dump, after: &Dump, what: &str) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{what}");
    for (table, rows) in before {
        let other = &after[table];
        let differs = rows.iter().zip(other).find(|(a, b)| a != b);
        assert!(differs.is_none() && rows.len() == other.len(), "{what}: {table}: {differs:#?}");
    }
}

/// Throws the read models away.
pub async fn remove(data: &Data) {
    let Some(url) = data.url() else {
        assert!(data.path().join(FILES[0]).exists(), "there is nothing to throw away");
        for file in FILES {
            std::fs::remove_file(data.path().join(file)).ok();
        }
        return;
    };
    let mut conn = PgConnection::connect(url).await.expect("the read models open");
    sqlx::raw_sql("DROP SCHEMA letture CASCADE").execute(&mut conn).await.expect("it is dropped");
}

/// Waits until every read model of a server has reached the end of the log.
pub async fn caught_up(server: &Server) {
    let http = client();
    eventually("the read models reach the end of the log", || async {
        let answer = http.get(format!("{}/readyz", server.url)).send().await.expect("it answers");
        let report: Value = answer.json().await.expect("JSON");
        let rows = report["proiezioni"].as_array();
        rows.is_some_and(|rows| !rows.is_empty() && rows.iter().all(|r| r["ritardo"] == 0 && r["errore"].is_null()))
    })
    .await;
}
