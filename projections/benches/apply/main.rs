//! Folding pages, and building everything anew, against reading and opening the same records without writing.
//!
//! `cargo bench -p projections`; with a PostgreSQL cluster in `SPORTELLO_TEST_POSTGRES` on both engines. The log is in
//! memory: what is compared is the work of the read models alone.

#![expect(clippy::unwrap_used, reason = "a bench ends where something fails")]

mod log;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eventstore::EventStore;
use log::{ENTE, Log, PER_CASE};
use projections::ReadModels;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use test_postgres::TestDatabase;
use tokio::runtime::Runtime;

/// That of the service: reading and writing rows is many small allocations.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Records of a page, and of the whole log.
const PAGE: u64 = 2_000;
const WHOLE: u64 = 200_000;

/// A read database of one of the engines, gone with the value.
enum Letture {
    Sqlite(TempDir),
    Postgres(TestDatabase),
}

impl Letture {
    fn all(runtime: &Runtime) -> Vec<(&'static str, Self)> {
        let mut all = vec![("sqlite", Self::Sqlite(tempfile::tempdir().unwrap()))];
        if std::env::var_os(test_postgres::CLUSTER).is_some() {
            all.push(("postgres", Self::Postgres(runtime.block_on(TestDatabase::create()))));
        }
        all
    }

    async fn models(&self, log: &Log) -> Arc<ReadModels> {
        let address = match self {
            Self::Sqlite(folder) => folder.path().join("letture.db").to_str().unwrap().to_owned(),
            Self::Postgres(database) => database.url().to_owned(),
        };
        ReadModels::open(&address, log.store.clone(), log.opener(), vec![ENTE.into()]).await.unwrap()
    }
}

fn pages(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = c.benchmark_group("apply");
    group.throughput(Throughput::Elements(PAGE)).sample_size(20);
    for (engine, letture) in Letture::all(&runtime) {
        let mut log = Log::new();
        let models = runtime.block_on(letture.models(&log));
        group.bench_function(engine, |b| {
            b.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    runtime.block_on(async {
                        for _ in 0..PAGE / PER_CASE {
                            log.case().await;
                        }
                    });
                    let began = Instant::now();
                    runtime.block_on(models.catch_up()).unwrap();
                    spent += began.elapsed();
                }
                spent
            });
        });
    }
}

fn whole(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut log = Log::new();
    runtime.block_on(async {
        for _ in 0..WHOLE / PER_CASE {
            log.case().await;
        }
    });
    let mut group = c.benchmark_group("rebuild");
    group.throughput(Throughput::Elements(WHOLE)).sample_size(10).warm_up_time(Duration::from_millis(1));
    group.bench_function("read and open", |b| b.iter(|| runtime.block_on(read(&log))));
    for (engine, letture) in Letture::all(&runtime) {
        let models = runtime.block_on(letture.models(&log));
        group.bench_function(engine, |b| b.iter(|| runtime.block_on(models.rebuild(None, &|_| {})).unwrap()));
    }
}

/// Reads and opens the whole log, on one thread.
async fn read(log: &Log) {
    let (opener, mut after) = (log.opener(), 0);
    loop {
        let records = log.store.read_all(ENTE, after, PAGE as usize).await.unwrap();
        let Some(last) = records.last() else { return };
        after = last.position;
        std::hint::black_box(opener.open_all(records).unwrap());
    }
}

criterion_group!(benches, pages, whole);
criterion_main!(benches);
