//! The little SQL there is: one statement builder for both engines, a multi-row upsert, and the reading of rows.
//!
//! Values are TEXT, BIGINT or DOUBLE PRECISION: instants are microseconds, dates are ISO text, ids are text, truths are 0
//! and 1. So the same statements run on SQLite and on PostgreSQL.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, Arguments, AssertSqlSafe, Connection as _, Executor, Row};
use std::path::Path;
use std::str::FromStr;

/// Variables in one statement: SQLite takes 32,766, PostgreSQL 65,535.
pub const MAX_VARIABLES: usize = 32_000;

/// Rows of one upsert that are worth keeping as a prepared statement.
const KEPT_ROWS: usize = 8;

/// The engine behind a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) fn begin(self) -> &'static str {
        match self {
            // Takes the write lock at once: a transaction that reads first and then writes could find itself outrun.
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }
}

/// A value to be bound; an absent one keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Valore {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// DOUBLE PRECISION.
    Real(Option<f64>),
}

macro_rules! valore {
    ($($from:ty => |$value:ident| $into:expr;)+) => {
        $(impl From<$from> for Valore {
            fn from($value: $from) -> Self {
                $into
            }
        })+
    };
}

valore! {
    String => |v| Self::Text(Some(v));
    &String => |v| Self::Text(Some(v.clone()));
    &str => |v| Self::Text(Some(v.to_owned()));
    Option<String> => |v| Self::Text(v);
    &Option<String> => |v| Self::Text(v.clone());
    i64 => |v| Self::Int(Some(v));
    i16 => |v| Self::Int(Some(v.into()));
    u32 => |v| Self::Int(Some(v.into()));
    u64 => |v| Self::Int(Some(v as i64));
    bool => |v| Self::Int(Some(v.into()));
    Option<i64> => |v| Self::Int(v);
    Option<f64> => |v| Self::Real(v);
    Timestamp => |v| Self::Int(Some(v.as_microsecond()));
    Option<Timestamp> => |v| Self::Int(v.map(Timestamp::as_microsecond));
    Date => |v| Self::Text(Some(v.to_string()));
    Option<Date> => |v| Self::Text(v.map(|d| d.to_string()));
}

/// A statement being written.
pub(crate) struct Sql {
    text: String,
    args: AnyArguments,
    dialect: Dialect,
    kept: bool,
}

impl Sql {
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { text: text.into(), args: AnyArguments::default(), dialect, kept: true }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A place for a value, and the value. SQLite counts nameless places in passing; for numbered ones it walks a list for
    /// each, which for thousands of them takes longer than the statement.
    pub(crate) fn bind(&mut self, value: impl Into<Valore>) -> &mut Self {
        let added = match value.into() {
            Valore::Text(v) => self.args.add(v),
            Valore::Int(v) => self.args.add(v),
            Valore::Real(v) => self.args.add(v),
        };
        debug_assert!(added.is_ok(), "plain values always encode");
        match self.dialect {
            Dialect::Sqlite => self.text.push('?'),
            Dialect::Postgres => {
                self.text.push('$');
                self.text.push_str(&self.args.len().to_string());
            }
        }
        self
    }

    /// Puts what is written so far inside a larger statement.
    pub(crate) fn within(mut self, before: &str, after: &str) -> Self {
        self.text = format!("{before}{}{after}", self.text);
        self
    }

    /// `(v, v, v)`.
    pub(crate) fn list<V: Into<Valore>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push("(");
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self.push(")")
    }

    pub(crate) async fn rows(self, on: impl Executor<'_, Database = Any>) -> Result<Vec<AnyRow>, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.text), self.args).persistent(self.kept).fetch_all(on).await
    }

    /// Rows touched.
    pub(crate) async fn execute(self, on: impl Executor<'_, Database = Any>) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(self.text), self.args).persistent(self.kept);
        query.execute(on).await.map(|done| done.rows_affected())
    }
}

/// A table and the order of its columns.
#[derive(Debug, Clone, Copy)]
pub struct Tabella {
    /// Columns, `ente` first.
    pub columns: &'static [&'static str],
    /// Its primary key, part of `columns`.
    pub key: &'static [&'static str],
}

