//! The three filings of a citizen.

use super::*;

#[tokio::test]
async fn a_report_is_filed_with_its_number() {
    let world = World::new().await;
    let payload = world.report(&world.mario(), "chiave-1").await;
    assert_eq!(payload["errori"], json!([]));
    let protocollo = &payload["protocollo"];
    assert_eq!((&protocollo["anno"], &protocollo["numero"]), (&json!(2026), &json!(1)));
    assert_eq!(protocollo["segnatura"], "0000001/2026");
    assert_eq!(protocollo["registro"], "PROT");
    assert_eq!(protocollo["data"], "2026-03-06T09:30:00Z");
    assert_eq!(protocollo["impronta"].as_str().unwrap().len(), 64);
    assert!(payload["posizione"].is_u64());
    let pratica = &payload["pratica"];
    assert_eq!((&pratica["tipo"], &pratica["stato"]), (&json!("SEGNALAZIONE"), &json!("PROTOCOLLATA")));
    assert_eq!(pratica["titolo"], "Lampione spento");
    let steps: Vec<&str> =
        pratica["storia"].as_array().unwrap().iter().map(|s| s["evento"].as_str().unwrap()).collect();
    assert_eq!(steps, ["SegnalazioneInviata", "RicevutaEmessa", "TermineCalcolato"]);
}

#[tokio::test]
async fn a_repeat_answers_the_same_and_files_nothing() {
    let world = World::new().await;
    let first = world.report(&world.mario(), "chiave-1").await;
    // Meanwhile the office goes on; the repeat still answers what the first call answered.
    world.take_charge(&first).await;
    let again = world.report(&world.mario(), "chiave-1").await;
    assert_eq!(first, again);
    let next = world.report(&world.mario(), "chiave-2").await;
    assert_eq!(next["protocollo"]["numero"], 2);
    // Keys of two people never meet.
    let other = world.report(&world.maria(), "chiave-1").await;
    assert_eq!(other["protocollo"]["numero"], 3);
}

#[tokio::test]
async fn a_key_is_not_good_for_other_content() {
    let world = World::new().await;
    world.report(&world.mario(), "chiave-1").await;
    let mut other = report("chiave-1");
    other["titolo"] = json!("Un altro lampione");
    let data = world.ask(&world.mario(), INVIA, json!({ "input": other })).await;
    let payload = &data["inviaSegnalazione"];
    assert_eq!(payload["errori"][0]["campo"], "chiaveIdempotenza");
    assert_eq!(payload["errori"][0]["codice"], "chiave-riusata");
    for field in ["pratica", "protocollo", "posizione"] {
        assert_eq!(payload[field], Value::Null, "{field}");
    }
}

