//! Questions about the audit trail.

use super::{AuditRow, TABLE, read};
use crate::pagina::{Elenco, Pagina, QueryError};
use crate::read_models::ReadModels;
use crate::sql::{Sql, begins};

const NAME: &str = "audit";

/// Which records. Every condition that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiltroAudit {
    /// Of this stream.
    pub stream: Option<String>,
    /// Of streams whose name begins so, such as `registro-`.
    pub prefisso: Option<String>,
    /// With this name.
    pub evento: Option<String>,
    /// By this actor.
    pub attore: Option<String>,
}

impl FiltroAudit {
    fn write(&self, sql: &mut Sql) {
        let Self { stream, prefisso, evento, attore } = self;
        for (column, value) in [("stream", stream), ("evento", evento), ("attore", attore)] {
            if let Some(value) = value {
                sql.push(&format!(" AND {column} = ")).bind(value);
            }
        }
        if let Some(prefisso) = prefisso.as_deref().filter(|p| !p.is_empty()) {
            sql.push(" AND stream LIKE ").bind(begins(prefisso)).push(" ESCAPE '!'");
        }
    }
}

impl ReadModels {
    /// Records of the log, the newest first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn audit(
        &self,
        ente: &str,
        filtro: &FiltroAudit,
        pagina: Pagina,
    ) -> Result<Elenco<AuditRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TABLE);
        filtro.write(&mut sql);
        // Positions have no holes: the last one is the number of records, without counting them.
        let whole = *filtro == FiltroAudit::default();
        let columns = if whole { "COALESCE(MAX(posizione), 0) AS n" } else { "COUNT(*) AS n" };
        let mut count = view.select(columns, TABLE);
        filtro.write(&mut count);
        view.page(sql, count, pagina, read).await
    }
}
