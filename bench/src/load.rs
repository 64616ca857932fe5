//! Clients that drive a running server: filings, reads, polling, and how soon a filing shows in the list.

use crate::Failure;
use crate::http::{Address, Client};
use crate::measure::{Latencies, Summary, Table};
use crate::requests::{self, Filings, KINDS};
use bytes::Bytes;
use eventstore::{Clock as _, SystemClock};
use hyper::StatusCode;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Before anything is counted: connections, caches, the first pages of tables.
pub const WARM_UP: Duration = Duration::from_secs(1);
/// Cases that reads and polling go over.
const CASES: usize = 20;
/// Failures in a row after which a client gives up: the server is gone.
const FAILURES: u32 = 20;
/// Between two looks of the one who files and waits to see it.
const LOOK: Duration = Duration::from_millis(50);
/// What is not in the list after so long will not be.
const NEVER: Duration = Duration::from_mins(1);
/// Before a list that was behind is asked for again.
const AGAIN: Duration = Duration::from_millis(10);

/// `sportello-bench load`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address of the server, `http://HOST:PORT`.
    #[arg(long)]
    url: String,
    /// Bearer token of a citizen; given several times, clients take turns.
    #[arg(long, required = true)]
    token: Vec<String>,
    /// Clients at once, each with a connection of its own.
    #[arg(long, default_value_t = 64)]
    clients: u32,
    /// Seconds, after one second of warming up.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// What they do.
    #[arg(long, value_enum, default_value_t = Mix::Mixed)]
    mix: Mix,
    /// Leave out the client that files and looks for its filing in the list.
    #[arg(long)]
    no_visible: bool,
    /// Write the figures here as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// What clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mix {
    /// File, the three kinds in turn.
    Filings,
    /// The personal area and the page of a case, in turn.
    Reads,
    /// The personal area alone.
    Area,
    /// The state of a case.
    Polling,
    /// Of ten requests one files, four read, five poll.
    Mixed,
}

/// Kinds of work that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// A filing, durable when it is answered.
    Filing,
    /// The personal area.
    Area,
    /// The page of a case.
    Case,
    /// The state of a case.
    Poll,
    /// From the answer to a filing to its case in the list of the person.
    Visible,
}

impl Work {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filing => "filings",
            Self::Area => "personal area",
            Self::Case => "one case",
            Self::Poll => "polling",
            Self::Visible => "visible after answer",
        }
    }
}

impl Mix {
    fn work(self, number: u64) -> Work {
        match self {
            Self::Filings => Work::Filing,
            Self::Reads if number.is_multiple_of(2) => Work::Area,
            Self::Reads => Work::Case,
            Self::Area => Work::Area,
            Self::Polling => Work::Poll,
            Self::Mixed => match number % 10 {
                0 => Work::Filing,
                1 | 5 => Work::Area,
                3 | 7 => Work::Case,
                _ => Work::Poll,
            },
        }
    }
}

/// A load.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Server.
    pub address: Address,
    /// Tokens of citizens.
    pub tokens: Vec<String>,
    /// Clients at once.
    pub clients: u32,
    /// How long, without warming up.
    pub length: Duration,
    /// What they do.
    pub mix: Mix,
    /// Whether one more client files and looks for its filing.
    pub visible: bool,
}

/// What came of a load.
pub struct Outcome {
    latencies: BTreeMap<Work, Latencies>,
    /// Over which the figures were taken.
    pub length: Duration,
    /// Requests that failed.
    pub errors: u64,
    /// What the first of them said.
    pub first_error: Option<String>,
}

/// Figures of a load, as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Clients at once.
    pub clients: u32,
    /// Seconds.
    pub seconds: f64,
    /// By work.
    pub work: BTreeMap<Work, Summary>,
    /// Requests that failed.
    pub errors: u64,
}

impl Outcome {
    fn new(length: Duration) -> Self {
        Self { latencies: BTreeMap::new(), length, errors: 0, first_error: None }
    }

    fn record(&mut self, work: Work, latency: Duration) -> Result<(), Failure> {
        if let Some(known) = self.latencies.get_mut(&work) {
            known.record(latency);
        } else {
            let mut first = Latencies::new()?;
            first.record(latency);
            self.latencies.insert(work, first);
        }
        Ok(())
    }

    fn add(&mut self, other: Self) -> Result<(), Failure> {
        for (work, latencies) in other.latencies {
            match self.latencies.get_mut(&work) {
                Some(known) => known.add(&latencies)?,
                None => drop(self.latencies.insert(work, latencies)),
            }
        }
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        Ok(())
    }

    /// Latencies of each kind of work.
    pub fn latencies(&self) -> impl Iterator<Item = &Latencies> {
        self.latencies.values()
    }

    /// Figures of one kind of work.
    pub fn summary(&self, work: Work) -> Summary {
        self.latencies.get(&work).map(|latencies| latencies.summary(self.length)).unwrap_or_default()
    }

