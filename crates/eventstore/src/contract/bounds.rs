//! The limits of the port.

use super::{ENTE, Filing, Harness, batch, checked_log, file, item, keyed, open};
use crate::batch::{Batch, Expected};
use crate::limits;
use crate::store::{AppendError, EventStore};

async fn invalid(store: &dyn EventStore, batch: Batch, what: &str) {
    let answer = store.append(ENTE, batch).await;
    assert!(matches!(answer, Err(AppendError::Invalid(_))), "{what}: {answer:?}");
}

/// A page holds what was asked for, and never more than the limit.
pub async fn pages_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let mut stored = 0;
    while stored <= limits::PAGE {
        store.append(ENTE, batch(vec![item("a-1", Expected::Any, limits::BATCH_EVENTS)])).await.expect("stored");
        stored += limits::BATCH_EVENTS;
    }
    for (after, limit, length) in [
        (0, 0, 0),
        (0, 1, 1),
        (10, 7, 7),
        (0, limits::PAGE, limits::PAGE),
        (0, usize::MAX, limits::PAGE),
        (1, limits::PAGE + 1, limits::PAGE),
        (stored as u64 - 3, 10, 3),
        (stored as u64, 10, 0),
        (u64::MAX, 10, 0),
    ] {
        let all = store.read_all(ENTE, after, limit).await.expect("readable");
        let stream = store.read_stream(ENTE, "a-1", after, limit).await.expect("readable");
        assert_eq!(all.len(), length, "after {after}, at most {limit}");
        assert_eq!(all, stream, "the only stream is the whole log");
        assert!(all.iter().zip(after.saturating_add(1)..).all(|(record, position)| record.position == position));
    }
}

/// A batch without items, and an item without events.
pub async fn empty_batches_are_invalid(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    invalid(&*store, batch(vec![]), "no item").await;
    let items = vec![item("a-1", Expected::Any, 1), item("a-2", Expected::Any, 0)];
    invalid(&*store, batch(items), "an item without events").await;
    invalid(&*store, batch(vec![item("a-1", Expected::Exact(0), 1)]), "version 0").await;
    assert!(checked_log(&*store, ENTE).await.is_empty());
}

/// [`limits::BATCH_EVENTS`] over all items.
pub async fn batch_events_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let of = |n| batch(vec![item("a-1", Expected::Any, limits::BATCH_EVENTS - 10), item("a-2", Expected::Any, n)]);
    invalid(&*store, of(11), "one event too many").await;
    store.append(ENTE, of(10)).await.expect("as many as allowed");
    assert_eq!(checked_log(&*store, ENTE).await.len(), limits::BATCH_EVENTS);
}

/// [`limits::PAYLOAD_BYTES`] for each event.
pub async fn payload_bytes_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let of = |bytes: usize| {
        let mut batch = batch(vec![item("a-1", Expected::Any, 1)]);
        batch.items[0].events[0].payload = format!("{{\"t\":\"{}\"}}", "x".repeat(bytes - 8));
        assert_eq!(batch.items[0].events[0].payload.len(), bytes);
        batch
    };
    invalid(&*store, of(limits::PAYLOAD_BYTES + 1), "one byte too many").await;
    store.append(ENTE, of(limits::PAYLOAD_BYTES)).await.expect("as many as allowed");
    assert_eq!(checked_log(&*store, ENTE).await[0].payload.len(), limits::PAYLOAD_BYTES);
}

/// [`limits::STREAM_NAME`] characters, at least one.
pub async fn stream_names_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let of = |n: usize| batch(vec![item(&"è".repeat(n), Expected::Any, 1)]);
    invalid(&*store, of(0), "no name").await;
    invalid(&*store, of(limits::STREAM_NAME + 1), "one character too many").await;
    store.append(ENTE, of(limits::STREAM_NAME)).await.expect("as many as allowed");
}

/// [`limits::IDEMPOTENCY_KEY`] characters, at least one.
pub async fn idempotency_keys_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let of = |n: usize| keyed(vec![item("a-1", Expected::Any, 1)], &"è".repeat(n), 1);
    invalid(&*store, of(0), "no key").await;
    invalid(&*store, of(limits::IDEMPOTENCY_KEY + 1), "one character too many").await;
    store.append(ENTE, of(limits::IDEMPOTENCY_KEY)).await.expect("as many as allowed");
    let long = Filing::new("f-1").keyed(&"k".repeat(limits::IDEMPOTENCY_KEY + 1), 1);
    let answer = file(&*store, ENTE, long).await;
    assert!(matches!(answer, Err(AppendError::Invalid(_))), "{answer:?}");
}

/// What a registration builds is held to the same limits.
pub async fn registered_items_are_limited(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let build = |n| move |_: &crate::Slot| Ok(Some(vec![item("f-1", Expected::NoStream, n)]));
    for n in [0, limits::BATCH_EVENTS + 1] {
        let answer = file(&*store, ENTE, Filing::new("f-1").within(build(n))).await;
        assert!(matches!(answer, Err(AppendError::Invalid(_))), "{n} events: {answer:?}");
    }
    let filing = Filing::new("f-1").within(build(limits::BATCH_EVENTS));
    assert_eq!(super::numero(&file(&*store, ENTE, filing).await.expect("as many as allowed")), 1);
}
