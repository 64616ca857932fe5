//! The writer of one ente: a task with a connection of its own, one group a commit.
//!
//! Any number of nodes may write to an ente. As long as no other does, a group is one statement: it is settled on what the
//! last group left behind, and written on the condition that the head of the ente is where that group left it
//! ([`super::write`]). A node that finds the head moved looks up what it needs and tries once more; overtaken again, it
//! takes its turns at the lock of the ente for a while ([`Writer::locked`]), so that it cannot be overtaken for ever.

use super::connect;
use super::failure::Failure;
use super::known::Known;
use super::signals::Signals;
use super::write::{fits, write};
use crate::group::Plan;
use crate::pending::{Pending, measure, refuse_all, unavailable};
use crate::recent::Recent;
use eventstore::{AppendError, Clock};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long a statement may take; then the connection is given up.
const DEADLINE: Duration = Duration::from_secs(8);
/// How long to find out what became of a commit.
const FATE: Duration = Duration::from_secs(10);
/// Between two tries to find out.
const FATE_PAUSE: Duration = Duration::from_millis(200);
/// After this time without a request the connection is closed.
const IDLE: Duration = Duration::from_mins(5);
/// Times a group is settled anew because a registration chose streams that had not been looked up.
const ROUNDS: usize = 8;
/// Groups that begin with the lock after another node was faster.
const TURNS: u32 = 64;

pub(super) struct Writer {
    pub(super) ente: String,
    /// Settings of its connection.
    pub(super) options: PgConnectOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signals: Arc<Signals>,
    pub(super) recent: Arc<Recent>,
    /// Requests in the queues of the node.
    pub(super) waiting: Arc<AtomicUsize>,
    /// Requests in a group at most.
    pub(super) limit: usize,
    pub(super) state: State,
}

/// What a writer keeps between two groups.
#[derive(Default)]
pub(super) struct State {
    conn: Option<PgConnection>,
    /// Heads as the last group left them.
    left: Option<Known>,
    /// Groups still to begin with the lock.
    turns: u32,
}

