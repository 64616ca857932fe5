//! Data keys in a PostgreSQL database, wrapped by the master key, in the schema `chiavi`.
//!
//! Nodes share the table. Each keeps the keys it has unwrapped in memory and hears, over `LISTEN`, of those that another
//! destroyed; while it cannot hear, it keeps none. A node cut off from the network notices within eight seconds.
//!
//! **What PostgreSQL keeps of a destroyed key.** Destroying overwrites the row and runs `VACUUM`. The old version of the row
//! can still be in the free space of its page until the space is used again, for as long as a transaction that began
//! before is open (a running `verify`, a dump), in the write-ahead log until its segments are recycled, on standbys until
//! they have replayed it, and in every backup and archive. All these hold the key wrapped by the master key, never in the
//! clear. A destroyed key is gone for good once they have expired: backups of this schema need an expiry of their own,
//! shorter than the log's, and dumps of the log leave it out (`pg_dump --exclude-schema=chiavi`).

mod listener;
mod tables;
mod worker;

use super::connect;
use crate::OpenError;
use crate::database::without_password;
use crate::key_cache::{KeyCache, Known, draw, draw_proof, lock, prove_all, proves};
use eventstore::memory::draw_key;
use eventstore::transfer::{KeyTransfer, WrappedKey};
use eventstore::{DataKey, KeyStore, KeyStoreError, MasterKey, Random, limits};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tables::LAYOUT;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use uuid::Uuid;
use worker::{Answer, Ask, Made, NotStarted, Queues, Waiting, Wish};

/// How long a caller waits for the database.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long the caller of a destruction waits for the table to be cleared.
const CLEARING: Duration = Duration::from_secs(65);
/// Keys brought to hand by one statement.
const PREFETCH: usize = 5_000;

/// Key store on a PostgreSQL database. Its calls block the thread, at most ten seconds ([`KeyStore::destroy`] longer);
/// [`KeyStore::at_hand`] never does. A thread of its own talks to the database and ends when the value is dropped.
pub struct PostgresKeyStore {
    master: MasterKey,
    random: Random,
    queues: Queues,
    cache: Arc<Mutex<KeyCache>>,
}

impl PostgresKeyStore {
    /// Opens the schema, making it when it does not exist.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::WrongMasterKey`] when its keys were wrapped by another master key.
    pub async fn open(url: &str, master: MasterKey, random: Random) -> Result<Self, OpenError> {
        let options = connect::options(url)?
            .application_name("sportello chiavi")
            // A node that vanishes must not keep others from the rows it was storing.
            .options([("idle_in_transaction_session_timeout", "10s")]);
        let cache = Arc::new(Mutex::new(KeyCache::new()));
        let started = worker::start(options, draw_proof(&master, &random), cache.clone()).await;
        let (queues, opened) = started.map_err(|error| match error {
            NotStarted::Thread(source) => OpenError::Thread { source },
            NotStarted::Database(source) => OpenError::postgres(url, source),
        })?;
        if opened.layout > LAYOUT {
            return Err(OpenError::newer(url, "key store", opened.layout, LAYOUT));
        }
        if !proves(&master, &opened.proof) {
            return Err(OpenError::WrongMasterKey { place: without_password(url) });
        }
        Ok(Self { master, random, queues, cache })
    }

    fn ask<T>(&self, limit: Duration, ask: impl FnOnce(Answer<T>) -> Ask) -> Result<T, KeyStoreError> {
        wait(&self.queues.asks, limit, ask)
    }

    fn unwrap(&self, made: &Made) -> Result<Known, KeyStoreError> {
        made.wrapped.as_deref().map(|wrapped| self.master.unwrap(made.id, wrapped).map(Arc::new)).transpose()
    }

    fn find(&self, ente: &str, ids: Vec<Uuid>) -> Result<Vec<Made>, KeyStoreError> {
        self.ask(DEADLINE, |answer| Ask::Find { ente: ente.to_owned(), ids, answer })
    }

    fn vacuum(&self) -> Result<(), KeyStoreError> {
        self.ask(CLEARING, |answer| Ask::Vacuum { answer }).map_err(|error| match error {
            KeyStoreError::Unavailable(reason) => KeyStoreError::Unavailable(format!(
                "the key is destroyed, but what it left in the table was not cleared: repeat the destruction ({reason})"
            )),
            error => error,
        })
    }
}

