//! Many rows with one statement: what a fold writes, and the rows it reads back.
//!
//! The statement of a table is always the same text, so it is parsed once. PostgreSQL takes a column as one array,
//! written as text because [`sqlx::Any`] has no arrays; SQLite takes a power of two of rows at a
//! time, so that its texts are few.

use crate::pools::Dialect;
use crate::sql::{Sql, Valore};
use sqlx::AnyConnection;
use std::fmt::Write as _;

/// Rows of one statement on PostgreSQL: a bound of its memory.
const ROWS: usize = 5_000;

/// Rows of one statement on SQLite: each is a turn of the thread that its connection lives on.
const SQLITE_ROWS: usize = 512;

/// Keys looked up with one statement.
const KEYS: usize = 5_000;

/// A table and the order of its columns.
#[derive(Debug, Clone, Copy)]
pub struct Tabella {
    /// Columns, `ente` first.
    pub columns: &'static [&'static str],
    /// Its primary key, part of `columns`.
    pub key: &'static [&'static str],
}

/// What happens to a row whose key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    /// It is replaced.
    Replaced,
    /// It cannot be there: an error.
    Error,
}

/// Writes rows, no two with one key.
pub(crate) async fn write(
    on: &mut AnyConnection,
    dialect: Dialect,
    name: &str,
    table: Tabella,
    rows: Vec<Vec<Valore>>,
    present: Present,
) -> Result<(), sqlx::Error> {
    let Tabella { columns, key } = table;
    let insert = format!("INSERT INTO {name} ({}) ", columns.join(", "));
    let conflict = match present {
        Present::Error => String::new(),
        Present::Replaced => {
            let others: Vec<String> =
                columns.iter().filter(|c| !key.contains(c)).map(|c| format!("{c} = excluded.{c}")).collect();
            format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), others.join(", "))
        }
    };
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let at_once = match dialect {
            // A power of two: few texts, so that all of them stay prepared.
            Dialect::Sqlite => SQLITE_ROWS.min(1 << rows.len().ilog2()),
            Dialect::Postgres => ROWS,
        };
        let mut sql = Sql::new(dialect, insert.as_str());
        let some = rows.by_ref().take(at_once);
        match dialect {
            Dialect::Sqlite => values(&mut sql, some),
            Dialect::Postgres => unnest(&mut sql, columns.len(), some),
        }
        sql.push(&conflict);
        sql.execute(&mut *on).await?;
    }
    Ok(())
}

fn values(sql: &mut Sql, rows: impl Iterator<Item = Vec<Valore>>) {
    for (i, row) in rows.enumerate() {
        sql.push(if i > 0 { ", " } else { "VALUES " }).list(row);
    }
}

fn unnest(sql: &mut Sql, columns: usize, rows: impl Iterator<Item = Vec<Valore>>) {
    let mut arrays: Vec<Array> = Vec::with_capacity(columns);
    for row in rows {
        add(&mut arrays, columns, row);
    }
    // In the list of columns, not as a table: a table would be stored first.
    for (i, array) in arrays.into_iter().enumerate() {
        sql.push(if i > 0 { ", unnest(" } else { "SELECT unnest(" });
        array.bind(sql);
        sql.push(")");
    }
}

/// One row more.
fn add(arrays: &mut Vec<Array>, columns: usize, row: Vec<Valore>) {
    debug_assert_eq!(row.len(), columns, "a row has a value for each column");
    for (i, value) in row.into_iter().enumerate() {
        match arrays.get_mut(i) {
            Some(array) => array.push(&value),
            None => arrays.push(Array::of(&value)),
        }
    }
}

/// The rows of an ente whose `columns` have together one of the values `keys`; at most [`KEYS`] of them are taken, no two
/// alike, each with a value for every column.
pub(crate) fn keyed(
    dialect: Dialect,
    name: &str,
    ente: &str,
    columns: &[&str],
    keys: &mut impl Iterator<Item = Vec<Valore>>,
) -> Sql {
    let keys = keys.take(KEYS);
    match dialect {
        Dialect::Sqlite => among(Sql::new(dialect, format!("SELECT * FROM {name} WHERE ente = ")), ente, columns, keys),
        Dialect::Postgres => lateral("*", dialect, name, ente, columns, keys),
    }
}

