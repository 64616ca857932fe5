//! `sportello import`: a log from a file into a database.

use crate::Failure;
use crate::cli::Where;
use crate::export::{holds, is_standard, master_key};
use crate::verify;
use clap::Args;
use eventstore::archive::{ArchiveError, KeysReader, LogReader};
use eventstore::stretch::Sound;
use eventstore::transfer::TransferError;
use eventstore::{Head, SystemClock, system_random};
use eventstore_sql::{DataDirLock, Database, Engine, Sizes, load_master_key};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Stretches read ahead.
const AHEAD: usize = 2;

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Where to: an empty database, or one with a beginning of the same log.
    #[command(flatten)]
    pub r#where: Where,
    /// File that `sportello export` wrote; `-` for standard input.
    #[arg(long = "in", value_name = "FILE")]
    pub input: PathBuf,
    /// File of the data keys. Without them nobody reads personal data from the log.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// File of the master key; the one the keys were exported with. Default: that of the installation.
    #[arg(long, value_name = "FILE")]
    pub master_key: Option<PathBuf>,
}

/// What was done.
struct Imported {
    ente: String,
    /// Records that are new.
    records: u64,
    /// Records that were there.
    there: u64,
    head: Head,
}

/// Brings a log, verified on arrival. What was interrupted is gone on with by repeating the command.
pub(crate) async fn run(args: ImportArgs) -> Result<(), Failure> {
    let database = args.r#where.database()?;
    let input = open(&args.input)?;
    let keys = match &args.keys {
        Some(file) => Some((file, master_key(args.master_key.clone().or(args.r#where.master_key()?))?)),
        None => None,
    };
    let _lock = match database.folder() {
        Some(folder) => Some(own(folder)?),
        None => None,
    };
    // Keys first: another master key is found out before hours of records.
    let mut said = Vec::new();
    if let Some((file, master_key)) = &keys {
        let (ente, count) = self::keys(&database, file, master_key).await?;
        said.push(format!("{ente}: {count} keys"));
    }
    let store = database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    let imported = log(&*store, input, &args.input).await;
    store.close().await;
    let Imported { ente, records, there, head } = imported?;
    for line in said {
        println!("{line}");
    }
    println!(
        "{ente}: {records} records imported, {there} were there; {} in all, head {}",
        head.position,
        hex::encode(head.hash)
    );
    if keys.is_none() {
        println!("No keys were imported: without them personal data in this log cannot be read.");
    }
    println!("Next: `sportello verify` checks the whole log; `sportello rebuild` builds the read models.");
    Ok(())
}

type Input = Box<dyn BufRead + Send>;

/// The file, and its length when it has one.
fn open(path: &Path) -> Result<(Input, Option<u64>), Failure> {
    if is_standard(path) {
        return Ok((Box::new(BufReader::new(io::stdin())), None));
    }
    let failed = |error: io::Error| format!("{} cannot be read: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    Ok((Box::new(BufReader::new(file)), Some(length)))
}

/// A folder of SQLite files, made when it is missing; a service that runs on it refuses us.
fn own(folder: &Path) -> Result<DataDirLock, Failure> {
    let mut builder = std::fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
    Ok(DataDirLock::acquire(folder)?)
}

/// What the reading thread sends: a stretch and the bytes of the file up to its end.
type Read = Result<(Sound, u64), ArchiveError>;

async fn log(store: &dyn Engine, (input, length): (Input, Option<u64>), path: &Path) -> Result<Imported, Failure> {
    let wrong = |error: ArchiveError| format!("{}: {}", path.display(), crate::whole(&error));
    let reader = tokio::task::block_in_place(|| LogReader::open(input)).map_err(wrong)?;
    let ente = reader.ente().to_owned();
    let begun = store.head(&ente).await?;
    let mut import = Import { store, ente: &ente, begun, head: begun, file: reader.mark().head };

    // Reading and hashing on one thread, writing on another.
    let (sender, mut receiver) = mpsc::channel::<Read>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || read(reader, &sender));
    let bar = verify::bar("bytes");
    bar.set_length(length.unwrap_or(0));
    while let Some(read) = receiver.recv().await {
        let (sound, offset) = read.map_err(|error| {
            let stands = import.head.position;
            format!(
                "{}; {stands} records of ente {ente} stand here: bring a whole file and run the command again",
                wrong(error)
            )
        })?;
        import.take(sound).await?;
        bar.set_position(offset);
    }
    reading.await?;
    bar.finish_and_clear();
    import.check_end().await?;
    let Import { head, begun, .. } = import;
    let there = begun.position;
    Ok(Imported { ente: ente.clone(), records: head.position - there, there, head })
}

/// Ends when the file does, or when nobody wants more.
fn read(mut reader: LogReader<Input>, sender: &mpsc::Sender<Read>) {
    loop {
        let read = match reader.stretch() {
            Ok(Some(sound)) => Ok((sound, reader.mark().offset)),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        let ended = read.is_err();
        if sender.blocking_send(read).is_err() || ended {
            return;
        }
    }
}

struct Import<'a> {
    store: &'a dyn Engine,
    ente: &'a str,
    /// End of the log when we came.
    begun: Head,
    /// End of the log now.
    head: Head,
    /// What was read of the file.
    file: Head,
}

impl Import<'_> {
    /// Writes of a stretch what is not there yet.
    async fn take(&mut self, sound: Sound) -> Result<(), Failure> {
        let (before, end) = (sound.before().position, sound.head());
        self.file = end;
        let there = self.begun.position;
        if end.position < there {
            return Ok(());
        }
        // The chain proves all before the one record that both have.
        if before <= there {
            let hash = match there.checked_sub(before + 1) {
                None => sound.before().hash,
                Some(index) => sound.stretch().records[index as usize].hash,
            };
            if hash != self.begun.hash {
                return Err(self.another());
            }
        }
        if end.position == there {
            return Ok(());
        }
        let stretch = sound.into_stretch().after(there);
        self.head = self.store.write_stretch(self.ente, stretch).await.map_err(|error| self.refused(error))?;
        Ok(())
    }

    /// A log that is longer than the file: was it gone on with, or is it another?
    async fn check_end(&self) -> Result<(), Failure> {
        if self.head.position <= self.file.position {
            return Ok(());
        }
        if !holds(self.store, self.ente, self.file).await? {
            return Err(self.another());
        }
        let (file, head) = (self.file.position, self.head.position);
        Err(format!("all {file} records of the file are in the log of ente {}, which has gone on to {head}", self.ente)
            .into())
    }

    fn another(&self) -> Failure {
        let ente = self.ente;
        format!("the database holds another log of ente {ente}, not a beginning of this one: nothing was imported")
            .into()
    }

    fn refused(&self, error: TransferError) -> Failure {
        let ente = self.ente;
        match error {
            TransferError::NotNext { .. } => format!(
                "someone else writes to the log of ente {ente} while it is imported: stop the nodes that serve it, \
                 and begin with an empty database"
            )
            .into(),
            error => format!("ente {ente}: {error}; {} records stand", self.head.position).into(),
        }
    }
}

/// Brings the keys: whose, and how many.
async fn keys(database: &Database, path: &Path, master_key: &Path) -> Result<(String, u64), Failure> {
    let random = system_random();
    let master = load_master_key(master_key, &random)?;
    let file = path.to_owned();
    let wrong =
        move |error: ArchiveError| -> Failure { format!("{}: {}", file.display(), crate::whole(&error)).into() };
    // Only the last line proves the others: the file is read to its end before anything is stored.
    let source = path.to_owned();
    let (master, wrong) = tokio::task::spawn_blocking(move || -> Result<_, Failure> {
        let mut reader = KeysReader::open(BufReader::new(File::open(&source)?), &master).map_err(&wrong)?;
        while !reader.keys().map_err(&wrong)?.is_empty() {}
        Ok((master, wrong))
    })
    .await??;
    let store = database.open_keys(load_master_key(master_key, &random)?, random).await?;
    let source = path.to_owned();
    let stored = tokio::task::spawn_blocking(move || -> Result<(String, u64), Failure> {
        let mut reader = KeysReader::open(BufReader::new(File::open(&source)?), &master).map_err(&wrong)?;
        let (ente, mut count) = (reader.ente().to_owned(), 0);
        loop {
            let keys = reader.keys().map_err(&wrong)?;
            if keys.is_empty() {
                return Ok((ente, count));
            }
            count += keys.len() as u64;
            store.put_wrapped_keys(&ente, &keys)?;
        }
    });
    stored.await?
}