/// Puts a request into a queue and waits for its answer.
fn wait<T, R>(
    queue: &Sender<Waiting<R>>,
    limit: Duration,
    request: impl FnOnce(Answer<T>) -> R,
) -> Result<T, KeyStoreError> {
    let unavailable = |reason: &str| KeyStoreError::Unavailable(reason.into());
    let (answer, answered) = sync_channel(1);
    let until = Instant::now() + limit;
    queue.try_send(Waiting { until, request: request(answer) }).map_err(|error| match error {
        TrySendError::Full(_) => unavailable("too many requests wait for the keys"),
        TrySendError::Closed(_) => unavailable("the thread of the keys has ended"),
    })?;
    answered.recv_timeout(limit).unwrap_or_else(|error| {
        Err(match error {
            RecvTimeoutError::Timeout => unavailable("the database of the keys did not answer in time"),
            RecvTimeoutError::Disconnected => unavailable("the thread of the keys has ended"),
        })
    })
}

impl KeyStore for PostgresKeyStore {
    fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, KeyStoreError> {
        let seen = {
            let cache = lock(&self.cache);
            if let Some(known) = cache.subject(ente, subject) {
                return known.ok_or(KeyStoreError::Destroyed);
            }
            cache.seen()
        };
        // Drawn for the case that there is none: finding and making are one round trip.
        let (drawn, wrapped) = draw(&self.master, &self.random);
        let made = Made { id: drawn.id(), wrapped: Some(wrapped) };
        let wish = Wish { ente: ente.to_owned(), subject, made };
        let made = wait(&self.queues.wishes, DEADLINE, |answer| (wish, answer))?;
        let known = if made.id == drawn.id() { Some(Arc::new(drawn)) } else { self.unwrap(&made)? };
        lock(&self.cache).put(seen, ente, Some(subject), made.id, &known);
        known.ok_or(KeyStoreError::Destroyed)
    }

    fn at_hand(&self, ente: &str, subject: Uuid) -> Option<Arc<DataKey>> {
        lock(&self.cache).subject(ente, subject).flatten()
    }

    fn prefetch(&self, ente: &str, ids: &[Uuid]) -> Result<(), KeyStoreError> {
        let missing: Vec<Uuid> = {
            let cache = lock(&self.cache);
            ids.iter().copied().filter(|id| cache.id(ente, *id).is_none()).collect()
        };
        for chunk in missing.chunks(PREFETCH) {
            let seen = lock(&self.cache).seen();
            let found = self.find(ente, chunk.to_vec())?;
            let known = found.iter().map(|made| self.unwrap(made)).collect::<Result<Vec<_>, _>>()?;
            let mut cache = lock(&self.cache);
            for (made, known) in found.iter().zip(&known) {
                cache.put(seen, ente, None, made.id, known);
            }
        }
        Ok(())
    }

    fn key(&self, ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError> {
        let seen = {
            let cache = lock(&self.cache);
            if let Some(known) = cache.id(ente, id) {
                return Ok(known);
            }
            cache.seen()
        };
        let found = self.find(ente, vec![id])?.pop().ok_or_else(|| KeyStoreError::missing(id))?;
        let known = self.unwrap(&found)?;
        lock(&self.cache).put(seen, ente, None, id, &known);
        Ok(known)
    }

    fn destroy(&self, ente: &str, subject: Uuid) -> Result<(), KeyStoreError> {
        let id = draw_key(&self.random).id();
        let id = self.ask(DEADLINE, |answer| Ask::Destroy { ente: ente.to_owned(), subject, id, answer })?;
        lock(&self.cache).destroyed(ente, subject, id);
        self.vacuum()
    }
}

impl KeyTransfer for PostgresKeyStore {
    fn wrapped_keys(&self, ente: &str, after: Option<Uuid>, limit: usize) -> Result<Vec<WrappedKey>, KeyStoreError> {
        let limit = limit.min(limits::PAGE);
        self.ask(DEADLINE, |answer| Ask::List { ente: ente.to_owned(), after, limit, answer })
    }

    fn put_wrapped_keys(&self, ente: &str, keys: &[WrappedKey]) -> Result<(), KeyStoreError> {
        prove_all(&self.master, keys)?;
        self.ask(DEADLINE, |answer| Ask::Put { ente: ente.to_owned(), keys: keys.to_vec(), answer })?;
        let mut destroyed = keys.iter().filter(|key| key.wrapped.is_none()).peekable();
        let any = destroyed.peek().is_some();
        let mut cache = lock(&self.cache);
        destroyed.for_each(|key| cache.destroyed(ente, key.subject, key.id));
        drop(cache);
        if any { self.vacuum() } else { Ok(()) }
    }
}
