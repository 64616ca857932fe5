//! Documents asked for and added, a withdrawal, a request filed again: each registered, each linked to the first.

use crate::support::log::{PRIMO, payloads};
use crate::support::mailbox::{Mail, messages};
use crate::support::pages::Browser;
use crate::support::reads::{assert_same, caught_up, dump, remove};
use crate::support::town::{Town, at};
use crate::support::{Data, Server, eventi, eventually, foto};
use app::{AppError, ModificaRegistrazione, PresentaIntegrazione, PresentaIstanza, RichiediIntegrazione};
use domain::ids::PraticaId;
use domain::pratica::StatoPratica;
use eventstore::{Clock as _, SystemClock};
use jiff::civil::{Date, date};
use jiff::{ToSpan, tz::TimeZone};
use reqwest::StatusCode;
use serde_json::{Value, json};

const RICHIEDI: &str = "mutation($input: RichiediIntegrazioneInput!) { richiediIntegrazione(input: $input) {
    pratica { stato } errori { codice } } }";

/// A day, so many days from today in Italy.
fn fra(giorni: i64) -> Date {
    let rome = TimeZone::get("Europe/Rome").expect("the zone of Rome");
    SystemClock.now().to_zoned(rome).date() + giorni.days()
}

async fn mail(data: &Data, begins: &str, codice: &str) -> Mail {
    let folder = data.path().join("posta").join(PRIMO);
    let find = || messages(&folder).into_iter().find(|m| m.subject.starts_with(begins) && m.subject.contains(codice));
    eventually(&format!("the message «{begins}» about {codice}"), || async { find().is_some() }).await;
    find().expect("it was there")
}

/// Direction, number and first registration of the documents of a case, in their order.
async fn registrati(data: &Data, id: &str) -> Vec<(String, u64, Option<u64>)> {
    let entries = payloads(data, PRIMO, "ProtocolloRegistrato").await;
    let own = entries.iter().filter(|entry| entry["pratica"] == id);
    let one = |entry: &Value| {
        let number = entry["protocollo"]["numero"].as_u64().expect("a number");
        (entry["flusso"].as_str().expect("a direction").to_owned(), number, entry["primario"]["numero"].as_u64())
    };
    own.map(one).collect()
}

