//! Composing without being in the way.
//!
//! One receipt takes tens of milliseconds of a core, ten times what the filing took, and every filing has one. Who looks at
//! a page waits for it, so it is composed at once, a few at a time. The mail composes nearly all of them, in the moment in
//! which others file: each on a thread of its own that yields to all the others, one after the other.
//!
//! The thread is nice and no more: the typesetter's cache and the allocator have locks, and a thread that the system never
//! let run again (`SCHED_IDLE`) would hold them against those that must not wait. On Linux the nice value is the thread's
//! own; elsewhere it would be that of the whole program, so there only the number at a time bounds it.

use super::{Attesa, limits};
use crate::enti::Ente;
use crate::error::AppError;
use crate::ports::{RicevutaError, Ricevute};
use domain::Caso;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// What composes receipts, and how many at a time.
pub(crate) struct Composizione {
    ricevute: Arc<dyn Ricevute>,
    persone: Arc<Semaphore>,
    posta: Arc<Semaphore>,
}

impl Composizione {
    pub(crate) fn new(ricevute: Arc<dyn Ricevute>) -> Self {
        let turns = |count| Arc::new(Semaphore::new(count));
        Self { ricevute, persone: turns(limits::INSIEME), posta: turns(limits::IN_CALMA) }
    }

    /// Composes the receipt of a case when it is its turn.
    pub(crate) async fn componi(&self, ente: &Arc<Ente>, caso: Caso, attesa: Attesa) -> Result<Vec<u8>, AppError> {
        let turns = match attesa {
            Attesa::Persona => &self.persone,
            Attesa::Posta => &self.posta,
        };
        let turno = turns.clone().acquire_owned().await.map_err(|e| AppError::Interno(e.to_string()))?;
        let (ricevute, ente) = (self.ricevute.clone(), ente.clone());
        let work = move || {
            // Held to the end of the work, also when nobody waits for it any more.
            let _turno: OwnedSemaphorePermit = turno;
            ricevute.ricevuta(&ente, &caso)
        };
        let composed = match attesa {
            Attesa::Persona => tokio::task::spawn_blocking(work).await.map_err(|e| AppError::Interno(e.to_string()))?,
            Attesa::Posta => in_calma(work).await?,
        };
        composed.map_err(|e| AppError::Interno(e.to_string()))
    }
}

type Composta = Result<Vec<u8>, RicevutaError>;

/// Runs work on a thread of its own that yields to the others.
async fn in_calma(work: impl FnOnce() -> Composta + Send + 'static) -> Result<Composta, AppError> {
    let (done, answer) = oneshot::channel();
    let thread = std::thread::Builder::new().name("ricevuta".into()).spawn(move || {
        cedi_il_passo();
        done.send(work()).ok();
    });
    thread.map_err(AppError::non_disponibile)?;
    // Nothing is sent by a thread that panicked.
    answer.await.map_err(|_| AppError::Interno("the thread that composed a receipt ended before its time".into()))
}

/// Makes this thread yield to others. A failure costs others a little time and nothing else.
fn cedi_il_passo() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(limits::CORTESIA) {
        tracing::debug!(%error, "receipts for mail are composed at the usual priority");
    }
}
