//! Damage is found, and its place named.

use super::{execute, open, raw};
use crate::postgres::verify;
use crate::{OpenError, PostgresStore, Progress, Report};
use eventstore::contract::{ENTE, Filing, batch, file, item, keyed};
use eventstore::{EventStore, Expected};
use std::sync::Arc;
use test_postgres::{Cluster, Options, Stop, TestDatabase};

/// A log of two enti: 12 records and 4 numbers in the first, 2 records in the second.
async fn fill(store: &PostgresStore) {
    for n in 0..4 {
        file(store, ENTE, Filing::new(&format!("f-{n}"))).await.unwrap();
        let items = keyed(vec![item("a-1", Expected::Any, 2)], &format!("k-{n}"), 1);
        store.append(ENTE, items).await.unwrap();
    }
    store.append("c_z000", batch(vec![item("a-1", Expected::Any, 2)])).await.unwrap();
}

/// A log that is damaged again and again; a copy of its rows puts it right each time.
struct Sample {
    database: TestDatabase,
    store: Arc<PostgresStore>,
}

impl Sample {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let store = open(&database).await;
        fill(&store).await;
        // Bytes that are no text, as a failing disk leaves them.
        let mut conn = raw(&database).await;
        execute(&mut conn, "CREATE CAST (bytea AS text) WITHOUT FUNCTION").await.unwrap();
        execute(&mut conn, WITHOUT_CHECKS).await.unwrap();
        execute(&mut conn, "CREATE SCHEMA copia").await.unwrap();
        for table in TABLES {
            let copy = format!("CREATE TABLE copia.{table} AS SELECT * FROM registro.{table}");
            execute(&mut conn, &copy).await.unwrap();
        }
        Self { database, store }
    }

    async fn check(&self) -> Report {
        verify(self.database.url(), &mut |_| {}).await.unwrap()
    }

    /// Runs SQL that the triggers would refuse, checks, and puts everything back.
    async fn damaged(&self, sql: &str) -> eventstore::verify::Finding {
        let mut conn = raw(&self.database).await;
        execute(&mut conn, "SET session_replication_role = replica; SET synchronous_commit = off").await.unwrap();
        let changed = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
        assert!(changed.rows_affected() > 0, "{sql} changes something");
        let report = self.check().await;
        let back = |t| format!("DELETE FROM registro.{t}; INSERT INTO registro.{t} SELECT * FROM copia.{t};");
        execute(&mut conn, &TABLES.map(back).concat()).await.unwrap();
        report.finding.unwrap_or_else(|| panic!("{sql} was not found"))
    }
}

const TABLES: [&str; 6] = ["ente_head", "stream_head", "registro_head", "registro_numero", "event", "idempotency"];

const WITHOUT_CHECKS: &str = "DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'registro'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP;
END $$";

#[tokio::test]
async fn a_whole_log_is_reported_whole_beside_a_running_node() {
    let sample = Sample::new().await;
    let mut steps = Vec::new();
    let report = verify(sample.database.url(), &mut |progress| steps.push(progress.clone())).await.unwrap();
    assert_eq!(report.finding, None);
    let enti: Vec<_> = report.enti.iter().map(|ente| (ente.ente.as_str(), ente.records)).collect();
    assert_eq!(enti, [(ENTE, 12), ("c_z000", 2)]);
    assert_eq!(steps.last().map(|last| (last.records, last.total)), Some((14, 14)));
    assert_eq!(sample.store.head(ENTE).await.unwrap().hash, report.enti[0].head);
}

/// Runs something to its end while the check waits.
fn meanwhile<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

/// Appends go on while the log is read, and what is read is one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_and_the_check_do_not_disturb_each_other() {
    let sample = Sample::new().await;
    let mut appended = None;
    let mut append = |_: &Progress| {
        appended.get_or_insert_with(|| meanwhile(file(&*sample.store, "c_z000", Filing::new("dopo"))).unwrap().last);
    };
    let report = verify(sample.database.url(), &mut append).await.unwrap();
    assert_eq!((report.finding, report.enti[1].records, appended), (None, 2, Some(3)));
    let report = sample.check().await;
    assert_eq!((report.finding, report.enti[1].records), (None, 3));
}

