//! What a person keeps for other requests, and a request that is written with it: through the pages, as a browser sends them.

use crate::support::pages::{Browser, Form, Page};
use crate::support::servizi::{definizione, domanda, pubblica};
use crate::support::{Data, Server, foto};
use reqwest::StatusCode;
use serde_json::json;

/// As far as the step of the contacts; the address of the draft.
async fn begin(browser: &mut Browser, servizio: &str) -> String {
    let page = browser.get(&format!("/servizi/{servizio}/richiedi")).await;
    let page = browser.send(page.form("privacy").with("privacy", "si")).await;
    assert!(page.path.ends_with("/dati"), "{}: {}", page.path, page.text());
    page.path.trim_end_matches("/dati").to_owned()
}

fn contacts(page: &Page, email: &str, telefono: &str) -> Form {
    page.form("telefono").with("email", email).with("telefono", telefono)
}

#[tokio::test]
async fn a_profile_is_kept_group_by_group_and_forgotten_whole() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    let page = mario.get("/profilo/iban").await;
    let wrong = mario.send(page.form("m.iban").with("m.iban", "IT00 ERRATO")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.form("m.iban").get("m.iban"), Some("IT00 ERRATO"), "as written");
    let saved = mario.send(wrong.form("m.iban").with("m.iban", "it60 x054 2811 1010 0000 0123 456")).await;
    assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, "/profilo#iban"));
    assert!(saved.text().contains("IT60 X054 2811 1010 0000 0123 456"), "{}", saved.text());
    assert!(saved.html().contains("Dati salvati"));
    // Another person sees nothing of it, and who is no citizen has no profile.
    let mut other = Browser::sign_in(&server, "cittadino2").await;
    assert!(!other.get("/profilo").await.text().contains("IT60"));
    let mut office = Browser::sign_in(&server, "operatore").await;
    assert_eq!(office.get("/profilo").await.status, StatusCode::FORBIDDEN);
    assert_eq!(mario.get("/profilo/inventato").await.status, StatusCode::NOT_FOUND);
    let page = mario.get("/profilo/elimina").await;
    let gone = mario.send(page.form_to("/profilo/elimina")).await;
    assert_eq!(gone.path, "/profilo");
    assert!(!gone.text().contains("IT60") && gone.html().contains("cancellati"));
}

#[tokio::test]
async fn contacts_are_of_the_request_and_of_the_profile_only_when_asked() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    let draft = begin(&mut mario, "richiesta-generica").await;
    let page = mario.get(&format!("{draft}/dati")).await;
    let wrong = mario.send(contacts(&page, "mario@", "chiamami")).await;
    assert!(wrong.path.ends_with("/dati?controlla=si"), "{}", wrong.path);
    assert_eq!(wrong.form("telefono").get("email"), Some("mario@"), "as written");
    let skipped = mario.get(&format!("{draft}/riepilogo")).await;
    assert!(skipped.path.ends_with("/dati?controlla=si"), "nothing is filed with them: {}", skipped.path);
    let next = mario.send(contacts(&wrong, "altrove@example.org", "0187 555 0199")).await;
    assert!(!next.path.contains("/dati"), "{}", next.path);
    assert!(!mario.get("/profilo").await.text().contains("altrove@example.org"), "nobody asked for it");
    let page = mario.get(&format!("{draft}/dati")).await;
    let kept = mario.send(contacts(&page, "altrove@example.org", "0187 555 0199").with("salva-contatti", "si")).await;
    assert!(kept.html().contains("salvati nel tuo profilo"));
    assert!(mario.get("/profilo").await.text().contains("altrove@example.org"));
    let step =
        kept.form("m.oggetto").with("m.oggetto", "Panchina").with("m.richiesta", "Chiedo una panchina in piazza.");
    let summary = mario.send(step).await;
    assert!(summary.text().contains("altrove@example.org") && summary.text().contains("0187 555 0199"));
    let done = mario.send(summary.form_to(&format!("{draft}/invia"))).await;
    assert!(done.text().contains("altrove@example.org"), "the copy goes there: {}", done.text());
    // The next request knows them.
    let draft = begin(&mut mario, "richiesta-generica").await;
    let page = mario.get(&format!("{draft}/dati")).await;
    assert_eq!(page.form("telefono").get("email"), Some("altrove@example.org"));
    assert_eq!(page.form("telefono").get("telefono"), Some("0187 555 0199"));
}

