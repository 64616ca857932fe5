//! Requests that wait for a writer, and their answers.

use crate::group::{Plan, Request};
use eventstore::{AppendError, Appended};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// When a caller who found the engine full or failing may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The engine cannot store now.
pub(crate) fn unavailable(reason: impl Into<String>) -> AppendError {
    AppendError::Unavailable { reason: reason.into(), retry_after: RETRY_AFTER }
}

/// A key of the log's tables held what the heads said was free.
pub(crate) fn disagreement(error: &str) -> AppendError {
    unavailable(format!("the heads of the log do not agree with its records, verify it: {error}"))
}

/// A request and who waits for its answer.
pub(crate) struct Pending {
    pub(crate) request: Request,
    pub(crate) answer: oneshot::Sender<Result<Appended, AppendError>>,
}

impl Pending {
    /// A caller that went away finds its result by its idempotency key.
    pub(crate) fn answer(self, answer: Result<Appended, AppendError>) {
        drop(self.answer.send(answer));
    }
}

/// The same answer to everyone.
pub(crate) fn refuse_all(group: Vec<Pending>, error: &AppendError) {
    for pending in group {
        pending.answer(Err(error.clone()));
    }
}

/// Counts a group that was answered from its plan; `begun` is when its enti were locked.
pub(crate) fn measure(plan: &Plan, begun: Instant) {
    metrics::histogram!("eventstore_group_size").record(plan.answers.len() as f64);
    metrics::histogram!("eventstore_lock_seconds").record(begun.elapsed().as_secs_f64());
    if !plan.records.is_empty() {
        metrics::counter!("eventstore_commits_total").increment(1);
        metrics::counter!("eventstore_records_total").increment(plan.records.len() as u64);
    }
    let refused = plan.answers.iter().filter(|answer| answer.is_err()).count();
    if refused > 0 {
        metrics::counter!("eventstore_refusals_total").increment(refused as u64);
    }
}
