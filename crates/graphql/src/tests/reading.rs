//! Who sees what, and when.

use super::*;

const PRATICA: &str =
    "query($id: ID!, $alla: DateTime, $dopo: Posizione) { pratica(id: $id, alla: $alla, dopo: $dopo) {
  id codice tipo stato oggetto titolo descrizione scadenza posizione riservato aggiornataIl
  segnalazione { categoria { codice } titolo dettagli luogo { indirizzo latitudine longitudine } }
  richiedente { nome cognome nomeCompleto } ufficio { id nome } documento { impronta url }
  protocollo { segnatura } storia { evento quando titolo descrizione attore messaggio segnatura scadenza posizione }
} }";

#[tokio::test]
async fn a_citizen_sees_what_they_just_did() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let variables = json!({ "id": filed["pratica"]["id"], "dopo": filed["posizione"] });
    let case = world.ask(&world.mario(), PRATICA, variables).await["pratica"].clone();
    assert_eq!(case["stato"], "PROTOCOLLATA");
    assert_eq!(case["richiedente"], json!({ "nome": "Mario", "cognome": "Rossi", "nomeCompleto": "Mario Rossi" }));
    assert_eq!(case["ufficio"], json!({ "id": "lavori-pubblici", "nome": "Lavori pubblici" }));
    assert_eq!(case["segnalazione"]["luogo"]["latitudine"], 44.1);
    assert_eq!(case["documento"]["impronta"], filed["protocollo"]["impronta"]);
    assert_eq!(case["posizione"], filed["posizione"]);
    assert_eq!(case["storia"][1]["segnatura"], "0000001/2026");
    assert!(case["storia"][1]["descrizione"].as_str().unwrap().contains("0000001/2026"));
    assert_eq!(case["storia"][2]["scadenza"], case["scadenza"]);
    // The position is also taken as text.
    let text = json!({ "id": filed["pratica"]["id"], "dopo": filed["posizione"].to_string() });
    assert_eq!(world.ask(&world.mario(), PRATICA, text).await["pratica"], case);
}

