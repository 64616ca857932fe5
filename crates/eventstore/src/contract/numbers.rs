//! Registered appends: dense numbers.

use super::{ENTE, Filing, Harness, batch, checked_log, file, idempotency, item, noon, numbers, numero, open};
use crate::batch::Expected;
use crate::store::{AppendError, Appended};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Refusals, conflicts and invalid batches give the number back; each register has its own run.
pub async fn numbers_are_dense(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let stored = file(&*store, ENTE, Filing::new("f-1")).await.expect("stored");
    assert_eq!((stored.first, stored.last, numero(&stored)), (1, 1, 1));
    assert_eq!(stored.numero.as_ref().map(|(registro, _)| registro.codice.as_str()), Some("PROT"));
    let refused = file(&*store, ENTE, Filing::new("f-2").refused()).await;
    assert_eq!(refused, Err(AppendError::Refused(json!({ "motivo": "prova" }))));
    let conflict = file(&*store, ENTE, Filing::new("f-1")).await;
    assert!(matches!(conflict, Err(AppendError::Conflict { actual: 1, .. })), "{conflict:?}");
    let invalid = file(&*store, ENTE, Filing::new("f-2").within(|_| Ok(Some(vec![])))).await;
    assert!(matches!(invalid, Err(AppendError::Invalid(_))), "{invalid:?}");
    store.append(ENTE, batch(vec![item("a-1", Expected::Any, 2)])).await.expect("stored");

    let many = |slot: &crate::Slot| {
        assert_eq!((slot.numero, slot.at), (2, noon()));
        Ok(Some(vec![item("m-1", Expected::NoStream, 2), item("registro-PROT-2026", Expected::Any, 1)]))
    };
    let stored = file(&*store, ENTE, Filing::new("m-1").within(many)).await.expect("stored");
    assert_eq!((stored.first, stored.last, numero(&stored)), (4, 6, 2), "several items, one number");
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-3")).await.expect("stored")), 3);
    checked_log(&*store, ENTE).await;
}

/// The registration chooses the register by the slot's instant, and each year starts from 1.
pub async fn the_year_turns_with_the_slot(harness: &dyn Harness) {
    let (store, clock) = open(harness).await;
    // Midnight in Rome on New Year's Eve is 23:00 UTC.
    let midnight: Timestamp = "2026-12-31T23:00:00Z".parse().expect("a valid instant");
    let filed = |n: u8| file(&*store, ENTE, Filing::new(&format!("f-{n}")));
    let taken = |answer: Result<Appended, AppendError>| {
        let (registro, numero) = answer.expect("stored").numero.expect("a number");
        (registro.anno, numero)
    };
    clock.set(midnight - SignedDuration::from_micros(1));
    assert_eq!(taken(filed(1).await), (2026, 1));
    assert_eq!(taken(filed(2).await), (2026, 2));
    clock.set(midnight);
    assert_eq!(taken(filed(3).await), (2027, 1));
    clock.set(midnight - SignedDuration::from_secs(5));
    assert_eq!(taken(filed(4).await), (2027, 2), "the old year does not come back with a clock that steps back");
    let log = checked_log(&*store, ENTE).await;
    assert_eq!(numbers(&log, 2026), [1, 2]);
    assert_eq!(numbers(&log, 2027), [1, 2]);
}

/// Repeats of a registered append find the first result and take no number.
pub async fn registered_repeats_are_recognised(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    file(&*store, ENTE, Filing::new("f-0")).await.expect("stored");
    let first = file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await.expect("stored");
    assert_eq!((first.first, numero(&first)), (2, 2));
    let repeat = Err(AppendError::AlreadyApplied { first: 2, last: 2 });
    assert_eq!(file(&*store, ENTE, Filing::new("f-1").keyed("k", 1)).await, repeat);
    let unbuilt = Filing::new("f-1").keyed("k", 1).within(|_| panic!("a repeat is not built"));
    assert_eq!(file(&*store, ENTE, unbuilt).await, repeat);
    assert_eq!(file(&*store, ENTE, Filing::new("f-2").keyed("k", 2)).await, Err(AppendError::KeyReused));
    let mut plain = batch(vec![item("a-1", Expected::Any, 1)]);
    plain.idempotency = Some(idempotency("k", 1));
    assert_eq!(store.append(ENTE, plain).await, repeat, "one space of keys for both kinds of append");
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.expect("stored")), 3);
}

/// A registration that panics gets an error; those beside it are stored, the engine lives, no number is lost.
pub async fn a_panic_sinks_no_neighbour(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let filed = (0..40).map(|n| {
        let filing = Filing::new(&format!("f-{n}"));
        let filing = match n % 10 {
            3 => filing.within(|_| panic!("build panics on purpose")),
            7 => filing.before(|| panic!("registro panics on purpose")),
            _ => filing,
        };
        let store = store.clone();
        tokio::spawn(async move { (n % 10 == 3 || n % 10 == 7, file(&*store, ENTE, filing).await) })
    });
    for answer in filed.collect::<Vec<_>>() {
        let (panics, answer) = answer.await.expect("the panic stays inside the engine");
        assert_eq!(panics, matches!(answer, Err(AppendError::Invalid(_))), "{answer:?}");
        assert_eq!(!panics, answer.is_ok(), "{answer:?}");
    }
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("dopo")).await.expect("the engine lives")), 33);
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026), (1..=33).collect::<Vec<_>>());
}

/// A thousand at once, a tenth refused, a tenth repeated: numbers 1 to n, one for each key.
pub async fn concurrent_filings_leave_no_hole(harness: &dyn Harness) {
    let (store, _) = open(harness).await;
    let mut tasks = Vec::new();
    for n in 0..1_000_u32 {
        // 1 repeats 0, 11 repeats 10 and so on; 5, 15, 25… are refused.
        let key = if n % 10 == 1 { n - 1 } else { n };
        let filing = Filing::new(&format!("f-{n}")).keyed(&format!("k-{key}"), 1);
        let filing = if n % 10 == 5 { filing.refused() } else { filing };
        let store = store.clone();
        tasks.push(tokio::spawn(async move { (n, key, file(&*store, ENTE, filing).await) }));
    }
    let (mut by_key, mut repeats, mut refused) = (HashMap::new(), Vec::new(), 0);
    for task in tasks {
        match task.await.expect("no panic") {
            (_, key, Ok(appended)) => assert!(by_key.insert(key, appended).is_none(), "key {key} was stored twice"),
            (_, key, Err(AppendError::AlreadyApplied { first, last })) => repeats.push((key, first, last)),
            (n, _, Err(AppendError::Refused(_))) => {
                assert_eq!(n % 10, 5);
                refused += 1;
            }
            (n, _, answer) => panic!("filing {n}: {answer:?}"),
        }
    }
    assert_eq!((by_key.len(), repeats.len(), refused), (800, 100, 100));
    for (key, first, last) in repeats {
        assert_eq!((first, last), (by_key[&key].first, by_key[&key].last), "key {key}");
    }
    let taken: BTreeSet<u64> = by_key.values().map(numero).collect();
    assert_eq!(taken, (1..=800).collect::<BTreeSet<_>>());
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026), (1..=800).collect::<Vec<_>>());
}
