//! Towns of any size, written straight into the log.
//!
//! Commands run in the application as they run in the program, over a log in memory that lets go of what was settled; its
//! stretches and the keys they need are written beside, so that memory stays flat but for the ids of citizens.

pub mod agende;
mod bulk;
mod people;
pub mod sedi;
mod sources;
mod texts;
mod town;

#[cfg(test)]
mod tests;

use crate::Failure;
use agende::Agende;
use app::allegati::ChiaviDiPersone;
use app::persone::Persone;
use app::{App, Ente, Enti, Ufficio};
use bulk::BulkStore;
use documents::Documenti;
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::termini::data_locale;
use eventstore::transfer::{Stretch, WrappedKey};
use eventstore::{Clock as _, ManualClock, SystemClock, system_random};
use eventstore_sql::{DataDirLock, Database, Engine, Keys, Sizes, load_master_key};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::{Opener, ReadModels};
use sources::{Seeded, SeededKeys};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use town::{Parts, Size, Town};
use workstate::SqlWorkState;

/// First filing.
pub const FROM: &str = "2016-01-04T08:00:00Z";
/// All filings lie before it.
pub const TO: &str = "2025-12-01T18:00:00Z";
/// Records of one stretch, about.
const STRETCH: usize = 4_000;
/// Stretches that may wait for the disk.
const WAITING: usize = 2;

/// `sportello-bench generate`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Database: `sqlite:FOLDER` or `postgres://user@host:port/name`. It must hold nothing of the ente.
    #[arg(long, value_name = "URL")]
    pub database: Database,
    /// File of the master key, made when it is missing; FOLDER/master.key on SQLite without it.
    #[arg(long, value_name = "FILE")]
    pub master_key: Option<PathBuf>,
    /// Cases.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    pub pratiche: u64,
    /// Bookings of the two years before `--oggi`; half of the seats of the month after it are booked as well.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    pub appuntamenti: u64,
    /// Offices that receive by appointment: `sede-01`, `sede-02`, … Whoever serves the town lists them in its configuration.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=sedi::MOST))]
    pub uffici: u64,
    /// The day on which the past of the appointments ends; today without it.
    #[arg(long)]
    pub oggi: Option<Date>,
    /// The same seed gives the same town, byte for byte, under the same master key.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Code of the ente; without it the first town of the demonstration, whose personas find it.
    #[arg(long, default_value = crate::ENTE)]
    pub ente: String,
    /// Citizens who file, besides the persona `cittadino` with its 20 cases, and book; a quarter of the cases and bookings
    /// without it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=people::MOST))]
    pub persone: Option<u64>,
    /// Instant of the first filing.
    #[arg(long, default_value = FROM)]
    pub from: Timestamp,
    /// Instant before which all filings lie.
    #[arg(long, default_value = TO)]
    pub to: Timestamp,
}

/// Offices to which cases are routed.
pub const UFFICI: [&str; 6] =
    ["urp", "lavori-pubblici", "ambiente", "polizia-locale", "segreteria-sindaco", "protocollo"];
/// Citizens of a town with appointments, at least.
const FEWEST: u64 = 10_000;

/// What was made.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// Cases and bookings.
    pub cases: u64,
    /// Records.
    pub events: u64,
    /// Persons and registers with a key.
    pub keys: usize,
    /// How long it took.
    pub took: Duration,
}

/// What goes to the disk in one go: keys first, then what they seal.
struct Load {
    keys: Vec<WrappedKey>,
    stretch: Stretch,
}

/// `sportello-bench generate`.
pub fn run(args: &Args) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let bar = ProgressBar::new(args.pratiche + args.appuntamenti);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} cases and bookings, {per_sec}, {eta} left")?);
    let made = runtime.block_on(generate(args, &bar))?;
    bar.finish_and_clear();
    let rate = made.events as f64 / made.took.as_secs_f64();
    println!(
        "{} cases and bookings: {} events, {} keys in {:.1} s ({rate:.0} events/s), peak memory {:.0} MiB",
        made.cases,
        made.events,
        made.keys,
        made.took.as_secs_f64(),
        crate::server::memory(std::process::id())?.peak_mib
    );
    Ok(())
}

