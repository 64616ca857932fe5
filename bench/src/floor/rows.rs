//! The rows of one filing, as the program under measure stored them: the floors write the same bytes.

use crate::Failure;
use crate::http::Client;
use crate::requests::{self, Filings, KINDS};
use crate::server::{Place, Server};
use app::ports::{Ids as _, SystemIds};
use eventstore::{Clock as _, Record, SystemClock};
use eventstore_sql::{Database, Sizes};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// A record without what depends on its place.
#[derive(Debug, Clone)]
struct Shape {
    kind: Arc<str>,
    schema_version: i64,
    payload: Arc<str>,
    meta: Arc<str>,
}

/// One kind of filing: the entry of the register and the events of the case.
#[derive(Debug, Clone)]
struct Sample {
    category: String,
    entry: Shape,
    case: Vec<Shape>,
}

/// The log that filings are copied from.
#[derive(Debug, Clone)]
pub struct Samples {
    /// Code of the ente.
    pub ente: String,
    /// Year of the register.
    pub anno: i64,
    kinds: Arc<[Sample]>,
}

/// A row of the log; version and position are given by the writer.
#[derive(Debug, Clone)]
pub struct Row {
    /// Stands in the register's stream, not in the case's.
    pub entry: bool,
    /// As the engine stores it.
    pub event_id: Uuid,
    /// As the engine stores it.
    pub kind: Arc<str>,
    /// As the engine stores it.
    pub schema_version: i64,
    /// As the engine stores it.
    pub payload: Arc<str>,
    /// As the engine stores it.
    pub meta: Arc<str>,
}

/// What one filing stores.
#[derive(Debug, Clone)]
pub struct Filing {
    /// Stream of the case, new.
    pub stream: String,
    /// The entry of the register first.
    pub rows: Vec<Row>,
    /// Idempotency key.
    pub key: String,
    /// Its fingerprint. Hashes of records are as long and stored as well, but nothing is hashed here.
    pub fingerprint: [u8; 32],
}

impl Samples {
    /// Files one of each kind through the program and reads what it stored.
    ///
    /// # Errors
    /// When the program does not do what is expected of it.
    pub async fn take(program: &Path, dir: &Path) -> Result<Self, Failure> {
        let data = dir.join("samples");
        let server = Server::start(&Place { program, data: &data, database: None })?;
        let mut http = Client::new(&server.address, server.tokens.first().map(String::as_str))?;
        let mut filings = Filings::new(1)?;
        for kind in 0..KINDS.len() {
            let (_, answer) = http.graphql(filings.body(kind, 0, kind as u64)).await?;
            if requests::number(&answer, "numero").is_none() {
                return Err(format!("a sample was not filed: {}", String::from_utf8_lossy(&answer)).into());
            }
        }
        drop(server);
        let clock = Arc::new(SystemClock);
        let log = Database::Sqlite(data.clone()).open_log(clock, Sizes::default()).await?;
        let ente = crate::ENTE;
        let records = log.read_all(ente, 0, eventstore::limits::PAGE).await?;
        log.close().await;
        std::fs::remove_dir_all(&data)?;
        Self::of(ente, &records)
    }

    fn of(ente: &str, records: &[Record]) -> Result<Self, Failure> {
        let mut samples = Vec::new();
        for (index, entry) in records.iter().enumerate().filter(|(_, record)| record.category() == "registro") {
            // One batch has one meta; a notice that came between has another.
            let case = records[index + 1..].iter().take_while(|record| record.meta == entry.meta);
            let case: Vec<&Record> = case.collect();
            let first = case.first().ok_or("an entry of the register without its case")?;
            let category = first.category().to_owned();
            samples.push(Sample { category, entry: shape(entry), case: case.into_iter().map(shape).collect() });
        }
        if samples.len() != KINDS.len() {
            return Err(format!("{} samples in the log, not {}", samples.len(), KINDS.len()).into());
        }
        let anno = domain::termini::anno_di_registrazione(SystemClock.now());
        Ok(Self { ente: ente.to_owned(), anno: i64::from(anno), kinds: samples.into() })
    }

    /// A filing with new ids: streams and events are found in indexes by them, so they are drawn as the program draws them.
    pub fn filing(&self, number: u64) -> Filing {
        let sample = &self.kinds[number as usize % self.kinds.len()];
        let now = SystemClock.now();
        let row = |entry: bool, shape: &Shape| Row {
            entry,
            event_id: SystemIds.uuid(now),
            kind: shape.kind.clone(),
            schema_version: shape.schema_version,
            payload: shape.payload.clone(),
            meta: shape.meta.clone(),
        };
        let mut rows = vec![row(true, &sample.entry)];
        rows.extend(sample.case.iter().map(|shape| row(false, shape)));
        let (stream, person) = (SystemIds.uuid(now), Uuid::nil());
        Filing {
            stream: format!("{}-{stream}", sample.category),
            rows,
            key: format!("{person}:chiave-{stream}"),
            fingerprint: SystemIds.secret(),
        }
    }

    /// Stream of the register.
    pub fn register_stream(&self) -> String {
        format!("registro-PROT-{}", self.anno)
    }

    /// Bytes that a filing stores in payloads and metas, on average.
    pub fn bytes(&self) -> usize {
        let of = |shape: &Shape| shape.payload.len() + shape.meta.len();
        let all = self.kinds.iter().map(|s| of(&s.entry) + s.case.iter().map(of).sum::<usize>());
        all.sum::<usize>() / self.kinds.len()
    }
}

fn shape(record: &Record) -> Shape {
    Shape {
        kind: record.kind.as_str().into(),
        schema_version: i64::from(record.schema_version),
        payload: record.payload.as_str().into(),
        meta: record.meta.as_str().into(),
    }
}
