//! A log over another log.

use crate::batch::{Batch, Idempotency, Registration};
use crate::record::{Position, Record};
use crate::store::{AppendError, Appended, EventStore, Head, ReadError};
use futures_core::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::watch;

/// A log that does something of its own where another one is written or folded: what it leaves out, the one below does.
/// Whatever is a layer is an [`EventStore`].
pub trait Layer: Send + Sync {
    /// The log below.
    fn below(&self) -> &dyn EventStore;

    /// As [`EventStore::append`].
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        self.below().append(ente, batch)
    }

    /// As [`EventStore::append_registered`].
    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        self.below().append_registered(ente, registration)
    }

    /// As [`EventStore::read_stream`].
    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        self.below().read_stream(ente, stream, after, limit)
    }

    /// As [`EventStore::read_all`].
    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        self.below().read_all(ente, after, limit)
    }
}

impl<L: Layer> EventStore for L {
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Layer::append(self, ente, batch)
    }

    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Layer::append_registered(self, ente, registration)
    }

    fn applied<'a>(
        &'a self,
        ente: &'a str,
        key: &'a Idempotency,
    ) -> BoxFuture<'a, Result<Option<(Position, Position)>, AppendError>> {
        self.below().applied(ente, key)
    }

    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Layer::read_stream(self, ente, stream, after, limit)
    }

    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Layer::read_all(self, ente, after, limit)
    }

    fn head<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<Head, ReadError>> {
        self.below().head(ente)
    }

    fn wake(&self, ente: &str) -> watch::Receiver<Position> {
        self.below().wake(ente)
    }
}
