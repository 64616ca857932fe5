//! Drafts.

use super::*;

const BOZZA: &str = "bozza { id servizio { codice versione } valori allegati passo creata aggiornata scade cambiamenti } errori { campo codice messaggio }";

fn salva() -> String {
    format!("mutation($input: SalvaBozzaInput!) {{ salvaBozza(input: $input) {{ {BOZZA} }} }}")
}

fn modulo(campi: &[&str]) -> Value {
    let campi: Vec<Value> =
        campi.iter().map(|nome| json!({ "nome": nome, "tipo": "testo", "etichetta": nome })).collect();
    json!({ "passi": [{ "nome": "dati", "titolo": "Dati", "campi": campi }] })
}

impl World {
    async fn apri(&self, who: &Utente, servizio: &str) -> Value {
        let query = format!("mutation($servizio: String!) {{ apriBozza(servizio: $servizio) {{ {BOZZA} }} }}");
        self.ask(who, &query, json!({ "servizio": servizio })).await["apriBozza"].clone()
    }

    async fn salva(&self, who: &Utente, input: Value) -> Value {
        self.ask(who, &salva(), json!({ "input": input })).await["salvaBozza"].clone()
    }

    async fn bozze(&self, who: &Utente) -> Vec<Value> {
        let query = "{ bozze { id servizio { codice versione } valori passo aggiornata scade cambiamenti } }";
        self.ask(who, query, json!({})).await["bozze"].as_array().unwrap().clone()
    }

    async fn elimina(&self, who: &Utente, id: &Value) -> bool {
        let query = "mutation($id: ID!) { eliminaBozza(id: $id) { eliminata errori { codice } } }";
        let payload = self.ask(who, query, json!({ "id": id })).await["eliminaBozza"].clone();
        payload["eliminata"].as_bool().unwrap()
    }
}

#[tokio::test]
async fn a_draft_is_opened_saved_read_and_deleted() {
    let world = World::new().await;
    let mario = world.mario();
    let opened = world.apri(&mario, "richiesta-generica").await;
    assert_eq!(opened["errori"], json!([]));
    let id = opened["bozza"]["id"].clone();
    assert_eq!(opened["bozza"]["servizio"], json!({ "codice": "richiesta-generica", "versione": 1 }));
    assert_eq!(opened["bozza"]["passo"], "");
    world.clock.set(at("2026-03-06T10:00:00Z"));
    let file = world.upload(&mario);
    let saved = world
        .salva(
            &mario,
            json!({ "id": id, "valori": { "oggetto": "Panchina" }, "passo": "richiesta", "allegati": [file] }),
        )
        .await;
    assert_eq!(saved["errori"], json!([]));
    assert_eq!(saved["bozza"]["aggiornata"], "2026-03-06T10:00:00Z");
    assert_eq!(saved["bozza"]["allegati"], json!([file]));
    // What is not given stays.
    let again = world.salva(&mario, json!({ "id": id, "servizio": "richiesta-generica" })).await;
    assert_eq!(again["bozza"]["valori"], json!({ "oggetto": "Panchina" }));
    assert_eq!(again["bozza"]["passo"], "richiesta");
    let all = world.bozze(&mario).await;
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0]["id"], &all[0]["valori"]), (&id, &again["bozza"]["valori"]));
    assert!(all[0]["scade"].as_str().unwrap() > "2026-04");
    assert!(world.elimina(&mario, &id).await);
    assert!(!world.elimina(&mario, &id).await);
    assert!(world.bozze(&mario).await.is_empty());
}

#[tokio::test]
async fn saving_without_an_id_opens_one() {
    let world = World::new().await;
    let mario = world.mario();
    let input = json!({ "servizio": "richiesta-generica", "valori": { "oggetto": "Panchina" } });
    let saved = world.salva(&mario, input).await;
    assert_eq!(saved["bozza"]["valori"]["oggetto"], "Panchina");
    assert_eq!(world.bozze(&mario).await.len(), 1);
    for (input, campo, codice) in [
        (json!({}), "servizio", "obbligatorio"),
        (json!({ "servizio": "boh" }), "servizio", "servizio-sconosciuto"),
        (json!({ "servizio": "richiesta-generica", "valori": [] }), "valori", "modulo-non-valido"),
        (json!({ "servizio": "richiesta-generica", "allegati": ["boh"] }), "allegati", "allegato-sconosciuto"),
    ] {
        let refused = world.salva(&mario, input).await;
        let errore = &refused["errori"][0];
        let codice = if errore["codice"] == "non-trovato" { "non-trovato" } else { codice };
        assert_eq!((&errore["campo"], &errore["codice"]), (&json!(campo), &json!(codice)), "{refused}");
        assert!(!errore["messaggio"].as_str().unwrap().contains("rifiuto-"), "{errore}");
    }
    let heavy = json!({ "servizio": "richiesta-generica", "valori": { "richiesta": "x".repeat(200_000) } });
    assert!(!world.salva(&mario, heavy).await["errori"].as_array().unwrap().is_empty());
    assert_eq!(world.bozze(&mario).await.len(), 1, "what cannot be saved leaves nothing behind");
}

