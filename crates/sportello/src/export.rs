//! `sportello export`: the log of an ente as a file that needs no database.

use crate::Failure;
use crate::cli::Where;
use crate::verify;
use clap::Args;
use eventstore::archive::{ArchiveError, KeysWriter, LogReader, LogWriter, Mark};
use eventstore::stretch::Sound;
use eventstore::{Head, SystemClock, archive, limits, system_random};
use eventstore_sql::{Database, Engine, Sizes, load_master_key};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Which installation.
    #[command(flatten)]
    pub r#where: Where,
    /// Code of the ente whose log is exported.
    #[arg(long)]
    pub ente: String,
    /// File to write; `-` for standard output.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// File for the data keys, wrapped as they are stored. Without them nobody reads personal data from the log.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// File of the master key, which proves that the keys can be opened. Default: that of the installation.
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub master_key: Option<PathBuf>,
    /// Go on with a file that was interrupted, or that is older than the log.
    #[arg(long)]
    pub resume: bool,
}

/// Writes the log of an ente up to its end at this moment. Works beside running nodes.
pub(crate) async fn run(args: ExportArgs) -> Result<(), Failure> {
    let database = args.r#where.database()?;
    if !database.in_use().await? {
        return Err(format!("there is no log in {database}: is this the right place?").into());
    }
    // What is wrong with the key is said before the log is written.
    let master_key = match &args.keys {
        Some(_) => Some(master_key(args.master_key.clone().or(args.r#where.master_key()?))?),
        None => None,
    };
    let store = database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    let exported = log(&*store, &args).await;
    store.close().await;
    let head = exported?;
    let mut said = format!("{}: {} records, head {}", args.ente, head.position, hex::encode(head.hash));
    if let (Some(path), Some(master_key)) = (&args.keys, &master_key) {
        // After the log: keys that its last records need are among them.
        let keys = keys(&database, &args.ente, path, master_key).await?;
        said = format!("{said}\n{}: {keys} keys in {}", args.ente, path.display());
    }
    if is_standard(&args.out) {
        eprintln!("{said}");
    } else {
        println!("{said}");
    }
    Ok(())
}

/// The file of the master key, which must be there: a new one would open nothing.
pub(crate) fn master_key(path: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let path = path.ok_or("the keys need the master key: --master-key FILE")?;
    if path.exists() { Ok(path) } else { Err(format!("there is no master key in {}", path.display()).into()) }
}

pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

async fn log(store: &dyn Engine, args: &ExportArgs) -> Result<Head, Failure> {
    let enti = store.enti().await?;
    if !enti.contains(&args.ente) {
        return Err(format!("ente {} has no log here; there are: {}", args.ente, enti.join(", ")).into());
    }
    let head = store.head(&args.ente).await?;
    if is_standard(&args.out) {
        if args.resume {
            return Err("standard output cannot be gone on with: leave out --resume, or name a file".into());
        }
        let writer = LogWriter::create(BufWriter::new(io::stdout()), &args.ente)?;
        stretches(store, &args.ente, head, writer).await?;
        return Ok(head);
    }
    let failed = |error: io::Error| format!("{}: {error}", args.out.display());
    let writer = if args.resume && args.out.exists() {
        resume(store, args).await?
    } else {
        LogWriter::create(BufWriter::new(create(&args.out, false)?), &args.ente).map_err(failed)?
    };
    let out =
        stretches(store, &args.ente, head, writer).await.map_err(|error| format!("{}: {error}", args.out.display()))?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(head)
}

/// A new file, for its owner alone.
fn create(path: &Path, replace: bool) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(replace).truncate(replace).create_new(!replace);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} exists: go on with it by --resume, or choose another file", path.display()).into()
        }
        _ => format!("{} cannot be made: {error}", path.display()).into(),
    })
}

