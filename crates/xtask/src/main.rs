//! The tasks of the workshop: `cargo xtask <task>`.

mod assets;
mod bench;
mod glossary;
mod install;
mod schemas;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The tasks of the workshop.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the pages' files and run the demonstration; arguments after `--` go to `sportello demo`.
    Demo {
        /// Arguments of `sportello demo`.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Install what the tests need and pass them all.
    Test,
    /// Build the pages' files from their npm packages.
    Assets,
    /// Write the generated files: schemas of events and services, the GraphQL schema.
    Schemas,
    /// Check formatting, lints, generated files and the glossary.
    Check,
    /// Measure durable filings a second through HTTP against one synced SQLite commit a filing.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Demo { args } => demo(&args),
        Task::Test => test(),
        Task::Assets => assets::build(),
        Task::Schemas => generate(),
        Task::Check => check(),
        Task::Bench(args) => bench::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn demo(args: &[String]) -> Result<(), String> {
    assets::build()?;
    run(cargo().args(["run", "--package", "sportello", "--", "demo"]).args(args))
}

fn test() -> Result<(), String> {
    install::chromium()?;
    assets::build()?;
    check()?;
    run(cargo().args(["build", "--package", "sportello"]))?;
    for folder in ["tests/browser", "tests/smtp"] {
        install::packages(&root().join(folder))?;
    }
    // Nextest runs each test in a process of its own; where it is not installed, cargo's own runner does.
    if succeeds(cargo().args(["nextest", "--version"])) {
        run(cargo().args(["nextest", "run", "--workspace", "--no-fail-fast"]))?;
    } else {
        run(cargo().args(["test", "--workspace", "--no-fail-fast"]))?;
    }
    run(Command::new("npm").args(["test"]).current_dir(root().join("tests/browser")))
}

fn check() -> Result<(), String> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    schemas::check(&root())?;
    graphql::check_sdl(&root())?;
    glossary::check(&root()).map_err(|wrong| wrong.join("\n"))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn generate() -> Result<(), String> {
    schemas::write(&root())?;
    graphql::write_sdl(&root())
}

/// Cargo in the checkout.
fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end and fails as it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let line = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|e| format!("{line}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{line} failed")) }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
