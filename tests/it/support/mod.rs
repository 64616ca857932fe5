//! A real server in a process of its own, and clients that say what they expect.

pub mod data;
pub mod filings;
pub mod log;
pub mod mailbox;
pub mod nodes;
pub mod pages;
pub mod proxy;
pub mod python;
pub mod reads;
pub mod servizi;
pub mod smtp;
pub mod town;

pub use data::Data;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
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
    log: File,
    /// Address, such as `http://127.0.0.1:40000`.
    pub url: String,
    /// What it printed when ready.
    pub ready: Value,
}

impl Server {
    /// Starts an empty demonstration and waits until it is ready.
    pub fn start(data: &Data) -> Self {
        Self::start_with(data, &["--empty"])
    }

    /// Starts a demonstration with further arguments.
    pub fn start_with(data: &Data, args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["demo", "--listen", "127.0.0.1:0", "--json"]).args(data.args()).args(args);
        Self::spawn(command)
    }

    /// Starts a prepared command that prints the ready line.
    pub fn spawn(mut command: Command) -> Self {
        let log = tempfile::tempfile().expect("a file for its log");
        command.stdout(Stdio::piped()).stderr(log.try_clone().expect("the file can be shared"));
        let mut child = command.spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("it prints a line");
        let server = |ready: Value| {
            let url = ready["ready"].as_str().expect("it says where").to_owned();
            Self { child, url, ready, log: log.try_clone().expect("the file can be shared") }
        };
        match serde_json::from_str(&line) {
            Ok(ready) => server(ready),
            Err(error) => panic!("no ready line ({error}) but {line:?}; it said: {}", tail(&log)),
        }
    }

    /// The end of its log.
    pub fn said(&self) -> String {
        tail(&self.log)
    }

    /// Bearer token of a persona of the first town.
    pub fn token(&self, persona: &str) -> String {
        self.ready["tokens"][persona].as_str().unwrap_or_else(|| panic!("a token for {persona}")).to_owned()
    }

    /// A client of the API in the name of a persona.
    pub fn api(&self, persona: &str) -> Api {
        Api { http: client(), url: self.url.clone(), token: Some(self.token(persona)), host: None }
    }

    /// Host name of the second town.
    pub fn second_host(&self) -> String {
        self.ready["enti"][1]["host"].as_str().expect("the second town has a host").to_owned()
    }

    /// A client of the second town's API.
    pub fn second_api(&self, persona: &str) -> Api {
        let token = self.ready["enti"][1]["tokens"][persona].as_str().expect("the persona has a token").to_owned();
        Api { token: Some(token), host: Some(self.second_host()), ..self.api(persona) }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
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

/// The last lines of a log that somebody else writes.
fn tail(log: &File) -> String {
    const ENOUGH: u64 = 20_000;
    let size = log.metadata().expect("it is a file").len();
    let mut bytes = vec![0; usize::try_from(size.min(ENOUGH)).expect("not much")];
    log.read_exact_at(&mut bytes, size.saturating_sub(ENOUGH)).expect("it is read");
    String::from_utf8_lossy(&bytes).into_owned()
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
        .timeout(Duration::from_mins(1))
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
        self.as_whom(self.http.post(format!("{}{path}", self.url)))
    }

    fn as_whom(&self, mut request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
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

    /// Files a report that must be taken; the payload.
    pub async fn segnala(&self, chiave: &str, titolo: &str) -> Value {
        let payload = self.try_segnala(segnalazione(chiave, titolo)).await;
        assert_eq!(payload["errori"], json!([]), "{payload:#}");
        payload
    }

    /// Files a report; the payload, which may be a refusal.
    pub async fn try_segnala(&self, input: Value) -> Value {
        self.data(SEGNALA, json!({ "input": input })).await["inviaSegnalazione"].clone()
    }

    /// Files a request; the payload, which may be a refusal.
    pub async fn presenta(&self, chiave: &str, modulo: Value) -> Value {
        let input =
            json!({ "chiaveIdempotenza": chiave, "servizio": "richiesta-generica", "versione": 1, "modulo": modulo });
        self.data(PRESENTA, json!({ "input": input })).await["presentaIstanza"].clone()
    }

    /// A step of an office on a case (`prendiInCarico`, `avviaLavorazione`, `concludi`) that must be taken; the payload.
    pub async fn step(&self, name: &str, id: &str, messaggio: Option<&str>) -> Value {
        let input = name[..1].to_uppercase() + &name[1..] + "Input";
        let query = format!("mutation($input: {input}!) {{ {name}(input: $input) {{ {ESITO} }} }}");
        let mut input = json!({ "chiaveIdempotenza": chiave(name), "praticaId": id });
        if let Some(messaggio) = messaggio {
            input["messaggio"] = messaggio.into();
        }
        let payload = self.data(&query, json!({ "input": input })).await[name].clone();
        assert_eq!(payload["errori"], json!([]), "{payload:#}");
        payload
    }

    /// A case; null when there is none for this person.
    pub async fn pratica(&self, id: &str) -> Value {
        self.data(PRATICA, json!({ "id": id })).await["pratica"].clone()
    }

    /// Sends a file to be filed later; the answer.
    pub async fn carica(&self, nome: &str, formato: &str, bytes: Vec<u8>) -> reqwest::Response {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(nome.to_owned());
        let part = part.mime_str(formato).expect("a media type");
        let form = reqwest::multipart::Form::new().part("file", part);
        self.post("/api/allegati").multipart(form).send().await.expect("an answer, whatever was sent")
    }

    /// Numbers of the register of a year, as the protocol office sees them, in descending order.
    pub async fn registro(&self, anno: i64, dopo: Option<u64>) -> Vec<u64> {
        let (mut numbers, mut after) = (Vec::new(), None::<String>);
        loop {
            let vars = json!({ "anno": anno, "after": after, "dopo": dopo });
            let page = self.data(REGISTRO, vars).await["registro"].clone();
            let rows = page["edges"].as_array().expect("a page has edges");
            numbers.extend(rows.iter().map(|row| row["node"]["protocollo"]["numero"].as_u64().expect("a number")));
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(page["totalCount"], numbers.len(), "the total is that of all pages");
                return numbers;
            }
            after = page["pageInfo"]["endCursor"].as_str().map(str::to_owned);
        }
    }
}

