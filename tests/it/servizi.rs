//! Services that are put beside a running server: asked for, changed, closed, and asked for twice.

use crate::support::log::{PRIMO, assert_dense};
use crate::support::pages::{Browser, Page};
use crate::support::servizi::{definizione, domanda, pubblica};
use crate::support::{Api, Data, Server, sportello};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A request with the version and the words that it was filed with.
const ISTANZA: &str = "query($id: ID!) { pratica(id: $id) { titolo istanza { servizio { codice versione } modulo
    sezioni { righe { etichetta testo } } } } }";

/// The question of the tests.
fn colore(etichetta: &str) -> Value {
    json!({ "nome": "colore", "tipo": "scelta", "etichetta": etichetta, "facoltativo": true,
        "opzioni": [{ "valore": "rosso", "testo": "Rosso" }, { "valore": "blu", "testo": "Blu" }] })
}

/// From the sheet to the first step of the form, of which the draft is known from then on; the page of the step.
async fn inizia(browser: &mut Browser, codice: &str) -> Page {
    let start = format!("/servizi/{codice}/richiedi");
    let privacy = browser.get(&start).await;
    assert_eq!(privacy.status, StatusCode::OK, "{}", privacy.text());
    let dati = browser.send(privacy.form("privacy").with("privacy", "si")).await;
    let base = dati.path.strip_suffix("/dati").unwrap_or_else(|| panic!("{}: {}", dati.path, dati.text())).to_owned();
    assert!(base.starts_with(&start));
    let passo = browser.send(dati.form_to(&format!("{base}/dati"))).await;
    assert_eq!(passo.path, format!("{base}/richiesta"), "{}", passo.text());
    passo
}

/// Fills in the step; the summary.
async fn compila(browser: &mut Browser, passo: &Page, oggetto: &str) -> Page {
    let form = passo.form("m.oggetto").with("m.oggetto", oggetto).with("m.richiesta", "Chiedo una prova.");
    browser.send(form.with("m.colore", "blu")).await
}

/// Path of the draft of a page of the flow.
fn bozza(page: &Page) -> String {
    page.path.rsplit_once('/').expect("a page of the flow").0.to_owned()
}

/// Sends the request from its summary; the id of the case.
async fn invia(browser: &mut Browser, riepilogo: &Page) -> String {
    assert!(riepilogo.path.ends_with("/riepilogo"), "{}: {}", riepilogo.path, riepilogo.text());
    let done = browser.send(riepilogo.form_to(&format!("{}/invia", bozza(riepilogo)))).await;
    id(&done)
}

fn id(done: &Page) -> String {
    let id = done.path.strip_prefix("/pratiche/").and_then(|rest| rest.split_once("/fatto"));
    id.unwrap_or_else(|| panic!("{}: {}", done.path, done.text())).0.to_owned()
}

/// Questions and answers of a case, and the version it was filed with.
async fn parole(api: &Api, id: &str) -> (u64, Vec<(String, String)>) {
    let found = api.data(ISTANZA, json!({ "id": id })).await["pratica"]["istanza"].clone();
    let rows = found["sezioni"].as_array().into_iter().flatten().flat_map(|s| s["righe"].as_array().expect("a list"));
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = rows.map(|row| (word(row, "etichetta"), word(row, "testo"))).collect();
    (found["servizio"]["versione"].as_u64().expect("a version"), rows)
}

#[tokio::test]
async fn a_service_put_beside_a_running_server_is_shown_and_filed_without_a_restart() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut lucia = Browser::sign_in(&server, "cittadino2").await;
    assert_eq!(lucia.get("/servizi/orto-urbano").await.status, StatusCode::NOT_FOUND);
    let orto = definizione("orto-urbano", |s| {
        s["termineGiorni"] = 17.into();
        domanda(s, colore("Colore del cancello"));
    });
    pubblica(&data, &server.api("cittadino2"), &orto).await;

    let sheet = lucia.get("/servizi/orto-urbano").await;
    assert!(sheet.text().contains("Prova: orto urbano"), "{}", sheet.text());
    assert!(lucia.get("/servizi?testo=orto").await.text().contains("Prova: orto urbano"));
    let step = inizia(&mut lucia, "orto-urbano").await;
    let summary = compila(&mut lucia, &step, "Un orto").await;
    for words in ["Colore del cancello", "Blu", "Un orto"] {
        assert!(summary.text().contains(words), "no {words} in {}", summary.text());
    }
    let id = invia(&mut lucia, &summary).await;
    let pratica = server.api("cittadino2").pratica(&id).await;
    assert_eq!(pratica["termine"]["giorni"], 17, "{pratica:#}");
    assert_dense(&data, PRIMO, 1).await;
}

