//! Services made for one test: the generic request under another code, changed as the test wants it.

use super::{Api, Data, eventually};
use serde_json::{Value, json};

/// The service in force under a code.
const SERVIZIO: &str = "query($codice: String!) { servizio(codice: $codice) { codice versione } }";

/// The generic request under another code, changed.
pub fn definizione(codice: &str, cambia: impl FnOnce(&mut Value)) -> Value {
    let shipped = include_str!("../../../schemas/servizi/richiesta-generica.json");
    let mut servizio: Value = serde_json::from_str(shipped).expect("the shipped definition is JSON");
    servizio["codice"] = codice.into();
    servizio["nome"] = format!("Prova: {}", codice.replace('-', " ")).into();
    cambia(&mut servizio);
    servizio
}

/// One more question of the first step.
pub fn domanda(servizio: &mut Value, campo: Value) {
    servizio["modulo"]["passi"][0]["campi"].as_array_mut().expect("it has questions").push(campo);
}

/// A question for files.
pub fn allegato(nome: &str, etichetta: &str) -> Value {
    json!({ "nome": nome, "tipo": "allegato", "etichetta": etichetta, "facoltativo": true, "massimo": 5 })
}

/// Puts a definition into the folder of a running server, whole at once, and waits until it is on offer.
pub async fn pubblica(data: &Data, api: &Api, servizio: &Value) {
    let codice = servizio["codice"].as_str().expect("it has a code");
    let folder = data.path().join("servizi");
    std::fs::create_dir_all(&folder).expect("the folder is made");
    let written = folder.join(format!("{codice}.scritto"));
    std::fs::write(&written, servizio.to_string()).expect("it is written");
    std::fs::rename(&written, folder.join(format!("{codice}.json"))).expect("it takes its name");
    eventually(&format!("{codice} v{} is on offer", servizio["versione"]), || async {
        api.data(SERVIZIO, json!({ "codice": codice })).await["servizio"]["versione"] == servizio["versione"]
    })
    .await;
}
