//! Messages as they travel, read back by another library.

use super::finti::{ENTE, ente};
use crate::notifiche::FolderMailer;
use crate::ports::{Accluso, MailError, Mailer, Messaggio};
use eventstore::ManualClock;
use jiff::{SignedDuration, Timestamp};
use mail_parser::{Address, MessageParser, MimeHeaders as _};
use std::path::Path;
use std::sync::Arc;

fn messaggio() -> Messaggio {
    Messaggio {
        destinatario: "mario.rossi@example.org".into(),
        nome: "Mario Rossi, detto \"Màrio\"".into(),
        mittente: ente().email,
        mittente_nome: ente().denominazione,
        oggetto: "Ricevuta prot. 0000012/2026 - è già attività".into(),
        testo: "Gentile Mario,\nè arrivata.\n".into(),
        html: "<p>Gentile Mario, è arrivata.</p>\n".into(),
        acclusi: Vec::new(),
        id: "00000000-0000-0000-0000-000000000007.email@comune.example.org".into(),
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mailer(dir: &Path) -> (FolderMailer, Arc<ManualClock>, Timestamp) {
    let at: Timestamp = "2026-03-06T09:30:00.000123Z".parse().unwrap();
    let clock = Arc::new(ManualClock::new(at));
    (FolderMailer::new(dir.to_owned(), vec![Arc::new(ente())], clock.clone()), clock, at)
}

#[tokio::test]
async fn a_message_in_the_folder_is_whole_and_readable() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, _, at) = mailer(dir.path());
    mailer.send(&messaggio()).await.unwrap();
    let [name] = <[_; 1]>::try_from(names(&dir.path().join(ENTE))).unwrap();
    assert!(name.starts_with("20260306T093000.000123Z-00000000-0000"), "{name}");
    let bytes = std::fs::read(dir.path().join(ENTE).join(name)).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    let first = |address: Option<&Address<'_>>| {
        let address = address.and_then(|a| a.first()).unwrap();
        (address.name().unwrap_or_default().to_owned(), address.address().unwrap().to_owned())
    };
    assert_eq!(first(parsed.to()), (messaggio().nome, messaggio().destinatario));
    assert_eq!(first(parsed.from()), ("Comune di Montelume".into(), messaggio().mittente));
    assert_eq!(parsed.subject(), Some(messaggio().oggetto.as_str()));
    assert_eq!(parsed.message_id(), Some(messaggio().id.as_str()));
    assert_eq!(parsed.date().unwrap().to_timestamp(), at.as_second());
    assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), messaggio().testo);
    assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n"), messaggio().html);
}

#[tokio::test]
async fn files_go_with_the_message_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, ..) = mailer(dir.path());
    // Every byte, line ends and the sign that ends a message among them.
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).chain(*b"\r\n.\r\n").collect();
    let nome = "ricevuta-SG-7K3M-Q2XF-9D4C.pdf\r\nX: y";
    let accluso = Accluso { nome: nome.into(), formato: "application/pdf", bytes: bytes.clone().into() };
    mailer.send(&Messaggio { acclusi: vec![accluso], ..messaggio() }).await.unwrap();
    let [name] = <[_; 1]>::try_from(names(&dir.path().join(ENTE))).unwrap();
    let raw = std::fs::read(dir.path().join(ENTE).join(name)).unwrap();
    assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 998), "lines of a message have a limit (RFC 5321)");
    let parsed = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), messaggio().testo);
    assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n"), messaggio().html);
    let [file] = <[_; 1]>::try_from(parsed.attachments().collect::<Vec<_>>()).unwrap();
    assert_eq!(file.contents(), bytes);
    assert!(file.attachment_name().unwrap().starts_with("ricevuta-SG-7K3M-Q2XF-9D4C.pdf"));
    assert!(parsed.header("X").is_none());
    let kind = file.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("application", Some("pdf")));
}

#[tokio::test]
async fn names_sort_by_time_and_nothing_else_stays_in_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, clock, at) = mailer(dir.path());
    for n in [3, 1, 2] {
        clock.set(at + SignedDuration::from_secs(n));
        mailer.send(&Messaggio { id: format!("{}@x", 9 - n), ..messaggio() }).await.unwrap();
    }
    let expected: Vec<_> = [1, 2, 3].map(|n| format!("20260306T09300{n}.000123Z-{}-x.eml", 9 - n)).into();
    assert_eq!(names(&dir.path().join(ENTE)), expected);
}

#[tokio::test]
async fn an_id_is_no_path_and_an_unknown_sender_has_a_folder_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, ..) = mailer(dir.path());
    let stray = Messaggio { id: "../../x".into(), mittente: "altro@example.org".into(), ..messaggio() };
    mailer.send(&stray).await.unwrap();
    assert_eq!(names(dir.path()), ["altri"]);
    assert_eq!(names(&dir.path().join("altri")), ["20260306T093000.000123Z-------x.eml"]);
}

#[tokio::test]
async fn a_name_cannot_add_headers() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, ..) = mailer(dir.path());
    let evil = Messaggio {
        nome: "Mario\r\nBcc: altri@example.org".into(),
        oggetto: "a\r\nBcc: b@example.org".into(),
        ..messaggio()
    };
    mailer.send(&evil).await.unwrap();
    let [name] = <[_; 1]>::try_from(names(&dir.path().join(ENTE))).unwrap();
    let bytes = std::fs::read(dir.path().join(ENTE).join(name)).unwrap();
    assert!(MessageParser::default().parse(&bytes).unwrap().bcc().is_none());
}

#[tokio::test]
async fn an_impossible_address_is_permanent_and_the_entes_own_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (mailer, ..) = mailer(dir.path());
    let wrong = Messaggio { destinatario: "mario chiocciola example".into(), ..messaggio() };
    assert!(matches!(mailer.send(&wrong).await, Err(MailError::Permanent(_))));
    let unset = Messaggio { mittente: String::new(), ..messaggio() };
    assert!(matches!(mailer.send(&unset).await, Err(MailError::Temporary(_))));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_temporary() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("in-the-way");
    std::fs::write(&file, b"").unwrap();
    let (mailer, ..) = mailer(&file);
    assert!(matches!(mailer.send(&messaggio()).await, Err(MailError::Temporary(_))));
}
