//! Signals to a server and to the processes it has made.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::time::{Duration, Instant};

/// For a process to obey.
const DEADLINE: Duration = Duration::from_secs(30);

/// Sends a signal to one process; nothing happens when it has ended.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        match kill_process(pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => panic!("no signal to process {pid:?}: {error}"),
        }
    }
}

/// Processes whose parent is this one: a server's are all children of its first process.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| state(*pid).is_some_and(|(_, of)| of == parent)).collect()
}

/// State and parent of a process.
fn state(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything; state and parent follow the last one.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// The server and its children; it stands still afterwards, so that it makes no more of them.
pub(crate) fn halted(server: u32) -> Vec<u32> {
    signal(server, Signal::STOP);
    let deadline = Instant::now() + DEADLINE;
    // T is stopped, Z has ended.
    while state(server).is_some_and(|(state, _)| !"TZ".contains(state)) {
        assert!(Instant::now() < deadline, "process {server} does not stand still");
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut all = children(server);
    all.push(server);
    all
}
