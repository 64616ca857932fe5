//! What nobody should send: refused in words, and nothing is stored.

use crate::support::log::{PRIMO, SECONDO, assert_dense, fatti};
use crate::support::pages::Browser;
use crate::support::{Api, Data, PRATICA, Server, eventi, eventually, foto, impronta, segnalazione};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use std::path::Path;

/// A town with one report, and what it held then.
struct Scene {
    data: Data,
    server: Server,
    api: Api,
    filed: Value,
    facts: u64,
    /// Of the second town: its catalogue and nothing else.
    facts_altrove: u64,
    files: usize,
}

impl Scene {
    async fn set() -> Self {
        let data = Data::new().await;
        let server = Server::start(&data);
        let api = server.api("cittadino");
        let filed = api.segnala("prima", "Lampione spento").await;
        // The mail has its receipt formed: a file of its own.
        eventually("the receipt is stored", || async { files(data.path()) > 0 }).await;
        let (facts, files) = (fatti(&data, PRIMO).await, files(data.path()));
        let facts_altrove = fatti(&data, SECONDO).await;
        Self { data, server, api, filed, facts, facts_altrove, files }
    }

    fn id(&self) -> &str {
        self.filed["pratica"]["id"].as_str().expect("an id")
    }

    /// Nothing was stored since, and the next filing takes the next number.
    async fn assert_untouched(self) {
        assert_eq!(fatti(&self.data, PRIMO).await, self.facts, "facts were stored");
        assert_eq!(fatti(&self.data, SECONDO).await, self.facts_altrove, "the second town holds something new");
        assert_eq!(files(self.data.path()), self.files, "files were stored");
        let next = self.api.segnala("dopo", "Panchina rotta").await;
        assert_eq!(next["protocollo"]["numero"], 2);
        assert_dense(&self.data, PRIMO, 2).await;
        assert!(self.server.stop());
        self.data.assert_clean();
    }
}

/// Files below the folder of documents.
fn files(data: &Path) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&data.join("documenti"))
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code in {answer:#}"))
}

/// Fields and codes of a refusal; each has a sentence for people.
fn errori(payload: &Value) -> Vec<(&str, &str)> {
    assert!(payload["pratica"].is_null() && payload["protocollo"].is_null(), "{payload:#}");
    let all = payload["errori"].as_array().expect("a list");
    assert!(all.iter().all(|e| e["messaggio"].as_str().is_some_and(|m| m.len() > 10)), "{payload:#}");
    all.iter().map(|e| (e["campo"].as_str().unwrap_or_default(), e["codice"].as_str().unwrap_or_default())).collect()
}

/// The same selection so many times, each under a name of its own.
fn times(n: usize, selection: &str) -> String {
    (0..n).map(|i| format!(" a{i}: {selection}")).collect::<Vec<_>>().concat()
}

