//! Contended appointments against real server processes that are killed: many clients want few seats, and afterwards the
//! log, the office's screen and what the clients were told must be the same.

mod check;
mod clients;
mod nodes;
mod outcome;
mod requests;

#[cfg(test)]
mod tests;

use crate::Failure;
use crate::compare::Engine;
use crate::measure::Table;
use crate::server::program;
use check::Findings;
use eventstore::{Clock as _, SystemClock};
use eventstore_sql::Database;
use indicatif::{ProgressBar, ProgressStyle};
use nodes::Nodes;
use outcome::{Outcome, Work};
use requests::Slot;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use test_postgres::TestDatabase;

/// Days after today from which on seats are fought over: beyond every notice and every cut-off.
const FROM: i64 = 4;
/// Days that are looked through for such with free slots.
const WITHIN: i64 = 28;

/// `sportello-bench appuntamenti`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Engine of the program.
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// Cluster for `--engine postgres`, without a database: `postgres://user@host:port`. A database is made on it and dropped.
    #[arg(long, env = "SPORTELLO_TEST_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// Attempts at a seat.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    tentativi: u64,
    /// Clients at once, each with a connection of its own; every eighth is a citizen, the others are officers at the counter.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    clienti: u16,
    /// Server processes; always one on SQLite.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    nodi: u8,
    /// SIGKILLs, spread over the run; every fifth hits all nodes at once.
    #[arg(long, default_value_t = 20)]
    uccisioni: u32,
    /// Days that are fought over.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    giorni: u8,
    /// What is booked; it must be on offer at the office.
    #[arg(long, default_value = "cie-rilascio")]
    servizio: String,
    /// Where.
    #[arg(long, default_value = "anagrafe")]
    ufficio: String,
    /// Of what is drawn: which slots, and when servers are killed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder on the disk that is used; the data lies in a folder of its own inside and is removed.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// The program; without it `sportello` beside this one.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Write the figures here as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// What is said at the end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures<'a> {
    engine: Engine,
    nodes: usize,
    clients: u16,
    seats: usize,
    attempts: u64,
    seconds: f64,
    attempts_per_second: f64,
    kills: u32,
    work: &'a Outcome,
    findings: &'a Findings,
    wrong: &'a [String],
}

/// `sportello-bench appuntamenti`.
pub fn run(args: &Args) -> Result<(), Failure> {
    // The clients wait nearly all the time: one thread leaves the processor to the servers.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(args))
}

async fn measure(args: &Args) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.dir)?;
    let folder = tempfile::tempdir_in(std::path::absolute(&args.dir)?)?;
    let own = match args.engine {
        Engine::Sqlite => None,
        Engine::Postgres => {
            let cluster = args.postgres.as_ref().ok_or("--engine postgres needs --postgres URL")?;
            Some(TestDatabase::create_on(cluster).await)
        }
    };
    let url = own.as_ref().map(TestDatabase::url);
    let count = if url.is_some() { usize::from(args.nodi) } else { 1 };
    let nodes = Nodes::start(program(args.program.as_ref())?, folder.path(), url, count)?;
    let place = requests::Place { ufficio: args.ufficio.clone(), servizio: args.servizio.clone() };
    let slots = Arc::new(slots(args, &nodes, &place).await?);
    let seats = slots.iter().map(|slot| slot.liberi).sum();
    let (work, took, kills) = fight(args, &nodes, &place, &slots).await?;
    let filled = clients::fill(&nodes, &place, &slots).await?;
    let mut findings = Findings::default();
    let mut wrong = work.wrong();
    let booked = work.booked.iter().chain(&filled.booked).cloned().collect();
    let held = work.seats.iter().chain(&filled.seats).cloned().collect();
    let told = check::Told { seats, booked, held };
    check::screen(&nodes, &place, &slots, &told, &mut wrong).await?;
    nodes.stop();
    let database = match url {
        None => Database::Sqlite(folder.path().to_owned()),
        Some(url) => url.parse()?,
    };
    check::log(&database, folder.path(), &place, &slots, &told, (&mut findings, &mut wrong)).await?;
    wrong.extend(filled.wrong());
    let figures = Figures {
        engine: args.engine,
        nodes: count,
        clients: args.clienti,
        seats,
        attempts: args.tentativi,
        seconds: took.as_secs_f64(),
        attempts_per_second: args.tentativi as f64 / took.as_secs_f64(),
        kills,
        work: &work,
        findings: &findings,
        wrong: &wrong,
    };
    print(&figures, took);
    if let Some(path) = &args.json {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&figures)?))?;
    }
    match wrong.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} things are wrong, the first: {first}", wrong.len()).into()),
    }
}

