//! Several nodes on one database.

use super::{execute, open, raw};
use crate::postgres::PostgresStore;
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, numbers, numero};
use eventstore::{EventStore, Expected};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use test_postgres::TestDatabase;
use tokio::time::timeout;

async fn nodes<const N: usize>(database: &TestDatabase) -> [Arc<PostgresStore>; N] {
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(open(database).await);
    }
    nodes.try_into().unwrap_or_else(|_| panic!("{N} nodes were opened"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enti_never_wait_for_each_other() {
    let database = TestDatabase::create().await;
    let [node] = nodes(&database).await;
    file(&*node, "c_a000", Filing::new("f-1")).await.unwrap();
    let mut holder = raw(&database).await;
    let lock = "BEGIN; SELECT FROM registro.ente_head WHERE ente = 'c_a000' FOR UPDATE";
    execute(&mut holder, lock).await.unwrap();
    let held = tokio::spawn({
        let node = node.clone();
        async move { file(&*node, "c_a000", Filing::new("f-2")).await }
    });
    for n in 1..=50 {
        let filed = timeout(Duration::from_secs(2), file(&*node, "c_b000", Filing::new(&format!("f-{n}"))));
        assert_eq!(numero(&filed.await.expect("nobody waits for another ente").unwrap()), n);
    }
    assert!(!held.is_finished());
    execute(&mut holder, "COMMIT").await.unwrap();
    assert_eq!(numero(&held.await.unwrap().unwrap()), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_make_one_chain_with_dense_numbers() {
    let database = TestDatabase::create().await;
    let nodes = nodes::<3>(&database).await;
    let mut clients = Vec::new();
    for client in 0..24_usize {
        let node = nodes[client % 3].clone();
        clients.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            for n in 0..20 {
                let filing = Filing::new(&format!("f-{client}-{n}")).keyed(&format!("k-{client}-{n}"), 1);
                taken.push(numero(&file(&*node, ENTE, filing).await.unwrap()));
            }
            taken
        }));
    }
    let mut taken = BTreeSet::new();
    for client in clients {
        taken.extend(client.await.unwrap());
    }
    assert_eq!(taken, (1..=480).collect());
    assert_eq!(numbers(&checked_log(&*nodes[0], ENTE).await, 2026), (1..=480).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unrelated_streams_never_conflict() {
    let database = TestDatabase::create().await;
    let nodes = nodes::<3>(&database).await;
    let appends = (0..64_usize).map(|n| {
        let node = nodes[n % 3].clone();
        tokio::spawn(
            async move { node.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::NoStream, 2)])).await },
        )
    });
    for append in appends.collect::<Vec<_>>() {
        append.await.unwrap().unwrap();
    }
    assert_eq!(checked_log(&*nodes[0], ENTE).await.len(), 128);
}

/// Readers that follow in small pages, woken only by the engine, see every position in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_event_is_skipped_while_sixteen_write() {
    const EVENTS: u64 = 16 * 25 * 2;
    let database = TestDatabase::create().await;
    let nodes = nodes::<3>(&database).await;
    let readers = nodes.clone().map(|node| {
        tokio::spawn(async move {
            let (mut wake, mut seen) = (node.wake(ENTE), 0);
            while seen < EVENTS {
                let page = node.read_all(ENTE, seen, 5).await.unwrap();
                if page.is_empty() {
                    timeout(Duration::from_secs(20), wake.changed()).await.expect("woken in time").unwrap();
                }
                for record in page {
                    assert_eq!(record.position, seen + 1, "a position was passed over");
                    seen += 1;
                }
            }
        })
    });
    let mut writers = Vec::new();
    for writer in 0..16_usize {
        let node = nodes[writer % 3].clone();
        writers.push(tokio::spawn(async move {
            for n in 0..25 {
                let items = vec![item(&format!("a-{writer}-{n}"), Expected::NoStream, 2)];
                node.append(ENTE, batch(items)).await.unwrap();
            }
        }));
    }
    for task in writers.into_iter().chain(readers) {
        timeout(Duration::from_mins(1), task).await.expect("in time").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_wakes_the_other_nodes() {
    let database = TestDatabase::create().await;
    let [one, two] = nodes(&database).await;
    let mut wake = two.wake(ENTE);
    let mut slowest = Duration::ZERO;
    for n in 1..=20 {
        let begun = Instant::now();
        one.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await.unwrap();
        timeout(Duration::from_secs(10), wake.wait_for(|position| *position >= n)).await.unwrap().unwrap();
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "without waiting for the look at the heads: {slowest:?}");
}

/// A head that moved without a word is found all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_notification_is_made_good() {
    let database = TestDatabase::create().await;
    let [one, two] = nodes(&database).await;
    one.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await.unwrap();
    let mut wake = two.wake(ENTE);
    let mut silent = raw(&database).await;
    execute(&mut silent, "UPDATE registro.ente_head SET position = 7").await.unwrap();
    timeout(Duration::from_secs(10), wake.wait_for(|position| *position == 7)).await.unwrap().unwrap();
}

/// Two hundred readers share a few connections: they wait for each other, nobody is turned away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_wait_for_a_connection() {
    let database = TestDatabase::create().await;
    let [node] = nodes(&database).await;
    node.append(ENTE, batch(vec![item("a-1", Expected::Any, 10)])).await.unwrap();
    let reads = (0..200).map(|_| {
        let node = node.clone();
        tokio::spawn(async move { node.read_all(ENTE, 0, 100).await.unwrap().len() })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap(), 10);
    }
}
