//! Builds the pages' assets: packages by npm from the lock file, then `node build.mjs`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds `crates/web/assets/dist`; runs `npm ci` only when the packages are missing or the lock file changed.
///
/// # Errors
/// One line in English: Node or npm missing, a step that failed, a file that cannot be read or written.
pub fn build() -> Result<(), String> {
    let web = web_folder();
    if !answers("node") || !answers("npm") {
        return Err("Node.js 20 or later with npm is needed to build the pages' assets: install it and run `cargo xtask assets` again"
            .to_owned());
    }
    crate::install::packages(&web)?;
    run(&web, "node", &["build.mjs"])
}

fn web_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../web")
}

fn answers(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        // Standard output belongs to what is run in the end: `demo -- --json` prints one line there.
        .stdout(std::io::stderr())
        .status()
        .map_err(|e| format!("`{line}` could not be started: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status}) in crates/web")) }
}
