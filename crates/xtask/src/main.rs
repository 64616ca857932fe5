//! The tasks of the workshop: `cargo xtask <task>`.

mod assets;
mod bench;
mod glossary;
mod install;
mod postgres;
mod schemas;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use test_postgres::{CLUSTER, Cluster};

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
    /// Run a command beside a throw-away PostgreSQL cluster, for tests that need one.
    Postgres {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
    /// Build the pages' files from their npm packages.
    Assets,
    /// Write the generated files: schemas of events and services, the GraphQL schema.
    Schemas,
    /// Check formatting, lints, the schemas of events and definitions, and the glossary.
    Check,
    /// Build the release programs and compare them with their floors, on both engines; arguments after `--` go to
    /// `sportello-bench compare`.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        // The one task that ends as something else ends.
        Task::Postgres { command } => return postgres::run(&command).unwrap_or_else(|error| failure(&error)),
        Task::Demo { args } => demo(&args),
        Task::Test => test(),
        Task::Assets => assets::build(),
        Task::Schemas => generate(),
        Task::Check => check(),
        Task::Bench(args) => bench::run_bench(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure(&error),
    }
}

fn failure(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
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
    install::postgres()?;
    install::tools()?;
    assets::build()?;
    check()?;
    // With the features that the tests bring, as nextest builds: one set of libraries instead of two.
    run(cargo().args(["build", "--workspace", "--bins", "--tests"]))?;
    for folder in ["tests/browser", "tests/smtp"] {
        install::packages(&root().join(folder))?;
    }
    rust_tests(&postgres::cluster()?)?;
    run(Command::new("npm").args(["test"]).current_dir(root().join("tests/browser")))
}

/// All tests, and then the integration tests a second time with PostgreSQL under the program, less those that are about
/// one engine and say so by the name of their module.
fn rust_tests(cluster: &Cluster) -> Result<(), String> {
    let cargo = || {
        let mut cargo = cargo();
        cargo.env(CLUSTER, cluster.url());
        cargo
    };
    let postgres = || {
        let mut cargo = cargo();
        cargo.env("SPORTELLO_TEST_ENGINE", "postgres");
        cargo
    };
    let package = ["--package", "it", "--no-fail-fast"];
    // Nextest runs each test in a process of its own; where it is not installed, cargo's own runner does.
    if succeeds(cargo().args(["nextest", "--version"])) {
        run(cargo().args(["nextest", "run", "--workspace", "--no-fail-fast"]))?;
        let both = "not test(/^(sqlite|postgres)::/)";
        run(postgres().args(["nextest", "run"]).args(package).args(["--filterset", both]))
    } else {
        run(cargo().args(["test", "--workspace", "--no-fail-fast"]))?;
        run(postgres().arg("test").args(package).args(["--", "--skip", "sqlite::", "--skip", "postgres::"]))
    }
}

fn check() -> Result<(), String> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    schemas::check(&root())?;
    glossary::check(&root()).map_err(|wrong| wrong.join("\n"))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn generate() -> Result<(), String> {
    schemas::write(&root())?;
    // Its own tests hold it against the program: this small program need not be built with all of that one's libraries.
    let output = output(cargo().args(["run", "--quiet", "--package", "sportello", "--", "schema"]))?;
    let path = root().join("schemas/graphql/sportello.graphql");
    std::fs::write(&path, output).map_err(|e| format!("{}: {e}", path.display()))
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

/// Runs a command to its end; what it wrote.
fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let line = format!("{command:?}").replace('"', "");
    let output = command.stderr(Stdio::inherit()).output().map_err(|e| format!("{line}: {e}"))?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{line} failed")) }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
