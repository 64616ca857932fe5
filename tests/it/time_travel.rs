//! Any past moment of a case can be shown, and a reader who waits for a position sees it.

use crate::support::{Data, PRATICA, Server, eventi};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_case_is_shown_as_it_was_before_and_after_each_step() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let (citizen, office) = (server.api("cittadino"), server.api("operatore"));
    let modulo = json!({ "oggetto": "Panchina", "richiesta": "Chiedo una panchina in piazza della Fonte." });
    let filed = citizen.presenta("viaggio", modulo).await;
    let id = filed["pratica"]["id"].as_str().unwrap();
    let mut positions = vec![filed["posizione"].as_u64().unwrap()];
    for (step, messaggio) in
        [("prendiInCarico", None), ("avviaLavorazione", Some("Cerchiamo il posto.")), ("concludi", Some("Fatto."))]
    {
        let payload = office.step(step, id, messaggio).await;
        positions.push(payload["posizione"].as_u64().unwrap());
    }
    // The instant of each step, and the last microsecond before it.
    let now = citizen.pratica(id).await;
    let states = ["PROTOCOLLATA", "PRESA_IN_CARICO", "IN_LAVORAZIONE", "CONCLUSA"];
    let mut before = Value::Null;
    for (state, position) in states.into_iter().zip(&positions) {
        let recorded = now["storia"].as_array().unwrap().iter().find(|passo| passo["posizione"] == *position);
        let recorded = recorded.unwrap_or_else(|| panic!("{state} at {position}: {now:#}"));
        let instant: Timestamp = recorded["registratoIl"].as_str().unwrap().parse().unwrap();
        let at = async |instant: Timestamp| {
            citizen.data(PRATICA, json!({ "id": id, "alla": instant.to_string() })).await["pratica"].clone()
        };
        assert_eq!(at(instant - SignedDuration::from_micros(1)).await["stato"], before, "before {state}");
        let then = at(instant).await;
        assert_eq!(then["stato"], state);
        let later = then["storia"].as_array().unwrap().iter().map(|p| p["registratoIl"].as_str().unwrap());
        assert!(later.map(|t| t.parse::<Timestamp>().unwrap()).all(|t| t <= instant), "{then:#}");
        assert_eq!(then["risposta"].is_null(), state != "CONCLUSA");
        before = state.into();
    }
    assert_eq!(now["stato"], "CONCLUSA");
    assert_eq!(eventi(&now)[0], "IstanzaPresentata");
    // What others may not see now they may not see as it was then.
    let other = server.api("cittadino2");
    let then = now["inviataIl"].clone();
    assert_eq!(other.data(PRATICA, json!({ "id": id, "alla": then })).await["pratica"], Value::Null);
}

#[tokio::test]
async fn whoever_hands_the_position_back_reads_their_own_write() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let citizen = server.api("cittadino");
    let list = "query($dopo: Posizione) { areaPersonale(dopo: $dopo) { pratiche { totalCount edges { node { id stato } } } } }";
    let desk = "query($dopo: Posizione) { scrivania(dopo: $dopo) { pratiche { edges { node { id stato } } } } }";
    for i in 1..=20 {
        let filed = citizen.segnala(&format!("attesa-{i}"), "Lampione spento").await;
        let (id, dopo) = (&filed["pratica"]["id"], filed["posizione"].clone());
        let area = citizen.data(list, json!({ "dopo": dopo })).await["areaPersonale"]["pratiche"].clone();
        assert_eq!((&area["totalCount"], &area["edges"][0]["node"]["id"]), (&json!(i), id));
        let office = server.api("operatore");
        let taken = office.step("prendiInCarico", id.as_str().unwrap(), None).await;
        let seen = office.data(desk, json!({ "dopo": taken["posizione"] })).await;
        let first = &seen["scrivania"]["pratiche"]["edges"][0]["node"];
        assert_eq!((&first["id"], &first["stato"]), (id, &json!("PRESA_IN_CARICO")));
    }
    // A position that the log does not have is waited for, two seconds, and then said to be missing.
    let begun = std::time::Instant::now();
    let answer = citizen.send(list, json!({ "dopo": 1_000_000 })).await;
    let waited = begun.elapsed().as_millis();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{answer:#}");
    assert!((1_900..10_000).contains(&waited), "{waited} ms");
}
