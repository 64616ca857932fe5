//! Messages through a real mail server.

use crate::support::smtp::Smtp;
use crate::support::town::{Town, at};
use crate::support::{Data, Server, eventi, eventually};
use app::ports::StatoConsegna;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn the_copy_arrives_at_a_real_server() {
    let smtp = Smtp::start(&[]);
    let data = Data::new().await;
    let address = format!("127.0.0.1:{}", smtp.port);
    let server = Server::start_with(&data, &["--empty", "--smtp", &address]);
    let api = server.api("cittadino");
    let modulo = json!({ "oggetto": "Perché no?", "richiesta": "Più verde in città: è così che va." });
    let filed = api.presenta("posta", modulo).await;
    eventually("the message", || async { !smtp.messages().is_empty() }).await;
    let message = smtp.messages().remove(0);
    let (segnatura, codice) =
        (filed["protocollo"]["segnatura"].as_str().unwrap(), filed["pratica"]["codice"].as_str().unwrap());
    assert_eq!(message.to, "mario.rossi@example.org");
    assert!(message.subject.contains(segnatura) && message.subject.contains(codice), "{}", message.subject);
    assert!(message.text.contains("Più verde in città: è così che va."), "{}", message.text);
    assert!(message.html.contains("città"), "{}", message.html);
    assert!(message.raw.lines().all(|line| line.len() <= 998), "lines of a message have a limit (RFC 5321)");
    let id = filed["pratica"]["id"].as_str().unwrap();
    let delivered = || async { eventi(&api.pratica(id).await).contains(&"NotificaConsegnata") };
    eventually("the delivery in the history", delivered).await;
    // The same notice goes out once.
    server.api("operatore").step("prendiInCarico", id, None).await;
    eventually("the second message", || async { smtp.messages().len() == 2 }).await;
    let ids: Vec<String> = smtp.messages().into_iter().map(|message| message.id).collect();
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_server_that_puts_off_is_asked_again_later() {
    let smtp = Smtp::start(&["--later", "2"]);
    let town = Town::open(at("2026-03-09T08:15:00Z")).await;
    let id = town.segnala("rimandata").await.caso.base().id;
    let process = smtp.notifiche(&town);
    // Tried at once, after one minute, and five minutes later; never before.
    let waits = [SignedDuration::ZERO, SignedDuration::from_secs(60), SignedDuration::from_secs(300)];
    let mut due = at("2026-03-09T08:15:00Z");
    for (attempt, wait) in waits.into_iter().enumerate() {
        if wait.is_positive() {
            town.clock.set(due + wait - SignedDuration::from_secs(1));
            process.run_until_idle().await.unwrap();
        }
        assert!(smtp.messages().is_empty(), "before attempt {attempt}");
        due += wait;
        town.clock.set(due);
        process.run_until_idle().await.unwrap();
    }
    assert_eq!(smtp.messages().len(), 1);
    let storia = town.app.pratica(&town.cittadino(), id, None, None).await.unwrap().unwrap().storia;
    let outcomes: Vec<&str> =
        storia.iter().map(|passo| passo.evento.as_str()).filter(|evento| evento.starts_with("Notifica")).collect();
    assert_eq!(outcomes, ["NotificaConsegnata"], "only the outcome is a fact of the case");
    assert_eq!(town.app.work().dead_letters(town.ente.codice.as_str()).await.unwrap().1, 0);
}

#[tokio::test]
async fn a_refused_address_is_told_and_can_be_tried_again() {
    let refusing = Smtp::start(&["--refuse", "mario.rossi@example.org"]);
    let town = Town::open(at("2026-03-09T08:15:00Z")).await;
    let id = town.segnala("respinta").await.caso.base().id;
    refusing.notifiche(&town).run_until_idle().await.unwrap();
    let ente = town.ente.codice.as_str();
    let (dead, total) = town.app.work().dead_letters(ente).await.unwrap();
    assert_eq!((total, dead[0].pratica, dead[0].tentativi, dead[0].stato), (1, id, 1, StatoConsegna::Fallita));
    let reason = dead[0].errore.as_deref().unwrap();
    assert!(reason.contains("no such mailbox") && !reason.contains('@'), "{reason}");
    let storia = async || {
        let found = town.app.pratica(&town.cittadino(), id, None, None).await.unwrap().unwrap();
        found.storia.into_iter().map(|passo| passo.evento).filter(|e| e.starts_with("Notifica")).collect::<Vec<_>>()
    };
    assert_eq!(storia().await, ["NotificaFallita"]);
    // The filing itself stands, whatever becomes of the mail.
    assert!(refusing.messages().is_empty());

    // An operator tries again, once the address works.
    let working = Smtp::start(&[]);
    town.clock.set(at("2026-03-09T10:00:00Z"));
    assert!(town.app.work().retry(ente, &dead[0].dedupe, at("2026-03-09T10:00:00Z")).await.unwrap());
    working.notifiche(&town).run_until_idle().await.unwrap();
    assert_eq!(working.messages().len(), 1);
    assert_eq!(storia().await, ["NotificaFallita", "NotificaConsegnata"]);
    assert_eq!(town.app.work().dead_letters(ente).await.unwrap().1, 0);
}

#[tokio::test]
async fn a_server_that_is_away_keeps_nobody_from_filing() {
    let data = Data::new().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start_with(&data, &["--empty", "--smtp", &format!("127.0.0.1:{port}")]);
    let api = server.api("cittadino");
    for i in 1..=5 {
        let filed = api.segnala(&format!("senza-posta-{i}"), "Lampione spento").await;
        assert_eq!(filed["protocollo"]["numero"], i);
    }
    assert!(server.stop(), "it stops although mail waits");
}
