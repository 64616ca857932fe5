//! The steps of an office and of the protocol office.

use super::*;

const PRENDI: &str = "mutation($input: PrendiInCaricoInput!) { prendiInCarico(input: $input) {
  pratica { stato presaInCarico { operatore quando } } protocollo { segnatura } posizione
  errori { campo codice messaggio } } }";
const CONCLUDI: &str = "mutation($input: ConcludiInput!) { concludi(input: $input) {
  pratica { stato risposta { messaggio operatore protocollo { segnatura } } } protocollo { numero }
  errori { campo codice } } }";

impl World {
    pub(super) async fn take_charge(&self, filed: &Value) -> Value {
        let input = json!({ "chiaveIdempotenza": "prendi", "praticaId": filed["pratica"]["id"] });
        self.ask(&self.official(), PRENDI, json!({ "input": input })).await["prendiInCarico"].clone()
    }
}

#[tokio::test]
async fn an_office_carries_a_report_to_its_end() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let id = &filed["pratica"]["id"];
    let taken = world.take_charge(&filed).await;
    assert_eq!(taken["pratica"]["stato"], "PRESA_IN_CARICO");
    assert_eq!(taken["pratica"]["presaInCarico"]["operatore"], "Giulia Rossi");
    assert_eq!(taken["protocollo"]["segnatura"], "0000001/2026");
    assert_eq!(taken, world.take_charge(&filed).await, "a repeat answers the same");
    let start = "mutation($input: AvviaLavorazioneInput!) { avviaLavorazione(input: $input) {
      pratica { stato storia { evento messaggio attore } } errori { codice } } }";
    let input = json!({ "chiaveIdempotenza": "avvia", "praticaId": id, "messaggio": "La squadra arriva giovedì." });
    let data = world.ask(&world.official(), start, json!({ "input": input })).await;
    let case = &data["avviaLavorazione"]["pratica"];
    assert_eq!(case["stato"], "IN_LAVORAZIONE");
    let last = case["storia"].as_array().unwrap().last().unwrap().clone();
    let expected =
        json!({ "evento": "LavorazioneAvviata", "messaggio": "La squadra arriva giovedì.", "attore": "Giulia Rossi" });
    assert_eq!(last, expected);
    let input = json!({ "chiaveIdempotenza": "concludi", "praticaId": id, "messaggio": "Riparato." });
    let data = world.ask(&world.official(), CONCLUDI, json!({ "input": input })).await;
    let done = &data["concludi"]["pratica"];
    assert_eq!(done["stato"], "CONCLUSA");
    assert_eq!(done["risposta"], json!({ "messaggio": "Riparato.", "operatore": "Giulia Rossi", "protocollo": null }));
}

#[tokio::test]
async fn the_answer_to_a_letter_has_a_number_of_its_own() {
    let world = World::new().await;
    let write = "mutation { scriviAlSindaco(input: { chiaveIdempotenza: \"l\", oggetto: \"Il parco\",
      testo: \"Gentile Sindaca, grazie.\" }) { pratica { id } } }";
    let filed = world.ask(&world.mario(), write, json!({})).await["scriviAlSindaco"].clone();
    let id = &filed["pratica"]["id"];
    let input = json!({ "chiaveIdempotenza": "p", "praticaId": id });
    world.ask(&world.secretary(), PRENDI, json!({ "input": input })).await;
    let start = "mutation($id: ID!) { avviaLavorazione(input: { chiaveIdempotenza: \"a\", praticaId: $id }) {
      errori { codice } } }";
    world.ask(&world.secretary(), start, json!({ "id": id })).await;
    let input = json!({ "chiaveIdempotenza": "c", "praticaId": id, "messaggio": "Grazie a Lei." });
    let data = world.ask(&world.secretary(), CONCLUDI, json!({ "input": input })).await;
    assert_eq!(data["concludi"]["errori"], json!([]));
    assert_eq!(data["concludi"]["protocollo"]["numero"], 2);
    assert_eq!(data["concludi"]["pratica"]["risposta"]["protocollo"]["segnatura"], "0000002/2026");
}

#[tokio::test]
async fn a_step_out_of_order_or_on_anothers_case_is_refused_as_data() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let id = filed["pratica"]["id"].as_str().unwrap();
    let input = json!({ "chiaveIdempotenza": "c", "praticaId": id, "messaggio": "Fatto." });
    let data = world.ask(&world.official(), CONCLUDI, json!({ "input": input })).await;
    assert_eq!(data["concludi"]["errori"][0]["codice"], "stato-non-ammesso");
    for (who, case) in [
        (world.secretary(), id),
        (world.mario(), id),
        (world.official(), "0192f00d-0000-7000-8123-456789abcdef"),
        (world.official(), "non-un-id"),
    ] {
        let input = json!({ "chiaveIdempotenza": "k", "praticaId": case });
        let data = world.ask(&who, PRENDI, json!({ "input": input })).await;
        let errore = &data["prendiInCarico"]["errori"][0];
        assert_eq!((&errore["campo"], &errore["codice"]), (&json!("praticaId"), &json!("non-trovato")), "{case}");
        assert!(!errore["messaggio"].as_str().unwrap().starts_with("api-"));
        assert_eq!(data["prendiInCarico"]["pratica"], Value::Null);
    }
}

#[tokio::test]
async fn an_entry_is_reassigned_and_keeps_what_stood_there() {
    let world = World::new().await;
    world.report(&world.mario(), "chiave-1").await;
    let change = "mutation($input: ModificaRegistrazioneInput!) { modificaRegistrazione(input: $input) {
      registrazione { protocollo { segnatura } assegnazione { id nome } classifica { codice descrizione }
        modifiche { campo precedente nuova motivo operatore } } posizione errori { campo codice } } }";
    let input = |numero: i32, ufficio: &str| {
        json!({ "chiaveIdempotenza": format!("{numero}-{ufficio}"), "anno": 2026, "numero": numero,
            "assegnazione": ufficio, "motivo": "Competenza dell'ufficio Ambiente" })
    };
    let who = world.protocol();
    let data = world.ask(&who, change, json!({ "input": input(1, "ambiente") })).await;
    let entry = &data["modificaRegistrazione"]["registrazione"];
    assert_eq!(entry["assegnazione"], json!({ "id": "ambiente", "nome": "Ambiente" }));
    assert_eq!(entry["classifica"]["codice"], "VI.8");
    assert_eq!(entry["modifiche"][0]["precedente"], "lavori-pubblici");
    world.catch_up().await;
    let list = "{ registro { nodes { modificata assegnazione { id } modifiche { campo nuova operatore } } } }";
    let row = world.ask(&who, list, json!({})).await["registro"]["nodes"][0].clone();
    assert_eq!(row["modifiche"], json!([{ "campo": "assegnazione", "nuova": "ambiente", "operatore": "Piero Rossi" }]));
    for (who, numero, ufficio, campo, codice) in [
        (world.protocol(), 9, "urp", "numero", "non-trovato"),
        (world.protocol(), -1, "urp", "numero", "non-trovato"),
        (world.protocol(), 1, "nessuno", "assegnazione", "ufficio-sconosciuto"),
        (world.mario(), 1, "urp", "numero", "non-trovato"),
    ] {
        let data = world.ask(&who, change, json!({ "input": input(numero, ufficio) })).await;
        let errori = &data["modificaRegistrazione"]["errori"];
        assert_eq!(*errori, json!([{ "campo": campo, "codice": codice }]));
    }
}
