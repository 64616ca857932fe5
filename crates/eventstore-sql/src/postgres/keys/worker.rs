//! The thread that talks to the database for callers who cannot wait asynchronously.
//!
//! Keys that are wanted go through a queue of their own: what waits is made in one commit. All other questions are answered
//! by a few loops, so that a long one does not hold up those after it.

use super::{listener, tables};
use crate::key_cache::KeyCache;
use crate::postgres::connect::{self, CONNECT, durable};
use eventstore::KeyStoreError;
use eventstore::transfer::WrappedKey;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

/// Requests that may wait, in each of the two queues; beyond it the answer is "unavailable".
const QUEUE: usize = 1_024;
/// Keys made in one commit at most.
const GROUP: usize = 500;
/// Connections: one that makes keys, two that answer questions.
const CONNECTIONS: u32 = 3;
/// Limit of making the schema, or waiting for a node that makes it.
const OPEN: Duration = Duration::from_secs(10);
/// Limit of one statement or small transaction.
const STATEMENT: Duration = Duration::from_secs(4);
/// Limit of clearing the table after a destruction.
const VACUUM: Duration = Duration::from_mins(1);

/// Where the answer goes; it has room for one, so that answering never blocks.
pub(super) type Answer<T> = SyncSender<Result<T, KeyStoreError>>;

/// A key as it is stored; `wrapped` is `None` once it was destroyed.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub id: Uuid,
    pub wrapped: Option<Vec<u8>>,
}

/// The key of a subject is wanted; `made` becomes it unless there is one.
pub(super) struct Wish {
    pub ente: String,
    pub subject: Uuid,
    pub made: Made,
}

/// A question.
pub(super) enum Ask {
    /// Those of these keys that are here.
    Find { ente: String, ids: Vec<Uuid>, answer: Answer<Vec<Made>> },
    /// Overwrites the key of a subject: the id of the destroyed key, `id` if it had none.
    Destroy { ente: String, subject: Uuid, id: Uuid, answer: Answer<Uuid> },
    /// Clears what overwriting left behind.
    Vacuum { answer: Answer<()> },
    /// Keys in order of subject.
    List { ente: String, after: Option<Uuid>, limit: usize, answer: Answer<Vec<WrappedKey>> },
    /// Stores keys.
    Put { ente: String, keys: Vec<WrappedKey>, answer: Answer<()> },
}

/// A request, and when its caller stops waiting.
pub(super) struct Waiting<T> {
    pub until: Instant,
    pub request: T,
}

impl<T> Waiting<T> {
    fn is_awaited(&self) -> bool {
        Instant::now() < self.until
    }
}

/// Both queues of the thread. It ends when they are dropped.
pub(super) struct Queues {
    pub wishes: Sender<Waiting<(Wish, Answer<Made>)>>,
    pub asks: Sender<Waiting<Ask>>,
}

type Wishes = Receiver<Waiting<(Wish, Answer<Made>)>>;
type Asks = tokio::sync::Mutex<Receiver<Waiting<Ask>>>;

/// What stands in the database when it is opened.
pub(super) struct Opened {
    /// Version of the layout.
    pub layout: i64,
    /// Proof of the master key.
    pub proof: Vec<u8>,
}

/// Why the thread did not come up.
pub(super) enum NotStarted {
    Thread(std::io::Error),
    Database(sqlx::Error),
}

/// Starts the thread and opens the database on it; `proof` is stored if there is none yet.
pub(super) async fn start(
    options: PgConnectOptions,
    proof: Vec<u8>,
    cache: Arc<Mutex<KeyCache>>,
) -> Result<(Queues, Opened), NotStarted> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(NotStarted::Thread)?;
    let (wishes, wished) = channel(QUEUE);
    let (asks, asked) = channel(QUEUE);
    let (open, opened) = oneshot::channel();
    std::thread::Builder::new()
        .name("postgres-keys".into())
        .spawn(move || runtime.block_on(work(&options, &proof, &cache, open, wished, asked)))
        .map_err(NotStarted::Thread)?;
    let opened = opened.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)).map_err(NotStarted::Database)?;
    Ok((Queues { wishes, asks }, opened))
}

