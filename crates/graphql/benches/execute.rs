//! The personal-area query and a filing through the schema, beside the least that could answer them: the same rows by one
//! hand-written SQL as JSON text, and the command without GraphQL.
//!
//! `cargo bench -p graphql` prints times for one answer while [`CLIENTS`] ask at once, and the ratios. With
//! `SPORTELLO_TEST_POSTGRES` set the reads are measured on PostgreSQL too.

#[expect(clippy::unwrap_used, reason = "shared with the tests")]
#[path = "../src/tests/ports.rs"]
mod ports;
mod world;

use criterion::{Criterion, criterion_group, criterion_main};
use std::sync::Arc;
use std::time::{Duration, Instant};
use test_postgres::{CLUSTER, TestDatabase};
use tokio::runtime::Runtime;
use world::World;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Who asks at once.
const CLIENTS: u64 = 16;
/// Cases in the tables.
const CASES: usize = 2_000;

/// Time of `rounds` calls by [`CLIENTS`] at once.
async fn together<F>(rounds: u64, call: impl Fn(u64) -> F + Clone + Send + 'static) -> Duration
where
    F: Future<Output = ()> + Send,
{
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let call = call.clone();
            tokio::spawn(async move {
                let mut n = client;
                while n < rounds {
                    call(n).await;
                    n += CLIENTS;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client ends");
    }
    begun.elapsed()
}

fn reads(c: &mut Criterion, name: &str, runtime: &Runtime, world: &Arc<World>) {
    let mut group = c.benchmark_group(format!("area-personale/{name}"));
    group.sample_size(30).measurement_time(Duration::from_secs(6));
    let bytes = runtime.block_on(async { (world.area_personale().await.len(), world.raw().await.len()) });
    println!("bytes of an answer: GraphQL {}, raw {}", bytes.0, bytes.1);
    for (label, graphql) in [("graphql", true), ("raw", false)] {
        group.bench_function(label, |b| {
            b.to_async(runtime).iter_custom(|rounds| {
                let world = world.clone();
                together(rounds, move |_| {
                    let world = world.clone();
                    async move {
                        let text = if graphql { world.area_personale().await } else { world.raw().await };
                        assert!(text.len() > 5_000, "an answer holds twenty cases");
                    }
                })
            });
        });
    }
    group.finish();
    if !std::env::args().any(|argument| argument == "--profile-time") {
        compare(name, runtime, world);
    }
}

/// Prints how the two stand to each other.
fn compare(name: &str, runtime: &Runtime, world: &Arc<World>) {
    let time = |graphql: bool| {
        let world = world.clone();
        let call = move |_| {
            let world = world.clone();
            async move {
                let text = if graphql { world.area_personale().await } else { world.raw().await };
                assert!(!text.is_empty());
            }
        };
        let begun = processor();
        let time = runtime.block_on(together(4_000, call)).as_secs_f64();
        (time, processor() - begun)
    };
    // Interleaved, because other work on the machine moves both.
    let (mut ratios, mut shares): (Vec<f64>, Vec<f64>) = (0..5)
        .map(|_| {
            let (raw, graphql) = (time(false), time(true));
            (raw.0 / graphql.0, raw.1 / graphql.1)
        })
        .unzip();
    ratios.sort_by(f64::total_cmp);
    shares.sort_by(f64::total_cmp);
    println!(
        "area-personale/{name}: GraphQL against raw SQL to JSON, medians of 5: throughput {:.2}, processor time here {:.2}",
        ratios[2], shares[2]
    );
}

/// Seconds of processor time that this process took.
fn processor() -> f64 {
    // Fields 14 and 15 count hundredths of a second; those before may hold spaces, in brackets.
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a line about this process");
    let fields = stat.rsplit(')').next().expect("a line").split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / 100.0
}

fn filings(c: &mut Criterion, runtime: &Runtime, world: &Arc<World>) {
    let mut group = c.benchmark_group("filing/memory");
    group.sample_size(30).measurement_time(Duration::from_secs(6));
    for (label, graphql) in [("graphql", true), ("command", false)] {
        group.bench_function(label, |b| {
            b.to_async(runtime).iter_custom(|rounds| {
                let world = world.clone();
                together(rounds, move |_| {
                    let world = world.clone();
                    async move {
                        if graphql {
                            world.file_by_graphql().await;
                        } else {
                            world.file().await;
                        }
                    }
                })
            });
        });
    }
    group.finish();
}

fn all(c: &mut Criterion) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("letture.db");
    let world = Arc::new(runtime.block_on(World::new(path.to_str().expect("a path"), CASES)));
    reads(c, "sqlite", &runtime, &world);
    filings(c, &runtime, &world);
    if std::env::var_os(CLUSTER).is_some() {
        let database = runtime.block_on(TestDatabase::create());
        let world = Arc::new(runtime.block_on(World::new(database.url(), CASES)));
        reads(c, "postgres", &runtime, &world);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
