//! The log while a town is generated: batches are settled in memory as every engine settles them, and leave as stretches.

use domain::{agenda, impegni};
use eventstore::transfer::{Numero, Stretch, UsedKey};
use eventstore::{
    AppendError, Appended, Batch, Clock, EventStore, Head, Idempotency, Position, ReadError, Record, Registration,
    RegistroKey,
};
use eventstore_sql::group::{Applied, EnteHead, Heads, Request, settle};
use futures_core::future::BoxFuture;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

/// An engine of one ente that remembers the streams of open cases alone: what was settled waits to be taken away.
///
/// Idempotency keys are not looked up: the generator uses each once.
pub struct BulkStore {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    head: watch::Sender<Position>,
}

struct State {
    head: EnteHead,
    registri: HashMap<RegistroKey, u64>,
    /// Last versions of streams that may go on.
    versions: HashMap<String, u64>,
    /// Records of the streams of open cases.
    open: HashMap<String, Vec<Record>>,
    stretch: Stretch,
}

impl BulkStore {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            head: EnteHead::EMPTY,
            registri: HashMap::new(),
            versions: HashMap::new(),
            open: HashMap::new(),
            stretch: Stretch::default(),
        };
        Self { clock, state: Mutex::new(state), head: watch::Sender::new(0) }
    }

    /// Records that wait.
    pub fn waiting(&self) -> usize {
        self.state().stretch.records.len()
    }

    /// What waits.
    pub fn take(&self) -> Stretch {
        std::mem::take(&mut self.state().stretch)
    }

    /// Id of the first event of an open case's stream.
    pub fn first_event(&self, stream: &str) -> Option<Uuid> {
        self.state().open.get(stream)?.first().map(|record| record.event_id)
    }

    /// Id of the last event of an open case's stream.
    pub fn last_event(&self, stream: &str) -> Option<Uuid> {
        self.state().open.get(stream)?.last().map(|record| record.event_id)
    }

    /// Nothing more happens to this stream.
    pub fn close_stream(&self, stream: &str) {
        let mut state = self.state();
        state.open.remove(stream);
        state.versions.remove(stream);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic ends the generator; nobody reads on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, request: Result<Request, AppendError>) -> Result<Appended, AppendError> {
        let request = request?;
        let mut state = self.state();
        let plan = match settle(std::iter::once(&request), &*self.clock, &mut Known(&state)) {
            Ok(plan) => plan,
            Err(never) => match never {},
        };
        let streams: Vec<_> = plan.streams().map(|(_, stream, version)| (stream.to_owned(), version)).collect();
        state.versions.extend(streams);
        let registri: Vec<_> = plan.registri().map(|(_, registro, numero)| (registro.clone(), numero)).collect();
        state.registri.extend(registri);
        if let Some((_, head)) = plan.heads().next() {
            state.head = *head;
        }
        let keys: Vec<_> = plan.keys().map(|(_, key, applied)| used(key, applied)).collect();
        state.stretch.keys.extend(keys);
        for taken in plan.numeri {
            let (registro, numero, position) = (taken.registro, taken.numero, taken.position);
            state.stretch.numeri.push(Numero { registro, numero, position });
        }
        for record in plan.records {
            if read_again(&record) {
                state.open.entry(record.stream.clone()).or_default().push(record.clone());
            }
            state.stretch.records.push(record);
        }
        self.head.send_replace(state.head.position);
        plan.answers.into_iter().next().unwrap_or_else(|| Err(AppendError::Invalid("no answer was settled".into())))
    }
}

/// Cases, days of offices and of persons, and definitions are read again; entries and notices leave as they come.
fn read_again(record: &Record) -> bool {
    let category = record.category();
    domain::evento::pratica_di(&record.stream).is_some()
        || [agenda::Event::CATEGORY, impegni::Event::CATEGORY].contains(&category)
        || record.stream == domain::prenotabile::STREAM
}

fn used(key: &str, applied: &Applied) -> UsedKey {
    UsedKey { key: key.to_owned(), fingerprint: applied.fingerprint, first: applied.first, last: applied.last }
}

struct Known<'a>(&'a State);

impl Heads for Known<'_> {
    type Error = Infallible;

    fn ente(&mut self, _ente: &str) -> Result<EnteHead, Infallible> {
        Ok(self.0.head)
    }

    fn stream(&mut self, _ente: &str, stream: &str) -> Result<u64, Infallible> {
        Ok(self.0.versions.get(stream).copied().unwrap_or(0))
    }

    fn registro(&mut self, _ente: &str, registro: &RegistroKey) -> Result<u64, Infallible> {
        Ok(self.0.registri.get(registro).copied().unwrap_or(0))
    }

    fn applied(&mut self, _ente: &str, _key: &str) -> Result<Option<Applied>, Infallible> {
        Ok(None)
    }
}

impl EventStore for BulkStore {
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(std::future::ready(self.settle(Request::batch(ente, batch))))
    }

    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(std::future::ready(self.settle(Request::registered(ente, registration))))
    }

    fn applied<'a>(
        &'a self,
        _ente: &'a str,
        _key: &'a Idempotency,
    ) -> BoxFuture<'a, Result<Option<(Position, Position)>, AppendError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn read_stream<'a>(
        &'a self,
        _ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        let state = self.state();
        let records = state.open.get(stream).into_iter().flatten();
        let found = records.filter(|record| record.version > after).take(limit).cloned().collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn read_all<'a>(
        &'a self,
        _ente: &'a str,
        _after: Position,
        _limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        let gone = "the log of a town that is being generated is not read".to_owned();
        Box::pin(std::future::ready(Err(ReadError::Unavailable(gone))))
    }

    fn head<'a>(&'a self, _ente: &'a str) -> BoxFuture<'a, Result<Head, ReadError>> {
        let head = self.state().head;
        Box::pin(std::future::ready(Ok(Head { position: head.position, hash: head.hash })))
    }

    fn wake(&self, _ente: &str) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}