#[tokio::test]
async fn a_draft_is_its_persons_alone() {
    let world = World::new().await;
    let (mario, maria) = (world.mario(), world.maria());
    let id = world.apri(&mario, "richiesta-generica").await["bozza"]["id"].clone();
    assert!(world.bozze(&maria).await.is_empty());
    let query = "query($id: ID!) { bozza(id: $id) { id } }";
    assert_eq!(world.ask(&mario, query, json!({ "id": id })).await["bozza"]["id"], id);
    assert_eq!(world.ask(&maria, query, json!({ "id": id })).await["bozza"], Value::Null);
    for id in [&id, &json!("non-un-id"), &json!("0192f00d-0000-7000-8000-000000000bad")] {
        let refused = world.salva(&maria, json!({ "id": id, "passo": "dati" })).await;
        assert_eq!(refused["errori"][0]["codice"], "non-trovato", "{refused}");
        assert_eq!(refused["errori"][0]["campo"], "id");
        assert!(!world.elimina(&maria, id).await);
    }
    let other = world.salva(&mario, json!({ "id": id, "servizio": "permesso-ztl" })).await;
    assert_eq!(other["errori"][0]["codice"], "non-trovato", "a draft is of one service");
    assert_eq!(world.code(None, "{ bozze { id } }").await, "UNAUTHENTICATED");
    assert_eq!(world.bozze(&mario).await.len(), 1);
}

#[tokio::test]
async fn a_draft_saved_elsewhere_meanwhile_is_not_overwritten_unseen() {
    let world = World::new().await;
    let mario = world.mario();
    let opened = world.apri(&mario, "richiesta-generica").await["bozza"].clone();
    world.clock.set(at("2026-03-06T10:00:00Z"));
    let valori = |text: &str| json!({ "oggetto": text });
    let with = |text: &str| json!({ "id": opened["id"], "valori": valori(text), "aggiornata": opened["aggiornata"] });
    assert_eq!(world.salva(&mario, with("Telefono")).await["errori"], json!([]));
    world.clock.set(at("2026-03-06T10:01:00Z"));
    let refused = world.salva(&mario, with("Computer")).await;
    assert_eq!(refused["errori"][0]["codice"], "bozza-cambiata", "{refused}");
    assert_eq!(world.bozze(&mario).await[0]["valori"], valori("Telefono"));
}

#[tokio::test]
async fn a_newer_form_takes_the_answers_along_and_says_what_changed() {
    let world = World::new().await;
    let mario = world.mario();
    world.pubblica(1, modulo(&["nome", "colore"])).await;
    let input = json!({ "servizio": "prova", "valori": { "nome": "Anna", "colore": "verde" } });
    let id = world.salva(&mario, input).await["bozza"]["id"].clone();
    world.pubblica(2, modulo(&["nome", "misura"])).await;
    let saved = world.salva(&mario, json!({ "id": id, "passo": "dati" })).await;
    assert_eq!(saved["bozza"]["servizio"]["versione"], 2, "{saved}");
    assert_eq!(saved["bozza"]["valori"], json!({ "nome": "Anna" }));
    assert!(!saved["bozza"]["cambiamenti"].as_array().unwrap().is_empty(), "{saved}");
}

#[tokio::test]
async fn filing_deletes_the_draft_and_a_refusal_does_not() {
    const PRESENTA: &str = "mutation($input: PresentaIstanzaInput!) { presentaIstanza(input: $input) {
        protocollo { numero } errori { campo codice } } }";
    let world = World::new().await;
    let mario = world.mario();
    let id = world.apri(&mario, "richiesta-generica").await["bozza"]["id"].clone();
    let input = |modulo: Value| json!({ "input": { "chiaveIdempotenza": "k", "servizio": "richiesta-generica", "modulo": modulo, "bozza": id } });
    let refused = world.ask(&mario, PRESENTA, input(json!({ "oggetto": "" }))).await;
    assert!(!refused["presentaIstanza"]["errori"].as_array().unwrap().is_empty());
    assert_eq!(world.bozze(&mario).await.len(), 1);
    let form = json!({ "oggetto": "Panchina in piazza", "richiesta": "Chiedo una panchina all'ombra." });
    for _ in 0..2 {
        // The second time the draft is gone already.
        let filed = world.ask(&mario, PRESENTA, input(form.clone())).await["presentaIstanza"].clone();
        assert_eq!(filed, json!({ "protocollo": { "numero": 1 }, "errori": [] }));
        assert!(world.bozze(&mario).await.is_empty());
    }
    // The draft of another is left alone.
    let theirs = world.apri(&world.maria(), "richiesta-generica").await["bozza"]["id"].clone();
    let mut other = input(form);
    other["input"]["bozza"] = theirs;
    other["input"]["chiaveIdempotenza"] = json!("k2");
    assert_eq!(world.ask(&mario, PRESENTA, other).await["presentaIstanza"]["errori"], json!([]));
    assert_eq!(world.bozze(&world.maria()).await.len(), 1);
}
