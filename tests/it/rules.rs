//! Rules of the register and of what may be seen, through the API (Linee guida AgID 3.1.5; GDPR artt. 25 and 32).

use crate::support::log::{PRIMO, assert_dense};
use crate::support::pages::Browser;
use crate::support::{Api, Data, Server};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const ENTRY: &str = "query($anno: Int!, $numero: Int!) { registrazione(anno: $anno, numero: $numero) {
    protocollo { registro anno numero segnatura data impronta } flusso oggetto corrispondente { nome codiceFiscale }
    riservato praticaId tipoPratica allegati { impronta } primario { numero }
    classifica { codice } assegnazione { id } modificata
    modifiche { campo precedente nuova motivo operatore quando } } }";

const MODIFICA: &str = "mutation($input: ModificaRegistrazioneInput!) { modificaRegistrazione(input: $input) {
    registrazione { modificata } posizione errori { campo codice messaggio } } }";

/// What changed in the register since: fields of the entry that differ.
fn differences(before: &Value, after: &Value) -> Vec<String> {
    let fields = before.as_object().expect("an entry").keys();
    fields.filter(|field| before[field.as_str()] != after[field.as_str()]).cloned().collect()
}

async fn modifica(api: &Api, input: Value) -> Value {
    api.data(MODIFICA, json!({ "input": input })).await["modificaRegistrazione"].clone()
}

