//! What time and others do to an appointment, as its holder gets to know it: through a real queue and a real mail server.

use crate::support::pages::Browser;
use crate::support::smtp::Smtp;
use crate::support::town::{Town, at};
use crate::support::{Api, Data, Server, chiave, eventually};
use app::appuntamenti::{IscriviAttesa, Memoria, PrenotaAppuntamento, ProcessoAppuntamenti, Richiedente};
use app::notifiche::Notifiche;
use app::{App, Contesto};
use domain::Sample as _;
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::prenotabile::{Orario, Prenotabile, SlotId};
use domain::termini::apertura;
use jiff::civil::{Date, date, time};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use mail_parser::{MessageParser, MimeHeaders as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What is booked at a real server: it is entered in a register, and one can wait for an earlier time.
const SERVIZIO: &str = "cie-rilascio";

const LIBERI: &str = "query($servizio: String!, $dal: Date!, $al: Date!) {
    disponibilita(servizio: $servizio, ufficio: \"anagrafe\", dal: $dal, al: $al) { slot { id inizio } } }";
const PRENOTA: &str = "mutation($input: PrenotaAppuntamentoInput!) { prenotaAppuntamento(input: $input) {
    pratica { id codice } protocollo { segnatura } errori { codice messaggio } } }";
const ISCRIVI: &str = "mutation($input: IscriviAttesaInput!) { iscriviAttesa(input: $input) {
    attesa { davanti } errori { codice messaggio } } }";
const CASO: &str = "query($id: ID!) { pratica(id: $id) { appuntamento { inizio sequenza
    attesa { offerta { slotId inizio } } } storia { evento } } }";

async fn liberi(api: &Api, dal: Date, al: Date) -> Vec<Value> {
    let variables = json!({ "servizio": SERVIZIO, "dal": dal.to_string(), "al": al.to_string() });
    api.data(LIBERI, variables).await["disponibilita"][0]["slot"].as_array().expect("a list").clone()
}

/// The first day on which the office has a free slot.
async fn primo_giorno(api: &Api) -> Date {
    let query = "query($servizio: String!) { primoSlotLibero(servizio: $servizio, ufficio: \"anagrafe\") {
        slot { inizio } } }";
    let first = api.data(query, json!({ "servizio": SERVIZIO })).await["primoSlotLibero"]["slot"][0]["inizio"].clone();
    domain::termini::data_locale(at(first.as_str().expect("an instant")))
}

/// A booking three weeks after a day: what was free, and what was answered.
async fn tardi(api: &Api, first: Date) -> (Value, Value) {
    let late = liberi(api, first.saturating_add(14.days()), first.saturating_add(21.days())).await;
    let late = late.last().expect("something is free in three weeks");
    let input = json!({
        "chiaveIdempotenza": chiave("attesa"), "slotId": late["id"], "servizio": SERVIZIO,
        "motivo": "Carta smarrita o rubata", "dettagli": "", "richiedente": { "nome": "Mario", "cognome": "Rossi" },
    });
    let booked = api.data(PRENOTA, json!({ "input": input })).await["prenotaAppuntamento"].clone();
    (late.clone(), booked)
}

async fn appuntamento(api: &Api, id: &str) -> Value {
    api.data(CASO, json!({ "id": id })).await["pratica"]["appuntamento"].clone()
}

/// Names and bytes of what a message carries.
fn acclusi(raw: &str) -> Vec<(String, Vec<u8>)> {
    let message = MessageParser::default().parse(raw.as_bytes()).expect("a message");
    let named =
        |part: &mail_parser::MessagePart<'_>| Some((part.attachment_name()?.to_owned(), part.contents().to_vec()));
    message.attachments().filter_map(named).collect()
}

