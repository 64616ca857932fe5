//! A read model as one question sees it.

use crate::ente::Ente;
use crate::pagina::{Cursore, Elenco, Pagina, QueryError};
use crate::pools::{ANSWER, Dialect, lost, settle, table_gone};
use crate::projection::suffix;
use crate::read_models::{Live, ReadModels};
use crate::sql::{Riga, Sql};
use sqlx::any::AnyRow;
use tokio::time::timeout;

/// The read model behind a question, for one ente.
pub(crate) struct View<'a> {
    models: &'a ReadModels,
    ente: &'a Ente,
    name: &'static str,
    /// What was live when it began.
    live: Vec<Live>,
}

impl ReadModels {
    /// A read model that can answer about an ente.
    pub(crate) async fn view<'a>(&'a self, name: &'static str, ente: &'a str) -> Result<View<'a>, QueryError> {
        let ente = self.enti.get(ente).ok_or_else(|| QueryError::UnknownEnte(ente.to_owned()))?;
        let live = self.live.read().await.clone();
        check(ente, name, &live)?;
        Ok(View { models: self, ente, name, live })
    }
}

impl View<'_> {
    /// `SELECT columns FROM table WHERE ente = …`, to be continued with ` AND …`. The table's name is completed when the
    /// question is asked: until then another process may swap it.
    pub(crate) fn select(&self, columns: &str, base: &str) -> Sql {
        let table = placeholder(self.name, base);
        let mut sql = Sql::new(self.models.pools.dialect, format!("SELECT {columns} FROM {table} WHERE ente = "));
        sql.bind(self.ente.code.as_str());
        sql
    }

    /// A table of another read model that this question also reads, likewise.
    pub(crate) fn table_of(&self, name: &'static str, base: &str) -> Result<String, QueryError> {
        check(self.ente, name, &self.live)?;
        Ok(placeholder(name, base))
    }

    /// The engine that is asked.
    pub(crate) fn dialect(&self) -> Dialect {
        self.models.pools.dialect
    }

    pub(crate) async fn all<T>(
        &self,
        sql: Sql,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, QueryError> {
        let rows = self.ask(sql).await?;
        Ok(rows.iter().map(|row| read(&Riga(row))).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn one<T>(
        &self,
        sql: Sql,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, QueryError> {
        Ok(self.all(sql, read).await?.into_iter().next())
    }

    /// A page in descending order of `posizione`; `count` selects the number of all rows as `n`.
    pub(crate) async fn page<T: Cursore>(
        &self,
        mut sql: Sql,
        count: Sql,
        pagina: Pagina,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Elenco<T>, QueryError> {
        if let Some(dopo) = pagina.dopo {
            sql.push(" AND posizione < ").bind(dopo);
        }
        // A bound limit would make SQLite prepare the statement anew each time.
        sql.push(&format!(" ORDER BY posizione DESC LIMIT {}", pagina.limit() + 1));
        let righe = self.all(sql, read).await?;
        let limit = pagina.limit() as usize;
        // A first page that is not full is the whole list.
        let totale = if pagina.dopo.is_none() && righe.len() <= limit {
            righe.len() as u64
        } else {
            self.one(count, |row| row.int("n")).await?.unwrap_or(0)
        };
        Ok(Elenco::cut(righe, pagina.limit(), totale))
    }

    /// The rows of an answer. A question that meets a table that another process swapped, or a connection that is gone,
    /// is asked once more.
    async fn ask(&self, sql: Sql) -> Result<Vec<AnyRow>, QueryError> {
        let error = match self.ask_once(sql.clone()).await {
            Ok(rows) => return Ok(rows),
            Err(error) => error,
        };
        if table_gone(&error) {
            if let Err(reload) = self.models.reload(self.ente, false).await {
                tracing::warn!(
                    error = crate::error::chain(&reload),
                    "the read database cannot say which tables are live"
                );
                return Err(error.into());
            }
            check(self.ente, self.name, &self.models.live.read().await)?;
        } else if !lost(&error) {
            return Err(error.into());
        }
        Ok(self.ask_once(sql).await.inspect_err(|_| self.ente.doubt())?)
    }

    async fn ask_once(&self, sql: Sql) -> Result<Vec<AnyRow>, sqlx::Error> {
        let pools = &self.models.pools;
        let live = self.models.live.read().await;
        let sql = sql.map_text(|text| named(text, &live));
        // The only process swaps no tables while they are asked: so their pages can leave the file for good. With several
        // nodes it could be another one that swaps, and a slow question would hold up this one's swaps for nothing.
        let _held = (pools.dialect == Dialect::Sqlite).then_some(live);
        let mut connection = pools.reader().await?;
        let rows = timeout(ANSWER, sql.rows(&mut *connection)).await;
        settle(connection, rows)
    }
}

/// Whether the tables of a read model can be asked: half a list is not shown.
fn check(ente: &Ente, name: &'static str, all: &[Live]) -> Result<(), QueryError> {
    let Some(index) = all.iter().position(|live| live.build.name == name) else {
        return Err(QueryError::Building { name });
    };
    let state = &ente.states()[index];
    let answers = !state.superseded && (all[index].complete || state.ready);
    if answers { Ok(()) } else { Err(QueryError::Building { name }) }
}

/// Stands for a table of a read model in the text of a question.
fn placeholder(name: &str, base: &str) -> String {
    format!("{base}_{{{name}}}")
}

/// The text of a question with the names of the tables in use.
fn named(mut text: String, live: &[Live]) -> String {
    for live in live {
        let (name, build) = (format!("{{{}}}", live.build.name), live.build);
        if text.contains(&name) {
            text = text.replace(&name, &suffix(build.version, build.generation));
        }
    }
    text
}
