//! Measures Sportello: drives a running server, compares it with floors in one run, and makes towns of any size.

mod appuntamenti;
mod compare;
mod floor;
mod generate;
mod http;
mod load;
mod measure;
mod requests;
mod server;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// As the program under measure has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a command says when it fails.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The first town of the demonstration.
const ENTE: &str = "c_x901";

/// Measures Sportello.
#[derive(Debug, Parser)]
#[command(name = "sportello-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Drive a running server over HTTP and print throughput and latencies.
    #[command(after_help = "Examples:
  sportello demo --json --listen 127.0.0.1:8080          prints a token for each persona
  sportello-bench load --url http://127.0.0.1:8080 --token TOKEN
  sportello-bench load --url http://127.0.0.1:8080 --token A --token B --mix filings --clients 64 --seconds 30")]
    Load(load::Args),
    /// Make a town of any size: cases and appointments with histories like those that the commands give, over years.
    #[command(after_help = "Examples:
  sportello-bench generate --database sqlite:./town --pratiche 1000
  sportello demo --empty --data ./town --listen 127.0.0.1:8080          serves it
  sportello-bench generate --database sqlite:./agende --appuntamenti 500000 --uffici 30
  sportello-bench generate --database postgres://user@127.0.0.1/town --master-key ./town/master.key --pratiche 1000000")]
    Generate(generate::Args),
    /// Compare the program with its floors, in turns in one run; print ratios.
    #[command(after_help = "Examples:
  sportello-bench compare                                          filings and idle latency on SQLite
  sportello-bench compare filings --clients 64 --seconds 8 --rounds 3
  sportello-bench compare filings --engine postgres --postgres postgres://postgres@127.0.0.1:5432
  sportello-bench compare latency --json latency.json
  sportello-bench compare area rebuild --pratiche 1000000 --keep target/towns
  sportello-bench compare disponibilita --appuntamenti 500000 --keep target/towns
  sportello-bench compare visible memory --seconds 30")]
    Compare(compare::Args),
    /// Contended appointments: many clients want few seats of real server processes that are killed again and again.
    #[command(after_help = "Examples:
  sportello-bench appuntamenti                                     100,000 attempts on SQLite, 20 kills
  sportello-bench appuntamenti --tentativi 5000 --uccisioni 5 --json contesa.json
  sportello-bench appuntamenti --engine postgres --postgres postgres://postgres@127.0.0.1:5432 --nodi 3

It fails when anybody was booked twice or forgotten, when a seat stayed empty, or when a refusal named nothing that is free.")]
    Appuntamenti(appuntamenti::Args),
    /// Serve the bare floor of the personal area (`compare` starts it).
    #[command(hide = true)]
    FloorArea(floor::area::Args),
    /// Serve the bare floor of availability (`compare` starts it).
    #[command(hide = true)]
    FloorDisponibilita(floor::disponibilita::Args),
    /// One measure in a process of its own (`compare` starts it).
    #[command(hide = true)]
    Step(compare::rebuild::StepArgs),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Load(args) => load::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Appuntamenti(args) => appuntamenti::run(&args),
        Command::FloorArea(args) => on_runtime(floor::area::serve(&args)),
        Command::FloorDisponibilita(args) => on_runtime(floor::disponibilita::serve(&args)),
        Command::Step(args) => on_runtime(compare::rebuild::run_step(&args)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A runtime as the program has it.
fn on_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