/// Writes rows in as few statements as their variables allow; a row that is there is replaced. No two rows share a key.
pub(crate) async fn upsert(
    on: &mut AnyConnection,
    dialect: Dialect,
    name: &str,
    table: Tabella,
    rows: Vec<Vec<Valore>>,
) -> Result<(), sqlx::Error> {
    let Tabella { columns, key } = table;
    let others: Vec<String> =
        columns.iter().filter(|c| !key.contains(c)).map(|c| format!("{c} = excluded.{c}")).collect();
    let replace = if others.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", others.join(", ")) };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::new(dialect, format!("INSERT INTO {name} ({}) VALUES ", columns.join(", ")));
        let mut written = 0;
        for row in rows.by_ref().take(MAX_VARIABLES / columns.len()) {
            debug_assert_eq!(row.len(), columns.len(), "a row of {name} has a value for each column");
            if written > 0 {
                sql.push(", ");
            }
            sql.list(row);
            written += 1;
        }
        sql.kept = written <= KEPT_ROWS;
        sql.push(&format!(" ON CONFLICT ({}) DO {replace}", key.join(", ")));
        sql.execute(&mut *on).await?;
    }
    Ok(())
}

/// A pattern that finds `text` anywhere in a lower-cased column: `LIKE <pattern> ESCAPE '!'`.
pub(crate) fn contains(text: &str) -> String {
    format!("%{}%", escaped(&text.trim().to_lowercase()))
}

/// A pattern that finds what begins with `text`.
pub(crate) fn begins(text: &str) -> String {
    format!("{}%", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// A row being read. A column that does not hold what it should is an error that names it.
pub(crate) struct Riga<'a>(pub(crate) &'a AnyRow);

impl Riga<'_> {
    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>, sqlx::Error> {
        self.0.try_get(column)
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, sqlx::Error> {
        self.0.try_get(column)
    }

    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>, sqlx::Error> {
        self.0.try_get(column)
    }

    pub(crate) fn int<T: TryFrom<i64>>(&self, column: &str) -> Result<T, sqlx::Error> {
        let value: i64 = self.0.try_get(column)?;
        T::try_from(value).map_err(|_| bad(column, value.to_string()))
    }

    pub(crate) fn real(&self, column: &str) -> Result<Option<f64>, sqlx::Error> {
        self.0.try_get(column)
    }

    pub(crate) fn truth(&self, column: &str) -> Result<bool, sqlx::Error> {
        Ok(self.int::<i64>(column)? != 0)
    }

    pub(crate) fn opt_instant(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        let instant = |v| Timestamp::from_microsecond(v).map_err(|e| bad(column, e.to_string()));
        self.opt_int(column)?.map(instant).transpose()
    }

    pub(crate) fn instant(&self, column: &str) -> Result<Timestamp, sqlx::Error> {
        self.opt_instant(column)?.ok_or_else(|| bad(column, "null".into()))
    }

    /// A value that is written as text: an id, a date.
    pub(crate) fn parse<T: FromStr>(&self, column: &str) -> Result<T, sqlx::Error> {
        self.opt_parse(column)?.ok_or_else(|| bad(column, "null".into()))
    }

    pub(crate) fn opt_parse<T: FromStr>(&self, column: &str) -> Result<Option<T>, sqlx::Error> {
        self.map(column, |text| text.parse().ok())
    }

    /// A value with a reading of its own.
    pub(crate) fn map<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, sqlx::Error> {
        let text = self.opt_text(column)?;
        text.map(|text| read(&text).ok_or_else(|| bad(column, text))).transpose()
    }

    /// As [`Riga::map`], of a column that is never absent.
    pub(crate) fn known<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
        self.map(column, read)?.ok_or_else(|| bad(column, "null".into()))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, sqlx::Error> {
        self.known(column, |text| serde_json::from_str(text).ok())
    }
}

pub(crate) fn bad(column: &str, value: String) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: format!("unexpected value {value}").into() }
}

/// Losing the last commits of tables that are rebuilt from the log costs nothing: NORMAL, not FULL. What is deleted is
/// overwritten: the data of a person who was forgotten must not linger in free pages.
const WRITER: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;";
const READER: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;";

/// The two pools of a read database: one that writes, one that only reads.
pub(crate) struct Pools {
    pub(crate) dialect: Dialect,
    pub(crate) write: AnyPool,
    pub(crate) read: AnyPool,
}

