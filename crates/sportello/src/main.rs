//! Sportello: a digital front office for municipalities, in one binary.

mod cli;
mod config;
mod demo;
mod doctor;
mod rebuild;
mod serve;
mod telemetry;
mod verify;
mod wiring;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

/// Requests allocate much and briefly, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(cli.log_format, &cli.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Verify(args) => verify::run(&args).await,
            Command::Rebuild(args) => rebuild::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a command says when it fails: one sentence for the person at the terminal, causes included.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
