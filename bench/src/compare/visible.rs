//! How soon a filing shows in the list, and what memory the server holds, under load.

use super::Bench;
use crate::Failure;
use crate::load::{Mix, Work};
use crate::measure::{Latencies, Summary, Table, medians};
use crate::server::Memory;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Between two looks at the server's memory.
const LOOK: Duration = Duration::from_millis(500);

/// From the answer to a filing to its case in the list of the person.
pub(super) async fn run(bench: &Bench<'_>) -> Result<Value, Failure> {
    let own = bench.own().await?;
    let server = bench.server(&own).await?;
    let clients = bench.clients();
    println!("time until a filing is visible, {:?}, idle and beside {clients} clients", bench.args.engine);
    let (mut idle, mut filings, mut mixed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.args.rounds {
        for (clients, mix, all) in
            [(0, Mix::Filings, &mut idle), (clients, Mix::Filings, &mut filings), (clients, Mix::Mixed, &mut mixed)]
        {
            all.push(bench.load(&server, clients, mix, true).await?.summary(Work::Visible));
            server.settle(Duration::from_mins(5)).await?;
        }
    }
    let all: [(&str, Summary); 3] =
        [("idle", medians(&idle)), ("under filings", medians(&filings)), ("under a mixed load", medians(&mixed))];
    let mut table = Table::new("medians");
    for (name, summary) in &all {
        table.row(name, summary);
    }
    table.print();
    let [idle, filings, mixed] = all.map(|(_, summary)| summary);
    Ok(json!({ "engine": bench.engine(), "clients": clients, "idle": idle, "filings": filings, "mixed": mixed }))
}

/// Memory of the server while it works.
pub(super) async fn memory(bench: &Bench<'_>) -> Result<Value, Failure> {
    let own = bench.own().await?;
    let server = bench.server(&own).await?;
    let clients = bench.clients();
    let start = server.memory()?;
    println!("memory of the server, {:?}, mixed load of {clients} clients", bench.args.engine);
    let mut seen: Vec<(f64, Memory)> = Vec::new();
    let (begun, mut work) = (Instant::now(), Latencies::new()?);
    for _ in 0..bench.args.rounds {
        let load = bench.load(&server, clients, Mix::Mixed, false);
        tokio::pin!(load);
        let outcome = loop {
            tokio::select! {
                outcome = &mut load => break outcome?,
                () = tokio::time::sleep(LOOK) => seen.push((begun.elapsed().as_secs_f64(), server.memory()?)),
            }
        };
        outcome.latencies().try_for_each(|latencies| work.add(latencies))?;
    }
    let end = server.memory()?;
    println!(
        "  {:.0} MiB at the start, {:.0} MiB after {} requests in {:.0} s, at most {:.0} MiB",
        start.resident_mib,
        end.resident_mib,
        work.count(),
        begun.elapsed().as_secs_f64(),
        end.peak_mib
    );
    let points: Vec<_> = seen.iter().map(|(at, memory)| json!([at, memory.resident_mib])).collect();
    Ok(json!({
        "engine": bench.engine(), "clients": clients, "requests": work.count(), "seconds": begun.elapsed().as_secs_f64(),
        "startMib": start.resident_mib, "endMib": end.resident_mib, "peakMib": end.peak_mib, "residentMibOverTime": points,
    }))
}
