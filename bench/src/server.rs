//! The program under measure, as a process of its own.

use crate::Failure;
use crate::http::{Address, Client};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ticks of processor time a second in `/proc` (`sysconf(_SC_CLK_TCK)`: 100 on every Linux that runs here).
const TICKS: f64 = 100.0;

/// A demonstration without sample cases, or a floor; killed with the value.
pub struct Server {
    child: Running,
    /// Where it answers.
    pub address: Address,
    /// Tokens of the two citizens of a demonstration; floors ask for none.
    pub tokens: Vec<String>,
}

struct Running(Child);

/// Which program, and where its data is.
pub struct Place<'a> {
    /// The binary.
    pub program: &'a Path,
    /// Folder of its files.
    pub data: &'a Path,
    /// Database, when it is not in the folder.
    pub database: Option<&'a str>,
}

/// What a process used.
#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// In memory now, MiB.
    pub resident_mib: f64,
    /// Most that ever was, MiB.
    pub peak_mib: f64,
}

impl Server {
    /// Starts the program and waits until it answers.
    ///
    /// # Errors
    /// When it does not become ready.
    pub fn start(place: &Place<'_>) -> Result<Self, Failure> {
        let mut command = Command::new(place.program);
        command.args(["--log", "error", "demo", "--empty", "--json", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(place.data);
        if let Some(url) = place.database {
            command.args(["--database", url]);
        }
        let (server, ready) = Self::spawn(command)?;
        let tokens = ["cittadino", "cittadino2"].map(|persona| ready["tokens"][persona].as_str().map(str::to_owned));
        let tokens = tokens.into_iter().collect::<Option<Vec<_>>>().ok_or("the ready line lacks a token")?;
        Ok(Self { tokens, ..server })
    }

    /// Starts a command that prints one line of JSON once it is ready: `{"ready": "http://…"}`.
    ///
    /// # Errors
    /// When it does not.
    pub fn spawn(mut command: Command) -> Result<(Self, Value), Failure> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("{shown} does not start: {e}"))?;
        match ready(&mut child) {
            Ok((address, ready)) => Ok((Self { child: Running(child), address, tokens: vec![String::new()] }, ready)),
            Err(error) => {
                drop(Running(child));
                Err(format!("{shown}: {error}").into())
            }
        }
    }

    /// Starts a command that says nothing, and waits until it answers.
    ///
    /// # Errors
    /// When it ends, or does not answer within `limit`.
    pub async fn silent(mut command: Command, url: &str, limit: Duration) -> Result<Self, Failure> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let child = command.stdout(Stdio::null()).spawn().map_err(|e| format!("{shown} does not start: {e}"))?;
        let (mut child, address, end) = (Running(child), Address::parse(url)?, Instant::now() + limit);
        while Client::new(&address, None)?.get("/readyz").await.is_err() {
            if let Some(status) = child.0.try_wait()? {
                return Err(format!("{shown} ended: {status}").into());
            }
            if Instant::now() > end {
                return Err(format!("{shown} does not answer").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Self { child, address, tokens: vec![String::new()] })
    }

    /// Waits until the read models hold the whole log.
    ///
    /// # Errors
    /// When they do not within `limit`.
    pub async fn settle(&self, limit: Duration) -> Result<(), Failure> {
        settle(&self.address, limit).await
    }

    /// Processor time it used so far.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        cpu(self.child.0.id())
    }

    /// Memory it uses.
    pub fn memory(&self) -> Result<Memory, Failure> {
        memory(self.child.0.id())
    }
}

/// Waits until the read models of a server hold the whole log.
///
/// # Errors
/// When they do not within `limit`.
pub async fn settle(address: &Address, limit: Duration) -> Result<(), Failure> {
    let end = Instant::now() + limit;
    let mut http = Client::new(address, None)?;
    loop {
        let (_, answer) = http.get("/readyz").await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let behind = answer["proiezioni"].as_array().is_none_or(|all| all.iter().any(|p| p["ritardo"] != 0));
        if !behind {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(format!("the read models do not come to the end of the log: {answer}").into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn ready(child: &mut Child) -> Result<(Address, Value), Failure> {
    let stdout = child.stdout.take().ok_or("no output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let ready: Value = serde_json::from_str(&line).map_err(|_| format!("no ready line but {line:?}"))?;
    let url = ready["ready"].as_str().ok_or("the ready line names no address")?;
    Ok((Address::parse(url)?, ready))
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is left to do for who cannot be killed or waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Processor time of a process, user and system.
pub fn cpu(pid: u32) -> Result<Duration, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program may hold anything; what follows its parenthesis does not.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).ok_or("no such field");
    Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS))
}

/// Memory of a process.
pub fn memory(pid: u32) -> Result<Memory, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let mib = |name: &str| -> Result<f64, Failure> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        let kib: f64 = line.trim_start_matches(':').trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1_024.0)
    };
    Ok(Memory { resident_mib: mib("VmRSS")?, peak_mib: mib("VmHWM")? })
}

/// The program, from the option or beside this one.
///
/// # Errors
/// When there is none.
pub fn program(given: Option<&PathBuf>) -> Result<PathBuf, Failure> {
    let beside = || Ok::<_, Failure>(std::env::current_exe()?.with_file_name("sportello"));
    let path = given.cloned().map_or_else(beside, Ok)?;
    if path.exists() {
        return Ok(path);
    }
    Err(format!("{} is not there: cargo build --release -p sportello, or name it with --program", path.display())
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_time_and_memory() {
        let own = memory(std::process::id()).unwrap();
        assert!(own.resident_mib > 1.0 && own.peak_mib >= own.resident_mib, "{own:?}");
        assert!(cpu(std::process::id()).unwrap() < Duration::from_mins(10));
    }
}
