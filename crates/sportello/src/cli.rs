//! The command line.

use crate::telemetry::LogFormat;
use clap::{Args, Parser, Subcommand};
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
  sportello demo --data ./demo --listen 127.0.0.1:0 --json")]
    Demo(DemoArgs),
    /// Check every record of the log: positions, hash chain, streams, numbers of the register.
    #[command(after_help = "Examples:
  sportello verify --data /var/lib/sportello
  sportello verify --data ./demo --json")]
    Verify(VerifyArgs),
    /// Build read models anew beside the live ones and swap them.
    #[command(after_help = "Examples:
  sportello rebuild --config sportello.toml            all read models
  sportello rebuild --config sportello.toml registro   one of them")]
    Rebuild(RebuildArgs),
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
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder of the demonstration; made when missing, gone on from when used before.
    #[arg(long, default_value = "sportello-demo", env = "SPORTELLO_DEMO_DATA")]
    pub data: PathBuf,
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

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Folder of the data.
    #[arg(long, env = "SPORTELLO_DATA")]
    pub data: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RebuildArgs {
    /// Configuration file (TOML).
    #[arg(long, env = "SPORTELLO_CONFIG", required_unless_present = "data")]
    pub config: Option<PathBuf>,
    /// Folder of the data, instead of the file's `data`; enough by itself for a demonstration.
    #[arg(long, env = "SPORTELLO_DATA")]
    pub data: Option<PathBuf>,
    /// Read model; all of them without it.
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Configuration file (TOML).
    #[arg(long, env = "SPORTELLO_CONFIG")]
    pub config: PathBuf,
}
