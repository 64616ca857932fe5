//! The schema as a contract.

use super::*;
use std::path::Path;

#[test]
fn the_committed_schema_is_what_the_program_says() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/graphql/sportello.graphql");
    let committed = std::fs::read_to_string(committed).unwrap();
    assert!(committed == crate::sdl(), "schemas/graphql/sportello.graphql is stale: run `cargo xtask schemas`");
}

/// Everything that developers read in the workbench says what it is.
#[tokio::test]
async fn every_type_field_argument_and_value_has_a_description() {
    const SCHEMA: &str = "{ __schema { types { name kind description
        fields { name description args { name description } }
        inputFields { name description }
        enumValues { name description } } } }";
    let world = World::new().await;
    let answer = world.ask_with(None, SCHEMA, json!({})).await;
    let none = Vec::new();
    let mut missing = Vec::new();
    let mut check = |place: String, value: &Value| {
        if value["description"].as_str().is_none_or(|d| d.trim().is_empty()) {
            missing.push(place);
        }
    };
    for ty in answer["data"]["__schema"]["types"].as_array().unwrap() {
        let name = ty["name"].as_str().unwrap();
        // Relay's shapes and the built-in types are the library's, and known everywhere.
        let relay = name.ends_with("Connection") || name.ends_with("Edge");
        if name.starts_with("__") || ["PageInfo", "Int", "Float", "String", "Boolean", "ID"].contains(&name) {
            continue;
        }
        if !relay {
            check(name.to_owned(), ty);
        }
        for member in ["fields", "inputFields", "enumValues"] {
            for field in ty[member].as_array().unwrap_or(&none) {
                let place = format!("{name}.{}", field["name"].as_str().unwrap());
                check(place.clone(), field);
                for arg in field["args"].as_array().unwrap_or(&none) {
                    check(format!("{place}({})", arg["name"].as_str().unwrap()), arg);
                }
            }
        }
    }
    assert!(missing.is_empty(), "without description: {missing:?}");
}

/// The words of the contract that clients are written against.
#[test]
fn the_agreed_names_stand() {
    let sdl = crate::sdl();
    for line in [
        "inviaSegnalazione(",
        "scriviAlSindaco(",
        "presentaIstanza(",
        "prendiInCarico(",
        "avviaLavorazione(",
        "concludi(",
        "modificaRegistrazione(",
        "chiaveIdempotenza: ID!",
        "modulo: JSON!",
        "versione: Int!",
        "versione: Int\n",
        "apriBozza(",
        "salvaBozza(",
        "eliminaBozza(",
        "disponibilita(",
        "bloccaSlot(",
        "prenotaAppuntamento(",
        "spostaAppuntamento(",
        "annullaAppuntamento(",
        "iscriviAttesa(",
        "lasciaAttesa(",
        "accettaOfferta(",
        "rifiutaOfferta(",
        "attesa: AttesaAppuntamento\n",
        "offerta: OffertaAttesa\n",
        "agenda(",
        "slotId: ID!",
        "slot: [Slot!]!",
        "liberi: Int!",
        "bozze: [Bozza!]!",
        "type ServizioConnection",
        "moduloSchema: JSON!",
        "allegati: [ID!]",
        "errori: [Errore!]!",
        "posizione: Posizione",
        "totalCount: Int!",
        "scalar DateTime",
        "scalar Date",
        "scalar JSON",
        "type PraticaConnection",
        "type RegistrazioneConnection",
        "type AuditConnection",
        "ultimi: Int\n\t): [Passo!]!",
        "PRESA_IN_CARICO",
        "scadenza: Date",
    ] {
        assert!(sdl.contains(line), "{line}");
    }
}

#[tokio::test]
async fn catalogues_are_for_everybody() {
    let world = World::new().await;
    let query = "{ ente { codice nome denominazione uffici { id nome } } categorie { codice nome pericolo }
        servizi { totalCount nodes { codice versione } } servizio(codice: \"richiesta-generica\") {
          codice nome versione descrizione terminiGiorni ufficio { id nome } }
        altro: servizio(codice: \"nessuno\") { codice } utente { nome } }";
    let answer = world.ask_with(None, query, json!({})).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let data = &answer["data"];
    assert_eq!(data["ente"]["denominazione"], "Comune di Montelume");
    assert_eq!(data["categorie"].as_array().unwrap().len(), 12);
    assert_eq!(data["servizio"]["ufficio"], json!({ "id": "urp", "nome": "Ufficio relazioni con il pubblico" }));
    assert_eq!(data["servizio"]["terminiGiorni"], 30);
    assert_eq!((&data["altro"], &data["utente"]), (&Value::Null, &Value::Null));
}
