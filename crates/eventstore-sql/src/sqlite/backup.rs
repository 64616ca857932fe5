//! Copying a SQLite file while it is being written.

use crate::OpenError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Pages copied between two pauses: 4 MiB.
const STEP: i32 = 1_024;
/// The shortest pause; otherwise one is as long as the step before it, so that the disk is ours half of the time at most.
const PAUSE: Duration = Duration::from_millis(1);
/// How often a step that finds the copy locked is tried again.
const TRIES: u32 = 100;

/// Copies a database of one moment into a new file, readable by its owner alone and durable when the call returns.
/// `progress` gets pages done and pages in all. Blocks; the source's writer goes on meanwhile.
///
/// # Errors
/// [`OpenError`], also when the new file exists already or the copy is found damaged.
pub fn backup(from: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), OpenError> {
    let failed = |source| OpenError::sqlite(from, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags).map_err(failed)?;
    source.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    // The moment: without a transaction of ours every commit of the writer would start the copy anew.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").map_err(failed)?;

    create(to).map_err(|error| OpenError::sqlite(to, io_error(&error)))?;
    let failed = |source| OpenError::sqlite(to, source);
    let mut target = Connection::open(to).map_err(failed)?;
    copy(&source, &mut target, progress).map_err(failed)?;
    let found: String = target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if found != "ok" {
        return Err(OpenError::sqlite(to, damaged(found)));
    }
    target.close().map_err(|(_, error)| failed(error))?;
    let synced = File::open(to).and_then(|file| file.sync_all());
    synced.map_err(|error| OpenError::sqlite(to, io_error(&error)))
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn copy(source: &Connection, target: &mut Connection, progress: &mut dyn FnMut(u64, u64)) -> rusqlite::Result<()> {
    let backup = Backup::new(source, target)?;
    let mut tries = TRIES;
    loop {
        let begun = Instant::now();
        let step = backup.step(STEP)?;
        let pages = backup.progress();
        progress((pages.pagecount - pages.remaining) as u64, pages.pagecount as u64);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => tries = TRIES,
            _ if tries == 0 => {
                let busy = rusqlite::ffi::Error { code: ErrorCode::DatabaseBusy, extended_code: 5 };
                return Err(rusqlite::Error::SqliteFailure(busy, None));
            }
            _ => tries -= 1,
        }
        std::thread::sleep(begun.elapsed().max(PAUSE));
    }
}

fn io_error(error: &io::Error) -> rusqlite::Error {
    let code = rusqlite::ffi::Error { code: ErrorCode::CannotOpen, extended_code: 14 };
    rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
}

fn damaged(found: String) -> rusqlite::Error {
    let code = rusqlite::ffi::Error { code: ErrorCode::DatabaseCorrupt, extended_code: 11 };
    rusqlite::Error::SqliteFailure(code, Some(found))
}
