//! `storia`: what the citizen sees of a case, step by step, one row a step. The words are made elsewhere, from `evento`.

mod appuntamento;
mod passo;
mod query;
#[cfg(test)]
mod tests;

pub use passo::passo;
pub use query::MAX_PASSI;
pub(crate) use query::{NAME, PassoInJson, ultimi};

use crate::projection::{ApplyError, Projection, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::Evento;
use domain::ids::PraticaId;
use eventstore::Record;
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The read model.
pub struct Storia;

/// A step of a case that its citizen may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassoStoria {
    /// The case.
    pub pratica: PraticaId,
    /// Position of the event.
    pub posizione: u64,
    /// Id of the event.
    pub event_id: Uuid,
    /// Name of the event; key of its words in the message catalogues.
    pub evento: String,
    /// When it happened, as the event states it.
    pub quando: Timestamp,
    /// When it was recorded.
    pub registrato_il: Timestamp,
    /// Name of the official who did it.
    pub attore: Option<String>,
    /// What the office tells the citizen.
    pub messaggio: Option<String>,
    /// Number of the register it brought, as written on a document.
    pub segnatura: Option<String>,
    /// Latest day that it set: for the answer, or for the documents it asks for.
    pub scadenza: Option<Date>,
    /// What else its words may name.
    pub parametri: BTreeMap<String, String>,
}

pub(crate) const TABLE: &str = "storia";

const TABELLA: Tabella = Tabella {
    columns: &[
        "ente",
        "pratica",
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
    ],
    key: &["ente", "pratica", "posizione"],
};

impl Projection for Storia {
    fn name(&self) -> &'static str {
        "storia"
    }

    fn version(&self) -> u32 {
        2
    }

    fn tables(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let steps = page.iter().filter_map(|(record, evento)| passo(record, evento));
            let rows = steps.map(|step| values(tx.ente(), &step)).collect();
            Ok(tx.insert(TABLE, TABELLA, rows).await?)
        })
    }
}

fn values(ente: &str, row: &PassoStoria) -> Vec<Valore> {
    vec![
        ente.into(),
        row.pratica.to_string().into(),
        row.posizione.into(),
        row.event_id.to_string().into(),
        (&row.evento).into(),
        row.quando.into(),
        row.registrato_il.into(),
        (&row.attore).into(),
        (&row.messaggio).into(),
        (&row.segnatura).into(),
        row.scadenza.into(),
        serde_json::json!(row.parametri).to_string().into(),
    ]
}

fn read(row: &Riga<'_>) -> Result<PassoStoria, sqlx::Error> {
    Ok(PassoStoria {
        pratica: row.parse("pratica")?,
        posizione: row.int("posizione")?,
        event_id: row.parse("event_id")?,
        evento: row.text("evento")?,
        quando: row.instant("quando")?,
        registrato_il: row.instant("registrato_il")?,
        attore: row.opt_text("attore")?,
        messaggio: row.opt_text("messaggio")?,
        segnatura: row.opt_text("segnatura")?,
        scadenza: row.opt_parse("scadenza")?,
        parametri: row.json("parametri")?,
    })
}
