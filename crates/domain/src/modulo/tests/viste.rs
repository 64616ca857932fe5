use super::*;
use crate::Sample as _;
use crate::persona::Anagrafica;
use std::collections::BTreeMap;

#[test]
fn a_summary_is_in_words() {
    let modulo = completo();
    let valido = modulo.valida(&compilato(), &ctx()).unwrap();
    let nomi = BTreeMap::from([("0192f00d-0000-7000-8000-000000000a11".to_owned(), "casa.pdf".to_owned())]);
    let sezioni = modulo.prospetto(valido.valori(), &nomi);
    let rows: Vec<String> = sezioni
        .iter()
        .flat_map(|s| s.righe.iter().map(|(label, text)| format!("{}/{label}: {text}", s.titolo)))
        .collect();
    assert_eq!(
        rows,
        [
            "Persone/Per chi: Per altri",
            "Persone/Nome: Anna",
            "Persone/Codice fiscale: RSSMRA80A01H501U",
            "Persone/Figlio 1 – Nome: Luca",
            "Persone/Figlio 1 – Nascita: 1º marzo 2015",
            "Persone/Figlio 1 – Spesa: 1.250,50 €",
            "Persone/Figlio 2 – Nome: Ada",
            "Persone/Figlio 2 – Nascita: 2 aprile 2017",
            "Persone/Totale: 1.250,50 €",
            "Periodo/Dal: 1º dicembre 2026",
            "Periodo/Al: 10 dicembre 2026",
            "Periodo/Giorni: 10 giorni",
            "Periodo/Servizi: Mensa; Trasporto",
            "Periodo/Dieta speciale: Sì",
            "Periodo/Planimetria: casa.pdf",
            "Periodo/Luogo: Via Roma 1, 12345 Borgo (BO)",
            "Periodo/IBAN: IT60 X054 2811 1010 0000 0123 456",
            "Periodo/Dichiaro che è vero: Dichiarato (DPR 445/2000, articolo 46)",
        ]
    );
}

#[test]
fn what_is_known_is_not_asked_again() {
    let modulo = buono(json!([
        { "nome": "nome", "tipo": "testo", "etichetta": "Nome", "precompila": "identita.nome" },
        { "nome": "email", "tipo": "email", "etichetta": "Email", "precompila": "profilo.email" },
        { "nome": "isee", "tipo": "importo", "etichetta": "ISEE", "precompila": "profilo.isee" },
        { "nome": "iban", "tipo": "iban", "etichetta": "IBAN", "precompila": "profilo.iban" },
        { "nome": "veicoli", "tipo": "gruppo", "etichetta": "Veicoli", "voce": "Veicolo", "massimo": 1,
          "precompila": "profilo.veicoli", "campi": [
            { "nome": "targa", "tipo": "testo", "formato": "targa", "etichetta": "Targa" },
            { "nome": "titolo", "tipo": "testo", "etichetta": "Titolo" }] }
    ]));
    let veicolo = |targa: &str| Veicolo { targa: targa.into(), descrizione: Some("utilitaria".into()) };
    let profilo = Profilo {
        isee: Some(Isee { valore: Decimale::parse("9000.5").unwrap(), scadenza: None }),
        iban: Some("not an iban".into()),
        veicoli: vec![veicolo("ab123cd"), veicolo("EF456GH")],
        ..Profilo::default()
    };
    let valori = modulo.precompila(&Anagrafica::sample(), &profilo, OGGI);
    assert_eq!(
        Value::Object(valori),
        json!({ "nome": "Mario", "email": "mario.rossi@example.org", "isee": "9000.50", "veicoli": [{ "targa": "AB123CD" }] })
    );
}

#[test]
fn a_profile_survives_json_and_may_lack_everything() {
    let profilo = Profilo { telefono: Some("0187 555".into()), ..Profilo::default() };
    let text = serde_json::to_string(&profilo).unwrap();
    assert_eq!(serde_json::from_str::<Profilo>(&text).unwrap(), profilo);
    assert_eq!(serde_json::from_str::<Profilo>("{}").unwrap(), Profilo::default());
}

#[test]
fn a_draft_goes_on_with_the_next_version() {
    let opzioni =
        |values: &[&str]| -> Vec<Value> { values.iter().map(|v| json!({ "valore": v, "testo": v })).collect() };
    let vecchio = buono(json!([
        { "nome": "resta", "tipo": "testo", "etichetta": "Resta" },
        { "nome": "zona", "tipo": "scelta", "etichetta": "Zona", "opzioni": opzioni(&["a", "b"]) },
        { "nome": "cambia", "tipo": "testo", "etichetta": "Cambia" },
        { "nome": "via", "tipo": "testo", "etichetta": "Via" },
        { "nome": "giuro", "tipo": "dichiarazione", "etichetta": "Dichiaro A", "articolo": "46" },
        { "nome": "poi", "tipo": "testo", "etichetta": "Poi", "facoltativo": true }
    ]));
    let nuovo = buono(json!([
        { "nome": "resta", "tipo": "testo", "etichetta": "Resta" },
        { "nome": "zona", "tipo": "scelta", "etichetta": "Zona", "opzioni": opzioni(&["b", "c"]) },
        { "nome": "cambia", "tipo": "numero", "etichetta": "Cambia" },
        { "nome": "giuro", "tipo": "dichiarazione", "etichetta": "Dichiaro B", "articolo": "46" },
        { "nome": "poi", "tipo": "testo", "etichetta": "Poi" },
        { "nome": "nuovo", "tipo": "testo", "etichetta": "Nuovo" }
    ]));
    let bozza = json!({ "resta": "x", "zona": "a", "cambia": "dodici", "via": "Roma", "giuro": true });
    let riporto = nuovo.riporta(&vecchio, bozza.as_object().unwrap());
    assert_eq!(Value::Object(riporto.valori), json!({ "resta": "x" }));
    assert_eq!(
        riporto.cambiamenti,
        [
            "La domanda «Zona» è cambiata: rispondere di nuovo.",
            "La domanda «Cambia» è cambiata: rispondere di nuovo.",
            "La domanda «Dichiaro B» è cambiata: rispondere di nuovo.",
            "Ora la domanda «Poi» è obbligatoria.",
            "C'è una nuova domanda: «Nuovo».",
            "La domanda «Via» non c'è più. La risposta già data non serve più.",
        ]
    );
    let same = vecchio.riporta(&vecchio, bozza.as_object().unwrap());
    assert_eq!((Value::Object(same.valori), same.cambiamenti), (bozza, Vec::new()));
}

#[test]
fn the_schema_says_what_is_required_and_when() {
    let schema = completo().json_schema("Prova");
    assert_eq!(schema["required"], json!(["perChi", "dal", "al", "vero"]));
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(
        schema["allOf"][0],
        json!({
            "if": { "properties": { "perChi": { "const": "altri" } }, "required": ["perChi"] },
            "then": { "required": ["nome"] }
        })
    );
    assert_eq!(schema["properties"]["figli"]["items"]["required"], json!(["nome", "nascita"]));
    assert_eq!(schema["properties"]["totale"]["readOnly"], true);
}
