//! Generated towns, made once for all figures of a run that need them.

use super::{Bench, Engine, Own};
use crate::Failure;
use crate::generate;
use crate::server::{Place, Server};
use eventstore_sql::Database;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Time for the program to build its read models of a large town.
const BUILD: Duration = Duration::from_hours(1);

/// A town that was generated.
pub struct Town {
    /// Cases.
    pub pratiche: u64,
    /// Folder of the files and of the master key; of the databases, too, on SQLite.
    folder: PathBuf,
    url: Option<String>,
    /// What goes away with it.
    _own: Option<Own>,
}

impl Town {
    /// Generates one, or finds the one that was kept.
    pub async fn make(bench: &Bench<'_>, pratiche: u64) -> Result<Self, Failure> {
        let Some(kept) = &bench.args.keep else {
            let own = bench.own().await?;
            let town =
                Self { pratiche, folder: own.folder().to_owned(), url: own.url().map(str::to_owned), _own: Some(own) };
            town.generate().await?;
            return Ok(town);
        };
        if bench.args.engine == Engine::Postgres {
            return Err("--keep keeps towns on SQLite: a cluster's databases go with the run".into());
        }
        let town = Self { pratiche, folder: kept.join(format!("town-{pratiche}")), url: None, _own: None };
        let complete = town.folder.join("complete");
        if !complete.exists() {
            town.generate().await?;
            std::fs::write(complete, "")?;
        }
        Ok(town)
    }

    async fn generate(&self) -> Result<(), Failure> {
        eprintln!("generating a town of {} cases", self.pratiche);
        let args = generate::Args {
            database: self.database()?,
            master_key: Some(self.master_key()),
            pratiche: self.pratiche,
            appuntamenti: 0,
            uffici: 30,
            oggi: None,
            seed: 1,
            ente: crate::ENTE.into(),
            persone: None,
            from: generate::FROM.parse()?,
            to: generate::TO.parse()?,
        };
        let made = generate::generate(&args, &ProgressBar::hidden()).await?;
        eprintln!("  {} events in {:.0} s", made.events, made.took.as_secs_f64());
        Ok(())
    }

    /// Where its log is.
    pub fn database(&self) -> Result<Database, Failure> {
        match &self.url {
            None => Ok(Database::Sqlite(self.folder.clone())),
            Some(url) => Ok(url.parse()?),
        }
    }

    /// Its address, as an argument.
    pub fn address(&self) -> String {
        self.url.clone().unwrap_or_else(|| format!("sqlite:{}", self.folder.display()))
    }

    /// File of its master key.
    pub fn master_key(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    /// The program on it, its read models built.
    pub async fn server(&self, program: &Path) -> Result<Server, Failure> {
        let server = Server::start(&Place { program, data: &self.folder, database: self.url.as_deref() })?;
        server.settle(BUILD).await?;
        Ok(server)
    }

    /// The bare floor of the personal area on it.
    pub fn floor(&self) -> Result<Server, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor-area", "--database", &self.address(), "--master-key"]).arg(self.master_key());
        Ok(Server::spawn(command)?.0)
    }
}
