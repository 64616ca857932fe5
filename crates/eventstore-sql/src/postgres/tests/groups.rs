//! The writer of one node: groups, bounds, what is wrong with one request.

use super::{Answer, execute, open, open_with, raw};
use crate::Sizes;
use crate::postgres::PostgresStore;
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, keyed, numbers, numero};
use eventstore::{AppendError, EventStore, Expected};
use sqlx::PgConnection;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use test_postgres::TestDatabase;

/// Locks an ente from outside and waits until its writer waits.
async fn hold(database: &TestDatabase, store: &Arc<PostgresStore>) -> (PgConnection, Answer) {
    file(&**store, ENTE, Filing::new("prima")).await.unwrap();
    let mut holder = raw(database).await;
    execute(&mut holder, "BEGIN; SELECT FROM registro.ente_head FOR UPDATE").await.unwrap();
    let held = enqueue(store, Filing::new("attesa")).await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut holder).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (holder, held)
}

/// Enqueues a filing without waiting for its answer: an append stands in the queue once it was polled.
async fn enqueue(store: &Arc<PostgresStore>, filing: Filing) -> Answer {
    let writer = store.clone();
    let mut append = Box::pin(async move { writer.append_registered(ENTE, Arc::new(filing)).await });
    poll_fn(|context| {
        assert!(append.as_mut().poll(context).is_pending(), "an append waits for its answer");
        Poll::Ready(())
    })
    .await;
    tokio::spawn(append)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_committed_together() {
    let database = TestDatabase::create().await;
    let store = open_with(&database, Sizes { group: 50, ..Sizes::default() }).await;
    let (mut holder, held) = hold(&database, &store).await;
    let mut answers = Vec::new();
    for n in 0..200 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    execute(&mut holder, "COMMIT").await.unwrap();
    assert_eq!(numero(&held.await.unwrap().unwrap()), 2);
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(numero(&answer.await.unwrap().unwrap()), n as u64 + 3, "numbers follow the queue");
    }
    let commits = "SELECT count(DISTINCT xmin::TEXT) FROM registro.event";
    let commits: i64 = sqlx::query_scalar(commits).fetch_one(&mut holder).await.unwrap();
    assert_eq!(commits, 2 + 4, "200 requests in groups of at most 50");
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026).len(), 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_is_bounded() {
    let database = TestDatabase::create().await;
    let store = open_with(&database, Sizes { queue: 8, ..Sizes::default() }).await;
    let (mut holder, held) = hold(&database, &store).await;
    let mut answers = Vec::new();
    for n in 0..8 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("di-troppo"))).await.unwrap_err();
    let AppendError::Unavailable { retry_after, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(retry_after, Duration::from_secs(1));
    let elsewhere = store.append("c_b000", batch(vec![item("a-1", Expected::Any, 1)])).await;
    assert!(elsewhere.is_ok(), "another ente has another queue: {elsewhere:?}");
    execute(&mut holder, "COMMIT").await.unwrap();
    for answer in answers.into_iter().chain([held]) {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("di-troppo")).await.unwrap()), 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_keeps_its_number() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let (mut holder, held) = hold(&database, &store).await;
    enqueue(&store, Filing::new("f-1").keyed("k", 1)).await.abort();
    execute(&mut holder, "COMMIT").await.unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.unwrap()), 4);
    let again = file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await;
    assert_eq!(again, Err(AppendError::AlreadyApplied { first: 3, last: 3 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_what_waits() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let (mut holder, held) = hold(&database, &store).await;
    let mut answers = vec![held];
    for n in 0..20 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    let closing = tokio::spawn({
        let store = store.clone();
        async move { store.close().await }
    });
    execute(&mut holder, "COMMIT").await.unwrap();
    closing.await.unwrap();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    let late = store.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await;
    assert!(matches!(late, Err(AppendError::Unavailable { .. })), "{late:?}");
    let own = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut left: i64 = 1;
    while left > 0 {
        left = sqlx::query_scalar(own).fetch_one(&mut holder).await.unwrap();
    }
}

/// What PostgreSQL cannot hold is the caller's mistake; neighbours of the same group are stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_cannot_be_stored_sinks_no_neighbour() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let (mut holder, held) = hold(&database, &store).await;
    let mut answers = Vec::new();
    for n in 0..9 {
        let nul = if n == 4 { "\0" } else { "" };
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}{nul}"))).await);
    }
    execute(&mut holder, "COMMIT").await.unwrap();
    held.await.unwrap().unwrap();
    for (n, answer) in answers.into_iter().enumerate() {
        let answer = answer.await.unwrap();
        assert_eq!(n == 4, matches!(answer, Err(AppendError::Invalid(_))), "{n}: {answer:?}");
        assert_eq!(n != 4, answer.is_ok(), "{n}: {answer:?}");
    }
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026), (1..=10).collect::<Vec<_>>());
    let key = eventstore::contract::idempotency("k\0", 1);
    assert_eq!(store.applied(ENTE, &key).await, Ok(None));
}

