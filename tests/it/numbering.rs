//! Numbers are dense and each key has one, whatever happens at the same time (DPR 445/2000 artt. 53 and 57).

use crate::support::log::{PRIMO, SECONDO, assert_dense};
use crate::support::{Api, Data, Server, segnalazione};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// Filings of each town.
const FILINGS: usize = 200;

/// One client files; a tenth of them files what is refused, a tenth sends the same twice at once.
async fn file(api: Api, town: usize, i: usize) -> Vec<(String, Option<u64>)> {
    let chiave = format!("n-{town}-{i}");
    let mut input = segnalazione(&chiave, &format!("Lampione {i}"));
    let refused = i.is_multiple_of(10);
    if refused {
        input["dettagli"] = "x".repeat(201).into();
    }
    let one = async || {
        let payload = api.try_segnala(input.clone()).await;
        let numero = payload["protocollo"]["numero"].as_u64();
        if refused {
            assert_eq!(payload["errori"][0]["codice"], "testo-lungo", "{payload:#}");
        } else {
            assert!(numero.is_some(), "{payload:#}");
        }
        (chiave.clone(), numero)
    };
    if i % 10 == 1 {
        let (first, second) = tokio::join!(one(), one());
        return vec![first, second];
    }
    vec![one().await]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_towns_number_densely_while_hundreds_file_at_once() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let towns = [server.api("cittadino"), server.second_api("cittadino")];
    let mut clients = JoinSet::new();
    for i in 0..FILINGS {
        for (town, api) in towns.iter().enumerate() {
            let api = api.clone();
            clients.spawn(async move { (town, file(api, town, i).await) });
        }
    }
    let mut keys: [BTreeMap<String, u64>; 2] = Default::default();
    while let Some(outcome) = clients.join_next().await {
        let (town, answers) = outcome.unwrap();
        for (key, numero) in answers.into_iter().filter_map(|(key, numero)| Some((key, numero?))) {
            let known = *keys[town].entry(key.clone()).or_insert(numero);
            assert_eq!(known, numero, "{key} has two numbers");
        }
    }
    let expected = (FILINGS - FILINGS / 10) as u64;
    for (town, keys) in keys.iter().enumerate() {
        let mut numbers: Vec<u64> = keys.values().copied().collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=expected).collect::<Vec<_>>(), "town {town}");
    }
    for ente in [PRIMO, SECONDO] {
        assert_dense(&data, ente, expected).await;
    }
    data.assert_clean();
    // The protocol office sees the same, newest first.
    let last = towns[0].segnala("ultima", "Ultima").await;
    let (anno, dopo) = (last["protocollo"]["anno"].as_i64().unwrap(), last["posizione"].as_u64());
    let seen = server.api("protocollo").registro(anno, dopo).await;
    assert_eq!(seen, (1..=expected + 1).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_key_sent_again_later_gets_its_first_answer() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    let first = api.segnala("la-stessa", "Buca in via Roma").await;
    // Something else happens to the case and to the register in between.
    let id = first["pratica"]["id"].as_str().unwrap();
    server.api("operatore").step("prendiInCarico", id, None).await;
    api.segnala("un-altra", "Panchina rotta").await;
    let again: Value = api.segnala("la-stessa", "Buca in via Roma").await;
    assert_eq!(again, first);
    // Keys belong to the person: the same text from someone else is another filing.
    let other = server.api("cittadino2").segnala("la-stessa", "Buca in via Roma").await;
    assert_eq!(other["protocollo"]["numero"], 3);
    assert_dense(&data, PRIMO, 3).await;
}