/// Rule 3: assignment and class move, with author and time; nothing else has a way to.
#[tokio::test]
async fn only_two_fields_of_an_entry_move_and_both_values_stay() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let office = server.api("protocollo");
    let filed = server.api("cittadino").segnala("regola-3", "Lampione spento").await;
    let anno = filed["protocollo"]["anno"].clone();
    let entry = async || {
        let vars = json!({ "anno": anno, "numero": 1 });
        office.data(ENTRY, vars).await["registrazione"].clone()
    };
    let before = entry().await;
    assert_eq!((&before["modificata"], &before["modifiche"]), (&json!(false), &json!([])));

    let input = json!({
        "chiaveIdempotenza": "m-1", "anno": anno, "numero": 1,
        "assegnazione": "ambiente", "classifica": "VI.9", "motivo": "Il lampione è nel parco.",
    });
    let changed = modifica(&office, input.clone()).await;
    assert_eq!(changed["errori"], json!([]), "{changed:#}");
    let after = entry().await;
    let mut moved = differences(&before, &after);
    moved.sort_unstable();
    assert_eq!(moved, ["assegnazione", "classifica", "modificata", "modifiche"]);
    assert_eq!((&after["assegnazione"]["id"], &after["classifica"]["codice"]), (&json!("ambiente"), &json!("VI.9")));
    for (campo, precedente, nuova) in [
        ("assegnazione", before["assegnazione"]["id"].clone(), json!("ambiente")),
        ("classifica", before["classifica"]["codice"].clone(), json!("VI.9")),
    ] {
        let found = after["modifiche"].as_array().unwrap().iter().find(|m| m["campo"] == campo).unwrap();
        assert_eq!((&found["precedente"], &found["nuova"]), (&precedente, &nuova));
        assert_eq!(
            (&found["operatore"], &found["motivo"]),
            (&json!("Paolo Verdi"), &json!("Il lampione è nel parco."))
        );
    }
    // Sent again it is the same change, not another one.
    assert_eq!(modifica(&office, input).await["posizione"], changed["posizione"]);
    assert_eq!(entry().await, after);

    // The list shows the same as the log, and the place on the page too.
    let list = "query($dopo: Posizione) { registro(dopo: $dopo) { edges { node {
        assegnazione { id } classifica { codice } modificata modifiche { campo precedente nuova } } } } }";
    let row = office.data(list, json!({ "dopo": changed["posizione"] })).await["registro"]["edges"][0]["node"].clone();
    assert_eq!((&row["assegnazione"], &row["modificata"]), (&after["assegnazione"], &json!(true)));
    assert_eq!(row["modifiche"].as_array().unwrap().len(), 2);

    // Refused: nothing to change, unknown values, unknown entries, anyone else, any other field.
    let with = |key: &str, value: Value| {
        let mut input = json!({ "chiaveIdempotenza": key, "anno": anno, "numero": 1, "motivo": "Prova." });
        input.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        input
    };
    for (key, value, codice) in [
        ("m-2", json!({}), "nessuna-modifica"),
        ("m-3", json!({ "assegnazione": "ambiente" }), "nessuna-modifica"),
        ("m-4", json!({ "assegnazione": "ufficio-che-non-esiste" }), "ufficio-sconosciuto"),
        ("m-5", json!({ "classifica": "XCIX.1" }), "classifica-sconosciuta"),
        ("m-6", json!({ "assegnazione": "urp", "motivo": "" }), "obbligatorio"),
        ("m-7", json!({ "assegnazione": "urp", "numero": 99 }), "non-trovato"),
    ] {
        let refused = modifica(&office, with(key, value)).await;
        assert_eq!(refused["errori"][0]["codice"], codice, "{key}: {refused:#}");
        assert_eq!(refused["registrazione"], Value::Null);
    }
    for persona in ["cittadino", "operatore", "sindaco", "sviluppatore"] {
        let api = server.api(persona);
        let refused = modifica(&api, with("m-8", json!({ "assegnazione": "urp" }))).await;
        assert_eq!(refused["errori"][0]["codice"], "non-trovato", "{persona}: {refused:#}");
        assert_eq!(api.data(ENTRY, json!({ "anno": anno, "numero": 1 })).await["registrazione"], Value::Null);
    }
    for field in ["oggetto", "mittente", "destinatario", "impronta", "data", "nuovoNumero"] {
        let answer = office.send(MODIFICA, json!({ "input": with("m-9", json!({ field: "altro" })) })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{field}: {answer:#}");
    }
    assert_eq!(entry().await, after);
    assert_dense(&data, PRIMO, 1).await;
    assert!(server.stop());
    data.assert_clean();
}

/// Rule 12: a restricted document is invisible to other offices, in lists, counts and searches as well.
#[tokio::test]
async fn a_restricted_case_leaves_no_trace_for_other_offices() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let query = "mutation($input: ScriviAlSindacoInput!) { scriviAlSindaco(input: $input) {
        pratica { id codice riservato } posizione errori { codice } } }";
    let input = json!({ "chiaveIdempotenza": "riservata", "oggetto": "Segretissimo", "testo": "Gentile Sindaca, …" });
    let filed = server.api("cittadino").data(query, json!({ "input": input })).await["scriviAlSindaco"].clone();
    assert_eq!(filed["pratica"]["riservato"], true, "{filed:#}");
    let (dopo, codice) = (&filed["posizione"], &filed["pratica"]["codice"]);
    let desk = "query($dopo: Posizione, $testo: String) { scrivania(dopo: $dopo) {
        pratiche(testo: $testo) { totalCount edges { node { codice } } } conteggi { numero } } }";
    for (persona, sees) in [("sindaco", 1), ("operatore", 0)] {
        for testo in [Value::Null, codice.clone(), json!("Segretissimo"), json!("Rossi"), json!("0000001")] {
            let vars = json!({ "dopo": dopo, "testo": testo });
            let found = server.api(persona).data(desk, vars).await["scrivania"].clone();
            assert_eq!(found["pratiche"]["totalCount"], sees, "{persona} {testo}: {found:#}");
            let counts = found["conteggi"].as_array().unwrap().iter();
            assert_eq!(counts.map(|c| c["numero"].as_u64().unwrap()).sum::<u64>(), sees, "{persona}: {found:#}");
        }
    }
    // The register knows that it exists, in neutral words.
    let register = "query($dopo: Posizione) { registro(dopo: $dopo) { edges { node { oggetto riservato } } } }";
    let row =
        server.api("protocollo").data(register, json!({ "dopo": dopo })).await["registro"]["edges"][0]["node"].clone();
    assert_eq!(row["riservato"], true);
    assert!(!row["oggetto"].as_str().unwrap().contains("Segretissimo"), "{row:#}");
}

