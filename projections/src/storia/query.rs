//! Questions about the steps of cases.

use super::{PassoStoria, TABLE, read};
use crate::pagina::{MAX_PAGINA, QueryError};
use crate::read_models::ReadModels;
use domain::ids::PraticaId;
use jiff::Timestamp;
use std::collections::HashMap;

const NAME: &str = "storia";

/// Steps of one case that are shown, at most: the first ones. Ordinary cases have about ten.
pub const MAX_PASSI: u32 = 500;

impl ReadModels {
    /// The steps of a case in their order; with `alla`, those that were recorded by that instant.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn storia(
        &self,
        ente: &str,
        pratica: PraticaId,
        alla: Option<Timestamp>,
    ) -> Result<Vec<PassoStoria>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TABLE);
        sql.push(" AND pratica = ").bind(pratica.to_string());
        if let Some(alla) = alla {
            sql.push(" AND registrato_il <= ").bind(alla);
        }
        sql.push(&format!(" ORDER BY posizione LIMIT {MAX_PASSI}"));
        view.all(sql, read).await
    }

    /// The last `ultimi` steps of each of several cases in their order, in one statement. Cases beyond [`MAX_PAGINA`] and
    /// cases without steps are left out.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn storie(
        &self,
        ente: &str,
        pratiche: &[PraticaId],
        ultimi: u32,
    ) -> Result<HashMap<PraticaId, Vec<PassoStoria>>, QueryError> {
        let mut found: HashMap<PraticaId, Vec<PassoStoria>> = HashMap::new();
        if pratiche.is_empty() || ultimi == 0 {
            return Ok(found);
        }
        let columns = "*, ROW_NUMBER() OVER (PARTITION BY pratica ORDER BY posizione DESC) AS fa";
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select(columns, TABLE);
        sql.push(" AND pratica IN ").list(pratiche.iter().take(MAX_PAGINA as usize).map(ToString::to_string));
        let mut sql = sql.within("SELECT * FROM (", ") AS passi WHERE fa <= ");
        sql.bind(ultimi.min(MAX_PASSI)).push(" ORDER BY pratica, posizione");
        for step in view.all(sql, read).await? {
            found.entry(step.pratica).or_default().push(step);
        }
        Ok(found)
    }
}