/// One byte of each column, in several ways; record 5 of 12, and the last one.
#[tokio::test]
async fn a_changed_byte_of_any_column_names_the_position() {
    let sample = Sample::new().await;
    for position in [5, 12] {
        for change in [
            "ente = 'c_a001'",
            "ente = '\\x635f61ff3030'::bytea::text",
            "position = position + 100",
            "position = -1",
            "stream = stream || 'x'",
            "stream = '\\x61ff'::bytea::text",
            "version = version + 100",
            "event_id = '00112233-4455-6677-8899-aabbccddeeff'",
            "kind = 'ProvaAvvenutb'",
            "kind = '\\xfe'::bytea::text",
            "schema_version = 2",
            "schema_version = 1::bigint << 40",
            "schema_version = -1",
            "payload = replace(payload, 'perch', 'Perch') || ' '",
            "payload = '\\x7bff7d'::bytea::text",
            "payload = ''",
            "meta = replace(meta, 'prova', 'provb')",
            "meta = '\\x7bff7d'::bytea::text",
            "recorded_at = recorded_at + 1",
            "recorded_at = 9223372036854775807",
            "prev_hash = sha256('')",
            "prev_hash = '\\x00'",
            "hash = sha256('')",
            "hash = ''",
        ] {
            let sql = format!("UPDATE registro.event SET {change} WHERE ente = '{ENTE}' AND position = {position}");
            let finding = sample.damaged(&sql).await;
            // A position below the first is met before all others.
            if change != "position = -1" {
                assert_eq!((finding.ente.as_str(), finding.position), (ENTE, position), "{change}: {finding}");
            }
        }
    }
    assert_eq!(sample.check().await.finding, None, "everything was put back");
}

#[tokio::test]
async fn missing_records_are_found() {
    let sample = Sample::new().await;
    for (gone, position) in [("position = 5", 5), ("position = 12", 12), ("position >= 9", 9), ("position > 0", 1)] {
        let finding = sample.damaged(&format!("DELETE FROM registro.event WHERE ente = '{ENTE}' AND {gone}")).await;
        assert_eq!((finding.ente.as_str(), finding.position), (ENTE, position), "{gone}: {finding}");
    }
}

#[tokio::test]
async fn heads_and_numbers_are_compared() {
    let sample = Sample::new().await;
    for (sql, word) in [
        ("UPDATE ente_head SET position = 11 WHERE ente = 'c_a000'", "head stands at 11"),
        ("UPDATE ente_head SET position = -3 WHERE ente = 'c_a000'", "negative"),
        ("UPDATE ente_head SET hash = sha256('') WHERE ente = 'c_a000'", "hash of the head"),
        ("UPDATE ente_head SET hash = '\\x01' WHERE ente = 'c_a000'", "hash of the head"),
        ("UPDATE ente_head SET recorded_at = 1 WHERE ente = 'c_a000'", "instant of the head"),
        ("UPDATE ente_head SET ente = 'c_a001' WHERE ente = 'c_a000'", "head stands at 12"),
        ("UPDATE ente_head SET ente = '\\xff'::bytea::text WHERE ente = 'c_a000'", "UTF-8"),
        ("DELETE FROM ente_head WHERE ente = 'c_a000'", "no head"),
        ("UPDATE stream_head SET version = 7 WHERE ente = 'c_a000' AND stream = 'a-1'", "a-1"),
        ("UPDATE stream_head SET stream = 'a-2' WHERE ente = 'c_a000' AND stream = 'a-1'", "a-2"),
        ("UPDATE stream_head SET stream = '\\xff'::bytea::text WHERE ente = 'c_a000' AND stream = 'a-1'", "UTF-8"),
        ("DELETE FROM stream_head WHERE ente = 'c_a000' AND stream = 'f-2'", "stream has records but no head"),
        ("INSERT INTO stream_head VALUES ('c_a000', 'z-1', 0)", "z-1"),
        ("INSERT INTO stream_head VALUES ('c_b000', 'z-1', 1)", "stream_head has rows of an ente that has no head"),
        ("UPDATE registro_head SET numero = 3", "not its last number"),
        ("UPDATE registro_head SET anno = 2025", "not its last number"),
        ("UPDATE registro_head SET registro = '\\xff'::bytea::text", "name of a register"),
        ("DELETE FROM registro_head", "numbers but no head"),
        ("UPDATE registro_head SET ente = 'c_b000'", "numbers but no head"),
        ("INSERT INTO registro_head VALUES ('c_b000', 'PROT', 2026, 1)", "registro_head has rows"),
        ("DELETE FROM registro_numero WHERE numero = 2", "number 3 follows 1"),
        ("DELETE FROM registro_numero WHERE numero = 4", "not its last number"),
        ("UPDATE registro_numero SET numero = 9 WHERE numero = 3", "number 4 follows 2"),
        ("UPDATE registro_numero SET position = 40 WHERE numero = 4", "no place of its own"),
        ("UPDATE registro_numero SET position = 1 WHERE numero = 2", "no place of its own"),
        ("UPDATE registro_numero SET position = -1 WHERE numero = 2", "damaged"),
        ("UPDATE registro_numero SET registro = 'PROX' WHERE numero = 3", "number 4 follows 2"),
        ("UPDATE registro_numero SET ente = 'c_b000' WHERE numero = 4", "not its last number"),
        ("INSERT INTO registro_numero VALUES ('c_b000', 'PROT', 2026, 1, 1)", "registro_numero has rows"),
        ("UPDATE idempotency SET last = 13 WHERE key = 'k-3'", "idempotency"),
        ("UPDATE idempotency SET first = 0 WHERE key = 'k-0'", "idempotency"),
        ("UPDATE idempotency SET fingerprint = '\\x00' WHERE key = 'k-0'", "idempotency"),
        ("UPDATE idempotency SET ente = 'c_b000' WHERE key = 'k-0'", "idempotency has rows"),
    ] {
        let qualified = sql.replacen("UPDATE ", "UPDATE registro.", 1).replacen("INTO ", "INTO registro.", 1);
        let finding = sample.damaged(&qualified.replacen("FROM ", "FROM registro.", 1)).await;
        assert!(finding.reason.contains(word), "{sql}: {finding}");
    }
    assert_eq!(sample.check().await.finding, None, "everything was put back");
}

