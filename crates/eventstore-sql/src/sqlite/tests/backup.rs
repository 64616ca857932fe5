//! Copies of a log that is being written.

use super::super::{backup, verify};
use super::Folder;
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item};
use eventstore::{EventStore, Expected};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_of_one_moment_and_ends_although_the_writer_goes_on() {
    let (live, copy) = (Folder::new(), Folder::new());
    let store = Arc::new(live.open());
    // Enough pages for several steps.
    for n in 0..60 {
        let mut item = item(&format!("g-{n}"), Expected::NoStream, 2);
        item.events.iter_mut().for_each(|event| event.payload = format!("\"{}\"", "x".repeat(150_000)));
        store.append(ENTE, batch(vec![item])).await.unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (store, stop) = (store.clone(), stop.clone());
        tokio::spawn(async move {
            let mut filed = 0;
            while !stop.load(Ordering::Relaxed) {
                file(&*store, ENTE, Filing::new(&format!("f-{filed}"))).await.unwrap();
                filed += 1;
            }
            filed
        })
    };
    let (from, to) = (live.path(), copy.path());
    let steps = tokio::task::spawn_blocking(move || {
        let mut steps = Vec::new();
        backup(&from, &to, &mut |done, total| steps.push((done, total))).map(|()| steps)
    });
    let steps = steps.await.unwrap().unwrap();
    stop.store(true, Ordering::Relaxed);
    let filed = writer.await.unwrap();

    assert!(steps.len() > 2 && filed > steps.len(), "{filed} filings in {} steps", steps.len());
    assert!(steps.windows(2).all(|pair| pair[0].0 < pair[1].0), "it never began anew: {steps:?}");
    let report = verify(&copy.path(), &mut |_| {}).unwrap();
    assert_eq!(report.finding, None);
    let copied = checked_log(&copy.open(), ENTE).await;
    let whole = checked_log(&*store, ENTE).await;
    assert!(copied.len() >= 120 && copied.len() < whole.len(), "{} of {}", copied.len(), whole.len());
    assert_eq!(copied[..], whole[..copied.len()], "a beginning of the log");

    let again = backup(&live.path(), &copy.path(), &mut |_, _| {});
    assert!(again.is_err(), "nothing is overwritten");
}
