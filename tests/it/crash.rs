//! Power cuts: what was answered is there, what was not answered left no trace or all of it.

use crate::support::filings::{Answer, Outcome, assert_all_known, assert_present, file};
use crate::support::log::{PRIMO, numeri};
use crate::support::{Api, Data, Server};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinSet;

const ROUNDS: usize = 20;
const CLIENTS: usize = 8;

/// Files until the server goes away: what was answered, and the key that was not.
async fn client(api: Api, name: String) -> (Vec<(String, Answer)>, String) {
    let mut answered = Vec::new();
    for i in 0.. {
        let chiave = format!("{name}-{i}");
        match file(&api, &chiave).await {
            Outcome::Filed(answer) => answered.push((chiave, answer)),
            Outcome::Lost => return (answered, chiave),
            // A server that is up takes every filing; the only other outcome is that it goes away.
            Outcome::Refused(said) => panic!("{chiave}: {said:#}"),
        }
    }
    unreachable!("the server was killed")
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_power_cuts_lose_nothing_that_was_answered() {
    let data = Data::new().await;
    let mut answered: BTreeMap<String, Answer> = BTreeMap::new();
    let mut unanswered: Vec<String> = Vec::new();
    // Between 20 and 400 ms after the clients begin; the machine's own pace makes each cut fall elsewhere.
    let mut random: u64 = 0x5057_1970;
    for round in 0..ROUNDS {
        let server = Server::start(&data);
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
        let server = Server::start(&data);
        let api = server.api("cittadino");
        assert_present(&api, &fresh).await;
        // Who got no answer asks again with the same key: stored before or not, there is one filing from now on.
        for chiave in unanswered.drain(..) {
            let answer = file(&api, &chiave).await.filed();
            answered.insert(chiave, answer);
        }
        // Who got one and asks again gets the same; a few old ones and all of the last round.
        let old = answered.iter().step_by(answered.len() / 10 + 1);
        for (chiave, answer) in old {
            assert_eq!(&file(&api, chiave).await.filed(), answer, "{chiave}");
        }
        server.kill();
        if round % 5 == 4 {
            data.assert_clean();
        }
    }
    let server = Server::start(&data);
    assert!(answered.len() >= ROUNDS * CLIENTS, "the clients were hardly ever answered: {}", answered.len());
    assert_present(&server.api("cittadino"), answered.values()).await;
    assert_all_known(answered.values(), &numeri(&data, PRIMO).await);
    assert!(server.stop());
    data.assert_clean();
}
