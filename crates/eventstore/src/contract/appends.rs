//! Appending without a number.

use super::{
    ENTE, Filing, Harness, batch, checked_log, event, file, idempotency, item, keyed, meta, noon, numero, open,
};
use crate::batch::{Batch, Expected};
use crate::hash;
use crate::store::AppendError;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;

fn conflict(stream: &str, expected: Expected, actual: u64) -> AppendError {
    AppendError::Conflict { stream: stream.into(), expected, actual }
}

/// `NoStream`, `Exact` and `Any` hold exactly when they should.
pub async fn expected_versions(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let append = |stream: &'static str, expected, n| store.append(ENTE, batch(vec![item(stream, expected, n)]));
    assert_eq!(append("a-1", Expected::Exact(1), 1).await, Err(conflict("a-1", Expected::Exact(1), 0)));
    assert!(append("a-1", Expected::NoStream, 2).await.is_ok());
    assert_eq!(append("a-1", Expected::NoStream, 1).await, Err(conflict("a-1", Expected::NoStream, 2)));
    assert_eq!(append("a-1", Expected::Exact(1), 1).await, Err(conflict("a-1", Expected::Exact(1), 2)));
    assert_eq!(append("a-1", Expected::Exact(3), 1).await, Err(conflict("a-1", Expected::Exact(3), 2)));
    assert!(append("a-1", Expected::Exact(2), 1).await.is_ok());
    assert!(append("a-1", Expected::Any, 1).await.is_ok());
    assert!(append("a-2", Expected::Any, 1).await.is_ok());
    assert_eq!(checked_log(&*store, ENTE).await.len(), 5);
}

/// The conditions of a batch hold in its order: an item sees what the items before it store.
pub async fn conditions_see_the_items_before(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let items =
        |second| vec![item("a-1", Expected::NoStream, 2), item("b-1", Expected::Any, 1), item("a-1", second, 1)];
    let refused = store.append(ENTE, batch(items(Expected::NoStream))).await;
    assert_eq!(refused, Err(conflict("a-1", Expected::NoStream, 2)));
    let stored = store.append(ENTE, batch(items(Expected::Exact(2)))).await.expect("the condition holds");
    assert_eq!((stored.first, stored.last, stored.numero), (1, 4, None));
    let log = checked_log(&*store, ENTE).await;
    let places: Vec<_> = log.iter().map(|record| (record.stream.as_str(), record.version)).collect();
    assert_eq!(places, [("a-1", 1), ("a-1", 2), ("b-1", 1), ("a-1", 3)]);
}

/// A conflict on the last item leaves nothing of the first.
pub async fn a_conflict_stores_nothing(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    store.append(ENTE, batch(vec![item("a-1", Expected::NoStream, 1)])).await.expect("stored");
    let items = vec![item("b-1", Expected::NoStream, 3), item("a-1", Expected::NoStream, 1)];
    assert_eq!(store.append(ENTE, batch(items)).await, Err(conflict("a-1", Expected::NoStream, 1)));
    assert_eq!(store.head(ENTE).await.expect("readable").position, 1);
    assert_eq!(store.read_stream(ENTE, "b-1", 0, 10).await, Ok(vec![]));
    let next = store.append(ENTE, batch(vec![item("b-1", Expected::NoStream, 1)])).await.expect("as if nothing was");
    assert_eq!((next.first, next.last), (2, 2));
    checked_log(&*store, ENTE).await;
}

