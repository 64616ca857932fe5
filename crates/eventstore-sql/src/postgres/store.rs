//! The engine: a writer for each ente, a pool of readers, wake-ups between nodes.

use super::connect;
use super::reader::Reader;
use super::signals::Signals;
use super::writer::{State, Writer};
use crate::database::Engine;
use crate::group::Request;
use crate::pending::{Pending, unavailable};
use crate::recent::Recent;
use crate::{OpenError, Sizes};
use eventstore::{
    AppendError, Appended, Batch, Clock, EventStore, Head, Idempotency, Position, ReadError, Record, Registration,
    limits,
};
use futures_core::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The log on a PostgreSQL database. Dropping it answers what waits and ends its tasks.
pub struct PostgresStore {
    pub(super) options: PgConnectOptions,
    clock: Arc<dyn Clock>,
    sizes: Sizes,
    /// By ente, made on first use; `None` once closed.
    writers: RwLock<Option<HashMap<String, Queue>>>,
    waiting: Arc<AtomicUsize>,
    pub(super) signals: Arc<Signals>,
    listener: JoinHandle<()>,
    recent: Arc<Recent>,
    pub(super) reader: Reader,
}

/// A writer's queue and its task.
struct Queue {
    sender: mpsc::Sender<Pending>,
    task: JoinHandle<()>,
}

impl PostgresStore {
    /// Opens the log, making its schema when the database has none. Any number of nodes may do so at the same moment.
    ///
    /// # Errors
    /// [`OpenError`], in words for an operator.
    pub async fn open(url: &str, clock: Arc<dyn Clock>, sizes: Sizes) -> Result<Self, OpenError> {
        let options = connect::options(url)?;
        connect::prepare(url, &options).await?;
        let signals = Arc::new(Signals::default());
        Ok(Self {
            listener: tokio::spawn(signals.clone().run(options.clone())),
            reader: Reader::new(&options),
            options: connect::writer_options(&options),
            clock,
            sizes: Sizes { queue: sizes.queue.max(1), group: sizes.group.max(1) },
            writers: RwLock::new(Some(HashMap::new())),
            waiting: Arc::default(),
            recent: Arc::default(),
            signals,
        })
    }

    /// Answers what waits, ends the writers and closes the connections. Later appends are
    /// [`AppendError::Unavailable`].
    pub async fn close(&self) {
        let writers = self.writers.write().unwrap_or_else(PoisonError::into_inner).take();
        // Without its sender a queue ends once it is empty.
        let tasks: Vec<_> = writers.into_iter().flatten().map(|(_, Queue { task, .. })| task).collect();
        for task in tasks {
            if task.await.is_err_and(|error| error.is_panic()) {
                tracing::error!("a writer of the log ended with a panic");
            }
        }
        self.listener.abort();
        self.reader.close().await;
    }

    /// Lets the writers connect through another port of this machine.
    #[cfg(test)]
    pub(super) fn write_through(&mut self, port: u16) {
        self.options = self.options.clone().host("127.0.0.1").port(port);
    }

    /// The queue of an ente, with a writer behind it. A writer that ended with a panic is replaced.
    fn queue(&self, ente: &str) -> Result<mpsc::Sender<Pending>, AppendError> {
        let live = |queue: &&Queue| !queue.sender.is_closed();
        let closed = || unavailable("the log is closed");
        let writers = self.writers.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = writers.as_ref().ok_or_else(closed)?.get(ente).filter(live) {
            return Ok(queue.sender.clone());
        }
        drop(writers);
        let mut writers = self.writers.write().unwrap_or_else(PoisonError::into_inner);
        let writers = writers.as_mut().ok_or_else(closed)?;
        if let Some(queue) = writers.get(ente).filter(live) {
            return Ok(queue.sender.clone());
        }
        let (sender, receiver) = mpsc::channel(self.sizes.queue);
        let writer = Writer {
            ente: ente.to_owned(),
            options: self.options.clone(),
            clock: self.clock.clone(),
            signals: self.signals.clone(),
            recent: self.recent.clone(),
            waiting: self.waiting.clone(),
            limit: self.sizes.group,
            state: State::default(),
        };
        let task = tokio::spawn(writer.run(receiver));
        writers.insert(ente.to_owned(), Queue { sender: sender.clone(), task });
        Ok(sender)
    }

    /// From here on the request is the writer's: a caller that goes away still gets its number, and finds it again by
    /// its idempotency key.
    async fn submit(&self, request: Request) -> Result<Appended, AppendError> {
        let queue = self.queue(request.ente())?;
        let (answer, answered) = oneshot::channel();
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = queue.try_send(Pending { request, answer });
        drop(queue);
        if let Err(error) = sent {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(match error {
                TrySendError::Full(_) => {
                    metrics::counter!("eventstore_queue_full_total").increment(1);
                    unavailable("too many requests wait for the log")
                }
                TrySendError::Closed(_) => unavailable("the log's writer has ended"),
            });
        }
        let gone = |_| Err(AppendError::Unknown("the log's writer stopped before it answered".into()));
        answered.await.unwrap_or_else(gone)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Engine for PostgresStore {
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.close())
    }
}

impl EventStore for PostgresStore {
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
        self.signals.subscribe(ente)
    }
}
