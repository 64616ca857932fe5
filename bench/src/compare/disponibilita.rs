//! What is free in a month at thirty offices, behind which lie years of bookings, through GraphQL against one SQL statement
//! behind bare axum that reads the same rows.

use super::Bench;
use super::agende::Agende;
use crate::Failure;
use crate::generate::sedi::SERVIZIO;
use crate::http::{Address, Client};
use crate::load::WARM_UP;
use crate::measure::{Latencies, Summary, Table, medians};
use crate::requests;
use crate::server::Server;
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Instant;

/// Clients at once: who looks for a slot looks at a whole month once in a while.
const CLIENTS: u32 = 4;
/// What nobody waits longer for, in milliseconds.
const AIM: f64 = 50.0;
/// How an answer with slots begins.
const GOOD: &[u8] = br#"{"data":{"disponibilita":[{"#;

pub(super) async fn run(bench: &Bench<'_>) -> Result<Value, Failure> {
    let town = Agende::make(bench).await?;
    let server = town.server(&bench.program).await?;
    let floor = town.floor()?;
    let body = requests::availability(SERVIZIO, town.dal, town.al);
    let begun = Instant::now();
    let first = ask(&server.address, body.clone()).await?;
    let cold = begun.elapsed().as_secs_f64() * 1_000.0;
    let (offices, slots) = found(&first)?;
    let rows: Value = serde_json::from_slice(&ask(&floor.address, body.clone()).await?)?;
    let rows = rows["data"].as_array().map_or(0, Vec::len);
    if offices as u64 != town.uffici || slots == 0 || rows == 0 {
        return Err(format!("{offices} offices, {slots} slots, {rows} rows: this measures nothing").into());
    }
    let clients = bench.args.clients.unwrap_or(CLIENTS);
    println!(
        "availability, {:?}, {clients} clients, {} past bookings: {slots} slots of {offices} offices, {rows} seats taken",
        bench.args.engine, town.appuntamenti
    );
    let (mut alone, mut graphql, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=bench.args.rounds {
        for (server, clients, good, all) in [
            (&server, 1, GOOD, &mut alone),
            (&server, clients, GOOD, &mut graphql),
            (&floor, clients, &b"{"[..], &mut bare),
        ] {
            all.push(load(bench, server, clients, body.clone(), (good, first.len() / 2)).await?);
        }
        let last = |all: &[Summary]| all.last().map_or(0.0, |summary| summary.p99_ms);
        println!(
            "  round {number}: p99 {:.1} ms, alone {:.1} ms, bare {:.1} ms",
            last(&graphql),
            last(&alone),
            last(&bare)
        );
    }
    let (alone, graphql, bare) = (medians(&alone), medians(&graphql), medians(&bare));
    let mut table = Table::new("medians");
    table.row("GraphQL", &graphql);
    table.row("GraphQL, one client", &alone);
    table.row("one SQL, bare axum", &bare);
    table.print();
    let ratio = graphql.p50_ms / bare.p50_ms;
    println!(
        "  p99 {:.1} ms (aim {AIM} ms); p50 is {ratio:.2} x that of bare axum; the first answer took {cold:.0} ms",
        graphql.p99_ms
    );
    Ok(json!({
        "engine": bench.engine(), "clients": clients, "appuntamenti": town.appuntamenti, "uffici": offices,
        "slots": slots, "rows": rows, "bytes": first.len(), "firstMs": cold, "graphql": graphql, "alone": alone,
        "bare": bare, "p50ToBare": ratio, "aimMs": AIM,
    }))
}

async fn ask(address: &Address, body: Bytes) -> Result<Bytes, Failure> {
    let (status, answer) = Client::new(address, None)?.graphql(body).await?;
    if status.is_success() {
        return Ok(answer);
    }
    Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into())
}

/// Offices and slots of an answer.
fn found(answer: &[u8]) -> Result<(usize, usize), Failure> {
    let parsed: Value = serde_json::from_slice(answer)?;
    let offices = parsed["data"]["disponibilita"].as_array().ok_or_else(|| format!("no offices but {parsed}"))?;
    let slots = offices.iter().map(|office| office["slot"].as_array().map_or(0, Vec::len)).sum();
    Ok((offices.len(), slots))
}

/// Clients that ask one after the other, on a thread of their own.
async fn load(
    bench: &Bench<'_>,
    server: &Server,
    clients: u32,
    body: Bytes,
    (good, least): (&'static [u8], usize),
) -> Result<Summary, Failure> {
    let (address, length) = (server.address.clone(), bench.length());
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let start = Instant::now() + WARM_UP;
            let mut tasks = Vec::new();
            for _ in 0..clients {
                let client = Client::new(&address, None)?;
                tasks.push(tokio::spawn(one(client, body.clone(), (start, start + length), (good, least))));
            }
            let mut all = Latencies::new()?;
            for task in tasks {
                all.add(&task.await??)?;
            }
            Ok::<_, Failure>(all.summary(length))
        })
    };
    tokio::task::spawn_blocking(work).await?
}

/// One client. Reading a megabyte through would cost more than the question: an answer is looked at from outside.
async fn one(
    mut client: Client,
    body: Bytes,
    (start, end): (Instant, Instant),
    (good, least): (&'static [u8], usize),
) -> Result<Latencies, Failure> {
    let mut latencies = Latencies::new()?;
    while Instant::now() < end {
        let sent = Instant::now();
        let (status, answer) = client.graphql(body.clone()).await?;
        let took = sent.elapsed();
        if !status.is_success() || !answer.starts_with(good) || (good == GOOD && answer.len() < least) {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer[..answer.len().min(300)])).into());
        }
        if sent >= start {
            latencies.record(took);
        }
    }
    Ok(latencies)
}
