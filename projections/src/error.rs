//! Why read models stand still.

use crate::decode::OpenError;
use crate::projection::ApplyError;
use eventstore::ReadError;

/// Why the read models of an ente, or one of them, cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The log cannot be read now.
    #[error("the log cannot be read")]
    Read(#[from] ReadError),
    /// A record cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A record is missing from the log. Nothing is skipped: the log must be verified and restored.
    #[error("hole in the log: expected position {expected}, found {found}")]
    Hole {
        /// The next position.
        expected: u64,
        /// What stands there instead, or the head of the log.
        found: u64,
    },
    /// The log is not the one that was folded so far, as after an older copy was put back: rebuild.
    #[error("the record at position {position} does not follow what the read models hold: rebuild them")]
    Fork {
        /// The first position that differs.
        position: u64,
    },
    /// The read models hold more than the log, as after an older copy of the log was put back: rebuild.
    #[error("the read models stand at position {position}, the log ends at {head}: rebuild them")]
    Ahead {
        /// Where they stand.
        position: u64,
        /// Where the log ends.
        head: u64,
    },
    /// The read database failed.
    #[error("the read database failed")]
    Database(#[from] sqlx::Error),
    /// One read model could not fold a page.
    #[error("the read model {name} failed")]
    Apply {
        /// Its name.
        name: &'static str,
        /// What went wrong.
        #[source]
        source: ApplyError,
    },
    /// The checkpoint stands elsewhere: another node moved it. Read again.
    #[error("another node moved the checkpoint")]
    Moved,
    /// Another program has put another version of a read model into service.
    #[error("the read model {name} is in service in version {version}, of another program")]
    Superseded {
        /// Its name.
        name: &'static str,
        /// The version in service.
        version: u32,
    },
    /// Another process rebuilds read models of this database.
    #[error("another process is rebuilding read models of this database: try again when it has ended")]
    Rebuilding,
    /// A rebuild did not fold as many events as the log holds.
    #[error("ente {ente}: {folded} events folded, the log holds {held}")]
    Skipped {
        /// Whose log.
        ente: String,
        /// Events folded.
        folded: u64,
        /// Events held.
        held: u64,
    },
    /// There is no read model of this name.
    #[error("there is no read model {0}")]
    UnknownProjection(String),
    /// No such ente in this installation.
    #[error("unknown ente {0}")]
    UnknownEnte(String),
    /// The program is going down.
    #[error("the work was cut short: {0}")]
    Cut(String),
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}