#[tokio::test]
async fn a_case_keeps_the_words_it_was_filed_with_and_a_draft_goes_on_with_the_new_form() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino2");
    let with = |versione: u32, etichetta: &str| {
        definizione("panchina-nuova", |s| {
            s["versione"] = versione.into();
            domanda(s, colore(etichetta));
        })
    };
    pubblica(&data, &api, &with(1, "Colore della panchina")).await;
    let mut lucia = Browser::sign_in(&server, "cittadino2").await;
    let step = inizia(&mut lucia, "panchina-nuova").await;
    let summary = compila(&mut lucia, &step, "La prima").await;
    let old = invia(&mut lucia, &summary).await;
    let step = inizia(&mut lucia, "panchina-nuova").await;
    let summary = compila(&mut lucia, &step, "La seconda").await;
    let draft = bozza(&summary);

    let mut second = with(2, "Di che colore la vorresti");
    domanda(&mut second, json!({ "nome": "luogo", "tipo": "testo", "etichetta": "In quale parco" }));
    second["modulo"]["passi"][0]["campi"][3]["etichetta"] = "Numero da chiamare".into();
    pubblica(&data, &api, &second).await;

    // The filed case: its version, its questions, in the page too.
    let (versione, righe) = parole(&api, &old).await;
    assert_eq!(versione, 1);
    assert!(righe.contains(&("Colore della panchina".into(), "Blu".into())), "{righe:?}");
    let page = lucia.get(&format!("/pratiche/{old}")).await.text();
    assert!(page.contains("Colore della panchina") && !page.contains("Di che colore"), "{page}");

    // The draft: its answers in the new form, with a notice of what changed; it is not sent as it was.
    let summary = lucia.get(&format!("{draft}/riepilogo")).await;
    assert!(summary.path.contains("/richiesta"), "a new question stands between: {}", summary.path);
    assert!(summary.text().contains("Il modulo è cambiato"), "{}", summary.text());
    let step = lucia.get(&format!("{draft}/richiesta")).await;
    let form = step.form("m.oggetto");
    assert_eq!((form.get("m.oggetto"), form.get("m.colore")), (Some("La seconda"), Some("blu")));
    assert!(step.text().contains("Di che colore la vorresti"));
    let saved = lucia.send(form.with("m.luogo", "Parco della Fonte")).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let summary = lucia.get(&format!("{draft}/riepilogo")).await;
    assert!(!summary.text().contains("Il modulo è cambiato"), "said once: {}", summary.text());
    let new = invia(&mut lucia, &summary).await;
    let (versione, righe) = parole(&api, &new).await;
    assert_eq!(versione, 2);
    for (etichetta, valore) in [("Di che colore la vorresti", "Blu"), ("In quale parco", "Parco della Fonte")] {
        assert!(righe.contains(&(etichetta.into(), valore.into())), "{righe:?}");
    }
    // After all that, the old one still says what it said.
    assert_eq!(parole(&api, &old).await.0, 1);
    assert_dense(&data, PRIMO, 2).await;
}

#[tokio::test]
async fn what_the_page_saves_by_itself_is_there_on_another_device_and_two_clicks_file_one_case() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino2");
    let sedia = definizione("sedia-rossa", |s| domanda(s, colore("Colore della sedia")));
    pubblica(&data, &api, &sedia).await;
    let mut lucia = Browser::sign_in(&server, "cittadino2").await;
    let step = inizia(&mut lucia, "sedia-rossa").await;
    let base = bozza(&step);

    // As the script of the page does it: the words so far, half of them missing, no refusal.
    let form = step.form("m.oggetto").with("m.oggetto", "Una sedia").with("m.colore", "rosso");
    let saved = lucia.send_to(&format!("{base}/salva"), form, &[("passo", "richiesta")]).await;
    assert_eq!((saved.status, saved.formato.as_str()), (StatusCode::OK, "application/json"));
    let answer: Value = serde_json::from_slice(&saved.bytes).expect("JSON");
    assert!(answer["messaggio"].as_str().is_some_and(|m| m.starts_with("Bozza salvata alle")), "{answer}");
    assert_eq!(answer["visibili"]["m.colore"], true, "{answer}");

    let mut telefono = Browser::sign_in(&server, "cittadino2").await;
    let there = telefono.get(&format!("{base}/richiesta")).await;
    let form = there.form("m.oggetto");
    assert_eq!((form.get("m.oggetto"), form.get("m.colore")), (Some("Una sedia"), Some("rosso")));
    // Another person has no such draft, and nobody who is not signed in.
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    assert_eq!(mario.get(&format!("{base}/richiesta")).await.status, StatusCode::NOT_FOUND);
    let mut nobody = Browser::new(&server);
    let refused = nobody.send_to(&format!("{base}/salva"), form.clone(), &[("passo", "richiesta")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);

    let summary = telefono.send(form.with("m.richiesta", "Chiedo una sedia.")).await;
    let send = || summary.form_to(&format!("{base}/invia"));
    let (one, two) = tokio::join!(lucia.send(send()), telefono.send(send()));
    // Each device has its own session: whoever comes second is led to the case, or to the list that has it.
    let ids: Vec<String> = [&one, &two].into_iter().filter(|page| page.path.contains("/fatto")).map(id).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| *id == ids[0]), "{} {}", one.path, two.path);
    assert_eq!(id(&lucia_again(&mut lucia, &mut telefono, send(), &one).await), ids[0]);
    assert_dense(&data, PRIMO, 1).await;
}

