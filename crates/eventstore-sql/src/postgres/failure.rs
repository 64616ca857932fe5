//! What a database error means for the requests of a group.

use crate::group::Plan;
use crate::pending::{disagreement, unavailable};
use eventstore::AppendError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// Why a group was not answered from its plan.
pub(super) enum Failure {
    /// Nothing was stored, and it is perhaps the fault of one request: try again in halves.
    Part(AppendError),
    /// Nothing was stored, and smaller groups would fare no better.
    Whole(AppendError),
    /// Nothing was stored, and the connection is gone: a new one may do.
    Lost(AppendError),
    /// The connection was lost while the plan was being committed.
    Uncertain(Box<Plan>, String),
}

impl Failure {
    /// An error before the commit.
    pub(super) fn before_commit(error: &sqlx::Error) -> Self {
        let Some(database) = answered(error) else { return Self::Lost(unavailable(error.to_string())) };
        let text = error.to_string();
        match database.code() {
            "23505" if database.constraint() == Some("event_id_once") => {
                Self::Part(AppendError::Invalid("an event id of the batch is already stored".into()))
            }
            code if code.starts_with("23") => Self::Part(disagreement(&text)),
            // Data that PostgreSQL cannot hold: a character U+0000, for one.
            code if code.starts_with("22") => Self::Part(AppendError::Invalid(text)),
            // Program limits.
            code if code.starts_with("54") => Self::Part(unavailable(text)),
            // Read-only, disk full, lock timeout, shutdown, rights…
            _ => Self::Whole(unavailable(text)),
        }
    }

    /// An error of the statement that commits. An answer from a server that goes on says that nothing was stored.
    pub(super) fn of_commit(error: &sqlx::Error, plan: Plan) -> Self {
        match answered(error) {
            Some(_) => Self::before_commit(error),
            None => Self::Uncertain(Box::new(plan), error.to_string()),
        }
    }
}

/// The server's own words, if the connection outlived them.
fn answered(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    let database = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    let ends = matches!(database.severity(), PgSeverity::Fatal | PgSeverity::Panic);
    (!ends).then_some(database)
}
