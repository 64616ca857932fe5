//! Engines of the log on SQL databases.
//!
//! [`sqlite`] is the engine of the single binary: one file, one writer thread with group commit, readers on a pool of
//! their own. [`group`] settles a group of requests in memory and is the same for every SQL engine: an engine only looks
//! up heads and writes what was settled. [`DataDirLock`] keeps a second process out of the data folder, [`load_master_key`]
//! reads the key that wraps all others.

pub mod group;
mod lock;
mod master_key;
pub mod sqlite;

pub use lock::{DataDirLock, LockError};
pub use master_key::{MasterKeyError, load_master_key};
pub use sqlite::{OpenError, Progress, Report, SqliteKeyStore, SqliteOptions, SqliteStore, verify};
