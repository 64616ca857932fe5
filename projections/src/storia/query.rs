//! Questions about the steps of cases.

use super::{PassoStoria, TABLE, read};
use crate::json;
use crate::pagina::QueryError;
use crate::pools::Dialect;
use crate::read_models::ReadModels;
use domain::ids::PraticaId;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::serde::timestamp::microsecond;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Name of the read model.
pub(crate) const NAME: &str = "storia";

/// Steps of one case that are shown, at most: the first ones. Ordinary cases have about ten.
pub const MAX_PASSI: u32 = 500;

/// The columns of a step, in the order of the fields of [`PassoInJson`].
const COLUMNS: [&str; 10] = [
    "posizione",
    "event_id",
    "evento",
    "quando",
    "registrato_il",
    "attore",
    "messaggio",
    "segnatura",
    "scadenza",
    "parametri",
];

/// An expression: the last steps of the case in row `p`, as JSON; `table` holds them.
pub(crate) fn ultimi(dialect: Dialect, table: &str, passi: u32) -> String {
    let columns = COLUMNS.map(|name| format!("u.{name}"));
    let steps = dialect.all(&dialect.array(&columns));
    let passi = passi.min(MAX_PASSI);
    format!(
        "(SELECT {steps} FROM (SELECT * FROM {table} AS s WHERE s.ente = p.ente AND s.pratica = p.id
         ORDER BY s.posizione DESC LIMIT {passi}) AS u)"
    )
}

/// A step as JSON brings it, field by field in the order of [`COLUMNS`].
#[derive(Deserialize)]
pub(crate) struct PassoInJson {
    posizione: u64,
    event_id: Uuid,
    evento: String,
    #[serde(with = "microsecond::required")]
    quando: Timestamp,
    #[serde(with = "microsecond::required")]
    registrato_il: Timestamp,
    attore: Option<String>,
    messaggio: Option<String>,
    segnatura: Option<String>,
    scadenza: Option<Date>,
    #[serde(deserialize_with = "json::within")]
    parametri: BTreeMap<String, String>,
}

impl PassoInJson {
    /// The step of its case.
    pub(crate) fn step(self, pratica: PraticaId) -> PassoStoria {
        PassoStoria {
            pratica,
            posizione: self.posizione,
            event_id: self.event_id,
            evento: self.evento,
            quando: self.quando,
            registrato_il: self.registrato_il,
            attore: self.attore,
            messaggio: self.messaggio,
            segnatura: self.segnatura,
            scadenza: self.scadenza,
            parametri: self.parametri,
        }
    }
}

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
}
