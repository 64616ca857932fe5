//! Which database an installation lives in, and opening its engines by one address.

use crate::postgres::{PostgresKeyStore, PostgresStore};
use crate::sqlite::{SqliteKeyStore, SqliteOptions, SqliteStore};
use crate::{OpenError, Progress, Report};
use eventstore::transfer::{KeyTransfer, Transfer};
use eventstore::{Clock, EventStore, KeyStore, MasterKey, Random};
use futures_core::future::BoxFuture;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// Name of the log in a folder of SQLite files.
pub const LOG_FILE: &str = "registro.db";
/// Name of the key store.
pub const KEYS_FILE: &str = "chiavi.db";

/// A log that an installation runs on.
pub trait Engine: EventStore + Transfer {
    /// Answers what waits and closes. Later appends are unavailable.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// A key store that an installation runs on.
pub trait Keys: KeyStore + KeyTransfer {}

impl<T: KeyStore + KeyTransfer> Keys for T {}

/// Sizes of an engine's writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Requests that may wait (on PostgreSQL: of each ente); beyond it the answer is "unavailable".
    pub queue: usize,
    /// Requests committed together at most.
    pub group: usize,
}

impl Default for Sizes {
    /// Measured on two cores: groups above 256 gain nothing, two groups of waiting keep the 99th percentile low.
    fn default() -> Self {
        Self { queue: 512, group: 256 }
    }
}

/// Where the data of an installation is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A folder of SQLite files, one process at a time.
    Sqlite(PathBuf),
    /// A PostgreSQL database that any number of nodes share. Each part has a schema of its own in it.
    Postgres(String),
}

/// An address that names no database of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a database: use sqlite:FOLDER or postgres://USER@HOST:PORT/NAME")]
pub struct UnknownDatabase;

impl FromStr for Database {
    type Err = UnknownDatabase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let folder = text.strip_prefix("sqlite:").ok_or(UnknownDatabase)?;
        let folder = folder.strip_prefix("//").unwrap_or(folder);
        if folder.is_empty() { Err(UnknownDatabase) } else { Ok(Self::Sqlite(folder.into())) }
    }
}

/// The address without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(folder) => write!(f, "sqlite:{}", folder.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

/// The address with stars for its password, in the user part or among the parameters.
pub(crate) fn without_password(url: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let address = match address.split_once("://").zip(address.rfind('@')) {
        Some(((scheme, _), at)) => {
            let user = &address[scheme.len() + 3..at];
            let user = user.split_once(':').map_or(user.to_owned(), |(name, _)| format!("{name}:***"));
            format!("{scheme}://{user}{}", &address[at..])
        }
        None => address.to_owned(),
    };
    let shown: Vec<_> = parameters.split('&').filter(|p| !p.is_empty() && !p.starts_with("password")).collect();
    if shown.is_empty() { address } else { format!("{address}?{}", shown.join("&")) }
}

impl Database {
    /// Opens the log, making it when it is not there. On SQLite take a [`crate::DataDirLock`] first.
    ///
    /// # Errors
    /// [`OpenError`], in words for an operator.
    pub async fn open_log(&self, clock: Arc<dyn Clock>, sizes: Sizes) -> Result<Arc<dyn Engine>, OpenError> {
        Ok(match self {
            Self::Sqlite(folder) => {
                let options = SqliteOptions { queue: sizes.queue, group: sizes.group, ..SqliteOptions::default() };
                Arc::new(SqliteStore::open(&folder.join(LOG_FILE), clock, options)?)
            }
            Self::Postgres(url) => Arc::new(PostgresStore::open(url, clock, sizes).await?),
        })
    }

    /// Opens the key store, making it when it is not there.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::WrongMasterKey`] when its keys were wrapped by another master key.
    pub async fn open_keys(&self, master: MasterKey, random: Random) -> Result<Arc<dyn Keys>, OpenError> {
        Ok(match self {
            Self::Sqlite(folder) => Arc::new(SqliteKeyStore::open(&folder.join(KEYS_FILE), master, random)?),
            Self::Postgres(url) => Arc::new(PostgresKeyStore::open(url, master, random).await?),
        })
    }

    /// Checks the whole log from outside, beside running nodes.
    ///
    /// # Errors
    /// [`OpenError`] when there is no log or it cannot be read.
    pub async fn verify(&self, mut progress: impl FnMut(&Progress) + Send + 'static) -> Result<Report, OpenError> {
        match self {
            Self::Sqlite(folder) => {
                let path = folder.join(LOG_FILE);
                let checked = tokio::task::spawn_blocking(move || crate::sqlite::verify(&path, &mut progress));
                checked.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
            }
            Self::Postgres(url) => crate::postgres::verify(url, &mut progress).await,
        }
    }

    /// Whether there is data already: a log or keys.
    ///
    /// # Errors
    /// [`OpenError`] when the database does not say.
    pub async fn in_use(&self) -> Result<bool, OpenError> {
        match self {
            Self::Sqlite(folder) => Ok([LOG_FILE, KEYS_FILE].iter().any(|name| folder.join(name).exists())),
            Self::Postgres(url) => crate::postgres::in_use(url).await,
        }
    }

    /// The same database, entered with a password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        match self {
            Self::Sqlite(_) => self,
            Self::Postgres(url) => {
                let separator = if url.contains('?') { '&' } else { '?' };
                Self::Postgres(format!("{url}{separator}password={}", urlencoding::encode(password)))
            }
        }
    }

    /// The folder of a SQLite installation.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(folder) => Some(folder),
            Self::Postgres(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_without_their_password() {
        assert_eq!("sqlite:dati".parse(), Ok(Database::Sqlite("dati".into())));
        assert_eq!("sqlite:///var/lib/sportello".parse(), Ok(Database::Sqlite("/var/lib/sportello".into())));
        for wrong in ["", "sqlite:", "dati", "mysql://a/b"] {
            assert_eq!(wrong.parse::<Database>(), Err(UnknownDatabase), "{wrong}");
        }
        let shown = |url: &str| url.parse::<Database>().unwrap().to_string();
        assert_eq!(shown("postgres://utente:se@gr:eto@db:5432/s"), "postgres://utente:***@db:5432/s");
        assert_eq!(
            shown("postgres://db/s?user=u&password=segreto&sslmode=require"),
            "postgres://db/s?user=u&sslmode=require"
        );
        assert_eq!(shown("postgres://u@db/s"), "postgres://u@db/s");
    }
}