#[tokio::test]
async fn a_booking_is_confirmed_by_mail_and_brought_forward_by_the_link_of_an_offer() {
    let smtp = Smtp::start(&[]);
    let data = Data::new().await;
    let server = Server::start_with(&data, &["--empty", "--smtp", &format!("127.0.0.1:{}", smtp.port)]);
    let api = server.api("cittadino");
    let first = primo_giorno(&api).await;
    let (late, booked) = tardi(&api, first).await;
    assert_eq!(booked["errori"], json!([]), "{booked:#}");
    let (id, codice) = (booked["pratica"]["id"].as_str().unwrap(), booked["pratica"]["codice"].as_str().unwrap());

    // The confirmation: the receipt of the register and the event for the calendar.
    eventually("the confirmation", || async { !smtp.messages().is_empty() }).await;
    let message = smtp.messages().remove(0);
    assert_eq!(message.to, "mario.rossi@example.org");
    assert!(message.text.contains(booked["protocollo"]["segnatura"].as_str().unwrap()), "{}", message.text);
    let files = acclusi(&message.raw);
    let file = |name: &str| files.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}"));
    assert!(file(&format!("ricevuta-{codice}.pdf")).1.starts_with(b"%PDF-"));
    let ics = String::from_utf8(file("appuntamento.ics").1.clone()).expect("text");
    assert!(ics.contains("METHOD:REQUEST") && ics.contains(&format!("UID:{id}@")), "{ics}");
    assert_eq!(files.len(), 2);

    // Days with free times would do: one is offered, and a message says so.
    let wish = json!({
        "chiaveIdempotenza": chiave("attesa"), "praticaId": id, "uffici": ["anagrafe"],
        "dal": first.to_string(), "entro": first.saturating_add(7.days()).to_string(),
    });
    let joined = api.data(ISCRIVI, json!({ "input": wish })).await["iscriviAttesa"].clone();
    assert_eq!((&joined["errori"], &joined["attesa"]["davanti"]), (&json!([]), &json!(0)));
    eventually("the message of the offer", || async { smtp.messages().len() == 2 }).await;
    let offered = appuntamento(&api, id).await["attesa"]["offerta"].clone();
    let message = smtp.messages().remove(1);
    assert!(message.subject.contains("c'è un posto prima") && message.subject.contains(codice), "{}", message.subject);
    let link = message.text.split_whitespace().find(|word| word.contains("/a/")).expect("a link");
    let path = link.strip_prefix(&server.url).and_then(|path| path.strip_suffix("#attesa")).expect("of this site");

    // Whoever opens it need not sign in, and what only looks at it accepts nothing.
    let mut browser = Browser::new(&server);
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(page.text().contains("Si è liberato un orario"), "{}", page.text());
    assert_eq!(appuntamento(&api, id).await["inizio"], late["inizio"]);
    let landed = browser.send(page.form_to(&format!("{path}/attesa/accetta"))).await;
    assert_eq!(landed.status, StatusCode::OK, "{}", landed.text());
    assert!(!landed.text().contains("Si è liberato un orario"), "{}", landed.text());
    let now = appuntamento(&api, id).await;
    assert_eq!((&now["inizio"], &now["sequenza"], &now["attesa"]), (&offered["inizio"], &json!(1), &Value::Null));

    // The move is told as every other one, with the event anew.
    eventually("the message of the move", || async { smtp.messages().len() == 3 }).await;
    let message = smtp.messages().remove(2);
    let [(name, ics)] = <[_; 1]>::try_from(acclusi(&message.raw)).expect("one file");
    assert_eq!(name, "appuntamento.ics");
    let ics = String::from_utf8(ics).expect("text");
    assert!(ics.contains("SEQUENCE:1") && ics.contains(&format!("UID:{id}@")), "{ics}");
    // The link goes on to lead to it; what was offered is over.
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(server.stop());
    data.assert_clean();
}

