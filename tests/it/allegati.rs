//! Files before and after they are filed: what is kept of them, for how long, who is told, and at what cost.

use crate::support::pages::Browser;
use crate::support::town::{Town, at};
use crate::support::{Data, Server, foto, segnalazione};
use app::InviaSegnalazione;
use app::allegati::{Pulizia, limits};
use app::ports::{Declared, Posizione, Upload};
use futures_util::{StreamExt as _, future, stream};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes of memory that the program may hold while many files arrive at once.
const MEMORIA: u64 = 300 * 1024 * 1024;

async fn carica(town: &Town, seed: u8) -> Upload {
    let bytes = foto(seed, 9_000);
    let bytes = stream::once(async move { Ok::<_, io::Error>(bytes.into()) }).boxed();
    let declared = Declared { nome: "foto.jpg".into(), formato: None };
    town.app.carica(&town.cittadino(), declared, Posizione::Togli, bytes).await.expect("it is taken").upload
}

fn pulizia(town: &Town) -> Pulizia {
    Pulizia {
        store: town.parts.store.clone(),
        work: town.parts.work.clone(),
        documents: town.parts.documents.clone(),
        clock: town.parts.clock.clone(),
        enti: town.parts.enti.all().to_vec(),
        nodo: "prova".into(),
    }
}

async fn there(town: &Town, upload: &Upload) -> bool {
    town.parts.documents.get(&upload.ente, upload.id, &upload.impronta).await.is_ok()
}

async fn file(town: &Town, upload: &Upload) {
    let input = InviaSegnalazione {
        categoria: "illuminazione".into(),
        titolo: "Lampione spento".into(),
        dettagli: "Il lampione davanti al civico 12 è spento.".into(),
        indirizzo: "Via dei Tigli 12".into(),
        allegati: vec![upload.id],
        ..InviaSegnalazione::default()
    };
    let key = upload.id.to_string();
    town.app.invia_segnalazione(&town.cittadino(), &key, input).await.expect("it is filed");
}

#[tokio::test]
async fn what_nobody_filed_goes_after_a_day_and_what_was_filed_stays() {
    let start = at("2026-03-06T09:00:00Z");
    let town = Town::open(start).await;
    let (filed, left) = (carica(&town, 1).await, carica(&town, 2).await);
    file(&town, &filed).await;
    let sweep = pulizia(&town);
    sweep.sweep().await.expect("a round");
    assert!(there(&town, &filed).await && there(&town, &left).await, "nothing goes before its time");
    town.clock.set(start + limits::ATTESA + SignedDuration::from_secs(1));
    sweep.sweep().await.expect("a round");
    let known = town.app.caricati(&town.cittadino(), &[filed.id, left.id]).await.expect("they are looked up");
    assert_eq!(known, std::slice::from_ref(&filed), "forgotten, so that nobody files it any more");
    assert!(there(&town, &left).await, "but there for a filing that had just looked it up");
    town.clock.set(start + limits::ATTESA + limits::RESPIRO + SignedDuration::from_secs(1));
    sweep.sweep().await.expect("a round");
    assert!(there(&town, &filed).await && !there(&town, &left).await);
}

#[tokio::test]
async fn lost_working_data_costs_no_filed_file() {
    let start = at("2026-03-06T09:00:00Z");
    let town = Town::open(start).await;
    let (filed, left) = (carica(&town, 1).await, carica(&town, 2).await);
    file(&town, &filed).await;
    // As after the loss of the working database: the process begins again, and no upload is known.
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("lavoro.db").display());
    let work = workstate::SqlWorkState::open(&url).await.expect("an empty working database");
    town.clock.set(start + SignedDuration::from_hours(26));
    let sweep = Pulizia { work: std::sync::Arc::new(work), ..pulizia(&town) };
    sweep.sweep().await.expect("a round");
    assert!(there(&town, &filed).await && !there(&town, &left).await);
}

#[tokio::test]
async fn a_day_holds_so_many_files_and_no_more() {
    let town = Town::open(at("2026-03-06T09:00:00Z")).await;
    let first = carica(&town, 0).await;
    let room = app::ports::Quota { dal: first.caricato_il, numero: u64::MAX >> 1, byte: u64::MAX >> 1 };
    for _ in 1..limits::AL_GIORNO {
        let id = domain::ids::AllegatoId(town.app.ids().uuid(first.caricato_il));
        assert!(town.parts.work.put_upload(Upload { id, ..first.clone() }, room).await.expect("it is kept"));
    }
    let declared = Declared { nome: "foto.jpg".into(), formato: None };
    let never = stream::pending().boxed();
    let refused = town.app.carica(&town.cittadino(), declared, Posizione::Togli, never).await;
    let Err(app::AppError::Rifiutato(errori)) = refused else { panic!("{refused:?}") };
    assert_eq!(errori[0].codice, "troppi-caricamenti");
    town.clock.set(first.caricato_il + SignedDuration::from_hours(25));
    carica(&town, 1).await;
}