/// The slots of the first days that have any.
async fn slots(args: &Args, nodes: &Arc<Nodes>, place: &requests::Place) -> Result<Vec<Slot>, Failure> {
    let today = domain::termini::data_locale(SystemClock.now());
    let day = |after: i64| today.saturating_add(jiff::Span::new().days(after));
    let mut all = clients::free(nodes, place, (day(FROM), day(FROM + WITHIN))).await?;
    let mut days: Vec<_> = all.iter().map(Slot::giorno).collect();
    days.dedup();
    days.truncate(usize::from(args.giorni));
    all.retain(|slot| days.contains(&slot.giorno()));
    if days.len() < usize::from(args.giorni) {
        return Err(format!("{} has only {} days with free slots", args.ufficio, days.len()).into());
    }
    Ok(all)
}

/// The clients at work while servers are killed.
async fn fight(
    args: &Args,
    nodes: &Arc<Nodes>,
    place: &requests::Place,
    slots: &Arc<Vec<Slot>>,
) -> Result<(Outcome, Duration, u32), Failure> {
    let bar = bar(args.tentativi);
    let work = Arc::new(Work::new(args.tentativi, bar.clone()));
    let plan = nodes::Kills { count: args.uccisioni, seed: args.seed };
    let killer = {
        let (nodes, work) = (nodes.clone(), work.clone());
        std::thread::spawn(move || nodes::kill(&nodes, &work, &plan))
    };
    let begun = Instant::now();
    let outcome = clients::drive(nodes, place, slots, &work, (args.clienti, args.seed)).await;
    let took = begun.elapsed();
    work.end();
    let kills = killer.join().map_err(|_| "the thread that kills servers failed")??;
    bar.finish_and_clear();
    Ok((outcome?, took, kills))
}

fn bar(tentativi: u64) -> ProgressBar {
    let bar = ProgressBar::new(tentativi);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} attempts ({per_sec}, {eta}) {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn print(figures: &Figures<'_>, took: Duration) {
    println!(
        "contended appointments, {:?}: {} attempts of {} clients at {} seats, {} server processes",
        figures.engine, figures.attempts, figures.clients, figures.seats, figures.nodes
    );
    let mut table = Table::new("answered");
    for (name, latencies) in figures.work.latencies() {
        table.row(name, &latencies.summary(took));
    }
    table.print();
    let (work, found) = (figures.work, figures.findings);
    println!("  {:.0} attempts/s; {:.1} s", figures.attempts_per_second, figures.seconds);
    println!("  refusals of a taken slot: {}, of them without anything free instead: {}", work.refused, work.mute);
    println!("  other refusals: {}", work.other_refusals());
    println!(
        "  SIGKILLs: {}; requests that lost their answer: {}, of them bookings that were stored already: {}",
        figures.kills, work.lost, work.recovered
    );
    println!(
        "  answers to come again later: {}; keys that were sent again after their answer: {}",
        work.busy, work.repeated
    );
    let longest = work.longest;
    println!("  longest wait: {:.1} s ({}, tried {} times)", longest.time.as_secs_f64(), longest.name, longest.times);
    println!(
        "  log: {} records, {} of the days' agendas, {} bookings, {} seats at the end",
        found.records, found.events, found.bookings, found.seats
    );
    println!("  double bookings: {}; wrong in all: {}", found.doubles, figures.wrong.len());
    for wrong in figures.wrong.iter().take(20) {
        println!("    {wrong}");
    }
}
