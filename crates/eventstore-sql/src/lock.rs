//! One process per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Name of the lock file in the data folder.
const FILE: &str = "sportello.lock";

/// The exclusive right to a data folder, as long as the value lives. The system gives it back when the process dies,
/// however it dies.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why the folder could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process works on the folder.
    #[error(
        "another process ({pid}) is using the data folder {}: stop it first, or choose another folder",
        folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// `pid 1234`, or words when the process did not say.
        pid: String,
    },
    /// The lock file could not be made or locked.
    #[error("the data folder {} cannot be locked", folder.display())]
    Io {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DataDirLock {
    /// Takes the folder, or says at once who has it.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let failed = |source| LockError::Io { folder: folder.to_owned(), source };
        let path = folder.join(FILE);
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = match file.read_to_string(&mut text) {
                    Ok(_) if !text.trim().is_empty() => format!("pid {}", text.trim()),
                    _ => "it did not leave its pid".into(),
                };
                return Err(LockError::InUse { folder: folder.to_owned(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // The pid is for whoever is refused; the lock itself does not need it.
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_in_plain_words() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(folder.path()).unwrap();
        let refused = DataDirLock::acquire(folder.path()).unwrap_err();
        assert!(matches!(refused, LockError::InUse { .. }));
        let words = refused.to_string();
        assert!(words.contains(&format!("pid {}", std::process::id())), "{words}");
        assert!(words.contains(&folder.path().display().to_string()), "{words}");
        drop(first);
        DataDirLock::acquire(folder.path()).unwrap();
        assert!(matches!(DataDirLock::acquire(&folder.path().join("manca")), Err(LockError::Io { .. })));
    }
}