#[tokio::test]
async fn a_position_that_is_not_reached_is_unavailable() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let variables = json!({ "id": filed["pratica"]["id"], "dopo": 9_999 });
    let answer = world.ask_with(Some(&world.mario()), PRATICA, variables).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "UNAVAILABLE");
    assert!(extensions["retryAfter"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn a_past_moment_is_shown_as_it_was_recorded() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.clock.set(at("2026-03-09T08:15:00Z"));
    world.take_charge(&filed).await;
    let id = &filed["pratica"]["id"];
    let state = async |alla: Option<&str>| {
        let data = world.ask(&world.mario(), PRATICA, json!({ "id": id, "alla": alla })).await;
        data["pratica"].clone()
    };
    assert_eq!(state(None).await["stato"], "PRESA_IN_CARICO");
    assert_eq!(state(None).await["aggiornataIl"], "2026-03-09T08:15:00Z");
    let before = state(Some("2026-03-08T10:00:00+01:00")).await;
    assert_eq!(before["stato"], "PROTOCOLLATA");
    assert_eq!(before["storia"].as_array().unwrap().len(), 3);
    assert_eq!(state(Some("2026-03-01T00:00:00Z")).await, Value::Null);
}

#[tokio::test]
async fn what_is_not_ones_own_looks_like_what_is_not_there() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    let id = &filed["pratica"]["id"];
    for who in [world.maria(), world.secretary(), world.protocol()] {
        let data = world.ask(&who, PRATICA, json!({ "id": id })).await;
        assert_eq!(data["pratica"], Value::Null);
    }
    for nothing in ["0192f00d-0000-7000-8123-456789abcdef", "non-un-id"] {
        assert_eq!(world.ask(&world.mario(), PRATICA, json!({ "id": nothing })).await["pratica"], Value::Null);
    }
    let answer = world.ask_with(None, PRATICA, json!({ "id": id })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_developer_sees_state_and_history_without_personal_data() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.take_charge(&filed).await;
    let id = &filed["pratica"]["id"];
    let start = "mutation($id: ID!) { avviaLavorazione(input: { chiaveIdempotenza: \"a\", praticaId: $id,
      messaggio: \"Gentile signor Rossi\" }) { errori { codice } } }";
    world.ask(&world.official(), start, json!({ "id": id })).await;
    let data = world.ask(&world.developer(), PRATICA, json!({ "id": id })).await;
    let case = &data["pratica"];
    assert_eq!(case["stato"], "IN_LAVORAZIONE");
    assert_eq!(case["protocollo"]["segnatura"], "0000001/2026");
    assert_eq!(case["segnalazione"]["categoria"]["codice"], "illuminazione");
    assert_eq!(case["storia"].as_array().unwrap().len(), 5);
    for field in ["titolo", "descrizione", "richiedente", "documento"] {
        assert_eq!(case[field], Value::Null, "{field}");
    }
    let text = data.to_string();
    for personal in ["Mario", "signor Rossi", "Lampione", "Tigli", "civico", "44.1"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
}

#[tokio::test]
async fn the_personal_area_is_paged_and_holds_ones_own() {
    let world = World::new().await;
    for n in 0..5 {
        world.report(&world.mario(), &format!("chiave-{n}")).await;
    }
    let last = world.report(&world.maria(), "altra").await;
    world.catch_up().await;
    let query = "query($after: String, $dopo: Posizione) { areaPersonale(dopo: $dopo) { utente { nome cognome ruolo }
      pratiche(tipo: SEGNALAZIONE, stato: PROTOCOLLATA, first: 2, after: $after) { totalCount
        pageInfo { hasNextPage endCursor }
        edges { cursor node { id descrizione richiedente { nome } storia { evento titolo } protocollo { numero } } } } } }";
    let (mut after, mut numbers) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "after": after, "dopo": last["posizione"] });
        let area = world.ask(&world.mario(), query, variables).await["areaPersonale"].clone();
        assert_eq!(area["utente"], json!({ "nome": "Mario", "cognome": "Rossi", "ruolo": "CITTADINO" }));
        let page = &area["pratiche"];
        assert_eq!(page["totalCount"], 5);
        for edge in page["edges"].as_array().unwrap() {
            numbers.push(edge["node"]["protocollo"]["numero"].as_u64().unwrap());
            assert_eq!(edge["node"]["storia"].as_array().unwrap().len(), 3);
            assert_eq!(edge["node"]["richiedente"]["nome"], "Mario");
            assert!(edge["node"]["descrizione"].as_str().unwrap().contains("civico 12"));
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    let none = "{ areaPersonale { pratiche(stato: CONCLUSA) { totalCount nodes { id } } } }";
    let none = world.ask(&world.mario(), none, json!({})).await;
    assert_eq!(none["areaPersonale"]["pratiche"], json!({ "totalCount": 0, "nodes": [] }));
}

