use super::*;
use domain::Evento;
use domain::agenda::{self, Giornata};
use domain::pratica::StatoPratica;
use eventstore::verify::Verifier;
use eventstore_sql::MasterKeyError;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::path::Path;

const PRATICHE: u64 = 120;

fn args(folder: &Path, key: &Path, seed: u64) -> Args {
    Args {
        database: Database::Sqlite(folder.to_owned()),
        master_key: Some(key.to_owned()),
        pratiche: PRATICHE,
        appuntamenti: 0,
        uffici: 30,
        oggi: None,
        seed,
        ente: crate::ENTE.into(),
        persone: None,
        from: FROM.parse().unwrap(),
        to: TO.parse().unwrap(),
    }
}

/// What a town's log holds, whole.
async fn log(args: &Args) -> Stretch {
    let log = args.database.open_log(Arc::new(SystemClock), Sizes::default()).await.unwrap();
    let stretch = log.read_stretch(&args.ente, 0, eventstore::limits::PAGE).await.unwrap();
    assert_eq!(log.head(&args.ente).await.unwrap().position, stretch.records.len() as u64, "one page holds the town");
    log.close().await;
    stretch
}

async fn opener(args: &Args) -> Result<Opener, MasterKeyError> {
    let master = load_master_key(args.master_key.as_ref().unwrap(), &system_random())?;
    Ok(Opener::new(args.database.open_keys(master, system_random()).await.unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_town() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("master.key");
    let towns = [("a", 1), ("b", 1), ("c", 2)].map(|(name, seed)| args(&dir.path().join(name), &key, seed));
    for town in &towns {
        generate(town, &ProgressBar::hidden()).await.unwrap();
    }
    let [a, b, c] = [log(&towns[0]).await, log(&towns[1]).await, log(&towns[2]).await];
    assert_eq!(a, b);
    assert_ne!(a.records[0].payload, c.records[0].payload);
    let again = generate(&towns[0], &ProgressBar::hidden()).await;
    assert!(again.unwrap_err().to_string().contains("name an empty database"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_town_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let town = args(dir.path(), &dir.path().join("master.key"), 3);
    let made = generate(&town, &ProgressBar::hidden()).await.unwrap();
    let Stretch { records, numeri, keys } = log(&town).await;
    assert_eq!(made.events, records.len() as u64);
    let mut verifier = Verifier::default();
    for record in &records {
        verifier.check(record).unwrap();
    }
    let years: BTreeMap<i16, u64> = numeri.iter().fold(BTreeMap::new(), |mut years, taken| {
        // Dense within the year, in the order of the log.
        let last = years.entry(taken.registro.anno).or_default();
        *last += 1;
        assert_eq!(taken.numero, *last);
        years
    });
    assert_eq!(years.len(), 10, "{years:?}");
    assert!(keys.len() as u64 >= 2 * PRATICHE, "each command and notice used a key");

    let opener = opener(&town).await.unwrap();
    let mut cases: BTreeMap<String, Vec<Evento>> = BTreeMap::new();
    for record in &records {
        let event = opener.open(record).unwrap();
        if domain::evento::pratica_di(&record.stream).is_some() {
            cases.entry(record.stream.clone()).or_default().push(event);
        }
    }
    assert_eq!(cases.len() as u64, PRATICHE);
    let folded: Vec<_> = cases.values().map(|events| domain::Caso::fold(events).unwrap()).collect();
    let own = folded.iter().filter(|caso| {
        let who = caso.base().richiedente.get().expect("its key is here");
        who.codice_fiscale.as_ref().is_some_and(|codice| codice.as_str() == "RSSMRA80A01H501U")
    });
    assert_eq!(own.count() as u64, town::OWN);
    let ended = folded.iter().filter(|caso| caso.base().stato == StatoPratica::Conclusa).count();
    assert!((60..PRATICHE as usize).contains(&ended), "{ended} cases are ended");
    let mut streams: Vec<&str> = records.iter().map(eventstore::Record::category).collect();
    streams.sort_unstable();
    streams.dedup();
    assert_eq!(streams, ["istanza", "lettera", "notifica", "registro", "segnalazione"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appointments_lie_behind_and_ahead() {
    const PAST: u64 = 300;
    let dir = tempfile::tempdir().unwrap();
    let oggi = date(2026, 3, 16);
    let town = Args {
        pratiche: 10,
        appuntamenti: PAST,
        uffici: 2,
        oggi: Some(oggi),
        ..args(dir.path(), &dir.path().join("master.key"), 5)
    };
    let made = generate(&town, &ProgressBar::hidden()).await.unwrap();
    let log_ = town.database.open_log(Arc::new(SystemClock), Sizes::default()).await.unwrap();
    let (opener, mut verifier) = (opener(&town).await.unwrap(), Verifier::default());
    let mut cases: BTreeMap<String, Vec<Evento>> = BTreeMap::new();
    let mut days: BTreeMap<(String, Date), Giornata> = BTreeMap::new();
    let (mut after, mut last) = (0, Timestamp::MIN);
    loop {
        let records = log_.read_all(&town.ente, after, eventstore::limits::PAGE).await.unwrap();
        for record in &records {
            verifier.check(record).unwrap();
            assert!(record.recorded_at >= last, "the log goes on in time");
            (after, last) = (record.position, record.recorded_at);
            let event = opener.open(record).unwrap();
            if let Evento::Agenda(event) = &event {
                let (ufficio, giorno) = agenda::di_stream(&record.stream).unwrap();
                let day = days.entry((ufficio.to_string(), giorno)).or_default();
                *day = agenda::evolve(std::mem::take(day), event);
            }
            if record.category() == "appuntamento" {
                cases.entry(record.stream.clone()).or_default().push(event);
            }
        }
        if records.is_empty() {
            break;
        }
    }
    assert!(last < domain::termini::inizio_giornata(oggi), "the rest lies ahead");
    let states = cases.values().map(|events| domain::Caso::fold(events).unwrap().base().stato);
    let states: BTreeMap<StatoPratica, u64> = states.fold(BTreeMap::new(), |mut all, stato| {
        *all.entry(stato).or_default() += 1;
        all
    });
    let of = |stato| states.get(&stato).copied().unwrap_or(0);
    let ahead = of(StatoPratica::Prenotata);
    assert_eq!(made.cases, 10 + PAST + ahead);
    assert_eq!(states.values().sum::<u64>(), PAST + ahead, "what is behind is settled");
    assert!(of(StatoPratica::Annullata) > 10 && of(StatoPratica::NonPresentata) > 5, "{states:?}");
    assert!(of(StatoPratica::Conclusa) > PAST / 2, "{states:?}");
    // Monday has 27 seats at three desks, Tuesday 45.
    let seats = |giorno| days[&(sedi::ufficio(1).to_string(), giorno)].posti.len();
    assert_eq!((seats(date(2026, 3, 17)), seats(date(2026, 3, 18))), (22, 13));
    assert!(!days.contains_key(&(sedi::ufficio(1).to_string(), oggi)));
}
