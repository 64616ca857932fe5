//! What the service is for, from the first page to the last message.

use crate::support::log::{PRIMO, assert_dense};
use crate::support::mailbox::{Mail, messages};
use crate::support::pages::{Browser, Page};
use crate::support::{Data, Server, eventi, eventually, foto, impronta};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A day as messages write it: `06/03/2026` from `2026-03-06`.
fn short(date: &str) -> String {
    date.split('-').rev().collect::<Vec<_>>().join("/")
}

/// A day as pages write it: `6 marzo 2026` from `2026-03-06`.
fn long(date: &str) -> String {
    let date: jiff::civil::Date = date.parse().expect("a day");
    let months = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre";
    let month = months.split(' ').nth(usize::from(date.month().unsigned_abs()) - 1).expect("a month");
    format!("{} {month} {}", date.day(), date.year())
}

/// The message to the citizen whose subject begins so and names the case.
async fn mail(data: &Data, begins: &str, codice: &str) -> Mail {
    let folder = data.path().join("posta").join(PRIMO);
    let find = || messages(&folder).into_iter().find(|m| m.subject.starts_with(begins) && m.subject.contains(codice));
    eventually(&format!("the message «{begins}» about {codice}"), || async { find().is_some() }).await;
    find().expect("it was there")
}

/// From the first page of the report to the page before the last.
async fn up_to_summary(browser: &mut Browser) -> Page {
    let privacy = browser.get("/segnala").await;
    assert_eq!(privacy.status, StatusCode::OK, "{}", privacy.text());
    let step = privacy.form("privacy").with("privacy", "si").with("azione", "avanti");
    let dati = browser.send(step).await;
    assert_eq!(dati.status, StatusCode::OK, "{}", dati.text());
    let form = dati
        .form("dettagli")
        .with("categoria", "illuminazione")
        .with("titolo", "Lampione spento in via dei Tigli")
        .with("dettagli", "Da tre giorni il lampione è spento & la via è buia: «attenzione».")
        .with("indirizzo", "Via dei Tigli 12")
        .with("azione", "avanti");
    browser.send_with(form, ("lampione.jpg", "image/jpeg", foto(1, 20_000))).await
}

#[tokio::test]
async fn a_citizen_reports_a_lamp_through_the_pages() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut browser = Browser::sign_in(&server, "cittadino").await;

    let summary = up_to_summary(&mut browser).await;
    assert_eq!(summary.status, StatusCode::OK, "{}", summary.text());
    for words in ["Lampione spento in via dei Tigli", "«attenzione»", "Via dei Tigli 12", "lampione.jpg", "Mario Rossi"]
    {
        assert!(summary.text().contains(words), "no {words} in {}", summary.text());
    }
    assert_dense(&data, PRIMO, 0).await;

    let form = summary.form("chiave");
    assert!(form.action().ends_with("/invia"), "{}", form.action());
    let done = browser.send(form.clone().with("azione", "avanti")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let id = done.path.strip_prefix("/pratiche/").and_then(|rest| rest.split('/').next()).unwrap().to_owned();

    // The API tells what must stand on the page: code, number, date and hour in Italy, term.
    let pratica = server.api("cittadino").pratica(&id).await;
    let codice = pratica["codice"].as_str().unwrap();
    let segnatura = pratica["protocollo"]["segnatura"].as_str().unwrap();
    let term = pratica["scadenza"].as_str().unwrap();
    let registered = pratica["termine"]["dal"].as_str().unwrap();
    assert_eq!(segnatura, format!("0000001/{}", pratica["protocollo"]["anno"]));
    assert!(codice.starts_with("SG"), "{codice}");
    for words in [codice, segnatura, &long(registered), &long(term)] {
        assert!(done.text().contains(words), "no {words} in {}", done.text());
    }
    assert_eq!(pratica["richiedente"]["nomeCompleto"], "Mario Rossi");
    assert_eq!(pratica["allegati"][0]["impronta"], impronta(&foto(1, 20_000)));

    // The personal area has it.
    let area = browser.get("/area-personale").await;
    assert!(area.text().contains(codice) && area.links().contains(&format!("/pratiche/{id}")), "{}", area.text());

    // The button pressed twice files once.
    let again = browser.send(form.with("azione", "avanti")).await;
    assert!(again.path.contains(&id), "{}", again.path);
    assert_dense(&data, PRIMO, 1).await;

    // The copy by e-mail: number, date, code, term, what was filed, where to follow it.
    let message = mail(&data, "Ricevuta", codice).await;
    assert_eq!(message.to, "mario.rossi@example.org");
    assert!(message.subject.contains(segnatura), "{}", message.subject);
    let link = format!("{}/pratiche/{id}", server.url);
    let hash = pratica["protocollo"]["impronta"].as_str().unwrap();
    for words in [segnatura, codice, &short(term), &short(registered), hash, "«attenzione»", "lampione.jpg", &link] {
        assert!(message.text.contains(words), "no {words} in {}", message.text);
    }
    assert!(message.html.contains(segnatura) && message.html.contains(codice));
    assert!(!message.subject.contains("Tigli"), "the citizen's own words are not for subjects");

    // The entry stands in the register.
    assert_register(&server, &pratica, "ENTRATA", "VRDPLA72E10H501Z").await;
    assert!(server.stop());
    data.assert_clean();
}

