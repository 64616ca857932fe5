//! Server processes on the same data, and who kills them.

use super::outcome::Work;
use crate::Failure;
use crate::http::Address;
use crate::server::Server;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longest pause between the moment that was drawn for a kill and the kill: within it a command begins and ends.
const JITTER: Duration = Duration::from_millis(30);
/// Longest time for which a killed server stays away.
const AWAY: Duration = Duration::from_millis(300);
/// Every so many kills all nodes go at once.
const ALL: u32 = 5;
/// Between two looks at how far the clients are.
const LOOK: Duration = Duration::from_millis(2);

/// The nodes of one installation. Killed with the value.
pub struct Nodes {
    program: PathBuf,
    folder: PathBuf,
    url: Option<String>,
    /// The tokens of the personas, the same after each start.
    tokens: serde_json::Value,
    servers: Mutex<Vec<Node>>,
}

/// One node.
#[derive(Default)]
struct Node {
    /// None while it is down.
    server: Option<Server>,
    /// How often it was started.
    starts: u64,
}

/// When servers are killed.
#[derive(Debug, Clone, Copy)]
pub struct Kills {
    /// How often.
    pub count: u32,
    /// Of the moments and the nodes.
    pub seed: u64,
}

impl Nodes {
    /// Starts that many nodes, one after the other, and waits until their read models are in service.
    ///
    /// # Errors
    /// When one does not become ready.
    pub fn start(program: PathBuf, folder: &Path, url: Option<&str>, count: usize) -> Result<Arc<Self>, Failure> {
        let url = url.map(str::to_owned);
        let (first, ready) = Server::spawn(command(&program, folder, url.as_deref()))?;
        let servers = Mutex::new(vec![Node { server: Some(first), starts: 1 }]);
        let nodes = Self { program, folder: folder.to_owned(), url, tokens: ready["tokens"].clone(), servers };
        for node in 1..count {
            nodes.list().push(Node::default());
            nodes.start_again(node)?;
        }
        Ok(Arc::new(nodes))
    }

    fn list(&self) -> MutexGuard<'_, Vec<Node>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are, up or down.
    pub fn count(&self) -> usize {
        self.list().len()
    }

    /// Where a node answers, and in which of its lives; none while it is down.
    pub fn address(&self, node: usize) -> Option<(u64, Address)> {
        let list = self.list();
        let node = list.get(node)?;
        Some((node.starts, node.server.as_ref()?.address.clone()))
    }

    /// Token of a persona.
    ///
    /// # Errors
    /// When there is none.
    pub fn token(&self, persona: &str) -> Result<&str, Failure> {
        self.tokens[persona].as_str().ok_or_else(|| format!("the ready line has no token of {persona}").into())
    }

    /// SIGKILL, to one or to all. They are gone when this returns.
    fn kill(&self, which: &[usize]) {
        // Taken out under the lock, ended without it: clients go on to other nodes meanwhile.
        let gone: Vec<Server> = {
            let mut list = self.list();
            which.iter().filter_map(|node| list.get_mut(*node)?.server.take()).collect()
        };
        drop(gone);
    }

    fn start_again(&self, node: usize) -> Result<(), Failure> {
        let (server, _) = Server::spawn(command(&self.program, &self.folder, self.url.as_deref()))?;
        if let Some(node) = self.list().get_mut(node) {
            node.starts += 1;
            node.server = Some(server);
        }
        Ok(())
    }

    /// Ends them all as a power cut would.
    pub fn stop(&self) {
        self.kill(&(0..self.count()).collect::<Vec<_>>());
    }
}

/// An empty town whose mail server does not answer: notices take no time of those who contend.
fn command(program: &Path, folder: &Path, url: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.args(["--log", "error", "demo", "--empty", "--json", "--smtp", "127.0.0.1:1", "--listen", "127.0.0.1:0"]);
    command.arg("--data").arg(folder);
    if let Some(url) = url {
        command.args(["--database", url]);
    }
    command
}

/// Kills and starts again until all kills are done or the clients gave up. How many there were.
///
/// # Errors
/// When a server does not come back; the clients are told.
pub fn kill(nodes: &Nodes, work: &Work, plan: &Kills) -> Result<u32, Failure> {
    let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
    for number in 0..plan.count {
        let moment = moment(number, plan.count, work.total(), random.next_u64());
        while work.done() < moment && !work.ended() {
            std::thread::sleep(LOOK);
        }
        if work.ended() {
            return Ok(number);
        }
        std::thread::sleep(drawn(JITTER, random.next_u64()));
        let all: Vec<usize> = (0..nodes.count()).collect();
        let one = (random.next_u64() % all.len() as u64) as usize;
        let which = if number % ALL == ALL - 1 { &all[..] } else { &all[one..=one] };
        nodes.kill(which);
        std::thread::sleep(drawn(AWAY, random.next_u64()));
        for node in which {
            if let Err(error) = nodes.start_again(*node) {
                work.end();
                return Err(format!("after kill {}: {error}", number + 1).into());
            }
        }
    }
    Ok(plan.count)
}

/// After how many attempts a kill comes: somewhere in its own part of the run.
pub(super) fn moment(number: u32, count: u32, total: u64, random: u64) -> u64 {
    let part = total / u64::from(count.max(1));
    u64::from(number) * part + random % part.max(1)
}

/// A part of a time.
fn drawn(most: Duration, random: u64) -> Duration {
    most.mul_f64((random % 1_000) as f64 / 1_000.0)
}
