//! Power cuts: what was answered is there, what was not answered left no trace or all of it.

use crate::support::log::{PRIMO, assert_dense, numeri};
use crate::support::{Api, SEGNALA, Server, assert_clean, segnalazione};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::task::JoinSet;

const ROUNDS: usize = 20;
const CLIENTS: usize = 8;

/// What the server answered to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    id: String,
    numero: u64,
}

fn answer(response: &Value) -> Option<Answer> {
    let payload = &response["data"]["inviaSegnalazione"];
    let id = payload["pratica"]["id"].as_str()?.to_owned();
    Some(Answer { id, numero: payload["protocollo"]["numero"].as_u64()? })
}

async fn send(api: &Api, chiave: &str) -> Option<Answer> {
    let input = json!({ "input": segnalazione(chiave, "Lampione spento") });
    let response = api.try_send(SEGNALA, input).await.ok()?;
    let found = answer(&response);
    // A server that is up takes every filing; the only other outcome is that it goes away.
    assert!(found.is_some(), "{response:#}");
    found
}

/// Files until the server goes away: what was answered, and the key that was not.
async fn client(api: Api, name: String) -> (Vec<(String, Answer)>, String) {
    let mut answered = Vec::new();
    for i in 0.. {
        let chiave = format!("{name}-{i}");
        match send(&api, &chiave).await {
            Some(answer) => answered.push((chiave, answer)),
            None => return (answered, chiave),
        }
    }
    unreachable!("the server was killed")
}

/// Every answered submission is a case with its number, in the words of the API.
async fn assert_present(api: &Api, answered: &[Answer]) {
    for chunk in answered.chunks(50) {
        let mut query = String::from("{");
        for (i, answer) in chunk.iter().enumerate() {
            write!(query, " p{i}: pratica(id: \"{}\") {{ id protocollo {{ numero }} }}", answer.id)
                .expect("text grows");
        }
        query.push('}');
        let data = api.data(&query, json!({})).await;
        for (i, answer) in chunk.iter().enumerate() {
            let found = &data[format!("p{i}")];
            assert_eq!(found["protocollo"]["numero"], answer.numero, "{answer:?}: {found}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_power_cuts_lose_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut answered: BTreeMap<String, Answer> = BTreeMap::new();
    let mut unanswered: Vec<String> = Vec::new();
    // Between 20 and 400 ms after the clients begin; the machine's own pace makes each cut fall elsewhere.
    let mut random: u64 = 0x5057_1970;
    for round in 0..ROUNDS {
        let server = Server::start(folder.path());
        let api = server.api("cittadino");
        let clients: JoinSet<_> = (0..CLIENTS).map(|i| client(api.clone(), format!("c-{round}-{i}"))).collect();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(20 + (random >> 33) % 380)).await;
        server.kill();
        let mut fresh = Vec::new();
        for (done, lost) in clients.join_all().await {
            fresh.extend(done.iter().map(|(_, answer)| answer.clone()));
            answered.extend(done);
            unanswered.push(lost);
        }
        let server = Server::start(folder.path());
        let api = server.api("cittadino");
        assert_present(&api, &fresh).await;
        // Who got no answer asks again with the same key: stored before or not, there is one filing from now on.
        for chiave in unanswered.drain(..) {
            let answer = send(&api, &chiave).await.expect("the server is up");
            answered.insert(chiave, answer);
        }
        // Who got one and asks again gets the same; a few old ones and all of the last round.
        let old = answered.iter().step_by(answered.len() / 10 + 1);
        for (chiave, answer) in old {
            assert_eq!(send(&api, chiave).await.as_ref(), Some(answer), "{chiave}");
        }
        server.kill();
        if round % 5 == 4 {
            assert_clean(folder.path());
        }
    }
    let server = Server::start(folder.path());
    let all: Vec<Answer> = answered.values().cloned().collect();
    assert!(all.len() >= ROUNDS * CLIENTS, "the clients were hardly ever answered: {}", all.len());
    assert_present(&server.api("cittadino"), &all).await;
    let mut numbers: Vec<u64> = all.iter().map(|answer| answer.numero).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, numeri(folder.path(), PRIMO), "every number belongs to one key that we know");
    assert_dense(folder.path(), PRIMO, all.len() as u64);
    assert!(server.stop());
    assert_clean(folder.path());
}
