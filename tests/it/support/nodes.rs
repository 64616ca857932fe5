//! Several servers on one database, and clients that file there whatever happens.

use super::filings::{Answer, Outcome, assert_all_known, assert_present, file};
use super::log::{PRIMO, numeri};
use super::reads::{assert_same, caught_up, dump};
use super::{Api, Data, Server, client};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A request is answered within twenty seconds and an error page gets its frame within one more; the rest is for machines
/// that have other things to do.
pub const LONGEST: Duration = Duration::from_secs(30);
/// How long a client asks again for one answer before the test is given up.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a client waits before it asks again.
const PAUSE: Duration = Duration::from_millis(50);

/// The nodes of one installation.
pub struct Nodes {
    /// Their common data.
    pub data: Data,
    servers: Vec<Option<Server>>,
    /// Where the clients find them; a node that is down is still in the list.
    apis: Arc<Mutex<Vec<Api>>>,
}

impl Nodes {
    /// Starts that many nodes, one after the other. No mail server answers them: notices leave no trace in the log.
    pub fn start(data: Data, count: usize) -> Self {
        let servers: Vec<Server> = (0..count).map(|_| start(&data)).collect();
        let apis = servers.iter().map(|server| server.api("cittadino")).collect();
        Self { data, servers: servers.into_iter().map(Some).collect(), apis: Arc::new(Mutex::new(apis)) }
    }

    /// A node that runs.
    pub fn server(&self, i: usize) -> &Server {
        self.servers[i].as_ref().expect("the node runs")
    }

    /// Waits until a node says that it is ready, and shows what it says otherwise.
    pub async fn ready(&self, i: usize) {
        let (http, url) = (client(), format!("{}/readyz", self.server(i).url));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = http.get(&url).send().await.expect("it answers");
            if answer.status().is_success() {
                return;
            }
            let said = answer.text().await.expect("text");
            assert!(Instant::now() < deadline, "node {i} is not ready: {said}; {}", self.server(i).said());
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stops a node as a power cut would.
    pub fn kill(&mut self, i: usize) {
        self.servers[i].take().expect("the node runs").kill();
    }

    /// Starts a node that was killed.
    pub fn start_again(&mut self, i: usize) {
        assert!(self.servers[i].is_none(), "the node runs");
        let server = start(&self.data);
        self.apis.lock().expect("no client panics with the list in hand")[i] = server.api("cittadino");
        self.servers[i] = Some(server);
    }

    /// Begins to file on all nodes.
    pub fn load(&self, clients: usize) -> Load {
        let shared = Shared { apis: self.apis.clone(), stop: Arc::default(), answered: Arc::default() };
        let clients = (0..clients).map(|i| citizen(shared.clone(), i)).collect();
        Load { shared, clients }
    }

    /// What every story ends with: each filing that was answered is there under its number, on every node; each number
    /// belongs to one of the keys; the log is whole; and the read models are what the log says. Stops the nodes.
    pub async fn assert_nothing_lost(self, answered: &BTreeMap<String, Answer>) {
        assert!(!answered.is_empty(), "nothing was ever answered");
        for server in self.servers.iter().flatten() {
            caught_up(server).await;
            assert_present(&server.api("cittadino"), answered.values()).await;
        }
        assert_all_known(answered.values(), &numeri(&self.data, PRIMO).await);
        for server in self.servers.into_iter().flatten() {
            assert!(server.stop(), "a node did not end well");
        }
        self.data.assert_clean();
        let live = dump(&self.data).await;
        assert_eq!(live["pratica"].len(), answered.len(), "a row for each case");
        let (success, said) = self.data.sportello(&["rebuild"]);
        assert!(success, "{said}");
        assert_same(&live, &dump(&self.data).await, "after a rebuild");
    }
}

fn start(data: &Data) -> Server {
    Server::start_with(data, &["--empty", "--smtp", "127.0.0.1:1"])
}

#[derive(Clone)]
struct Shared {
    apis: Arc<Mutex<Vec<Api>>>,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
}

/// Clients at work.
pub struct Load {
    shared: Shared,
    clients: JoinSet<Work>,
}

/// What clients lived to see.
#[derive(Debug, Default)]
pub struct Work {
    /// What each key got in the end.
    pub answered: BTreeMap<String, Answer>,
    /// How often a server said that it cannot now.
    pub refused: usize,
    /// How often there was no answer.
    pub lost: usize,
    /// The longest wait for an answer of whatever kind.
    pub longest: Duration,
}

impl Load {
    /// Waits until the clients were answered so many times more.
    pub async fn answered(&self, more: usize) {
        let enough = self.shared.answered.load(Ordering::SeqCst) + more;
        let deadline = Instant::now() + PATIENCE;
        while self.shared.answered.load(Ordering::SeqCst) < enough {
            assert!(Instant::now() < deadline, "the clients are hardly answered any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets each client get the answer it waits for, and ends them.
    pub async fn stop(mut self) -> Work {
        self.shared.stop.store(true, Ordering::SeqCst);
        let mut all = Work::default();
        while let Some(work) = self.clients.join_next().await {
            let work = work.expect("a client ends in order");
            all.answered.extend(work.answered);
            all.refused += work.refused;
            all.lost += work.lost;
            all.longest = all.longest.max(work.longest);
        }
        assert!(all.longest < LONGEST, "a request waited {:?}", all.longest);
        all
    }
}

/// Files one report after the other. Without an answer it asks the next node under the same key.
async fn citizen(shared: Shared, number: usize) -> Work {
    let mut work = Work::default();
    let mut node = number;
    for i in 0.. {
        if shared.stop.load(Ordering::SeqCst) {
            break;
        }
        let chiave = format!("c-{number}-{i}");
        let deadline = Instant::now() + PATIENCE;
        let answer = loop {
            let api = {
                let apis = shared.apis.lock().expect("no client panics with the list in hand");
                apis[node % apis.len()].clone()
            };
            let begun = Instant::now();
            let outcome = file(&api, &chiave).await;
            work.longest = work.longest.max(begun.elapsed());
            match outcome {
                Outcome::Filed(answer) => break answer,
                Outcome::Lost => work.lost += 1,
                Outcome::Refused(said) => {
                    let code = &said["errors"][0]["extensions"]["code"];
                    assert_eq!(code, "UNAVAILABLE", "{chiave}: {said:#}");
                    work.refused += 1;
                }
            }
            assert!(Instant::now() < deadline, "{chiave} got no answer");
            node += 1;
            tokio::time::sleep(PAUSE).await;
        };
        work.answered.insert(chiave, answer);
        shared.answered.fetch_add(1, Ordering::SeqCst);
    }
    work
}
