//! The file of the master key: 32 bytes in hexadecimal, readable by the service alone.

use eventstore::{MasterKey, Random};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why the master key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or written.
    #[error("the master key file {} cannot be used", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not 64 hexadecimal digits.
    #[error("{} is not a master key: it must hold 64 hexadecimal digits", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// Someone besides the owner can read or write it.
    #[error("others can read the master key {} (mode {mode:o}): run chmod 600 on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

/// Reads the master key, or makes one with mode 0600 when the file does not exist. A lost master key makes every sealed
/// part unreadable: keep a copy away from the data.
///
/// # Errors
/// [`MasterKeyError`].
pub fn load_master_key(path: &Path, random: &Random) -> Result<MasterKey, MasterKeyError> {
    let failed = |source| MasterKeyError::Io { path: path.to_owned(), source };
    if !path.try_exists().map_err(failed)? {
        create(path, random).map_err(failed)?;
    }
    check_mode(path)?;
    let text = zeroize::Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), &mut *bytes).map_err(|_| MasterKeyError::Malformed { path: path.to_owned() })?;
    Ok(MasterKey::new(*bytes))
}

/// Written aside and linked, so that a crash leaves no half key behind, and of several nodes that start together on one
/// folder the first one's key stands.
fn create(path: &Path, random: &Random) -> io::Result<()> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    random(&mut *bytes);
    let aside = path.with_extension(format!("new.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(zeroize::Zeroizing::new(hex::encode(*bytes)).as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        linked => linked?,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), MasterKeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path).map_err(|source| MasterKeyError::Io { path: path.to_owned(), source })?;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 { Ok(()) } else { Err(MasterKeyError::Exposed { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), MasterKeyError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn made_once_kept_and_guarded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let random = eventstore::system_random();
        let made = load_master_key(&path, &random).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(load_master_key(&path, &random).unwrap().derive("prova"), made.derive("prova"));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = load_master_key(&path, &random).unwrap_err();
        assert!(matches!(error, MasterKeyError::Exposed { mode: 0o640, .. }), "{error}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "corta").unwrap();
        assert!(matches!(load_master_key(&path, &random), Err(MasterKeyError::Malformed { .. })));
    }
}
