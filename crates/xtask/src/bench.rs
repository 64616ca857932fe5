//! How many filings a second become durable through HTTP, as a ratio to one synced SQLite commit a filing on the same
//! disk in the same run. Rounds are interleaved, medians are compared: absolute figures move with the machine.

use crate::{cargo, root};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Arguments of the measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Clients at once.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Seconds of each half of a round.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Rounds.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Folder on the disk to be measured.
    #[arg(long, default_value = "target/bench")]
    dir: String,
    /// Measure the release binary that is there, without building it first.
    #[arg(long)]
    built: bool,
    /// Write the figures here as JSON.
    #[arg(long)]
    json: Option<String>,
}

const FILE: &str = "mutation($input: InviaSegnalazioneInput!) { inviaSegnalazione(input: $input) {
    protocollo { numero } errori { codice } } }";

/// Rows of one filing in the floor: as many and as large as the log stores.
const EVENTS: [usize; 4] = [1_400, 1_700, 700, 600];

fn rounds(args: &Args, dir: &Path) -> Result<(Vec<f64>, Vec<Measured>), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(text)?;
    let server = Server::start(&dir.join("server"))?;
    let (mut floor, mut http) = (Vec::new(), Vec::new());
    for round in 1..=args.rounds {
        let commits = commits(&dir.join(format!("floor-{round}.db")), args)?;
        let filings = runtime.block_on(filings(&server, args))?;
        println!(
            "round {round}: {commits:.0} synced commits/s, {:.0} filings/s, p50 {:.1} ms, p99 {:.1} ms",
            filings.rate, filings.p50_ms, filings.p99_ms
        );
        floor.push(commits);
        http.push(filings);
    }
    Ok((floor, http))
}

/// `cargo xtask bench`.
pub fn run(args: &Args) -> Result<(), String> {
    if !args.built {
        crate::assets::build()?;
        crate::run(cargo().args(["build", "--release", "--package", "sportello"]))?;
    }
    let dir = root().join(&args.dir);
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(text)?;
    }
    std::fs::create_dir_all(&dir).map_err(text)?;
    let (mut floor, http) = rounds(args, &dir)?;
    let floor = median(&mut floor);
    let rate = median(&mut http.iter().map(|m| m.rate).collect::<Vec<_>>());
    let p50 = median(&mut http.iter().map(|m| m.p50_ms).collect::<Vec<_>>());
    let p99 = median(&mut http.iter().map(|m| m.p99_ms).collect::<Vec<_>>());
    println!("median: {rate:.0} filings/s over {floor:.0} synced commits/s = {:.1} x", rate / floor);
    if let Some(path) = &args.json {
        let figures = json!({
            "clients": args.clients, "rounds": args.rounds, "seconds": args.seconds,
            "syncedCommitsPerSecond": floor, "filingsPerSecond": rate, "ratio": rate / floor,
            "p50Ms": p50, "p99Ms": p99,
        });
        std::fs::write(path, format!("{figures:#}\n")).map_err(text)?;
    }
    Ok(())
}


/// One half of a round over HTTP.
struct Measured {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// Commits a second when each filing is a synced transaction of its own, clients taking turns at the one writer SQLite has.
fn commits(path: &Path, args: &Args) -> Result<f64, String> {
    let conn = rusqlite::Connection::open(path).map_err(text)?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, body TEXT);
         CREATE TABLE head (id INTEGER PRIMARY KEY, numero INTEGER);
         INSERT INTO head VALUES (1, 0);",
    )
    .map_err(text)?;
    let conn = Arc::new(std::sync::Mutex::new(conn));
    let done = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let clients: Vec<_> = (0..args.clients)
        .map(|_| {
            let (conn, done) = (conn.clone(), done.clone());
            std::thread::spawn(move || -> Result<(), String> {
                while Instant::now() < end {
                    let mut conn = conn.lock().map_err(text)?;
                    commit(&mut conn).map_err(text)?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        })
        .collect();
    for client in clients {
        client.join().map_err(|_| "a client of the floor panicked".to_owned())??;
    }
    Ok(done.load(Ordering::Relaxed) as f64 / args.seconds as f64)
}

fn commit(conn: &mut rusqlite::Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.prepare_cached("UPDATE head SET numero = numero + 1 WHERE id = 1")?.execute([])?;
    for size in EVENTS {
        tx.prepare_cached("INSERT INTO event (stream, body) VALUES ('segnalazione', ?1)")?.execute(["x".repeat(size)])?;
    }
    tx.commit()
}

/// Filings a second through HTTP: each answered after its commit, with its number.
async fn filings(server: &Server, args: &Args) -> Result<Measured, String> {
    let http = reqwest::Client::builder().pool_max_idle_per_host(args.clients).build().map_err(text)?;
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let start = Instant::now();
    let clients: Vec<_> = (0..args.clients)
        .map(|client| tokio::spawn(file(http.clone(), server.url.clone(), server.token.clone(), client, end)))
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.map_err(text)??);
    }
    let elapsed = start.elapsed().as_secs_f64();
    let rate = times.len() as f64 / elapsed;
    times.sort_unstable();
    let at = |share: f64| {
        let index = ((times.len() as f64 - 1.0) * share) as usize;
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    Ok(Measured { rate, p50_ms: at(0.5), p99_ms: at(0.99) })
}

async fn file(
    http: reqwest::Client,
    url: String,
    token: String,
    client: usize,
    end: Instant,
) -> Result<Vec<Duration>, String> {
    static RUN: AtomicU64 = AtomicU64::new(0);
    let mut times = Vec::new();
    while Instant::now() < end {
        let key = format!("bench-{client}-{}", RUN.fetch_add(1, Ordering::Relaxed));
        let input = json!({
            "chiaveIdempotenza": key, "categoria": "illuminazione", "titolo": "Lampione spento",
            "dettagli": "Il lampione davanti al civico 12 è spento da tre giorni.",
            "luogo": { "indirizzo": "Via dei Tigli 12", "latitudine": 44.1815, "longitudine": 8.2632 },
            "allegati": [],
        });
        let body = json!({ "query": FILE, "variables": { "input": input } });
        let sent = Instant::now();
        let answer = http.post(format!("{url}/graphql")).bearer_auth(&token).json(&body).send().await.map_err(text)?;
        let answer: Value = answer.json().await.map_err(text)?;
        if answer["data"]["inviaSegnalazione"]["protocollo"]["numero"].as_u64().is_none() {
            return Err(format!("a filing got no number: {answer}"));
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}

/// The program under measure.
struct Server {
    child: Child,
    url: String,
    token: String,
}

impl Server {
    fn start(data: &Path) -> Result<Self, String> {
        let mut child = Command::new(root().join("target/release/sportello"))
            .args(["--log", "warn", "demo", "--empty", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(text)?;
        let ready: Value = serde_json::from_str(&line).map_err(text)?;
        let word = |value: &Value| value.as_str().map(str::to_owned).ok_or("the ready line lacks something");
        Ok(Self { url: word(&ready["ready"])?, token: word(&ready["tokens"]["cittadino"])?, child })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
