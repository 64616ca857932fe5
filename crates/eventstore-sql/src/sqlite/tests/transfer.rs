//! Stretches, and what they share with a group.

use super::super::{SqliteOptions, SqliteStore, verify};
use super::Folder;
use eventstore::contract::{ENTE, a_log_moves_on, later};
use eventstore::transfer::{Transfer as _, TransferError};
use eventstore::{EventStore as _, ManualClock};
use std::sync::Arc;

#[expect(clippy::unused_async, reason = "the suite opens every engine the same way")]
async fn open() -> (Folder, SqliteStore) {
    let folder = Folder::new();
    let clock = Arc::new(ManualClock::new(later()));
    let store = SqliteStore::open(&folder.path(), clock, SqliteOptions::default()).unwrap();
    (folder, store)
}

eventstore::transfer_tests!(open);

#[tokio::test]
async fn a_log_moves_between_files() {
    let ((_one, first), (other, second)) = (open().await, open().await);
    a_log_moves_on(&first, &second).await;
    assert_eq!(verify(&other.path(), &mut |_| {}).unwrap().finding, None);
}

/// Who comes second learns that the log has gone on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_write_the_same_stretch_write_it_once() {
    let ((_one, source), (_other, store)) = (open().await, open().await);
    a_log_moves_on(&source, &open().await.1).await;
    let stretch = source.read_stretch(ENTE, 0, 100).await.unwrap();
    let write = || store.write_stretch(ENTE, stretch.clone());
    let (one, other) = tokio::join!(write(), write());
    let refused = if one.is_ok() { other } else { one };
    assert_eq!(refused, Err(TransferError::NotNext { expected: 0, actual: 100 }));
    assert_eq!(store.head(ENTE).await.unwrap().position, 100);
}