impl Writer {
    /// Serves until the queue is closed and empty.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Pending>) {
        let mut group = Vec::new();
        loop {
            match timeout(IDLE, queue.recv_many(&mut group, self.limit)).await {
                Ok(0) => return,
                Ok(taken) => {
                    let waiting = self.waiting.fetch_sub(taken, Ordering::Relaxed) - taken;
                    if taken == self.limit {
                        metrics::gauge!("eventstore_queue_depth").set(waiting as f64);
                    }
                    self.serve(std::mem::take(&mut group)).await;
                }
                Err(_) => self.state.conn = None,
            }
        }
    }

    async fn serve(&mut self, group: Vec<Pending>) {
        // Halves wait here, the first on top: requests keep their order.
        let mut groups = vec![group];
        while let Some(mut group) = groups.pop() {
            match self.store(&group).await {
                Ok(mut plan) => {
                    self.recent.push(std::mem::take(&mut plan.records));
                    if let Some((ente, head)) = plan.heads().next() {
                        self.signals.publish(ente, head.position);
                    }
                    group.into_iter().zip(plan.answers).for_each(|(pending, answer)| pending.answer(answer));
                }
                Err(Failure::Part(_)) if group.len() > 1 => {
                    metrics::counter!("eventstore_groups_halved_total").increment(1);
                    groups.push(group.split_off(group.len() / 2));
                    groups.push(group);
                }
                Err(Failure::Part(error) | Failure::Whole(error) | Failure::Lost(error)) => {
                    tracing::error!(ente = self.ente, requests = group.len(), "the log stored nothing: {error}");
                    refuse_all(group, &error);
                }
                Err(Failure::Uncertain(_, error)) => {
                    let requests = group.len();
                    tracing::error!(ente = self.ente, requests, "a commit of the log has an unknown outcome: {error}");
                    refuse_all(group, &AppendError::Unknown(error));
                }
            }
        }
    }

    /// Stores a group; once more when the connection was lost and nothing was stored.
    async fn store(&mut self, group: &[Pending]) -> Result<Plan, Failure> {
        let mut again = true;
        loop {
            match self.attempt(group).await {
                Err(Failure::Lost(error)) if again => tracing::warn!(ente = self.ente, "connecting again: {error}"),
                Err(Failure::Uncertain(plan, error)) => match self.fate(&plan).await {
                    Some(true) => return Ok(*plan),
                    Some(false) if again => tracing::warn!(ente = self.ente, "a commit did not arrive: {error}"),
                    Some(false) => return Err(Failure::Lost(unavailable(error))),
                    None => return Err(Failure::Uncertain(plan, error)),
                },
                done => return done,
            }
            again = false;
        }
    }

    async fn attempt(&mut self, group: &[Pending]) -> Result<Plan, Failure> {
        let conn = match self.state.conn.take() {
            Some(conn) => Ok(conn),
            None => connect::writer(&self.options).await,
        };
        let mut conn = conn.map_err(|error| Failure::Whole(unavailable(error.to_string())))?;
        let done = self.attempt_on(&mut conn, group).await;
        if !matches!(done, Err(Failure::Lost(_) | Failure::Uncertain(..))) {
            self.state.conn = Some(conn);
        }
        done
    }

    async fn attempt_on(&mut self, conn: &mut PgConnection, group: &[Pending]) -> Result<Plan, Failure> {
        if self.state.turns == 0 {
            if let Some(plan) = self.unlocked(conn, group).await? {
                return Ok(plan);
            }
        } else {
            self.state.turns -= 1;
        }
        let done = self.locked(conn, group).await;
        // A connection that is gone needs no rollback; neither does a transaction that was committed.
        let open = match &done {
            Ok(plan) => plan.records.is_empty(),
            Err(failure) => matches!(failure, Failure::Part(_) | Failure::Whole(_)),
        };
        if open {
            in_time(sqlx::raw_sql("ROLLBACK").execute(conn)).await?;
        }
        done
    }

    /// Without the lock, as one statement. `None` when another node was faster, or the ente has no log yet.
    async fn unlocked(&mut self, conn: &mut PgConnection, group: &[Pending]) -> Result<Option<Plan>, Failure> {
        let mut known = self.state.left.take().unwrap_or_default();
        for _ in 0..ROUNDS {
            let plan = self.settle(&mut known, group)?;
            if known.is_enough(&plan) {
                let begun = Instant::now();
                if plan.records.is_empty() {
                    measure(&plan, begun);
                    return Ok(Some(plan));
                }
                let Some(stored) = known.stored else { return Ok(None) };
                match timeout(DEADLINE, write(conn, &plan, &known, stored)).await.unwrap_or_else(late) {
                    Ok(true) => {
                        self.state.left = Known::after(&plan, stored.fence);
                        measure(&plan, begun);
                        return Ok(Some(plan));
                    }
                    Ok(false) if known.is_fresh() => {
                        metrics::counter!("eventstore_overtaken_total").increment(1);
                        self.state.turns = TURNS;
                        return Ok(None);
                    }
                    Ok(false) => {}
                    Err(error) => return Err(Failure::of_commit(&error, plan)),
                }
            }
            known = in_time(known.look_up(conn, &self.ente)).await?;
        }
        Err(unsettled())
    }

    /// Under the lock of the ente. When nothing is to be stored, or on an error, the transaction is left open.
    async fn locked(&mut self, conn: &mut PgConnection, group: &[Pending]) -> Result<Plan, Failure> {
        let mut known = Known::default();
        // Before the lock, only to learn what to look up.
        self.settle(&mut known, group)?;
        in_time(sqlx::raw_sql("BEGIN").execute(&mut *conn)).await?;
        self.lock(conn).await?;
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            // A statement after the one that waited for the lock, so that its snapshot is of now.
            known = in_time(known.look_up(conn, &self.ente)).await?;
            let plan = self.settle(&mut known, group)?;
            if !known.is_complete() {
                continue;
            }
            if !plan.records.is_empty() {
                let gone = || Failure::Whole(unavailable("the head of the ente is gone, verify the log"));
                let stored = known.stored.ok_or_else(gone)?;
                if !in_time(write(conn, &plan, &known, stored)).await? {
                    return Err(gone());
                }
                let commit = timeout(DEADLINE, sqlx::raw_sql("COMMIT").execute(conn)).await.unwrap_or_else(late);
                if let Err(error) = commit {
                    return Err(Failure::of_commit(&error, plan));
                }
                self.state.left = Known::after(&plan, stored.fence);
            }
            measure(&plan, begun);
            return Ok(plan);
        }
        Err(unsettled())
    }

    fn settle(&self, known: &mut Known, group: &[Pending]) -> Result<Plan, Failure> {
        let plan = known.settle(group.iter().map(|pending| &pending.request), &*self.clock);
        if fits(&plan) { Ok(plan) } else { Err(Failure::Part(unavailable("too much for one statement"))) }
    }

    /// Locks the head of the ente in the transaction, making it when the ente has no log yet.
    async fn lock(&self, conn: &mut PgConnection) -> Result<(), Failure> {
        let lock = include_str!("sql/lock_ente.sql");
        if in_time(sqlx::query(lock).bind(&self.ente).execute(&mut *conn)).await?.rows_affected() == 0 {
            in_time(sqlx::query(include_str!("sql/new_ente.sql")).bind(&self.ente).execute(&mut *conn)).await?;
            in_time(sqlx::query(lock).bind(&self.ente).execute(conn)).await?;
        }
        Ok(())
    }

    /// Whether a plan was stored after all. `None` when it cannot be found out in time.
    async fn fate(&mut self, plan: &Plan) -> Option<bool> {
        let found_out = timeout(FATE, async {
            loop {
                match self.ask_fate(plan).await {
                    Ok(found_out) => return found_out,
                    Err(error) => tracing::warn!(ente = self.ente, "looking for a commit: {error}"),
                }
                tokio::time::sleep(FATE_PAUSE).await;
            }
        });
        let (stored, conn) = found_out.await.ok()?;
        self.state.conn = Some(conn);
        Some(stored)
    }

    /// Fences the ente, so that a write still on its way cannot take effect any more, and looks for its last record.
    ///
    /// The fence waits for a commit that goes on, and is a commit itself: when it is answered, what came before it is on the
    /// disks of the synchronous standbys too.
    async fn ask_fate(&self, plan: &Plan) -> Result<(bool, PgConnection), sqlx::Error> {
        let mut conn = connect::writer(&self.options).await?;
        sqlx::raw_sql("BEGIN").execute(&mut conn).await?;
        sqlx::query(include_str!("sql/new_ente.sql")).bind(&self.ente).execute(&mut conn).await?;
        let fence = "UPDATE registro.ente_head SET fence = fence + 1 WHERE ente = $1 RETURNING position";
        let position: i64 = sqlx::query_scalar(fence).bind(&self.ente).fetch_one(&mut conn).await?;
        let last = plan.records.last().map(|record| (record.position as i64, record.hash));
        let (last, hash) = last.unwrap_or_default();
        let stands = "SELECT EXISTS (SELECT FROM registro.event WHERE ente = $1 AND position = $2 AND hash = $3)";
        let stands = sqlx::query_scalar(stands).bind(&self.ente).bind(last).bind(hash).fetch_one(&mut conn).await?;
        // An ente without a log stays without a head; a first write is never on its way without the lock.
        sqlx::raw_sql(if position == 0 { "ROLLBACK" } else { "COMMIT" }).execute(&mut conn).await?;
        Ok((stands, conn))
    }
}

fn late<T, E>(_: E) -> Result<T, sqlx::Error> {
    let reason = format!("no answer from the database within {} seconds", DEADLINE.as_secs());
    Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, reason)))
}

/// Something that is not a commit.
async fn in_time<T>(statement: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Failure> {
    let done = timeout(DEADLINE, statement).await.unwrap_or_else(late);
    done.map_err(|error| Failure::before_commit(&error))
}

fn unsettled() -> Failure {
    Failure::Part(unavailable("registrations of the group choose new streams each time they are asked"))
}
