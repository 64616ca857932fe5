//! The key store.

use super::super::{OpenError, SqliteKeyStore};
use eventstore::{KeyStore, MasterKey, system_random};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

fn open(folder: &Path, master: u8) -> Result<SqliteKeyStore, OpenError> {
    SqliteKeyStore::open(&folder.join("chiavi.db"), MasterKey::new([master; 32]), system_random())
}

#[test]
fn it_does_what_every_key_store_does() {
    let folder = tempfile::tempdir().unwrap();
    eventstore::contract::key_store(&open(folder.path(), 1).unwrap());
}

#[test]
fn keys_are_kept_and_need_their_master_key() {
    let folder = tempfile::tempdir().unwrap();
    let (ada, bruno) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let store = open(folder.path(), 1).unwrap();
    let key = store.key_of("c_a000", ada).unwrap().id();
    let gone = store.key_of("c_a000", bruno).unwrap().id();
    store.destroy("c_a000", bruno).unwrap();
    drop(store);

    let error = open(folder.path(), 2).err().unwrap();
    assert!(matches!(error, OpenError::WrongMasterKey { .. }), "{error}");
    let store = open(folder.path(), 1).unwrap();
    assert_eq!(store.key("c_a000", key).unwrap().unwrap().id(), key);
    assert_eq!(store.key_of("c_a000", ada).unwrap().id(), key);
    assert!(store.key("c_a000", gone).unwrap().is_none());
    assert!(store.key_of("c_a000", bruno).is_err());
}

/// Whoever copies the files after a destruction finds nothing of the key in them.
#[test]
fn a_destroyed_key_leaves_no_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 1).unwrap();
    for n in 1..=200 {
        store.key_of("c_a000", Uuid::from_u128(n)).unwrap();
    }
    let raw = rusqlite::Connection::open(folder.path().join("chiavi.db")).unwrap();
    for n in (1..=200).step_by(9) {
        let subject = Uuid::from_u128(n);
        let wrapped: Vec<u8> = raw
            .query_row("SELECT wrapped FROM chiave WHERE subject = ?1", [subject.as_bytes()], |row| row.get(0))
            .unwrap();
        let found = || {
            let files = fs::read_dir(folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
            files.filter(|bytes| bytes.windows(wrapped.len()).any(|window| window == wrapped)).count()
        };
        assert!(found() > 0);
        store.destroy("c_a000", subject).unwrap();
        assert_eq!(found(), 0, "subject {n}");
    }
}

#[test]
fn many_threads_get_one_key_per_subject() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path(), 1).unwrap());
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                (0..20).map(|n| store.key_of("c_a000", Uuid::from_u128(n)).unwrap().id()).collect::<Vec<_>>()
            })
        })
        .collect();
    let ids: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(ids.iter().all(|of_thread| *of_thread == ids[0]));
}
