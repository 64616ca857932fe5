//! `sportello backup`: a copy of a data folder beside the running service.

use crate::Failure;
use crate::verify;
use crate::wiring::{FILES, WORK};
use clap::Args;
use eventstore_sql::{KEYS_FILE, LOG_FILE, OpenError, Report};
use std::fs::{self, DirBuilder, DirEntry, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Folders below `documenti`: the enti, and two digits of the id.
const DEPTH: usize = 2;

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// Folder of the data.
    #[arg(long, env = "SPORTELLO_DATA")]
    pub data: PathBuf,
    /// Folder of the copy: a new or an empty one, on another disk.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// Copies log, keys, working data and files; checks the copied log.
pub(crate) async fn run(args: BackupArgs) -> Result<(), Failure> {
    if !args.data.join(LOG_FILE).exists() {
        let data = args.data.display();
        return Err(format!(
            "there is no {LOG_FILE} in {data}: is this the data folder? An installation on PostgreSQL is backed up with \
             pg_basebackup or pg_dump, and a copy of the folder {FILES}"
        )
        .into());
    }
    let (report, files) = tokio::task::spawn_blocking(move || copy(&args.data, &args.to)).await??;
    for ente in &report.enti {
        println!("{}: {} records, head {}", ente.ente, ente.records, hex::encode(ente.head));
    }
    println!("The copied log is clean; {files} files were copied.");
    println!(
        "The master key is not in the copy: keep one of its own elsewhere. Read models are not either: run `sportello rebuild`."
    );
    Ok(())
}

/// The log under its own name is the last thing to appear: a copy without it is not whole.
fn copy(data: &Path, to: &Path) -> Result<(Report, u64), Failure> {
    empty(to)?;
    let log = to.join(format!("{LOG_FILE}.parziale"));
    // The log first: keys and files that its records need were there before them.
    database(&data.join(LOG_FILE), &log)?;
    for name in [KEYS_FILE, WORK] {
        if data.join(name).exists() {
            database(&data.join(name), &to.join(name))?;
        }
    }
    let files = if data.join(FILES).exists() { folder(&data.join(FILES), &to.join(FILES), DEPTH)? } else { 0 };

    let bar = verify::bar("records checked");
    let report = eventstore_sql::verify(&log, &mut |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.records);
    })?;
    bar.finish_and_clear();
    if let Some(finding) = &report.finding {
        return Err(format!("the copied log is damaged, and so is the one it was copied from. {finding}").into());
    }
    let named = fs::rename(&log, to.join(LOG_FILE)).and_then(|()| sync(to));
    named.map_err(|error| format!("{}: {error}", to.display()))?;
    Ok((report, files))
}

/// Makes a folder that is empty.
fn empty(to: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| format!("the folder {} cannot be used: {error}", to.display());
    make(to).map_err(failed)?;
    if fs::read_dir(to).map_err(failed)?.next().is_some() {
        return Err(format!("the folder {} is not empty: choose a new one for each copy", to.display()).into());
    }
    Ok(())
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn database(from: &Path, to: &Path) -> Result<(), OpenError> {
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let bar = verify::bar(&format!("pages of {name}"));
    eventstore_sql::backup(from, to, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    Ok(())
}

/// Links or copies the files of a folder and of those below it; how many. Files never change once they have their name, so
/// that a link is as good as a copy until the disk is lost.
fn folder(from: &Path, to: &Path, depth: usize) -> Result<u64, Failure> {
    let failed = |path: &Path, error: io::Error| format!("{} cannot be copied: {error}", path.display());
    make(to).map_err(|error| failed(to, error))?;
    let mut files = 0;
    for entry in fs::read_dir(from).map_err(|error| failed(from, error))? {
        let entry = entry.map_err(|error| failed(from, error))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(|error| failed(&source, error))?;
        if kind.is_dir() && depth > 0 && !arriving(&entry) {
            files += folder(&source, &target, depth - 1)?;
        } else if kind.is_file() && !arriving(&entry) {
            match file(&source, &target) {
                Ok(()) => files += 1,
                // Nobody filed it: it was swept meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !source.exists() => {}
                Err(error) => return Err(failed(&source, error).into()),
            }
        }
    }
    sync(to).map_err(|error| failed(to, error))?;
    Ok(files)
}

/// Files that are still arriving belong to nothing yet.
fn arriving(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    name.starts_with('.') || name.contains('#')
}

fn file(from: &Path, to: &Path) -> io::Result<()> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}
