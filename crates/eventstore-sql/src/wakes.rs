//! Last committed position of each ente, for those who wait.

use eventstore::Position;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// One watch for each ente that was written or asked for.
#[derive(Default)]
pub(crate) struct Wakes(Mutex<HashMap<String, watch::Sender<Position>>>);

impl Wakes {
    fn with<T>(&self, ente: &str, f: impl FnOnce(&watch::Sender<Position>) -> T) -> T {
        let mut wakes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match wakes.get(ente) {
            Some(wake) => f(wake),
            None => f(wakes.entry(ente.to_owned()).or_insert_with(|| watch::Sender::new(0))),
        }
    }

    /// A watch on an ente, which need not have a log yet.
    pub(crate) fn subscribe(&self, ente: &str) -> watch::Receiver<Position> {
        self.with(ente, watch::Sender::subscribe)
    }

    /// Wakes those who wait, unless they know of this position or a later one.
    pub(crate) fn publish(&self, ente: &str, position: Position) {
        self.with(ente, |wake| {
            wake.send_if_modified(|last| {
                let grown = position > *last;
                *last = position.max(*last);
                grown
            })
        });
    }
}