/// An event id stands once in the installation; the batch that brings it again is invalid, its neighbours are not.
pub async fn event_ids_are_unique(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let first = batch(vec![item("a-1", Expected::Any, 1)]);
    store.append(ENTE, first.clone()).await.expect("stored");
    let mut twice = batch(vec![item("a-2", Expected::Any, 2)]);
    twice.items[0].events[1].event_id = twice.items[0].events[0].event_id;
    let (again, elsewhere, twice, neighbour) = tokio::join!(
        store.append(ENTE, first.clone()),
        store.append("c_b000", first.clone()),
        store.append(ENTE, twice),
        store.append(ENTE, batch(vec![item("a-3", Expected::NoStream, 1)])),
    );
    for answer in [again, elsewhere, twice] {
        assert!(matches!(answer, Err(AppendError::Invalid(_))), "{answer:?}");
    }
    assert!(neighbour.is_ok(), "{neighbour:?}");
    assert_eq!(checked_log(&*store, ENTE).await.len(), 2);
}

/// Positions have no hole over the ente, versions none over each stream.
pub async fn positions_and_versions_are_contiguous(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let mut next = 1;
    for round in 0..20 {
        let (a, b) = (round % 3 + 1, round % 2 + 1);
        let items = vec![item("a-1", Expected::Any, a), item(&format!("b-{round}"), Expected::NoStream, b)];
        let stored = store.append(ENTE, batch(items)).await.expect("stored");
        assert_eq!((stored.first, stored.last), (next, next + (a + b) as u64 - 1));
        next = stored.last + 1;
    }
    let log = checked_log(&*store, ENTE).await;
    assert_eq!(log.len() as u64, next - 1);
    let stream = store.read_stream(ENTE, "a-1", 0, 1_000).await.expect("readable");
    let versions: Vec<_> = stream.iter().map(|record| record.version).collect();
    assert_eq!(versions, (1..=stream.len() as u64).collect::<Vec<_>>());
    let of_log: Vec<_> = log.into_iter().filter(|record| record.stream == "a-1").collect();
    assert_eq!(stream, of_log, "both reads give the same records");
}

/// What is read is what was given, byte by byte.
pub async fn records_are_kept_as_given(harness: &dyn Harness) {
    let (store, clock) = open(harness).await;
    let at = noon() + SignedDuration::from_micros(123_456);
    clock.set(at);
    let mut given = event();
    given.schema_version = 7;
    given.payload = r#"{"nullo":"\u0000","testo":"Forlì 🏛 'x' \"y\""}"#.into();
    let mut batch: Batch = batch(vec![item("istanza-è", Expected::NoStream, 1)]);
    batch.items[0].events[0] = given.clone();
    batch.meta.trace_id = Some("t'1".into());
    let stored = store.append(ENTE, batch.clone()).await.expect("stored");
    assert_eq!(stored.recorded_at, at);
    let record = checked_log(&*store, ENTE).await.pop().expect("one record");
    assert_eq!((record.ente.as_str(), record.stream.as_str(), record.position), (ENTE, "istanza-è", 1));
    assert_eq!((record.event_id, record.kind, record.schema_version), (given.event_id, given.kind, 7));
    assert_eq!((record.payload, record.recorded_at, record.prev_hash), (given.payload, at, hash::GENESIS));
    assert_eq!(record.meta, hash::canonical(&batch.meta).expect("meta is JSON"));
}

/// The same key and content is a repeat, the same key with other content a mistake; keys belong to an ente.
pub async fn repeats_are_recognised(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    store.append(ENTE, batch(vec![item("a-0", Expected::Any, 1)])).await.expect("stored");
    let once = keyed(vec![item("a-1", Expected::NoStream, 2)], "k", 1);
    assert!(store.append(ENTE, once.clone()).await.is_ok());
    let repeat = Err(AppendError::AlreadyApplied { first: 2, last: 3 });
    assert_eq!(store.append(ENTE, once.clone()).await, repeat);
    assert_eq!(store.append(ENTE, keyed(vec![item("a-9", Expected::Any, 1)], "k", 1)).await, repeat);
    let other = keyed(vec![item("a-2", Expected::NoStream, 1)], "k", 2);
    assert_eq!(store.append(ENTE, other.clone()).await, Err(AppendError::KeyReused));
    assert!(store.append("c_b000", other).await.is_ok(), "the key is free in another ente");
    assert_eq!(checked_log(&*store, ENTE).await.len(), 3);

    let twin = |n: u8| store.append(ENTE, keyed(vec![item(&format!("t-{n}"), Expected::NoStream, 1)], "twin", 1));
    let (one, two) = tokio::join!(twin(1), twin(2));
    let (stored, repeat) = if one.is_ok() { (one, two) } else { (two, one) };
    let stored = stored.expect("one of two at once is stored");
    assert_eq!(repeat, Err(AppendError::AlreadyApplied { first: stored.first, last: stored.last }));
}

