//! Measures: builds the release programs and lets `sportello-bench compare` run on each engine.

use crate::{assets, cargo, postgres, root, run};
use std::process::Command;
use test_postgres::CLUSTER;

/// Arguments of the measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Measure the release programs that are there, without building them first.
    #[arg(long)]
    built: bool,
    /// One engine instead of both.
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Arguments of `sportello-bench compare`: figures, `--clients`, `--seconds`, `--rounds`, `--pratiche`….
    #[arg(last = true)]
    compare: Vec<String>,
}

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// Files.
    Sqlite,
    /// A throw-away cluster.
    Postgres,
}

/// `cargo xtask bench`. Figures are also written to `target/bench/<engine>.json`.
pub fn run_bench(args: &Args) -> Result<(), String> {
    if !args.built {
        assets::build()?;
        run(cargo().args(["build", "--release", "--package", "sportello", "--package", "bench"]))?;
    }
    let dir = root().join("target/bench");
    std::fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")] {
        if args.engine.is_some_and(|wanted| wanted != engine) {
            continue;
        }
        let mut compare = Command::new(root().join("target/release/sportello-bench"));
        compare.arg("compare").args(&args.compare).args(["--engine", name, "--dir"]).arg(&dir);
        compare.arg("--json").arg(dir.join(name).with_extension("json"));
        // The cluster lives as long as the measure.
        let cluster = (engine == Engine::Postgres).then(postgres::cluster).transpose()?;
        if let Some(cluster) = &cluster {
            compare.env(CLUSTER, cluster.url());
        }
        run(&mut compare)?;
    }
    Ok(())
}