/// The protocol office finds the entry by the code of the case; nobody else sees the register.
async fn assert_register(server: &Server, pratica: &Value, flusso: &str, not_from: &str) {
    let query = "query($testo: String) { registro(testo: $testo) { totalCount edges { node {
        protocollo { segnatura impronta data } flusso oggetto praticaId giorno tipoPratica
        corrispondente { nome codiceFiscale } } } } }";
    let vars = json!({ "testo": pratica["codice"] });
    let found = server.api("protocollo").data(query, vars.clone()).await["registro"].clone();
    let node = &found["edges"][0]["node"];
    assert_eq!(found["totalCount"], 1, "{found:#}");
    assert_eq!(node["protocollo"]["segnatura"], pratica["protocollo"]["segnatura"]);
    assert_eq!(node["protocollo"]["impronta"], pratica["protocollo"]["impronta"]);
    assert_eq!(node["protocollo"]["data"], pratica["inviataIl"], "the date of protocol is that of submission");
    assert_eq!((&node["flusso"], &node["praticaId"]), (&json!(flusso), &pratica["id"]));
    assert_eq!(node["corrispondente"]["codiceFiscale"], "RSSMRA80A01H501U");
    assert_ne!(node["corrispondente"]["codiceFiscale"], not_from);
    for persona in ["cittadino", "operatore", "sviluppatore"] {
        let refused = server.api(persona).send(query, vars.clone()).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "NOT_FOUND", "{persona}: {refused:#}");
    }
}

#[tokio::test]
async fn the_form_keeps_what_was_written_and_says_what_is_wrong() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut browser = Browser::sign_in(&server, "cittadino").await;
    let privacy = browser.get("/segnala").await;
    let refused = browser.send(privacy.form("privacy").with("azione", "avanti")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "without the privacy notice nothing goes on");
    let dati = browser.send(refused.form("privacy").with("privacy", "si").with("azione", "avanti")).await;
    let long = "x".repeat(201);
    let form = dati.form("dettagli").with("titolo", "Lampione").with("dettagli", &long).with("azione", "avanti");
    let refused = browser.send(form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = refused.form("dettagli");
    assert_eq!((kept.get("titolo"), kept.get("dettagli")), (Some("Lampione"), Some(long.as_str())));
    assert!(refused.text().contains("201") && refused.text().contains("200"), "{}", refused.text());
    assert!(refused.html().contains("aria-invalid=\"true\""), "the wrong fields are marked for screen readers");
    assert_dense(&data, PRIMO, 0).await;
}

