//! Data keys in a file of their own, wrapped by the master key.
//!
//! They stand apart from the log so that destroying one leaves no copy: the row's material is overwritten
//! (`secure_delete`) and the write-ahead log is emptied before the call returns. Backups of this file are the operator's
//! to expire.

use super::database::{self, KEYS, OpenError};
use eventstore::memory::draw_key;
use eventstore::sealing::Nonce;
use eventstore::{DataKey, KeyStore, KeyStoreError, MasterKey, Random};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use uuid::Uuid;

/// Unwrapped keys kept in memory; when there are more, all are dropped and read again as they are needed.
const CACHE: usize = 100_000;

/// Key store on one SQLite file.
pub struct SqliteKeyStore {
    master: MasterKey,
    random: Random,
    /// Subjects whose key someone waits for; whoever gets the connection first makes them all, under one flush.
    wanted: Mutex<Vec<Arc<Wanted>>>,
    conn: Mutex<Connection>,
    /// Changed only by who holds `conn`.
    cache: Mutex<Cache>,
}

struct Wanted {
    ente: String,
    subject: Uuid,
    made: OnceLock<Result<Arc<DataKey>, KeyStoreError>>,
}

/// Known keys by (ente, subject) and by (ente, id); `None` is a destroyed one.
#[derive(Default)]
struct Cache {
    subjects: HashMap<(String, Uuid), Option<Arc<DataKey>>>,
    ids: HashMap<(String, Uuid), Option<Arc<DataKey>>>,
}

impl Cache {
    fn make_room(&mut self) {
        if self.subjects.len() + self.ids.len() >= CACHE {
            *self = Self::default();
        }
    }
}

impl SqliteKeyStore {
    /// Opens the file, making it when it does not exist.
    ///
    /// # Errors
    /// [`OpenError`]; [`OpenError::WrongMasterKey`] when its keys were wrapped by another master key.
    pub fn open(path: &Path, master: MasterKey, random: Random) -> Result<Self, OpenError> {
        let failed = |source| OpenError::sqlite(path, source);
        let conn = database::open(path, &KEYS)?;
        conn.pragma_update(None, "secure_delete", true).map_err(failed)?;
        let stored: Option<Vec<u8>> =
            conn.query_row("SELECT wrapped FROM prova", [], |row| row.get(0)).optional().map_err(failed)?;
        if let Some(wrapped) = stored {
            let opened = master.unwrap(Uuid::nil(), &wrapped);
            opened.map_err(|_| OpenError::WrongMasterKey { path: path.to_owned() })?;
        } else {
            let mut bytes = [0; 32];
            random(&mut bytes);
            let wrapped = master.wrap(&DataKey::new(Uuid::nil(), bytes), &nonce(&random));
            conn.execute("INSERT INTO prova (uno, wrapped) VALUES (1, ?1)", [wrapped]).map_err(failed)?;
        }
        let (wanted, cache) = (Mutex::default(), Mutex::default());
        Ok(Self { master, random, wanted, conn: Mutex::new(conn), cache })
    }

    /// Reads or makes the keys of a group, and makes the new ones durable together.
    fn make(&self, conn: &mut Connection, group: &[Arc<Wanted>]) {
        match self.find_or_draw(conn, group) {
            Ok(keys) => {
                let mut cache = lock(&self.cache);
                cache.make_room();
                for (wanted, key) in group.iter().zip(keys) {
                    if let Ok(found) = &key {
                        if let Some(key) = found {
                            cache.ids.insert((wanted.ente.clone(), key.id()), Some(key.clone()));
                        }
                        cache.subjects.insert((wanted.ente.clone(), wanted.subject), found.clone());
                    }
                    let _ = wanted.made.set(key.and_then(|found| found.ok_or(KeyStoreError::Destroyed)));
                }
            }
            Err(error) => {
                for wanted in group {
                    let _ = wanted.made.set(Err(unavailable(&error)));
                }
            }
        }
    }

