//! Why a database could not be opened.

use crate::database::without_password;
use std::io;
use std::path::{Path, PathBuf};

/// Why a database could not be opened. Addresses are shown without their password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite refused.
    #[error("the database {} cannot be opened", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// PostgreSQL refused, or is not there.
    #[error("the database {database} cannot be opened")]
    Postgres {
        /// Its address.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// A PostgreSQL database that holds no log.
    #[error("the database {database} holds no log: is this the right database?")]
    NoLog {
        /// Its address.
        database: String,
    },
    /// A PostgreSQL database that must not, or cannot, hold a log as it is.
    #[error("the database {database} cannot be used: {reason}")]
    Unfit {
        /// Its address.
        database: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The file was written by a newer version of this program.
    #[error(
        "the database {} has layout {found}, this program knows up to {known}: run the newer program that wrote it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: i32,
        /// The newest one known.
        known: i32,
    },
    /// An SQLite database of someone else.
    #[error("the database {} does not belong to this program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file system does not support write-ahead logging (a network share, perhaps).
    #[error("the database {} cannot use write-ahead logging: keep it on a local disk", path.display())]
    NoWal {
        /// The file.
        path: PathBuf,
    },
    /// The keys were wrapped by another master key.
    #[error("the master key does not open the keys in {place}: is this the right key file?")]
    WrongMasterKey {
        /// The key store: a file or an address.
        place: String,
    },
    /// A thread could not be started.
    #[error("a thread of the database cannot start")]
    Thread {
        /// Why.
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn sqlite(path: &Path, source: rusqlite::Error) -> Self {
        Self::Sqlite { path: path.to_owned(), source }
    }

    /// `part` of a PostgreSQL database was made by a newer program.
    pub(crate) fn newer(url: &str, part: &str, found: i64, known: i64) -> Self {
        let reason = format!(
            "its {part} has layout {found}, this program knows up to {known}: run the newer program that wrote it"
        );
        Self::Unfit { database: without_password(url), reason }
    }

    pub(crate) fn postgres(url: &str, source: sqlx::Error) -> Self {
        Self::Postgres { database: without_password(url), source }
    }
}
