//! The engines in memory: for tests, and the plainest statement of what every engine must do.

mod transfer;

use crate::batch::{Batch, Expected, Idempotency, Item, Registration, RegistroKey, Slot, check_items, check_key};
use crate::clock::{Clock, instant_after};
use crate::hash;
use crate::limits;
use crate::random::Random;
use crate::record::{Meta, Position, Record};
use crate::sealing::{DataKey, KeyStore, KeyStoreError};
use crate::store::{AppendError, Appended, EventStore, Head, ReadError};
use crate::transfer::Numero;
use futures_core::future::BoxFuture;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

/// A log that lives as long as the value. One lock, no durability.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    enti: HashMap<String, EnteLog>,
    /// Event ids are unique over the whole installation.
    event_ids: HashSet<Uuid>,
}

/// What a request would store, and the number it takes.
type Work = (Vec<Item>, Option<(RegistroKey, u64)>);

struct EnteLog {
    records: Vec<Record>,
    /// Index into `records` of each stream's events.
    streams: HashMap<String, Vec<usize>>,
    registri: HashMap<RegistroKey, u64>,
    /// Numbers in the order in which they were given out.
    numeri: Vec<Numero>,
    keys: HashMap<String, ([u8; 32], Position, Position)>,
    wake: watch::Sender<Position>,
}

impl Default for EnteLog {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            streams: HashMap::new(),
            registri: HashMap::new(),
            numeri: Vec::new(),
            keys: HashMap::new(),
            wake: watch::Sender::new(0),
        }
    }
}

impl MemoryStore {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, log: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        // Nothing is changed before everything was checked, so a panic leaves the log whole.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(
        &self,
        ente: &str,
        meta: &Meta,
        idempotency: Option<&Idempotency>,
        work: impl FnOnce(&EnteLog, Timestamp) -> Result<Work, AppendError>,
    ) -> Result<Appended, AppendError> {
        check_key(idempotency)?;
        let meta = hash::canonical(meta).map_err(|error| AppendError::Invalid(error.to_string()))?;
        let mut log = self.lock();
        let Log { enti, event_ids } = &mut *log;
        let log = enti.entry(ente.to_owned()).or_default();
        if let Some(key) = idempotency
            && let Some((first, last)) = log.applied(key)?
        {
            return Err(AppendError::AlreadyApplied { first, last });
        }
        let last = log.records.last().map_or(i64::MIN, |last| last.recorded_at.as_microsecond());
        let at = instant_after(last, self.clock.now())?;
        let (items, numero) = work(log, at)?;
        check_items(&items)?;
        log.check_versions(&items)?;
        let ids: Vec<Uuid> = items.iter().flat_map(|item| &item.events).map(|event| event.event_id).collect();
        let mut drawn = HashSet::new();
        if let Some(id) = ids.iter().find(|id| event_ids.contains(id) || !drawn.insert(**id)) {
            return Err(AppendError::Invalid(format!("event id {id} is already stored")));
        }

        event_ids.extend(ids);
        let first = log.position() + 1;
        log.push(ente, items, &meta, at);
        let last = log.position();
        if let Some(Idempotency { key, fingerprint }) = idempotency {
            log.keys.insert(key.clone(), (*fingerprint, first, last));
        }
        if let Some((registro, numero)) = &numero {
            log.registri.insert(registro.clone(), *numero);
            log.numeri.push(Numero { registro: registro.clone(), numero: *numero, position: first });
        }
        log.wake.send_replace(last);
        Ok(Appended { first, last, recorded_at: at, numero })
    }
}

impl EnteLog {
    fn position(&self) -> Position {
        self.records.len() as Position
    }

    fn head(&self) -> Head {
        let last = self.records.last();
        last.map_or(Head { position: 0, hash: hash::GENESIS }, |last| Head { position: last.position, hash: last.hash })
    }

    /// What a key did before, if anything.
    fn applied(
        &self,
        Idempotency { key, fingerprint }: &Idempotency,
    ) -> Result<Option<(Position, Position)>, AppendError> {
        match self.keys.get(key) {
            None => Ok(None),
            Some((known, first, last)) if known == fingerprint => Ok(Some((*first, *last))),
            Some(_) => Err(AppendError::KeyReused),
        }
    }

    /// Conditions hold in the order of the items: an item sees what those before it would store.
    fn check_versions(&self, items: &[Item]) -> Result<(), AppendError> {
        let mut versions: HashMap<&str, u64> = HashMap::new();
        for Item { stream, expected, events } in items {
            let actual =
                versions.entry(stream).or_insert_with(|| self.streams.get(stream).map_or(0, |s| s.len() as u64));
            let holds = match expected {
                Expected::NoStream => *actual == 0,
                Expected::Exact(version) => actual == version,
                Expected::Any => true,
            };
            if !holds {
                return Err(AppendError::Conflict { stream: stream.clone(), expected: *expected, actual: *actual });
            }
            *actual += events.len() as u64;
        }
        Ok(())
    }

    fn push(&mut self, ente: &str, items: Vec<Item>, meta: &str, at: Timestamp) {
        for Item { stream, events, .. } in items {
            for event in events {
                let index = self.streams.entry(stream.clone()).or_default();
                index.push(self.records.len());
                let mut record = Record {
                    ente: ente.to_owned(),
                    stream: stream.clone(),
                    version: index.len() as u64,
                    position: self.records.len() as Position + 1,
                    event_id: event.event_id,
                    kind: event.kind,
                    schema_version: event.schema_version,
                    payload: event.payload,
                    meta: meta.to_owned(),
                    recorded_at: at,
                    prev_hash: self.records.last().map_or(hash::GENESIS, |last| last.hash),
                    hash: [0; 32],
                };
                record.hash = hash::chain(&record);
                self.records.push(record);
            }
        }
    }
}

