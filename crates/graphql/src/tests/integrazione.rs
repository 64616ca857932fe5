//! Documents asked for and added, withdrawal, and an istanza written from another.

use super::*;

const PRESENTA: &str = "mutation($input: PresentaIstanzaInput!) { presentaIstanza(input: $input) {
  pratica { id stato scadenza istanza { daPratica } } protocollo { segnatura } errori { campo codice } } }";
const RICHIEDI: &str = "mutation($input: RichiediIntegrazioneInput!) { richiediIntegrazione(input: $input) {
  pratica { stato scadenza istanza { integrazione { voci messaggio entro operatore protocollo { segnatura }
    presentata { testo } } } }
  protocollo { segnatura } posizione errori { campo codice messaggio } } }";
const AGGIUNGI: &str = "mutation($input: PresentaIntegrazioneInput!) { presentaIntegrazione(input: $input) {
  pratica { stato scadenza allegati { nome url } istanza { integrazione { presentata {
    testo allegati protocollo { segnatura } } } } }
  protocollo { segnatura } errori { campo codice } } }";
const RITIRA: &str = "mutation($input: RinunciaIstanzaInput!) { rinunciaIstanza(input: $input) {
  pratica { stato istanza { rinuncia { motivo protocollo { segnatura } } } }
  protocollo { segnatura } errori { campo codice } } }";
const PRENDI: &str = "mutation($input: PrendiInCaricoInput!) { prendiInCarico(input: $input) { errori { codice } } }";

impl World {
    fn urp(&self) -> Utente {
        self.person("MRTMTT91D08F205J", "Giulia", Ruolo::Operatore, &["urp"], &[])
    }

    async fn istanza(&self, chiave: &str, da: Option<&str>) -> Value {
        let input = json!({ "chiaveIdempotenza": chiave, "servizio": "richiesta-generica", "daPratica": da,
            "modulo": { "oggetto": "Panchina", "richiesta": "Chiedo una panchina in piazza." } });
        self.ask(&self.mario(), PRESENTA, json!({ "input": input })).await["presentaIstanza"].clone()
    }

    async fn presa(&self) -> String {
        let filed = self.istanza("istanza", None).await;
        let id = filed["pratica"]["id"].as_str().unwrap().to_owned();
        let input = json!({ "chiaveIdempotenza": "prendi", "praticaId": id });
        let data = self.ask(&self.urp(), PRENDI, json!({ "input": input })).await;
        assert_eq!(data["prendiInCarico"]["errori"], json!([]));
        id
    }

    async fn richiedi(&self, who: &Utente, id: &str, voci: Value, entro: &str) -> Value {
        let input = json!({ "chiaveIdempotenza": "richiedi", "praticaId": id, "voci": voci, "entro": entro,
            "messaggio": "Manca la firma." });
        self.ask(who, RICHIEDI, json!({ "input": input })).await["richiediIntegrazione"].clone()
    }
}

#[tokio::test]
async fn an_office_asks_and_the_citizen_adds() {
    let world = World::new().await;
    let id = world.presa().await;
    let asked = world.richiedi(&world.urp(), &id, json!(["Planimetria"]), "2026-03-16").await;
    assert_eq!(asked["errori"], json!([]), "{asked:#}");
    assert_eq!(asked["protocollo"]["segnatura"], "0000002/2026");
    assert_eq!(asked["pratica"]["stato"], "IN_INTEGRAZIONE");
    assert_eq!(asked["pratica"]["scadenza"], "2026-04-15", "thirty days, and ten of waiting");
    let expected = json!({ "voci": ["Planimetria"], "messaggio": "Manca la firma.", "entro": "2026-03-16",
        "operatore": "Giulia Rossi", "protocollo": { "segnatura": "0000002/2026" }, "presentata": null });
    assert_eq!(asked["pratica"]["istanza"]["integrazione"], expected);
    assert_eq!(asked, world.richiedi(&world.urp(), &id, json!(["Planimetria"]), "2026-03-16").await, "a repeat");

    let file = world.upload(&world.mario());
    world.clock.set(at("2026-03-10T09:30:00Z"));
    let input = json!({ "chiaveIdempotenza": "aggiungi", "praticaId": id, "testo": "Eccola.", "allegati": [file] });
    let ask = async || world.ask(&world.mario(), AGGIUNGI, json!({ "input": input.clone() })).await;
    let added = ask().await["presentaIntegrazione"].clone();
    assert_eq!((&added["errori"], &added["pratica"]["stato"]), (&json!([]), &json!("PRESA_IN_CARICO")));
    assert_eq!(added["pratica"]["scadenza"], "2026-04-09", "four days did not count");
    let presentata = json!({ "testo": "Eccola.", "allegati": 1, "protocollo": { "segnatura": "0000003/2026" } });
    assert_eq!(added["pratica"]["istanza"]["integrazione"]["presentata"], presentata);
    assert_eq!(added["pratica"]["allegati"][0]["url"], format!("/pratiche/{id}/allegati/1"));
    assert_eq!(ask().await["presentaIntegrazione"], added, "a repeat answers the same");

    // A developer sees the dates, not what was asked for.
    let query = "query($id: ID!) { pratica(id: $id) { istanza { daPratica integrazione { voci messaggio entro
      presentata { testo allegati } } } } }";
    let seen = world.ask(&world.developer(), query, json!({ "id": id })).await["pratica"]["istanza"].clone();
    let expected = json!({ "voci": null, "messaggio": null, "entro": "2026-03-16",
        "presentata": { "testo": null, "allegati": 1 } });
    assert_eq!((&seen["integrazione"], &seen["daPratica"]), (&expected, &Value::Null));
}

