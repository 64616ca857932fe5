//! What the program is compared with: the same rows in the same tables, by the shortest way that a program could take.

pub mod area;
pub mod disponibilita;
pub mod group_postgres;
pub mod group_sqlite;
pub mod naive_postgres;
pub mod naive_sqlite;
pub mod rows;

use crate::Failure;
use crate::load::WARM_UP;
use crate::measure::{Latencies, Summary};
use eventstore::{Clock as _, SystemClock};
use eventstore_sql::{Database, Sizes};
use rows::{Filing, Samples};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Files durably.
pub trait Writer: Send + Sync {
    /// Answers with the number once the filing is committed.
    fn file(&self, filing: Filing) -> impl Future<Output = Result<u64, Failure>> + Send;
}

/// Makes the tables of the log as the program does.
pub async fn make_tables(database: &Database) -> Result<(), Failure> {
    if let Some(folder) = database.folder() {
        std::fs::create_dir_all(folder)?;
    }
    let log = database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    log.close().await;
    Ok(())
}

/// Clients that file one after the other, as tasks of this process: no network between.
pub async fn drive<W: Writer + 'static>(
    writer: Arc<W>,
    samples: &Samples,
    clients: u32,
    length: Duration,
) -> Result<Summary, Failure> {
    let start = Instant::now() + WARM_UP;
    let end = start + length;
    let mut tasks = Vec::new();
    for client in 0..clients {
        let (writer, samples) = (writer.clone(), samples.clone());
        tasks.push(tokio::spawn(async move {
            let mut latencies = Latencies::new()?;
            let mut number = u64::from(client);
            while Instant::now() < end {
                number += 1;
                let filing = samples.filing(number);
                let sent = Instant::now();
                writer.file(filing).await?;
                if sent >= start {
                    latencies.record(sent.elapsed());
                }
            }
            Ok::<_, Failure>(latencies)
        }));
    }
    let mut all = Latencies::new()?;
    for task in tasks {
        all.add(&task.await??)?;
    }
    Ok(all.summary(length))
}

/// Checks that a floor did the work: numbers are dense, and each has its four rows.
pub fn check(numbers: i64, highest: i64, events: i64, positions: i64) -> Result<(), Failure> {
    if numbers != highest || events != positions || events < 4 * numbers {
        return Err(format!(
            "the floor is wrong: {numbers} numbers up to {highest}, {events} events up to {positions}"
        )
        .into());
    }
    Ok(())
}

/// Microseconds of now, for `recorded_at`.
fn now() -> i64 {
    SystemClock.now().as_microsecond()
}