#[tokio::test]
async fn an_office_asks_through_the_pages_and_the_citizen_adds_withdraws_and_files_again() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let (citizen, office) = (server.api("cittadino"), server.api("operatore"));
    let modulo = json!({ "oggetto": "Panchina", "richiesta": "Chiedo una panchina in piazza della Fonte." });
    let filed = citizen.presenta("panchina", modulo.clone()).await;
    let (id, codice) = (filed["pratica"]["id"].as_str().unwrap(), filed["pratica"]["codice"].as_str().unwrap());
    let first = filed["protocollo"]["numero"].as_u64().unwrap();
    office.step("prendiInCarico", id, None).await;

    // The office asks, after a slip that keeps what was written.
    let mut desk = Browser::sign_in(&server, "operatore").await;
    let page = desk.get(&format!("/ufficio/pratiche/{id}")).await;
    let form = page.form_to(&format!("/ufficio/pratiche/{id}/integrazione"));
    let slip =
        form.with("voci", "- Planimetria firmata\n\nRicevuta del versamento").with("entro", &fra(40).to_string());
    let refused = desk.send(slip).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Scegli un giorno dal"), "{}", refused.text());
    let form = refused.form_to(&format!("/ufficio/pratiche/{id}/integrazione"));
    assert_eq!(form.get("voci").map(|text| text.contains("Ricevuta del versamento")), Some(true));
    let done = desk.send(form.with("entro", &fra(10).to_string())).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    for words in ["La richiesta di documenti è partita con il numero di protocollo", "In attesa di documenti"] {
        assert!(done.text().contains(words), "no {words} in {}", done.text());
    }
    assert!(!done.text().contains("Scrivi che cosa manca"), "it is asked for once");
    let input = json!({ "chiaveIdempotenza": "ancora", "praticaId": id, "voci": ["Altro"], "entro": fra(5) });
    let again = office.data(RICHIEDI, json!({ "input": input })).await;
    assert_eq!(again["richiediIntegrazione"]["errori"][0]["codice"], "integrazione-gia-richiesta");
    let asked = mail(&data, "Servono altri documenti", codice).await;
    assert!(asked.text.contains("Planimetria firmata") && asked.text.contains(id), "{}", asked.text);

    // The citizen adds a file, then words, without any script.
    let mut browser = Browser::sign_in(&server, "cittadino").await;
    let case = browser.get(&format!("/pratiche/{id}")).await;
    assert!(case.text().contains("Mancano dei documenti: puoi inviarli entro"), "{}", case.text());
    let path = format!("/pratiche/{id}/integrazione");
    assert!(case.links().contains(&path));
    let page = browser.get(&path).await;
    assert!(page.text().contains("Planimetria firmata"), "{}", page.text());
    let nothing = browser.send(page.form("testo").with("azione", "invia")).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("Allega almeno un file oppure scrivi la tua risposta"), "{}", nothing.text());
    let bytes = foto(7, 20_000);
    let form = nothing.form("testo").with("testo", "Ecco la planimetria.").with("azione", "carica");
    let loaded = browser.send_with(form, ("planimetria.jpg", "image/jpeg", bytes)).await;
    assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text());
    assert!(loaded.text().contains("planimetria.jpg"), "{}", loaded.text());
    let form = loaded.form("testo");
    assert_eq!(form.get("testo"), Some("Ecco la planimetria."));
    let added = browser.send(form.with("azione", "invia")).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text());
    for words in ["Abbiamo ricevuto i documenti", "planimetria.jpg", "Ecco la planimetria.", "Presa in carico"] {
        assert!(added.text().contains(words), "no {words} in {}", added.text());
    }
    let file = browser.get(&format!("/pratiche/{id}/allegati/1")).await;
    assert_eq!(file.status, StatusCode::OK);
    mail(&data, "Documenti aggiunti", codice).await;
    let seen = citizen.pratica(id).await;
    assert_eq!(seen["stato"], "PRESA_IN_CARICO");
    assert!(eventi(&seen).contains(&"IntegrazionePresentata"));

    // They take it back: the page says first what follows.
    let ask = browser.get(&format!("/pratiche/{id}/ritira")).await;
    assert!(ask.text().contains("Che cosa succede se la ritiri"), "{}", ask.text());
    let gone = browser.send(ask.form("motivo").with("motivo", "Non serve più.")).await;
    assert!(gone.text().contains("Hai ritirato la richiesta"), "{}", gone.text());
    assert!(gone.text().contains("Ritirata"), "{}", gone.text());
    mail(&data, "Richiesta ritirata", codice).await;
    let desk_page = desk.get(&format!("/ufficio/pratiche/{id}")).await;
    assert!(desk_page.text().contains("Non serve più."), "the office sees it: {}", desk_page.text());
    assert!(!desk_page.html().contains("passo-successivo"), "and nothing follows");

    // And file again from it: the draft has the old answers and says what it lacks.
    let draft = browser.send(gone.form_to(&format!("/pratiche/{id}/ripresenta"))).await;
    assert_eq!(draft.status, StatusCode::OK, "{}", draft.text());
    assert!(draft.text().contains("I file non sono copiati"), "{}", draft.text());
    let input = json!({ "chiaveIdempotenza": "di-nuovo", "servizio": "richiesta-generica", "modulo": modulo,
        "daPratica": id });
    let file_again = "mutation($input: PresentaIstanzaInput!) { presentaIstanza(input: $input) {
        pratica { id codice istanza { daPratica } } errori { codice } } }";
    let copy = citizen.data(file_again, json!({ "input": input })).await["presentaIstanza"]["pratica"].clone();
    assert_eq!(copy["istanza"]["daPratica"], id);
    let page = browser.get(&format!("/pratiche/{}", copy["id"].as_str().unwrap())).await;
    assert!(page.text().contains("Nata dalla pratica") && page.text().contains(codice), "{}", page.text());
    caught_up(&server).await;
    let old = browser.get(&format!("/pratiche/{id}")).await;
    assert!(old.text().contains(copy["codice"].as_str().unwrap()), "{}", old.text());
    let other = server.api("cittadino2");
    let refused = other.data(file_again, json!({ "input": input })).await;
    assert_eq!(refused["presentaIstanza"]["errori"][0]["codice"], "pratica-inesistente");

    // Four documents in, out, in, in, each linked to the first; and the tables can be made anew.
    let numbers = registrati(&data, id).await;
    let flows: Vec<&str> = numbers.iter().map(|(flow, ..)| flow.as_str()).collect();
    assert_eq!(flows, ["E", "U", "E", "E"]);
    assert_eq!(
        numbers.iter().map(|(.., first)| *first).collect::<Vec<_>>(),
        [None, Some(first), Some(first), Some(first)]
    );
    assert!(server.stop());
    data.assert_clean();
    let live = dump(&data).await;
    remove(&data).await;
    let (success, said) = data.sportello(&["rebuild"]);
    assert!(success, "{said}");
    assert_same(&live, &dump(&data).await, "with documents asked for and a withdrawal");
}

/// Noon in Rome, in winter.
fn noon(day: Date) -> jiff::Timestamp {
    at(&format!("{day}T11:00:00Z"))
}