#[tokio::test]
async fn an_istanza_from_filing_to_its_answer() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let citizen = server.api("cittadino");
    let modulo = json!({
        "oggetto": "Panchina in piazza",
        "richiesta": "Chiedo di collocare una panchina all'ombra in piazza della Fonte.",
        "telefono": "0187 555 0100",
    });
    let filed = citizen.presenta("storia-istanza", modulo).await;
    assert_eq!(filed["errori"], json!([]), "{filed:#}");
    let id = filed["pratica"]["id"].as_str().unwrap();
    let codice = filed["pratica"]["codice"].as_str().unwrap();
    assert_eq!(filed["pratica"]["stato"], "PROTOCOLLATA");
    mail(&data, "Ricevuta", codice).await;

    // The citizen finds it in the personal area, with its history.
    let area =
        "query($dopo: Posizione) { areaPersonale(dopo: $dopo) { pratiche(tipo: ISTANZA) { totalCount edges { node {
        id codice stato scadenza storia { evento titolo descrizione } } } } } }";
    let found = citizen.data(area, json!({ "dopo": filed["posizione"] })).await["areaPersonale"]["pratiche"].clone();
    assert_eq!(found["totalCount"], 1);
    let node = &found["edges"][0]["node"];
    assert_eq!(node["id"], id);
    assert_eq!(eventi(node)[..3], ["IstanzaPresentata", "RicevutaEmessa", "TermineCalcolato"]);
    for step in node["storia"].as_array().unwrap() {
        assert!(!step["titolo"].as_str().unwrap().is_empty() && !step["descrizione"].as_str().unwrap().is_empty());
    }

    // The office works it; another office does not see it.
    let office = server.api("operatore");
    let taken = office.step("prendiInCarico", id, None).await;
    assert_eq!(taken["pratica"]["stato"], "PRESA_IN_CARICO");
    assert_eq!(taken["protocollo"], filed["protocollo"], "a step without a number of its own shows that of the filing");
    mail(&data, "Presa in carico", codice).await;
    let started = office.step("avviaLavorazione", id, Some("Cerchiamo il posto giusto.")).await;
    assert_eq!(started["pratica"]["stato"], "IN_LAVORAZIONE");
    let ended = office.step("concludi", id, Some("La panchina sarà collocata in maggio.")).await;
    assert_eq!(ended["pratica"]["stato"], "CONCLUSA");
    assert_eq!(ended["protocollo"]["numero"], 2, "the answer is an act with a number of its own");
    assert_eq!(server.api("sindaco").pratica(id).await, Value::Null);

    // The history follows to its end, with names and messages.
    let message = mail(&data, "Risposta", codice).await;
    let notified = || async {
        let storia = citizen.pratica(id).await;
        eventi(&storia).iter().filter(|evento| **evento == "NotificaConsegnata").count() == 3
    };
    eventually("three notices in the history", notified).await;
    let pratica = citizen.pratica(id).await;
    let steps: Vec<&str> = eventi(&pratica).into_iter().filter(|e| !e.starts_with("Notifica")).collect();
    let expected = [
        "IstanzaPresentata",
        "RicevutaEmessa",
        "TermineCalcolato",
        "IstanzaPresaInCarico",
        "LavorazioneAvviata",
        "IstanzaConclusa",
    ];
    assert_eq!(steps, expected);
    let step = |evento: &str| {
        let found = pratica["storia"].as_array().unwrap().iter().find(|passo| passo["evento"] == evento);
        found.unwrap_or_else(|| panic!("no {evento}")).clone()
    };
    assert_eq!(step("IstanzaPresaInCarico")["attore"], "Giulia Bianchi");
    assert_eq!(step("LavorazioneAvviata")["messaggio"], "Cerchiamo il posto giusto.");
    assert_eq!(step("IstanzaConclusa")["messaggio"], "La panchina sarà collocata in maggio.");
    assert_eq!(pratica["risposta"]["messaggio"], "La panchina sarà collocata in maggio.");
    assert_eq!(pratica["risposta"]["protocollo"]["segnatura"], ended["protocollo"]["segnatura"]);

    // The answer is an outgoing entry, tied to the first one.
    let query = "query($anno: Int!, $n: Int!) { registrazione(anno: $anno, numero: $n) { flusso praticaId
        primario { numero } corrispondente { nome } protocollo { segnatura } } }";
    let vars = json!({ "anno": ended["protocollo"]["anno"], "n": 2 });
    let entry = server.api("protocollo").data(query, vars).await["registrazione"].clone();
    assert_eq!((&entry["flusso"], &entry["primario"]["numero"]), (&json!("USCITA"), &json!(1)), "{entry:#}");
    assert_eq!(entry["corrispondente"]["nome"], "Mario Rossi");
    let number = ended["protocollo"]["segnatura"].as_str().unwrap();
    assert!(message.text.contains(number) && message.text.contains("in maggio"), "{}", message.text);
    assert_dense(&data, PRIMO, 2).await;
    assert!(server.stop());
    data.assert_clean();
}

#[tokio::test]
async fn a_letter_to_the_mayor_is_for_the_mayor() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let citizen = server.api("cittadino");
    let query = "mutation($input: ScriviAlSindacoInput!) { scriviAlSindaco(input: $input) {
        pratica { id codice riservato } protocollo { numero } errori { campo codice messaggio } } }";
    let input =
        json!({ "chiaveIdempotenza": "lettera", "oggetto": "Una proposta", "testo": "Gentile Sindaca, propongo…" });
    let filed = citizen.data(query, json!({ "input": input })).await["scriviAlSindaco"].clone();
    assert_eq!(filed["errori"], json!([]), "{filed:#}");
    let id = filed["pratica"]["id"].as_str().unwrap();
    for (persona, sees) in [("sindaco", true), ("operatore", false), ("cittadino2", false), ("sviluppatore", false)] {
        assert_eq!(!server.api(persona).pratica(id).await.is_null(), sees, "{persona}");
    }
    let mayor = server.api("sindaco");
    mayor.step("prendiInCarico", id, None).await;
    mayor.step("avviaLavorazione", id, None).await;
    mayor.step("concludi", id, Some("La ringrazio della proposta.")).await;
    assert_eq!(citizen.pratica(id).await["risposta"]["messaggio"], "La ringrazio della proposta.");
    assert_dense(&data, PRIMO, 2).await;
}
