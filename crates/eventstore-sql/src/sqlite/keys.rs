//! Data keys in a file of their own, wrapped by the master key.
//!
//! They stand apart from the log so that destroying one leaves no copy: the row's material is overwritten
//! (`secure_delete`) and the write-ahead log is emptied before the call returns. Backups of this file are the operator's
//! to expire.

use super::database::{self, KEYS};
use crate::OpenError;
use crate::key_cache::{KeyCache, Known, another_key, draw, draw_proof, lock, prove_all, proves};
use eventstore::memory::draw_key;
use eventstore::transfer::{KeyTransfer, WrappedKey};
use eventstore::{DataKey, KeyStore, KeyStoreError, MasterKey, Random, limits};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use uuid::Uuid;

/// Keys that are brought to hand under one lock of the connection: those who file wait for it too.
const PREFETCH: usize = 500;

/// Key store on one SQLite file.
pub struct SqliteKeyStore {
    master: MasterKey,
    random: Random,
    /// Subjects whose key someone waits for; whoever gets the connection first makes them all, under one flush.
    wanted: Mutex<Vec<Arc<Wanted>>>,
    conn: Mutex<Connection>,
    /// Changed only by who holds `conn`.
    cache: Mutex<KeyCache>,
}

/// A key as it is stored; `None` once it was destroyed.
type Wrapped = Option<Vec<u8>>;

