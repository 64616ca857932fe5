//! A process that outlives the test and clears up behind it.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Reads the server's process from its input; at the end of the input, that is when the test has ended in whatever way,
/// ends the server and removes the folder. Twenty seconds are enough for a server that obeys.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -CONT "$pid"; kill -QUIT "$pid"
  i=0
  while kill -0 "$pid" && [ "$i" -lt 100 ]; do sleep 0.2; i=$((i + 1)); done
  kill -KILL "$pid"
fi
rm -rf -- "$1"
"#;

/// The keeper of one cluster.
#[derive(Debug)]
pub(crate) struct Keeper {
    child: Child,
    input: Option<ChildStdin>,
}

impl Keeper {
    /// Begins to keep a folder.
    pub fn of(folder: &Path) -> Result<Self, String> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(folder).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: what ends the test's group must not end the keeper.
        let mut child = command.process_group(0).spawn().map_err(|e| format!("sh: {e}"))?;
        let input = child.stdin.take();
        Ok(Self { child, input })
    }

    /// The server that is to be ended, or none.
    pub fn watch(&mut self, server: Option<u32>) {
        let line = server.map_or_else(String::new, |pid| pid.to_string());
        let input = self.input.as_mut().expect("it is open until the end");
        writeln!(input, "{line}").expect("the keeper reads");
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.input.take();
        // Nothing is left to say when it could not be waited for: it ends by itself.
        self.child.wait().ok();
    }
}
