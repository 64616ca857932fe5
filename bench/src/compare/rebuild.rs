//! Building all read models from the log against reading and decoding the same events without writing anything.
//!
//! Each runs in a process of its own, so that its peak of memory is its own.

use super::{Bench, town::Town};
use crate::Failure;
use crate::measure::median;
use crate::server;
use eventstore::{EventStore, SystemClock, limits, system_random};
use eventstore_sql::{DataDirLock, Database, Sizes, load_master_key};
use projections::{Opener, ReadModels};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// `sportello-bench step`: one measure in a process of its own.
#[derive(Debug, clap::Args)]
pub struct StepArgs {
    /// Which.
    #[arg(value_enum)]
    what: What,
    /// Database of the town.
    #[arg(long)]
    database: Database,
    /// Its master key.
    #[arg(long)]
    master_key: PathBuf,
    /// Folder for read models on SQLite.
    #[arg(long)]
    scratch: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Read and decode.
    Read,
    /// Build all read models.
    Rebuild,
}

/// What a step says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    events: u64,
    per_second: f64,
    peak_mib: f64,
}

pub(super) async fn run(bench: &Bench<'_>, town: &Town) -> Result<Value, Failure> {
    println!("rebuild of all read models, {:?}, {} cases", bench.args.engine, town.pratiche);
    let (mut reads, mut rebuilds) = (Vec::new(), Vec::new());
    for number in 1..=bench.args.rounds {
        for (what, all) in [("read", &mut reads), ("rebuild", &mut rebuilds)] {
            all.push(step(bench, town, what).await?);
        }
        let last = |all: &[Step]| all.last().map_or(0.0, |step| step.per_second);
        println!("  round {number}: {:.0} events/s read, {:.0} events/s rebuilt", last(&reads), last(&rebuilds));
    }
    let rate = |all: &[Step]| median(all.iter().map(|step| step.per_second));
    let peak = |all: &[Step]| all.iter().map(|step| step.peak_mib).fold(0.0, f64::max);
    let (read, rebuilt) = (rate(&reads), rate(&rebuilds));
    let events = rebuilds.first().map_or(0, |step| step.events);
    println!(
        "  {events} events: {rebuilt:.0}/s rebuilt = {:.0} % of {read:.0}/s read and decoded; peak memory {:.0} MiB against {:.0} MiB",
        rebuilt / read * 100.0,
        peak(&rebuilds),
        peak(&reads)
    );
    Ok(json!({
        "engine": bench.engine(), "pratiche": town.pratiche, "events": events,
        "readPerSecond": read, "rebuildPerSecond": rebuilt, "ratio": rebuilt / read,
        "readPeakMib": peak(&reads), "rebuildPeakMib": peak(&rebuilds),
    }))
}

async fn step(bench: &Bench<'_>, town: &Town, what: &str) -> Result<Step, Failure> {
    let scratch = tempfile::tempdir_in(bench.dir.path())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["step", what, "--database", &town.address(), "--master-key"]).arg(town.master_key());
    command.arg("--scratch").arg(scratch.path()).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    if !output.status.success() {
        return Err(format!("the step {what} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `sportello-bench step`.
pub async fn run_step(args: &StepArgs) -> Result<(), Failure> {
    let _lock = args.database.folder().map(DataDirLock::acquire).transpose()?;
    let random = system_random();
    let log = args.database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    let keys = args.database.open_keys(load_master_key(&args.master_key, &random)?, random).await?;
    let opener = Arc::new(Opener::new(keys));
    let (events, seconds) = match args.what {
        What::Read => read(&*log, &opener).await?,
        What::Rebuild => {
            let store: Arc<dyn EventStore> = log.clone();
            rebuild(store, opener, &reads(&args.database, &args.scratch)).await?
        }
    };
    log.close().await;
    let peak_mib = server::memory(std::process::id())?.peak_mib;
    println!("{}", serde_json::to_string(&Step { events, per_second: events as f64 / seconds, peak_mib })?);
    Ok(())
}

fn reads(database: &Database, scratch: &Path) -> String {
    match database {
        Database::Sqlite(_) => scratch.join("letture.db").to_string_lossy().into_owned(),
        Database::Postgres(url) => url.clone(),
    }
}

async fn read(log: &dyn eventstore_sql::Engine, opener: &Arc<Opener>) -> Result<(u64, f64), Failure> {
    let begun = Instant::now();
    let mut position = 0;
    loop {
        let records = log.read_all(crate::ENTE, position, limits::PAGE).await?;
        let Some(last) = records.last() else { break };
        position = last.position;
        let opener = opener.clone();
        tokio::task::spawn_blocking(move || opener.open_all(records).map(drop)).await??;
    }
    Ok((position, begun.elapsed().as_secs_f64()))
}

async fn rebuild(store: Arc<dyn EventStore>, opener: Arc<Opener>, url: &str) -> Result<(u64, f64), Failure> {
    let reads = ReadModels::open(url, store, opener, vec![crate::ENTE.into()]).await?;
    let begun = Instant::now();
    let rebuilt = reads.rebuild(None, &|_| ()).await?;
    Ok((rebuilt.events, begun.elapsed().as_secs_f64()))
}
