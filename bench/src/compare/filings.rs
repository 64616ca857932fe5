//! Durable filings a second: the program over HTTP, one commit a filing, the bare group-committing writer.

use super::{Bench, Own};
use crate::Failure;
use crate::floor::rows::Samples;
use crate::floor::{self, group_postgres, group_sqlite, naive_postgres, naive_sqlite};
use crate::load::{Mix, WARM_UP, Work};
use crate::measure::{Summary, Table, median, medians};
use crate::server;
use serde_json::{Value, json};
use std::sync::Arc;

/// One round.
struct Round {
    http: Summary,
    one_commit: Summary,
    group: Summary,
    /// Processor time of the server for one filing, and of the client, microseconds.
    server_us: f64,
    client_us: f64,
}

pub(super) async fn run(bench: &Bench<'_>) -> Result<Value, Failure> {
    let samples = Samples::take(&bench.program, bench.dir.path()).await?;
    let clients = bench.clients();
    println!(
        "durable filings, {:?}, {clients} clients, {} rounds of {} s; a filing stores {} bytes of payload and meta in 4 records",
        bench.args.engine,
        bench.args.rounds,
        bench.args.seconds,
        samples.bytes()
    );
    let mut rounds = Vec::new();
    for number in 1..=bench.args.rounds {
        let round = round(bench, &samples, clients).await?;
        let (http, one, group) = (round.http.per_second, round.one_commit.per_second, round.group.per_second);
        println!("  round {number}: {http:.0}/s over HTTP, {one:.0}/s one commit each, {group:.0}/s bare group writer");
        rounds.push(round);
    }
    Ok(report(bench, clients, &rounds))
}

async fn round(bench: &Bench<'_>, samples: &Samples, clients: u32) -> Result<Round, Failure> {
    let own = bench.own().await?;
    let program = bench.server(&own).await?;
    let client = || server::cpu(std::process::id());
    let (server_before, client_before) = (program.cpu()?, client()?);
    let outcome = bench.load(&program, clients, Mix::Filings, false).await?;
    let http = outcome.summary(Work::Filing);
    // Processor time was taken over warming up, too.
    let filings = http.per_second * (outcome.length + WARM_UP).as_secs_f64();
    let server_us = program.cpu()?.saturating_sub(server_before).as_secs_f64() * 1e6 / filings;
    let client_us = client()?.saturating_sub(client_before).as_secs_f64() * 1e6 / filings;
    drop(program);
    drop(own);
    let one_commit = one_commit(bench, samples, clients).await?;
    let group = group(bench, samples, clients).await?;
    Ok(Round { http, one_commit, group, server_us, client_us })
}

async fn floor(bench: &Bench<'_>) -> Result<Own, Failure> {
    let own = bench.own().await?;
    floor::make_tables(&own.database()?).await?;
    Ok(own)
}

async fn one_commit(bench: &Bench<'_>, samples: &Samples, clients: u32) -> Result<Summary, Failure> {
    let own = floor(bench).await?;
    match own.url() {
        None => {
            let naive = Arc::new(naive_sqlite::Naive::open(own.folder(), samples).await?);
            let summary = floor::drive(naive, samples, clients, bench.length()).await?;
            group_sqlite::check(own.folder())?;
            Ok(summary)
        }
        Some(url) => {
            let naive = Arc::new(naive_postgres::Naive::open(url, samples, clients).await?);
            let summary = floor::drive(naive, samples, clients, bench.length()).await?;
            group_postgres::check(url).await?;
            Ok(summary)
        }
    }
}

async fn group(bench: &Bench<'_>, samples: &Samples, clients: u32) -> Result<Summary, Failure> {
    let own = floor(bench).await?;
    match own.url() {
        None => {
            let group = Arc::new(group_sqlite::Group::start(own.folder(), samples)?);
            let summary = floor::drive(group, samples, clients, bench.length()).await?;
            group_sqlite::check(own.folder())?;
            Ok(summary)
        }
        Some(url) => {
            let group = Arc::new(group_postgres::Group::start(url, samples).await?);
            let summary = floor::drive(group, samples, clients, bench.length()).await?;
            group_postgres::check(url).await?;
            Ok(summary)
        }
    }
}

fn report(bench: &Bench<'_>, clients: u32, rounds: &[Round]) -> Value {
    let of = |figure: fn(&Round) -> Summary| medians(&rounds.iter().map(figure).collect::<Vec<_>>());
    let (http, one, group) = (of(|r| r.http), of(|r| r.one_commit), of(|r| r.group));
    let (server_us, client_us) =
        (median(rounds.iter().map(|r| r.server_us)), median(rounds.iter().map(|r| r.client_us)));
    let mut table = Table::new("medians");
    table.row("over HTTP", &http);
    table.row("one commit a filing", &one);
    table.row("bare group writer", &group);
    table.print();
    let (to_one, to_group) = (http.per_second / one.per_second, http.per_second / group.per_second);
    println!("  {to_one:.1} x one commit a filing; {:.0} % of the bare group writer", to_group * 100.0);
    println!("  processor time of a filing: server {server_us:.0} us, client {client_us:.0} us");
    json!({
        "engine": bench.engine(),
        "clients": clients, "rounds": rounds.len(), "seconds": bench.args.seconds,
        "http": http, "oneCommit": one, "bareGroup": group,
        "ratioToOneCommit": to_one, "ratioToBareGroup": to_group,
        "serverMicrosPerFiling": server_us, "clientMicrosPerFiling": client_us,
    })
}
