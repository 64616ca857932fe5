//! Questions about the register.

use super::{CHANGES, ENTRIES, ModificaRow, RegistrazioneRow, rows};
use crate::pagina::{Elenco, Pagina, QueryError};
use crate::read_models::ReadModels;
use crate::sql::{Sql, contains};
use domain::registro::{CODICE_REGISTRO, Flusso};
use jiff::civil::Date;

const NAME: &str = "registro";

/// Which entries. Every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiltroRegistro {
    /// Of this year.
    pub anno: Option<i16>,
    /// From this day in Rome on.
    pub dal: Option<Date>,
    /// Up to this day in Rome, included.
    pub al: Option<Date>,
    /// In number, subject, name or codice fiscale of the correspondent, code of the case; whatever the case of the letters.
    pub testo: Option<String>,
    /// In this direction.
    pub flusso: Option<Flusso>,
    /// Also restricted ones; without it they are left out.
    pub riservate: bool,
}

impl FiltroRegistro {
    fn write(&self, sql: &mut Sql) {
        if let Some(anno) = self.anno {
            sql.push(" AND anno = ").bind(anno);
        }
        if let Some(dal) = self.dal {
            sql.push(" AND data_locale >= ").bind(dal);
        }
        if let Some(al) = self.al {
            sql.push(" AND data_locale <= ").bind(al);
        }
        if let Some(flusso) = self.flusso {
            sql.push(" AND flusso = ").bind(flusso.as_str());
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
    /// Entries of the protocol register, the newest first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn registro(
        &self,
        ente: &str,
        filtro: &FiltroRegistro,
        pagina: Pagina,
    ) -> Result<Elenco<RegistrazioneRow>, QueryError> {
        self.registro_di(ente, CODICE_REGISTRO, filtro, pagina).await
    }

    /// Entries of one register, the newest first: documents subject to particular registration (DPR 445/2000 art. 53
    /// c. 5) have one of their own, with its own numbers.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn registro_di(
        &self,
        ente: &str,
        registro: &str,
        filtro: &FiltroRegistro,
        pagina: Pagina,
    ) -> Result<Elenco<RegistrazioneRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let which = |columns: &str| {
            let mut sql = view.select(columns, ENTRIES);
            sql.push(" AND registro = ").bind(registro);
            filtro.write(&mut sql);
            sql
        };
        view.page(which("*"), which("COUNT(*) AS n"), pagina, rows::read).await
    }

    /// One entry, restricted or not: who may see it is not decided here.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn registrazione(
        &self,
        ente: &str,
        anno: i16,
        numero: u64,
    ) -> Result<Option<RegistrazioneRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", ENTRIES);
        number(&mut sql, anno, numero);
        view.one(sql, rows::read).await
    }

    /// The changes of one entry, the oldest first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn modifiche(&self, ente: &str, anno: i16, numero: u64) -> Result<Vec<ModificaRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", CHANGES);
        number(&mut sql, anno, numero);
        sql.push(&format!(" ORDER BY posizione LIMIT {}", crate::storia::MAX_PASSI));
        view.all(sql, rows::read_change).await
    }
}

fn number(sql: &mut Sql, anno: i16, numero: u64) {
    sql.push(" AND registro = ").bind(CODICE_REGISTRO);
    sql.push(" AND anno = ").bind(anno).push(" AND numero = ").bind(numero);
}