struct Wanted {
    ente: String,
    subject: Uuid,
    made: OnceLock<Result<Arc<DataKey>, KeyStoreError>>,
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
        if let Some(proof) = stored {
            if !proves(&master, &proof) {
                return Err(OpenError::WrongMasterKey { place: path.display().to_string() });
            }
        } else {
            let proof = draw_proof(&master, &random);
            conn.execute("INSERT INTO prova (uno, wrapped) VALUES (1, ?1)", [proof]).map_err(failed)?;
        }
        let cache = Mutex::new(KeyCache::new());
        Ok(Self { master, random, wanted: Mutex::default(), conn: Mutex::new(conn), cache })
    }

    /// Reads or makes the keys of a group, and makes the new ones durable together.
    fn make(&self, conn: &mut Connection, group: &[Arc<Wanted>]) {
        match self.find_or_draw(conn, group) {
            Ok(keys) => {
                let mut cache = lock(&self.cache);
                for (wanted, key) in group.iter().zip(keys) {
                    if let Ok((id, known)) = &key {
                        let seen = cache.seen();
                        cache.put(seen, &wanted.ente, Some(wanted.subject), *id, known);
                    }
                    let key = key.and_then(|(_, known)| known.ok_or(KeyStoreError::Destroyed));
                    let _ = wanted.made.set(key);
                }
            }
            Err(error) => {
                for wanted in group {
                    let _ = wanted.made.set(Err(unavailable(&error)));
                }
            }
        }
    }

    /// For each subject the id of its key, and the key unless it was destroyed.
    fn find_or_draw(
        &self,
        conn: &mut Connection,
        group: &[Arc<Wanted>],
    ) -> rusqlite::Result<Vec<Result<(Uuid, Known), KeyStoreError>>> {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut keys = Vec::with_capacity(group.len());
        {
            let mut find =
                transaction.prepare_cached("SELECT id, wrapped FROM chiave WHERE ente = ?1 AND subject = ?2")?;
            let mut insert = transaction
                .prepare_cached("INSERT INTO chiave (ente, subject, id, wrapped) VALUES (?1, ?2, ?3, ?4)")?;
            for Wanted { ente, subject, .. } in group.iter().map(|wanted| &**wanted) {
                let found = find.query_row(params![ente, subject.as_bytes()], |row| {
                    Ok((Uuid::from_bytes(row.get(0)?), row.get::<_, Wrapped>(1)?))
                });
                keys.push(if let Some((id, wrapped)) = found.optional()? {
                    self.unwrap(id, wrapped.as_deref()).map(|known| (id, known))
                } else {
                    let (key, wrapped) = draw(&self.master, &self.random);
                    insert.execute(params![ente, subject.as_bytes(), key.id().as_bytes(), wrapped])?;
                    Ok((key.id(), Some(Arc::new(key))))
                });
            }
        }
        transaction.commit()?;
        Ok(keys)
    }

    fn unwrap(&self, id: Uuid, wrapped: Option<&[u8]>) -> Result<Known, KeyStoreError> {
        wrapped.map(|wrapped| self.master.unwrap(id, wrapped).map(Arc::new)).transpose()
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
        if let Some(known) = lock(&self.cache).subject(ente, subject) {
            return known.ok_or(KeyStoreError::Destroyed);
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
        lock(&self.cache).subject(ente, subject).flatten()
    }

    fn prefetch(&self, ente: &str, ids: &[Uuid]) -> Result<(), KeyStoreError> {
        let missing: Vec<Uuid> = {
            let cache = lock(&self.cache);
            ids.iter().copied().filter(|id| cache.id(ente, *id).is_none()).collect()
        };
        for chunk in missing.chunks(PREFETCH) {
            let conn = lock(&self.conn);
            let found: Vec<_> = chunk
                .iter()
                .filter_map(|id| find(&conn, ente, *id).map(|row| row.map(|wrapped| (*id, wrapped))).transpose())
                .collect::<rusqlite::Result<_>>()
                .map_err(|error| unavailable(&error))?;
            for (id, wrapped) in found {
                let known = self.unwrap(id, wrapped.as_deref())?;
                let mut cache = lock(&self.cache);
                let seen = cache.seen();
                cache.put(seen, ente, None, id, &known);
            }
        }
        Ok(())
    }

    fn key(&self, ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError> {
        if let Some(known) = lock(&self.cache).id(ente, id) {
            return Ok(known);
        }
        let conn = lock(&self.conn);
        let wrapped = find(&conn, ente, id).map_err(|error| unavailable(&error))?;
        let known = self.unwrap(id, wrapped.ok_or_else(|| KeyStoreError::missing(id))?.as_deref())?;
        let mut cache = lock(&self.cache);
        let seen = cache.seen();
        cache.put(seen, ente, None, id, &known);
        Ok(known)
    }

    fn destroy(&self, ente: &str, subject: Uuid) -> Result<(), KeyStoreError> {
        let mut conn = lock(&self.conn);
        let id = self.destroy_row(&mut conn, ente, subject).map_err(|error| unavailable(&error))?;
        lock(&self.cache).destroyed(ente, subject, id);
        empty_log(&conn)
    }
}

impl KeyTransfer for SqliteKeyStore {
    fn wrapped_keys(&self, ente: &str, after: Option<Uuid>, limit: usize) -> Result<Vec<WrappedKey>, KeyStoreError> {
        // Every blob is above the empty one.
        let after = after.map_or_else(Vec::new, |subject| subject.as_bytes().to_vec());
        let conn = lock(&self.conn);
        let read = || -> rusqlite::Result<Vec<WrappedKey>> {
            let mut statement = conn.prepare_cached(
                "SELECT subject, id, wrapped FROM chiave WHERE ente = ?1 AND subject > ?2 ORDER BY subject LIMIT ?3",
            )?;
            let rows = statement.query_map(params![ente, after, limit.min(limits::PAGE) as i64], |row| {
                let (subject, id) = (Uuid::from_bytes(row.get(0)?), Uuid::from_bytes(row.get(1)?));
                Ok(WrappedKey { subject, id, wrapped: row.get(2)? })
            })?;
            rows.collect()
        };
        read().map_err(|error| unavailable(&error))
    }

    fn put_wrapped_keys(&self, ente: &str, keys: &[WrappedKey]) -> Result<(), KeyStoreError> {
        prove_all(&self.master, keys)?;
        let mut conn = lock(&self.conn);
        put_rows(&mut conn, ente, keys).map_err(|error| unavailable(&error))??;
        let mut destroyed = keys.iter().filter(|key| key.wrapped.is_none()).peekable();
        let any = destroyed.peek().is_some();
        let mut cache = lock(&self.cache);
        destroyed.for_each(|key| cache.destroyed(ente, key.subject, key.id));
        drop(cache);
        if any { empty_log(&conn) } else { Ok(()) }
    }
}

/// The key as it is stored, if it is here.
fn find(conn: &Connection, ente: &str, id: Uuid) -> rusqlite::Result<Option<Wrapped>> {
    let mut find = conn.prepare_cached("SELECT wrapped FROM chiave WHERE id = ?1 AND ente = ?2")?;
    find.query_row(params![id.as_bytes(), ente], |row| row.get(0)).optional()
}

/// All or none: the inner error is a subject that has another key.
fn put_rows(conn: &mut Connection, ente: &str, keys: &[WrappedKey]) -> rusqlite::Result<Result<(), KeyStoreError>> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut put = transaction.prepare_cached(
            "INSERT INTO chiave (ente, subject, id, wrapped) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (ente, subject) DO UPDATE SET
                 wrapped = CASE WHEN excluded.wrapped IS NULL THEN NULL ELSE wrapped END
             RETURNING id",
        )?;
        for WrappedKey { subject, id, wrapped } in keys {
            let values = params![ente, subject.as_bytes(), id.as_bytes(), wrapped];
            let stored = put.query_row(values, |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
            if stored != *id {
                return Ok(Err(another_key(*subject)));
            }
        }
    }
    transaction.commit()?;
    Ok(Ok(()))
}

/// What was overwritten still stands in the write-ahead log until it is emptied.
fn empty_log(conn: &Connection) -> Result<(), KeyStoreError> {
    let busy: i64 =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(|error| unavailable(&error))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(KeyStoreError::Unavailable("another program reads the key store: repeat the destruction".into()))
    }
}

fn unavailable(error: &rusqlite::Error) -> KeyStoreError {
    KeyStoreError::Unavailable(error.to_string())
}