/// Takes away the rows that [`keyed`] finds.
pub(crate) fn delete(
    dialect: Dialect,
    name: &str,
    ente: &str,
    columns: &[&str],
    keys: &mut impl Iterator<Item = Vec<Valore>>,
) -> Sql {
    let keys = keys.take(KEYS);
    match dialect {
        Dialect::Sqlite => among(Sql::new(dialect, format!("DELETE FROM {name} WHERE ente = ")), ente, columns, keys),
        // By where the rows stand: found through the index, and not looked for again.
        Dialect::Postgres => lateral("ctid", dialect, name, ente, columns, keys)
            .within(&format!("DELETE FROM {name} WHERE ctid = ANY(ARRAY("), "))"),
    }
}

/// `… ente = <ente> AND (columns) IN <keys>`, the keys as one text: few texts of statements, whatever the number of keys.
fn among(mut sql: Sql, ente: &str, columns: &[&str], keys: impl Iterator<Item = Vec<Valore>>) -> Sql {
    let json = |value| match value {
        Valore::Text(v) => v.into(),
        Valore::Int(v) => v.into(),
        Valore::Real(v) => v.into(),
    };
    let array = |key: Vec<Valore>| serde_json::Value::Array(key.into_iter().map(json).collect());
    // One column, as nearly every fold has it, needs no arrays within the array.
    let (keys, values): (serde_json::Value, Vec<String>) = if columns.len() == 1 {
        (keys.flatten().map(json).collect(), vec!["value".to_owned()])
    } else {
        (keys.map(array).collect(), (0..columns.len()).map(|i| format!("json_extract(value, '$[{i}]')")).collect())
    };
    sql.bind(ente);
    sql.push(&format!(" AND ({}) IN (SELECT {} FROM json_each(", columns.join(", "), values.join(", ")));
    sql.bind(keys.to_string()).push("))");
    sql
}

/// One look into the index a key. Asked for all keys at once, PostgreSQL may read every row of the ente and compare each
/// with all keys, for it does not know how many there are.
fn lateral(
    selected: &str,
    dialect: Dialect,
    name: &str,
    ente: &str,
    columns: &[&str],
    keys: impl Iterator<Item = Vec<Valore>>,
) -> Sql {
    let mut arrays: Vec<Array> = Vec::with_capacity(columns.len());
    for key in keys {
        add(&mut arrays, columns.len(), key);
    }
    if arrays.is_empty() {
        // Without a key nothing says of which type one would be.
        return Sql::new(dialect, format!("SELECT {selected} FROM {name} WHERE 1 = 0"));
    }
    let mut sql = Sql::new(dialect, format!("SELECT t.{selected} FROM unnest("));
    for (i, array) in arrays.into_iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" });
        array.bind(&mut sql);
    }
    let names: Vec<String> = (0..columns.len()).map(|i| format!("k{i}")).collect();
    sql.push(&format!(") AS k({}) CROSS JOIN LATERAL (SELECT {selected} FROM {name} WHERE ente = ", names.join(", ")));
    sql.bind(ente);
    for (column, key) in columns.iter().zip(names) {
        sql.push(&format!(" AND {column} = k.{key}"));
    }
    sql.push(" OFFSET 0) AS t");
    sql
}

/// An array as PostgreSQL writes it.
struct Array {
    kind: &'static str,
    text: String,
}

impl Array {
    fn of(first: &Valore) -> Self {
        let kind = match first {
            Valore::Text(_) => "text[]",
            Valore::Int(_) => "bigint[]",
            Valore::Real(_) => "double precision[]",
        };
        let mut array = Self { kind, text: String::new() };
        array.push(first);
        array
    }