    /// All figures.
    pub fn figures(&self, clients: u32) -> Figures {
        let work = self.latencies.keys().map(|work| (*work, self.summary(*work))).collect();
        Figures { clients, seconds: self.length.as_secs_f64(), work, errors: self.errors }
    }

    /// # Errors
    /// When a request failed: figures of a load with failures compare with nothing.
    pub fn flawless(self) -> Result<Self, Failure> {
        match &self.first_error {
            None => Ok(self),
            Some(error) => Err(format!("{} requests failed, the first: {error}", self.errors).into()),
        }
    }
}

/// `sportello-bench load`.
pub fn run(args: &Args) -> Result<(), Failure> {
    let plan = Plan {
        address: Address::parse(&args.url)?,
        tokens: args.token.clone(),
        clients: args.clients,
        length: Duration::from_secs(args.seconds),
        mix: args.mix,
        visible: !args.no_visible,
    };
    let outcome = drive(&plan)?;
    let mut table = Table::new(&format!("{} clients, {} s", args.clients, args.seconds));
    for work in outcome.latencies.keys() {
        table.row(work.as_str(), &outcome.summary(*work));
    }
    table.print();
    println!(
        "  errors: {}{}",
        outcome.errors,
        outcome.first_error.as_ref().map(|e| format!(", the first: {e}")).unwrap_or_default()
    );
    if let Some(path) = &args.json {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&outcome.figures(args.clients))?))?;
    }
    if outcome.errors == 0 { Ok(()) } else { Err("some requests failed".into()) }
}

/// Runs a load on one thread of its own: clients wait nearly all the time, and a second thread would only take turns with
/// the server.
///
/// # Errors
/// When the server does not answer at all.
pub fn drive(plan: &Plan) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run_plan(plan))
}

/// [`drive`] on the runtime that is there.
async fn run_plan(plan: &Plan) -> Result<Outcome, Failure> {
    let run = SystemClock.now().as_millisecond() as u32;
    let reads_cases = matches!(plan.mix, Mix::Reads | Mix::Polling | Mix::Mixed);
    token(plan, 0)?;
    // Nobody sees the cases of others: each client reads those of the person whose token it has.
    let mut own = Vec::new();
    for (index, token) in plan.tokens.iter().enumerate() {
        own.push(if reads_cases { cases(plan, token, index as u64, run).await? } else { Arc::from([]) });
    }
    let cases = |client: u32| own[client as usize % own.len()].clone();
    let start = Instant::now() + WARM_UP;
    let time = Time { start, end: start + plan.length };
    let mut clients = Vec::new();
    for number in 1..=plan.clients {
        let filings = Filings::new(run)?;
        let http = Client::new(&plan.address, Some(token(plan, number)?))?;
        let client = One { number, http, filings, cases: cases(number), time, outcome: Outcome::new(plan.length) };
        clients.push(tokio::spawn(client.work(plan.mix)));
    }
    if plan.visible {
        let filings = Filings::new(run)?;
        let http = Client::new(&plan.address, Some(token(plan, 0)?))?;
        let client = One { number: 0, http, filings, cases: cases(0), time, outcome: Outcome::new(plan.length) };
        clients.push(tokio::spawn(client.look()));
    }
    let mut outcome = Outcome::new(plan.length);
    for client in clients {
        outcome.add(client.await??)?;
    }
    Ok(outcome)
}

fn token(plan: &Plan, client: u32) -> Result<&str, Failure> {
    let index = client as usize % plan.tokens.len().max(1);
    plan.tokens.get(index).map(String::as_str).ok_or_else(|| "the load needs a token".into())
}

/// Cases to read: the newest of a person, and one filed for the purpose when there is none.
async fn cases(plan: &Plan, token: &str, person: u64, run: u32) -> Result<Arc<[(Bytes, Bytes)]>, Failure> {
    let mut http = Client::new(&plan.address, Some(token))?;
    let list = Bytes::from(
        serde_json::json!({ "query": "{ areaPersonale { pratiche(first: 20) { nodes { id } } } }" }).to_string(),
    );
    for _ in 0..2 {
        let (_, answer) = http.graphql(list.clone()).await?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        let nodes = answer["data"]["areaPersonale"]["pratiche"]["nodes"].as_array().cloned().unwrap_or_default();
        let ids: Vec<String> =
            nodes.iter().filter_map(|node| node["id"].as_str()).take(CASES).map(str::to_owned).collect();
        if !ids.is_empty() {
            return Ok(ids.iter().map(|id| (requests::case(id), requests::poll(id))).collect());
        }
        let (_, answer) = http.graphql(Filings::new(run)?.body(0, u32::MAX, person)).await?;
        let position = requests::number(&answer, "posizione").ok_or_else(|| unexpected(&answer))?;
        http.graphql(requests::visible(position)).await?;
    }
    Err("the server shows no case of the person whose token was given".into())
}