/// Runs what a registration decides; its panic is the caller's mistake, not the engine's end.
fn register(registration: &dyn Registration, log: &EnteLog, at: Timestamp) -> Result<Work, AppendError> {
    let built = catch_unwind(AssertUnwindSafe(|| {
        let registro = registration.registro(at);
        let numero = log.registri.get(&registro).copied().unwrap_or(0) + 1;
        let items = registration.build(&Slot { registro: registro.clone(), numero, at })?;
        Ok((items, Some((registro, numero))))
    }));
    match built {
        Ok(built) => built.map_err(AppendError::Refused),
        Err(_) => Err(AppendError::Invalid("the registration panicked".into())),
    }
}

/// The part of `indices` after `after`, at most a page.
fn page<T>(all: &[T], after: u64, limit: usize) -> &[T] {
    let from = usize::try_from(after).unwrap_or(usize::MAX).min(all.len());
    let rest = &all[from..];
    &rest[..rest.len().min(limit).min(limits::PAGE)]
}

impl EventStore for MemoryStore {
    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move {
            let Batch { items, idempotency, meta } = batch;
            check_items(&items)?;
            self.store(ente, &meta, idempotency.as_ref(), |_, _| Ok((items, None)))
        })
    }

    fn append_registered<'a>(
        &'a self,
        ente: &'a str,
        registration: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move {
            let registration = &*registration;
            let work = |log: &EnteLog, at| register(registration, log, at);
            self.store(ente, registration.meta(), registration.idempotency(), work)
        })
    }

    fn applied<'a>(
        &'a self,
        ente: &'a str,
        key: &'a Idempotency,
    ) -> BoxFuture<'a, Result<Option<(Position, Position)>, AppendError>> {
        Box::pin(async move { self.lock().enti.get(ente).map_or(Ok(None), |log| log.applied(key)) })
    }

    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Box::pin(async move {
            let log = self.lock();
            let Some(log) = log.enti.get(ente) else { return Ok(Vec::new()) };
            let Some(stream) = log.streams.get(stream) else { return Ok(Vec::new()) };
            Ok(page(stream, after, limit).iter().map(|index| log.records[*index].clone()).collect())
        })
    }

    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Box::pin(async move {
            let log = self.lock();
            Ok(log.enti.get(ente).map_or_else(Vec::new, |log| page(&log.records, after, limit).to_vec()))
        })
    }

    fn head<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<Head, ReadError>> {
        Box::pin(async move {
            let log = self.lock();
            Ok(log.enti.get(ente).map_or(Head { position: 0, hash: hash::GENESIS }, EnteLog::head))
        })
    }

    fn wake(&self, ente: &str) -> watch::Receiver<Position> {
        self.lock().enti.entry(ente.to_owned()).or_default().wake.subscribe()
    }
}

/// Keys that live as long as the value.
pub struct MemoryKeyStore {
    random: Random,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    /// (ente, subject) to the id of its key.
    subjects: HashMap<(String, Uuid), Uuid>,
    /// (ente, key id) to the key; `None` once destroyed.
    keys: HashMap<(String, Uuid), Option<Arc<DataKey>>>,
}

impl MemoryKeyStore {
    /// An empty key store.
    pub fn new(random: Random) -> Self {
        Self { random, keys: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fresh data key from a source of randomness; its id is random too, so that it says nothing of its subject.
pub fn draw_key(random: &Random) -> DataKey {
    let (mut id, mut bytes) = ([0; 16], [0; 32]);
    random(&mut id);
    random(&mut bytes);
    let key = DataKey::new(uuid::Builder::from_random_bytes(id).into_uuid(), bytes);
    zeroize::Zeroize::zeroize(&mut bytes);
    key
}

impl KeyStore for MemoryKeyStore {
    fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, KeyStoreError> {
        let mut all = self.lock();
        let Keys { subjects, keys } = &mut *all;
        if let Some(id) = subjects.get(&(ente.to_owned(), subject)) {
            return keys.get(&(ente.to_owned(), *id)).cloned().flatten().ok_or(KeyStoreError::Destroyed);
        }
        let key = Arc::new(draw_key(&self.random));
        subjects.insert((ente.to_owned(), subject), key.id());
        keys.insert((ente.to_owned(), key.id()), Some(key.clone()));
        Ok(key)
    }

    fn key(&self, ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError> {
        self.lock().keys.get(&(ente.to_owned(), id)).cloned().ok_or_else(|| KeyStoreError::missing(id))
    }

    fn destroy(&self, ente: &str, subject: Uuid) -> Result<(), KeyStoreError> {
        let mut all = self.lock();
        let Keys { subjects, keys } = &mut *all;
        // A subject without a key gets a destroyed one: no key is ever made for it.
        let id = subjects.entry((ente.to_owned(), subject)).or_insert_with(|| draw_key(&self.random).id());
        keys.insert((ente.to_owned(), *id), None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Harness;

    struct Memory;

    impl Harness for Memory {
        fn nodes(&self, clock: Arc<dyn Clock>, n: usize) -> BoxFuture<'_, Vec<Arc<dyn EventStore>>> {
            let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new(clock));
            Box::pin(async move { vec![store; n] })
        }
    }

    crate::contract_tests!(Memory);

    fn later() -> std::future::Ready<((), MemoryStore)> {
        let clock = Arc::new(crate::ManualClock::new(crate::contract::later()));
        std::future::ready(((), MemoryStore::new(clock)))
    }

    crate::transfer_tests!(later);

    #[test]
    fn a_key_store_in_memory() {
        crate::contract::key_store(&MemoryKeyStore::new(crate::random::system_random()));
    }
}
