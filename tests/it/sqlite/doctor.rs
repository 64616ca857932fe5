//! What `sportello doctor` says of good and bad configurations.

use crate::support::{Data, Server, sportello};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// The shipped example, at home on this machine, in a file.
fn config(folder: &Path, change: impl Fn(String) -> String) -> PathBuf {
    let text = include_str!("../../../deploy/sportello.toml");
    let data = folder.join("data");
    let mut text = text.replace("\"127.0.0.1:8080\"", "\"127.0.0.1:0\"");
    text = text.replace("\"/var/lib/sportello\"", &format!("{:?}", data.to_str().expect("text")));
    let path = folder.join("sportello.toml");
    std::fs::write(&path, change(text)).expect("it is written");
    path
}

fn doctor(path: &Path) -> (bool, String) {
    sportello(&["doctor", "--config", path.to_str().expect("text")])
}

/// A mail server as far as the doctor looks: something listens.
fn mail() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn with_mail(text: String, port: u16) -> String {
    text.replace("mail.example.org\"", "127.0.0.1\"").replace("port = 587", &format!("port = {port}"))
}

#[test]
fn a_good_configuration_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let (_listener, port) = mail();
    let path = config(folder.path(), |text| with_mail(text, port));
    let (success, said) = doctor(&path);
    assert!(success, "{said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("ok ")).collect();
    assert!(lines.len() >= 5 && !said.contains("WRONG"), "{said}");
    assert!(!folder.path().join("data").exists(), "the doctor leaves nothing behind");
}

#[test]
fn everything_wrong_is_said_at_once_with_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    let (taken, address) = mail();
    let closed = {
        let (_listener, port) = mail();
        port
    };
    let path = config(folder.path(), |text| {
        with_mail(text, closed)
            .replace("\"127.0.0.1:0\"", &format!("\"127.0.0.1:{address}\""))
            .replace("/data\"", "/manca/del/tutto\"")
            .replace("tls = true", "tls = false")
            .replace("codice = \"urp\"", "codice = \"altro\"")
    });
    let (success, said) = doctor(&path);
    drop(taken);
    assert!(!success, "{said}");
    let wrong: Vec<&str> = said.lines().filter(|line| line.starts_with("WRONG")).collect();
    for clue in ["urp", "manca/del/tutto", &format!("127.0.0.1:{address}"), "tls", &format!("127.0.0.1:{closed}")] {
        assert!(wrong.iter().any(|line| line.contains(clue)), "nothing about {clue}: {said}");
    }
}

#[test]
fn a_key_that_is_not_known_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (good, bad) in [("\nlisten =", "\nlissten ="), ("per_second =", "per_secondo ="), ("\nmotto =", "\nmoto =")] {
        let path = config(folder.path(), |text| text.replace(good, bad));
        for command in ["doctor", "serve"] {
            let (success, said) = sportello(&[command, "--config", path.to_str().unwrap()]);
            let name = bad.trim().trim_end_matches(" =");
            assert!(!success && said.contains(name), "{command} with {name}: {said}");
        }
    }
    let (success, said) = doctor(&folder.path().join("manca.toml"));
    assert!(!success && said.contains("manca.toml"), "{said}");
}

#[tokio::test]
async fn a_folder_in_use_a_lost_key_and_a_changed_log_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_listener, port) = mail();
    let path = config(folder.path(), |text| with_mail(text, port));

    let server = Server::start(&Data::folder(&data));
    server.api("cittadino").segnala("uno", "Lampione spento").await;
    let (success, said) = doctor(&path);
    assert!(!success && said.contains(&format!("pid {}", server.pid())), "{said}");
    assert!(server.stop());
    let (success, said) = doctor(&path);
    assert!(success, "{said}");

    std::fs::rename(data.join("master.key"), data.join("altrove.key")).unwrap();
    let (success, said) = doctor(&path);
    assert!(!success && said.contains("master.key"), "{said}");
    std::fs::rename(data.join("altrove.key"), data.join("master.key")).unwrap();

    let conn = rusqlite::Connection::open(data.join("registro.db")).unwrap();
    conn.execute_batch("UPDATE ente_head SET position = position + 1").unwrap();
    drop(conn);
    let (success, said) = doctor(&path);
    assert!(!success && said.lines().any(|line| line.starts_with("WRONG") && line.contains("log")), "{said}");
}
