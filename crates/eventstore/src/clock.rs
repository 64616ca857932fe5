//! Where instants come from. Everything else receives them.

use crate::limits;
use crate::store::AppendError;
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A source of instants, injected so that tests choose the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that tests move by hand; it stands still otherwise. Whole microseconds.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves the clock, forwards or back.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("it was a timestamp when it was set")
    }
}

/// The instant of what is appended now to a log whose last record has the instant `last` (microseconds; the least value
/// when there is none): never before it.
///
/// # Errors
/// [`AppendError::Unavailable`] when the log is ahead of the clock by more than [`limits::CLOCK_BEHIND`].
pub fn instant_after(last: i64, now: Timestamp) -> Result<Timestamp, AppendError> {
    let behind = last.saturating_sub(now.as_microsecond());
    if behind <= 0 {
        // Microseconds are what is stored: what the caller is told must be what stands in the log.
        return Timestamp::from_microsecond(now.as_microsecond())
            .map_err(|error| AppendError::Invalid(error.to_string()));
    }
    let behind = Duration::from_micros(behind.unsigned_abs());
    if behind > limits::CLOCK_BEHIND {
        let reason = format!("the last record is {} s ahead of this machine's clock: set the clock", behind.as_secs());
        return Err(AppendError::Unavailable { reason, retry_after: behind.min(limits::CLOCK_BEHIND) });
    }
    Timestamp::from_microsecond(last).map_err(|error| AppendError::Invalid(error.to_string()))
}