/// Makes a town.
pub async fn generate(args: &Args, bar: &ProgressBar) -> Result<Made, Failure> {
    if args.from >= args.to {
        return Err("--from lies before --to".into());
    }
    if args.pratiche == 0 && args.appuntamenti == 0 {
        return Err("--pratiche or --appuntamenti says how many".into());
    }
    if let Some(folder) = args.database.folder() {
        std::fs::create_dir_all(folder)?;
    }
    let _lock = args.database.folder().map(DataDirLock::acquire).transpose()?;
    let (random, path) = (system_random(), master_key(args)?);
    let clock = Arc::new(SystemClock);
    let log = args.database.open_log(clock, Sizes::default()).await?;
    let keys = args.database.open_keys(load_master_key(&path, &random)?, random.clone()).await?;
    empty(args, &*log, &*keys).await?;
    let begun = Instant::now();
    let (sender, receiver) = mpsc::channel(WAITING);
    let writer = tokio::spawn(write(args.ente.clone(), log, keys, receiver));
    let (own, bar) = (args.clone(), bar.clone());
    let master = load_master_key(&path, &random)?;
    // Commands never wait here, so a runtime of one thread is theirs alone.
    let made = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(live(&own, master, &bar, &sender))
    });
    let made = made.await?;
    // Where writing failed, the years broke off for that reason.
    let events = writer.await??;
    let (cases, keys) = made?;
    Ok(Made { cases, events, keys, took: begun.elapsed() })
}

fn master_key(args: &Args) -> Result<PathBuf, Failure> {
    let beside = || args.database.folder().map(|folder| folder.join("master.key"));
    let path = args.master_key.clone().or_else(beside);
    path.ok_or_else(|| "--master-key names the file of the master key: DATA/master.key of the demonstration".into())
}

/// Keys come from the seed: those of somebody else must not be there.
async fn empty(args: &Args, log: &dyn Engine, keys: &dyn Keys) -> Result<(), Failure> {
    let known = tokio::task::block_in_place(|| keys.wrapped_keys(&args.ente, None, 1))?;
    if log.head(&args.ente).await?.position > 0 || !known.is_empty() {
        return Err(format!("{} holds data of {} already: name an empty database", args.database, args.ente).into());
    }
    Ok(())
}

