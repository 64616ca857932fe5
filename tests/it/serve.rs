//! The program as an installation runs it: from a configuration file, behind its own host names.

use crate::support::{Data, client, eventually, program};
use reqwest::{StatusCode, header};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// `sportello serve`. Killed when dropped.
struct Serve {
    child: Child,
    url: String,
}

impl Serve {
    /// With the shipped example, at home in a folder; mail goes into a folder too.
    fn start(data: &Data) -> Self {
        let folder = data.path();
        let text = include_str!("../../deploy/sportello.toml");
        let (before, rest) = text.split_once("[mail]").expect("a section of mail");
        let rest = &rest[rest.find("# One section for each").expect("the enti follow")..];
        let mail = format!("[mail]\nmode = \"folder\"\ndir = {:?}\n\n", folder.join("posta").to_str().expect("text"));
        let text = format!("{before}{mail}{rest}")
            .replace("\"127.0.0.1:8080\"", "\"127.0.0.1:0\"")
            .replace("\"/var/lib/sportello\"", &format!("{:?}", folder.join("data").to_str().expect("text")));
        let database = data.url().map(|url| format!("database = {url:?}\n")).unwrap_or_default();
        let text = database + &text;
        let path = folder.join("sportello.toml");
        std::fs::write(&path, text).expect("it is written");
        let mut child = Command::new(program())
            .args(["--log-format", "json", "serve", "--config"])
            .arg(path)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log is piped")).lines();
        let url = loop {
            let line = lines.next().expect("it says where it serves").expect("text");
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON but {line}"));
            if let Some(address) = line["address"].as_str() {
                break format!("http://{address}");
            }
        };
        // Nobody waits at the other end of a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

const HOST: &str = "servizi.comune.esempio.xx.it";

#[tokio::test]
async fn an_installation_serves_its_own_hosts_and_stops_when_told() {
    let data = Data::new().await;
    let serve = Serve::start(&data);
    let http = client();
    let get = async |path: &str, host: &str| {
        let request = http.get(format!("{}{path}", serve.url)).header(header::HOST, host);
        request.send().await.expect("it answers")
    };
    assert_eq!(get("/healthz", "any").await.status(), StatusCode::OK);
    // Not before the read models of the new log answer.
    eventually("it is ready", || async { get("/readyz", "any").await.status() == StatusCode::OK }).await;
    assert_eq!(get("/readyz", "any").await.json::<Value>().await.unwrap()["pronto"], true);
    let measured = || async { get("/metrics", "any").await.text().await.is_ok_and(|text| text.contains("# TYPE")) };
    eventually("something is measured", measured).await;

    let home = get("/", HOST).await;
    assert_eq!(home.status(), StatusCode::OK);
    for (name, part) in [
        ("content-security-policy", "default-src 'self'"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ] {
        assert!(home.headers()[name].to_str().unwrap().contains(part), "{name}");
    }
    let page = home.text().await.unwrap();
    assert!(page.contains("Comune di Esempio") && !page.contains("<script>"), "no script stands in the page itself");
    // A name that belongs to no ente is nobody's, and says nothing of who is served here.
    let stranger = get("/", "altro.example.org").await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    assert!(!stranger.text().await.unwrap().contains("Esempio (XX)"));
    // Without a provider nobody signs in, and the page says so.
    assert_eq!(get("/accedi", HOST).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let forced = http.post(format!("{}/accedi", serve.url)).header(header::HOST, HOST);
    let forced = forced.form(&[("persona", "cittadino")]).send().await.unwrap();
    assert!(!forced.status().is_redirection() && forced.headers().get(header::SET_COOKIE).is_none());
    // The demonstration's doors are closed.
    assert_eq!(get("/posta", HOST).await.status(), StatusCode::NOT_FOUND);
    assert!(serve.stop());

    // The master key is for its owner alone.
    let key = std::fs::metadata(data.path().join("data/master.key")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o077, 0);
}

#[test]
fn what_is_missing_is_said_in_a_sentence() {
    let (success, said) = crate::support::sportello(&["serve", "--config", "/manca/sportello.toml"]);
    assert!(!success && said.contains("/manca/sportello.toml"), "{said}");
    let (success, said) = crate::support::sportello(&["verify", "--data", "/manca"]);
    assert!(!success && said.contains("/manca"), "{said}");
    let (success, said) = crate::support::sportello(&["schema"]);
    assert!(success && said.contains("inviaSegnalazione("), "{said}");
    let (success, said) = crate::support::sportello(&["--help"]);
    assert!(success && ["demo", "serve", "verify", "rebuild", "doctor"].iter().all(|c| said.contains(c)), "{said}");
}
