//! What the tests need besides Rust and Node, on a bare Debian machine.

use crate::run;
use std::path::Path;
use std::process::Command;

/// The browser of the tests.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Debian makes and starts a cluster of its own with the server's package, unless this file says not to.
const NO_MAIN_CLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// Installs Chromium from Debian's packages where it is missing.
pub fn chromium() -> Result<(), String> {
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    debian("chromium")
        .map_err(|e| format!("{e}. The browser tests need {CHROMIUM}: install the package chromium and try again"))
}

/// Installs PostgreSQL from Debian's packages where it is missing. Nothing of it runs afterwards.
pub fn postgres() -> Result<(), String> {
    if test_postgres::binaries().is_some() {
        return Ok(());
    }
    let needed = format!(
        "The tests need PostgreSQL {} or later: install its server (Debian: postgresql) and try again",
        test_postgres::OLDEST
    );
    let conf = Path::new(NO_MAIN_CLUSTER);
    if !conf.exists() {
        let folder = conf.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| std::fs::write(conf, "create_main_cluster = false\n"))
            .map_err(|e| format!("{NO_MAIN_CLUSTER}: {e}. {needed}"))?;
    }
    debian("postgresql").map_err(|e| format!("{e}. {needed}"))?;
    // An old Debian installs an old server.
    test_postgres::binaries().map(|_| ()).ok_or(needed)
}

/// Programs that tests call, and their packages: PDF and calendar files read back as others read them,
/// files looked at by a real antivirus.
const TOOLS: [(&str, &str); 5] = [
    ("/usr/bin/pdftotext", "poppler-utils"),
    ("/usr/bin/pdffonts", "poppler-utils"),
    ("/usr/bin/qpdf", "qpdf"),
    ("/usr/sbin/clamd", "clamav-daemon"),
    ("/usr/lib/python3/dist-packages/icalendar/__init__.py", "python3-icalendar"),
];

/// Installs the programs that tests call from Debian's packages where they are missing.
pub fn tools() -> Result<(), String> {
    for (program, package) in TOOLS {
        if !Path::new(program).exists() {
            debian(package)
                .map_err(|e| format!("{e}. The tests need {program}: install the package {package} and try again"))?;
        }
    }
    Ok(())
}

fn debian(package: &str) -> Result<(), String> {
    println!("installing {package} from Debian's packages");
    let apt = |args: &[&str]| run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update", "--quiet"])?;
    apt(&["install", "--yes", "--quiet", "--no-install-recommends", package])
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
