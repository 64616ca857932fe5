//! Where PostgreSQL's programs are, and whom its server may run as.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Oldest version of the server that Sportello runs on.
pub const OLDEST: u32 = 15;

/// Where Debian's packages put each version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with `initdb`, `postgres` and the others: that of the `PATH`, else the newest of Debian's packages.
/// `None` when there is none of version 15 or later.
pub fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A link in the path leads to the folder where all of them are.
    let linked = std::env::split_paths(&path).filter_map(|folder| folder.join("initdb").canonicalize().ok());
    let in_path = linked.filter_map(|program| program.parent().map(Path::to_owned));
    let mut packaged: Vec<_> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter_map(|folder| Some((version(&folder)?, folder)))
        .collect();
    packaged.sort();
    let packaged = packaged.into_iter().rev().map(|(_, folder)| folder);
    in_path.chain(packaged).find(|folder| version(folder).is_some_and(|version| version >= OLDEST))
}

/// Major version of the server in a folder.
fn version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(2)?.split('.').next()?.parse().ok()
}

/// Whom the server runs as: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    /// Whoever runs the tests.
    Same,
    /// Another user, whom root may become.
    Other { uid: u32, gid: u32 },
}

impl Owner {
    /// The user of the tests, or for root the first of those that Debian has.
    pub fn find() -> Result<Self, String> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Same);
        }
        let users = fs::read_to_string("/etc/passwd").map_err(|e| format!("/etc/passwd: {e}"))?;
        let user = |name: &str| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut ids = line.split(':').skip(2).map(str::parse);
            Some(Self::Other { uid: ids.next()?.ok()?, gid: ids.next()?.ok()? })
        };
        user("postgres")
            .or_else(|| user("nobody"))
            .ok_or_else(|| "PostgreSQL does not run as root, and there is no user postgres to run it as".to_owned())
    }

    /// A command in the name of the owner.
    pub fn command(self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        // The tests' own folder may be closed to the owner.
        command.current_dir("/").env("LC_ALL", "C.UTF-8");
        command
    }

    /// Gives a folder to the owner.
    pub fn take(self, folder: &Path) -> Result<(), String> {
        match self {
            Self::Same => Ok(()),
            Self::Other { uid, gid } => {
                std::os::unix::fs::chown(folder, Some(uid), Some(gid)).map_err(|e| format!("{}: {e}", folder.display()))
            }
        }
    }
}
