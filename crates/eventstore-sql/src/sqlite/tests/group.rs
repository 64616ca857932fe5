//! The writer: groups, bounds, failures.

use super::super::writer::Message;
use super::super::{SqliteOptions, SqliteStore, verify};
use super::Folder;
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, numbers, numero};
use eventstore::{AppendError, Appended, EventStore, Expected};
use rusqlite::Connection;
use std::future::poll_fn;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Runs something on the writer's connection and waits for it.
fn on_writer<T: Send + 'static>(store: &SqliteStore, f: impl FnOnce(&Connection) -> T + Send + 'static) -> T {
    let (sender, receiver) = channel();
    store.send(Message::Do(Box::new(move |conn| sender.send(f(conn)).unwrap()))).unwrap();
    receiver.recv().unwrap()
}

/// Holds the writer until the value is dropped.
fn hold(store: &SqliteStore) -> Sender<()> {
    let (release, released) = channel::<()>();
    let (sender, held) = channel();
    let wait = move |_: &Connection| {
        sender.send(()).unwrap();
        let _ = released.recv();
    };
    store.send(Message::Do(Box::new(wait))).unwrap();
    held.recv().unwrap();
    release
}

/// Commits so far, as seen by the write-ahead log's hook.
fn count_commits(store: &SqliteStore) -> Arc<Mutex<u64>> {
    let commits = Arc::new(Mutex::new(0));
    let counter = commits.clone();
    on_writer(store, move |conn| {
        conn.commit_hook(Some(move || {
            *counter.lock().unwrap() += 1;
            false
        }))
        .unwrap();
    });
    commits
}

type Answer = JoinHandle<Result<Appended, AppendError>>;

/// Enqueues a filing without waiting for its answer: an append stands in the queue once it was polled.
async fn enqueue(store: &Arc<SqliteStore>, filing: Filing) -> Answer {
    let writer = store.clone();
    let mut append = Box::pin(async move { writer.append_registered(ENTE, Arc::new(filing)).await });
    poll_fn(|context| {
        assert!(append.as_mut().poll(context).is_pending(), "the writer is held");
        Poll::Ready(())
    })
    .await;
    tokio::spawn(append)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_committed_together() {
    let folder = Folder::new();
    let store = Arc::new(folder.open_with(SqliteOptions { group: 50, ..SqliteOptions::default() }));
    let commits = count_commits(&store);
    let held = hold(&store);
    let mut answers = Vec::new();
    for n in 0..200 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    drop(held);
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(numero(&answer.await.unwrap().unwrap()), n as u64 + 1, "numbers follow the queue");
    }
    assert_eq!(*commits.lock().unwrap(), 4, "200 requests in groups of at most 50");
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026).len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_is_bounded() {
    let folder = Folder::new();
    let store = Arc::new(folder.open_with(SqliteOptions { queue: 8, ..SqliteOptions::default() }));
    let held = hold(&store);
    let mut answers = Vec::new();
    for n in 0..8 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("di-troppo"))).await.unwrap_err();
    let AppendError::Unavailable { retry_after, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(retry_after, Duration::from_secs(1));
    drop(held);
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("di-troppo")).await.unwrap()), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_keeps_its_number() {
    let folder = Folder::new();
    let store = Arc::new(folder.open());
    let held = hold(&store);
    enqueue(&store, Filing::new("f-1").keyed("k", 1)).await.abort();
    drop(held);
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.unwrap()), 2);
    let again = file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await;
    assert_eq!(again, Err(AppendError::AlreadyApplied { first: 1, last: 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_only_who_does_not_fit() {
    let folder = Folder::new();
    let store = Arc::new(folder.open());
    file(&*store, ENTE, Filing::new("f-0")).await.unwrap();
    let pages: i64 = on_writer(&store, |conn| {
        let pages: i64 = conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        conn.pragma_update_and_check(None, "max_page_count", pages + 6, |row| row.get(0)).unwrap()
    });
    let held = hold(&store);
    let large = |_: &eventstore::Slot| {
        let mut item = item("grande", Expected::NoStream, 1);
        item.events[0].payload = format!("{{\"t\":\"{}\"}}", "x".repeat(100_000));
        Ok(Some(vec![item]))
    };
    let before = enqueue(&store, Filing::new("f-1")).await;
    let refused = enqueue(&store, Filing::new("grande").within(large)).await;
    let after = enqueue(&store, Filing::new("f-2")).await;
    drop(held);
    assert_eq!(numero(&before.await.unwrap().unwrap()), 2);
    let refused = refused.await.unwrap().unwrap_err();
    let AppendError::Unavailable { reason, .. } = refused else { panic!("{refused:?}") };
    assert!(reason.contains("full"), "{reason}");
    assert_eq!(numero(&after.await.unwrap().unwrap()), 3);

    on_writer(&store, move |conn| {
        conn.pragma_update_and_check(None, "max_page_count", pages * 100, |row| row.get::<_, i64>(0)).unwrap();
    });
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("grande").within(large)).await.unwrap()), 4);
    checked_log(&*store, ENTE).await;
    assert_eq!(verify(&folder.path(), &mut |_| {}).unwrap().finding, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_stores_nothing_and_takes_no_number() {
    let folder = Folder::new();
    let store = Arc::new(folder.open());
    file(&*store, ENTE, Filing::new("f-0")).await.unwrap();
    on_writer(&store, |conn| conn.commit_hook(Some(|| true)).unwrap());
    let held = hold(&store);
    let refused = [enqueue(&store, Filing::new("f-1")).await, enqueue(&store, Filing::new("f-2")).await];
    drop(held);
    for answer in refused {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Err(AppendError::Unavailable { .. })), "{answer:?}");
    }
    assert_eq!(store.head(ENTE).await.unwrap().position, 1);
    on_writer(&store, |conn| conn.commit_hook(None::<fn() -> bool>).unwrap());
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-1")).await.unwrap()), 2);
    checked_log(&*store, ENTE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_what_waits() {
    let folder = Folder::new();
    let store = Arc::new(folder.open());
    let held = hold(&store);
    let mut answers = Vec::new();
    for n in 0..20 {
        answers.push(enqueue(&store, Filing::new(&format!("f-{n}"))).await);
    }
    drop(held);
    store.close().await;
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    let late = store.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await;
    assert!(matches!(late, Err(AppendError::Unavailable { .. })), "{late:?}");
    assert_eq!(verify(&folder.path(), &mut |_| {}).unwrap().enti[0].records, 20);
}
