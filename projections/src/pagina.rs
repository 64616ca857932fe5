//! Pages of lists, and why a query may fail.

/// Rows of one page, at most.
pub const MAX_PAGINA: u32 = 100;

/// Which page: the first so many rows, after a cursor. Keyset paging: a page never slips when rows are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pagina {
    /// Rows, from 1 to [`MAX_PAGINA`]; beyond, it is cut.
    pub primi: u32,
    /// Cursor of the last row of the page before; none for the first page.
    pub dopo: Option<u64>,
}

impl Pagina {
    /// The first so many rows.
    pub fn prima(primi: u32) -> Self {
        Self { primi, dopo: None }
    }

    /// Rows, within the limit.
    pub(crate) fn limit(self) -> u32 {
        self.primi.clamp(1, MAX_PAGINA)
    }
}

impl Default for Pagina {
    fn default() -> Self {
        Self::prima(20)
    }
}

/// A row that can say where the next page begins.
pub trait Cursore {
    /// What [`Pagina::dopo`] takes.
    fn cursore(&self) -> u64;
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elenco<T> {
    /// Rows, newest first.
    pub righe: Vec<T>,
    /// Rows of the whole list under the same filter.
    pub totale: u64,
    /// Whether more rows follow.
    pub altre: bool,
}

impl<T: Cursore> Elenco<T> {
    /// Cursor for the next page, when there is one.
    pub fn prossima(&self) -> Option<u64> {
        self.righe.last().filter(|_| self.altre).map(Cursore::cursore)
    }

    /// From one row more than the page holds.
    pub(crate) fn cut(mut righe: Vec<T>, limit: u32, totale: u64) -> Self {
        let altre = righe.len() > limit as usize;
        righe.truncate(limit as usize);
        Self { righe, totale, altre }
    }
}

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The read model is being built for this ente and does not hold the whole log yet: answer "try again shortly".
    #[error("the read model {name} is being built")]
    Building {
        /// Name of the read model.
        name: &'static str,
    },
    /// No such ente in this installation.
    #[error("unknown ente {0}")]
    UnknownEnte(String),
    /// The read database cannot answer, or a row does not hold what it should.
    #[error("the read database failed")]
    Database(#[from] sqlx::Error),
}
