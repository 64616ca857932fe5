//! The process `scadenza_bozze`: persons are told once, by e-mail, that a draft expires; then it goes, with its key.
//!
//! One node does it at a time. That a person was told is noted after the message was handed over: a crash between the two
//! sends it again, under the same id.

use super::{Contenuto, limits, messaggio};
use crate::app::App;
use crate::contesto::{Canale, Contesto};
use crate::enti::Ente;
use crate::error::AppError;
use crate::ports::{BozzaChiusa, MailError, Mailer, Messaggio, WorkError};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Name of the process in the working database.
pub const PROCESSO: &str = "scadenza_bozze";

/// The process and what it needs.
pub struct ScadenzaBozze {
    /// The application.
    pub app: App,
    /// Hands messages over; nobody is told without one.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Name of this node among those that share the working database.
    pub nodo: String,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Giro {
    /// Drafts removed.
    pub eliminate: u64,
    /// Persons told.
    pub avvisate: u64,
}

/// What became of one message.
enum Esito {
    Avvisata,
    /// Nobody to tell, or an address that takes nothing.
    Nessuno,
    /// The mail server does not take it now.
    Guasto,
    PiuTardi,
}

impl ScadenzaBozze {
    /// Runs, whenever it is this node's turn, until `stop`; a message that is being handed over is finished.
    pub fn spawn(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                match self.giro(&stop).await {
                    Ok(Giro { eliminate: 0, avvisate: 0 }) => {}
                    Ok(Giro { eliminate, avvisate }) => tracing::info!(eliminate, avvisate, "drafts expire"),
                    Err(error) => tracing::warn!(%error, "drafts that expire cannot be looked after now"),
                }
                if let Err(error) = self.app.parts.work.release(PROCESSO, &self.nodo).await {
                    tracing::warn!(%error, "the turn to look after drafts ends by itself");
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(limits::GIRO) => {}
                }
            }
        })
    }

    /// One round over all enti, while it is this node's turn.
    ///
    /// # Errors
    /// [`AppError`] at the first thing that does not answer; the next round goes on.
    pub async fn giro(&self, stop: &CancellationToken) -> Result<Giro, AppError> {
        let mut giro = Giro::default();
        for ente in self.app.enti().all() {
            self.elimina(ente.codice.as_str(), stop, &mut giro).await?;
            self.avvisa(ente, stop, &mut giro).await?;
        }
        Ok(giro)
    }

    /// Whether it is (still) this node's turn; renews it.
    async fn tocca_a_noi(&self, stop: &CancellationToken) -> Result<bool, WorkError> {
        if stop.is_cancelled() {
            return Ok(false);
        }
        let now = self.app.parts.clock.now();
        self.app.parts.work.hold(PROCESSO, &self.nodo, now, now + limits::TURNO).await
    }

    /// Removes what has expired: the key first, so that nothing that is left anywhere can be read.
    async fn elimina(&self, ente: &str, stop: &CancellationToken, giro: &mut Giro) -> Result<(), AppError> {
        let work = self.app.parts.work.bozze();
        while self.tocca_a_noi(stop).await? {
            let before = self.app.parts.clock.now() - limits::SCARTO;
            let page = work.expired_drafts(ente, before, limits::PAGE).await?;
            if page.is_empty() {
                return Ok(());
            }
            for id in page {
                self.app.distruggi(ente, id).await?;
                work.delete_draft(ente, id).await?;
                giro.eliminate += 1;
                metrics::counter!("sportello_bozze_scadute_total", "ente" => ente.to_owned()).increment(1);
            }
        }
        Ok(())
    }

    /// Tells the persons of drafts that are about to expire.
    async fn avvisa(&self, ente: &Arc<Ente>, stop: &CancellationToken, giro: &mut Giro) -> Result<(), AppError> {
        let Some(mailer) = &self.mailer else { return Ok(()) };
        let codice = ente.codice.as_str();
        let (work, now) = (self.app.parts.work.bozze(), self.app.parts.clock.now());
        let (mut after, mut guasti) = ((now, Uuid::max()), 0);
        loop {
            let page = work.expiring_drafts(codice, after, now + limits::PREAVVISO, limits::PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.scade, last.id);
            for chiusa in page {
                if guasti >= limits::GUASTI || !self.tocca_a_noi(stop).await? {
                    return Ok(());
                }
                match self.avvisa_uno(mailer.as_ref(), ente, &chiusa).await? {
                    Esito::PiuTardi => continue,
                    Esito::Guasto => {
                        guasti += 1;
                        continue;
                    }
                    Esito::Avvisata => {
                        guasti = 0;
                        giro.avvisate += 1;
                    }
                    Esito::Nessuno => {}
                }
                work.note_warned(codice, chiusa.id, chiusa.scade, self.app.parts.clock.now()).await?;
            }
        }
    }

    async fn avvisa_uno(&self, mailer: &dyn Mailer, ente: &Arc<Ente>, chiusa: &BozzaChiusa) -> Result<Esito, AppError> {
        let opened: Option<Contenuto> = self.app.apri(&chiusa.ente, chiusa.id, &chiusa.dati).await?;
        let Some(contenuto) = opened else { return Ok(Esito::Nessuno) };
        let ctx = Contesto {
            ente: ente.clone(),
            utente: None,
            canale: Canale::Sistema,
            correlazione: self.app.parts.ids.uuid(self.app.parts.clock.now()),
        };
        // A node that does not know the version yet leaves the draft to the next round.
        let Some(servizio) = self.app.servizio_di(&ctx, &contenuto.servizio) else { return Ok(Esito::PiuTardi) };
        let Some(message) = messaggio::componi(ente, chiusa, &contenuto, &servizio) else { return Ok(Esito::Nessuno) };
        let esito = match consegna(mailer, &message).await {
            Ok(()) => Esito::Avvisata,
            Err(error @ MailError::Permanent(_)) => {
                tracing::warn!(ente = chiusa.ente, bozza = %chiusa.id, %error, "nobody can be told of a draft");
                Esito::Nessuno
            }
            Err(error @ MailError::Temporary(_)) => {
                tracing::warn!(ente = chiusa.ente, bozza = %chiusa.id, %error, "somebody is told of a draft later");
                Esito::Guasto
            }
        };
        tokio::time::sleep(limits::PAUSA).await;
        Ok(esito)
    }
}

/// Hands a message over within [`limits::INVIO`].
async fn consegna(mailer: &dyn Mailer, message: &Messaggio) -> Result<(), MailError> {
    let late = || MailError::Temporary(format!("not handed over within {} s", limits::INVIO.as_secs()));
    tokio::time::timeout(limits::INVIO, mailer.send(message)).await.unwrap_or_else(|_| Err(late()))
}