#[tokio::test]
async fn an_offer_is_declined_by_its_link() {
    let smtp = Smtp::start(&[]);
    let data = Data::new().await;
    let server = Server::start_with(&data, &["--empty", "--smtp", &format!("127.0.0.1:{}", smtp.port)]);
    let api = server.api("cittadino");
    let first = primo_giorno(&api).await;
    let (late, booked) = tardi(&api, first).await;
    let id = booked["pratica"]["id"].as_str().unwrap();
    let (day, last) = (first.to_string(), first.saturating_add(7.days()).to_string());
    let wish = json!({ "chiaveIdempotenza": chiave("attesa"), "praticaId": id, "dal": day, "entro": last });
    api.data(ISCRIVI, json!({ "input": wish })).await;
    let link = || {
        let messages = smtp.messages();
        let offer = messages.iter().find(|message| message.subject.contains("c'è un posto prima"))?;
        Some(offer.text.split_whitespace().find(|word| word.contains("/a/"))?.to_owned())
    };
    eventually("the message of the offer", || async { link().is_some() }).await;
    let path = link().unwrap().strip_prefix(&server.url).unwrap().strip_suffix("#attesa").unwrap().to_owned();
    let offered = appuntamento(&api, id).await["attesa"]["offerta"]["slotId"].clone();
    let mut browser = Browser::new(&server);
    let page = browser.get(&path).await;
    let form = page.form_to(&format!("{path}/attesa/rifiuta"));
    let landed = browser.send(form.clone()).await;
    assert!(landed.text().contains("Resti in lista"), "{}", landed.text());
    assert_eq!(appuntamento(&api, id).await["inizio"], late["inizio"]);
    // Nobody is asked twice about the same time; another one comes at once, for there are many.
    let next = || async {
        let offer = appuntamento(&api, id).await["attesa"]["offerta"]["slotId"].clone();
        !offer.is_null() && offer != offered
    };
    eventually("another offer", next).await;
    // Sent again, the same form does nothing more.
    browser.send(form).await;
    assert!(next().await);
    // The list is left by the link too.
    let page = browser.get(&path).await;
    browser.send(page.form_to(&format!("{path}/attesa/lascia"))).await;
    assert_eq!(appuntamento(&api, id).await["attesa"], Value::Null);
    // A link that somebody made up opens nothing.
    let wrong = browser.get(&format!("{}x", &path[..path.len() - 1])).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

fn ufficio() -> CodiceUfficio {
    CodiceUfficio::new("urp")
}

fn slot(giorno: Date, ora: i8, minuti: i8) -> SlotId {
    SlotId { ufficio: ufficio(), servizio: "carta-identita".into(), inizio: apertura(giorno, time(ora, minuti, 0, 0)) }
}

async fn pubblica(town: &Town, app: &App) {
    let ente = town.ente.codice.as_str();
    app.pubblica_prenotabile(ente, &Prenotabile::sample()).await.expect("it is published");
    let orario = Orario { ufficio: ufficio(), versione: 90, ..Orario::sample() };
    app.pubblica_orario(ente, &orario).await.expect("it is published");
}

async fn prenota(app: &App, me: &Contesto, slot: SlotId) -> PraticaId {
    let input = PrenotaAppuntamento {
        slot,
        servizio: "carta-identita".into(),
        motivo: "Rinnovo".into(),
        dettagli: String::new(),
        richiedente: Richiedente { email: Some("mario.rossi@example.org".into()), ..Richiedente::default() },
        collegata: None,
        canale: None,
    };
    app.prenota_appuntamento(me, "p", input).await.expect("it is free").caso.base().id
}

fn processo(app: &App) -> ProcessoAppuntamenti {
    ProcessoAppuntamenti { app: app.clone(), avvisa: true, nodo: "unico".into() }
}

#[tokio::test]
async fn a_reminder_goes_out_at_its_time_and_never_after_the_appointment() {
    let smtp = Smtp::start(&[]);
    let town = Town::open(at("2026-03-06T09:30:00Z")).await;
    pubblica(&town, &town.app).await;
    let start = slot(date(2026, 3, 10), 9, 0).inizio;
    prenota(&town.app, &town.un_cittadino(1), slot(date(2026, 3, 10), 9, 0)).await;
    let (process, notices) = (processo(&town.app), Notifiche { app: Some(town.app.clone()), ..smtp.notifiche(&town) });
    let (mut memoria, stop) = (Memoria::default(), CancellationToken::new());
    let mut round = async |now: Timestamp, sends: bool| {
        town.clock.set(now);
        town.app.reads().catch_up().await.expect("the read models follow");
        process.giro(&mut memoria, &stop).await;
        if sends {
            notices.run_until_idle().await.expect("they are sent");
        }
    };
    let reminders = || smtp.messages().iter().filter(|m| m.subject.starts_with("Promemoria")).count();
    let hours = SignedDuration::from_hours;
    round(start - hours(48) - SignedDuration::from_secs(1), true).await;
    assert_eq!((smtp.messages().len(), reminders()), (1, 0), "the confirmation alone: {:?}", smtp.messages());
    round(start - hours(48), true).await;
    assert_eq!(reminders(), 1);
    let message = smtp.messages().remove(1);
    assert!(message.text.contains("martedì 10 marzo 2026, ore 9:00"), "{}", message.text);
    assert!(message.text.contains("/a/"), "a way to cancel without signing in: {}", message.text);
    round(start - hours(47), true).await;
    assert_eq!(reminders(), 1, "once");
    // The second one is queued at its hour, and its mail server answers only when the appointment has begun.
    round(start - hours(3), false).await;
    round(start + SignedDuration::from_mins(1), true).await;
    assert_eq!(smtp.messages().len(), 2);
    let ente = town.ente.codice.as_str();
    assert_eq!(town.app.work().dead_letters(ente).await.unwrap().1, 0, "nobody has to look after it");
}

/// How long a seat may be nobody's, on a machine that has other things to do; the round alone takes ten seconds.
const ENTRO: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_another_node_frees_is_offered_at_once() {
    let town = Town::open(at("2026-03-06T09:30:00Z")).await;
    let other = town.node().await;
    pubblica(&town, &town.app).await;
    pubblica(&town, &other).await;
    // A Monday that is full, and somebody with a seat on Tuesday who would rather come then.
    let (monday, tuesday) = (date(2026, 3, 9), date(2026, 3, 10));
    let mut taken = Vec::new();
    for n in 0..12 {
        let (me, half) = (town.un_cittadino(10 + n), i8::try_from(n / 2).expect("small"));
        taken.push((prenota(&town.app, &me, slot(monday, 9 + half / 2, half % 2 * 30)).await, me));
    }
    let me = town.un_cittadino(1);
    let id = prenota(&town.app, &me, slot(tuesday, 9, 0)).await;
    let wish = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: monday, entro: monday };
    town.app.iscrivi_attesa(&me, "i", wish).await.expect("there is a list");
    let stop = CancellationToken::new();
    let running = [town.parts.reads.spawn(stop.clone()), processo(&town.app).spawn(stop.clone())];
    // The first round is over; from here on the log says what to do.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let offered = async || town.app.attesa_di(&me, id).await.expect("it is theirs").expect("a place").offerta;
    assert_eq!(offered().await, None);
    let (freed, person) = &taken[3];
    other.annulla_appuntamento(person, "a", *freed, None).await.expect("there is time");
    let begun = Instant::now();
    let seat = loop {
        if let Some((seat, _)) = offered().await {
            break seat;
        }
        assert!(begun.elapsed() < ENTRO, "nobody is offered the seat");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(seat, slot(monday, 9, 30));
    stop.cancel();
    for task in running {
        task.await.expect("it ends well");
    }
}
