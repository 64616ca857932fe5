//! Stretches, between databases and between engines.

use crate::sqlite::{SqliteOptions, SqliteStore};
use crate::{PostgresStore, Sizes};
use eventstore::ManualClock;
use eventstore::contract::{a_log_moves_on, later};
use std::sync::Arc;
use test_postgres::TestDatabase;

async fn open() -> (TestDatabase, PostgresStore) {
    let database = TestDatabase::create().await;
    let clock = Arc::new(ManualClock::new(later()));
    let store = PostgresStore::open(database.url(), clock, Sizes::default()).await.unwrap();
    (database, store)
}

fn sqlite(folder: &tempfile::TempDir) -> SqliteStore {
    let clock = Arc::new(ManualClock::new(later()));
    SqliteStore::open(&folder.path().join("registro.db"), clock, SqliteOptions::default()).unwrap()
}

eventstore::transfer_tests!(open);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_moves_from_sqlite_to_postgres() {
    let folder = tempfile::tempdir().unwrap();
    a_log_moves_on(&sqlite(&folder), &open().await.1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_moves_from_postgres_to_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let (_database, store) = open().await;
    a_log_moves_on(&store, &sqlite(&folder)).await;
}
