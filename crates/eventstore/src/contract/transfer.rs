//! Moving logs between engines.

use super::{ENTE, Filing, batch, checked_log, file, item, keyed, noon, numero};
use crate::batch::Expected;
use crate::clock::ManualClock;
use crate::hash;
use crate::limits;
use crate::memory::MemoryStore;
use crate::record::Record;
use crate::store::{AppendError, EventStore, Head};
use crate::transfer::{Stretch, Transfer, TransferError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// An engine whose logs can be moved.
pub trait Movable: EventStore + Transfer {}

impl<T: EventStore + Transfer + ?Sized> Movable for T {}

/// One `#[tokio::test]` per check. `$open` is an async function that gives an empty engine, and something to keep with it;
/// its clock stands at [`later`](crate::contract::later).
#[macro_export]
macro_rules! transfer_tests {
    ($open:path) => {
        $crate::transfer_tests!(@each $open;
            a_log_moves_whole only_what_continues_is_written stretches_are_bounded
        );
    };
    (@each $open:path; $($check:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let (_kept, store) = $open().await;
                $crate::contract::$check(&store).await;
            }
        )+
    };
}

/// When the last record of the logs that are moved has been recorded.
pub fn later() -> Timestamp {
    noon() + SignedDuration::from_hours(24 * 365 * 2)
}

/// Another ente, with a log of its own.
const OTHER: &str = "c_b000";

/// Fills a log in memory: streams that grow, two registers, keys with and without numbers, batches of several records.
async fn sample() -> MemoryStore {
    let clock = Arc::new(ManualClock::new(noon()));
    let store = MemoryStore::new(clock.clone());
    for n in 0..40_u8 {
        // The register changes with the year, half way.
        clock.set(noon() + SignedDuration::from_hours(i64::from(n) * 24 * 14));
        let filing = Filing::new(&format!("f-{n}"));
        let filing = if n % 3 == 0 { filing } else { filing.keyed(&format!("chiave-{n} «è»"), n) };
        file(&store, ENTE, filing).await.expect("it is filed");
        let more = vec![item("comune", Expected::Any, 2), item(&format!("f-{n}"), Expected::Exact(1), 1)];
        let more = if n % 4 == 0 { keyed(more, &format!("passo-{n}"), 1) } else { batch(more) };
        store.append(ENTE, more).await.expect("it is appended");
        if n % 8 == 0 {
            let filing = Filing::new(&format!("f-{n}")).keyed(&format!("k-{n}"), 1);
            file(&store, OTHER, filing).await.expect("it is filed");
        }
    }
    store
}

/// The whole log in stretches of at most `limit`.
pub async fn stretches(store: &dyn Movable, ente: &str, limit: usize) -> Vec<Stretch> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let stretch = store.read_stretch(ente, after, limit).await.expect("a stretch is read");
        let Some(last) = stretch.records.last() else {
            assert_eq!(stretch, Stretch::default(), "nothing without records");
            return all;
        };
        after = last.position;
        all.push(stretch);
    }
}

/// One log has every record, number and key of the other.
async fn assert_equal(one: &dyn Movable, other: &dyn Movable, ente: &str) {
    assert_eq!(checked_log(one, ente).await, checked_log(other, ente).await);
    for limit in [7, 100, limits::PAGE] {
        assert_eq!(stretches(one, ente, limit).await, stretches(other, ente, limit).await, "{limit} a stretch");
    }
}

async fn copy(from: &dyn Movable, to: &dyn Movable, ente: &str, limit: usize) {
    for stretch in stretches(from, ente, limit).await {
        let last = stretch.records.last().map(|last| Head { position: last.position, hash: last.hash });
        assert_eq!(to.write_stretch(ente, stretch).await.ok(), last, "the new end of the log");
    }
}

/// `store` is empty. Whatever the size of the stretches, a log arrives as it was, and goes on where it ended.
pub async fn a_log_moves_whole(store: &dyn Movable) {
    let source = sample().await;
    assert_eq!(store.enti().await, Ok(Vec::new()));
    assert_eq!(store.read_stretch(ENTE, 0, 10).await, Ok(Stretch::default()));
    let mut wake = store.wake(ENTE);
    copy(&source, store, ENTE, 7).await;
    copy(&source, store, OTHER, limits::PAGE).await;
    assert_eq!(store.enti().await, Ok(vec![ENTE.to_owned(), OTHER.to_owned()]));
    assert_equal(&source, store, ENTE).await;
    assert_equal(&source, store, OTHER).await;
    let head = store.head(ENTE).await.expect("a head");
    assert_eq!(*wake.wait_for(|position| *position >= head.position).await.expect("it wakes"), head.position);

    let again = file(store, ENTE, Filing::new("f-1").keyed("chiave-1 «è»", 1)).await;
    assert_eq!(again, Err(AppendError::AlreadyApplied { first: 5, last: 5 }), "keys have arrived");
    let conflict = store.append(ENTE, batch(vec![item("f-3", Expected::NoStream, 1)])).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { actual: 2, .. })), "{conflict:?}");
    let next = file(store, ENTE, Filing::new("f-99")).await.expect("it is filed");
    let year = next.numero.as_ref().map(|(registro, _)| registro.anno).expect("a register");
    let numeri: Vec<_> = stretches(&source, ENTE, 1_000).await.into_iter().flat_map(|s| s.numeri).collect();
    let last = numeri.iter().filter(|n| n.registro.anno == year).map(|n| n.numero).max();
    assert_eq!(numero(&next), last.unwrap_or(0) + 1, "numbers go on");
    assert_eq!(next.first, head.position + 1);
}

