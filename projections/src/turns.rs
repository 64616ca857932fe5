//! Several nodes on one PostgreSQL database: who folds, and how the others hear of it.
//!
//! Each ente is folded by the node that holds its advisory lock. A node holds all its locks on one connection of its own;
//! when the node or the connection goes, the database frees them and another node's next try succeeds. Two programs with
//! different versions of a read model do not wait for each other: each builds its own tables.
//!
//! Nothing depends on a lock alone: a node that lost its connection and goes on for a moment is stopped by the
//! checkpoints. Nothing depends on a notification alone: nodes also look by themselves.

#[cfg(test)]
mod tests;

use crate::catalog::CHANNEL;
use crate::ente::pause;
use crate::error::chain;
use crate::pools::POSTGRES;
use crate::read_models::ReadModels;
use sqlx::postgres::{PgConnection, PgListener};
use sqlx::{Connection as _, Executor as _};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Pause between two tries for the locks that other nodes hold, and between two signs of life.
const TRY: Duration = Duration::from_secs(1);

/// Longest wait for an answer; beyond it the connection is given up.
const ANSWER: Duration = Duration::from_secs(3);

/// A process that is frozen gives no sign of life: the database takes its locks away.
const SESSION: &str = "SET idle_session_timeout = '10s'; SET application_name = 'sportello-turno';";

/// Silence after which the listening connection is tried.
const SILENCE: Duration = Duration::from_secs(15);

impl ReadModels {
    /// Tries for the locks of all enti until `stop`.
    pub(crate) async fn keep_turns(&self, url: &str, stop: CancellationToken) {
        let program: Vec<String> = self.projections.iter().map(|p| format!("{}={}", p.name(), p.version())).collect();
        let program = program.join(",");
        let mut session = None;
        let mut failing = false;
        while !stop.is_cancelled() {
            let tried = timeout(ANSWER, self.try_turns(url, &program, &mut session)).await;
            let error = match tried {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(chain(&error)),
                Err(_) => Some("the read database does not answer".to_owned()),
            };
            if let Some(error) = &error {
                session = None;
                for ente in self.enti.values() {
                    ente.take_turn(false);
                }
                if !failing {
                    tracing::warn!(error, "this node does not fold until the read database answers again");
                }
            }
            failing = error.is_some();
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(TRY) => {}
            }
        }
        for ente in self.enti.values() {
            ente.take_turn(false);
        }
        if let Some(session) = session
            && timeout(ANSWER, PgConnection::close(session)).await.is_err()
        {
            tracing::debug!("the connection with the locks did not end politely");
        }
    }

    async fn try_turns(&self, url: &str, program: &str, session: &mut Option<PgConnection>) -> Result<(), sqlx::Error> {
        let connection = if let Some(connection) = session {
            connection
        } else {
            let mut connection = PgConnection::connect(url).await?;
            connection.execute(sqlx::raw_sql(POSTGRES)).await?;
            connection.execute(sqlx::raw_sql(SESSION)).await?;
            session.insert(connection)
        };
        let others: Vec<&str> = self.enti.values().filter(|e| !e.folds()).map(|e| e.code.as_str()).collect();
        if others.is_empty() {
            return connection.ping().await;
        }
        let text = "SELECT ente FROM unnest($1::text[]) AS ente
            WHERE pg_try_advisory_lock(hashtextextended('letture/turno/' || $2 || '/' || ente, 0))";
        let won: Vec<String> = sqlx::query_scalar(text).bind(others).bind(program).fetch_all(connection).await?;
        for ente in won.iter().filter_map(|code| self.enti.get(code)) {
            tracing::info!(ente = ente.code, "this node folds the read models");
            ente.take_turn(true);
        }
        Ok(())
    }

    /// Hears of other nodes' work until `stop`.
    pub(crate) async fn listen(&self, url: &str, stop: CancellationToken) {
        let mut failures = 0;
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.hear(url, &mut failures) => heard,
            };
            if let Err(error) = heard {
                failures += 1;
                tracing::warn!(error = chain(&error), failures, "other nodes are not heard; this one looks by itself");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause(failures).min(ANSWER)) => {}
            }
        }
    }

    /// Listens on one connection for as long as it lives.
    async fn hear(&self, url: &str, failures: &mut u32) -> Result<(), sqlx::Error> {
        let late = || sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        let open = async {
            let mut listener = PgListener::connect(url).await?;
            listener.eager_reconnect(false);
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        let mut listener = timeout(ANSWER, open).await.unwrap_or_else(|_| Err(late()))?;
        *failures = 0;
        // What was said before.
        self.doubt_all();
        loop {
            let Ok(heard) = timeout(SILENCE, listener.try_recv()).await else {
                let alive = timeout(ANSWER, listener.execute(sqlx::raw_sql("SELECT 1"))).await;
                alive.unwrap_or_else(|_| Err(late()))?;
                continue;
            };
            match heard? {
                Some(said) => self.heard(said.payload()),
                None => return Ok(()),
            }
        }
    }

    fn heard(&self, what: &str) {
        match self.enti.get(what) {
            // Who folds hears itself.
            Some(ente) if ente.folds() => {}
            Some(ente) => ente.doubt(),
            None if what.is_empty() => self.doubt_all(),
            // An ente that this node does not serve.
            None => {}
        }
    }

    fn doubt_all(&self) {
        for ente in self.enti.values() {
            ente.doubt();
        }
    }
}