async fn problem(response: Response) -> (StatusCode, Value) {
    let formato = response.headers()[header::CONTENT_TYPE].to_str().expect("text").to_owned();
    assert_eq!(formato, "application/problem+json");
    (response.status(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn what_is_not_graphql_is_refused_by_name() {
    let scene = Scene::set().await;
    let api = &scene.api;
    assert_eq!(code(&api.send("{ ente { nome ", json!({})).await), "GRAPHQL_PARSE_FAILED");
    assert_eq!(code(&api.send("", json!({})).await), "GRAPHQL_PARSE_FAILED");
    assert_eq!(code(&api.send("{ ente { nomignolo } }", json!({})).await), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(code(&api.send("{ areaPersonale }", json!({})).await), "GRAPHQL_VALIDATION_FAILED");
    let wrong = json!({ "input": { "chiaveIdempotenza": "x", "titolo": 7 } });
    assert_eq!(code(&api.send(crate::support::SEGNALA, wrong).await), "GRAPHQL_VALIDATION_FAILED");

    let deep = format!("{}{}", "{ a ".repeat(40), "}".repeat(40));
    assert_eq!(code(&api.send(&deep, json!({})).await), "QUERY_TOO_DEEP");
    let brackets = format!("{{ ente(x: {}{}) {{ nome }} }}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(code(&api.send(&brackets, json!({})).await), "QUERY_TOO_DEEP");
    let wide = times(3_000, "__typename");
    assert_eq!(code(&api.send(&format!("{{{wide} }}"), json!({})).await), "QUERY_TOO_COMPLEX");
    let costly =
        "areaPersonale { pratiche(first: 100) { edges { node { storia { titolo descrizione evento quando } } } } }";
    let costly = times(10, costly);
    assert_eq!(code(&api.send(&format!("{{{costly} }}"), json!({})).await), "QUERY_TOO_COMPLEX");
    let circle = "{ ente { ...a } } fragment a on Ente { ...b } fragment b on Ente { ...a }";
    assert_eq!(code(&api.send(circle, json!({})).await), "GRAPHQL_VALIDATION_FAILED");
    let many = times(20, "inviaSegnalazione(input: $i) { posizione }");
    let many = format!("mutation($i: InviaSegnalazioneInput!) {{{many} }}");
    let input = json!({ "i": segnalazione("molte", "Lampione") });
    assert_eq!(code(&api.send(&many, input).await), "QUERY_TOO_COMPLEX");

    for first in [0, -1, 101, i32::MAX] {
        let list = format!("{{ areaPersonale {{ pratiche(first: {first}) {{ totalCount }} }} }}");
        assert_eq!(code(&api.send(&list, json!({})).await), "BAD_USER_INPUT", "{first}");
    }
    let after = "{ areaPersonale { pratiche(after: \"questo non è un cursore\") { totalCount } } }";
    assert_eq!(code(&api.send(after, json!({})).await), "BAD_USER_INPUT");
    scene.assert_untouched().await;
}

#[tokio::test]
async fn a_body_that_is_not_a_json_request_is_refused() {
    let scene = Scene::set().await;
    let send = async |formato: &str, body: Vec<u8>| {
        let request = scene.api.post("/graphql").header(header::CONTENT_TYPE, formato).body(body);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let answer: Value = response.json().await.expect("the shape of GraphQL");
        assert!(answer["errors"][0]["message"].as_str().is_some_and(|m| m.len() > 10), "{answer:#}");
        status
    };
    let good = json!({ "query": "{ ente { nome } }" }).to_string();
    for formato in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(send(formato, good.clone().into_bytes()).await, 415, "{formato}");
    }
    for body in ["non è JSON", "{", "7", "null", "{\"query\": 7}", "", "\u{0}"] {
        assert_eq!(send("application/json", body.into()).await, 400, "{body:?}");
    }
    assert_eq!(send("application/json", format!("[{good},{good}]").into_bytes()).await, 400, "no batches");
    assert_eq!(send("application/json", vec![0xff, 0xfe, 0x80]).await, 400, "not UTF-8");
    assert_eq!(send("application/json", format!("{good}{}", " ".repeat(300 * 1024)).into_bytes()).await, 413);
    scene.assert_untouched().await;
}

#[tokio::test]
async fn a_filing_that_is_wrong_says_everything_that_is_wrong() {
    let scene = Scene::set().await;
    let api = &scene.api;
    let mut input = segnalazione("lunga", &"t".repeat(101));
    input["dettagli"] = "d".repeat(201).into();
    input["categoria"] = "astronavi".into();
    input["luogo"] = json!({ "indirizzo": "  ", "latitudine": 91.0, "longitudine": 8.0 });
    let payload = api.try_segnala(input).await;
    let mut found = errori(&payload);
    found.sort_unstable();
    let expected = [
        ("categoria", "categoria-sconosciuta"),
        ("dettagli", "testo-lungo"),
        ("luogo.indirizzo", "obbligatorio"),
        ("luogo.latitudine", "coordinata-non-valida"),
        ("titolo", "testo-lungo"),
    ];
    assert_eq!(found, expected);
    let long = payload["errori"].as_array().unwrap().iter().find(|e| e["campo"] == "dettagli").unwrap();
    let sentence = long["messaggio"].as_str().unwrap();
    assert!(sentence.contains("201") && sentence.contains("200"), "{sentence}");
    let mut control = segnalazione("controllo", "Lampione\u{7}");
    assert_eq!(errori(&api.try_segnala(control.clone()).await), [("titolo", "caratteri-non-ammessi")]);
    control["titolo"] = "Lampione".into();
    control["chiaveIdempotenza"] = "k".repeat(161).into();
    assert_eq!(errori(&api.try_segnala(control).await), [("chiaveIdempotenza", "chiave-non-valida")]);

    let modulo =
        |cf: &str| json!({ "oggetto": "Panchina", "richiesta": "Una panchina.", "codiceFiscaleInteressato": cf });
    for cf in ["RSSMRA80A01H501X", "RSSMRA80A01H501", "12345678901", "'; DROP TABLE event; --"] {
        let found = api.presenta("cf", modulo(cf)).await;
        assert_eq!(errori(&found), [("modulo.codiceFiscaleInteressato", "codice-fiscale-non-valido")], "{cf}");
    }
    let strange = json!({ "oggetto": 7, "richiesta": "Una panchina.", "colore": "verde" });
    let mut found = api.presenta("strano", strange).await;
    found["errori"].as_array_mut().unwrap().sort_by_key(|e| e["campo"].to_string());
    assert_eq!(errori(&found), [("modulo.colore", "campo-sconosciuto"), ("modulo.oggetto", "valore-non-valido")]);
    assert_eq!(errori(&api.presenta("lista", json!(["a"])).await), [("modulo", "modulo-non-valido")]);
    scene.assert_untouched().await;
}

#[tokio::test]
async fn a_key_used_for_something_else_is_refused() {
    let scene = Scene::set().await;
    let other = scene.api.try_segnala(segnalazione("prima", "Un altro titolo")).await;
    assert_eq!(errori(&other), [("chiaveIdempotenza", "chiave-riusata")]);
    let modulo = json!({ "oggetto": "Panchina", "richiesta": "Una panchina." });
    assert_eq!(errori(&scene.api.presenta("prima", modulo).await), [("chiaveIdempotenza", "chiave-riusata")]);
    scene.assert_untouched().await;
}

#[tokio::test]
async fn files_that_are_too_large_or_not_what_they_say_are_refused() {
    let scene = Scene::set().await;
    let api = &scene.api;
    // With its length said beforehand, and without.
    let (status, said) = problem(api.carica("foto.jpg", "image/jpeg", foto(0, 30 << 20)).await).await;
    assert_eq!((status, &said["codice"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("file-troppo-grande")), "{said:#}");
    assert!(said["detail"].as_str().unwrap().contains("10 MB"), "{said:#}");
    let pieces = futures_util::stream::iter(foto(0, 30 << 20).chunks(64 << 10).map(<[u8]>::to_vec).collect::<Vec<_>>());
    let pieces = futures_util::StreamExt::map(pieces, Ok::<_, std::io::Error>);
    let part = reqwest::multipart::Part::stream(reqwest::Body::wrap_stream(pieces)).file_name("foto.jpg");
    let form = reqwest::multipart::Form::new().part("file", part);
    let (status, said) = problem(api.post("/api/allegati").multipart(form).send().await.unwrap()).await;
    assert_eq!((status, &said["codice"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("file-troppo-grande")), "{said:#}");

    let pdf = || b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (nome, formato, bytes, codice) in [
        ("foto.jpg", "image/jpeg", b"Questo non \xc3\xa8 una foto.".to_vec(), "formato-non-corrispondente"),
        ("foto.jpg", "image/jpeg", pdf(), "formato-non-corrispondente"),
        ("foto.exe", "application/octet-stream", foto(0, 2_000), "formato-non-corrispondente"),
        ("pagina.txt", "text/plain", b"<html><body>Una pagina</body></html>".to_vec(), "formato-non-corrispondente"),
        ("senza-nome", "application/octet-stream", b"MZ\x90\0\x03".to_vec(), "formato-non-ammesso"),
        ("pagina.svg", "image/svg+xml", b"<svg onload=\"alert(1)\"/>".to_vec(), "formato-non-ammesso"),
    ] {
        let (status, said) = problem(api.carica(nome, formato, bytes).await).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{nome}: {said:#}");
        let either = ["formato-non-corrispondente", "formato-non-ammesso"];
        assert!(said["codice"] == codice || either.contains(&said["codice"].as_str().unwrap()), "{nome}: {said:#}");
    }
    let (status, said) = problem(api.carica("foto.jpg", "image/jpeg", Vec::new()).await).await;
    assert_eq!((status, &said["codice"]), (StatusCode::BAD_REQUEST, &json!("file-vuoto")));
    let empty = reqwest::multipart::Form::new().text("altro", "x");
    let (status, said) = problem(api.post("/api/allegati").multipart(empty).send().await.unwrap()).await;
    assert_eq!((status, &said["codice"]), (StatusCode::BAD_REQUEST, &json!("file-mancante")));
    let plain = api.post("/api/allegati").body("x").send().await.unwrap();
    assert_eq!(problem(plain).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let nobody = Api { token: None, ..api.clone() };
    assert_eq!(
        problem(nobody.carica("foto.jpg", "image/jpeg", foto(0, 2_000)).await).await.0,
        StatusCode::UNAUTHORIZED
    );
    scene.assert_untouched().await;
}

#[tokio::test]
async fn files_of_others_too_many_and_unknown_ones_are_not_filed() {
    let mut scene = Scene::set().await;
    let mut ids = Vec::new();
    for seed in 0..6 {
        let answer = scene.api.carica("foto.jpg", "image/jpeg", foto(seed, 2_000)).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["impronta"], impronta(&foto(seed, 2_000)));
        ids.push(answer["id"].clone());
    }
    scene.files = files(scene.data.path());
    let with = |chiave: &str, allegati: Value| {
        let mut input = segnalazione(chiave, "Lampione spento");
        input["allegati"] = allegati;
        input
    };
    let refused = scene.api.try_segnala(with("sei", json!(ids))).await;
    assert_eq!(errori(&refused), [("allegati", "troppi-allegati")]);
    let twice = json!([ids[0], ids[0]]);
    assert_eq!(errori(&scene.api.try_segnala(with("due-volte", twice)).await)[0].0, "allegati");
    for unknown in [json!(["7"]), json!(["00000000-0000-7000-8000-000000000000"]), json!(["../../etc/passwd"])] {
        let refused = scene.api.try_segnala(with("ignoto", unknown)).await;
        assert_eq!(errori(&refused), [("allegati", "allegato-sconosciuto")]);
    }
    let other = scene.server.api("cittadino2").try_segnala(with("altrui", json!([ids[0]]))).await;
    assert_eq!(errori(&other), [("allegati", "allegato-sconosciuto")]);
    let second = scene.server.second_api("cittadino").try_segnala(with("altrove", json!([ids[0]]))).await;
    assert_eq!(errori(&second), [("allegati", "allegato-sconosciuto")]);
    scene.assert_untouched().await;
}

#[tokio::test]
async fn what_is_good_in_one_town_is_nothing_in_the_other() {
    let scene = Scene::set().await;
    let stranger = Api { host: Some(scene.server.second_host()), ..scene.api.clone() };
    let response = stranger.post("/graphql").json(&json!({ "query": "{ utente { nome } }" })).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(code(&response.json().await.unwrap()), "UNAUTHENTICATED");
    let upload = stranger.carica("foto.jpg", "image/jpeg", foto(0, 2_000)).await;
    assert_eq!(problem(upload).await.0, StatusCode::UNAUTHORIZED);

    // A session of the first town, at the second: nobody.
    let mut here = Browser::sign_in(&scene.server, "cittadino").await;
    let mut there = here.at_host(&scene.server.second_host());
    let id = scene.id();
    assert_eq!(here.get(&format!("/pratiche/{id}")).await.status, StatusCode::OK);
    assert!(there.get(&format!("/pratiche/{id}")).await.path.starts_with("/accedi"));
    assert!(there.get("/area-personale").await.path.starts_with("/accedi"));

    // The same citizen of the second town sees nothing of the first, and numbers of its own.
    let second = scene.server.second_api("cittadino");
    let ente = second.data("{ ente { codice } utente { nome } }", json!({})).await;
    assert_eq!(ente, json!({ "ente": { "codice": SECONDO }, "utente": { "nome": "Mario" } }));
    assert_eq!(second.pratica(id).await, Value::Null);
    for token in ["", "x", "Bearer", &"y".repeat(5_000)] {
        let api = Api { token: Some(token.to_owned()), ..scene.api.clone() };
        let response = api.post("/graphql").json(&json!({ "query": "{ ente { nome } }" })).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token}");
    }
    scene.assert_untouched().await;
}

#[tokio::test]
async fn a_case_is_for_its_citizen_its_office_and_nobody_else() {
    let scene = Scene::set().await;
    let (id, server) = (scene.id().to_owned(), &scene.server);
    let paths = [format!("/pratiche/{id}"), format!("/pratiche/{id}/documento"), format!("/pratiche/{id}/allegati/1")];
    assert_eq!(server.api("cittadino2").pratica(&id).await, Value::Null);
    let mut other = Browser::sign_in(server, "cittadino2").await;
    for path in &paths {
        assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let step = "mutation($id: ID!) { prendiInCarico(input: { chiaveIdempotenza: \"rubata\", praticaId: $id }) {
        pratica { id } protocollo { numero } errori { campo codice messaggio } } }";
    for persona in ["cittadino", "cittadino2", "sviluppatore", "protocollo", "sindaco"] {
        let refused = server.api(persona).data(step, json!({ "id": id })).await["prendiInCarico"].clone();
        assert_eq!(errori(&refused), [("praticaId", "non-trovato")], "{persona}");
        let filed = server.api(persona).try_segnala(segnalazione("ruolo", "Lampione")).await;
        if !persona.starts_with("cittadino") {
            assert_eq!(errori(&filed), [("", "non-autorizzato")], "{persona}");
        }
    }
    // Nobody at all.
    let nobody = Api { token: None, ..scene.api.clone() };
    let asked = nobody.send(PRATICA, json!({ "id": id })).await;
    assert_eq!(code(&asked), "UNAUTHENTICATED");
    let mut nobody = Browser::new(server);
    for path in &paths {
        assert!(nobody.get(path).await.path.starts_with("/accedi"), "{path}");
    }
    // Ids that are none.
    for wrong in ["", "7", "../../", "00000000-0000-0000-0000-000000000000", &"9".repeat(10_000)] {
        assert_eq!(scene.api.pratica(wrong).await, Value::Null, "{wrong}");
    }
}

#[tokio::test]
async fn a_developer_sees_the_state_and_no_person() {
    let scene = Scene::set().await;
    let pratica = scene.server.api("sviluppatore").pratica(scene.id()).await;
    assert_eq!((&pratica["stato"], &pratica["codice"]), (&json!("PROTOCOLLATA"), &scene.filed["pratica"]["codice"]));
    assert_eq!(eventi(&pratica)[0], "SegnalazioneInviata");
    for field in ["titolo", "descrizione", "richiedente", "documento"] {
        assert_eq!(pratica[field], Value::Null, "{field}");
    }
    let text = pratica.to_string();
    for word in ["Rossi", "Mario", "RSSMRA", "Tigli", "civico", "Lampione"] {
        assert!(!text.contains(word), "{word} in {pratica:#}");
    }
    let details = "query($id: ID!) { pratica(id: $id) { segnalazione { titolo dettagli luogo { indirizzo } } } }";
    let details = scene.server.api("sviluppatore").data(details, json!({ "id": scene.id() })).await;
    let expected = json!({ "titolo": null, "dettagli": null, "luogo": null });
    assert_eq!(details["pratica"]["segnalazione"], expected);
    scene.assert_untouched().await;
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_our_forms() {
    let scene = Scene::set().await;
    let forged = |path: &str| {
        let request = scene.api.http.post(format!("{}{path}", scene.server.url));
        request.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example")
    };
    for path in ["/accedi", "/esci", "/segnala", "/segnala/invia", "/api/allegati", "/graphql"] {
        let response = forged(path).form(&[("persona", "cittadino")]).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(response.headers().get(header::SET_COOKIE).is_none(), "{path}");
    }
    scene.assert_untouched().await;
}

/// A new key would open nothing of what is there: the start is refused, and nothing is put in the lost key's place.
#[tokio::test]
async fn a_missing_master_key_is_not_replaced() {
    let data = Data::new().await;
    assert!(Server::start(&data).stop());
    let key = data.path().join("master.key");
    std::fs::remove_file(&key).expect("the key was there");
    let (ok, text) = data.sportello(&["demo", "--empty", "--listen", "127.0.0.1:0"]);
    assert!(!ok && text.contains("is missing"), "{text}");
    assert!(!key.exists());
}
