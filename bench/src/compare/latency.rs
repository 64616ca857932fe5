//! One filing on an idle server against one synced write in the same folder, in turns.

use super::Bench;
use crate::Failure;
use crate::http::Client;
use crate::measure::{Latencies, Summary, Table};
use crate::requests::{self, Filings};
use serde_json::{Value, json};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of the synced write.
const PAGE: usize = 8 * 1024;
/// Pages that are written over in turn, like the pages of a log that was emptied.
const PAGES: u64 = 64;
/// Between two measures: the server has done everything that followed from the filing.
const IDLE: Duration = Duration::from_millis(20);
/// Pairs before anything is counted.
const WARM: u64 = 20;

pub(super) async fn run(bench: &Bench<'_>) -> Result<Value, Failure> {
    let own = bench.own().await?;
    let server = bench.server(&own).await?;
    let mut http = Client::new(&server.address, server.tokens.first().map(String::as_str))?;
    let mut filings = Filings::new(2)?;
    let file = prepared(&own.folder().join("sync"))?;
    let (mut filing, mut sync) = (Latencies::new()?, Latencies::new()?);
    let end = Instant::now() + bench.length() * u32::try_from(bench.args.rounds)?;
    let mut number = 0;
    let begun = Instant::now();
    while Instant::now() < end {
        number += 1;
        let body = filings.body(number as usize % requests::KINDS.len(), 0, number);
        let sent = Instant::now();
        let (_, answer) = http.graphql(body).await?;
        let took = sent.elapsed();
        if requests::number(&answer, "numero").is_none() {
            return Err(format!("a filing got no number: {}", String::from_utf8_lossy(&answer)).into());
        }
        tokio::time::sleep(IDLE).await;
        let synced = synced(&file, number)?;
        if number > WARM {
            filing.record(took);
            sync.record(synced);
        }
    }
    let over = begun.elapsed();
    Ok(report(&filing.summary(over), &sync.summary(over)))
}

/// A file whose pages are on the disk already.
fn prepared(path: &Path) -> Result<File, Failure> {
    let file = File::create_new(path)?;
    for page in 0..PAGES {
        file.write_all_at(&[1; PAGE], page * PAGE as u64)?;
    }
    file.sync_all()?;
    Ok(file)
}

fn synced(file: &File, number: u64) -> Result<Duration, Failure> {
    let begun = Instant::now();
    file.write_all_at(&[number as u8; PAGE], number % PAGES * PAGE as u64)?;
    file.sync_data()?;
    Ok(begun.elapsed())
}

fn report(filing: &Summary, sync: &Summary) -> Value {
    println!("one filing on an idle server, one client");
    let mut table = Table::new("");
    table.row("filing over HTTP", filing);
    table.row("8 KiB written and synced", sync);
    table.print();
    let ratio = filing.p50_ms / sync.p50_ms;
    println!("  p50 of a filing is {ratio:.1} x that of one synced write");
    json!({ "filing": filing, "sync": sync, "ratioP50": ratio })
}