/// What a key did can be asked without writing.
pub async fn a_key_can_be_asked_for(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let (key, other) = (idempotency("k", 1), idempotency("k", 2));
    assert_eq!(store.applied(ENTE, &key).await, Ok(None));
    store.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await.expect("stored");
    let refused = file(&*store, ENTE, Filing::new("f-1").keyed("k", 1).refused()).await;
    assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
    assert_eq!(store.applied(ENTE, &key).await, Ok(None), "a refusal does nothing");
    store.append(ENTE, keyed(vec![item("a-1", Expected::Any, 3)], "k", 1)).await.expect("stored");
    assert_eq!(store.applied(ENTE, &key).await, Ok(Some((2, 4))));
    assert_eq!(store.applied(ENTE, &other).await, Err(AppendError::KeyReused));
    assert_eq!(store.applied("c_b000", &key).await, Ok(None));
}

/// A key whose command was not stored is free.
pub async fn a_refused_key_is_not_consumed(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    store.append(ENTE, batch(vec![item("a-1", Expected::NoStream, 1)])).await.expect("stored");
    let refused = store.append(ENTE, keyed(vec![item("a-1", Expected::NoStream, 1)], "k", 1)).await;
    assert!(matches!(refused, Err(AppendError::Conflict { .. })), "{refused:?}");
    let refused = file(&*store, ENTE, Filing::new("f-1").keyed("k", 2).refused()).await;
    assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
    let stored = file(&*store, ENTE, Filing::new("f-1").keyed("k", 3)).await.expect("the key is free");
    assert_eq!((stored.first, numero(&stored)), (2, 1));
    let late = store.append(ENTE, keyed(vec![item("a-2", Expected::Any, 1)], "k", 1)).await;
    assert_eq!(late, Err(AppendError::KeyReused));
}

/// Recorded instants of an ente never go back, even when the machine's clock does.
pub async fn the_clock_may_step_back(harness: &dyn Harness) {
    let (store, clock) = open(harness).await;
    let append = |n: u8| store.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::NoStream, 1)]));
    let minute = SignedDuration::from_mins(1);
    assert_eq!(append(1).await.expect("stored").recorded_at, noon());
    clock.set(noon() - minute);
    assert_eq!(append(2).await.expect("stored").recorded_at, noon());
    let built = file(&*store, ENTE, Filing::new("f-1")).await.expect("stored");
    assert_eq!(built.recorded_at, noon());
    let elsewhere = store.append("c_b000", batch(vec![item("a-1", Expected::Any, 1)])).await.expect("stored");
    assert_eq!(elsewhere.recorded_at, noon() - minute, "one ente does not set another's time");
    clock.set(noon() + minute);
    assert_eq!(append(3).await.expect("stored").recorded_at, noon() + minute);
    let instants: Vec<_> = checked_log(&*store, ENTE).await.iter().map(|record| record.recorded_at).collect();
    assert_eq!(instants, [noon(), noon(), noon(), noon() + minute]);
}

