//! Tables of older and newer versions, connections, and servers that do not answer.

use super::{Banco, ENTE, at, consegna, on_both_engines};
use crate::database::{self, Dialect};
use crate::{SqlWorkState, answered, layout, limits};
use app::ports::{Consegna, WorkState};
use sqlx::AssertSqlSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

on_both_engines![
    tables_older_than_their_numbering_are_brought_up_to_date,
    tables_of_an_older_version_are_brought_up_to_date,
    tables_of_a_newer_version_are_refused,
];

async fn tables_older_than_their_numbering_are_brought_up_to_date(banco: Banco) {
    first_version(banco, "").await;
}

async fn tables_of_an_older_version_are_brought_up_to_date(banco: Banco) {
    first_version(banco, "CREATE TABLE layout (versione BIGINT PRIMARY KEY); INSERT INTO layout VALUES (1)").await;
}

async fn first_version(banco: Banco, numbering: &'static str) {
    let dialect = Dialect::of(&banco.url);
    let pool = database::connect(&banco.url, dialect).await.unwrap();
    if dialect == Dialect::Postgres {
        sqlx::raw_sql("CREATE SCHEMA lavoro").execute(&pool).await.unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(dialect.text_of(layout::STEPS[0]))).execute(&pool).await.unwrap();
    sqlx::raw_sql(numbering).execute(&pool).await.unwrap();
    let old = sqlx::query(
        "INSERT INTO consegna (ente, dedupe, pratica, tipo, causa, motivo, tentativi, prossimo, creata, stato)
         VALUES ($1, $2, $3, 'lettera', $4, 'presa-in-carico', 0, $5, $5, 'in-coda')",
    );
    let Consegna { dedupe, pratica, causa, prossimo, .. } = consegna(1);
    let old = old.bind(ENTE).bind(dedupe).bind(pratica.to_string()).bind(causa.to_string());
    old.bind(prossimo.as_microsecond()).execute(&pool).await.unwrap();
    pool.close().await;
    for _ in 0..2 {
        let state = banco.open().await;
        assert!(state.hold("notifiche", "a", at(0), at(8)).await.unwrap());
        state.close().await;
    }
    let state = banco.open().await;
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(1)]);
    let steps: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM layout").fetch_one(&state.pool).await.unwrap();
    assert_eq!(steps, layout::STEPS.len() as i64);
}

async fn tables_of_a_newer_version_are_refused(banco: Banco) {
    let state = banco.open().await;
    let next = layout::STEPS.len() as i64 + 1;
    sqlx::query("INSERT INTO layout (versione) VALUES ($1)").bind(next).execute(&state.pool).await.unwrap();
    let refused = SqlWorkState::open(&banco.url).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("layout {next}")) && refused.contains("newer version"), "{refused}");
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    SqlWorkState::open(&format!("sqlite://{}", dir.path().display())).await.unwrap_err();
}

#[tokio::test]
async fn every_connection_is_durable() {
    let banco = Banco::sqlite();
    let state = banco.open().await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = state.pool.acquire().await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await.unwrap();
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
        let overwritten: i64 = sqlx::query_scalar("PRAGMA secure_delete").fetch_one(&mut *connection).await.unwrap();
        assert_eq!((synchronous, journal.as_str(), overwritten), (2, "wal", 1));
        held.push(connection);
    }
}

#[tokio::test]
async fn every_connection_to_postgresql_has_its_schema_and_its_limits() {
    let banco = Banco::postgres().await;
    let state = banco.open().await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut connection = state.pool.acquire().await.unwrap();
        for (setting, expected) in [
            ("search_path", "lavoro"),
            ("statement_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("tcp_keepalives_idle", "10"),
            ("synchronous_commit", "on"),
        ] {
            let value: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(setting)
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            assert_eq!(value, expected, "{setting}");
        }
        held.push(connection);
    }
    let public: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&mut *held[0])
        .await
        .unwrap();
    assert_eq!(public, 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_waits_for_an_answer_no_longer_than_its_limit() {
    let began = tokio::time::Instant::now();
    let never = answered::<()>(std::future::pending()).await.unwrap_err();
    assert!(never.to_string().contains("no answer within 12 s"), "{never}");
    assert_eq!(began.elapsed().as_secs(), limits::ANSWER.as_secs());
}

/// Stands before a server. Told to, it stops passing anything on over the connections it has, and never says so.
struct Silence {
    url: String,
    mute: Arc<AtomicBool>,
    _running: JoinSet<()>,
}

impl Silence {
    async fn before(url: &str) -> Self {
        let (scheme, rest) = url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}@{}/{name}", listener.local_addr().unwrap());
        let (server, mute) = (server.to_owned(), Arc::new(AtomicBool::new(false)));
        let mut running = JoinSet::new();
        let shared = mute.clone();
        running.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&server).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                connections.spawn(pass(from_client, to_server, shared.clone()));
                connections.spawn(pass(from_server, to_client, shared.clone()));
            }
        });
        Self { url, mute, _running: running }
    }
}

async fn pass(from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, mute: Arc<AtomicBool>) {
    let mut buffer = [0; 4096];
    loop {
        from.readable().await.unwrap();
        if mute.load(Ordering::SeqCst) {
            // For good: a line that fell silent stays so.
            std::future::pending::<()>().await;
        }
        match from.try_read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => to.write_all(&buffer[..read]).await.unwrap(),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_costs_no_connection_for_ever() {
    let banco = Banco::postgres().await;
    let silence = Silence::before(&banco.url).await;
    let state = SqlWorkState::open(&silence.url).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(state.pool.acquire().await.unwrap());
    }
    drop(held);
    state.save_session("k".into(), vec![1], at(10)).await.unwrap();
    silence.mute.store(true, Ordering::SeqCst);
    // Nothing comes over the lines any more: time may pass as fast as nobody has anything to do.
    tokio::time::pause();
    let mut asking = JoinSet::new();
    for _ in 0..8 {
        let state = state.clone();
        asking.spawn(async move { state.session("k", at(0)).await.unwrap_err() });
    }
    asking.join_all().await;
    tokio::time::sleep(limits::ACQUIRE + Duration::from_secs(1)).await;
    tokio::time::resume();
    silence.mute.store(false, Ordering::SeqCst);
    assert_eq!(state.session("k", at(0)).await.unwrap(), Some(vec![1]));
}
