//! Sportello: a digital front office for municipalities, in one binary.

mod backup;
mod cli;
mod config;
mod demo;
mod doctor;
mod export;
mod import;
mod rebuild;
mod serve;
mod servizi;
mod telemetry;
mod verify;
mod wiring;

use clap::Parser;
use cli::{Cli, Command};
use std::io::Write as _;
use std::process::ExitCode;

/// Requests allocate much and briefly, on several threads.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Threads for what blocks (files, keys, large pages of the log) at most: each keeps memory of its own.
const BLOCKING: usize = 32;

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.log_format, &cli.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(BLOCKING).build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => Box::pin(demo::run(args)).await,
            Command::Verify(args) => verify::run(&args).await,
            Command::Rebuild(args) => rebuild::run(args).await,
            Command::Export(args) => export::run(args).await,
            Command::Import(args) => import::run(args).await,
            Command::Backup(args) => backup::run(args).await,
            Command::Servizi(args) => servizi::run(&args).await,
            Command::Schema => schema(),
            Command::Doctor(args) => doctor::run(args).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", whole(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Prints the GraphQL schema; a reader that has enough of it is no failure.
fn schema() -> Result<(), Failure> {
    match std::io::stdout().write_all(graphql::sdl().as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The message with its causes: no message repeats its source.
pub(crate) fn whole(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a command says when it fails: one sentence for the person at the terminal, causes included.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
