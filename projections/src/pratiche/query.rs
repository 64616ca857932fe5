//! Questions about cases.

use super::in_json::{self, InJson};
use super::{PraticaRow, TABLE, read};
use crate::pagina::{Cursore, Elenco, Pagina, QueryError};
use crate::read_models::ReadModels;
use crate::sql::{Riga, Sql, contains};
use crate::storia::PassoStoria;
use crate::{json, storia};
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::{StatoPratica, TipoPratica};

const NAME: &str = "pratiche";

/// Which cases. Every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiltroPratiche {
    /// Of this person.
    pub titolare: Option<PersonaId>,
    /// Of one of these offices; an empty list finds nothing.
    pub uffici: Option<Vec<CodiceUfficio>>,
    /// Of this kind.
    pub tipo: Option<TipoPratica>,
    /// In this state.
    pub stato: Option<StatoPratica>,
    /// Written from this earlier case.
    pub da_pratica: Option<PraticaId>,
    /// `true`: something is still to be done; `false`: concluded or withdrawn.
    pub aperte: Option<bool>,
    /// Also restricted ones; without it they are left out.
    pub riservate: bool,
    /// In code, protocol number, title, name of who filed, subject; whatever the case of the letters.
    pub testo: Option<String>,
}

impl FiltroPratiche {
    fn write(&self, sql: &mut Sql) {
        if let Some(titolare) = self.titolare {
            sql.push(" AND titolare = ").bind(titolare.to_string());
        }
        match self.uffici.as_deref() {
            None => {}
            Some([]) => {
                sql.push(" AND 1 = 0");
            }
            Some(uffici) => {
                sql.push(" AND ufficio IN ").list(uffici.iter().map(CodiceUfficio::as_str));
            }
        }
        if let Some(tipo) = self.tipo {
            sql.push(" AND tipo = ").bind(tipo.as_str());
        }
        if let Some(da) = self.da_pratica {
            sql.push(" AND da_pratica = ").bind(da.to_string());
        }
        if let Some(stato) = self.stato {
            sql.push(" AND stato = ").bind(stato.as_str());
        }
        if let Some(aperte) = self.aperte {
            let closed = StatoPratica::ALL.into_iter().filter(|stato| !stato.aperta()).map(StatoPratica::as_str);
            sql.push(if aperte { " AND stato NOT IN " } else { " AND stato IN " }).list(closed);
        }
        if !self.riservate {
            sql.push(" AND riservato = 0");
        }
        if let Some(testo) = self.testo.as_deref().filter(|t| !t.trim().is_empty()) {
            sql.push(" AND cerca LIKE ").bind(contains(testo)).push(" ESCAPE '!'");
        }
    }
}

/// What is wanted of a list besides its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corredo {
    /// Steps of each case, at most: the last ones.
    pub passi: u32,
    /// Whether rows are counted; without it [`Elenco::totale`] is 0.
    pub totale: bool,
}

impl Default for Corredo {
    /// No steps; counted.
    fn default() -> Self {
        Self { passi: 0, totale: true }
    }
}

/// A case with its last steps.
#[derive(Debug, Clone, PartialEq)]
pub struct PraticaConStoria {
    /// The case.
    pub pratica: PraticaRow,
    /// Its last steps in their order, so many as were asked for.
    pub passi: Vec<PassoStoria>,
}

impl Cursore for PraticaConStoria {
    fn cursore(&self) -> u64 {
        self.pratica.posizione
    }
}

/// The list without steps.
impl From<Elenco<PraticaConStoria>> for Elenco<PraticaRow> {
    fn from(elenco: Elenco<PraticaConStoria>) -> Self {
        let Elenco { righe, totale, altre } = elenco;
        Self { righe: righe.into_iter().map(|con| con.pratica).collect(), totale, altre }
    }
}

impl ReadModels {
    /// Cases, the newest first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn pratiche(
        &self,
        ente: &str,
        filtro: &FiltroPratiche,
        pagina: Pagina,
    ) -> Result<Elenco<PraticaRow>, QueryError> {
        Ok(self.pratiche_con(ente, filtro, pagina, Corredo::default()).await?.into())
    }

    /// Cases, the newest first, with the last steps of each, in one statement; a second one counts, when that is asked
    /// for and the page does not tell.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn pratiche_con(
        &self,
        ente: &str,
        filtro: &FiltroPratiche,
        pagina: Pagina,
        corredo: Corredo,
    ) -> Result<Elenco<PraticaConStoria>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let dialect = view.dialect();
        let passi = match corredo.passi {
            0 => "NULL".to_owned(),
            passi => storia::ultimi(dialect, &view.table_of(storia::NAME, storia::TABLE)?, passi),
        };
        let mut sql = view.select("*", TABLE);
        filtro.write(&mut sql);
        if let Some(dopo) = pagina.dopo {
            sql.push(" AND posizione < ").bind(dopo);
        }
        // A bound limit would make SQLite prepare the statement anew each time.
        sql.push(&format!(" ORDER BY posizione DESC LIMIT {}", pagina.limit() + 1));
        let rows = dialect.all(&in_json::columns(dialect, passi));
        let sql = sql.within(&format!("SELECT CAST({rows} AS TEXT) AS righe FROM ("), ") AS p");
        let text = view.one(sql, |row| row.text("righe")).await?.unwrap_or_default();
        let mut righe =
            json::rows::<InJson>(&text)?.into_iter().map(InJson::row).collect::<Result<Vec<PraticaConStoria>, _>>()?;
        righe.sort_unstable_by_key(|con| std::cmp::Reverse(con.pratica.posizione));
        let totale = if !corredo.totale {
            0
        } else if pagina.dopo.is_none() && righe.len() <= pagina.limit() as usize {
            // A first page that is not full is the whole list.
            righe.len() as u64
        } else {
            let mut count = view.select("COUNT(*) AS n", TABLE);
            filtro.write(&mut count);
            view.one(count, |row| row.int("n")).await?.unwrap_or(0)
        };
        Ok(Elenco::cut(righe, pagina.limit(), totale))
    }

    /// One case, restricted or not: who may see it is not decided here.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn pratica(&self, ente: &str, id: PraticaId) -> Result<Option<PraticaRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TABLE);
        sql.push(" AND id = ").bind(id.to_string());
        view.one(sql, read).await
    }

    /// One case by its code, as [`domain::ids::CodicePratica::parse`] writes it.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn pratica_per_codice(&self, ente: &str, codice: &str) -> Result<Option<PraticaRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TABLE);
        sql.push(" AND codice = ").bind(codice);
        view.one(sql, read).await
    }

    /// How many cases there are of each kind in each state; those there are none of are left out.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn conteggi(
        &self,
        ente: &str,
        filtro: &FiltroPratiche,
    ) -> Result<Vec<(TipoPratica, StatoPratica, u64)>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("tipo, stato, COUNT(*) AS n", TABLE);
        filtro.write(&mut sql);
        sql.push(" GROUP BY tipo, stato");
        let read = |row: &Riga<'_>| {
            Ok((row.known("tipo", TipoPratica::parse)?, row.known("stato", StatoPratica::parse)?, row.int("n")?))
        };
        let mut found = view.all(sql, read).await?;
        found.sort_unstable();
        Ok(found)
    }
}
