//! The receipt as a document: where it is, which hash it has, and at what cost.

use super::*;
use crate::limits as max;
use std::sync::atomic::Ordering;

const RICEVUTA: &str = "query($id: ID!) { pratica(id: $id) { ricevuta { url impronta } } }";

impl World {
    fn composed(&self) -> usize {
        self.composes.0.load(Ordering::SeqCst)
    }

    async fn receipt(&self, who: &Utente, id: &Value) -> Value {
        self.ask(who, RICEVUTA, json!({ "id": id })).await["pratica"]["ricevuta"].clone()
    }
}

#[tokio::test]
async fn its_hash_is_that_of_the_stored_bytes_and_stays() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let (id, codice) = (&filed["pratica"]["id"], filed["pratica"]["codice"].as_str().unwrap());
    let url = "query($id: ID!) { pratica(id: $id) { ricevuta { url } } }";
    let data = world.ask(&world.mario(), url, json!({ "id": id })).await;
    let path = format!("/pratiche/{}/ricevuta.pdf", id.as_str().unwrap());
    assert_eq!(data["pratica"]["ricevuta"], json!({ "url": path }));
    assert_eq!(world.composed(), 0, "an address composes nothing");
    let impronta = hex::encode(eventstore::hash::sha256(format!("%PDF 0 {codice}").as_bytes()));
    for who in [world.mario(), world.official(), world.mario()] {
        assert_eq!(world.receipt(&who, id).await, json!({ "url": path, "impronta": impronta }));
    }
    assert_eq!(world.composed(), 1);
}

#[tokio::test]
async fn who_may_not_see_personal_data_sees_none_of_it() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    assert_eq!(world.receipt(&world.developer(), &filed["pratica"]["id"]).await, Value::Null);
    let data = world.ask(&world.maria(), RICEVUTA, json!({ "id": filed["pratica"]["id"] })).await;
    assert_eq!((&data["pratica"], world.composed()), (&Value::Null, 0));
}

#[tokio::test]
async fn the_rows_of_a_list_and_the_answer_to_a_filing_have_it_too() {
    let world = World::new().await;
    let mutation = "mutation($input: InviaSegnalazioneInput!) {
        inviaSegnalazione(input: $input) { pratica { id ricevuta { url impronta } } } }";
    let data = world.ask(&world.mario(), mutation, json!({ "input": report("chiave-1") })).await;
    let pratica = data["inviaSegnalazione"]["pratica"].clone();
    assert_eq!(pratica["ricevuta"]["impronta"].as_str().unwrap().len(), 64);
    world.catch_up().await;
    let list = "{ areaPersonale { pratiche(first: 3) { nodes { id ricevuta { url impronta } } } } }";
    let data = world.ask(&world.mario(), list, json!({})).await;
    assert_eq!(data["areaPersonale"]["pratiche"]["nodes"], json!([pratica]));
}

#[tokio::test]
async fn a_list_cannot_have_many_composed() {
    let world = World::new().await;
    let (mario, fit) = (world.mario(), max::MAX_COMPLEXITY / max::RECEIPT_COST);
    assert_eq!(fit, 3);
    world.catch_up().await;
    let list = |first: usize, fields: &str| {
        format!("{{ areaPersonale {{ pratiche(first: {first}) {{ nodes {{ ricevuta {{ {fields} }} }} }} }} }}")
    };
    assert_eq!(world.ask_with(Some(&mario), &list(fit, "impronta"), json!({})).await.get("errors"), None);
    assert_eq!(world.code(Some(&mario), &list(fit + 1, "impronta")).await, "QUERY_TOO_COMPLEX");
    let one = |n: usize| format!("p{n}: pratica(id: \"{}\") {{ ricevuta {{ impronta }} }}", Uuid::nil());
    let many = |n: usize| format!("{{ {} }}", (0..n).map(one).collect::<Vec<_>>().join(" "));
    assert_eq!(world.ask_with(Some(&mario), &many(fit), json!({})).await.get("errors"), None);
    assert_eq!(world.code(Some(&mario), &many(fit + 1)).await, "QUERY_TOO_COMPLEX");
    assert_eq!(world.ask_with(Some(&mario), &list(100, "url"), json!({})).await.get("errors"), None);
}
