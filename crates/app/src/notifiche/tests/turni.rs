//! Several nodes on one log and one queue. Time is the runtime's, and passes as fast as nobody has anything to do.

use super::finti::Scena;
use crate::notifiche::limits;
use crate::ports::{BoxFuture, MailError, Mailer, Messaggio};
use eventstore::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Follows the runtime's time, ahead of the log's clock by so much.
struct Orologio {
    zero: Timestamp,
    began: Instant,
}

impl Clock for Orologio {
    fn now(&self) -> Timestamp {
        self.zero + SignedDuration::try_from(self.began.elapsed()).unwrap()
    }
}

/// Says which node handed a message over.
struct Postino {
    nodo: &'static str,
    sent: Arc<Mutex<Vec<&'static str>>>,
}

impl Mailer for Postino {
    fn send<'a>(&'a self, _: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        self.sent.lock().unwrap().push(self.nodo);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// An installation with nodes.
struct Nodi {
    scena: Scena,
    began: Instant,
    sent: Arc<Mutex<Vec<&'static str>>>,
    filed: u128,
}

/// A running node.
struct Nodo {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Nodo {
    /// Ends as a process does that is killed.
    async fn kill(self) {
        self.running.abort();
        assert!(self.running.await.unwrap_err().is_cancelled());
    }

    async fn stop(self) {
        self.stop.cancel();
        timeout(Duration::from_secs(1), self.running).await.unwrap().unwrap();
    }
}

impl Nodi {
    fn new() -> Self {
        Self { scena: Scena::new(), began: Instant::now(), sent: Arc::default(), filed: 0 }
    }

    /// Starts a node; it has asked for its turn when this returns.
    async fn start(&self, nodo: &'static str) -> Nodo {
        self.start_ahead(nodo, SignedDuration::ZERO).await
    }

    async fn start_ahead(&self, nodo: &'static str, ahead: SignedDuration) -> Nodo {
        let mut notifiche = self.scena.notifiche();
        notifiche.nodo = nodo.into();
        notifiche.clock = Arc::new(Orologio { zero: self.scena.clock.now() + ahead, began: self.began });
        notifiche.mailer = Arc::new(Postino { nodo, sent: self.sent.clone() });
        let stop = CancellationToken::new();
        let running = notifiche.spawn(stop.clone());
        sleep(Duration::from_millis(1)).await;
        Nodo { stop, running }
    }

    /// Files one more case, waits for its mail, and says who sent it and after how long.
    async fn file(&mut self) -> (&'static str, Duration) {
        let (began, before) = (Instant::now(), self.sent.lock().unwrap().len());
        self.filed += 1;
        self.scena.segnala(self.filed).await;
        while self.scena.esiti(self.filed).await.is_empty() {
            assert!(began.elapsed() < Duration::from_mins(5), "nobody sends");
            sleep(Duration::from_millis(10)).await;
        }
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), before + 1, "one mail for each case: {sent:?}");
        (sent[before], began.elapsed())
    }
}

/// The longest that nobody sends: what is left of a lease, and the time until the next node asks.
fn takeover() -> Duration {
    limits::TURN.unsigned_abs() + limits::RENEW + limits::GATHER
}

#[tokio::test(start_paused = true)]
async fn of_several_nodes_one_sends() {
    let mut nodi = Nodi::new();
    let all = [nodi.start("a").await, nodi.start("b").await, nodi.start("c").await];
    for _ in 0..30 {
        assert_eq!(nodi.file().await.0, "a");
        // Over many renewals, none of which comes too late.
        sleep(limits::RENEW / 3 * 2).await;
    }
    for nodo in all {
        nodo.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn when_a_node_dies_another_takes_over_within_ten_seconds() {
    let mut nodi = Nodi::new();
    let (a, b) = (nodi.start("a").await, nodi.start("b").await);
    assert_eq!(nodi.file().await.0, "a");
    a.kill().await;
    let (who, after) = nodi.file().await;
    assert_eq!(who, "b");
    assert!(after > limits::RENEW && after <= takeover(), "{after:?}");
    assert!(takeover() < Duration::from_secs(11));
    b.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_polite_stop_hands_over_at_once() {
    let mut nodi = Nodi::new();
    let (a, b) = (nodi.start("a").await, nodi.start("b").await);
    assert_eq!(nodi.file().await.0, "a");
    a.stop().await;
    let (who, after) = nodi.file().await;
    assert_eq!(who, "b");
    assert!(after <= limits::RENEW + limits::GATHER, "{after:?}");
    b.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_one_process_of_an_installation_does_not_wait_for_its_predecessor() {
    let mut nodi = Nodi::new();
    nodi.start("unico").await.kill().await;
    let again = nodi.start("unico").await;
    let (_, after) = nodi.file().await;
    assert!(after < Duration::from_secs(1), "{after:?}");
    again.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_cannot_renew_stops_sending_and_goes_on_when_it_can() {
    let mut nodi = Nodi::new();
    let a = nodi.start("a").await;
    nodi.file().await;
    let failing = 20;
    nodi.scena.work.holds_fail.store(failing, Ordering::SeqCst);
    sleep(limits::TURN.unsigned_abs() + limits::RENEW).await;
    let (who, after) = nodi.file().await;
    assert_eq!(who, "a");
    // It sent nothing while it could not renew; the wait above took a part of that. A turn that ends is asked for anew
    // at once: one failure does not take its time.
    let (silent, waited) = (limits::RENEW * (failing - 1), limits::TURN.unsigned_abs() + limits::RENEW);
    assert!(after + waited >= silent && after < silent, "{after:?}");
    a.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_takes_the_turn_and_nothing_leaves_twice() {
    let mut nodi = Nodi::new();
    let a = nodi.start("a").await;
    assert_eq!(nodi.file().await.0, "a");
    let b = nodi.start_ahead("b", limits::TURN * 2).await;
    sleep(limits::RENEW).await;
    for _ in 0..10 {
        assert_eq!(nodi.file().await.0, "b");
        sleep(limits::RENEW).await;
    }
    a.stop().await;
    b.stop().await;
}
