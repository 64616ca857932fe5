//! Whether the log takes what is written: a database that is full or read-only still answers every question.

use eventstore::{AppendError, Appended, Batch, Clock, EventStore, Registration};
use futures_core::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a failed write counts when none is tried after it: whoever sends requests only to healthy nodes must try again.
const MEMORIA: SignedDuration = SignedDuration::from_secs(15);

/// A log that remembers how the last write went.
pub struct Sorvegliato {
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    guasto: Mutex<Option<(Timestamp, String)>>,
}

impl Sorvegliato {
    /// Watches over a log.
    pub fn new(store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, guasto: Mutex::default() }
    }

    /// Why nothing can be written, as far as the last write tells; none when it went well or is long past.
    pub fn guasto(&self) -> Option<String> {
        let guasto = self.guasto.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, reason) = guasto.as_ref()?;
        (self.clock.now().duration_since(*at) < MEMORIA).then(|| reason.clone())
    }

    fn nota(&self, done: &Result<Appended, AppendError>) {
        let guasto = match done {
            Err(error @ (AppendError::Unavailable { .. } | AppendError::Unknown(_))) => {
                Some((self.clock.now(), error.to_string()))
            }
            // A refusal or a conflict was decided on a log that works. A full queue counts for the moment until a waiting
            // request is stored.
            Ok(_) | Err(_) => None,
        };
        *self.guasto.lock().unwrap_or_else(PoisonError::into_inner) = guasto;
    }
}

impl eventstore::Layer for Sorvegliato {
    fn below(&self) -> &dyn EventStore {
        &*self.store
    }

    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move {
            let done = self.store.append(ente, batch).await;
            self.nota(&done);
            done
        })
    }

    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move {
            let done = self.store.append_registered(ente, registration).await;
            self.nota(&done);
            done
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[derive(Default)]
    struct Ora(Mutex<Timestamp>);

    impl Clock for Ora {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    #[test]
    fn a_failed_write_counts_until_the_next_one_or_for_a_while() {
        let clock = Arc::new(Ora::default());
        let log = Sorvegliato::new(Arc::new(eventstore::memory::MemoryStore::new(clock.clone())), clock.clone());
        assert_eq!(log.guasto(), None);
        let full =
            || Err(AppendError::Unavailable { reason: "the disk is full".into(), retry_after: Duration::from_secs(1) });
        log.nota(&full());
        assert!(log.guasto().is_some_and(|reason| reason.contains("the disk is full")));
        log.nota(&Err(AppendError::KeyReused));
        assert_eq!(log.guasto(), None, "the log answered");
        log.nota(&full());
        *clock.0.lock().unwrap() = Timestamp::UNIX_EPOCH + MEMORIA;
        assert_eq!(log.guasto(), None, "somebody must try again");
    }
}
