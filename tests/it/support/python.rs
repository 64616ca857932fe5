//! Python's `icalendar`, which reads what we write.

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A calendar file as a script of another language reads it from its input: the one JSON object that it prints.
pub fn letto(lettore: &str, ics: &str) -> Value {
    let mut python = Command::new("/usr/bin/python3");
    let mut reader =
        python.args(["-c", lettore]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    reader.stdin.take().expect("a pipe").write_all(ics.as_bytes()).expect("it is read");
    let done = reader.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{ics}");
    serde_json::from_slice(&done.stdout).expect("one object")
}