    /// For each subject its key, or `None` when it was destroyed.
    fn find_or_draw(
        &self,
        conn: &mut Connection,
        group: &[Arc<Wanted>],
    ) -> rusqlite::Result<Vec<Result<Option<Arc<DataKey>>, KeyStoreError>>> {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut keys = Vec::with_capacity(group.len());
        {
            let mut find =
                transaction.prepare_cached("SELECT id, wrapped FROM chiave WHERE ente = ?1 AND subject = ?2")?;
            let mut insert = transaction
                .prepare_cached("INSERT INTO chiave (ente, subject, id, wrapped) VALUES (?1, ?2, ?3, ?4)")?;
            for Wanted { ente, subject, .. } in group.iter().map(|wanted| &**wanted) {
                let found = find.query_row(params![ente, subject.as_bytes()], |row| {
                    Ok((Uuid::from_bytes(row.get(0)?), row.get::<_, Option<Vec<u8>>>(1)?))
                });
                keys.push(match found.optional()? {
                    Some((_, None)) => Ok(None),
                    Some((id, Some(wrapped))) => self.master.unwrap(id, &wrapped).map(|key| Some(Arc::new(key))),
                    None => {
                        let key = draw_key(&self.random);
                        let wrapped = self.master.wrap(&key, &nonce(&self.random));
                        insert.execute(params![ente, subject.as_bytes(), key.id().as_bytes(), wrapped])?;
                        Ok(Some(Arc::new(key)))
                    }
                });
            }
        }
        transaction.commit()?;
        Ok(keys)
    }

    fn destroy_row(&self, conn: &mut Connection, ente: &str, subject: Uuid) -> rusqlite::Result<Uuid> {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A subject without a key gets a destroyed one, so that none is made later.
        let id = transaction.query_row(
            "INSERT INTO chiave (ente, subject, id, wrapped) VALUES (?1, ?2, ?3, NULL)
             ON CONFLICT (ente, subject) DO UPDATE SET wrapped = NULL RETURNING id",
            params![ente, subject.as_bytes(), draw_key(&self.random).id().as_bytes()],
            |row| row.get(0),
        )?;
        transaction.commit()?;
        Ok(Uuid::from_bytes(id))
    }
}

impl KeyStore for SqliteKeyStore {
    fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, KeyStoreError> {
        if let Some(known) = lock(&self.cache).subjects.get(&(ente.to_owned(), subject)) {
            return known.clone().ok_or(KeyStoreError::Destroyed);
        }
        let wanted = Arc::new(Wanted { ente: ente.to_owned(), subject, made: OnceLock::new() });
        lock(&self.wanted).push(wanted.clone());
        let mut conn = lock(&self.conn);
        if wanted.made.get().is_none() {
            let group = std::mem::take(&mut *lock(&self.wanted));
            self.make(&mut conn, &group);
        }
        let unmade = || Err(KeyStoreError::Unavailable("the keys were not made".into()));
        wanted.made.get().cloned().unwrap_or_else(unmade)
    }

    fn at_hand(&self, ente: &str, subject: Uuid) -> Option<Arc<DataKey>> {
        lock(&self.cache).subjects.get(&(ente.to_owned(), subject)).cloned().flatten()
    }

    fn key(&self, ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError> {
        if let Some(known) = lock(&self.cache).ids.get(&(ente.to_owned(), id)) {
            return Ok(known.clone());
        }
        let conn = lock(&self.conn);
        let read = || -> rusqlite::Result<Option<Option<Vec<u8>>>> {
            let mut find = conn.prepare_cached("SELECT wrapped FROM chiave WHERE id = ?1 AND ente = ?2")?;
            find.query_row(params![id.as_bytes(), ente], |row| row.get(0)).optional()
        };
        let wrapped = read().map_err(|error| unavailable(&error))?.ok_or_else(|| KeyStoreError::missing(id))?;
        let key = wrapped.map(|wrapped| self.master.unwrap(id, &wrapped).map(Arc::new)).transpose()?;
        let mut cache = lock(&self.cache);
        cache.make_room();
        cache.ids.insert((ente.to_owned(), id), key.clone());
        Ok(key)
    }

    fn destroy(&self, ente: &str, subject: Uuid) -> Result<(), KeyStoreError> {
        let mut conn = lock(&self.conn);
        let id = self.destroy_row(&mut conn, ente, subject).map_err(|error| unavailable(&error))?;
        let mut cache = lock(&self.cache);
        cache.subjects.insert((ente.to_owned(), subject), None);
        cache.ids.insert((ente.to_owned(), id), None);
        drop(cache);
        // The old row still stands in the write-ahead log until it is emptied.
        let busy: i64 = conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|error| unavailable(&error))?;
        if busy == 0 {
            Ok(())
        } else {
            Err(KeyStoreError::Unavailable("another program reads the key store: repeat the destruction".into()))
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic leaves half done is a transaction, and that was rolled back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn nonce(random: &Random) -> Nonce {
    let mut nonce = [0; 24];
    random(&mut nonce);
    nonce
}

fn unavailable(error: &rusqlite::Error) -> KeyStoreError {
    KeyStoreError::Unavailable(error.to_string())
}
