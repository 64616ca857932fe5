//! A real server in a process of its own, and clients that say what they expect.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Path of the program under test, built before the tests.
pub fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("the test knows where it is");
    path.pop();
    path.pop();
    path.push("sportello");
    assert!(path.exists(), "{} is missing: run `cargo build -p sportello` or `cargo xtask test`", path.display());
    path
}

/// Runs the program to its end: whether it succeeded, and what it printed on both outputs.
pub fn sportello(args: &[&str]) -> (bool, String) {
    let output = Command::new(program()).args(args).output().expect("the program starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// A demonstration that runs. Killed when dropped.
pub struct Server {
    child: Child,
    /// Address, such as `http://127.0.0.1:40000`.
    pub url: String,
    /// What it printed when ready.
    pub ready: Value,
}

impl Server {
    /// Starts an empty demonstration on a folder and waits until it is ready.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &["--empty"])
    }

    /// Starts a demonstration with further arguments.
    pub fn start_with(data: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["demo", "--listen", "127.0.0.1:0", "--json", "--data"]).arg(data).args(args);
        Self::spawn(command)
    }

    /// Starts a prepared command that prints the ready line.
    pub fn spawn(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("no ready line but {line:?}; status {:?}", child.try_wait()));
        let url = ready["ready"].as_str().expect("it says where").to_owned();
        Self { child, url, ready }
    }

    /// Bearer token of a persona of the first town.
    pub fn token(&self, persona: &str) -> String {
        self.ready["tokens"][persona].as_str().unwrap_or_else(|| panic!("a token for {persona}")).to_owned()
    }

    /// A client of the API in the name of a persona.
    pub fn api(&self, persona: &str) -> Api {
        Api { http: client(), url: self.url.clone(), token: Some(self.token(persona)), host: None }
    }

    /// Stops it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Stops it politely and says whether it ended well.
    pub fn stop(mut self) -> bool {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("its status is known") {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An HTTP client that follows no redirects.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client")
}

/// A client of `/graphql`.
#[derive(Clone)]
pub struct Api {
    /// The HTTP client.
    pub http: reqwest::Client,
    /// Address of the server.
    pub url: String,
    /// Bearer token.
    pub token: Option<String>,
    /// Host name to send instead of the address.
    pub host: Option<String>,
}

impl Api {
    /// A request to a path with token and host.
    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.post(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(host) = &self.host {
            request = request.header("host", host);
        }
        request
    }

    /// Sends a document; the whole answer, or the transport's error.
    pub async fn try_send(&self, query: &str, variables: Value) -> Result<Value, reqwest::Error> {
        let body = json!({ "query": query, "variables": variables });
        self.post("/graphql").json(&body).send().await?.json().await
    }

    /// Sends a document; the whole answer.
    pub async fn send(&self, query: &str, variables: Value) -> Value {
        self.try_send(query, variables).await.expect("the server answers with JSON")
    }

    /// Sends a document that must succeed; its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.send(query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Files a report; the payload.
    pub async fn segnala(&self, chiave: &str, titolo: &str) -> Value {
        self.data(SEGNALA, json!({ "input": segnalazione(chiave, titolo) })).await["inviaSegnalazione"].clone()
    }
}

/// The mutation that files a report.
pub const SEGNALA: &str = "mutation($input: InviaSegnalazioneInput!) { inviaSegnalazione(input: $input) {
    pratica { id codice tipo stato } protocollo { registro anno numero segnatura data impronta } posizione
    errori { campo codice messaggio } } }";

/// Input of a report about a lamp.
pub fn segnalazione(chiave: &str, titolo: &str) -> Value {
    json!({
        "chiaveIdempotenza": chiave,
        "categoria": "illuminazione",
        "titolo": titolo,
        "dettagli": "Il lampione davanti al civico 12 è spento da tre giorni.",
        "luogo": { "indirizzo": "Via dei Tigli 12", "latitudine": 44.1815, "longitudine": 8.2632 },
        "allegati": [],
    })
}

/// A key that no other test uses.
pub fn chiave(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Waits until a condition holds, at most ten seconds.
pub async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(Instant::now() < deadline, "{what} did not happen in ten seconds");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
