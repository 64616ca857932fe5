//! The personal area through GraphQL against one hand-written SQL statement behind bare axum; in a large town against a
//! small one.

use super::{Bench, town::Town};
use crate::Failure;
use crate::http::Client;
use crate::load::{Mix, Work};
use crate::measure::{Summary, Table, medians};
use crate::requests;
use crate::server::Server;
use serde_json::{Value, json};

/// Clients at once.
const CLIENTS: u32 = 16;
/// Cases of the small town.
const SMALL: u64 = 1_000;
/// Cases of the citizen who asks.
const OWN: usize = 20;

pub(super) async fn run(bench: &Bench<'_>, large: &Town) -> Result<Value, Failure> {
    let small = Town::make(bench, SMALL).await?;
    let mut on_small = small.server(&bench.program).await?;
    let mut on_large = large.server(&bench.program).await?;
    // The other citizen of a generated town has no cases: an empty list is a fast answer, and the floor gives none.
    on_small.tokens.truncate(1);
    on_large.tokens.truncate(1);
    let floor = large.floor()?;
    for server in [&on_small, &on_large, &floor] {
        full(server).await?;
    }
    let clients = bench.args.clients.unwrap_or(CLIENTS);
    println!("personal area, {:?}, {clients} clients, {} cases", bench.args.engine, large.pratiche);
    let (mut graphql, mut bare, mut little) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=bench.args.rounds {
        for (server, all) in [(&on_large, &mut graphql), (&floor, &mut bare), (&on_small, &mut little)] {
            let outcome = bench.load(server, clients, Mix::Area, false).await?;
            all.push(outcome.summary(Work::Area));
        }
        let last = |all: &[Summary]| all.last().map_or(0.0, |summary| summary.per_second);
        println!(
            "  round {number}: GraphQL {:.0}/s, bare {:.0}/s, GraphQL in the small town {:.0}/s",
            last(&graphql),
            last(&bare),
            last(&little)
        );
    }
    let (graphql, bare, little) = (medians(&graphql), medians(&bare), medians(&little));
    let mut table = Table::new("medians");
    table.row("GraphQL", &graphql);
    table.row("one SQL, bare axum", &bare);
    table.row(&format!("GraphQL, {SMALL} cases"), &little);
    table.print();
    let (ratio, growth) = (graphql.per_second / bare.per_second, graphql.p99_ms / little.p99_ms);
    println!("  {:.0} % of bare axum; p99 is {growth:.2} x that in the small town", ratio * 100.0);
    Ok(json!({
        "engine": bench.engine(), "clients": clients, "pratiche": large.pratiche,
        "graphql": graphql, "bare": bare, "small": little, "ratioToBare": ratio, "p99ToSmall": growth,
    }))
}

/// Whether a server answers with all cases and their steps: an empty answer would be a fast one.
async fn full(server: &Server) -> Result<(), Failure> {
    let mut http = Client::new(&server.address, server.tokens.first().map(String::as_str))?;
    let (status, answer) = http.graphql(requests::area()).await?;
    let parsed: Value = serde_json::from_slice(&answer)?;
    let data = &parsed["data"];
    // The floor answers without the levels of GraphQL.
    let nodes = if data["nodes"].is_array() { &data["nodes"] } else { &data["areaPersonale"]["pratiche"]["nodes"] };
    let cases = nodes.as_array().ok_or_else(|| format!("{status}: no cases but {parsed}"))?;
    let steps = |case: &Value| case["storia"].as_array().is_some_and(|steps| steps.len() >= 3);
    if cases.len() != OWN || !cases.iter().all(steps) {
        return Err(format!("{} cases, not {OWN} with their steps: {parsed}", cases.len()).into());
    }
    Ok(())
}