    fn push(&mut self, value: &Valore) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        let written = match value {
            Valore::Text(Some(text)) => {
                self.text.push('"');
                for c in text.chars() {
                    if matches!(c, '"' | '\\') {
                        self.text.push('\\');
                    }
                    self.text.push(c);
                }
                self.text.push('"');
                Ok(())
            }
            Valore::Int(Some(n)) => write!(self.text, "{n}"),
            Valore::Real(Some(n)) => write!(self.text, "{n}"),
            Valore::Text(None) | Valore::Int(None) | Valore::Real(None) => write!(self.text, "NULL"),
        };
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }

    fn bind(mut self, sql: &mut Sql) {
        self.text.push('}');
        sql.push("CAST(").bind(self.text).push(" AS ").push(self.kind).push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Letture;
    use crate::pools::Pools;
    use crate::sql::Riga;
    use sqlx::AssertSqlSafe;

    async fn values_come_back_as_they_went(letture: Letture) {
        let pools = Pools::open(&letture.url()).await.unwrap();
        crate::catalog::init(&pools).await.unwrap();
        let create = "CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, s TEXT)";
        sqlx::raw_sql(create).execute(&pools.write).await.unwrap();
        let table = Tabella { columns: &["k", "n", "r", "s"], key: &["k"] };
        let hard = "perché \"no\", {a,b} \\ 'x' NULL\n\t\u{1f3db}";
        let rows = vec![
            vec!["a".into(), i64::MAX.into(), Some(44.123_456_789_012_34).into(), hard.into()],
            vec!["b".into(), Valore::Int(None), Valore::Real(None), Valore::Text(None)],
            vec!["c".into(), i64::MIN.into(), Some(-0.1).into(), "".into()],
            vec!["d".into(), 0_i64.into(), Some(1e-300).into(), "NULL".into()],
        ];
        let mut connection = pools.writer().await.unwrap();
        write(&mut connection, pools.dialect, "t", table, rows, Present::Error).await.unwrap();
        let many = (0..20_003_i64).map(|i| vec![format!("m{i}").into(), i.into(), Some(0.5).into(), "x".into()]);
        write(&mut connection, pools.dialect, "t", table, many.collect(), Present::Replaced).await.unwrap();
        let again = vec![vec!["c".into(), 7_i64.into(), Some(f64::MAX).into(), Valore::Text(None)]];
        let twice = write(&mut connection, pools.dialect, "t", table, again.clone(), Present::Error).await;
        assert!(twice.is_err(), "{twice:?}");
        write(&mut connection, pools.dialect, "t", table, again, Present::Replaced).await.unwrap();

        let read = |text: &str| Sql::new(pools.dialect, text).rows(&pools.read);
        let rows = read("SELECT * FROM t WHERE k IN ('a', 'b', 'c', 'd') ORDER BY k").await.unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(Riga)
            .map(|r| (r.opt_int("n").unwrap(), r.real("r").unwrap(), r.opt_text("s").unwrap()))
            .collect();
        let expected = [
            (Some(i64::MAX), Some(44.123_456_789_012_34), Some(hard.to_owned())),
            (None, None, None),
            (Some(7), Some(f64::MAX), None),
            (Some(0), Some(1e-300), Some("NULL".to_owned())),
        ];
        assert_eq!(found, expected);
        assert!(Riga(&rows[1]).text("s").is_err());
        let count = read("SELECT COUNT(*) AS n FROM t").await.unwrap();
        assert_eq!(Riga(&count[0]).int::<u64>("n").unwrap(), 20_007);
        assert!(read("DELETE FROM t").await.is_err(), "the reading pool does not write");

        let table =
            "CREATE TABLE chiavi (ente TEXT NOT NULL, k TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (ente, k))";
        sqlx::raw_sql(table).execute(&mut *connection).await.unwrap();
        let table = Tabella { columns: &["ente", "k", "n"], key: &["ente", "k"] };
        let rows = [("a", "x", 1_i64), ("a", hard, 2), ("a", "y", 2), ("b", "x", 1)];
        let rows = rows.map(|(ente, k, n)| vec![ente.into(), k.into(), n.into()]).to_vec();
        write(&mut connection, pools.dialect, "chiavi", table, rows, Present::Error).await.unwrap();
        let texts = ["x", hard, "no such"].map(|k| vec![k.into()]);
        let sql = keyed(pools.dialect, "chiavi", "a", &["k"], &mut texts.into_iter());
        assert_eq!(sql.rows(&mut *connection).await.unwrap().len(), 2);
        let sql = keyed(pools.dialect, "chiavi", "a", &["n"], &mut [2_i64, 7].map(|n| vec![n.into()]).into_iter());
        assert_eq!(sql.rows(&mut *connection).await.unwrap().len(), 2);
        let sql = keyed(pools.dialect, "chiavi", "a", &["k"], &mut std::iter::empty());
        assert!(sql.rows(&mut *connection).await.unwrap().is_empty());

        let pairs = || [("x", 1_i64), (hard, 2), ("y", 1)].map(|(k, n)| vec![k.into(), n.into()]).into_iter();
        let sql = keyed(pools.dialect, "chiavi", "a", &["k", "n"], &mut pairs());
        assert_eq!(sql.rows(&mut *connection).await.unwrap().len(), 2, "both values must be the row's");
        let sql = delete(pools.dialect, "chiavi", "a", &["k", "n"], &mut std::iter::empty());
        assert_eq!(sql.execute(&mut *connection).await.unwrap(), 0);
        let sql = delete(pools.dialect, "chiavi", "a", &["k", "n"], &mut pairs());
        assert_eq!(sql.execute(&mut *connection).await.unwrap(), 2);
        let left = read("SELECT ente, k FROM chiavi ORDER BY ente").await.unwrap();
        let left: Vec<_> = left.iter().map(Riga).map(|r| (r.text("ente").unwrap(), r.text("k").unwrap())).collect();
        assert_eq!(left, [("a".to_owned(), "y".to_owned()), ("b".to_owned(), "x".to_owned())]);
    }

    /// A list has the same order on both engines, whatever the locale of the database.
    async fn texts_are_ordered_by_their_bytes(letture: Letture) {
        let pools = Pools::open(&letture.url()).await.unwrap();
        crate::catalog::init(&pools).await.unwrap();
        let table = "CREATE TABLE IF NOT EXISTS t_{v} (k TEXT NOT NULL PRIMARY KEY);";
        let statements = crate::projection::Statements::new(table, pools.dialect, 1, 1);
        assert_eq!((statements.names, statements.indexes.len()), (vec!["t_v1_g1".to_owned()], 0));
        sqlx::raw_sql(AssertSqlSafe(statements.tables)).execute(&pools.write).await.unwrap();
        let mut connection = pools.writer().await.unwrap();
        let rows = ["a", "B", "à", "_", "Z", "1"].map(|k| vec![k.into()]).to_vec();
        let table = Tabella { columns: &["k"], key: &["k"] };
        write(&mut connection, pools.dialect, "t_v1_g1", table, rows, Present::Error).await.unwrap();
        let rows = Sql::new(pools.dialect, "SELECT k FROM t_v1_g1 ORDER BY k").rows(&pools.read).await.unwrap();
        let order: Vec<_> = rows.iter().map(|row| Riga(row).text("k").unwrap()).collect();
        assert_eq!(order, ["1", "B", "Z", "_", "a", "à"]);
    }

    macro_rules! on_both {
        ($($test:ident),+) => {
            mod sqlite { $(#[tokio::test] async fn $test() { super::$test(super::Letture::sqlite()).await; })+ }
            mod postgres { $(#[tokio::test] async fn $test() { super::$test(super::Letture::postgres().await).await; })+ }
        };
    }
    on_both!(values_come_back_as_they_went, texts_are_ordered_by_their_bytes);
}