async fn filed(town: &Town) -> PraticaId {
    let input = PresentaIstanza {
        servizio: "richiesta-generica".into(),
        versione: 1,
        modulo: json!({ "oggetto": "Panchina", "richiesta": "Chiedo una panchina in piazza." }),
        allegati: Vec::new(),
        da_pratica: None,
        contatti: None,
    };
    town.app.presenta_istanza(&town.cittadino(), "istanza", input).await.expect("it is filed").caso.base().id
}

fn codice(refused: Result<app::Esito, AppError>) -> String {
    match refused {
        Err(AppError::Rifiutato(errori)) => errori[0].codice.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_term_waits_once_and_no_longer_than_it_may() {
    let town = Town::open(noon(date(2026, 2, 2))).await;
    let id = filed(&town).await;
    let (citizen, office) = (town.cittadino(), town.operatore("urp"));
    town.app.prendi_in_carico(&office, "prendi", id).await.expect("it is taken");
    town.clock.set(noon(date(2026, 2, 12)));
    let asks = || RichiediIntegrazione { voci: vec!["Planimetria".into()], entro: date(2026, 3, 14), messaggio: None };
    let asked = town.app.richiedi_integrazione(&office, "chiedi", id, asks()).await.expect("it is asked for");
    let due = |esito: &app::Esito| esito.caso.base().termine.as_ref().expect("a term").scadenza;
    assert_eq!(due(&asked), date(2026, 4, 3));
    assert_eq!(asked.caso.base().stato, StatoPratica::InIntegrazione);
    assert_eq!(codice(town.app.richiedi_integrazione(&office, "due", id, asks()).await), "integrazione-gia-richiesta");
    town.clock.set(noon(date(2026, 3, 14)));
    let begin = town.app.avvia_lavorazione(&office, "presto", id, None).await;
    assert_eq!(codice(begin), "integrazione-attesa");
    town.clock.set(noon(date(2026, 3, 15)));
    let begun = town.app.avvia_lavorazione(&office, "avvia", id, None).await.expect("the day has passed");
    assert_eq!(begun.caso.base().stato, StatoPratica::InLavorazione);
    // A late answer is taken, with a number; the term does not wait for it.
    town.clock.set(noon(date(2026, 3, 20)));
    let input = || PresentaIntegrazione { testo: Some("Eccola.".into()), allegati: Vec::new() };
    let added = town.app.presenta_integrazione(&citizen, "tardi", id, input()).await.expect("late ones are taken");
    assert_eq!(added.protocollo.as_ref().map(|p| p.numero), Some(3));
    assert_eq!((due(&added), added.caso.base().stato), (date(2026, 4, 3), StatoPratica::InLavorazione));
    let again = town.app.presenta_integrazione(&citizen, "tardi", id, input()).await.expect("a repeat");
    assert_eq!(again.posizione, added.posizione);
    let more = town.app.presenta_integrazione(&citizen, "altro", id, input()).await;
    assert_eq!(codice(more), "integrazione-gia-presentata");
    town.parts.reads.catch_up().await.expect("the read models follow");
    let row = town.parts.reads.pratica(town.ente.codice.as_str(), id).await.expect("rows").expect("a row");
    assert_eq!((row.stato, row.scadenza), (StatoPratica::InLavorazione, Some(date(2026, 4, 3))));
}

#[tokio::test]
async fn a_case_follows_the_assignment_of_its_first_registration() {
    let town = Town::open(noon(date(2026, 2, 2))).await;
    let id = filed(&town).await;
    let (urp, works) = (town.operatore("urp"), town.operatore("lavori-pubblici"));
    assert!(matches!(town.app.prendi_in_carico(&works, "p", id).await, Err(AppError::NonTrovato)));
    let change = ModificaRegistrazione {
        anno: 2026,
        numero: 1,
        assegnazione: Some("lavori-pubblici".into()),
        classifica: None,
        motivo: "Competenza dei lavori pubblici".into(),
    };
    let position =
        town.app.modifica_registrazione(&town.protocollo(), "sposta", change.clone()).await.expect("it moves");
    assert_eq!(town.app.modifica_registrazione(&town.protocollo(), "sposta", change).await.ok(), Some(position));
    assert!(matches!(town.app.prendi_in_carico(&urp, "p", id).await, Err(AppError::NonTrovato)));
    let taken = town.app.prendi_in_carico(&works, "p", id).await.expect("the new office works it");
    assert_eq!(taken.caso.base().ufficio.as_str(), "lavori-pubblici");
    town.parts.reads.catch_up().await.expect("the read models follow");
    let row = town.parts.reads.pratica(town.ente.codice.as_str(), id).await.expect("rows").expect("a row");
    assert_eq!(row.ufficio, "lavori-pubblici");
}