/// A step with words and a file, written by hand, so that it may end where it should not.
fn body(parts: &[(&str, Option<&str>, &[u8])], whole: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: image/jpeg")).unwrap_or_default();
        body.extend(format!("--taglio\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    if whole {
        body.extend(b"--taglio--\r\n");
    }
    body
}

#[tokio::test]
async fn a_broken_file_costs_no_word_before_or_behind_it() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    let draft = begin(&mut mario, "passo-carrabile").await;
    let (before, file, behind) = ("m.titoloEdilizio", "m.foto", "m.larghezza");
    let path = format!("{draft}/accesso");
    let photo = foto(1, 60_000);
    let large = vec![0xff; 12 * 1024 * 1024];
    for (what, bytes, whole, expected) in [
        ("too large", large.as_slice(), true, Some("dietro")),
        ("no photo", b"MZ this is a program".as_slice(), true, Some("dietro")),
        ("cut", photo.as_slice(), false, None),
    ] {
        let words = format!("parole {what}");
        let mut parts = vec![(before, None, words.as_bytes()), (file, Some("foto.jpg"), bytes)];
        if let Some(behind_words) = expected {
            parts.push((behind, None, behind_words.as_bytes()));
        }
        let mut sent = body(&parts, whole);
        if !whole {
            sent.truncate(sent.len() - 2_000);
        }
        let page = mario.send_raw(&path, "multipart/form-data; boundary=taglio", sent).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {}", page.text());
        assert!(page.html().contains(&format!("id=\"errore-{file}\"")), "{what}: the reason stands at the file");
        let form = page.form(before);
        assert_eq!(form.get(before), Some(words.as_str()), "{what}");
        assert_eq!(form.get(behind), Some("dietro"), "{what}: what stood behind it, now or before");
    }
}

#[tokio::test]
async fn what_a_request_says_anew_is_kept_when_its_person_says_so() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let servizio = definizione("rimborso-prova", |servizio| {
        let questions = [
            json!({ "nome": "conto", "tipo": "iban", "etichetta": "IBAN", "precompila": "profilo.iban" }),
            json!({ "nome": "auto", "tipo": "gruppo", "voce": "Auto", "etichetta": "Auto", "precompila": "profilo.veicoli",
                "campi": [{ "nome": "targa", "tipo": "testo", "formato": "targa", "etichetta": "Targa" }] }),
        ];
        for question in questions {
            domanda(servizio, question);
        }
    });
    pubblica(&data, &server.api("cittadino"), &servizio).await;
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    let draft = begin(&mut mario, "rimborso-prova").await;
    let page = mario.get(&format!("{draft}/dati")).await;
    let step = mario.send(page.form("telefono")).await;
    let form = step.form("m.conto").with("m.oggetto", "Rimborso").with("m.richiesta", "Chiedo il rimborso.");
    let form = form.with("m.conto", "IT60X0542811101000000123456").with("m.auto.0.targa", "AB123CD");
    let summary = mario.send(form).await;
    let done = mario.send(summary.form_to(&format!("{draft}/invia"))).await;
    assert!(!mario.get("/profilo").await.text().contains("IT60"), "nothing is kept unasked");
    let offer = done.form("gruppo");
    assert!(done.text().contains("IT60 X054 2811 1010 0000 0123 456") && done.text().contains("AB123CD"));
    // Of the two that are offered only one is wanted.
    let back = mario.send(offer.with("gruppo", "iban")).await;
    assert!(back.html().contains("salvati nel tuo profilo"), "{}", back.text());
    let profile = mario.get("/profilo").await.text();
    assert!(profile.contains("IT60 X054") && !profile.contains("AB123CD"), "{profile}");
    assert!(!back.text().contains("IT60 X054") && back.text().contains("AB123CD"), "what is kept is not offered again");
    // The case belongs to its person.
    let mut other = Browser::sign_in(&server, "cittadino2").await;
    let (path, wanted) = (offer_path(&back), b"gruppo=veicoli".to_vec());
    let theirs = other.send_raw(&path, "application/x-www-form-urlencoded", wanted).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

fn offer_path(page: &Page) -> String {
    page.form("gruppo").action().to_owned()
}
