//! The suite every engine must pass.
//!
//! An engine's tests implement [`Harness`] and write `eventstore::contract_tests!(MyHarness::new())`: one test per check,
//! so that a failure names the check. The crate under test needs `tokio` with its macros.

mod appends;
mod bounds;
mod numbers;
mod races;
mod transfer;

pub use appends::*;
pub use bounds::*;
pub use numbers::*;
pub use races::*;
pub use transfer::*;

use crate::batch::{Batch, Expected, Idempotency, Item, NewEvent, Registration, RegistroKey, Slot};
use crate::clock::{Clock, ManualClock};
use crate::record::{Meta, Record};
use crate::sealing::{KeyStore, KeyStoreError};
use crate::store::{AppendError, Appended, EventStore};
use crate::verify::Verifier;
use futures_core::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// What the suite needs from an engine.
pub trait Harness: Send + Sync {
    /// `n` handles on one new, empty log, which take their instants from `clock`. An engine that several processes may
    /// share opens it `n` times; another gives the same handle `n` times.
    fn nodes(&self, clock: Arc<dyn Clock>, n: usize) -> BoxFuture<'_, Vec<Arc<dyn EventStore>>>;
}

/// One `#[tokio::test]` per check of the suite, each on `$harness`, an expression that makes a [`Harness`].
#[macro_export]
macro_rules! contract_tests {
    ($harness:expr) => {
        $crate::contract_tests!(@each $harness;
            expected_versions conditions_see_the_items_before a_conflict_stores_nothing event_ids_are_unique
            positions_and_versions_are_contiguous records_are_kept_as_given repeats_are_recognised
            a_key_can_be_asked_for
            a_refused_key_is_not_consumed the_clock_may_step_back
            a_log_far_ahead_of_the_clock_waits enti_are_isolated the_chain_holds
            wake_is_never_lost
            numbers_are_dense the_year_turns_with_the_slot registered_repeats_are_recognised
            a_panic_sinks_no_neighbour concurrent_filings_leave_no_hole
            pages_are_limited empty_batches_are_invalid batch_events_are_limited payload_bytes_are_limited
            stream_names_are_limited idempotency_keys_are_limited registered_items_are_limited
            a_slow_first_writer_hides_nothing a_rolled_back_writer_leaves_no_hole
            an_early_transaction_takes_no_early_place
        );
    };
    (@each $harness:expr; $($check:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $check() {
                let harness = $harness;
                $crate::contract::$check(&harness).await;
            }
        )+
    };
}

/// Code of the ente that most checks write to.
pub const ENTE: &str = "c_a000";

/// Noon of an ordinary day.
pub fn noon() -> Timestamp {
    Timestamp::from_second(1_780_000_000).expect("a valid instant")
}

/// One handle on a new log, with a clock that stands at [`noon`].
pub async fn open(harness: &dyn Harness) -> (Arc<dyn EventStore>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(noon()));
    let store = harness.nodes(clock.clone(), 1).await.pop().expect("one node was asked for");
    (store, clock)
}

/// An event that no other is equal to.
pub fn event() -> NewEvent {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    NewEvent {
        event_id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(n)),
        kind: "ProvaAvvenuta".into(),
        schema_version: 1,
        payload: json!({ "n": n, "testo": "perché «no»" }).to_string(),
    }
}

/// `n` new events for a stream.
pub fn item(stream: &str, expected: Expected, n: usize) -> Item {
    Item { stream: stream.into(), expected, events: (0..n).map(|_| event()).collect() }
}

/// A batch without an idempotency key.
pub fn batch(items: Vec<Item>) -> Batch {
    Batch { items, idempotency: None, meta: meta() }
}

/// A batch with a key, whose content is `fingerprint`.
pub fn keyed(items: Vec<Item>, key: &str, fingerprint: u8) -> Batch {
    Batch { items, idempotency: Some(idempotency(key, fingerprint)), meta: meta() }
}

/// A key.
pub fn idempotency(key: &str, fingerprint: u8) -> Idempotency {
    Idempotency { key: key.into(), fingerprint: [fingerprint; 32] }
}

/// Who acts in the suite.
pub fn meta() -> Meta {
    Meta { actor: "prova".into(), role: "cittadino".into(), channel: "portale".into(), ..Meta::default() }
}

type Build = Box<dyn Fn(&Slot) -> Result<Vec<Item>, serde_json::Value> + Send + Sync>;
type Choose = Box<dyn Fn(Timestamp) -> RegistroKey + Send + Sync>;

/// A registration made of closures.
pub struct Filing {
    key: Option<Idempotency>,
    meta: Meta,
    registro: Choose,
    build: Build,
}

impl Filing {
    /// Stores one event with the number in its payload into a new stream, in the register `PROT`.
    pub fn new(stream: &str) -> Self {
        let template = item(stream, Expected::NoStream, 1);
        Self {
            key: None,
            meta: meta(),
            registro: Box::new(rome),
            build: Box::new(move |slot| Ok(numbered(&template, slot))),
        }
    }

