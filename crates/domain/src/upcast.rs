//! How payloads of older shapes become the next one.

use serde_json::{Value, json};

/// Turns a payload of one version into the next one.
pub type Upcaster = fn(Value) -> Value;

/// Steps as (event name, version read, payload of that version -> payload of the next). Applied one after the other while
/// reading; what is stored never changes. Every older version that `schemas/events` holds needs its step here.
pub const UPCASTERS: &[(&str, u32, Upcaster)] =
    &[("IstanzaPresentata", 1, istanza_presentata_1), ("AppuntamentoAnnullato", 1, senza_aggiunte)];

/// The next version only says more.
fn senza_aggiunte(payload: Value) -> Value {
    payload
}

/// Version 1 knew one form, that of the generic request, and one meaning of silence; the words of the questions stood in
/// the program.
fn istanza_presentata_1(mut payload: Value) -> Value {
    payload["effettoSilenzio"] = json!("inadempimento");
    if let Some(document) = payload.get_mut("personale").and_then(Value::as_object_mut) {
        let questions = [
            ("oggetto", "Oggetto"),
            ("richiesta", "Richiesta"),
            ("codiceFiscaleInteressato", "Codice fiscale della persona interessata"),
            ("telefono", "Telefono"),
        ];
        let answer = |name: &str| document.get("modulo")?.get(name)?.as_str();
        let righe: Vec<Value> =
            questions.iter().filter_map(|(name, words)| Some(json!([words, answer(name)?]))).collect();
        let sezioni = json!([{ "titolo": "La richiesta", "righe": righe }]);
        document.insert("sezioni".into(), sezioni);
    }
    payload
}