/// Runs the years; says how many cases and bookings, and how many keys, there are.
async fn live(
    args: &Args,
    master: eventstore::MasterKey,
    bar: &ProgressBar,
    sender: &mpsc::Sender<Load>,
) -> Result<(u64, usize), Failure> {
    let scratch = tempfile::tempdir()?;
    let random = Seeded::new(args.seed);
    let clock = Arc::new(ManualClock::new(args.from));
    let store = Arc::new(BulkStore::new(clock.clone()));
    let persone = Persone::new(master.derive("persone"));
    let keys = Arc::new(SeededKeys::new(args.seed, &args.ente, master));
    let opener = Arc::new(Opener::new(keys.clone()));
    let text = |name: &str| scratch.path().join(name).to_string_lossy().into_owned();
    let enti = Arc::new(Enti::new(vec![ente(&args.ente, args.uffici)?])?);
    let ente = enti.all().first().cloned().ok_or("no ente")?;
    let chiavi = Arc::new(ChiaviDiPersone::new(keys.clone()));
    let documents = Documenti::in_folder(scratch.path().join("files"), chiavi)?;
    let app = App::new(app::Parts {
        store: store.clone(),
        keys: keys.clone(),
        // Commands ask neither read models nor working data nor files; the application has none without them.
        reads: ReadModels::open(&text("reads.db"), store.clone(), opener.clone(), Vec::new()).await?,
        work: Arc::new(SqlWorkState::open(&format!("sqlite://{}", text("work.db"))).await?),
        documents: Arc::new(documents),
        opener,
        clock: clock.clone(),
        ids: Arc::new(random.clone()),
        enti,
        persone,
    });
    let parts = Parts { app, store: store.clone(), clock, random, ente };
    let persone = args.persone.unwrap_or(((args.pratiche + args.appuntamenti) / 4).clamp(1, people::MOST));
    let send = async || {
        let load = Load { keys: keys.take_fresh(), stretch: store.take() };
        sender.send(load).await.map_err(|_| Failure::from("the log could not be written"))
    };
    let mut agende = match args.appuntamenti {
        0 => None,
        appuntamenti => {
            let oggi = args.oggi.unwrap_or_else(|| data_locale(SystemClock.now()));
            // A day takes a booking of each of them: there are more of them than that.
            let size = agende::Size { appuntamenti, uffici: args.uffici, persone: persone.max(FEWEST), oggi };
            Some(Agende::new(parts.clone(), size).await?)
        }
    };
    let size = Size { pratiche: args.pratiche, persone, from: args.from, to: args.to };
    let mut town = Town::new(parts, size)?;
    let made = |town: &Town, agende: &Option<Agende>| town.filed() + agende.as_ref().map_or(0, Agende::booked);
    loop {
        match (town.due(), agende.as_mut().and_then(|agende| Some((agende.due()?, agende)))) {
            (None, None) => break,
            (Some(filing), Some((booking, agende))) if booking < filing => agende.advance().await?,
            (None, Some((_, agende))) => agende.advance().await?,
            (Some(_), _) => drop(town.advance().await?),
        }
        if store.waiting() >= STRETCH {
            bar.set_position(made(&town, &agende));
            send().await?;
        }
    }
    send().await?;
    Ok((made(&town, &agende), keys.subjects()))
}

/// Writes what comes; says how many records.
async fn write(
    ente: String,
    log: Arc<dyn Engine>,
    keys: Arc<dyn Keys>,
    mut loads: mpsc::Receiver<Load>,
) -> Result<u64, Failure> {
    let mut position = 0;
    while let Some(Load { keys: fresh, stretch }) = loads.recv().await {
        if !fresh.is_empty() {
            tokio::task::block_in_place(|| keys.put_wrapped_keys(&ente, &fresh))?;
        }
        if !stretch.records.is_empty() {
            position = log.write_stretch(&ente, stretch).await?.position;
        }
    }
    log.close().await;
    Ok(position)
}

/// The ente, with the offices to which cases are routed. What citizens see of it comes from the configuration of whoever
/// serves it.
fn ente(code: &str, uffici: u64) -> Result<Ente, Failure> {
    let codice = CodiceEnte::parse(code).ok_or("--ente takes 1 to 16 of a-z, 0-9 and _")?;
    let office = |codice: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: codice.to_owned(),
        email: format!("{codice}@comune.example.org"),
        telefono: "0187 555 0100".into(),
    };
    let receiving = (0..uffici).map(|number| sedi::ufficio(number).to_string());
    let offices = UFFICI.map(str::to_owned).into_iter().chain(receiving);
    Ok(Ente {
        codice,
        denominazione: "Comune di Montelume".into(),
        nome: "Montelume".into(),
        motto: String::new(),
        regione: "Regione Immaginaria".into(),
        aoo: "AMONLUM".into(),
        host: vec!["*".into()],
        base_url: "http://127.0.0.1".into(),
        email: "sportello@comune.example.org".into(),
        pec: "protocollo@pec.comune.example.org".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza della Fonte 1".into(),
        centro: ("44.181000".into(), "8.264000".into()),
        strade: None,
        patrono: None,
        uffici: offices.map(|codice| office(&codice)).collect(),
    })
}