    /// Gives it a key.
    pub fn keyed(self, key: &str, fingerprint: u8) -> Self {
        Self { key: Some(idempotency(key, fingerprint)), ..self }
    }

    /// Something that happens before the number is known.
    pub fn before(self, f: impl Fn() + Send + Sync + 'static) -> Self {
        let inner = self.registro;
        Self {
            registro: Box::new(move |at| {
                f();
                inner(at)
            }),
            ..self
        }
    }

    /// Something that happens once the number is known; it may refuse, or return items of its own.
    pub fn within(
        self,
        f: impl Fn(&Slot) -> Result<Option<Vec<Item>>, serde_json::Value> + Send + Sync + 'static,
    ) -> Self {
        let inner = self.build;
        Self { build: Box::new(move |slot| f(slot)?.map_or_else(|| inner(slot), Ok)), ..self }
    }

    /// Refuses, whatever the number.
    pub fn refused(self) -> Self {
        self.within(|_| Err(json!({ "motivo": "prova" })))
    }
}

fn numbered(template: &Item, slot: &Slot) -> Vec<Item> {
    let mut item = template.clone();
    for event in &mut item.events {
        event.payload = json!({ "anno": slot.registro.anno, "numero": slot.numero }).to_string();
    }
    vec![item]
}

/// The register `PROT` of the year at UTC+1, which is Rome's at the end of December.
fn rome(at: Timestamp) -> RegistroKey {
    let at = at + SignedDuration::from_hours(1);
    RegistroKey { codice: "PROT".into(), anno: at.to_zoned(jiff::tz::TimeZone::UTC).year() }
}

impl Registration for Filing {
    fn registro(&self, at: Timestamp) -> RegistroKey {
        (self.registro)(at)
    }

    fn build(&self, slot: &Slot) -> Result<Vec<Item>, serde_json::Value> {
        (self.build)(slot)
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        self.key.as_ref()
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// Files, and tries again while the engine's queue is full, as a client does.
pub async fn file(store: &dyn EventStore, ente: &str, filing: Filing) -> Result<Appended, AppendError> {
    let filing: Arc<dyn Registration> = Arc::new(filing);
    loop {
        match store.append_registered(ente, filing.clone()).await {
            Err(AppendError::Unavailable { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            answer => return answer,
        }
    }
}

/// The number of an answer.
pub fn numero(appended: &Appended) -> u64 {
    appended.numero.as_ref().expect("a registered append has a number").1
}

/// The whole log of an ente, checked record by record and against the head.
pub async fn checked_log(store: &dyn EventStore, ente: &str) -> Vec<Record> {
    let mut verifier = Verifier::default();
    let mut all = Vec::new();
    loop {
        let page = store.read_all(ente, all.len() as u64, 1_000).await.expect("the log is readable");
        if page.is_empty() {
            break;
        }
        for record in page {
            verifier.check(&record).expect("the log is whole");
            all.push(record);
        }
    }
    let head = store.head(ente).await.expect("the head is readable");
    assert_eq!((head.position, head.hash), verifier.head(), "head of {ente}");
    all
}

/// The numbers of register `PROT` and of a year, in the order of the log.
pub fn numbers(records: &[Record], anno: i64) -> Vec<u64> {
    let payloads = records.iter().map(|record| record.json().expect("payloads are JSON"));
    payloads.filter(|payload| payload["anno"] == anno).filter_map(|payload| payload["numero"].as_u64()).collect()
}

/// What every key store must do. Blocking.
pub fn key_store(keys: &dyn KeyStore) {
    let (ada, bruno) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let key = keys.key_of("c_a000", ada).expect("a key is made");
    assert_eq!(keys.key_of("c_a000", ada).expect("it is kept").id(), key.id());
    assert_ne!(keys.key_of("c_a000", bruno).expect("another subject").id(), key.id());
    assert_ne!(keys.key_of("c_b000", ada).expect("another ente").id(), key.id());
    assert_eq!(keys.key("c_a000", key.id()).expect("readable").expect("alive").id(), key.id());
    assert!(keys.key("c_b000", key.id()).is_err(), "a key belongs to its ente");
    assert!(keys.key("c_a000", Uuid::from_u128(3)).is_err(), "an unknown key is not a destroyed one");

    keys.destroy("c_a000", ada).expect("destroyed");
    keys.destroy("c_a000", ada).expect("a repeat is harmless");
    assert!(keys.key("c_a000", key.id()).expect("readable").is_none());
    assert_eq!(keys.key_of("c_a000", ada).expect_err("gone for good"), KeyStoreError::Destroyed);
    assert!(keys.key_of("c_b000", ada).is_ok(), "the other ente keeps its own");
    assert!(keys.key_of("c_a000", bruno).is_ok());

    let carla = Uuid::from_u128(4);
    keys.destroy("c_a000", carla).expect("a subject without a key can be forgotten too");
    assert_eq!(keys.key_of("c_a000", carla).expect_err("no key is made afterwards"), KeyStoreError::Destroyed);
}