#[tokio::test]
async fn the_last_steps_come_with_list_and_case() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.take_charge(&filed).await;
    world.catch_up().await;
    let query = "query($n: Int, $id: ID!) { pratica(id: $id) { storia(ultimi: $n) { evento } }
      areaPersonale { pratiche { nodes { storia(ultimi: $n) { evento } tutta: storia { evento posizione } } } } }";
    let id = &filed["pratica"]["id"];
    let ask = async |n: Value| world.ask(&world.mario(), query, json!({ "n": n, "id": id })).await;
    let two = json!([{ "evento": "TermineCalcolato" }, { "evento": "SegnalazionePresaInCarico" }]);
    let data = ask(json!(2)).await;
    let node = &data["areaPersonale"]["pratiche"]["nodes"][0];
    assert_eq!((&data["pratica"]["storia"], &node["storia"]), (&two, &two));
    assert_eq!(node["tutta"].as_array().unwrap().len(), 4);
    for n in [json!(100), Value::Null] {
        let data = ask(n).await;
        assert_eq!(data["areaPersonale"]["pratiche"]["nodes"][0]["storia"].as_array().unwrap().len(), 4);
        assert_eq!(data["pratica"]["storia"].as_array().unwrap().len(), 4);
    }
    // An argument that stands in the document, and one that only one of two lists has.
    let query = "{ areaPersonale { pratiche { edges { node { storia(ultimi: 1) { evento } } } }
      altre: pratiche { nodes { stato } edges { node { ...Passi } } } } } fragment Passi on Pratica { storia { evento } }";
    let data = world.ask(&world.mario(), query, json!({})).await;
    let first = &data["areaPersonale"]["pratiche"]["edges"][0]["node"]["storia"];
    assert_eq!(*first, json!([{ "evento": "SegnalazionePresaInCarico" }]));
    assert_eq!(data["areaPersonale"]["altre"]["edges"][0]["node"]["storia"].as_array().unwrap().len(), 4);
    for wrong in [0, -1, 101] {
        let query =
            format!("{{ areaPersonale {{ pratiche {{ nodes {{ storia(ultimi: {wrong}) {{ evento }} }} }} }} }}");
        assert_eq!(world.code(Some(&world.mario()), &query).await, "BAD_USER_INPUT");
        let query = format!("{{ pratica(id: {id}) {{ storia(ultimi: {wrong}) {{ evento }} }} }}");
        assert_eq!(world.code(Some(&world.mario()), &query).await, "BAD_USER_INPUT");
    }
}

/// Rows that are at hand are answered directly; a field that stands twice takes the library's way.
#[tokio::test]
async fn what_is_at_hand_says_what_the_library_says() {
    const FIELDS: &str = "__typename id codice tipo stato oggetto titolo riservato inviataIl aggiornataIl scadenza posizione
      ufficio { id nome } protocollo { __typename registro anno numero segnatura data impronta }
      storia { __typename evento eventId quando registratoIl titolo descrizione attore messaggio segnatura scadenza posizione }
      ... on Pratica { tipoBis: tipo } ...Altro";
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.report(&world.mario(), "chiave-2").await;
    world.take_charge(&filed).await;
    world.catch_up().await;
    let query = format!(
        "{{ areaPersonale {{ a: pratiche {{ nodes {{ {FIELDS} }} edges {{ node {{ {FIELDS} }} }} }}
      b: pratiche {{ nodes {{ id {FIELDS} }} edges {{ node {{ stato {FIELDS} }} }} }} }} }}
      fragment Altro on Pratica {{ statoBis: stato }}"
    );
    let area = world.ask(&world.mario(), &query, json!({})).await["areaPersonale"].clone();
    assert_eq!(area["a"], area["b"]);
    assert_eq!(area["a"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(area["a"]["nodes"][1]["storia"].as_array().unwrap().len(), 4);
    assert_eq!(area["a"]["nodes"][1]["statoBis"], "PRESA_IN_CARICO");
    assert_eq!(area["a"]["nodes"][0]["ufficio"], json!({ "id": "lavori-pubblici", "nome": "Lavori pubblici" }));
}

#[tokio::test]
async fn a_desk_holds_the_cases_of_its_offices() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.report(&world.maria(), "chiave-2").await;
    world.take_charge(&filed).await;
    world.catch_up().await;
    let query = "query($testo: String) { scrivania { conteggi { tipo stato numero }
      pratiche(testo: $testo) { totalCount nodes { stato richiedente { nomeCompleto } } } } }";
    let desk = world.ask(&world.official(), query, json!({ "testo": "maria" })).await["scrivania"].clone();
    assert_eq!(
        desk["conteggi"],
        json!([
            { "tipo": "SEGNALAZIONE", "stato": "PROTOCOLLATA", "numero": 1 },
            { "tipo": "SEGNALAZIONE", "stato": "PRESA_IN_CARICO", "numero": 1 },
        ])
    );
    let found = json!([{ "stato": "PROTOCOLLATA", "richiedente": { "nomeCompleto": "Maria Rossi" } }]);
    assert_eq!(desk["pratiche"]["nodes"], found);
    let other = world.ask(&world.secretary(), query, json!({})).await;
    assert_eq!(other["scrivania"]["pratiche"]["totalCount"], 0);
    for who in [world.mario(), world.protocol(), world.developer()] {
        let answer = world.ask_with(Some(&who), query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(answer["data"]["scrivania"], Value::Null);
    }
}

