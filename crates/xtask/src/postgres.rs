//! A throw-away PostgreSQL cluster around a command.

use crate::install;
use std::process::{Command, ExitCode};
use test_postgres::{CLUSTER, Cluster, Options};

/// A cluster for tests. Text is ordered as in Italian there, so that what forgets to say its order is found out.
pub fn cluster() -> Result<Cluster, String> {
    install::postgres()?;
    Cluster::start_new(&Options { italian: true, ..Options::default() })
}

/// Runs a command that finds a cluster, and ends as it ends.
pub fn run(command: &[String]) -> Result<ExitCode, String> {
    let [program, args @ ..] = command else {
        return Err("say which command needs PostgreSQL: cargo xtask postgres -- COMMAND…".into());
    };
    let cluster = cluster()?;
    eprintln!("PostgreSQL for the tests: {CLUSTER}={}", cluster.url());
    let status = Command::new(program).args(args).env(CLUSTER, cluster.url()).status();
    let status = status.map_err(|e| format!("{program}: {e}"))?;
    // A command that a signal ended has no code.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
