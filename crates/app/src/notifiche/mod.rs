//! The process `notifiche`: e-mail copies of what happens to a case.
//!
//! The log is the outbox. One half ([`coda`]) reads it and queues notices; the other ([`invio`]) sends what is due and
//! writes the outcome back to the log, on the stream `notifica-<pratica>`. Mail goes out at least once: a crash between
//! the hand-over and the log repeats it with the same `Message-ID`. The outcome is logged once, and what the log knows
//! as delivered is never sent again, even when the working database was lost.
//!
//! A person without an e-mail address, or whose key was destroyed, gets nothing: the notice is settled without an event.

mod cartella;
mod coda;
mod invio;
mod messaggio;
mod posta;
mod smtp;
#[cfg(test)]
mod tests;

pub use cartella::FolderMailer;
pub use smtp::{SicurezzaSmtp, SmtpConfig, SmtpMailer};

use crate::enti::Ente;
use crate::ports::{Ids, Mailer, WorkError, WorkState};
use eventstore::{AppendError, Clock, EventStore, ReadError};
use projections::decode::Opener;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

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
    /// Instants.
    pub clock: Arc<dyn Clock>,
    /// Ids of events.
    pub ids: Arc<dyn Ids>,
    /// Municipalities whose logs are read.
    pub enti: Vec<Arc<Ente>>,
    /// Choices.
    pub config: Config,
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
    /// Runs until `stop` is cancelled: then what is being handed over is finished, and the rest goes back to the queue.
    pub fn spawn(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            let queued = Notify::new();
            let readers = self.enti.iter().map(|ente| self.follow(ente.codice.as_str(), &queued, &stop));
            tokio::join!(futures_util::future::join_all(readers), self.deliver(&queued, &stop));
        })
    }

    /// Reads all there is to read and sends all that is due now.
    ///
    /// # Errors
    /// [`NotificheError`] at the first thing that does not answer.
    pub async fn run_until_idle(&self) -> Result<(), NotificheError> {
        let pace = self.pace();
        loop {
            let mut queued = 0;
            for ente in &self.enti {
                queued += self.read(ente.codice.as_str(), &mut None).await?;
            }
            let sent = self.batch(&pace, &CancellationToken::new()).await?;
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
