//! How a relay's answers are taken, against a relay of a few lines.

use crate::notifiche::{SicurezzaSmtp, SmtpConfig, SmtpMailer};
use crate::ports::{MailError, Mailer, Messaggio};
use eventstore::ManualClock;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// A relay that answers a command beginning with `at` with `answer` and everything else kindly. Gives its port.
async fn relay(at: &'static str, answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (read, mut write) = socket.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut say = String::from("220 relay\r\n");
            let mut in_data = false;
            loop {
                if write.write_all(say.as_bytes()).await.is_err() {
                    break;
                }
                let Ok(Some(line)) = lines.next_line().await else { break };
                say = match line.as_str() {
                    "." if in_data => {
                        in_data = false;
                        if at == "." { format!("{answer}\r\n") } else { "250 queued\r\n".into() }
                    }
                    _ if in_data => String::new(),
                    _ if line.starts_with(at) => format!("{answer}\r\n"),
                    _ if line.starts_with("EHLO") => "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 SMTPUTF8\r\n".into(),
                    _ if line.starts_with("DATA") => {
                        in_data = true;
                        "354 go on\r\n".into()
                    }
                    _ => "250 fine\r\n".into(),
                };
            }
        }
    });
    port
}

fn config(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        tls: SicurezzaSmtp::None,
        user: None,
        password: None,
        timeout: Duration::from_secs(5),
    }
}

async fn send(config: SmtpConfig) -> Result<(), MailError> {
    let clock = Arc::new(ManualClock::new("2026-03-06T09:30:00Z".parse().unwrap()));
    let message = Messaggio {
        destinatario: "mario.rossi@example.org".into(),
        nome: "Mario Rossi".into(),
        mittente: "sportello@comune.example.org".into(),
        mittente_nome: "Comune di Montelume".into(),
        oggetto: "Ricevuta".into(),
        testo: "Gentile Mario".into(),
        html: "<p>Gentile Mario</p>".into(),
        acclusi: Vec::new(),
        id: "7@comune.example.org".into(),
    };
    SmtpMailer::new(config, clock).unwrap().send(&message).await
}

fn with_password(port: u16) -> SmtpConfig {
    SmtpConfig { user: Some("sportello".into()), password: Some("segreta".into()), ..config(port) }
}

#[tokio::test]
async fn a_relay_that_takes_the_message_has_it() {
    assert_eq!(send(config(relay("nothing", "").await)).await, Ok(()));
    assert_eq!(send(with_password(relay("AUTH", "235 welcome").await)).await, Ok(()));
}

#[tokio::test]
async fn a_refusal_of_the_message_is_permanent() {
    for (at, answer) in [("RCPT", "550 5.1.1 unknown"), ("MAIL", "553 no"), (".", "554 5.7.1 spam")] {
        match send(config(relay(at, answer).await)).await {
            Err(MailError::Permanent(reason)) => assert!(reason.contains(&answer[4..]), "{reason}"),
            other => panic!("{at}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_may_pass_is_temporary() {
    for (at, answer) in
        [("RCPT", "450 4.2.0 greylisted"), ("DATA", "451 later"), (".", "452 full"), ("EHLO", "421 busy")]
    {
        let answered = send(config(relay(at, answer).await)).await;
        assert!(matches!(answered, Err(MailError::Temporary(_))), "{at}: {answered:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_gives_no_message_up() {
    let answered = send(with_password(relay("AUTH", "535 5.7.8 wrong").await)).await;
    assert!(matches!(answered, Err(MailError::Temporary(_))), "{answered:?}");
}

#[tokio::test]
async fn a_relay_that_is_away_or_silent_is_temporary() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    assert!(matches!(send(config(port)).await, Err(MailError::Temporary(_))));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let hurried = SmtpConfig { timeout: Duration::from_millis(100), ..config(port) };
    assert!(matches!(send(hurried).await, Err(MailError::Temporary(_))));
}

#[test]
fn passwords_do_not_reach_logs() {
    assert!(!format!("{:?}", with_password(25)).contains("segreta"));
}
