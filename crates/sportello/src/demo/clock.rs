//! A clock that can be set back while the sample cases are written, so that their dates lie in the past.

use eventstore::{Clock, SystemClock};
use jiff::Timestamp;
use std::sync::Mutex;

/// The machine's clock, unless it is set.
#[derive(Default)]
pub(super) struct DemoClock {
    set: Mutex<Option<Timestamp>>,
}

impl DemoClock {
    /// Shows this instant until it is set again; `None` shows the machine's.
    pub fn set(&self, at: Option<Timestamp>) {
        *self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let set = *self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        set.unwrap_or_else(|| SystemClock.now())
    }
}