/// What the answer of a mutation on a case is asked for.
pub const ESITO: &str = "pratica { id codice tipo stato } protocollo { registro anno numero segnatura data impronta }
    posizione errori { campo codice messaggio }";

/// The mutation that files a request.
pub const PRESENTA: &str = "mutation($input: PresentaIstanzaInput!) { presentaIstanza(input: $input) {
    pratica { id codice tipo stato } protocollo { registro anno numero segnatura data impronta } posizione
    errori { campo codice messaggio } } }";

/// A case with its history.
pub const PRATICA: &str =
    "query($id: ID!, $alla: DateTime, $dopo: Posizione) { pratica(id: $id, alla: $alla, dopo: $dopo) {
    id codice tipo stato titolo descrizione inviataIl scadenza posizione riservato
    protocollo { registro anno numero segnatura data impronta } richiedente { nomeCompleto }
    termine { giorni dal scadenza } documento { impronta url }
    allegati { nome formato dimensione impronta url }
    risposta { messaggio protocollo { numero segnatura } }
    storia { evento quando registratoIl titolo descrizione attore messaggio segnatura scadenza posizione } } }";

/// A page of the register.
pub const REGISTRO: &str = "query($anno: Int, $after: String, $dopo: Posizione) {
    registro(anno: $anno, first: 100, after: $after, dopo: $dopo) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { protocollo { numero anno } } } } }";

/// The names of the events of a case's history, in order.
pub fn eventi(pratica: &Value) -> Vec<&str> {
    let storia = pratica["storia"].as_array().expect("a history");
    storia.iter().map(|passo| passo["evento"].as_str().expect("an event has a name")).collect()
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

/// Waits until a condition holds, at most thirty seconds.
pub async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition().await {
        assert!(Instant::now() < deadline, "{what} did not happen in thirty seconds");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A small photo, as far as anyone looks: the head of a JPEG file and then noise that `seed` tells from others.
pub fn foto(seed: u8, bytes: usize) -> Vec<u8> {
    let mut photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb".to_vec();
    photo.extend((photo.len()..bytes).map(|i| (i % 251) as u8 ^ seed));
    photo
}

/// SHA-256 in hexadecimal digits.
pub fn impronta(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}
