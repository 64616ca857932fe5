//! The command line.

use crate::Failure;
use crate::backup::BackupArgs;
use crate::config::Config;
use crate::demo;
use crate::export::ExportArgs;
use crate::import::ImportArgs;
use crate::servizi::ServiziArgs;
use crate::telemetry::LogFormat;
use crate::wiring::Place;
use app::Enti;
use clap::{Args, Parser, Subcommand};
use eventstore_sql::Database;
use std::path::PathBuf;

/// A digital front office for municipalities: cases, the protocol register, the personal area, in one binary.
#[derive(Debug, Parser)]
#[command(name = "sportello", version, propagate_version = true)]
#[command(after_help = "Examples:
  sportello demo                               a small town with data, at http://127.0.0.1:8080
  sportello serve --config /etc/sportello.toml
  sportello verify --data /var/lib/sportello   check the whole log, record by record")]
pub(crate) struct Cli {
    /// Shape of the log lines: for people on a terminal, JSON otherwise.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Auto, env = "SPORTELLO_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// What is logged, as `level` or `target=level,…`.
    #[arg(long, global = true, default_value = "info,sqlx=warn", env = "SPORTELLO_LOG")]
    pub log: String,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the enti of a configuration file.
    #[command(after_help = "Examples:
  sportello serve --config sportello.toml
  SPORTELLO_LISTEN=0.0.0.0:8080 sportello serve --config sportello.toml")]
    Serve(ServeArgs),
    /// Build a small fictional town with data in a folder, serve it and say where.
    #[command(after_help = "Examples:
  sportello demo
  sportello demo --data ./demo --listen 127.0.0.1:0 --json
  sportello demo --database postgres://sportello@127.0.0.1/prova")]
    Demo(DemoArgs),
    /// Check every record of the log: positions, hash chain, streams, numbers of the register.
    #[command(after_help = "Examples:
  sportello verify --config /etc/sportello.toml
  sportello verify --data ./demo --json
  sportello verify --database postgres://sportello@db/sportello")]
    Verify(VerifyArgs),
    /// Build read models anew beside the live ones and swap them.
    #[command(after_help = "Examples:
  sportello rebuild --config sportello.toml            all read models
  sportello rebuild --config sportello.toml registro   one of them")]
    Rebuild(RebuildArgs),
    /// Write the log of an ente to a file that needs no database; works beside running nodes.
    #[command(after_help = "Examples:
  sportello export --config /etc/sportello.toml --ente c_x901 --out c_x901.jsonl --keys c_x901.chiavi.jsonl
  sportello export --data ./demo --ente c_x901 --out - | zstd > c_x901.jsonl.zst
  sportello export --database postgres://sportello@db/sportello --ente c_x901 --out c_x901.jsonl --resume")]
    Export(ExportArgs),
    /// Bring the log of an ente from a file into a database, verified on arrival; repeat it to go on.
    #[command(after_help = "Examples:
  sportello import --database postgres://sportello@db/sportello --in c_x901.jsonl \\
      --keys c_x901.chiavi.jsonl --master-key /etc/sportello/master.key
  zstdcat c_x901.jsonl.zst | sportello import --data ./nuovo --in -")]
    Import(ImportArgs),
    /// Copy a data folder of SQLite files beside the running service: log, keys, working data, files; never the master key.
    #[command(after_help = "Examples:
  sportello backup --data /var/lib/sportello --to /mnt/copie/2026-11-22

To restore: put the copy and the master key into an empty folder, then run `sportello verify` and `sportello rebuild`.")]
    Backup(BackupArgs),
    /// Check, publish, list and import definitions of services (forms, offices, terms).
    #[command(after_help = "Examples:
  sportello servizi check schemas/servizi/*.yaml
  sportello servizi publish orto-urbano.yaml --config /etc/sportello.toml
  sportello servizi list
  sportello servizi import-formio modulo.json > iscrizione-corso.yaml")]
    Servizi(ServiziArgs),
    /// Print the GraphQL schema (SDL), for generators of clients.
    #[command(after_help = "Examples:
  sportello schema > sportello.graphql")]
    Schema,
    /// Look for what would keep the service from working, and say how to mend it.
    #[command(after_help = "Examples:
  sportello doctor --config sportello.toml")]
    Doctor(DoctorArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Configuration file (TOML).
    #[arg(long, env = "SPORTELLO_CONFIG")]
    pub config: PathBuf,
    /// Address to listen on, instead of the file's `listen`.
    #[arg(long, env = "SPORTELLO_LISTEN")]
    pub listen: Option<String>,
    /// Folder of the data, instead of the file's `data`.
    #[arg(long, env = "SPORTELLO_DATA")]
    pub data: Option<PathBuf>,
    /// Database, instead of the file's `database`: `sqlite:FOLDER` or `postgres://user@host:port/name`.
    #[arg(long, value_name = "URL", env = "SPORTELLO_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder of the demonstration; made when missing, gone on from when used before.
    #[arg(long, default_value = "sportello-demo", env = "SPORTELLO_DEMO_DATA")]
    pub data: PathBuf,
    /// Database, instead of SQLite files in the folder: `sqlite:FOLDER` or `postgres://user@host:port/name`. Several
    /// demonstrations on one PostgreSQL database and one folder are the nodes of one installation.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    pub database: Option<Database>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", env = "SPORTELLO_DEMO_LISTEN")]
    pub listen: String,
    /// Print one line of JSON when ready: the address and a bearer token for each persona.
    #[arg(long)]
    pub json: bool,
    /// Start without the sample cases.
    #[arg(long)]
    pub empty: bool,
    /// Send the mail to this SMTP server (host:port, no TLS) instead of the demonstration's mailbox.
    #[arg(long)]
    pub smtp: Option<String>,
}

/// Which installation a command works on.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Where {
    /// Configuration file (TOML).
    #[arg(long, env = "SPORTELLO_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of the data, instead of the file's `data`; enough by itself for a demonstration.
    #[arg(long, env = "SPORTELLO_DATA")]
    pub data: Option<PathBuf>,
    /// Database, instead of the file's `database`: `sqlite:FOLDER` or `postgres://user@host:port/name`.
    #[arg(long, value_name = "URL", env = "SPORTELLO_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

impl Where {
    /// The configuration, with what the command line says instead.
    fn config(&self) -> Result<Option<Config>, Failure> {
        let Some(path) = &self.config else { return Ok(None) };
        let mut config = Config::read(path)?;
        config.put(self.data.as_ref(), self.database.as_ref());
        Ok(Some(config))
    }

    /// The database alone.
    pub fn database(&self) -> Result<Database, Failure> {
        if let Some(config) = self.config()? {
            return config.database();
        }
        match (&self.database, &self.data) {
            (Some(text), _) => Ok(text.parse().map_err(|e| format!("--database: {e}"))?),
            (None, Some(data)) => Ok(Database::Sqlite(data.clone())),
            (None, None) => Err("name the data: --config FILE, --data DIR or --database URL".into()),
        }
    }

    /// File of the master key, when it is known where the installation is.
    pub fn master_key(&self) -> Result<Option<PathBuf>, Failure> {
        if let Some(config) = self.config()? {
            return Ok(Some(config.master_key_file()));
        }
        let data = match &self.data {
            Some(data) => Some(data.clone()),
            None => self.database()?.folder().map(Into::into),
        };
        Ok(data.map(|data| data.join("master.key")))
    }

    /// Folder, database, master key and enti. Without a configuration file, those of a demonstration.
    pub fn place(&self) -> Result<(Place, Enti), Failure> {
        if let Some(config) = self.config()? {
            return Ok((Place::of(&config)?, Enti::new(config.enti.clone())?));
        }
        let data = self.data.as_ref().ok_or("name the folder of the data: --config FILE or --data DIR")?;
        Ok((Place::folder(data, Some(&self.database()?)), demo::towns()?))
    }
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Which log.
    #[command(flatten)]
    pub r#where: Where,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    /// Which installation.
    #[command(flatten)]
    pub r#where: Where,
    /// Read model; all of them without it.
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Configuration file (TOML).
    #[arg(long, env = "SPORTELLO_CONFIG")]
    pub config: PathBuf,
}