/// What an answer says that is not the one expected.
fn unexpected(answer: &[u8]) -> Failure {
    let text: String = String::from_utf8_lossy(answer).chars().take(300).collect();
    format!("unexpected answer: {text}").into()
}

/// When latencies count.
#[derive(Debug, Clone, Copy)]
struct Time {
    start: Instant,
    end: Instant,
}

/// One client.
struct One {
    number: u32,
    http: Client,
    filings: Filings,
    cases: Arc<[(Bytes, Bytes)]>,
    time: Time,
    outcome: Outcome,
}

impl One {
    /// Works until the end, one request after the other.
    async fn work(mut self, mix: Mix) -> Result<Outcome, Failure> {
        let mut failures = 0;
        // Clients begin at different places, so that they do not ask the same thing at the same moment.
        let mut number = u64::from(self.number) * 7;
        while Instant::now() < self.time.end {
            number += 1;
            let work = mix.work(number);
            let body = self.body(work, number);
            let sent = Instant::now();
            match self.ask(work, body).await {
                Ok(_) => {
                    failures = 0;
                    self.record(work, sent, sent.elapsed())?;
                }
                Err(error) => self.failed(&error, &mut failures)?,
            }
        }
        Ok(self.outcome)
    }

    /// Files, and measures from the answer until the list shows it; both count.
    async fn look(mut self) -> Result<Outcome, Failure> {
        let (mut failures, mut number) = (0, 0);
        while Instant::now() < self.time.end {
            number += 1;
            match self.look_once(number).await {
                Ok(()) => failures = 0,
                Err(error) => self.failed(&error, &mut failures)?,
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(self.outcome)
    }

    async fn look_once(&mut self, number: u64) -> Result<(), Failure> {
        let body = self.body(Work::Filing, number);
        let answer = self.ask(Work::Filing, body).await?;
        let position = requests::number(&answer, "posizione").ok_or_else(|| unexpected(&answer))?;
        let answered = Instant::now();
        let list = self.list_with(position, answered + NEVER).await?;
        // The newest case of the list is this one or a later one.
        if requests::number(&list, "posizione").is_none_or(|newest| newest < position) {
            return Err(format!("position {position} is not in the list: {}", unexpected(&list)).into());
        }
        self.record(Work::Visible, answered, answered.elapsed())
    }

    /// The list once it holds a position. A server whose lists are further behind than it lets people wait says so, and
    /// is asked again: that time counts.
    async fn list_with(&mut self, position: u64, end: Instant) -> Result<Bytes, Failure> {
        loop {
            let (status, answer) = self.http.graphql(requests::visible(position)).await?;
            if status.is_success() && requests::answered(&answer) {
                return Ok(answer);
            }
            if status != StatusCode::SERVICE_UNAVAILABLE || Instant::now() > end {
                return Err(format!("{status}: {}", unexpected(&answer)).into());
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    fn body(&mut self, work: Work, number: u64) -> Bytes {
        let case = |cases: &[(Bytes, Bytes)]| cases[number as usize % cases.len()].clone();
        match work {
            Work::Filing | Work::Visible => self.filings.body(number as usize % KINDS.len(), self.number, number),
            Work::Area => requests::area(),
            Work::Case => case(&self.cases).0,
            Work::Poll => case(&self.cases).1,
        }
    }

    async fn ask(&mut self, work: Work, body: Bytes) -> Result<Bytes, Failure> {
        let (status, answer) = self.http.graphql(body).await?;
        // What a person may not see looks like what does not exist: no error, and a fast answer.
        let whole = match work {
            Work::Filing => requests::number(&answer, "numero").is_some(),
            Work::Case | Work::Poll => !requests::missing(&answer, "pratica"),
            Work::Area | Work::Visible => true,
        };
        let good = status.is_success() && requests::answered(&answer) && whole;
        if good { Ok(answer) } else { Err(format!("{status}: {}", unexpected(&answer)).into()) }
    }

    fn record(&mut self, work: Work, from: Instant, latency: Duration) -> Result<(), Failure> {
        if from >= self.time.start { self.outcome.record(work, latency) } else { Ok(()) }
    }

    fn failed(&mut self, error: &Failure, failures: &mut u32) -> Result<(), Failure> {
        self.outcome.errors += 1;
        *failures += 1;
        self.outcome.first_error.get_or_insert_with(|| error.to_string());
        if *failures < FAILURES {
            Ok(())
        } else {
            Err(format!("{FAILURES} failures in a row, the last: {error}").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_load_files_reads_and_polls_in_its_shares() {
        let count = |work: Work| (0..1_000).filter(|n| Mix::Mixed.work(*n) == work).count();
        assert_eq!([Work::Filing, Work::Area, Work::Case, Work::Poll].map(count), [100, 200, 200, 500]);
    }
}
