//! The process `appuntamenti`: what time does to appointments. It queues reminders, marks who did not come, and offers
//! seats that are free to who waits for an earlier one.
//!
//! Of several nodes one does a round at a time. Nothing depends on a round being on time: each looks at what is due by
//! then, and whatever it does twice the log or the queue of notices knows already.

use super::limits;
use crate::app::App;
use crate::contesto::{Canale, Contesto};
use crate::enti::Ente;
use crate::error::AppError;
use crate::notifiche;
use crate::ports::{Consegna, StatoConsegna, WorkError};
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Name of the process in the working database.
pub const PROCESSO: &str = "appuntamenti";

/// The process and what it needs.
pub struct ProcessoAppuntamenti {
    /// The application.
    pub app: App,
    /// Whether notices are sent; without, nothing is queued that nobody would ever take.
    pub avvisa: bool,
    /// Name of this node among those that share the working database.
    pub nodo: String,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Giro {
    /// Reminders that were due.
    pub promemoria: u64,
    /// Persons who did not come.
    pub assenti: u64,
    /// Seats offered.
    pub offerte: u64,
    /// Offers that nobody answered in time.
    pub scadute: u64,
    /// Places in waiting lists that ended by themselves.
    pub usciti: u64,
}

/// Until when reminders were looked after, by ente; nothing is known after a start.
#[derive(Debug, Default)]
pub struct Memoria {
    pub(super) ricordati: HashMap<String, Timestamp>,
}

impl ProcessoAppuntamenti {
    /// Runs, whenever it is this node's turn, until `stop`.
    pub fn spawn(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut memoria = Memoria::default();
            while !stop.is_cancelled() {
                let giro = self.giro(&mut memoria, &stop).await;
                if giro != Giro::default() {
                    tracing::info!(?giro, "appointments were looked after");
                }
                if let Err(error) = self.app.parts.work.release(PROCESSO, &self.nodo).await {
                    tracing::warn!(%error, "the turn to look after appointments ends by itself");
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(limits::GIRO) => {}
                }
            }
        })
    }

    /// One round over all enti, while it is this node's turn. What does not answer is left to the next round, and keeps
    /// nothing else from being done.
    pub async fn giro(&self, memoria: &mut Memoria, stop: &CancellationToken) -> Giro {
        let mut giro = Giro::default();
        for ente in self.app.enti().all() {
            let ctx = self.contesto(ente);
            let done = [
                self.ricorda(&ctx, memoria, &mut giro, stop).await,
                self.segna_assenti(&ctx, &mut giro, stop).await,
                self.offri(&ctx, &mut giro, stop).await,
            ];
            for error in done.into_iter().filter_map(Result::err) {
                tracing::warn!(ente = ente.codice.as_str(), %error, "appointments cannot be looked after now");
            }
        }
        giro
    }

    fn contesto(&self, ente: &Arc<Ente>) -> Contesto {
        let correlazione = self.app.parts.ids.uuid(self.app.parts.clock.now());
        Contesto { ente: ente.clone(), utente: None, canale: Canale::Sistema, correlazione }
    }

    /// Whether it is (still) this node's turn; renews it.
    pub(super) async fn tocca_a_noi(&self, stop: &CancellationToken) -> Result<bool, WorkError> {
        if stop.is_cancelled() {
            return Ok(false);
        }
        let now = self.app.parts.clock.now();
        self.app.parts.work.hold(PROCESSO, &self.nodo, now, now + limits::TURNO).await
    }

    /// Queues notices that no single event causes; those already known are left alone.
    pub(super) async fn accoda(&self, ente: &str, consegne: Vec<Consegna>) -> Result<(), AppError> {
        for page in consegne.chunks(limits::AVVISI) {
            // The position belongs to the reader of the log, which is further: it stays as it is.
            self.app.parts.work.enqueue(notifiche::PROCESSO, ente, 0, page.to_vec()).await?;
        }
        Ok(())
    }

    /// A notice that no single event causes. What stands for the cause is drawn from its name, so that it is the same when
    /// it is queued again.
    pub(super) fn avviso(&self, ente: &str, pratica: PraticaId, motivo: Motivo, dedupe: String) -> Consegna {
        let now = self.app.parts.clock.now();
        let digest = eventstore::hash::sha256(format!("{ente}:{dedupe}").as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Consegna {
            dedupe,
            ente: ente.to_owned(),
            pratica,
            tipo: TipoPratica::Appuntamento,
            causa: uuid::Builder::from_custom_bytes(bytes).into_uuid(),
            motivo,
            tentativi: 0,
            prossimo: now,
            creata: now,
            stato: StatoConsegna::InCoda,
            errore: None,
            affidata: None,
        }
    }
}
