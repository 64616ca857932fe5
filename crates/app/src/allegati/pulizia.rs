//! The process `allegati`: files that were sent and never filed go after a day.
//!
//! What was filed the log says, and only the log: the process reads it and notes the ids of all files that events name. It
//! removes nothing before it has read to the end. Then it forgets uploads that waited for [`limits::ATTESA`] in vain, and
//! [`limits::RESPIRO`] later removes what stands in the store without being an upload or filed: what was forgotten, and
//! what a node left behind that stopped between storing a file and writing it down. A filing that looks up an upload just
//! before it is forgotten still finds the file: it is durable, and noted as filed, long before the file would go.
//!
//! Lost working data costs nothing: the log is read again from its beginning. The place of the files belongs to one
//! installation: another one would take its files for left behind.

use super::limits;
use crate::enti::Ente;
use crate::ports::{DocumentError, DocumentStore, WorkError, WorkState};
use domain::ids::AllegatoId;
use eventstore::{Clock, EventStore, ReadError, Record};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Name of the process in the working database.
pub const PROCESSO: &str = "allegati";

/// The process and what it needs.
pub struct Pulizia {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// Uploads and positions.
    pub work: Arc<dyn WorkState>,
    /// Files.
    pub documents: Arc<dyn DocumentStore>,
    /// Instants.
    pub clock: Arc<dyn Clock>,
    /// Municipalities.
    pub enti: Vec<Arc<Ente>>,
    /// Name of this node among those that share the working database.
    pub nodo: String,
}

/// Why a round was not finished; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum PuliziaError {
    /// The working database.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The log.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The files.
    #[error(transparent)]
    Documents(#[from] DocumentError),
}

impl Pulizia {
    /// Runs until `stop`, whenever it is this node's turn.
    pub fn spawn(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.run() => {}
            }
            if let Err(error) = self.work.release(PROCESSO, &self.nodo).await {
                tracing::warn!(%error, "the turn to sweep files ends by itself");
            }
        })
    }

    async fn run(&self) {
        let mut swept: Option<tokio::time::Instant> = None;
        loop {
            let now = self.clock.now();
            match self.work.hold(PROCESSO, &self.nodo, now, now + limits::TURNO).await {
                Ok(true) => {
                    let due = swept.is_none_or(|at| at.elapsed() >= limits::GIRO);
                    let done = if due { self.sweep().await } else { self.read_all().await };
                    match done {
                        Ok(()) if due => swept = Some(tokio::time::Instant::now()),
                        Ok(()) => {}
                        Err(error) => tracing::warn!(%error, "files cannot be swept now"),
                    }
                }
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "whose turn it is to sweep files cannot be known now"),
            }
            tokio::time::sleep(limits::LETTURA).await;
        }
    }

    async fn read_all(&self) -> Result<(), PuliziaError> {
        for ente in &self.enti {
            self.read(ente.codice.as_str()).await?;
        }
        Ok(())
    }

    /// One round over all enti: reads, forgets, removes.
    ///
    /// # Errors
    /// [`PuliziaError`] at the first thing that does not answer; nothing was removed that should stay.
    pub async fn sweep(&self) -> Result<(), PuliziaError> {
        let now = self.clock.now();
        for ente in &self.enti {
            let ente = ente.codice.as_str();
            self.read(ente).await?;
            let mut forgotten = 0;
            loop {
                match self.work.forget_uploads(ente, now - limits::ATTESA).await? {
                    0 => break,
                    some => forgotten += some,
                }
            }
            let removed = self.remove(ente, now - limits::ATTESA - limits::RESPIRO).await?;
            if forgotten + removed > 0 {
                tracing::info!(ente, forgotten, removed, "uploads that nobody filed were removed");
                metrics::counter!("sportello_allegati_rimossi_total", "ente" => ente.to_owned()).increment(removed);
            }
        }
        let broken = self.documents.tidy(now - limits::ATTESA).await?;
        if broken > 0 {
            tracing::info!(broken, "what broken-off writes left behind was removed");
        }
        Ok(())
    }

    /// Reads the log of an ente to its end and notes what was filed.
    async fn read(&self, ente: &str) -> Result<(), PuliziaError> {
        let saved = self.work.process_position(PROCESSO, ente).await?;
        let head = self.store.head(ente).await?.position;
        // An older copy of the log was put back: what is written from here on must not be taken for read.
        let mut position = if saved > head {
            self.work.rewind(PROCESSO, ente, head).await?;
            head
        } else {
            saved
        };
        let mut noted = position;
        loop {
            let records = self.store.read_all(ente, position, limits::PAGE).await?;
            let Some(last) = records.last() else { break };
            position = last.position;
            let ids: Vec<AllegatoId> = records.iter().flat_map(depositati).collect();
            // Records that file nothing are not worth a write each.
            if !ids.is_empty() || position - noted >= limits::PAGE as u64 {
                self.work.note_filed(PROCESSO, ente, position, ids).await?;
                noted = position;
            }
            if records.len() < limits::PAGE {
                break;
            }
        }
        Ok(())
    }

    /// Removes files drawn before an instant that are neither an upload nor filed; says how many.
    async fn remove(&self, ente: &str, before: Timestamp) -> Result<u64, PuliziaError> {
        let old =
            self.documents.list(ente).try_filter(|id| std::future::ready(nato(*id).is_some_and(|at| at < before)));
        let mut pages = old.try_chunks(limits::NOTI).boxed();
        let mut removed = 0;
        while let Some(page) = pages.next().await {
            let ids = page.map_err(|error| error.1)?;
            let known = self.work.known_files(ente, &ids).await?;
            for id in ids.into_iter().filter(|id| !known.contains(id)) {
                self.documents.remove(ente, id).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// When an id was drawn. Ids of uploads are UUIDv7, drawn by the same clock by which they are swept.
fn nato(id: AllegatoId) -> Option<Timestamp> {
    let (seconds, nanos) = id.0.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
}

/// The files that an event names, whichever event it is: objects with an id and a hash. To see one too many keeps a file
/// longer than needed; to miss one would lose it, so no event has to be listed here.
fn depositati(record: &Record) -> Vec<AllegatoId> {
    let mut found = Vec::new();
    if record.payload.contains("\"impronta\"")
        && let Ok(payload) = record.json()
    {
        visit(&payload, &mut found);
    }
    found
}

fn visit(value: &Value, found: &mut Vec<AllegatoId>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        Value::Object(members) => {
            if members.contains_key("impronta")
                && let Some(id) = members.get("id").and_then(Value::as_str)
            {
                found.extend(id.parse::<AllegatoId>().ok());
            }
            members.values().for_each(|member| visit(member, found));
        }
        _ => {}
    }
}
