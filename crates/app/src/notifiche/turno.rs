//! Whose turn it is: of the nodes that share a working database one runs the process at a time, so that the limit of
//! messages a second is the installation's and not each node's.
//!
//! The turn is a lease that its holder renews. It is about order, not about truth: leases compare the clocks of
//! machines. A node whose clock is ahead by more than the lease takes the turn from a healthy one, which learns of it at
//! its next renewal; until then both send. A node whose clock is behind waits that much longer for a dead one. In no case
//! does a notice leave twice because of it: each has a lease of its own, checked when an attempt begins.

use super::{Notifiche, PROCESSO, limits};
use crate::ports::WorkError;
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The right to send, while it lasts.
pub(super) struct Turno {
    /// Microseconds.
    until: AtomicI64,
    /// Told to stop, or the right was lost.
    pub(super) ended: CancellationToken,
}

impl Turno {
    pub(super) fn until(until: Timestamp, stop: &CancellationToken) -> Self {
        Self { until: AtomicI64::new(until.as_microsecond()), ended: stop.child_token() }
    }

    /// Where nobody else sends.
    pub(super) fn alone(stop: &CancellationToken) -> Self {
        Self::until(Timestamp::MAX, stop)
    }

    /// Whether nothing may leave any more. A machine that was suspended finds out by the clock, before it renews.
    pub(super) fn over(&self, now: Timestamp) -> bool {
        self.ended.is_cancelled() || now.as_microsecond() >= self.until.load(Ordering::Relaxed)
    }

    fn extend(&self, until: Timestamp) {
        self.until.store(until.as_microsecond(), Ordering::Relaxed);
    }
}

impl Notifiche {
    /// Takes turns with other nodes until `stop`.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        while let Some(turno) = self.wait(stop).await {
            tracing::info!(node = self.nodo, "notices are sent by this node");
            self.work_through(&turno).await;
            if !stop.is_cancelled() {
                tracing::warn!(node = self.nodo, "notices are no longer sent by this node");
            }
        }
    }

    /// Waits for the turn; none when told to stop.
    async fn wait(&self, stop: &CancellationToken) -> Option<Turno> {
        while !stop.is_cancelled() {
            let until = self.clock.now() + limits::TURN;
            match self.hold(until).await {
                Ok(true) => return Some(Turno::until(until, stop)),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "whose turn it is to send notices cannot be known now"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(limits::RENEW) => {}
            }
        }
        None
    }

    /// Queues and sends until the turn ends, then finishes what is under way and gives the turn back.
    async fn work_through(&self, turno: &Turno) {
        let queued = Notify::new();
        let readers = self.enti.iter().map(|ente| self.follow(ente.codice.as_str(), &queued, &turno.ended));
        let halves = async { tokio::join!(futures_util::future::join_all(readers), self.deliver(&queued, turno)) };
        tokio::select! {
            _ = halves => {}
            () = self.renew(turno) => {}
        }
        // Gone already if another node has it; otherwise nobody has to wait for its end.
        if let Err(error) = self.work.release(PROCESSO, &self.nodo).await {
            tracing::warn!(%error, "the turn to send notices ends by itself");
        }
    }

    /// Renews the turn for ever; ends it when it is lost. Renewed too while what is under way is finished.
    async fn renew(&self, turno: &Turno) {
        loop {
            tokio::time::sleep(limits::RENEW).await;
            let until = self.clock.now() + limits::TURN;
            match self.hold(until).await {
                Ok(true) => turno.extend(until),
                Ok(false) => turno.ended.cancel(),
                Err(error) => {
                    tracing::warn!(%error, "the turn to send notices could not be renewed");
                    if turno.over(self.clock.now()) {
                        turno.ended.cancel();
                    }
                }
            }
        }
    }

    async fn hold(&self, until: Timestamp) -> Result<bool, WorkError> {
        self.work.hold(PROCESSO, &self.nodo, self.clock.now(), until).await
    }
}