/// Stretches end at whole pages, so that the same log gives the same bytes, wherever an earlier export was interrupted.
async fn stretches<W: Write>(
    store: &dyn Engine,
    ente: &str,
    head: Head,
    mut writer: LogWriter<W>,
) -> Result<W, Failure> {
    let bar = verify::bar("records");
    bar.set_length(head.position);
    while writer.head().position < head.position {
        let after = writer.head().position;
        bar.set_position(after);
        let page = limits::PAGE as u64;
        let limit = (page - after % page).min(head.position - after);
        let stretch = store.read_stretch(ente, after, limit as usize).await?;
        tokio::task::block_in_place(|| -> Result<(), Failure> { Ok(writer.stretch(&Sound::check(ente, stretch)?)?) })?;
    }
    bar.finish_and_clear();
    if writer.head() != head {
        return Err("what was written is not the log: run sportello verify".into());
    }
    Ok(writer.finish()?)
}

/// Cuts what an interrupted export left back to where it is certainly whole, and goes on there.
async fn resume(store: &dyn Engine, args: &ExportArgs) -> Result<LogWriter<BufWriter<File>>, Failure> {
    let path = &args.out;
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    let found = tokio::task::block_in_place(|| whole(&file));
    let found =
        found.map_err(|error| format!("{}: {}; it cannot be gone on with", path.display(), crate::whole(&error)))?;
    let Some((ente, mark)) = found else {
        cut(&mut file, 0).map_err(failed)?;
        return Ok(LogWriter::create(BufWriter::new(file), &args.ente).map_err(failed)?);
    };
    if ente != args.ente {
        return Err(format!("{} is the log of ente {ente}", path.display()).into());
    }
    if !holds(store, &ente, mark.head).await? {
        return Err(format!("{} is not a beginning of the log of ente {ente} here", path.display()).into());
    }
    cut(&mut file, mark.offset).map_err(failed)?;
    Ok(LogWriter::resume(BufWriter::new(file), mark))
}

fn cut(file: &mut File, length: u64) -> io::Result<()> {
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length)).map(drop)
}

/// The mark before the last stretch of a file, whole or cut off: the last one may be shorter than a page. `None` when not
/// even its first line is whole.
fn whole(file: &File) -> Result<Option<(String, Mark)>, ArchiveError> {
    let mut reader = match LogReader::open(BufReader::new(file)) {
        Ok(reader) => reader,
        Err(ArchiveError::Truncated { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut before, mut last) = (reader.mark(), reader.mark());
    loop {
        match reader.stretch() {
            Ok(Some(_)) => (before, last) = (last, reader.mark()),
            Ok(None) | Err(ArchiveError::Truncated { .. }) => return Ok(Some((reader.ente().to_owned(), before))),
            Err(error) => return Err(error),
        }
    }
}

/// Whether the log of an ente has this record.
pub(crate) async fn holds(store: &dyn Engine, ente: &str, head: Head) -> Result<bool, Failure> {
    let Some(before) = head.position.checked_sub(1) else { return Ok(true) };
    let record = store.read_all(ente, before, 1).await?;
    Ok(record.first().is_some_and(|record| record.hash == head.hash))
}

/// Writes the keys of an ente; how many.
async fn keys(database: &Database, ente: &str, path: &Path, master_key: &Path) -> Result<u64, Failure> {
    let random = system_random();
    let store = database.open_keys(load_master_key(master_key, &random)?, random.clone()).await?;
    let (ente, path, master) = (ente.to_owned(), path.to_owned(), load_master_key(master_key, &random)?);
    // Keys do not grow into gigabytes: the file is always written anew.
    let written = tokio::task::spawn_blocking(move || -> Result<u64, Failure> {
        let out = BufWriter::new(create(&path, true)?);
        let mut writer = KeysWriter::create(out, &ente, &master, &random)?;
        let (mut after, mut count) = (None, 0);
        loop {
            let keys = store.wrapped_keys(&ente, after, archive::limits::KEYS)?;
            let Some(last) = keys.last() else { break };
            after = Some(last.subject);
            count += keys.len() as u64;
            keys.iter().try_for_each(|key| writer.key(key))?;
        }
        let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(count)
    });
    written.await?
}
