//! Figures as ratios: the program and its floors in turns, in one run, on one machine.

mod agende;
mod area;
mod disponibilita;
mod filings;
mod latency;
pub mod rebuild;
mod town;
mod visible;

use crate::Failure;
use crate::load::{self, Mix, Outcome, Plan};
use crate::server::{Place, Server, program};
use clap::ValueEnum;
use eventstore_sql::Database;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::time::Duration;
use test_postgres::TestDatabase;
use town::Town;

/// Time for an empty installation to be in service.
const READY: Duration = Duration::from_mins(1);

/// `sportello-bench compare`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which figures; `filings` and `latency` without any.
    #[arg(value_enum)]
    figures: Vec<Figure>,
    /// Engine of the program and its floors.
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// Cluster for `--engine postgres`, without a database: `postgres://user@host:port`. Databases are made on it and dropped.
    #[arg(long, env = "SPORTELLO_TEST_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// Clients at once; 64 on SQLite and 32 on PostgreSQL without it (16 for `area`, 4 for
    /// `disponibilita`).
    #[arg(long)]
    clients: Option<u32>,
    /// Seconds of each measure within a round.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Rounds; medians are compared.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Folder on the disk to be measured; what is measured lies in a folder of its own inside and is removed.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// The program; without it `sportello` beside this one.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Cases of the generated town (`area`, `rebuild`).
    #[arg(long, default_value_t = 1_000_000)]
    pratiche: u64,
    /// Past bookings of the generated town (`disponibilita`).
    #[arg(long, default_value_t = 500_000)]
    appuntamenti: u64,
    /// Keep generated towns in this folder and use those that are there (SQLite).
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write the figures here as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Figure {
    /// Durable filings a second over HTTP against one commit a filing, and against the bare group-committing writer.
    Filings,
    /// One filing on an idle server against one synced write.
    Latency,
    /// The personal area through GraphQL against one SQL statement behind bare axum, in a large town and a small one.
    Area,
    /// What is free in a month at thirty offices through GraphQL, against one SQL statement behind bare axum that reads the
    /// same rows, with years of bookings behind.
    Disponibilita,
    /// Building all read models against reading and decoding the log.
    Rebuild,
    /// From the answer to a filing until its list shows it, idle and under load.
    Visible,
    /// Memory of the server under a mixed load.
    Memory,
}

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Files.
    Sqlite,
    /// A cluster.
    Postgres,
}

/// What figures are measured with.
pub struct Bench<'a> {
    args: &'a Args,
    program: PathBuf,
    dir: tempfile::TempDir,
}

/// A database of its own, removed with the value.
pub struct Own {
    /// Folder of files.
    folder: tempfile::TempDir,
    database: Option<TestDatabase>,
}

impl Own {
    /// The database alone, for floors.
    fn database(&self) -> Result<Database, Failure> {
        match &self.database {
            None => Ok(Database::Sqlite(self.folder.path().to_owned())),
            Some(database) => Ok(database.url().parse()?),
        }
    }

    /// Address on the cluster.
    fn url(&self) -> Option<&str> {
        self.database.as_ref().map(TestDatabase::url)
    }

    /// Folder of files.
    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Bench<'_> {
    /// An empty database on the engine that is measured.
    async fn own(&self) -> Result<Own, Failure> {
        let folder = tempfile::tempdir_in(self.dir.path())?;
        let database = match self.args.engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let cluster = self.args.postgres.as_ref().ok_or("--engine postgres needs --postgres URL")?;
                Some(TestDatabase::create_on(cluster).await)
            }
        };
        Ok(Own { folder, database })
    }

    /// The program on a database, its read models in service.
    async fn server(&self, own: &Own) -> Result<Server, Failure> {
        let server = Server::start(&Place { program: &self.program, data: own.folder(), database: own.url() })?;
        server.settle(READY).await?;
        Ok(server)
    }

    fn clients(&self) -> u32 {
        self.args.clients.unwrap_or(match self.args.engine {
            Engine::Sqlite => 64,
            Engine::Postgres => 32,
        })
    }

    fn engine(&self) -> Engine {
        self.args.engine
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.args.seconds)
    }

    /// A load on a server, from a thread of its own.
    async fn load(&self, server: &Server, clients: u32, mix: Mix, visible: bool) -> Result<Outcome, Failure> {
        let (address, tokens) = (server.address.clone(), server.tokens.clone());
        let plan = Plan { address, tokens, clients, length: self.length(), mix, visible };
        tokio::task::spawn_blocking(move || load::drive(&plan)).await??.flawless()
    }
}

/// `sportello-bench compare`.
pub fn run(args: &Args) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.dir)?;
    let dir = tempfile::tempdir_in(std::path::absolute(&args.dir)?)?;
    let bench = Bench { args, program: program(args.program.as_ref())?, dir };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let chosen = if args.figures.is_empty() { &[Figure::Filings, Figure::Latency][..] } else { &args.figures };
    let mut all = Map::new();
    runtime.block_on(async {
        let mut town = None;
        for figure in chosen {
            let name = figure.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            all.insert(name, measure(&bench, *figure, &mut town).await?);
        }
        Ok::<_, Failure>(())
    })?;
    if let Some(path) = &args.json {
        std::fs::write(path, format!("{:#}\n", Value::from(all)))?;
    }
    Ok(())
}

async fn measure(bench: &Bench<'_>, figure: Figure, town: &mut Option<Town>) -> Result<Value, Failure> {
    if matches!(figure, Figure::Area | Figure::Rebuild) && town.is_none() {
        *town = Some(Town::make(bench, bench.args.pratiche).await?);
    }
    match (figure, town) {
        (Figure::Filings, _) => filings::run(bench).await,
        (Figure::Latency, _) => latency::run(bench).await,
        (Figure::Area, Some(town)) => area::run(bench, town).await,
        (Figure::Disponibilita, _) => disponibilita::run(bench).await,
        (Figure::Rebuild, Some(town)) => rebuild::run(bench, town).await,
        (Figure::Area | Figure::Rebuild, None) => Err("the town was not made".into()),
        (Figure::Visible, _) => visible::run(bench).await,
        (Figure::Memory, _) => visible::memory(bench).await,
    }
}
