//! The data of one installation: a folder, and the database of the engine under test.

use super::program;
use eventstore_sql::Database;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use test_postgres::{Cluster, TestDatabase};

/// Which engine this run is about: `sqlite` (also when it is not set) or `postgres`.
const ENGINE: &str = "SPORTELLO_TEST_ENGINE";

/// Data that goes away with the value. Servers started on the same data one after the other go on from it; on PostgreSQL
/// several may run at once and are the nodes of one installation.
pub struct Data {
    path: PathBuf,
    database: Place,
    _folder: Option<TempDir>,
}

enum Place {
    /// Files in the folder.
    Folder,
    /// A database of its own on the cluster of the tests.
    Own(TestDatabase),
    /// A database that somebody else keeps.
    At(String),
}

impl Data {
    /// On the engine of this run.
    pub async fn new() -> Self {
        match std::env::var(ENGINE).as_deref() {
            Err(_) | Ok("sqlite") => Self::sqlite(),
            Ok("postgres") => Self::postgres().await,
            Ok(other) => panic!("{ENGINE} is sqlite or postgres, not {other}"),
        }
    }

    fn on(database: Place) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { path: folder.path().to_owned(), database, _folder: Some(folder) }
    }

    /// SQLite files, whatever the run is about.
    pub fn sqlite() -> Self {
        Self::on(Place::Folder)
    }

    /// SQLite files in a folder that somebody else keeps.
    pub fn folder(path: &Path) -> Self {
        Self { path: path.to_owned(), database: Place::Folder, _folder: None }
    }

    /// A database on the cluster of the tests, whatever the run is about.
    pub async fn postgres() -> Self {
        Self::on(Place::Own(TestDatabase::create().await))
    }

    /// A new database on a cluster that the test stops or kills; it goes away with the cluster.
    pub fn on_cluster(cluster: &Cluster) -> Self {
        cluster.query("postgres", "CREATE DATABASE prova TEMPLATE template0");
        Self::at(format!("{}/prova", cluster.url()))
    }

    /// A PostgreSQL database at an address, kept by somebody else.
    pub fn at(url: String) -> Self {
        Self::on(Place::At(url))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Address of the PostgreSQL database, if it is one.
    pub fn url(&self) -> Option<&str> {
        match &self.database {
            Place::Folder => None,
            Place::Own(database) => Some(database.url()),
            Place::At(url) => Some(url),
        }
    }

    /// The database as the program opens it.
    pub fn database(&self) -> Database {
        self.url().map_or_else(|| Database::Sqlite(self.path.clone()), |url| Database::Postgres(url.to_owned()))
    }

    /// Arguments that name this data to the program.
    pub fn args(&self) -> Vec<String> {
        let mut args = vec!["--data".to_owned(), self.path.to_str().expect("a path of text").to_owned()];
        args.extend(self.url().into_iter().flat_map(|url| ["--database".to_owned(), url.to_owned()]));
        args
    }

    /// Runs a command of the program on this data to its end: whether it succeeded, and what it printed on both outputs.
    pub fn sportello(&self, args: &[&str]) -> (bool, String) {
        let all: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).chain(self.args()).collect();
        super::sportello(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// What `sportello verify` says.
    pub fn verify(&self) -> (bool, Value) {
        let output = Command::new(program()).args(["verify", "--json"]).args(self.args()).output();
        let output = output.expect("the program starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let report = serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("no report but {text:?}; {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.success(), report)
    }

    /// The log is whole.
    #[track_caller]
    pub fn assert_clean(&self) {
        let (success, report) = self.verify();
        assert!(success && report["clean"] == true, "{report:#}");
    }
}
