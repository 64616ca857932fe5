//! What a read model is.

use crate::pools::Dialect;
use crate::sql::{Riga, Valore};
use crate::upsert::{self, Present, Tabella};
use domain::Evento;
use eventstore::Record;
use futures_core::future::BoxFuture;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// A fold of the log into tables. No side effects: the same records give the same rows, whatever the pages.
pub trait Projection: Send + Sync {
    /// Name, unique; stays the same over its versions.
    fn name(&self) -> &'static str;

    /// Version of its tables and of what stands in them. A change of either is a new version: it is built anew.
    fn version(&self) -> u32;

    /// `CREATE TABLE IF NOT EXISTS` and `CREATE INDEX IF NOT EXISTS` statements, each ended by `;`, with `{v}` in each
    /// name where version and generation go.
    fn tables(&self) -> &'static str;

    /// Folds a page of one ente, never empty, in order of position: loads the rows it touches, folds, writes them back.
    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>>;
}

/// Why a page could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The read database failed, or a row does not hold what it should.
    #[error("the read database failed")]
    Database(#[from] sqlx::Error),
    /// The log says something about a thing that it never opened.
    #[error("the record at position {position} ({kind}) is about something that the log never opened")]
    Orphan {
        /// Where.
        position: u64,
        /// Name of the event.
        kind: String,
    },
    /// Something of the record is not as it was written.
    #[error("the record at position {position} does not read: {reason}")]
    Corrupt {
        /// Where.
        position: u64,
        /// What is wrong.
        reason: String,
    },
}

impl ApplyError {
    pub(crate) fn orphan(record: &Record) -> Self {
        Self::Orphan { position: record.position, kind: record.kind.clone() }
    }
}

/// The write side of one page, one projection and one ente.
pub struct Tx<'c> {
    pub(crate) connection: &'c mut AnyConnection,
    pub(crate) dialect: Dialect,
    pub(crate) ente: &'c str,
    pub(crate) version: u32,
    pub(crate) generation: u32,
}

impl Tx<'_> {
    /// Whose page it is.
    pub fn ente(&self) -> &str {
        self.ente
    }

    fn table(&self, base: &str) -> String {
        format!("{base}_{}", suffix(self.version, self.generation))
    }

    /// Writes rows, replacing those with the same key. `base` is the table's name before `_{v}`.
    ///
    /// # Errors
    /// Of the database.
    pub async fn upsert(&mut self, base: &str, table: Tabella, rows: Vec<Vec<Valore>>) -> Result<(), sqlx::Error> {
        let name = self.table(base);
        upsert::write(self.connection, self.dialect, &name, table, rows, Present::Replaced).await
    }

    /// Writes rows that cannot be there yet, as those whose key holds the position of an event: cheaper.
    ///
    /// # Errors
    /// Of the database; also when a row is there.
    pub async fn insert(&mut self, base: &str, table: Tabella, rows: Vec<Vec<Valore>>) -> Result<(), sqlx::Error> {
        let name = self.table(base);
        upsert::write(self.connection, self.dialect, &name, table, rows, Present::Error).await
    }

    /// The rows of this ente whose `column` is one of `keys`, no two of which are alike.
    ///
    /// # Errors
    /// Of the database, or of `read`.
    pub(crate) async fn load<T>(
        &mut self,
        base: &str,
        column: &str,
        keys: impl IntoIterator<Item = impl Into<Valore>>,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        self.load_by(base, &[column], keys.into_iter().map(|key| vec![key.into()]).collect(), read).await
    }

    /// As [`Tx::load`], of rows whose `columns` have together one of the values `keys`.
    ///
    /// # Errors
    /// Of the database, or of `read`.
    pub(crate) async fn load_by<T>(
        &mut self,
        base: &str,
        columns: &[&str],
        keys: Vec<Vec<Valore>>,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        let mut found = Vec::new();
        let mut keys = keys.into_iter().peekable();
        while keys.peek().is_some() {
            let sql = upsert::keyed(self.dialect, &self.table(base), self.ente, columns, &mut keys);
            let rows: Vec<AnyRow> = sql.rows(&mut *self.connection).await?;
            for row in &rows {
                found.push(read(&Riga(row))?);
            }
        }
        Ok(found)
    }

    /// Takes away the rows of this ente whose `columns` have together one of the values `keys`; those that are not there
    /// are passed over.
    ///
    /// # Errors
    /// Of the database.
    pub async fn delete(&mut self, base: &str, columns: &[&str], keys: Vec<Vec<Valore>>) -> Result<(), sqlx::Error> {
        let mut keys = keys.into_iter().peekable();
        while keys.peek().is_some() {
            let sql = upsert::delete(self.dialect, &self.table(base), self.ente, columns, &mut keys);
            sql.execute(&mut *self.connection).await?;
        }
        Ok(())
    }
}

/// What `{v}` stands for.
pub(crate) fn suffix(version: u32, generation: u32) -> String {
    format!("v{version}_g{generation}")
}

/// The tables of one version and generation.
pub(crate) struct Statements {
    /// Those that make tables.
    pub(crate) tables: String,
    /// Those that make indexes, besides the ones of the keys.
    pub(crate) indexes: Vec<String>,
    /// Names of the tables.
    pub(crate) names: Vec<String>,
}

impl Statements {
    pub(crate) fn new(text: &str, dialect: Dialect, version: u32, generation: u32) -> Self {
        const CREATE: &str = "CREATE TABLE IF NOT EXISTS ";
        let text = dialect.ddl(&text.replace("{v}", &suffix(version, generation)));
        let all = text.split_inclusive(';').map(str::trim).filter(|statement| !statement.is_empty());
        let (tables, indexes): (Vec<&str>, Vec<&str>) = all.partition(|statement| statement.starts_with(CREATE));
        let name = |statement: &&str| Some(statement.strip_prefix(CREATE)?.split([' ', '(']).next()?.to_owned());
        Self {
            names: tables.iter().filter_map(name).collect(),
            tables: tables.concat(),
            indexes: indexes.into_iter().map(str::to_owned).collect(),
        }
    }
}
