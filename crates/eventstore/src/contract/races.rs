//! What a reader that follows `position > n` must never miss, with two nodes writing to one log.

use super::{ENTE, Filing, Harness, batch, checked_log, file, item, noon, numbers};
use crate::batch::Expected;
use crate::clock::ManualClock;
use crate::store::EventStore;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long the slow writer holds on, once it has begun.
const SLOW: Duration = Duration::from_millis(150);
/// Appends of the others meanwhile.
const OTHERS: u64 = 20;

async fn two_nodes(harness: &dyn Harness) -> [Arc<dyn EventStore>; 2] {
    let nodes = harness.nodes(Arc::new(ManualClock::new(noon())), 2).await;
    nodes.try_into().unwrap_or_else(|_| panic!("two nodes were asked for"))
}

/// Follows the log until it has seen `until` positions; a skipped one fails.
async fn follow(store: Arc<dyn EventStore>, until: u64) {
    let mut seen = 0;
    while seen < until {
        for record in store.read_all(ENTE, seen, 7).await.expect("readable") {
            assert_eq!(record.position, seen + 1, "a position was passed over");
            seen += 1;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// `slow` begins on the first node and holds on; the others write on both; readers follow on both.
async fn race(nodes: &[Arc<dyn EventStore>; 2], slow: Filing, begun: Arc<Notify>, stored: u64) -> bool {
    let until = stored + OTHERS;
    let readers: Vec<_> = nodes.iter().map(|node| tokio::spawn(follow(node.clone(), until))).collect();
    let first = nodes[0].clone();
    let slow = tokio::spawn(async move { file(&*first, ENTE, slow).await });
    begun.notified().await;
    let mut others = Vec::new();
    for n in 0..OTHERS {
        let node = nodes[(n % 2) as usize].clone();
        others.push(tokio::spawn(async move {
            if n % 4 < 2 {
                file(&*node, ENTE, Filing::new(&format!("altra-{n}"))).await
            } else {
                node.append(ENTE, batch(vec![item(&format!("altra-{n}"), Expected::NoStream, 1)])).await
            }
        }));
    }
    for other in others {
        other.await.expect("no panic").expect("the others are stored");
    }
    let stored = slow.await.expect("no panic").is_ok();
    for reader in readers {
        let in_time = tokio::time::timeout(Duration::from_secs(30), reader).await;
        in_time.expect("the reader sees everything in time").expect("nothing was passed over");
    }
    let log = checked_log(&*nodes[1], ENTE).await;
    let filed = OTHERS / 2 + u64::from(stored);
    assert_eq!(numbers(&log, 2026), (1..=filed).collect::<Vec<_>>(), "numbers follow the log without a hole");
    stored
}

/// The first to take a number is the last to be ready.
pub async fn a_slow_first_writer_hides_nothing(harness: &dyn Harness) {
    let nodes = two_nodes(harness).await;
    let begun = Arc::new(Notify::new());
    let signal = begun.clone();
    let slow = Filing::new("lenta").within(move |_| {
        signal.notify_one();
        std::thread::sleep(SLOW);
        Ok(None)
    });
    assert!(race(&nodes, slow, begun, 1).await);
}

/// A writer that took a number and its place gives both back; nobody waits for it.
pub async fn a_rolled_back_writer_leaves_no_hole(harness: &dyn Harness) {
    let nodes = two_nodes(harness).await;
    let begun = Arc::new(Notify::new());
    let signal = begun.clone();
    let slow = Filing::new("respinta").within(move |_| {
        signal.notify_one();
        std::thread::sleep(SLOW);
        Err(json!({ "motivo": "tardi" }))
    });
    assert!(!race(&nodes, slow, begun, 0).await);
}

/// A writer that began before all others and had drawn nothing yet.
pub async fn an_early_transaction_takes_no_early_place(harness: &dyn Harness) {
    let nodes = two_nodes(harness).await;
    let begun = Arc::new(Notify::new());
    let signal = begun.clone();
    let slow = Filing::new("mattiniera").before(move || {
        signal.notify_one();
        std::thread::sleep(SLOW);
    });
    assert!(race(&nodes, slow, begun, 1).await);
}
