//! Questions about cases.

use super::{PraticaRow, TABLE, read};
use crate::pagina::{Elenco, Pagina, QueryError};
use crate::read_models::ReadModels;
use crate::sql::{Riga, Sql, contains};
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
    /// `true`: not concluded yet; `false`: concluded.
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
        if let Some(stato) = self.stato {
            sql.push(" AND stato = ").bind(stato.as_str());
        }
        if let Some(aperte) = self.aperte {
            sql.push(if aperte { " AND stato <> " } else { " AND stato = " }).bind(StatoPratica::Conclusa.as_str());
        }
        if !self.riservate {
            sql.push(" AND riservato = 0");
        }
        if let Some(testo) = self.testo.as_deref().filter(|t| !t.trim().is_empty()) {
            sql.push(" AND cerca LIKE ").bind(contains(testo)).push(" ESCAPE '!'");
        }
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
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TABLE);
        filtro.write(&mut sql);
        let mut count = view.select("COUNT(*) AS n", TABLE);
        filtro.write(&mut count);
        view.page(sql, count, pagina, read).await
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