/// Rule 12: sign-ins and denials are in the audit trail, chained like everything else.
#[tokio::test]
async fn sign_ins_and_denials_are_in_the_audit_trail() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let filed = server.api("cittadino").segnala("audit", "Lampione spento").await;
    let id = filed["pratica"]["id"].as_str().unwrap();
    Browser::sign_in(&server, "operatore").await;
    // Tried three times, entered once a day.
    for _ in 0..3 {
        assert_eq!(server.api("cittadino2").pratica(id).await, Value::Null);
    }
    let last = server.api("cittadino").segnala("audit-2", "Panchina rotta").await;
    let audit = "query($dopo: Posizione) { audit(first: 100, dopo: $dopo) { totalCount edges { node {
        posizione stream evento attore ruolo canale hash prevHash } } } }";
    let found = server.api("protocollo").data(audit, json!({ "dopo": last["posizione"] })).await["audit"].clone();
    let rows: Vec<Value> = found["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect();
    let of = |evento: &str| rows.iter().filter(|row| row["evento"] == evento).collect::<Vec<_>>();
    let (accessi, negati) = (of("AccessoEffettuato"), of("AccessoNegato"));
    assert_eq!((accessi.len(), negati.len()), (1, 1), "{found:#}");
    assert_eq!((&accessi[0]["ruolo"], &accessi[0]["canale"]), (&json!("operatore"), &json!("portale")));
    assert_eq!((&negati[0]["ruolo"], &negati[0]["canale"]), (&json!("cittadino"), &json!("graphql")));
    // Newest first, each row the link before the one above it, and nobody's codice fiscale.
    for pair in rows.windows(2) {
        assert_eq!(pair[0]["prevHash"], pair[1]["hash"]);
        assert_eq!(pair[0]["posizione"].as_u64(), pair[1]["posizione"].as_u64().map(|p| p + 1));
    }
    assert_eq!(rows.last().unwrap()["prevHash"], "0".repeat(64));
    assert!(!found.to_string().contains("RSSMRA80A01H501U"));
    for persona in ["cittadino", "operatore", "sindaco", "sviluppatore"] {
        let refused = server.api(persona).send(audit, json!({})).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "NOT_FOUND", "{persona}: {refused:#}");
    }
}

/// Personal data is sealed: whoever reads the log without the key finds no person in them.
#[tokio::test]
async fn what_is_stored_of_the_log_names_nobody() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let filed = server.api("cittadino").segnala("sigillo", "Lampione spento").await;
    let id = filed["pratica"]["id"].as_str().unwrap();
    let office = server.api("operatore");
    office.step("prendiInCarico", id, None).await;
    office.step("avviaLavorazione", id, Some("Arriva la squadra di manutenzione.")).await;
    office.step("concludi", id, Some("Lampada sostituita, grazie.")).await;
    assert!(server.stop());
    let mut looked_at = 0;
    for (place, bytes) in stored(&data).await {
        looked_at += bytes.len();
        for word in ["RSSMRA80A01H501U", "mario.rossi", "Rossi", "Tigli", "civico 12", "squadra di", "Lampada sost"] {
            let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{word} stands in {place}");
        }
    }
    assert!(looked_at > 5_000, "what is stored was looked at: {looked_at} bytes");
}

/// Log and keys as they are stored: whole files, or the rows of the tables.
async fn stored(data: &Data) -> Vec<(String, Vec<u8>)> {
    let Some(url) = data.url() else {
        let files = ["registro.db", "registro.db-wal", "chiavi.db", "chiavi.db-wal"];
        let read = |file: &str| Some((file.to_owned(), std::fs::read(data.path().join(file)).ok()?));
        return files.into_iter().filter_map(read).collect();
    };
    let mut conn = PgConnection::connect(url).await.expect("the database opens");
    let tables =
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('registro', 'chiavi')";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut conn).await.expect("the tables are listed");
    assert!(tables.len() >= 7, "{tables:?}");
    let mut stored = Vec::new();
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut conn).await.expect("it is read");
        stored.push((table, rows.concat().into_bytes()));
    }
    stored
}