#[tokio::test]
async fn a_refusal_is_data_with_every_field_that_is_wrong() {
    let world = World::new().await;
    let mut wrong = report("chiave-1");
    wrong["categoria"] = json!("ufo");
    wrong["luogo"] = json!({ "indirizzo": "", "latitudine": 91.0 });
    let data = world.ask(&world.mario(), INVIA, json!({ "input": wrong })).await;
    let errori = data["inviaSegnalazione"]["errori"].as_array().unwrap();
    let fields: Vec<&str> = errori.iter().map(|e| e["campo"].as_str().unwrap()).collect();
    for field in ["categoria", "luogo.indirizzo", "luogo.latitudine"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    for errore in errori {
        assert!(!errore["messaggio"].as_str().unwrap().contains("rifiuto-"), "{errore}");
    }
    // Nothing was stored: the next filing has number 1.
    assert_eq!(world.report(&world.mario(), "chiave-1").await["protocollo"]["numero"], 1);
}

#[tokio::test]
async fn files_are_named_by_the_ids_of_ones_own_uploads() {
    let world = World::new().await;
    let id = world.upload(&world.mario());
    let mut input = report("chiave-1");
    for unknown in ["non-un-id", "0192f00d-0000-7000-8000-000000000bad"] {
        input["allegati"] = json!([unknown]);
        let data = world.ask(&world.mario(), INVIA, json!({ "input": input })).await;
        let errore = &data["inviaSegnalazione"]["errori"][0];
        assert_eq!((&errore["campo"], &errore["codice"]), (&json!("allegati"), &json!("allegato-sconosciuto")));
    }
    input["allegati"] = json!([id]);
    let data = world.ask(&world.maria(), INVIA, json!({ "input": input })).await;
    assert_eq!(data["inviaSegnalazione"]["errori"][0]["campo"], "allegati", "an upload is its owner's alone");
    let data = world.ask(&world.mario(), INVIA, json!({ "input": input })).await;
    let case = data["inviaSegnalazione"]["pratica"]["id"].as_str().unwrap();
    let query = "query($id: ID!) { pratica(id: $id) { allegati { nome formato dimensione impronta url } } }";
    let file = world.ask(&world.mario(), query, json!({ "id": case })).await["pratica"]["allegati"][0].clone();
    assert_eq!((&file["nome"], &file["dimensione"]), (&json!("lampione.jpg"), &json!(482_113)));
    assert_eq!(file["url"], format!("/pratiche/{case}/allegati/1"));
}

#[tokio::test]
async fn letters_and_requests_are_filed_too() {
    let world = World::new().await;
    let query = "mutation($l: ScriviAlSindacoInput!, $i: PresentaIstanzaInput!, $v: PresentaIstanzaInput!) {
      scriviAlSindaco(input: $l) { pratica { tipo lettera { oggetto testo } segnalazione { titolo } } errori { codice } }
      presentaIstanza(input: $i) {
        pratica { tipo descrizione termine { giorni dal scadenza }
          istanza { servizio { codice versione } modulo effettoSilenzio sezioni { titolo righe { etichetta testo } } } }
        protocollo { numero } errori { codice } }
      vecchia: presentaIstanza(input: $v) { pratica { id } errori { campo codice } } }";
    let form = json!({ "oggetto": "Panchina in piazza", "richiesta": "Chiedo una panchina all'ombra." });
    let request = |key: &str, versione: i32| json!({ "chiaveIdempotenza": key, "servizio": "richiesta-generica", "versione": versione, "modulo": form });
    let variables = json!({
        "l": { "chiaveIdempotenza": "l", "oggetto": "Il parco", "testo": "Gentile Sindaca, grazie." },
        "i": request("i", 1),
        "v": request("v", -1),
    });
    let data = world.ask(&world.mario(), query, variables).await;
    let letter = &data["scriviAlSindaco"]["pratica"];
    assert_eq!(letter["tipo"], "LETTERA");
    assert_eq!(letter["lettera"], json!({ "oggetto": "Il parco", "testo": "Gentile Sindaca, grazie." }));
    assert_eq!(letter["segnalazione"], Value::Null);
    let request = &data["presentaIstanza"];
    assert_eq!(request["protocollo"]["numero"], 2);
    assert_eq!(request["pratica"]["istanza"]["servizio"], json!({ "codice": "richiesta-generica", "versione": 1 }));
    assert_eq!(request["pratica"]["istanza"]["modulo"], form);
    assert_eq!(request["pratica"]["istanza"]["effettoSilenzio"], "INADEMPIMENTO");
    let rows = request["pratica"]["istanza"]["sezioni"][0]["righe"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["testo"] == "Panchina in piazza"), "{rows:?}");
    assert_eq!(request["pratica"]["descrizione"], "Chiedo una panchina all'ombra.");
    assert_eq!(
        request["pratica"]["termine"],
        json!({ "giorni": 30, "dal": "2026-03-06", "scadenza": "2026-04-07" }),
        "30 days from 6 March end on Easter Sunday; Easter Monday does not count either",
    );
    assert_eq!(data["vecchia"]["errori"], json!([{ "campo": "servizio", "codice": "servizio-sconosciuto" }]));
}

#[tokio::test]
async fn nobody_files_without_signing_in() {
    let world = World::new().await;
    let answer = world.ask_with(None, INVIA, json!({ "input": report("chiave-1") })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(answer["data"]["inviaSegnalazione"], Value::Null);
    let data = world.ask(&world.official(), INVIA, json!({ "input": report("chiave-1") })).await;
    assert_eq!(data["inviaSegnalazione"]["errori"][0]["codice"], "non-autorizzato");
}