/// A group of large batches is more than one statement takes; it is stored in parts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_groups_are_stored_in_parts() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let large = |n: u64| {
        move |_: &eventstore::Slot| {
            let mut items = vec![item(&format!("grande-{n}"), Expected::NoStream, 64)];
            items[0]
                .events
                .iter_mut()
                .for_each(|event| event.payload = format!("{{\"t\":\"{}\"}}", "x".repeat(250_000)));
            Ok(Some(items))
        }
    };
    let (mut holder, held) = hold(&database, &store).await;
    let mut answers = vec![held];
    for n in 0..4 {
        answers.push(enqueue(&store, Filing::new("grande").within(large(n))).await);
    }
    execute(&mut holder, "COMMIT").await.unwrap();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(store.head(ENTE).await.unwrap().position, 2 + 4 * 64);
}

/// A registration may name its streams after its number, and write to streams of which nothing is known yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_may_depend_on_the_number() {
    let database = TestDatabase::create().await;
    let (store, other) = (open(&database).await, open(&database).await);
    let filing = || {
        Filing::new("f").within(|slot| {
            let last = slot.numero - 1;
            let expected = if last == 0 { Expected::NoStream } else { Expected::Exact(last) };
            let case = format!("pratica-{}", slot.numero);
            Ok(Some(vec![item("registro-PROT-2026", expected, 1), item(&case, Expected::NoStream, 1)]))
        })
    };
    for n in 1..=30 {
        let node = if n % 3 == 0 { &other } else { &store };
        assert_eq!(numero(&file(&**node, ENTE, filing()).await.unwrap()), n);
    }
    assert_eq!(store.read_stream(ENTE, "registro-PROT-2026", 0, 100).await.unwrap().len(), 30);
}

/// What one node left behind is out of date once another wrote: nobody is refused on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_refused_on_what_is_out_of_date() {
    let database = TestDatabase::create().await;
    let (one, two) = (open(&database).await, open(&database).await);
    let to = |expected, n| batch(vec![item("a-1", expected, n)]);
    one.append(ENTE, to(Expected::NoStream, 1)).await.unwrap();
    two.append(ENTE, to(Expected::Exact(1), 1)).await.unwrap();
    one.append(ENTE, to(Expected::Exact(2), 1)).await.unwrap();
    two.append(ENTE, keyed(vec![item("a-2", Expected::NoStream, 1)], "k", 1)).await.unwrap();
    let repeat = one.append(ENTE, keyed(vec![item("a-2", Expected::NoStream, 1)], "k", 1)).await;
    assert_eq!(repeat, Err(AppendError::AlreadyApplied { first: 4, last: 4 }));
    two.append(ENTE, to(Expected::Any, 2)).await.unwrap();
    let conflict = one.append(ENTE, to(Expected::Exact(3), 1)).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { actual: 5, .. })), "{conflict:?}");
    let conflict = one.append(ENTE, batch(vec![item("a-2", Expected::NoStream, 1)])).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { actual: 1, .. })), "{conflict:?}");
    assert_eq!(checked_log(&*one, ENTE).await.len(), 6);
}
