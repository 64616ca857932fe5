//! The engine on one SQLite file.
//!
//! One writer thread owns a synchronous connection and commits whatever waits in its bounded queue as one transaction
//! (group commit); there is no timer, an idle request commits at once. Readers have a pool of read-only connections on
//! the same file. WAL with `synchronous=FULL`: what was answered survives a loss of power.

mod backup;
mod database;
mod keys;
mod reader;
mod transfer;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::backup;
pub use keys::SqliteKeyStore;
pub use verify::verify;

use crate::OpenError;
use crate::group::Request;
use crate::pending::{Pending, unavailable};
use crate::recent::Recent;
use crate::wakes::Wakes;
use eventstore::{
    AppendError, Appended, Batch, Clock, EventStore, Head, Idempotency, Position, ReadError, Record, Registration,
    limits,
};
use futures_core::future::BoxFuture;
use reader::Reader;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};
use writer::{Message, Writer};

/// Sizes of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqliteOptions {
    /// Requests that may wait for the writer; beyond it the answer is [`AppendError::Unavailable`].
    pub queue: usize,
    /// Requests committed together at most.
    pub group: usize,
    /// Read-only connections.
    pub readers: u32,
}

impl Default for SqliteOptions {
    /// Measured on two cores: groups above 256 gain nothing, two groups of waiting keep the 99th percentile low.
    fn default() -> Self {
        Self { queue: 512, group: 256, readers: 4 }
    }
}

/// The log on one SQLite file. Dropping it answers what waits and ends the writer.
pub struct SqliteStore {
    /// `None` once closed.
    queue: RwLock<Option<SyncSender<Message>>>,
    waiting: Arc<AtomicUsize>,
    thread: Mutex<Option<JoinHandle<()>>>,
    wakes: Arc<Wakes>,
    recent: Arc<Recent>,
    reader: Reader,
}

impl SqliteStore {
    /// Opens the file, making it when it does not exist, and starts the writer.
    ///
    /// Take a [`crate::DataDirLock`] first: a second process on the same file stays correct, but its appends would not
    /// wake the readers of this one.
    ///
    /// # Errors
    /// [`OpenError`], in words for an operator.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, options: SqliteOptions) -> Result<Self, OpenError> {
        let conn = database::open_log(path)?;
        let (wakes, recent) = (Arc::new(Wakes::default()), Arc::new(Recent::default()));
        for (ente, position) in database::heads(&conn).map_err(|source| OpenError::sqlite(path, source))? {
            wakes.publish(&ente, position);
        }
        let waiting = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = sync_channel(options.queue.max(1));
        let writer = Writer {
            conn,
            clock,
            wakes: wakes.clone(),
            recent: recent.clone(),
            waiting: waiting.clone(),
            limit: options.group.max(1),
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || writer.run(&receiver))
            .map_err(|source| OpenError::Thread { source })?;
        Ok(Self {
            queue: RwLock::new(Some(sender)),
            waiting,
            thread: Mutex::new(Some(thread)),
            wakes,
            recent,
            reader: Reader::new(path, options.readers.max(1)),
        })
    }

    /// Answers what waits, ends the writer and closes the file. Later appends are [`AppendError::Unavailable`].
    pub async fn close(&self) {
        self.stop();
        self.reader.close().await;
    }

    fn stop(&self) {
        // Without its sender the queue ends once it is empty.
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the log's writer thread ended with a panic");
        }
    }

    fn send(&self, message: Message) -> Result<(), AppendError> {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else { return Err(unavailable("the log is closed")) };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        queue.try_send(message).map_err(|error| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => {
                    metrics::counter!("eventstore_queue_full_total").increment(1);
                    unavailable("too many requests wait for the log")
                }
                TrySendError::Disconnected(_) => unavailable("the log's writer has ended"),
            }
        })
    }

    /// From here on the request is the writer's: a caller that goes away still gets its number, and finds it again by
    /// its idempotency key.
    async fn submit(&self, request: Request) -> Result<Appended, AppendError> {
        let (answer, answered) = oneshot::channel();
        self.send(Message::Append(Pending { request, answer }))?;
        let gone = |_| Err(AppendError::Unknown("the log's writer stopped before it answered".into()));
        answered.await.unwrap_or_else(gone)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.stop();
    }
}

impl EventStore for SqliteStore {
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move { self.submit(Request::batch(ente, batch)?).await })
    }

    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move { self.submit(Request::registered(ente, registration)?).await })
    }

    fn applied<'a>(
        &'a self,
        ente: &'a str,
        key: &'a Idempotency,
    ) -> BoxFuture<'a, Result<Option<(Position, Position)>, AppendError>> {
        Box::pin(self.reader.applied(ente, key))
    }

    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Box::pin(self.reader.read_stream(ente, stream, after, limit))
    }

    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        match self.recent.after(ente, after, limit.min(limits::PAGE)) {
            Some(records) => Box::pin(async move { Ok(records) }),
            None => Box::pin(self.reader.read_all(ente, after, limit)),
        }
    }

    fn head<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<Head, ReadError>> {
        Box::pin(self.reader.head(ente))
    }

    fn wake(&self, ente: &str) -> watch::Receiver<Position> {
        self.wakes.subscribe(ente)
    }
}
