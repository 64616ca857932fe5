//! Wake-ups between nodes: a task on a connection that listens and notifies.
//!
//! Notifications are sent after the commit, by their own transaction, because PostgreSQL lets only one transaction with a
//! notification commit at a time: as part of the write they would make the enti wait for each other's flush. A node that
//! dies in between, a connection that is lost: what was not notified is found by looking at the heads now and then.

use super::connect::CONNECT;
use crate::wakes::Wakes;
use eventstore::Position;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Name of the channel; a payload is "ente position".
const CHANNEL: &str = "registro";
/// How often the heads are looked at, whether or not something was heard.
const LOOK: Duration = Duration::from_secs(2);
/// A statement of this task takes no longer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Before the first try to connect again; each further one waits twice as long, up to [`LOOK`].
const PAUSE: Duration = Duration::from_millis(50);

/// Wake-ups of a node.
#[derive(Default)]
pub(super) struct Signals {
    wakes: Wakes,
    /// Own commits that the other nodes were not told of, the last of each ente.
    outbox: Mutex<BTreeMap<String, Position>>,
    posted: Notify,
}

impl Signals {
    pub(super) fn subscribe(&self, ente: &str) -> watch::Receiver<Position> {
        self.wakes.subscribe(ente)
    }

    /// An own commit: here at once, on the other nodes soon.
    pub(super) fn publish(&self, ente: &str, position: Position) {
        self.wakes.publish(ente, position);
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner).insert(ente.to_owned(), position);
        self.posted.notify_one();
    }

    /// Listens and notifies for as long as the task is let to.
    pub(super) async fn run(self: Arc<Self>, options: PgConnectOptions) {
        let options = options.application_name("sportello segnali").options([("synchronous_commit", "off")]);
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            let Err(error) = self.listen(&options).await;
            tracing::warn!("the log's notifications were interrupted: {error}");
            // Only a connection that did not hold is waited for longer and longer.
            pause = if begun.elapsed() > LOOK { PAUSE } else { LOOK.min(pause * 2) };
            sleep(pause).await;
        }
    }

    async fn listen(&self, options: &PgConnectOptions) -> Result<Infallible, sqlx::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(CONNECT)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        in_time(listener.listen(CHANNEL)).await?;
        loop {
            self.look(&mut listener).await?;
            let next = Instant::now() + LOOK;
            loop {
                tokio::select! {
                    heard = listener.try_recv() => match heard? {
                        Some(notification) => self.hear(notification.payload()),
                        None => return Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into()),
                    },
                    () = self.posted.notified() => self.notify(&mut listener).await?,
                    () = sleep_until(next) => break,
                }
            }
        }
    }

    async fn look(&self, listener: &mut PgListener) -> Result<(), sqlx::Error> {
        let heads = sqlx::query_as::<_, (String, i64)>("SELECT ente, position FROM registro.ente_head");
        for (ente, position) in in_time(heads.fetch_all(listener)).await? {
            self.wakes.publish(&ente, position as u64);
        }
        Ok(())
    }

    fn hear(&self, payload: &str) {
        let read = payload.rsplit_once(' ').and_then(|(ente, position)| Some((ente, position.parse().ok()?)));
        let Some((ente, position)) = read else {
            return tracing::warn!("a notification of the log cannot be read: {payload:?}");
        };
        self.wakes.publish(ente, position);
    }

    /// What cannot be told is dropped: the others look at the heads themselves.
    async fn notify(&self, listener: &mut PgListener) -> Result<(), sqlx::Error> {
        let moved = std::mem::take(&mut *self.outbox.lock().unwrap_or_else(PoisonError::into_inner));
        let payloads: Vec<_> = moved.iter().map(|(ente, position)| format!("{ente} {position}")).collect();
        let notify = sqlx::query("SELECT pg_notify($1, n) FROM unnest($2::TEXT[]) AS m (n)");
        in_time(notify.bind(CHANNEL).bind(payloads).execute(listener)).await.map(drop)
    }
}

async fn in_time<T>(statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(DEADLINE, statement)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}
