//! The process `appuntamenti`: what time does to appointments. It queues reminders, marks who did not come, and offers
//! seats that are free to who waits for an earlier one.
//!
//! Of several nodes one does a round at a time. Nothing depends on a round being on time: each looks at what is due by
//! then, and whatever it does twice the log or the queue of notices knows already. Between rounds every node follows the
//! log ([`super::segue`]): a seat that becomes free is offered at once, whoever freed it.

use super::limits;
use super::segue::{Interesse, Segnali};
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
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
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
            let segnali = Segnali::default();
            let readers = self.app.enti().all().iter().map(|ente| self.segui(ente.codice.as_str(), &segnali, &stop));
            tokio::join!(futures_util::future::join_all(readers), self.lavora(&segnali, &stop));
        })
    }

    /// A round over everything at its time, and in between a look at what the log says. Between two of either there is a
    /// pause, however fast the log grows.
    async fn lavora(&self, segnali: &Segnali, stop: &CancellationToken) {
        let mut memoria = Memoria::default();
        let mut prossimo = Instant::now();
        while !stop.is_cancelled() {
            let due = segnali.prendi(self.app.parts.clock.now());
            let (giro, asked) = if prossimo <= Instant::now() {
                prossimo = Instant::now() + limits::GIRO;
                (self.giro(&mut memoria, stop).await, true)
            } else {
                self.sguardo(&due, stop).await
            };
            if giro != Giro::default() {
                tracing::info!(?giro, "appointments were looked after");
            }
            if asked && let Err(error) = self.app.parts.work.release(PROCESSO, &self.nodo).await {
                tracing::warn!(%error, "the turn to look after appointments ends by itself");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(limits::RESPIRO) => {}
            }
            self.riposa(segnali, prossimo, stop).await;
        }
    }

    /// Waits for the next round, or until something is to be looked at before.
    async fn riposa(&self, segnali: &Segnali, prossimo: Instant, stop: &CancellationToken) {
        loop {
            let known = segnali.fra(self.app.parts.clock.now());
            if known.is_some_and(|left| left.is_zero()) || prossimo <= Instant::now() {
                return;
            }
            let left = known.and_then(|left| Duration::try_from(left).ok()).unwrap_or(limits::GIRO);
            tokio::select! {
                () = stop.cancelled() => return,
                () = segnali.arriva() => {}
                () = tokio::time::sleep_until(prossimo) => {}
                () = tokio::time::sleep(left) => {}
            }
        }
    }

    /// A look at the waiting lists that something happened to; says too whether the turn was asked for.
    async fn sguardo(&self, due: &BTreeMap<String, Interesse>, stop: &CancellationToken) -> (Giro, bool) {
        let (mut giro, mut asked) = (Giro::default(), false);
        for ente in self.app.enti().all() {
            let Some(interesse) = due.get(ente.codice.as_str()) else { continue };
            match self.offri(&self.contesto(ente), interesse, &mut giro, stop).await {
                Ok(some) => asked |= some,
                Err(error) => {
                    asked = true;
                    tracing::warn!(ente = ente.codice.as_str(), %error, "waiting lists cannot be looked after now");
                }
            }
        }
        (giro, asked)
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
                self.offri(&ctx, &Interesse::tutto(), &mut giro, stop).await.map(drop),
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
