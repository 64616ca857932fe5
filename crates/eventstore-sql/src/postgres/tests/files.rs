//! The database: layout, triggers, durability.

use super::{execute, open, raw};
use crate::group::Request;
use crate::postgres::connect;
use crate::postgres::known::{Known, Stored};
use crate::postgres::write::write;
use crate::{OpenError, PostgresStore, Sizes};
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, keyed, noon};
use eventstore::{AppendError, EventStore, Expected, ManualClock};
use sqlx::AssertSqlSafe;
use std::sync::Arc;
use test_postgres::TestDatabase;

async fn open_error(url: &str) -> OpenError {
    PostgresStore::open(url, Arc::new(ManualClock::new(noon())), Sizes::default()).await.err().unwrap()
}

#[tokio::test]
async fn nodes_open_an_empty_database_at_the_same_moment() {
    let database = TestDatabase::create().await;
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let url = database.url().to_owned();
            let clock = Arc::new(ManualClock::new(noon()));
            tokio::spawn(async move { PostgresStore::open(&url, clock, Sizes::default()).await.map(drop) })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn records_numbers_and_keys_cannot_be_changed() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await.unwrap();
    let mut raw = raw(&database).await;
    for sql in [
        "UPDATE registro.event SET kind = 'Altro'",
        "DELETE FROM registro.event",
        "TRUNCATE registro.event",
        "UPDATE registro.registro_numero SET numero = 2",
        "DELETE FROM registro.registro_numero",
        "TRUNCATE registro.registro_numero",
        "UPDATE registro.idempotency SET first = 2",
        "DELETE FROM registro.idempotency",
        "TRUNCATE registro.idempotency",
    ] {
        let error = execute(&mut raw, sql).await.unwrap_err().to_string();
        assert!(error.contains("never"), "{sql}: {error}");
    }
    checked_log(&*store, ENTE).await;
}

/// A commit is on the disk when it is answered, whatever the database says of others.
#[tokio::test]
async fn commits_are_flushed() {
    let database = TestDatabase::create().await;
    let mut raw = raw(&database).await;
    for (default, raised) in [("off", "on"), ("local", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")]
    {
        let alter = format!("ALTER DATABASE {} SET", database.name());
        let alter = format!("{alter} synchronous_commit = {default}; {alter} statement_timeout = 1000");
        execute(&mut raw, &alter).await.unwrap();
        let options = connect::writer_options(&connect::options(database.url()).unwrap());
        let mut writer = connect::writer(&options).await.unwrap();
        let setting: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut writer).await.unwrap();
        assert_eq!(setting, raised, "{default}");
        let timeout: String = sqlx::query_scalar("SHOW statement_timeout").fetch_one(&mut writer).await.unwrap();
        assert_eq!(timeout, "0", "a commit is never cancelled");
    }
}

/// What a writer looks up under the lock is never older than the lock, whatever isolation the database has by default.
#[tokio::test]
async fn writers_see_what_was_committed_while_they_waited() {
    let database = TestDatabase::create().await;
    let alter = format!("ALTER DATABASE {} SET default_transaction_isolation = 'serializable'", database.name());
    execute(&mut raw(&database).await, &alter).await.unwrap();
    let options = connect::writer_options(&connect::options(database.url()).unwrap());
    let mut writer = connect::writer(&options).await.unwrap();
    let level: String = sqlx::query_scalar("SHOW transaction_isolation").fetch_one(&mut writer).await.unwrap();
    assert_eq!(level, "read committed");
}

/// A write that was fenced takes no effect, however late it arrives; neither does one whose new stream is there.
#[tokio::test]
async fn a_write_on_what_is_no_longer_so_takes_no_effect() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    store.append(ENTE, batch(vec![item("a-1", Expected::NoStream, 1)])).await.unwrap();
    let options = connect::writer_options(&connect::options(database.url()).unwrap());
    let mut conn = connect::writer(&options).await.unwrap();
    let requests = |stream| [Request::batch(ENTE, batch(vec![item(stream, Expected::NoStream, 1)])).unwrap()];
    let clock = ManualClock::new(noon());

    let mut known = Known::default();
    known.settle(requests("a-2").iter(), &clock);
    let mut known = known.look_up(&mut conn, ENTE).await.unwrap();
    let (plan, stored) = (known.settle(requests("a-2").iter(), &clock), known.stored.unwrap());
    let fence = "UPDATE registro.ente_head SET fence = fence + 1";
    execute(&mut conn, fence).await.unwrap();
    assert!(!write(&mut conn, &plan, &known, stored).await.unwrap());
    let fenced = Stored { fence: stored.fence + 1, ..stored };
    assert!(write(&mut conn, &plan, &known, fenced).await.unwrap());

    let mut known = Known::after(&plan, fenced.fence).unwrap();
    let (plan, stored) = (known.settle(requests("a-1").iter(), &clock), known.stored.unwrap());
    assert!(known.is_enough(&plan), "it is taken for new");
    assert!(!write(&mut conn, &plan, &known, stored).await.unwrap());
    assert_eq!(checked_log(&*store, ENTE).await.len(), 2);
}