/// `one` and `other` are empty: a log goes into one, from there into the other, and is the same.
pub async fn a_log_moves_on(one: &dyn Movable, other: &dyn Movable) {
    let source = sample().await;
    copy(&source, one, ENTE, 23).await;
    copy(one, other, ENTE, 50).await;
    assert_equal(one, other, ENTE).await;
    assert_equal(&source, other, ENTE).await;
}

type Change = fn(&mut Stretch);

/// Gives changed records hashes that hold.
fn rechain(stretch: &mut Stretch, from: usize) {
    for i in from..stretch.records.len() {
        if i > 0 {
            stretch.records[i].prev_hash = stretch.records[i - 1].hash;
        }
        stretch.records[i].hash = hash::chain(&stretch.records[i]);
    }
}

fn changed(stretch: &mut Stretch, at: usize, change: fn(&mut Record)) {
    change(&mut stretch.records[at]);
    rechain(stretch, at);
}

/// What is wrong with a stretch whatever the log.
const UNSOUND: [(&str, Change); 17] = [
    ("a payload", |s| s.records[3].payload.push(' ')),
    ("meta", |s| s.records[3].meta.push(' ')),
    ("an instant", |s| s.records[3].recorded_at += SignedDuration::from_micros(1)),
    ("a hash", |s| s.records[3].hash[0] ^= 1),
    ("a link", |s| s.records[3].prev_hash[0] ^= 1),
    ("a hole", |s| drop(s.records.remove(3))),
    ("another ente", |s| changed(s, 3, |record| record.ente = OTHER.into())),
    ("a version, chained anew", |s| changed(s, 3, |record| record.version += 1)),
    ("time that goes back, chained anew", |s| {
        changed(s, 3, |record| record.recorded_at -= SignedDuration::from_hours(24 * 365));
    }),
    ("an event id twice, chained anew", |s| {
        s.records[4].event_id = s.records[3].event_id;
        rechain(s, 4);
    }),
    ("a number twice", |s| s.numeri[1].numero = s.numeri[0].numero),
    ("a number at a place elsewhere", |s| s.numeri[1].position = 1),
    ("a number left out", |s| drop(s.numeri.remove(0))),
    ("a number too many", |s| s.numeri[0].numero += 7),
    ("a key at a place elsewhere", |s| s.keys[0].last = 999),
    ("a key backwards", |s| s.keys[0].first = s.keys[0].last + 1),
    ("no records", |s| s.records.clear()),
];

/// `store` is empty. What does not continue the log, or is not what an engine would have written, leaves no trace.
pub async fn only_what_continues_is_written(store: &dyn Movable) {
    let source = sample().await;
    let mut parts = stretches(&source, ENTE, 40).await.into_iter();
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let (first, second, third) = (first.expect("a stretch"), second.expect("a stretch"), third.expect("a stretch"));
    let refused = store.write_stretch(ENTE, second.clone()).await;
    assert_eq!(refused, Err(TransferError::NotNext { expected: 40, actual: 0 }), "not the beginning");
    store.write_stretch(ENTE, first.clone()).await.expect("the beginning is written");
    for (stretch, expected) in [(&first, 0), (&third, 80)] {
        let refused = store.write_stretch(ENTE, stretch.clone()).await;
        assert_eq!(refused, Err(TransferError::NotNext { expected, actual: 40 }));
    }
    for (what, change) in UNSOUND {
        let mut stretch = second.clone();
        change(&mut stretch);
        let refused = store.write_stretch(ENTE, stretch).await;
        assert!(matches!(refused, Err(TransferError::Unsound(_))), "{what}: {refused:?}");
        assert_eq!(store.head(ENTE).await.map(|head| head.position), Ok(40), "{what}");
    }
    // The log of another ente whose first record is the same fact: its id is taken.
    let mut foreign = first.clone();
    foreign.records.iter_mut().for_each(|record| record.ente = OTHER.into());
    rechain(&mut foreign, 0);
    let refused = store.write_stretch(OTHER, foreign).await;
    assert!(matches!(refused, Err(TransferError::Unsound(_))), "{refused:?}");
    // A fork: the same place, another record before it.
    let mut fork = second.clone();
    fork.records[0].prev_hash[0] ^= 1;
    rechain(&mut fork, 0);
    let refused = store.write_stretch(ENTE, fork).await;
    assert_eq!(refused, Err(TransferError::NotNext { expected: 40, actual: 40 }));

    store.write_stretch(ENTE, second).await.expect("nothing of what was refused is in the way");
    store.write_stretch(ENTE, third).await.expect("and so on");
    assert_eq!(checked_log(store, ENTE).await, checked_log(&source, ENTE).await[..120]);
}

/// `store` is empty. A stretch ends soon after its payloads are many bytes, and the next one goes on there.
pub async fn stretches_are_bounded(store: &dyn Movable) {
    let payload = format!("{{\"testo\":\"{}\"}}", "x".repeat(limits::PAYLOAD_BYTES - 12));
    let whole = limits::STRETCH_BYTES / payload.len();
    let records = whole * 3;
    for n in 0..records / 32 {
        let mut item = item(&format!("g-{n}"), Expected::NoStream, 32);
        item.events.iter_mut().for_each(|event| event.payload.clone_from(&payload));
        store.append(ENTE, batch(vec![item])).await.expect("it is appended");
    }
    let stretch = store.read_stretch(ENTE, 0, limits::PAGE).await.expect("a stretch is read");
    let first = stretch.records.len();
    assert!((whole..records).contains(&first), "{first} records");
    let rest = store.read_stretch(ENTE, first as u64, limits::PAGE).await.expect("a stretch is read");
    assert_eq!(rest.records.first().map(|record| record.position), Some(first as u64 + 1));
}
