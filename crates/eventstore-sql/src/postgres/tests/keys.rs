//! The key store: one key for all nodes, destroyed for all nodes.

use super::{execute, raw};
use crate::{OpenError, PostgresKeyStore, SqliteKeyStore};
use eventstore::transfer::{KeyTransfer, WrappedKey};
use eventstore::{DataKey, KeyStore, KeyStoreError, MasterKey, system_random};
use sqlx::{Connection as _, PgConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};
use test_postgres::TestDatabase;
use uuid::Uuid;

const ENTE: &str = "c_a000";

fn master(n: u8) -> MasterKey {
    MasterKey::new([n; 32])
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

async fn open(database: &TestDatabase) -> PostgresKeyStore {
    PostgresKeyStore::open(database.url(), master(1), system_random()).await.unwrap()
}

async fn run(url: &str, sql: String) {
    execute(&mut PgConnection::connect(url).await.unwrap(), &sql).await.unwrap();
}

/// Asks again and again: what another node does is seen through its effect only.
async fn until(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_unavailable<T>(answer: Result<T, KeyStoreError>) -> bool {
    matches!(answer, Err(KeyStoreError::Unavailable(_)))
}

#[tokio::test]
async fn it_does_what_every_key_store_does() {
    let database = TestDatabase::create().await;
    eventstore::contract::key_store(&open(&database).await);
}

#[tokio::test]
async fn two_nodes_see_one_key() {
    let database = TestDatabase::create().await;
    // At the same moment: one of them makes the schema.
    let (a, b) = tokio::join!(open(&database), open(&database));
    let key = a.key_of(ENTE, id(1)).unwrap().id();
    assert_eq!(b.key_of(ENTE, id(1)).unwrap().id(), key);
    assert_eq!(b.key(ENTE, key).unwrap().unwrap().id(), key);
    let later = open(&database).await;
    assert!(later.at_hand(ENTE, id(1)).is_none(), "nothing was read yet");
    assert_eq!(later.key(ENTE, key).unwrap().unwrap().id(), key);
    assert_eq!(later.key_of(ENTE, id(1)).unwrap().id(), key);
    assert_eq!(later.at_hand(ENTE, id(1)).unwrap().id(), key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_use_on_many_nodes_ends_in_one_key() {
    let database = TestDatabase::create().await;
    let nodes = [Arc::new(open(&database).await), Arc::new(open(&database).await), Arc::new(open(&database).await)];
    let threads: Vec<_> = (0..12)
        .map(|n| {
            let node = nodes[n % 3].clone();
            std::thread::spawn(move || {
                // Half of them in the opposite order.
                let order = (0..60).map(|i| if n < 6 { i } else { 59 - i });
                let mut keys: Vec<_> = order.map(|i| (i, node.key_of(ENTE, id(i)).unwrap().id())).collect();
                keys.sort_unstable();
                keys
            })
        })
        .collect();
    let keys: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(keys.iter().all(|of_thread| *of_thread == keys[0]));
    let stored = nodes[0].wrapped_keys(ENTE, None, 100).unwrap();
    assert_eq!(stored.len(), 60);
}

/// The other node's row is not seen by the statement that met it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_another_node_is_committing_is_waited_for() {
    let database = TestDatabase::create().await;
    let node = Arc::new(open(&database).await);
    let mut other = raw(&database).await;
    let mut transaction = other.begin().await.unwrap();
    let wrapped = master(1).wrap(&DataKey::new(id(77), [7; 32]), &[9; 24]);
    sqlx::query("INSERT INTO chiavi.chiave VALUES ($1, $2, $3, $4)")
        .bind(ENTE)
        .bind(id(1))
        .bind(id(77))
        .bind(wrapped)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let asking = node.clone();
    let asked = tokio::task::spawn_blocking(move || asking.key_of(ENTE, id(1)).unwrap().id());
    let mut watcher = raw(&database).await;
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watcher).await.unwrap() == 0 {
        assert!(!asked.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    transaction.commit().await.unwrap();
    assert_eq!(asked.await.unwrap(), id(77));
}

#[tokio::test]
async fn a_key_destroyed_on_one_node_is_destroyed_on_the_other() {
    let database = TestDatabase::create().await;
    let (a, b) = (open(&database).await, open(&database).await);
    let key = a.key_of(ENTE, id(1)).unwrap().id();
    assert!(b.key_of(ENTE, id(1)).is_ok() && b.key(ENTE, key).unwrap().is_some());
    a.destroy(ENTE, id(1)).unwrap();
    until(Duration::from_secs(2), "the other node drops the key", || b.at_hand(ENTE, id(1)).is_none()).await;
    assert_eq!(b.key_of(ENTE, id(1)).unwrap_err(), KeyStoreError::Destroyed);
    assert!(b.key(ENTE, key).unwrap().is_none());
    let row: (Option<Vec<u8>>,) =
        sqlx::query_as("SELECT wrapped FROM chiavi.chiave").fetch_one(&mut raw(&database).await).await.unwrap();
    assert_eq!(row.0, None, "the row is kept without its material");
}

/// What happens while a node cannot hear is not missed.
#[tokio::test]
async fn a_node_that_lost_its_connection_keeps_no_key() {
    let database = TestDatabase::create().await;
    let (a, b) = (open(&database).await, open(&database).await);
    a.key_of(ENTE, id(1)).unwrap();
    b.key_of(ENTE, id(1)).unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut raw = raw(&database).await;
    sqlx::query(cut).execute(&mut raw).await.unwrap();
    // As another node would, whose notification nobody hears.
    sqlx::query("UPDATE chiavi.chiave SET wrapped = NULL").execute(&mut raw).await.unwrap();
    for node in [&a, &b] {
        until(Duration::from_secs(2), "all keys are dropped", || node.at_hand(ENTE, id(1)).is_none()).await;
        assert_eq!(node.key_of(ENTE, id(1)).unwrap_err(), KeyStoreError::Destroyed);
    }
    // Both hear again.
    until(Duration::from_secs(5), "keys are kept again", || {
        a.key_of(ENTE, id(2)).unwrap();
        b.key_of(ENTE, id(2)).unwrap();
        a.at_hand(ENTE, id(2)).is_some() && b.at_hand(ENTE, id(2)).is_some()
    })
    .await;
    a.destroy(ENTE, id(2)).unwrap();
    until(Duration::from_secs(2), "the other node hears", || b.at_hand(ENTE, id(2)).is_none()).await;
}

#[tokio::test]
async fn keys_need_their_master_key() {
    let database = TestDatabase::create().await;
    let open_with = |n| PostgresKeyStore::open(database.url(), master(n), system_random());
    // Two new nodes, two master keys: only one of them is right from then on.
    let (one, two) = tokio::join!(open_with(1), open_with(2));
    let (right, wrong) = if one.is_ok() { (1, two) } else { (2, one) };
    assert!(matches!(wrong.err(), Some(OpenError::WrongMasterKey { .. })));
    assert!(open_with(right).await.is_ok());
    assert!(matches!(open_with(3).await.err(), Some(OpenError::WrongMasterKey { .. })));
    run(database.url(), "UPDATE chiavi.layout SET version = 99".into()).await;
    let newer = open_with(right).await.err().unwrap();
    assert!(matches!(&newer, OpenError::Unfit { reason, .. } if reason.contains("layout 99")), "{newer}");
}

#[tokio::test]
async fn a_database_that_is_away_is_told_in_time() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let key = store.key_of(ENTE, id(1)).unwrap().id();
    let name = database.name();
    run(database.admin_url(), format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    run(database.admin_url(), cut).await;
    until(Duration::from_secs(2), "no key is kept", || store.at_hand(ENTE, id(1)).is_none()).await;
    let begun = Instant::now();
    assert!(is_unavailable(store.key_of(ENTE, id(2))));
    assert!(is_unavailable(store.key(ENTE, key)));
    assert!(is_unavailable(store.prefetch(ENTE, &[key])));
    assert!(is_unavailable(store.destroy(ENTE, id(1))));
    assert!(begun.elapsed() < Duration::from_secs(40), "each within ten seconds");
    run(database.admin_url(), format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    assert_eq!(store.key_of(ENTE, id(1)).unwrap().id(), key);
    until(Duration::from_secs(5), "keys are kept again", || {
        store.key_of(ENTE, id(1)).unwrap();
        store.at_hand(ENTE, id(1)).is_some()
    })
    .await;
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told_in_time() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let key = store.key_of(ENTE, id(1)).unwrap().id();
    let mut raw = raw(&database).await;
    let mut lock = raw.begin().await.unwrap();
    sqlx::query("LOCK TABLE chiavi.chiave").execute(&mut *lock).await.unwrap();
    let begun = Instant::now();
    assert!(is_unavailable(store.key_of(ENTE, id(2))));
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(store.at_hand(ENTE, id(1)).unwrap().id(), key, "what is at hand needs no database");
    lock.rollback().await.unwrap();
    assert!(store.key_of(ENTE, id(2)).is_ok());

    let nobody = PostgresKeyStore::open("postgres://u:segreto@127.0.0.1:1/s", master(1), system_random()).await;
    let error = nobody.err().unwrap();
    assert!(matches!(error, OpenError::Postgres { .. }) && !error.to_string().contains("segreto"), "{error}");
}

#[tokio::test]
async fn a_page_of_keys_is_brought_to_hand() {
    let database = TestDatabase::create().await;
    let (a, b) = (open(&database).await, open(&database).await);
    let mut keys: Vec<_> = (0..20).map(|n| a.key_of(ENTE, id(n)).unwrap().id()).collect();
    a.destroy(ENTE, id(7)).unwrap();
    keys.push(id(999));
    b.prefetch(ENTE, &keys).unwrap();
    run(database.url(), "DROP TABLE chiavi.chiave".into()).await;
    for (n, key) in keys[..20].iter().enumerate() {
        assert_eq!(b.key(ENTE, *key).unwrap().is_none(), n == 7, "key {n} is at hand");
    }
    assert!(b.key(ENTE, id(999)).is_err(), "an unknown one is left to `key`");
}

/// All keys of an ente, page by page.
fn all(store: &dyn KeyTransfer) -> Vec<WrappedKey> {
    let mut keys: Vec<WrappedKey> = Vec::new();
    loop {
        let page = store.wrapped_keys(ENTE, keys.last().map(|key| key.subject), 7).unwrap();
        assert!(page.len() <= 7);
        if page.is_empty() {
            return keys;
        }
        keys.extend(page);
    }
}

#[tokio::test]
async fn keys_move_to_sqlite_and_back() {
    let (database, folder) = (TestDatabase::create().await, tempfile::tempdir().unwrap());
    let sqlite = |name| SqliteKeyStore::open(&folder.path().join(name), master(1), system_random()).unwrap();
    let (first, postgres, last) = (sqlite("a.db"), open(&database).await, sqlite("b.db"));
    for n in 0..20 {
        // Ids on both sides of the sign bit: both databases compare them byte by byte.
        let subject = id(n << 123 | n);
        first.key_of(ENTE, subject).unwrap();
        if n % 5 == 0 {
            first.destroy(ENTE, subject).unwrap();
        }
    }
    first.key_of("c_b000", id(1)).unwrap();
    let keys = all(&first);
    assert!(keys.is_sorted_by_key(|key| key.subject) && keys.len() == 20);
    postgres.put_wrapped_keys(ENTE, &keys).unwrap();
    postgres.put_wrapped_keys(ENTE, &keys).unwrap();
    assert_eq!(all(&postgres), keys);
    last.put_wrapped_keys(ENTE, &all(&postgres)).unwrap();
    last.put_wrapped_keys(ENTE, &keys).unwrap();
    assert_eq!(all(&last), keys);
    for WrappedKey { subject, id, wrapped } in &keys {
        for store in [&first as &dyn KeyStore, &postgres, &last] {
            assert_eq!(store.key_of(ENTE, *subject).is_ok(), wrapped.is_some());
            assert_eq!(store.key(ENTE, *id).unwrap().map(|key| key.id()), wrapped.as_ref().map(|_| *id));
        }
    }
}

/// Both engines: what is destroyed on one side ends destroyed, whatever is already at hand; strangers stay outside.
#[tokio::test]
async fn keys_that_are_put_do_not_undo_a_destruction() {
    let (database, folder) = (TestDatabase::create().await, tempfile::tempdir().unwrap());
    let sqlite = SqliteKeyStore::open(&folder.path().join("a.db"), master(1), system_random()).unwrap();
    let (postgres, neighbour) = (open(&database).await, open(&database).await);
    for (store, keys) in
        [(&sqlite as &dyn KeyStore, &sqlite as &dyn KeyTransfer), (&postgres as &dyn KeyStore, &postgres)]
    {
        let wrap = |n, key: u128| {
            let wrapped = master(n).wrap(&DataKey::new(id(key), [n; 32]), &[9; 24]);
            WrappedKey { subject: id(key - 10), id: id(key), wrapped: Some(wrapped) }
        };
        let gone = |key| WrappedKey { wrapped: None, ..wrap(1, key) };
        keys.put_wrapped_keys(ENTE, &[wrap(1, 11), gone(12)]).unwrap();
        assert!(store.key_of(ENTE, id(1)).is_ok());
        assert_eq!(store.key_of(ENTE, id(2)).unwrap_err(), KeyStoreError::Destroyed);
        keys.put_wrapped_keys(ENTE, &[wrap(1, 12), gone(11)]).unwrap();
        for n in [1, 2] {
            assert_eq!(store.key_of(ENTE, id(n)).unwrap_err(), KeyStoreError::Destroyed);
            assert!(store.key(ENTE, id(n + 10)).unwrap().is_none());
        }
        let stranger = keys.put_wrapped_keys(ENTE, &[wrap(1, 13), wrap(2, 14)]);
        assert_eq!(stranger, Err(KeyStoreError::WrongMasterKey));
        let other = WrappedKey { subject: id(1), ..wrap(1, 15) };
        let parted = keys.put_wrapped_keys(ENTE, &[wrap(1, 13), other]);
        assert!(matches!(&parted, Err(KeyStoreError::Unavailable(why)) if why.contains("another key")), "{parted:?}");
        assert_eq!(all(keys), [gone(11), gone(12)], "nothing of a refused call is stored");
    }
    let put = WrappedKey { subject: id(5), id: neighbour.key_of(ENTE, id(5)).unwrap().id(), wrapped: None };
    postgres.put_wrapped_keys(ENTE, &[put]).unwrap();
    until(Duration::from_secs(2), "the other node hears of it", || neighbour.at_hand(ENTE, id(5)).is_none()).await;
    assert_eq!(neighbour.key_of(ENTE, id(5)).unwrap_err(), KeyStoreError::Destroyed);
}
