//! Calendars that other programs read: an office's free time, its agenda under addresses that are revoked one by one.

use crate::support::pages::Browser;
use crate::support::python::letto;
use crate::support::town::{Town, at};
use crate::support::{Data, Server, client};
use app::{Canale, Contesto};
use domain::Sample as _;
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile};
use jiff::civil::date;
use reqwest::{StatusCode, header};
use serde_json::json;
use uuid::Uuid;

/// What Python's `icalendar` reads in a component of free and busy time that it takes for valid.
const LETTORE: &str = r#"
import json, sys
from icalendar import Calendar
calendar = Calendar.from_ical(sys.stdin.buffer.read())
for key in calendar.required: assert key in calendar, key
found = calendar.walk("VFREEBUSY")
assert len(calendar.subcomponents) == len(found) == 1 and not calendar.errors and not found[0].errors, calendar.errors
busy = found[0]
for key in ("UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER"): assert key in busy, key
text = lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")
periods = busy.get("FREEBUSY", [])
periods = periods if isinstance(periods, list) else [periods]
print(json.dumps({"metodo": str(calendar["METHOD"]), "da": text(busy.decoded("DTSTART")), "a": text(busy.decoded("DTEND")),
    "periodi": [[p.params["FBTYPE"], text(p.start), text(p.end)] for p in periods]}))
"#;

#[tokio::test]
async fn another_program_reads_when_an_office_has_no_place() {
    let town = Town::open(at("2026-03-06T09:30:00Z")).await;
    let app = town.node().await;
    let ufficio = CodiceUfficio::new("urp");
    app.pubblica_prenotabile(town.ente.codice.as_str(), &Prenotabile::sample()).await.expect("it is published");
    let orario = Orario { ufficio: ufficio.clone(), versione: 90, ..Orario::sample() };
    app.pubblica_orario(town.ente.codice.as_str(), &orario).await.expect("it is published");
    app.reads().catch_up().await.expect("the read models follow");
    let correlazione = Uuid::from_u128(1);
    let nobody = Contesto { ente: town.ente.clone(), utente: None, canale: Canale::Portale, correlazione };
    let giorno = Some(date(2026, 3, 9));
    let ics = app.libero_occupato(&nobody, (&ufficio, "carta-identita"), (giorno, giorno)).await.expect("it is told");
    // The office is open from nine to noon, and all of it is free; Rome is an hour ahead of UTC.
    let closed = |from: &str, to: &str| json!(["BUSY-UNAVAILABLE", from, to]);
    let expected = json!({ "metodo": "PUBLISH", "da": "2026-03-08T23:00:00Z", "a": "2026-03-09T23:00:00Z", "periodi": [
        closed("2026-03-08T23:00:00Z", "2026-03-09T08:00:00Z"), closed("2026-03-09T11:00:00Z", "2026-03-09T23:00:00Z"),
    ] });
    assert_eq!(letto(LETTORE, &ics), expected);
    // Over the weeks in which summer time begins too.
    let ics = app.libero_occupato(&nobody, (&ufficio, "carta-identita"), (None, None)).await.expect("it is told");
    let periodi = letto(LETTORE, &ics)["periodi"].as_array().expect("periods").clone();
    let order: Vec<&str> = periodi.iter().flat_map(|p| [p[1].as_str(), p[2].as_str()]).flatten().collect();
    assert!(order.is_sorted() && periodi.len() > 10, "in order and apart: {periodi:?}");
}

#[tokio::test]
async fn the_free_time_of_an_office_is_public_and_kept_for_a_moment() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let path = format!("{}/api/uffici/anagrafe/disponibilita", server.url);
    for end in [".ics?servizio=cie-rilascio", "?servizio=cie-rilascio&dal=2030-01-01&al=2030-01-02"] {
        let get = |tag: Option<String>| {
            let request = client().get(format!("{path}{end}"));
            tag.into_iter().fold(request, |request, tag| request.header(header::IF_NONE_MATCH, tag)).send()
        };
        let first = get(None).await.expect("an answer");
        assert_eq!(first.status(), StatusCode::OK, "{end}");
        let head = |name| first.headers()[name].to_str().expect("text").to_owned();
        assert!(head(header::CACHE_CONTROL).starts_with("public, max-age="), "{end}");
        let tag = head(header::ETAG);
        let text = first.text().await.expect("text");
        if end.starts_with(".ics") {
            assert_eq!(letto(LETTORE, &text)["metodo"], "PUBLISH");
        }
        let again = get(Some(tag)).await.expect("an answer");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{end}");
    }
    let wrong = client().get(format!("{path}.ics?servizio=altro")).send().await.expect("an answer");
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_officer_opens_an_address_and_revokes_it_and_the_trail_says_so() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut office = Browser::sign_in(&server, "operatore").await;
    let path = "/ufficio/agenda/anagrafe/calendario";
    let empty = office.get(path).await;
    assert!(empty.text().contains("Nessun indirizzo attivo"), "{}", empty.text());
    let wrong = office.send(empty.form("dispositivo").with("dispositivo", &"a".repeat(61))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.form("dispositivo").get("dispositivo").map(str::len), Some(61), "as written");
    let opened = office.send(wrong.form("dispositivo").with("dispositivo", "Telefono dello sportello")).await;
    let opened = office.send(opened.form("dispositivo").with("dispositivo", "Computer")).await;
    let text = opened.text();
    assert!(text.contains("Telefono dello sportello") && text.contains("Computer"), "{text}");
    let addresses: Vec<&str> = text.split_whitespace().filter(|word| word.contains("/calendari/")).collect();
    assert_eq!(addresses.len(), 2, "{text}");
    let read = |address: &str| client().get(address).send();
    for address in &addresses {
        let feed = read(address).await.expect("an answer");
        assert_eq!(feed.status(), StatusCode::OK);
        assert!(feed.text().await.expect("text").starts_with("BEGIN:VCALENDAR"));
    }
    let gone = office.send(opened.form("sottoscrizione")).await;
    assert!(!gone.text().contains("Telefono dello sportello"), "{}", gone.text());
    let over = read(addresses[0]).await.expect("an answer");
    assert_eq!(over.status(), StatusCode::GONE);
    assert!(over.text().await.expect("text").contains("revocato"));
    assert_eq!(read(addresses[1]).await.expect("an answer").status(), StatusCode::OK, "the others go on");
    let never = format!("{}x.ics", addresses[1].trim_end_matches(".ics"));
    assert_eq!(read(&never).await.expect("an answer").status(), StatusCode::NOT_FOUND);
    let mut archive = Browser::sign_in(&server, "protocollo").await;
    let trail = archive.get("/protocollo/audit?stream=calendario-anagrafe").await.text();
    assert!(trail.contains("CalendarioSottoscritto") && trail.contains("CalendarioRevocato"), "{trail}");
    let mut citizen = Browser::sign_in(&server, "cittadino").await;
    assert_eq!(citizen.get(path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let data = Data::new().await;
    let server = Server::start(&data);
    for address in ["/calendari/niente.ics", "/a/niente"] {
        let mut refused = None;
        for _ in 0..200 {
            let answer = client().get(format!("{}{address}", server.url)).send().await.expect("an answer");
            if answer.status() != StatusCode::NOT_FOUND {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("nobody asks without end");
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        let seconds: u64 = refused.headers()[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
        assert!((1..=5).contains(&seconds), "{seconds}");
        assert!(refused.text().await.expect("text").contains("Troppe richieste"));
    }
}