#[tokio::test]
async fn a_database_without_a_log_is_no_whole_log() {
    let database = TestDatabase::create().await;
    let error = verify(database.url(), &mut |_| {}).await.unwrap_err();
    assert!(matches!(error, OpenError::NoLog { .. }), "{error}");
    drop(open(&database).await);
    let report = verify(database.url(), &mut |_| {}).await.unwrap();
    assert_eq!((report.enti.len(), report.finding), (0, None));
    execute(&mut raw(&database).await, "UPDATE registro.layout SET version = 99").await.unwrap();
    let error = verify(database.url(), &mut |_| {}).await.unwrap_err();
    assert!(matches!(&error, OpenError::Unfit { reason, .. } if reason.contains("layout 99")), "{error}");
    let nobody = verify("postgres://u:segreto@127.0.0.1:1/s", &mut |_| {}).await.unwrap_err();
    assert!(matches!(nobody, OpenError::Postgres { .. }) && !nobody.to_string().contains("segreto"));
}

/// A connection that is lost says nothing about the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_not_damage() {
    let sample = Sample::new().await;
    let mut conn = raw(&sample.database).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name = 'sportello verify' AND datname = current_database()";
    let mut lose = |_: &Progress| meanwhile(execute(&mut conn, cut)).unwrap();
    let error = verify(sample.database.url(), &mut lose).await.unwrap_err();
    assert!(matches!(error, OpenError::Postgres { .. }), "{error}");
}

/// Damage below SQL: the header of every page of one table or index at a time.
#[tokio::test]
async fn damaged_pages_are_found_without_a_panic() {
    let mut cluster = Cluster::start_new(&Options::default()).unwrap();
    let database = TestDatabase::create_on(&cluster.url()).await;
    let store = open(&database).await;
    fill(&store).await;
    store.close().await;
    for relation in TABLES.into_iter().chain(["event_pkey"]) {
        let path = format!("SELECT setting || '/' || pg_relation_filepath('registro.{relation}')");
        let path = format!("{path} FROM pg_settings WHERE name = 'data_directory'");
        let path = cluster.query(database.name(), &path).remove(0);
        // Stopped, so that every page is on the disk and none is in memory afterwards.
        cluster.stop(Stop::Fast);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        assert!(!bytes.is_empty());
        bytes.chunks_mut(8192).for_each(|page| page[..16].fill(0xEE));
        std::fs::write(&path, bytes).unwrap();
        cluster.start();
        let finding = verify(database.url(), &mut |_| {}).await.unwrap().finding;
        let finding = finding.unwrap_or_else(|| panic!("damage of {relation} was not found"));
        if relation == "event" {
            assert_eq!((finding.ente.as_str(), finding.position), (ENTE, 1), "{finding}");
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(verify(database.url(), &mut |_| {}).await.unwrap().finding, None, "everything was put back");
}