#[tokio::test]
async fn what_cannot_be_asked_or_added_is_refused_as_data() {
    let world = World::new().await;
    let id = world.presa().await;
    let refused = world.richiedi(&world.urp(), &id, json!([]), "2026-05-16").await;
    let fields: Vec<_> = refused["errori"].as_array().unwrap().iter().map(|e| (&e["campo"], &e["codice"])).collect();
    assert_eq!(
        fields,
        [(&json!("voci"), &json!("obbligatorio")), (&json!("entro"), &json!("data-non-ammessa"))],
        "{refused:#}"
    );
    assert!(refused["errori"][1]["messaggio"].as_str().unwrap().contains("5 aprile 2026"));
    // Whoever does not work it learns nothing, whoever filed it does not ask themselves.
    for who in [world.official(), world.secretary(), world.mario(), world.maria()] {
        let refused = world.richiedi(&who, &id, json!(["Planimetria"]), "2026-03-16").await;
        assert_eq!(refused["errori"][0]["campo"], "praticaId", "{refused:#}");
    }
    let input = json!({ "chiaveIdempotenza": "a", "praticaId": id, "testo": "Eccola." });
    for (who, code) in [(world.mario(), "integrazione-non-richiesta"), (world.maria(), "non-trovato")] {
        let data = world.ask(&who, AGGIUNGI, json!({ "input": input })).await;
        assert_eq!(data["presentaIntegrazione"]["errori"][0]["codice"], code);
    }
    let report = world.report(&world.mario(), "chiave-1").await;
    let input = json!({ "chiaveIdempotenza": "r", "praticaId": report["pratica"]["id"] });
    let data = world.ask(&world.mario(), RITIRA, json!({ "input": input })).await;
    assert_eq!(data["rinunciaIstanza"]["errori"][0]["codice"], "solo-istanze");
}

#[tokio::test]
async fn a_citizen_withdraws_and_files_again_from_the_old_case() {
    let world = World::new().await;
    let id = world.presa().await;
    let input = json!({ "chiaveIdempotenza": "ritira", "praticaId": id, "motivo": "Non serve più." });
    let other = world.ask(&world.maria(), RITIRA, json!({ "input": input })).await;
    assert_eq!(other["rinunciaIstanza"]["errori"][0]["campo"], "praticaId");
    let ask = async || world.ask(&world.mario(), RITIRA, json!({ "input": input.clone() })).await;
    let gone = ask().await["rinunciaIstanza"].clone();
    assert_eq!((&gone["errori"], &gone["pratica"]["stato"]), (&json!([]), &json!("RINUNCIATA")));
    let expected = json!({ "motivo": "Non serve più.", "protocollo": { "segnatura": "0000002/2026" } });
    assert_eq!(gone["pratica"]["istanza"]["rinuncia"], expected);
    assert_eq!(ask().await["rinunciaIstanza"], gone, "a repeat answers the same");
    let refused = world.richiedi(&world.urp(), &id, json!(["Planimetria"]), "2026-03-16").await;
    assert_eq!(refused["errori"][0]["codice"], "stato-non-ammesso");

    let again = world.istanza("di-nuovo", Some(&id)).await;
    assert_eq!(again["pratica"]["istanza"]["daPratica"], id.as_str());
    let report = world.report(&world.mario(), "chiave-1").await;
    for wrong in [report["pratica"]["id"].as_str().unwrap(), "0192f00d-0000-7000-8123-456789abcdef", "x"] {
        let refused = world.istanza(&format!("da-{wrong}"), Some(wrong)).await;
        let expected = json!([{ "campo": "daPratica", "codice": "pratica-inesistente" }]);
        assert_eq!(refused["errori"], expected);
    }
}