/// The plans are chosen for large tables even when a statement is prepared on empty ones: every look-up is by whole key.
#[tokio::test]
async fn look_ups_are_by_key() {
    let database = TestDatabase::create().await;
    drop(open(&database).await);
    let options = connect::writer_options(&connect::options(database.url()).unwrap());
    let mut conn = connect::writer(&options).await.unwrap();
    for (sql, arguments, conditions) in [
        (
            include_str!("../sql/lookup.sql"),
            "'e', '{a,b}', '{P}', '{2026}', '{k}'",
            &["(stream = ANY", "(key = ANY"][..],
        ),
        (include_str!("../sql/read_all.sql"), "'e', 0, 10", &[r#"("position" > $2)"#]),
        (include_str!("../sql/read_stream.sql"), "'e', 'a', 0, 10", &["(stream = $2) AND (version > $3)"]),
    ] {
        execute(&mut conn, &format!("PREPARE p AS {sql}")).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE p ({arguments})"));
        let plan: Vec<String> = sqlx::query_scalar(explain).persistent(false).fetch_all(&mut conn).await.unwrap();
        execute(&mut conn, "DEALLOCATE p").await.unwrap();
        for condition in conditions {
            let found = plan.iter().any(|line| line.contains("Index Cond") && line.contains(condition));
            assert!(found, "{condition} in {plan:#?}");
        }
        assert!(!plan.iter().any(|line| line.contains("Seq Scan") || line.contains("Sort")), "{plan:#?}");
    }
}

/// Heads that do not agree with the records end in an error, never in a fork.
#[tokio::test]
async fn a_head_that_went_back_is_an_error() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    for n in 0..3 {
        store.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::NoStream, 1)])).await.unwrap();
    }
    execute(&mut raw(&database).await, "UPDATE registro.ente_head SET position = 2").await.unwrap();
    let answer = store.append(ENTE, keyed(vec![item("a-9", Expected::NoStream, 1)], "k", 1)).await;
    let Err(AppendError::Unavailable { reason, .. }) = answer else { panic!("{answer:?}") };
    assert!(reason.contains("verify"), "{reason}");
    assert_eq!(store.read_all(ENTE, 0, 10).await.unwrap().len(), 3);
}

/// What stores nothing keeps nothing locked and makes no head.
#[tokio::test]
async fn a_refusal_leaves_nothing() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let conflict = store.append(ENTE, batch(vec![item("a-1", Expected::Exact(3), 1)])).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { .. })), "{conflict:?}");
    let mut raw = raw(&database).await;
    execute(&mut raw, "BEGIN; LOCK TABLE registro.ente_head IN ACCESS EXCLUSIVE MODE NOWAIT; ROLLBACK").await.unwrap();
    let heads: i64 = sqlx::query_scalar("SELECT count(*) FROM registro.ente_head").fetch_one(&mut raw).await.unwrap();
    assert_eq!(heads, 0);
}

#[tokio::test]
async fn what_cannot_hold_a_log_is_refused_in_clear_words() {
    let database = TestDatabase::create().await;
    drop(open(&database).await);
    let mut raw = raw(&database).await;
    execute(&mut raw, "UPDATE registro.layout SET version = 99").await.unwrap();
    let error = open_error(database.url()).await;
    assert!(matches!(error, OpenError::Unfit { .. }) && error.to_string().contains("layout 99"), "{error}");

    let name = format!("{}_latin", database.name());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    execute(&mut raw, &create).await.unwrap();
    let error = open_error(&database.url().replace(database.name(), &name)).await;
    execute(&mut raw, &format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    assert!(error.to_string().contains("LATIN1"), "{error}");

    let nobody = "postgres://sportello:segreto@127.0.0.1:1/niente";
    let error = open_error(nobody).await;
    assert!(matches!(error, OpenError::Postgres { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("segreto"), "{error:?}");
}
