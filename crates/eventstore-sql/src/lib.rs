//! Engines of the log on SQL databases.
//!
//! [`sqlite`] is the engine of the single binary: one file, one writer thread with group commit, readers on a pool of
//! their own. [`postgres`] is the engine that several nodes share. [`group`] settles a group of requests in memory and is
//! the same for both: an engine only looks up heads and writes what was settled. [`Database`] chooses between them by
//! address. [`DataDirLock`] keeps a second process out of a data folder, [`load_master_key`] reads the key that wraps all
//! others.

mod checks;
mod database;
pub mod group;
mod key_cache;
mod lock;
mod master_key;
mod open_error;
mod pending;
pub mod postgres;
mod recent;
mod report;
mod rows;
pub mod sqlite;
mod stretch;
mod wakes;

pub use database::{Database, Engine, KEYS_FILE, Keys, LOG_FILE, Sizes, UnknownDatabase};
pub use lock::{DataDirLock, LockError};
pub use master_key::{MasterKeyError, load_master_key};
pub use open_error::OpenError;
pub use postgres::{PostgresKeyStore, PostgresStore};
pub use report::{EnteReport, Progress, Report};
pub use sqlite::{SqliteKeyStore, SqliteOptions, SqliteStore, backup, verify};