/// A log that is far ahead of the clock takes nothing: no certain date can be given. Repeats are still recognised.
pub async fn a_log_far_ahead_of_the_clock_waits(harness: &dyn Harness) {
    let (store, clock) = open(harness).await;
    let stored = numero(&file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await.expect("stored"));
    assert_eq!(stored, 1);
    let limit = SignedDuration::try_from(crate::limits::CLOCK_BEHIND).expect("a short time");
    clock.set(noon() - limit);
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.expect("stored")), 2);
    clock.set(noon() - limit - SignedDuration::from_secs(1));
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("f-3"))).await;
    assert!(matches!(refused, Err(AppendError::Unavailable { .. })), "{refused:?}");
    let refused = store.append(ENTE, batch(vec![item("a-1", Expected::NoStream, 1)])).await;
    assert!(matches!(refused, Err(AppendError::Unavailable { .. })), "{refused:?}");
    let repeated = file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await;
    assert!(matches!(repeated, Err(AppendError::AlreadyApplied { .. })), "{repeated:?}");
    let elsewhere = store.append("c_b000", batch(vec![item("a-1", Expected::Any, 1)])).await;
    assert!(elsewhere.is_ok(), "another ente has another log: {elsewhere:?}");
    clock.set(noon());
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-3")).await.expect("stored")), 3);
}

/// One ente never sees another: positions, streams, numbers, wake-ups.
pub async fn enti_are_isolated(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let wake = store.wake("c_b000");
    for n in 1..=3_u64 {
        let stored = store.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await.expect("stored");
        assert_eq!(stored.first, n);
        assert_eq!(numero(&file(&*store, "c_c000", Filing::new(&format!("f-{n}"))).await.expect("stored")), n);
    }
    assert!(!wake.has_changed().expect("the store lives"));
    assert_eq!(store.head("c_b000").await.expect("readable").position, 0);
    assert_eq!(store.read_all("c_b000", 0, 10).await, Ok(vec![]));
    assert_eq!(store.read_stream("c_b000", "a-1", 0, 10).await, Ok(vec![]));
    let stored = store.append("c_b000", batch(vec![item("a-1", Expected::NoStream, 1)])).await.expect("its own stream");
    assert_eq!(stored.first, 1);
    assert_eq!(numero(&file(&*store, "c_b000", Filing::new("f-1")).await.expect("its own register")), 1);
    for ente in [ENTE, "c_b000", "c_c000"] {
        let log = checked_log(&*store, ente).await;
        assert!(log.iter().all(|record| record.ente == ente));
    }
}

/// Each record hashes its predecessor, and the head is the last one's.
pub async fn the_chain_holds(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let empty = store.head(ENTE).await.expect("readable");
    assert_eq!((empty.position, empty.hash), (0, hash::GENESIS));
    for n in 0..10 {
        store.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::Any, 3)])).await.expect("stored");
        file(&*store, ENTE, Filing::new(&format!("f-{n}"))).await.expect("stored");
    }
    let mut log = checked_log(&*store, ENTE).await;
    assert_eq!(log.len(), 40);
    log[20].meta = hash::canonical(&crate::Meta { actor: "altri".into(), ..meta() }).expect("meta is JSON");
    assert_ne!(hash::chain(&log[20]), log[20].hash, "a changed record is told");
}

/// Who subscribes before reading is woken for everything stored after.
pub async fn wake_is_never_lost(harness: &dyn Harness) {
    const APPENDS: u64 = 200;
    let (store, _) = open(harness).await;
    let mut wake = store.wake(ENTE);
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for n in 0..APPENDS {
            writer.append(ENTE, batch(vec![item(&format!("a-{n}"), Expected::NoStream, 1)])).await.expect("stored");
        }
    });
    // No polling: a lost wake-up would leave this waiting.
    let mut seen = 0;
    while seen < APPENDS {
        seen += store.read_all(ENTE, seen, 1_000).await.expect("readable").len() as u64;
        if seen < APPENDS {
            let woken = tokio::time::timeout(Duration::from_secs(20), wake.changed()).await;
            woken.expect("woken in time").expect("the store lives");
        }
    }
    writing.await.expect("the writer ended well");
    assert_eq!(*store.wake(ENTE).borrow(), APPENDS, "a later subscriber sees the last position");
}
