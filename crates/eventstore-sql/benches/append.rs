//! What a durable append costs: alone, and when many wait together. On SQLite, and on PostgreSQL where the environment names
//! a cluster (`cargo xtask postgres -- cargo bench -p eventstore-sql`).

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eventstore::{
    Batch, Expected, Idempotency, Item, Meta, NewEvent, Registration, RegistroKey, Slot, SystemClock, hash,
};
use eventstore_sql::{Database, Engine, Sizes};
use serde_json::Value;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use test_postgres::{CLUSTER, TestDatabase};
use tokio::runtime::Runtime;
use uuid::Uuid;

const ENTE: &str = "c_x901";
/// Appends that wait together.
const TOGETHER: u64 = 64;
/// Bytes of a payload: what a filing stores, on average.
const PAYLOAD: usize = 600;

/// Tells streams, events and keys apart.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// An entry of the register and the three events of a filing.
struct Filing {
    n: u64,
    idempotency: Idempotency,
    meta: Meta,
}

impl Filing {
    fn new() -> Self {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let idempotency = Idempotency { key: format!("chiave-{n}"), fingerprint: hash::sha256(&n.to_le_bytes()) };
        Self { n, idempotency, meta: Meta { actor: "cittadino".into(), ..Meta::default() } }
    }

    fn event(&self, part: u64) -> NewEvent {
        NewEvent {
            // Ids grow, as those of the program do.
            event_id: Uuid::from_u64_pair(self.n, part),
            kind: "SegnalazioneInviata".into(),
            schema_version: 1,
            payload: format!("{{\"testo\":\"{}\"}}", "x".repeat(PAYLOAD)),
        }
    }
}

impl Registration for Filing {
    fn registro(&self, _at: jiff::Timestamp) -> RegistroKey {
        RegistroKey { codice: "PROT".into(), anno: 2026 }
    }

    fn build(&self, slot: &Slot) -> Result<Vec<Item>, Value> {
        let last = slot.numero - 1;
        let expected = if last == 0 { Expected::NoStream } else { Expected::Exact(last) };
        let events = (1..=3).map(|part| self.event(part)).collect();
        Ok(vec![
            Item { stream: "registro-PROT-2026".into(), expected, events: vec![self.event(0)] },
            Item { stream: format!("segnalazione-{}", self.n), expected: Expected::NoStream, events },
        ])
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        Some(&self.idempotency)
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }
}

async fn file(log: Arc<dyn Engine>) {
    let filed = log.append_registered(ENTE, Arc::new(Filing::new())).await;
    black_box(filed.expect("the filing is stored"));
}

async fn step(log: &dyn Engine) {
    let filing = Filing::new();
    let item = Item {
        stream: format!("segnalazione-{}", filing.n),
        expected: Expected::NoStream,
        events: vec![filing.event(1)],
    };
    let batch = Batch { items: vec![item], idempotency: Some(filing.idempotency.clone()), meta: filing.meta.clone() };
    black_box(log.append(ENTE, batch).await.expect("the step is stored"));
}

fn engine(c: &mut Criterion, runtime: &Runtime, name: &str, database: &Database) {
    let log = runtime.block_on(database.open_log(Arc::new(SystemClock), Sizes::default())).expect("the log opens");
    let mut group = c.benchmark_group(name);
    group.bench_function("one event", |b| b.to_async(runtime).iter(|| step(&*log)));
    group.bench_function("one filing", |b| b.to_async(runtime).iter(|| file(log.clone())));
    group.throughput(Throughput::Elements(TOGETHER));
    group.bench_function(format!("{TOGETHER} filings together"), |b| {
        b.to_async(runtime).iter(|| async {
            let waiting: Vec<_> = (0..TOGETHER).map(|_| tokio::spawn(file(log.clone()))).collect();
            for filing in waiting {
                filing.await.expect("no panic");
            }
        });
    });
    group.finish();
    runtime.block_on(log.close());
}

fn bench(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    engine(c, &runtime, "sqlite", &Database::Sqlite(folder.path().to_owned()));
    if std::env::var_os(CLUSTER).is_some() {
        let database = runtime.block_on(TestDatabase::create());
        engine(c, &runtime, "postgres", &database.url().parse().expect("an address"));
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
