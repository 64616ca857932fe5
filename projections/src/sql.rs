//! The little SQL there is: one statement builder for both engines, and the reading of rows.
//!
//! Values are TEXT, BIGINT or DOUBLE PRECISION: instants are microseconds, dates are ISO text, ids are text, truths are 0
//! and 1. So the same statements run on SQLite and on PostgreSQL.

use crate::pools::Dialect;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, Arguments, AssertSqlSafe, Executor, Row};
use std::str::FromStr;

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
    String => |v| Self::Text(Some(storable(v)));
    &String => |v| Self::Text(Some(storable(v.clone())));
    &str => |v| Self::Text(Some(storable(v.to_owned())));
    Option<String> => |v| Self::Text(v.map(storable));
    &Option<String> => |v| Self::Text(v.clone().map(storable));
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

/// PostgreSQL has no NUL in texts; one that somebody wrote must not stop a read model, nor differ between engines.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// A statement being written.
#[derive(Clone)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Valore>,
    dialect: Dialect,
}

impl Sql {
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new(), dialect }
    }

    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A place for a value, and the value. SQLite counts nameless places in passing; for numbered ones it walks a list for
    /// each, which for thousands of them takes longer than the statement.
    pub(crate) fn bind(&mut self, value: impl Into<Valore>) -> &mut Self {
        self.values.push(value.into());
        match self.dialect {
            Dialect::Sqlite => self.text.push('?'),
            Dialect::Postgres => {
                self.text.push('$');
                self.text.push_str(&self.values.len().to_string());
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

    /// With other words for parts of its text.
    pub(crate) fn map_text(mut self, f: impl FnOnce(String) -> String) -> Self {
        self.text = f(self.text);
        self
    }

    pub(crate) async fn rows(self, on: impl Executor<'_, Database = Any>) -> Result<Vec<AnyRow>, sqlx::Error> {
        let (text, arguments) = self.ready();
        sqlx::query_with(text, arguments).fetch_all(on).await
    }

    /// Rows touched.
    pub(crate) async fn execute(self, on: impl Executor<'_, Database = Any>) -> Result<u64, sqlx::Error> {
        let (text, arguments) = self.ready();
        sqlx::query_with(text, arguments).execute(on).await.map(|done| done.rows_affected())
    }

    fn ready(self) -> (AssertSqlSafe<String>, AnyArguments) {
        let mut arguments = AnyArguments::default();
        for value in self.values {
            let added = match value {
                Valore::Text(v) => arguments.add(v),
                Valore::Int(v) => arguments.add(v),
                Valore::Real(v) => arguments.add(v),
            };
            debug_assert!(added.is_ok(), "plain values always encode");
        }
        (AssertSqlSafe(self.text), arguments)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_are_plain_letters() {
        assert_eq!(contains(" 100% Sì_! "), "%100!% sì!_!!%");
        assert_eq!(begins("istanza-"), "istanza-%");
    }

    #[test]
    fn a_text_that_postgresql_cannot_hold_is_mended() {
        assert_eq!(Valore::from("a\0b"), Valore::Text(Some("a\u{fffd}b".into())));
    }
}
