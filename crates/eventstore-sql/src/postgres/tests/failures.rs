//! Connections that break, a database that refuses for a while.

use super::{execute, open, raw};
use crate::postgres::PostgresStore;
use crate::{OpenError, Sizes};
use eventstore::contract::{ENTE, Filing, batch, checked_log, file, item, noon, numbers, numero};
use eventstore::{AppendError, EventStore, Expected, ManualClock};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use test_postgres::TestDatabase;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Every connection of the engine is killed again and again; nobody notices, and nothing is stored twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_connections_are_made_good() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    let filing = tokio::spawn({
        let store = store.clone();
        async move {
            for n in 0..150_u64 {
                let filing = Filing::new(&format!("f-{n}")).keyed(&format!("k-{n}"), 1);
                match file(&*store, ENTE, filing).await {
                    Ok(appended) => assert_eq!(numero(&appended), n + 1),
                    Err(AppendError::AlreadyApplied { first, .. }) => assert_eq!(first, n + 1),
                    Err(error) => panic!("filing {n}: {error}"),
                }
            }
        }
    });
    let mut raw = raw(&database).await;
    while !filing.is_finished() {
        execute(&mut raw, KILL).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    filing.await.unwrap();
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026), (1..=150).collect::<Vec<_>>());
    // The listener came back too.
    let other = open(&database).await;
    let mut wake = store.wake(ENTE);
    let stored = other.append(ENTE, batch(vec![item("a-1", Expected::Any, 1)])).await.unwrap();
    let woken = wake.wait_for(|position| *position >= stored.last);
    tokio::time::timeout(Duration::from_secs(10), woken).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_is_unavailable_until_it_is_not() {
    let database = TestDatabase::create().await;
    file(&*open(&database).await, ENTE, Filing::new("f-1")).await.unwrap();
    let mut raw = raw(&database).await;
    let set = format!("ALTER DATABASE {} SET default_transaction_read_only =", database.name());
    execute(&mut raw, &format!("{set} on")).await.unwrap();
    let store = open(&database).await;
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("f-2"))).await;
    assert!(matches!(refused, Err(AppendError::Unavailable { .. })), "{refused:?}");
    assert_eq!(store.read_all(ENTE, 0, 10).await.unwrap().len(), 1, "reading goes on");
    execute(&mut raw, &format!("{set} off; {KILL}")).await.unwrap();
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.unwrap()), 2);
}

/// A vanished node's lock keeps nobody waiting for longer than the limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_not_given_back_makes_unavailable() {
    let database = TestDatabase::create().await;
    let store = open(&database).await;
    file(&*store, ENTE, Filing::new("f-1")).await.unwrap();
    let mut holder = raw(&database).await;
    execute(&mut holder, "BEGIN; SELECT FROM registro.ente_head FOR UPDATE").await.unwrap();
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("f-2"))).await;
    assert!(matches!(refused, Err(AppendError::Unavailable { .. })), "{refused:?}");
    execute(&mut holder, "ROLLBACK").await.unwrap();
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-2")).await.unwrap()), 2);
}

const PASS: u8 = 0;
/// The next answer of the server does not arrive.
const LOSE_ANSWER: u8 = 1;
/// The next request does not arrive.
const LOSE_REQUEST: u8 = 2;
/// The next answer does not arrive, and then nothing does.
const LOSE_ANSWER_AND_ALL: u8 = 3;
const REFUSE: u8 = 4;

/// A wire to the database that breaks when it is told to.
struct Wire {
    port: u16,
    fault: Arc<AtomicU8>,
}

impl Wire {
    async fn new(database: &TestDatabase) -> Self {
        let options: sqlx::postgres::PgConnectOptions = database.url().parse().unwrap();
        let server = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, fault) = (listener.local_addr().unwrap().port(), Arc::new(AtomicU8::new(PASS)));
        let told = fault.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if told.load(Ordering::SeqCst) != REFUSE {
                    let server = TcpStream::connect(server.clone()).await.unwrap();
                    tokio::spawn(carry(client, server, told.clone()));
                }
            }
        });
        Self { port, fault }
    }

    /// A node behind the wire, whose writer has connected. Its other connections are made with the database directly.
    async fn open(&self, database: &TestDatabase) -> Result<Arc<PostgresStore>, OpenError> {
        let mut store =
            PostgresStore::open(database.url(), Arc::new(ManualClock::new(noon())), Sizes::default()).await?;
        store.write_through(self.port);
        let store = Arc::new(store);
        file(&*store, ENTE, Filing::new("f-1")).await.unwrap();
        file(&*store, ENTE, Filing::new("f-2")).await.unwrap();
        Ok(store)
    }
}

/// Carries until the wire breaks.
async fn carry(mut client: TcpStream, mut server: TcpStream, fault: Arc<AtomicU8>) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(n) if n > 0 => {
                    if fault.compare_exchange(LOSE_REQUEST, PASS, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                        return;
                    }
                    server.write_all(&asked[..n]).await.unwrap();
                }
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(n) if n > 0 => {
                    let lost = |from, to| fault.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok();
                    if lost(LOSE_ANSWER, PASS) || lost(LOSE_ANSWER_AND_ALL, REFUSE) {
                        return;
                    }
                    if client.write_all(&answered[..n]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

/// The commit stands, its answer was lost: the engine finds out and gives the number. Or the write never arrived: it is
/// written again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_found_out() {
    let database = TestDatabase::create().await;
    let wire = Wire::new(&database).await;
    let store = wire.open(&database).await.unwrap();
    for (n, fault) in [(3, LOSE_ANSWER), (4, LOSE_REQUEST), (5, LOSE_ANSWER), (6, LOSE_REQUEST)] {
        wire.fault.store(fault, Ordering::SeqCst);
        let filed = store.append_registered(ENTE, Arc::new(Filing::new(&format!("f-{n}")))).await;
        assert_eq!(wire.fault.load(Ordering::SeqCst), PASS, "the wire did break");
        assert_eq!(numero(&filed.unwrap()), n, "once and only once");
    }
    assert_eq!(numbers(&checked_log(&*store, ENTE).await, 2026), (1..=6).collect::<Vec<_>>());
}

/// The commit stands, but nobody can tell: the caller is told so, and finds it by its key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_cannot_be_found_out_is_unknown() {
    let database = TestDatabase::create().await;
    let wire = Wire::new(&database).await;
    let store = wire.open(&database).await.unwrap();
    wire.fault.store(LOSE_ANSWER_AND_ALL, Ordering::SeqCst);
    let filed = store.append_registered(ENTE, Arc::new(Filing::new("f-3").keyed("k", 1))).await;
    assert!(matches!(filed, Err(AppendError::Unknown(_))), "{filed:?}");
    let refused = store.append_registered(ENTE, Arc::new(Filing::new("f-4"))).await;
    assert!(matches!(refused, Err(AppendError::Unavailable { .. })), "{refused:?}");
    wire.fault.store(PASS, Ordering::SeqCst);
    let again = file(&*store, ENTE, Filing::new("f-3").keyed("k", 1)).await;
    assert_eq!(again, Err(AppendError::AlreadyApplied { first: 3, last: 3 }));
    assert_eq!(numero(&file(&*store, ENTE, Filing::new("f-4")).await.unwrap()), 4);
}