#[tokio::test]
async fn the_register_is_the_protocol_offices() {
    let world = World::new().await;
    world.report(&world.mario(), "chiave-1").await;
    world.report(&world.maria(), "chiave-2").await;
    world.catch_up().await;
    let query = "query($testo: String) { registro(anno: 2026, dal: \"2026-03-06\", al: \"2026-03-06\", testo: $testo) {
      totalCount edges { node { protocollo { numero segnatura } giorno flusso oggetto tipoPratica praticaId
        corrispondente { nome codiceFiscale } classifica { codice } assegnazione { nome } modificata } } } }";
    let page = world.ask(&world.protocol(), query, json!({ "testo": "0000001/2026" })).await["registro"].clone();
    assert_eq!(page["totalCount"], 1);
    let entry = &page["edges"][0]["node"];
    assert_eq!(entry["flusso"], "ENTRATA");
    assert_eq!(entry["corrispondente"], json!({ "nome": "Mario Rossi", "codiceFiscale": "RSSMRA80A01H501U" }));
    let one = "{ registrazione(anno: 2026, numero: 2) { protocollo { segnatura } corrispondente { nome } modifiche { campo } }
      nulla: registrazione(anno: 2026, numero: 3) { oggetto } fuori: registrazione(anno: 99999, numero: -1) { oggetto } }";
    let one = world.ask(&world.protocol(), one, json!({})).await;
    assert_eq!(one["registrazione"]["corrispondente"]["nome"], "Maria Rossi");
    assert_eq!((&one["nulla"], &one["fuori"]), (&Value::Null, &Value::Null));
    for who in [world.mario(), world.official(), world.developer()] {
        let answer = world.ask_with(Some(&who), query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(answer["data"]["registro"], Value::Null);
        let one = world.ask(&who, "{ registrazione(anno: 2026, numero: 1) { oggetto } }", json!({})).await;
        assert_eq!(one["registrazione"], Value::Null);
    }
    assert_eq!(world.code(None, "{ registro { totalCount } }").await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_audit_trail_shows_every_fact_and_denial() {
    let world = World::new().await;
    let filed = world.report(&world.mario(), "chiave-1").await;
    world.ask(&world.maria(), PRATICA, json!({ "id": filed["pratica"]["id"] })).await;
    world.catch_up().await;
    let query = "query($stream: String) { audit(stream: $stream, first: 1) { totalCount
      nodes { evento ruolo canale livello hash prevHash stream posizione } pageInfo { hasNextPage } } }";
    let all = world.ask(&world.protocol(), query, json!({})).await["audit"].clone();
    assert_eq!(all["totalCount"], 5, "entry, filing, receipt, term, denial");
    assert_eq!(all["nodes"][0]["evento"], "AccessoNegato");
    assert_eq!(all["nodes"][0]["canale"], "graphql");
    let entries = world.ask(&world.protocol(), query, json!({ "stream": "registro-PROT-2026" })).await;
    assert_eq!(entries["audit"]["totalCount"], 1);
    assert_eq!(world.code(Some(&world.mario()), "{ audit { totalCount } }").await, "NOT_FOUND");
    let scope = world.person("00743110157", "Dev", Ruolo::Sviluppatore, &[], &["audit:lettura"]);
    assert_eq!(world.ask(&scope, query, json!({})).await["audit"]["totalCount"], 5);
}
