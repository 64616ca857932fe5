//! What the tests need besides Rust and Node, on a bare Debian machine.

use crate::run;
use std::path::Path;
use std::process::Command;

/// The browser of the tests.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Installs Chromium from Debian's packages where it is missing.
pub fn chromium() -> Result<(), String> {
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    println!("installing Chromium from Debian's packages");
    let apt = |args: &[&str]| {
        run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
            .map_err(|e| format!("{e}. The browser tests need {CHROMIUM}: install the package chromium and try again"))
    };
    apt(&["update", "--quiet"])?;
    apt(&["install", "--yes", "--quiet", "--no-install-recommends", "chromium"])
}

/// Installs the npm packages of a folder from its lock file, when they are not there or the lock file has changed.
pub fn packages(folder: &Path) -> Result<(), String> {
    let read = |path: &Path| std::fs::read(path).ok();
    let (lock, installed) = (folder.join("package-lock.json"), folder.join("node_modules/.installed-lock.json"));
    if read(&lock) == read(&installed) {
        return Ok(());
    }
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .stdout(std::io::stderr()))?;
    std::fs::copy(&lock, &installed).map(|_| ()).map_err(|e| format!("{}: {e}", installed.display()))
}
