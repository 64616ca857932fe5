//! A PostgreSQL cluster that lives as long as a test.

use crate::binaries::{Owner, binaries};
use crate::keeper::Keeper;
use crate::processes::{halted, signal};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Superuser of each cluster.
const USER: &str = "sportello";
/// Ports below those that the kernel gives to clients: while a server is down nobody else gets its port.
const PORTS: std::ops::Range<u32> = 20_000..32_000;
/// Ports tried before giving up.
const TRIES: usize = 20;
/// For a server to start (after a crash it reads its log first), to stop, or to be promoted.
const DEADLINE: Duration = Duration::from_mins(1);
/// Settings of this cluster, read by `postgresql.conf`.
const SETTINGS: &str = "sportello.conf";

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Connections are ended, what was committed is written out.
    Fast,
    /// As after a power cut: the next start recovers from the log.
    Immediate,
}

/// What a new cluster is like.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Settings of `postgresql.conf` beside ours.
    pub settings: Vec<(String, String)>,
    /// Text is ordered as in Italian instead of byte by byte: shows what depends on a collation by mistake.
    pub italian: bool,
    /// The files of PostgreSQL's own log have 1 MiB instead of 16: for [`Cluster::limit_files`].
    pub small_files: bool,
}

/// A throw-away cluster on a loopback port: data in a temporary folder, every commit synced, the superuser `sportello`
/// without a password. The server ends and the folder goes with the value, or when the process ends in any other way.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    owner: Owner,
    port: u32,
    settings: BTreeMap<String, String>,
    server: Option<Child>,
    /// Removes the folder when everything above is done.
    keeper: Keeper,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    /// What is missing or went wrong, in words for whoever runs the tests.
    pub fn start_new(options: &Options) -> Result<Self, String> {
        let mut cluster = Self::prepare(options.settings.iter().cloned().collect())?;
        let mut initdb = cluster.program("initdb");
        initdb.args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]);
        if options.italian {
            initdb.args(["--locale-provider", "icu", "--icu-locale", "it-IT"]);
        }
        if options.small_files {
            initdb.args(["--wal-segsize", "1"]);
        }
        succeed(initdb.arg("--pgdata").arg(cluster.data()))?;
        cluster.begin()?;
        Ok(cluster)
    }

    fn prepare(settings: BTreeMap<String, String>) -> Result<Self, String> {
        let binaries = binaries().ok_or_else(|| {
            "PostgreSQL 15 or later is needed: install Debian's package postgresql (or put its initdb into the PATH)"
                .to_owned()
        })?;
        let owner = Owner::find()?;
        let folder = tempfile::Builder::new().prefix("sportello-pg-").tempdir();
        let folder = folder.map_err(|e| format!("no folder for PostgreSQL: {e}"))?;
        owner.take(folder.path())?;
        // From here on the keeper removes it.
        let folder = folder.keep();
        let keeper = Keeper::of(&folder)?;
        Ok(Self { folder, binaries, owner, port: 0, settings, server: None, keeper })
    }

    /// The first start, on a free port.
    fn begin(&mut self) -> Result<(), String> {
        let conf = self.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&conf).map_err(|e| format!("{}: {e}", conf.display()))?;
        let include = format!("\ninclude '{SETTINGS}'\n");
        if !text.ends_with(&include) {
            text.push_str(&include);
            fs::write(&conf, text).map_err(|e| format!("{}: {e}", conf.display()))?;
        }
        let mut last = String::new();
        for _ in 0..TRIES {
            self.port = free_port()?;
            match self.try_start() {
                Ok(()) => return Ok(()),
                Err(error) if error.contains("Address already in use") => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Address of the cluster without a database: `postgres://user@host:port`.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}", self.port)
    }

    /// Port on the loopback address.
    pub fn port(&self) -> u32 {
        self.port
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What the server has said since the cluster was made.
    pub fn log(&self) -> String {
        fs::read(self.folder.join("log")).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
    }

    fn program(&self, name: &str) -> Command {
        self.owner.command(self.binaries.join(name))
    }

    fn pid(&self) -> u32 {
        self.server.as_ref().expect("the server runs").id()
    }

    /// Starts the server and waits until it takes connections.
    ///
    /// # Panics
    /// When it runs already or does not start.
    pub fn start(&mut self) {
        self.try_start().unwrap_or_else(|error| panic!("{error}"));
    }

    fn try_start(&mut self) -> Result<(), String> {
        assert!(self.server.is_none(), "the server runs");
        self.write_settings()?;
        let log = self.folder.join("log");
        let before = self.log().len();
        let to = || File::options().append(true).create(true).open(&log).map_err(|e| format!("{}: {e}", log.display()));
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(to()?).stderr(to()?).process_group(0);
        let mut child = command.spawn().map_err(|e| format!("postgres: {e}"))?;
        self.keeper.watch(Some(child.id()));
        let deadline = Instant::now() + DEADLINE;
        // The last line of this file is how `pg_ctl --wait` knows, too.
        let ready = |text: &str| text.lines().nth(7).is_some_and(|line| ["ready", "standby"].contains(&line.trim()));
        let said = |this: &Self| this.log().get(before..).unwrap_or_default().to_owned();
        loop {
            if let Some(status) = child.try_wait().map_err(|e| format!("postgres: {e}"))? {
                self.keeper.watch(None);
                return Err(format!("PostgreSQL did not start ({status}): {}", said(self)));
            }
            let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            // A server that was killed leaves its own file behind.
            if file.lines().next() == Some(&child.id().to_string()) && ready(&file) {
                self.server = Some(child);
                return Ok(());
            }
            if Instant::now() > deadline {
                signal(child.id(), Signal::QUIT);
                child.wait().map_err(|e| format!("postgres: {e}"))?;
                self.keeper.watch(None);
                return Err(format!("PostgreSQL did not start in {} seconds: {}", DEADLINE.as_secs(), said(self)));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn write_settings(&self) -> Result<(), String> {
        let mut text = String::from(
            "listen_addresses = '127.0.0.1'\nmax_connections = 300\nshared_buffers = '64MB'\n\
             dynamic_shared_memory_type = mmap\nlogging_collector = off\n",
        );
        let folder = self.folder.display().to_string();
        let fixed = [("port", self.port.to_string()), ("unix_socket_directories", folder)];
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in fixed.into_iter().chain(own) {
            writeln!(text, "{name} = '{}'", value.replace('\'', "''")).expect("text grows");
        }
        let path = self.data().join(SETTINGS);
        fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        self.owner.take(&path)
    }

    /// Changes a setting; a running server reads it again at once. Some settings wait for the next start.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
        self.write_settings().unwrap_or_else(|error| panic!("{error}"));
        if let Some(server) = &self.server {
            signal(server.id(), Signal::HUP);
        }
    }

    /// Stops the server and waits for its end.
    ///
    /// # Panics
    /// When it does not run or does not end.
    pub fn stop(&mut self, how: Stop) {
        let kind = match how {
            Stop::Fast => Signal::INT,
            Stop::Immediate => Signal::QUIT,
        };
        signal(self.pid(), kind);
        self.ended();
    }

    /// Kills the server and everything it has made, as if the machine had died.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        for pid in halted(self.pid()) {
            signal(pid, Signal::KILL);
        }
        self.ended();
    }

    fn ended(&mut self) {
        let mut server = self.server.take().expect("the server runs");
        let deadline = Instant::now() + DEADLINE;
        while server.try_wait().expect("its status is known").is_none() {
            assert!(Instant::now() < deadline, "PostgreSQL did not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        self.keeper.watch(None);
    }

    /// Lets the server and all its processes stand still: connections stay open, nothing answers.
    ///
    /// # Panics
    /// When it does not run.
    pub fn pause(&self) {
        for pid in halted(self.pid()) {
            signal(pid, Signal::STOP);
        }
    }

    /// Lets a paused server go on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn resume(&self) {
        for pid in halted(self.pid()) {
            signal(pid, Signal::CONT);
        }
    }

    /// Limits the size of each file that the server and all its processes may write, in bytes; `None` lifts the limit.
    /// Growing a table beyond it fails as on a full disk, if the limit is not a multiple of 8 KiB. More than a file of
    /// PostgreSQL's own log must be allowed, see [`Options::small_files`].
    ///
    /// # Panics
    /// When the server does not run, or without the program `prlimit` (util-linux).
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let all = halted(self.pid());
        for pid in &all {
            // Only the soft limit: it can be raised again without privileges. A process may have ended meanwhile.
            let mut prlimit = self.owner.command("prlimit");
            let outcome = succeed(prlimit.arg(format!("--fsize={limit}:")).args(["--pid", &pid.to_string()]));
            let gone = !Path::new(&format!("/proc/{pid}")).exists();
            assert!(outcome.is_ok() || gone, "{outcome:?}");
        }
        signal(self.pid(), Signal::CONT);
    }

    /// Asks by `psql` and gives the rows as lines, columns separated by `|`.
    ///
    /// # Panics
    /// When there is no answer or a refusal.
    pub fn query(&self, database: &str, sql: &str) -> Vec<String> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set", "ON_ERROR_STOP=1"]);
        psql.args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--username", USER]);
        psql.args(["--dbname", database, "--command", sql]);
        succeed(&mut psql).unwrap_or_else(|error| panic!("{error}")).lines().map(str::to_owned).collect()
    }

    /// A second cluster that follows this one and confirms every commit: from now on nothing is committed here that is not
    /// on its disk too.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn standby(&mut self) -> Result<Self, String> {
        let name = format!("standby_{}", crate::random().simple());
        let mut standby = Self::prepare(self.settings.clone())?;
        standby.settings.remove("synchronous_standby_names");
        let (host, port) = ("127.0.0.1", self.port.to_string());
        let mut copy = standby.program("pg_basebackup");
        copy.args(["--host", host, "--port", &port, "--username", USER, "--checkpoint=fast", "--no-sync"]);
        succeed(copy.arg("--pgdata").arg(standby.data()))?;
        let follow = format!("host={host} port={port} user={USER} application_name={name}");
        standby.settings.insert("primary_conninfo".into(), follow);
        let mark = standby.data().join("standby.signal");
        File::create(&mark).map_err(|e| format!("{}: {e}", mark.display()))?;
        standby.begin()?;
        self.set("synchronous_standby_names", &name);
        let deadline = Instant::now() + DEADLINE;
        let sql = format!("SELECT sync_state FROM pg_stat_replication WHERE application_name = '{name}'");
        while self.query("postgres", &sql) != ["sync"] {
            if Instant::now() > deadline {
                return Err(format!("the standby does not follow: {}", standby.log()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(standby)
    }

    /// Makes a standby the one that is written to, and waits until it is.
    ///
    /// # Panics
    /// When it does not become so.
    pub fn promote(&mut self) {
        let mut promote = self.program("pg_ctl");
        promote.args(["promote", "--wait", "--timeout", &DEADLINE.as_secs().to_string(), "--pgdata"]).arg(self.data());
        succeed(&mut promote).unwrap_or_else(|error| panic!("{error}"));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            signal(server.id(), Signal::QUIT);
            // It may have been paused.
            for pid in halted(server.id()) {
                signal(pid, Signal::CONT);
            }
            if server.wait().is_ok() {
                self.keeper.watch(None);
            }
        }
    }
}

/// A port of the loopback address that nobody listens on at this moment.
fn free_port() -> Result<u32, String> {
    for _ in 0..TRIES {
        let random = u32::from_le_bytes(crate::random().as_bytes()[..4].try_into().expect("four bytes"));
        let port = PORTS.start + random % (PORTS.end - PORTS.start);
        let free = u16::try_from(port).is_ok_and(|port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
        if free {
            return Ok(port);
        }
    }
    Err(format!("no free port was found among {PORTS:?}"))
}

/// Runs a command to its end; what it printed.
fn succeed(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
