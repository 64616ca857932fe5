//! The process `notifiche`: e-mail copies of what happens to a case.
//!
//! The log is the outbox. One half ([`coda`]) reads it and queues notices; the other ([`invio`]) sends what is due and
//! writes the outcome back to the log, on the stream `notifica-<pratica>`. An attempt is written down before the message
//! leaves, and the hand-over right after it: from then on only the outcome is tried again, never the message. Mail goes
//! out at least once: a crash between the hand-over and its note repeats it with the same `Message-ID`, and attempts are
//! limited, crashes included. The outcome is logged once, and what the log knows as delivered is never sent again, even
//! when the working database was lost. Of several nodes one does all this at a time ([`turno`]).
//!
//! The copy of a filing carries its receipt as a document, formed for it if nobody asked before ([`crate::ricevute`]). It is
//! the same file that the citizen downloads; while it cannot be formed the copy waits like a message that the relay puts off.
//!
//! A person without an e-mail address, or whose key was destroyed, gets nothing: the notice is settled without an event.

mod appuntamento;
mod cartella;
mod coda;
mod invio;
pub(crate) mod messaggio;
mod posta;
mod smtp;
#[cfg(test)]
mod tests;
mod turno;

pub use cartella::FolderMailer;
pub use smtp::{SicurezzaSmtp, SmtpConfig, SmtpMailer};

use crate::app::App;
use crate::enti::Ente;
use crate::ports::{Ids, Mailer, WorkError, WorkState};
use crate::ricevute::RicevuteDiPratiche;
use eventstore::{AppendError, Clock, EventStore, ReadError};
use projections::decode::Opener;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use turno::Turno;

/// Name of the process in the working database and in the log.
pub const PROCESSO: &str = "notifiche";
/// The one channel so far.
pub const CANALE: &str = "email";

/// Limits of the process. Each has a test.
pub mod limits {
    use jiff::SignedDuration;
    use std::time::Duration;

    /// Records of the log read at once.
    pub const PAGE: usize = 500;
    /// Notices taken at once.
    pub const BATCH: u32 = 20;
    /// Messages under way at the same time.
    pub const PARALLEL: usize = 4;
    /// How long notices are kept from other workers.
    pub const LEASE: SignedDuration = SignedDuration::from_mins(2);
    /// How long the hand-over of one message may take.
    pub const SEND: SignedDuration = SignedDuration::from_secs(30);
    /// What must be left of a notice's lease when an attempt begins: the note of it, and the hand-over.
    pub const LEFT: SignedDuration = SignedDuration::from_secs(45);
    /// How long the right of a node to send lasts without being renewed: so long nobody sends after a crash of it.
    pub const TURN: SignedDuration = SignedDuration::from_secs(8);
    /// How often it is renewed, and how often the others ask for it.
    pub const RENEW: Duration = Duration::from_secs(2);
    /// How long a message waits for its receipt: twenty of them are composed one after the other while others file.
    pub const RECEIPT: SignedDuration = SignedDuration::from_secs(60);
    /// Attempts before a notice is given up.
    pub const ATTEMPTS: u32 = 8;
    /// Wait after the first, second… failed attempt.
    pub const BACKOFF: [SignedDuration; 7] = [
        SignedDuration::from_mins(1),
        SignedDuration::from_mins(5),
        SignedDuration::from_mins(15),
        SignedDuration::from_hours(1),
        SignedDuration::from_hours(4),
        SignedDuration::from_hours(12),
        SignedDuration::from_hours(24),
    ];
    /// No attempt is made later than this after queueing: the citizen has long looked elsewhere.
    pub const EXPIRY: SignedDuration = SignedDuration::from_hours(72);
    /// How often the process looks without being woken.
    pub const POLL: Duration = Duration::from_secs(5);
    /// How long the process lets new events gather before it reads them.
    pub const GATHER: Duration = Duration::from_millis(100);
    /// Tries to write an outcome to the log, before it is left to the next lease.
    pub const APPENDS: u32 = 3;
    /// Rounds, a second apart, in which a hand-over is written down in the working database or in the log.
    pub const NOTES: u32 = 60;
    /// Characters of an error kept in the log.
    pub const ERROR: usize = 200;
}

/// What an installation may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Messages a second at most (relays refuse who sends faster).
    pub al_secondo: u32,
    /// Path of a case's page; the id of the case follows.
    pub percorso_pratica: String,
}

impl Default for Config {
    fn default() -> Self {
        Self { al_secondo: 20, percorso_pratica: "/area-personale/pratiche/".into() }
    }
}

/// The process and what it needs.
pub struct Notifiche {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// Opens stored events.
    pub opener: Arc<Opener>,
    /// Queue and positions.
    pub work: Arc<dyn WorkState>,
    /// Hands messages over.
    pub mailer: Arc<dyn Mailer>,
    /// Receipts as documents; without, copies of filings go without them.
    pub ricevute: Option<Arc<dyn RicevuteDiPratiche>>,
    /// The application, for what messages about appointments say besides the case: what to bring, the signed link, the
    /// slot that is offered. Without it they do without.
    pub app: Option<App>,
    /// Instants.
    pub clock: Arc<dyn Clock>,
    /// Ids of events.
    pub ids: Arc<dyn Ids>,
    /// Municipalities whose logs are read.
    pub enti: Vec<Arc<Ente>>,
    /// Choices.
    pub config: Config,
    /// Name of this node, among those that share the working database no other's. Where one process at a time uses it
    /// (SQLite) always the same: then a restart has its turn at once, also after a crash.
    pub nodo: String,
}

/// Why the process could not go on; it tries again by itself.
#[derive(Debug, thiserror::Error)]
pub enum NotificheError {
    /// The working database.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// Reading the log.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing an outcome to the log.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl Notifiche {
    /// Runs, whenever it is this node's turn, until `stop` is cancelled: then what is being handed over is finished, the
    /// rest goes back to the queue, and the next node has its turn.
    pub fn spawn(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move { self.run(&stop).await })
    }

    /// Reads all there is to read and sends all that is due now, without waiting for a turn.
    ///
    /// # Errors
    /// [`NotificheError`] at the first thing that does not answer.
    pub async fn run_until_idle(&self) -> Result<(), NotificheError> {
        let (pace, turno) = (self.pace(), Turno::alone(&CancellationToken::new()));
        loop {
            let mut queued = 0;
            for ente in &self.enti {
                queued += self.read(ente.codice.as_str(), &mut None).await?;
            }
            let sent = self.batch(&pace, &turno).await?;
            if queued + sent == 0 {
                return Ok(());
            }
        }
    }
}

/// Counts what became of notices.
fn count(ente: &str, esito: &'static str, how_many: usize) {
    metrics::counter!("sportello_notifiche_total", "ente" => ente.to_owned(), "esito" => esito)
        .increment(how_many as u64);
}
