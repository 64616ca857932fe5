//! `audit`: every record of the log, one row each: who did what, when, and the links of the hash chain.

mod query;
#[cfg(test)]
mod tests;

pub use query::FiltroAudit;

use crate::pagina::Cursore;
use crate::projection::{ApplyError, Projection, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::Evento;
use eventstore::{Meta, Record};
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

/// The read model.
pub struct Audit;

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Position in the log of the ente; the cursor.
    pub posizione: u64,
    /// Id of the event.
    pub event_id: Uuid,
    /// Stream.
    pub stream: String,
    /// Version within the stream.
    pub versione: u64,
    /// Name of the event.
    pub evento: String,
    /// Id of the person who acted, or name of a process.
    pub attore: String,
    /// Role in which the actor acted.
    pub ruolo: String,
    /// Identity level of the session, 1 to 3.
    pub livello: Option<u8>,
    /// Door used.
    pub canale: String,
    /// When it was recorded.
    pub quando: Timestamp,
    /// Hash of the record, hexadecimal.
    pub hash: String,
    /// Hash of the record before, hexadecimal.
    pub prev_hash: String,
}

impl Cursore for AuditRow {
    fn cursore(&self) -> u64 {
        self.posizione
    }
}

const TABLE: &str = "audit";

const TABELLA: Tabella = Tabella {
    columns: &[
        "ente",
        "posizione",
        "event_id",
        "stream",
        "versione",
        "evento",
        "attore",
        "ruolo",
        "livello",
        "canale",
        "quando",
        "hash",
        "prev_hash",
    ],
    key: &["ente", "posizione"],
};

impl Projection for Audit {
    fn name(&self) -> &'static str {
        "audit"
    }

    fn version(&self) -> u32 {
        1
    }

    fn tables(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let rows = page.iter().map(|(record, _)| values(record)).collect::<Result<_, _>>()?;
            Ok(tx.insert(TABLE, TABELLA, rows).await?)
        })
    }
}

fn values(record: &Record) -> Result<Vec<Valore>, ApplyError> {
    let Meta { actor, role, identity_level, channel, .. } =
        record.meta().map_err(|e| ApplyError::Corrupt { position: record.position, reason: e.to_string() })?;
    Ok(vec![
        (&record.ente).into(),
        record.position.into(),
        record.event_id.to_string().into(),
        (&record.stream).into(),
        record.version.into(),
        (&record.kind).into(),
        actor.into(),
        role.into(),
        identity_level.map(i64::from).into(),
        channel.into(),
        record.recorded_at.into(),
        hex::encode(record.hash).into(),
        hex::encode(record.prev_hash).into(),
    ])
}

fn read(row: &Riga<'_>) -> Result<AuditRow, sqlx::Error> {
    let livello = match row.opt_int("livello")? {
        None => None,
        Some(_) => Some(row.int("livello")?),
    };
    Ok(AuditRow {
        posizione: row.int("posizione")?,
        event_id: row.parse("event_id")?,
        stream: row.text("stream")?,
        versione: row.int("versione")?,
        evento: row.text("evento")?,
        attore: row.text("attore")?,
        ruolo: row.text("ruolo")?,
        livello,
        canale: row.text("canale")?,
        quando: row.instant("quando")?,
        hash: row.text("hash")?,
        prev_hash: row.text("prev_hash")?,
    })
}
