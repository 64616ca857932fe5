//! Filings under load and what became of them.

use super::{Api, SEGNALA, segnalazione};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What the server answered to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The case.
    pub id: String,
    /// Its number in the register.
    pub numero: u64,
}

impl Answer {
    fn read(response: &Value) -> Option<Self> {
        let payload = &response["data"]["inviaSegnalazione"];
        let id = payload["pratica"]["id"].as_str()?.to_owned();
        Some(Self { id, numero: payload["protocollo"]["numero"].as_u64()? })
    }
}

/// What became of a request.
#[derive(Debug)]
pub enum Outcome {
    /// It was filed.
    Filed(Answer),
    /// The server answered that it cannot now: what it said.
    Refused(Value),
    /// There was no answer, or none that can be read.
    Lost,
}

impl Outcome {
    /// The answer to a filing that must be taken.
    #[track_caller]
    pub fn filed(self) -> Answer {
        match self {
            Self::Filed(answer) => answer,
            other => panic!("it was not filed: {other:?}"),
        }
    }
}

/// Files a report under a key.
pub async fn file(api: &Api, chiave: &str) -> Outcome {
    let input = json!({ "input": segnalazione(chiave, "Lampione spento") });
    match api.try_send(SEGNALA, input).await {
        Err(_) => Outcome::Lost,
        Ok(response) => Answer::read(&response).map_or(Outcome::Refused(response), Outcome::Filed),
    }
}

/// Every answered filing is a case with its number, in the words of the API.
pub async fn assert_present<'a>(api: &Api, answered: impl IntoIterator<Item = &'a Answer>) {
    let answered: Vec<&Answer> = answered.into_iter().collect();
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

/// The answers of all keys that we know are all numbers of the register, each once.
#[track_caller]
pub fn assert_all_known<'a>(answered: impl IntoIterator<Item = &'a Answer>, numeri: &[u64]) {
    let mut numbers: Vec<u64> = answered.into_iter().map(|answer| answer.numero).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, numeri, "every number belongs to one key that we know");
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "numbers are dense");
}
