mod backup;
mod damage;
mod files;
mod group;
mod keys;
mod transfer;

use super::{SqliteOptions, SqliteStore};
use eventstore::contract::{Harness, noon};
use eventstore::{Clock, EventStore, ManualClock};
use futures_core::future::BoxFuture;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// A folder with a log, gone with the value.
pub(super) struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("sportello.db")
    }

    fn open(&self) -> SqliteStore {
        self.open_with(SqliteOptions::default())
    }

    fn open_with(&self, options: SqliteOptions) -> SqliteStore {
        SqliteStore::open(&self.path(), Arc::new(ManualClock::new(noon())), options).unwrap()
    }

    /// A connection that respects nothing.
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

/// Each node is an engine of its own on the same file, as two processes would be.
impl Harness for Folder {
    fn nodes(&self, clock: Arc<dyn Clock>, n: usize) -> BoxFuture<'_, Vec<Arc<dyn EventStore>>> {
        let open = || SqliteStore::open(&self.path(), clock.clone(), SqliteOptions::default()).unwrap();
        let nodes = (0..n).map(|_| Arc::new(open()) as Arc<dyn EventStore>).collect();
        Box::pin(async move { nodes })
    }
}

mod contract {
    use super::Folder;
    eventstore::contract_tests!(Folder::new());
}