impl Pools {
    /// Opens a database by URL, or a SQLite file by path, made when it is not there.
    pub(crate) async fn open(url_or_path: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        if url_or_path.starts_with("postgres") && url_or_path.contains("://") {
            let write = AnyPoolOptions::new().max_connections(4).connect(url_or_path).await?;
            let read = AnyPoolOptions::new().max_connections(8).connect(url_or_path).await?;
            return Ok(Self { dialect: Dialect::Postgres, write, read });
        }
        let url = sqlite_url(url_or_path)?;
        // SQLite has one writer; a pool of one is a fair queue before it, where several would wake each other by polling.
        let write = sqlite_pool(WRITER).max_connections(1).connect(&url).await?;
        let read = sqlite_pool(READER).max_connections(4).connect(&url).await?;
        Ok(Self { dialect: Dialect::Sqlite, write, read })
    }

    /// Empties SQLite's log of writes, which holds old pages, as far as running questions allow.
    pub(crate) async fn flush(&self) -> Result<(), sqlx::Error> {
        if self.dialect == Dialect::Sqlite {
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.write).await?;
        }
        Ok(())
    }
}

fn sqlite_pool(pragmas: &'static str) -> AnyPoolOptions {
    let setup = AnyPoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None);
    let setup = setup.after_connect(move |connection, _| {
        Box::pin(async move { connection.execute(sqlx::raw_sql(pragmas)).await.map(|_| ()) })
    });
    // On a full disk SQLite rolls back by itself; the driver goes on believing in the transaction and would refuse every
    // further one. Such a connection is closed and a new one opened.
    setup.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

fn sqlite_url(url_or_path: &str) -> Result<String, sqlx::Error> {
    if url_or_path.starts_with("sqlite:") {
        return Ok(url_or_path.to_owned());
    }
    let path = std::path::absolute(Path::new(url_or_path)).map_err(sqlx::Error::Io)?;
    let path = path.to_str().ok_or_else(|| sqlx::Error::Configuration("the path is not UTF-8".into()))?;
    let mut url = String::from("sqlite://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.push_str(&hex::encode_upper([byte]));
        }
    }
    url.push_str("?mode=rwc");
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn values_come_back_as_they_went() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("con spazi e 100%?.db");
        let pools = Pools::open(path.to_str().unwrap()).await.unwrap();
        assert!(path.exists());
        let create = "CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, s TEXT)";
        sqlx::raw_sql(create).execute(&pools.write).await.unwrap();
        let table = Tabella { columns: &["k", "n", "r", "s"], key: &["k"] };
        let rows = vec![
            vec!["a".into(), i64::MAX.into(), Some(44.0).into(), "perché".into()],
            vec!["b".into(), Valore::Int(None), Valore::Real(None), Valore::Text(None)],
        ];
        let mut connection = pools.write.acquire().await.unwrap();
        upsert(&mut connection, pools.dialect, "t", table, rows).await.unwrap();
        let many = (0..20_000_i64).map(|i| vec![format!("m{i}").into(), i.into(), Some(0.5).into(), "x".into()]);
        upsert(&mut connection, pools.dialect, "t", table, many.collect()).await.unwrap();
        drop(connection);

        let read = |text: &str| Sql::new(pools.dialect, text).rows(&pools.read);
        let rows = read("SELECT * FROM t WHERE k IN ('a', 'b') ORDER BY k").await.unwrap();
        let (a, b) = (Riga(&rows[0]), Riga(&rows[1]));
        assert_eq!((a.opt_int("n").unwrap(), a.real("r").unwrap()), (Some(i64::MAX), Some(44.0)));
        assert_eq!(a.text("s").unwrap(), "perché");
        assert_eq!((b.opt_int("n").unwrap(), b.real("r").unwrap(), b.opt_text("s").unwrap()), (None, None, None));
        assert!(b.text("s").is_err());
        let count = read("SELECT COUNT(*) AS n, MAX(n) AS m FROM t").await.unwrap();
        assert_eq!(Riga(&count[0]).int::<u64>("n").unwrap(), 20_002);
        assert!(read("DELETE FROM t").await.is_err(), "the reading pool does not write");
    }

    #[test]
    fn wildcards_in_a_search_are_plain_letters() {
        assert_eq!(contains(" 100% Sì_! "), "%100!% sì!_!!%");
        assert_eq!(begins("istanza-"), "istanza-%");
    }
}