/// Sends the summary once more from the device that filed it.
async fn lucia_again(first: &mut Browser, second: &mut Browser, form: crate::support::pages::Form, one: &Page) -> Page {
    if one.path.contains("/fatto") { first.send(form).await } else { second.send(form).await }
}

#[tokio::test]
async fn a_closed_service_says_since_when_and_files_nothing() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino2");
    let chiuso =
        definizione("concorso-passato", |s| s["finestra"] = json!({ "dal": "2020-03-01", "al": "2020-03-31" }));
    pubblica(&data, &api, &chiuso).await;
    let mut lucia = Browser::sign_in(&server, "cittadino2").await;
    let sheet = lucia.get("/servizi/concorso-passato/richiedi").await;
    assert_eq!(sheet.path, "/servizi/concorso-passato", "the sheet says why");
    assert!(sheet.text().contains("31 marzo 2020"), "{}", sheet.text());
    let input = json!({ "chiaveIdempotenza": "tardi", "servizio": "concorso-passato", "versione": 1,
        "modulo": { "oggetto": "Domanda", "richiesta": "Partecipo." } });
    let refused = api.data(crate::support::PRESENTA, json!({ "input": input })).await["presentaIstanza"].clone();
    assert_eq!(refused["errori"][0]["codice"], "servizio-chiuso", "{refused:#}");
    assert_dense(&data, PRIMO, 0).await;
}

#[tokio::test]
async fn a_definition_is_published_from_the_terminal_or_told_line_by_line() {
    let data = Data::sqlite();
    let server = Server::start(&data);
    let api = server.api("cittadino2");
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("fontana-nuova.json");
    let path = data.path().to_str().expect("a path of text");
    let publish = |servizio: &Value| {
        let text = serde_json::to_string_pretty(servizio).expect("JSON");
        std::fs::write(&file, text).expect("it is written");
        sportello(&["servizi", "publish", file.to_str().expect("a path of text"), "--data", path])
    };
    let with = |versione: u32, giorni: u32| {
        definizione("fontana-nuova", |s| (s["versione"], s["termineGiorni"]) = (versione.into(), giorni.into()))
    };
    let (good, said) = publish(&with(1, 999));
    assert!(!good && said.contains("fontana-nuova.json:") && said.contains("termineGiorni"), "{said}");
    assert!(!data.path().join("servizi/fontana-nuova.json").exists(), "what is wrong goes nowhere");

    let (good, said) = publish(&with(1, 20));
    assert!(good, "{said}");
    crate::support::eventually("it is on offer", || async {
        let query = "{ servizio(codice: \"fontana-nuova\") { versione } }";
        api.data(query, json!({})).await["servizio"]["versione"] == 1
    })
    .await;
    let (good, said) = publish(&with(1, 20));
    assert!(good && said.contains("already"), "the same again is no harm: {said}");
    let (good, said) = publish(&with(1, 25));
    assert!(!good && said.contains("versione"), "{said}");
    let (good, said) = publish(&with(2, 25));
    assert!(good, "{said}");
    // A code of the program itself has its version too.
    std::fs::write(&file, "").expect("it is written");
    let shipped = here.path().join("richiesta-generica.json");
    let other = definizione("richiesta-generica", |s| s["termineGiorni"] = 29.into());
    std::fs::write(&shipped, other.to_string()).expect("it is written");
    let (good, said) = sportello(&["servizi", "publish", shipped.to_str().expect("text"), "--data", path]);
    assert!(!good && said.contains("versione"), "{said}");
}
