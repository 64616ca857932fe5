//! How many filings a second become durable through HTTP, as a ratio to one synced SQLite commit a filing on the same
//! disk in the same run. Rounds are interleaved, medians are compared: absolute figures move with the machine.
//!
//! Two floors, because the cost of a synced commit differs a hundredfold between disks. **Async**: a transaction a filing
//! through a pool with one writing connection, as a server does it that does not group. **Bare**: the same statements,
//! prepared, in a loop of threads around one connection, without any server: what the disk allows one commit at a time.

use crate::{cargo, root};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
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

/// Tables of the floors.
const TABLES: &str = "CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, body TEXT);
    CREATE TABLE head (id INTEGER PRIMARY KEY, numero INTEGER);
    INSERT INTO head VALUES (1, 0);";

/// Figures of one round.
struct Round {
    bare: f64,
    pooled: f64,
    http: Measured,
}

fn rounds(args: &Args, dir: &Path) -> Result<Vec<Round>, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(text)?;
    let server = Server::start(&dir.join("server"))?;
    let mut all = Vec::new();
    for round in 1..=args.rounds {
        let bare = commits(&dir.join(format!("bare-{round}.db")), args)?;
        let pooled = runtime.block_on(pooled(&dir.join(format!("pooled-{round}.db")), args))?;
        let http = runtime.block_on(filings(&server, args))?;
        println!(
            "round {round}: bare {bare:.0} commits/s, pooled {pooled:.0} commits/s, {:.0} filings/s over HTTP (p50 {:.1} ms, p99 {:.1} ms)",
            http.rate, http.p50_ms, http.p99_ms
        );
        all.push(Round { bare, pooled, http });
    }
    Ok(all)
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
    let all = rounds(args, &dir)?;
    let of = |figure: fn(&Round) -> f64| median(&mut all.iter().map(figure).collect::<Vec<_>>());
    let (bare, pooled, rate) = (of(|r| r.bare), of(|r| r.pooled), of(|r| r.http.rate));
    println!(
        "median: {rate:.0} filings/s over HTTP = {:.1} x one synced commit a filing through a pool ({pooled:.0}/s) = {:.2} x the bare commits of this disk ({bare:.0}/s)",
        rate / pooled,
        rate / bare
    );
    if let Some(path) = &args.json {
        let figures = json!({
            "clients": args.clients, "rounds": args.rounds, "seconds": args.seconds,
            "bareCommitsPerSecond": bare, "pooledCommitsPerSecond": pooled, "filingsPerSecond": rate,
            "ratioToPooled": rate / pooled, "ratioToBare": rate / bare,
            "p50Ms": of(|r| r.http.p50_ms), "p99Ms": of(|r| r.http.p99_ms),
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
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(text)?;
    conn.execute_batch(TABLES).map_err(text)?;
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

/// The same transaction through a pool with one writing connection, clients being tasks.
async fn pooled(path: &Path, args: &Args) -> Result<f64, String> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_mins(1));
    let pool = pool.connect_with(options).await.map_err(text)?;
    sqlx::raw_sql(TABLES).execute(&pool).await.map_err(text)?;
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let clients: Vec<_> = (0..args.clients)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let mut done = 0u64;
                while Instant::now() < end {
                    let mut tx = pool.begin().await.map_err(text)?;
                    sqlx::query("UPDATE head SET numero = numero + 1 WHERE id = 1")
                        .execute(&mut *tx)
                        .await
                        .map_err(text)?;
                    for size in EVENTS {
                        let insert = sqlx::query("INSERT INTO event (stream, body) VALUES ('segnalazione', ?1)");
                        insert.bind("x".repeat(size)).execute(&mut *tx).await.map_err(text)?;
                    }
                    tx.commit().await.map_err(text)?;
                    done += 1;
                }
                Ok::<_, String>(done)
            })
        })
        .collect();
    let mut done = 0;
    for client in clients {
        done += client.await.map_err(text)??;
    }
    Ok(done as f64 / args.seconds as f64)
}

fn commit(conn: &mut rusqlite::Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    tx.prepare_cached("UPDATE head SET numero = numero + 1 WHERE id = 1")?.execute([])?;
    for size in EVENTS {
        tx.prepare_cached("INSERT INTO event (stream, body) VALUES ('segnalazione', ?1)")?
            .execute(["x".repeat(size)])?;
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