async fn work(
    options: &PgConnectOptions,
    proof: &[u8],
    cache: &Mutex<KeyCache>,
    open: oneshot::Sender<sqlx::Result<Opened>>,
    wishes: Wishes,
    asks: Receiver<Waiting<Ask>>,
) {
    let (opened, listener) = match prepare(options, proof).await {
        Ok(ready) => ready,
        Err(error) => {
            // Nobody listens any more when opening was given up; then there is nobody to tell.
            drop(open.send(Err(error)));
            return;
        }
    };
    drop(open.send(Ok(opened)));
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT)
        .after_connect(|conn, _| Box::pin(durable(conn)))
        .connect_lazy_with(options.clone());
    let asks = tokio::sync::Mutex::new(asks);
    let serve = async { tokio::join!(make(&pool, wishes), answer(&pool, &asks), answer(&pool, &asks)) };
    tokio::select! {
        _ = serve => {}
        () = listener::listen(listener, options, cache) => {}
    }
    // A connection that does not part in time is cut off with the thread.
    drop(timeout(CONNECT, pool.close()).await);
}

async fn prepare(options: &PgConnectOptions, proof: &[u8]) -> sqlx::Result<(Opened, PgListener)> {
    let open = async {
        let mut conn = connect::writer(options).await?;
        let (layout, proof) = tables::prepare(&mut conn, proof).await?;
        conn.close().await?;
        Ok(Opened { layout, proof })
    };
    let opened = timeout(OPEN, open).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    Ok((opened, listener::connect(options).await?))
}

/// Runs a piece of work on a connection. One that does not answer in time is cut off, not used again.
async fn lend<T>(
    pool: &PgPool,
    limit: Duration,
    work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
) -> Result<T, KeyStoreError> {
    let unavailable = |error: sqlx::Error| KeyStoreError::Unavailable(error.to_string());
    let mut conn = pool.acquire().await.map_err(unavailable)?;
    if let Ok(result) = timeout(limit, work(&mut conn)).await {
        return result.map_err(unavailable);
    }
    drop(conn.detach());
    Err(KeyStoreError::Unavailable(format!("the database did not answer within {} s", limit.as_secs())))
}

async fn make(pool: &PgPool, mut wishes: Wishes) {
    while let Some(first) = wishes.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = wishes.try_recv()
        {
            group.push(next);
        }
        group.retain(Waiting::is_awaited);
        let (wanted, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|waiting| waiting.request).unzip();
        let subjects: Vec<_> = wanted.iter().map(|wish| (wish.ente.clone(), wish.subject)).collect();
        let made = lend(pool, STATEMENT, async |conn| tables::make(conn, wanted).await).await;
        for (subject, answer) in subjects.iter().zip(answers) {
            let unmade = || KeyStoreError::Unavailable("the key was not made".into());
            let key = made.as_ref().map_err(Clone::clone);
            tell(&answer, key.and_then(|made| made.get(subject).cloned().ok_or_else(unmade)));
        }
    }
}

async fn answer(pool: &PgPool, asks: &Asks) {
    loop {
        let Some(waiting) = asks.lock().await.recv().await else { return };
        if !waiting.is_awaited() {
            continue;
        }
        match waiting.request {
            Ask::Find { ente, ids, answer } => {
                let found = lend(pool, STATEMENT, async |conn| tables::find(conn, &ente, &ids).await);
                tell(&answer, found.await);
            }
            Ask::Destroy { ente, subject, id, answer } => {
                let gone = lend(pool, STATEMENT, async |conn| tables::destroy(conn, &ente, subject, id).await);
                tell(&answer, gone.await);
            }
            Ask::Vacuum { answer } => tell(&answer, lend(pool, VACUUM, tables::vacuum).await),
            Ask::List { ente, after, limit, answer } => {
                let keys = lend(pool, STATEMENT, async |conn| tables::list(conn, &ente, after, limit as i64).await);
                tell(&answer, keys.await);
            }
            Ask::Put { ente, keys, answer } => {
                let put = lend(pool, STATEMENT, async |conn| tables::put(conn, &ente, &keys).await);
                tell(&answer, put.await.and_then(|stored| stored));
            }
        }
    }
}

/// A caller whose time was up has gone; the answer is nobody's then, and repeating the question gives it again.
fn tell<T>(answer: &Answer<T>, result: Result<T, KeyStoreError>) {
    drop(answer.try_send(result));
}