#[tokio::test]
async fn a_destroyed_key_takes_the_files_of_its_person() {
    let town = Town::open(at("2026-03-06T09:00:00Z")).await;
    let upload = carica(&town, 1).await;
    let (keys, ente, person) = (town.parts.keys.clone(), upload.ente.clone(), upload.proprietario.0);
    tokio::task::spawn_blocking(move || keys.destroy(&ente, person)).await.unwrap().expect("it is destroyed");
    let gone = town.parts.documents.get(&upload.ente, upload.id, &upload.impronta).await.err();
    assert!(matches!(gone, Some(app::ports::DocumentError::Destroyed)), "{gone:?}");
}

/// Sends a head that claims a length and nothing more; the status that comes back, and how soon.
async fn claim(server: &Server, path: &str, length: u64) -> (u16, Duration) {
    let address = server.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let token = server.token("cittadino");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n"
    );
    let began = Instant::now();
    socket.write_all(head.as_bytes()).await.expect("it is sent");
    let mut answer = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read_exact(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text[9..12].parse().expect("a status"), began.elapsed())
}

#[tokio::test]
async fn five_gigabytes_are_refused_by_their_claim() {
    let data = Data::new().await;
    let server = Server::start(&data);
    for path in ["/api/allegati", "/segnala"] {
        let (status, took) = claim(&server, path, 5 * 1024 * 1024 * 1024).await;
        assert_eq!(status, 413, "{path}");
        assert!(took < Duration::from_secs(2), "{path}: {took:?}");
    }
}

/// Memory that a process holds now.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line for it");
    let kib: u64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kib * 1024
}

/// Fifty large photos at once: every other one has twenty megabytes and is refused where it grows too large.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_large_files_at_once_do_not_fill_the_memory() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    let upload = |n: usize| {
        let (api, large) = (api.clone(), n.is_multiple_of(2));
        async move {
            let mib: usize = if large { 20 } else { 10 };
            let whole = 16 * mib;
            // Made while they are sent: the test holds no photos either. No length is claimed beforehand.
            let body = stream::iter(0..whole).map(move |piece| {
                let bytes = if piece == 0 { foto(n as u8, 65_536) } else { vec![piece as u8; 65_536] };
                Ok::<_, io::Error>(bytes)
            });
            let part = reqwest::multipart::Part::stream(reqwest::Body::wrap_stream(body)).file_name("foto.jpg");
            let form = reqwest::multipart::Form::new().part("file", part);
            let answer = api.post("/api/allegati").multipart(form).timeout(Duration::from_mins(5)).send().await;
            answer.expect("an answer, whatever was sent").status()
        }
    };
    let pid = server.pid();
    let mut sent = Box::pin(future::join_all((0..50).map(upload)));
    let mut most = 0;
    let statuses = loop {
        tokio::select! {
            statuses = &mut sent => break statuses,
            () = tokio::time::sleep(Duration::from_millis(20)) => most = most.max(memory(pid)),
        }
    };
    for (n, status) in statuses.into_iter().enumerate() {
        let expected = if n % 2 == 0 { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::CREATED };
        assert_eq!(status, expected, "file {n}");
    }
    println!("{} MiB at most", most / 1024 / 1024);
    assert!(most < MEMORIA, "{} MiB", most / 1024 / 1024);
}

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        std::fs::read(&path).expect("a file").windows(needle.len()).any(|window| window == needle)
    })
}

#[tokio::test]
async fn each_download_is_in_the_audit_trail_and_the_disk_tells_nothing() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    let text = "Il mio conto corrente è scoperto da sempre.\n".repeat(50);
    let answer = api.carica("nota.txt", "text/plain", text.clone().into_bytes()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let answer: Value = answer.json().await.expect("JSON");
    let mut input = segnalazione("scaricata", "Lampione spento");
    input["allegati"] = json!([answer["id"]]);
    let payload = api.try_segnala(input).await;
    let pratica = api.pratica(payload["pratica"]["id"].as_str().expect("an id")).await;
    let url = pratica["allegati"][0]["url"].as_str().expect("an address");
    assert!(!holds(&data.path().join("documenti"), b"conto corrente"));

    let mut citizen = Browser::sign_in(&server, "cittadino").await;
    let mut office = Browser::sign_in(&server, "operatore").await;
    for browser in [&mut citizen, &mut office] {
        let file = browser.get(url).await;
        assert_eq!((file.status, file.text()), (StatusCode::OK, text.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    let mut other = Browser::sign_in(&server, "cittadino2").await;
    assert_eq!(other.get(url).await.status, StatusCode::NOT_FOUND);
    let audit = "{ audit(first: 100) { edges { node { evento ruolo canale } } } }";
    let found = server.api("protocollo").data(audit, json!({})).await["audit"].clone();
    let rows = found["edges"].as_array().expect("a list").iter().map(|edge| &edge["node"]);
    let mut ruoli: Vec<&str> =
        rows.filter(|row| row["evento"] == "DocumentoScaricato").filter_map(|row| row["ruolo"].as_str()).collect();
    ruoli.sort_unstable();
    assert_eq!(ruoli, ["cittadino", "operatore"], "{found:#}");
}
