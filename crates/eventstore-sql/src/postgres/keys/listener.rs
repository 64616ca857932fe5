//! Hearing of keys that other nodes destroyed.

use crate::key_cache::{KeyCache, lock};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

const CHANNEL: &str = "chiavi";
/// Limit of connecting, and of an answer to a sign of life.
const PATIENCE: Duration = Duration::from_secs(3);
/// A connection that says nothing for so long is asked for a sign of life.
const SILENCE: Duration = Duration::from_secs(5);
/// Pauses between attempts to connect.
const PAUSE: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// Connects and listens.
pub(super) async fn connect(options: &PgConnectOptions) -> sqlx::Result<PgListener> {
    // A pool of its own each time: a connection that hangs would keep the only place of an older one.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with(options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    timeout(PATIENCE, listener.listen(CHANNEL)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    Ok(listener)
}

/// Listens for ever. While nothing can be heard the cache keeps nothing, so that no destroyed key is used. The first
/// listener heard everything since before the store was opened: what is in the cache by then stays.
pub(super) async fn listen(first: PgListener, options: &PgConnectOptions, cache: &Mutex<KeyCache>) {
    let mut listener = first;
    loop {
        let lost = follow(&mut listener, cache).await;
        lock(cache).drop_all(false);
        tracing::warn!(
            error = &lost as &dyn std::error::Error,
            "the key store does not hear of destroyed keys: it keeps none in memory"
        );
        drop(listener);
        listener = reconnect(options).await;
        lock(cache).drop_all(true);
    }
}

async fn reconnect(options: &PgConnectOptions) -> PgListener {
    let [mut pause, longest] = PAUSE;
    loop {
        match connect(options).await {
            Ok(listener) => return listener,
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "the key store cannot listen yet"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// Drops what others destroyed, until the connection is lost.
async fn follow(listener: &mut PgListener, cache: &Mutex<KeyCache>) -> sqlx::Error {
    let closed = || sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into());
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => note(notification.payload(), cache),
            Ok(Ok(None)) => return closed(),
            Ok(Err(error)) => return error,
            Err(_) => match timeout(PATIENCE, sqlx::query("SELECT 1").execute(&mut *listener)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return closed(),
            },
        }
    }
}

/// `ente id subject`.
fn note(payload: &str, cache: &Mutex<KeyCache>) {
    let mut words = payload.rsplitn(3, ' ');
    let mut uuid = || words.next().and_then(|word| word.parse::<Uuid>().ok());
    let (subject, id) = (uuid(), uuid());
    if let (Some(ente), Some(id), Some(subject)) = (words.next(), id, subject) {
        lock(cache).destroyed(ente, subject, id);
    } else {
        // Someone else speaks on our channel; what it meant is not known.
        tracing::warn!(payload, "not a message of the key store");
        lock(cache).drop_all(true);
    }
}
