//! Files before and after they are filed: what is kept of them, for how long, who is told, and at what cost.

use crate::support::log::PRIMO;
use crate::support::pages::Browser;
use crate::support::servizi::{allegato, definizione, domanda, pubblica};
use crate::support::town::{Town, at};
use crate::support::{Api, Data, PRESENTA, Server, foto, segnalazione};
use app::InviaSegnalazione;
use app::allegati::{Pulizia, limits};
use app::ports::{Declared, Posizione, Upload};
use domain::allegato::MAX_BYTES;
use futures_util::{StreamExt as _, future, stream};
use jiff::SignedDuration;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
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
    town.app.carica(&town.cittadino(), declared, Posizione::Togli, MAX_BYTES, bytes).await.expect("it is taken").upload
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
    let refused = town.app.carica(&town.cittadino(), declared, Posizione::Togli, MAX_BYTES, never).await;
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
    claim_with(server, path, length, &format!("Authorization: Bearer {}", server.token("cittadino"))).await
}

/// The same, as whoever a header says.
async fn claim_with(server: &Server, path: &str, length: u64, header: &str) -> (u16, Duration) {
    let address = server.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{header}\r\nOrigin: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n",
        server.url
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

/// The most memory that a process ever held.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a line for it");
    let kib: u64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kib * 1024
}

/// Bytes of a piece of a file that is made while it is sent.
const PEZZO: usize = 64 * 1024;
/// What a PDF begins with, and a picture.
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0";

/// The pieces of a file of so many megabytes: a head, and behind it what looks like nothing and tells it from others.
fn pezzi(head: &'static [u8], seed: u8, mib: usize) -> impl Iterator<Item = Vec<u8>> + Send {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(seed);
    let mut noise = Vec::with_capacity(PEZZO);
    while noise.len() < PEZZO {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // No letter and no sign: nothing in it passes for a page or a program.
        noise.extend_from_slice(&(state | 0x8080_8080_8080_8080).to_le_bytes());
    }
    (0..mib * 16).map(move |n| {
        let mut piece = noise.clone();
        let head = if n == 0 { head } else { &(n as u64 | 0x8080_8080_8080_8080).to_le_bytes()[..] };
        piece[..head.len()].copy_from_slice(head);
        piece
    })
}

/// Sends a file while it is made, with a length or without; the answer.
async fn manda(
    api: &Api,
    path: &str,
    nome: String,
    pieces: impl Iterator<Item = Vec<u8>> + Send + 'static,
) -> Response {
    let body = reqwest::Body::wrap_stream(stream::iter(pieces.map(Ok::<_, io::Error>)));
    let part = reqwest::multipart::Part::stream(body).file_name(nome);
    let form = reqwest::multipart::Form::new().part("file", part);
    let sent = api.post(path).multipart(form).timeout(Duration::from_mins(5)).send().await;
    sent.expect("an answer, whatever was sent")
}

/// A service whose files are as large as the test wants them.
async fn servizio_da(data: &Data, api: &Api, codice: &str, megabyte: u32) {
    let servizio = definizione(codice, |s| {
        s["allegati"] = json!({ "massimo": 5, "megabyte": megabyte });
        domanda(s, allegato("pianta", "Pianta dei luoghi"));
    });
    pubblica(data, api, &servizio).await;
}

/// Names and bytes of the files below a folder.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let all =
        entries.map(|entry| entry.expect("an entry")).flat_map(|entry| match entry.metadata().expect("it is there") {
            meta if meta.is_dir() => files(&entry.path()),
            meta => vec![(entry.file_name().to_string_lossy().into_owned(), meta.len())],
        });
    all.collect()
}

/// The files of the first town that are kept.
fn kept(data: &Data) -> Vec<(String, u64)> {
    files(&data.path().join("documenti").join(PRIMO))
}

/// Fifty files of twenty megabytes at once, to a service that takes them: a gigabyte goes through less than a third of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_files_of_twenty_megabytes_at_once_are_stored_within_little_memory() {
    const QUANTI: u8 = 50;
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    servizio_da(&data, &api, "progetto-grande", 20).await;
    let file = |n: u8| if n.is_multiple_of(5) { ("foto.png", PNG) } else { ("pianta.pdf", PDF) };
    let upload = |n: u8| {
        let (api, (nome, head)) = (api.clone(), file(n));
        async move {
            let path = "/api/allegati?servizio=progetto-grande";
            let answer = manda(&api, path, nome.to_owned(), pezzi(head, n, 20)).await;
            (answer.status(), answer.json::<Value>().await.expect("JSON"))
        }
    };
    let began = Instant::now();
    let answers = future::join_all((0..QUANTI).map(upload)).await;
    let (took, most) = (began.elapsed(), memory(server.pid()));
    for (n, (status, said)) in (0..QUANTI).zip(answers) {
        assert_eq!(status, StatusCode::CREATED, "file {n}: {said:#}");
        assert_eq!(said["dimensione"], 20 * 1024 * 1024);
        let (_, head) = file(n);
        let mut hasher = Sha256::new();
        pezzi(head, n, 20).for_each(|piece| hasher.update(piece));
        assert_eq!(said["impronta"], hex::encode(hasher.finalize()), "file {n}");
    }
    let kept = kept(&data);
    assert_eq!(kept.len(), usize::from(QUANTI));
    assert!(kept.iter().all(|(_, bytes)| *bytes > 20 * 1024 * 1024), "{kept:?}");
    println!("{} MiB at most, {took:?}", most / 1024 / 1024);
    assert!(most < MEMORIA, "{} MiB", most / 1024 / 1024);
}

#[tokio::test]
async fn a_file_is_as_large_as_its_service_takes_and_no_larger() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    servizio_da(&data, &api, "progetto-piccolo", 2).await;
    servizio_da(&data, &api, "progetto-medio", 12).await;
    let send = |servizio: &'static str, mib: usize, more: bool| {
        let path =
            if servizio.is_empty() { "/api/allegati".into() } else { format!("/api/allegati?servizio={servizio}") };
        let api = api.clone();
        async move {
            let pieces = pezzi(PDF, mib as u8, mib).chain(more.then(|| vec![b'x']));
            let answer = manda(&api, &path, "pianta.pdf".into(), pieces).await;
            (answer.status(), answer.json::<Value>().await.expect("JSON"))
        }
    };
    for (servizio, mib) in [("", 10), ("progetto-piccolo", 2), ("progetto-medio", 12)] {
        let (status, said) = send(servizio, mib, false).await;
        assert_eq!(status, StatusCode::CREATED, "{servizio}: {said:#}");
        let (status, said) = send(servizio, mib, true).await;
        assert_eq!((status, &said["codice"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("file-troppo-grande")));
        assert!(said["detail"].as_str().is_some_and(|words| words.contains(&format!("{mib} MB"))), "{said:#}");
    }
    let (status, said) = send("progetto-ignoto", 1, false).await;
    assert_eq!((status, &said["codice"]), (StatusCode::BAD_REQUEST, &json!("servizio-sconosciuto")), "{said:#}");

    // What was taken for one service is not filed with another that takes less.
    let (_, large) = send("progetto-medio", 12, false).await;
    for (servizio, expected) in [("progetto-piccolo", "file-troppo-grande"), ("progetto-medio", "")] {
        let modulo = json!({ "oggetto": "Pianta", "richiesta": "Ecco la pianta.", "pianta": [large["id"]] });
        let input = json!({ "chiaveIdempotenza": servizio, "servizio": servizio, "versione": 1, "modulo": modulo });
        let filed = api.data(PRESENTA, json!({ "input": input })).await["presentaIstanza"].clone();
        let errori = filed["errori"].as_array().expect("a list");
        match errori.first() {
            Some(errore) => {
                assert_eq!((&errore["campo"], &errore["codice"]), (&json!("modulo.pianta"), &json!(expected)));
            }
            None => assert_eq!(expected, "", "{filed:#}"),
        }
    }
}

#[tokio::test]
async fn a_file_in_a_step_is_as_large_as_the_question_takes_and_a_longer_one_says_how_large_it_may_be() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    servizio_da(&data, &api, "progetto-a-passi", 12).await;
    let mut mario = Browser::sign_in(&server, "cittadino").await;
    let start = mario.get("/servizi/progetto-a-passi/richiedi").await;
    let dati = mario.send(start.form("privacy").with("privacy", "si")).await;
    let step = mario.send(dati.form_to(&dati.path)).await;
    assert!(step.text().contains("12 MB"), "{}", step.text());
    let file = |mib: usize, more: usize| {
        let mut bytes: Vec<u8> = pezzi(PDF, 7, mib).flatten().collect();
        bytes.resize(bytes.len() + more, b'x');
        ("m.pianta", "pianta.pdf", "application/pdf", bytes)
    };
    let form = step.form("m.oggetto").with("m.oggetto", "La pianta").with("m.richiesta", "Ecco la pianta.");
    let refused = mario.send_file(form.clone(), file(12, 1)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert!(refused.text().contains("pianta.pdf: Il file è troppo grande: il massimo è 12 MB"), "{}", refused.text());
    assert_eq!(refused.form("m.oggetto").get("m.oggetto"), Some("La pianta"), "no word is lost to a file");
    let summary = mario.send_file(form, file(12, 0)).await;
    assert!(summary.path.ends_with("/riepilogo") && summary.text().contains("pianta.pdf"), "{}", summary.text());
    // Five gigabytes for a step are refused by their claim.
    let cookie = mario.cookies();
    let (status, took) = claim_with(&server, &step.path, 5 << 30, &format!("Cookie: {cookie}")).await;
    assert_eq!(status, 413);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused_in_words_that_help() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let api = server.api("cittadino");
    let program = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"[..], &[0x91; 9_000]].concat();
    let page = [PDF, &[0x91; 5_000][..], b"<script>alert(1)</script>"].concat();
    let mut both = pezzi(PDF, 1, 1).flatten().collect::<Vec<u8>>();
    both.extend(zip_bomb(10));
    for (nome, formato, bytes, codice, words) in [
        ("relazione.pdf", "application/pdf", program, "formato-non-corrispondente", "Scegli il file originale"),
        ("lettera.docx", "", zip_bomb(3 << 30), "file-sospetto", "parti nascoste o troppo grandi"),
        ("relazione.pdf", "application/pdf", both, "file-sospetto", "senza file al suo interno"),
        ("foto.jpg", "image/jpeg", page, "formato-non-corrispondente", "dichiarato come"),
    ] {
        let formato = if formato.is_empty() { "application/octet-stream" } else { formato };
        let answer = api.carica(nome, formato, bytes).await;
        let status = answer.status();
        let said: Value = answer.json().await.expect("JSON");
        assert!(status.is_client_error(), "{nome}: {said:#}");
        assert_eq!(said["codice"], codice, "{nome}: {said:#}");
        assert!(said["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{nome}: {said:#}");
    }
    assert_eq!(kept(&data), [], "nothing of it stays");
    // A path in the name is no path.
    let answer =
        api.carica("../../../etc/cron.d/lampione.pdf", "application/pdf", pezzi(PDF, 1, 1).flatten().collect());
    let said: Value = answer.await.json().await.expect("JSON");
    assert_eq!(said["nome"], "lampione.pdf", "{said:#}");
    let kept = kept(&data);
    assert_eq!(kept.len(), 1);
    assert_eq!(Some(kept[0].0.as_str()), said["id"].as_str(), "ids are the names");
}

/// An office document of one member that says it unpacks to so many bytes.
fn zip_bomb(unpacked: u32) -> Vec<u8> {
    let name = b"word/document.xml";
    let (size, length) = (4_u32.to_le_bytes(), (name.len() as u16).to_le_bytes());
    let crc = [0_u8; 4];
    // Flags, method, time and day are zero.
    let entry = [&[0_u8; 8][..], &crc, &size, &unpacked.to_le_bytes(), &length, &[0, 0]].concat();
    let local = [b"PK\x03\x04\x14\0", &entry[..], name, b"<w/>"].concat();
    let list = [b"PK\x01\x02\x14\0\x14\0", &entry[..], &[0; 14], name].concat();
    let (n, bytes, at) = (1_u16.to_le_bytes(), (list.len() as u32).to_le_bytes(), (local.len() as u32).to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0", &n[..], &n, &bytes, &at, &[0, 0]].concat();
    [local, list, end].concat()
}

/// The body of an upload up to its middle, and then silence or nothing.
#[tokio::test]
async fn a_broken_upload_leaves_nothing_behind() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let address = server.url.trim_start_matches("http://");
    let body = [
        &b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n"[..],
        PDF,
        &vec![0x91; 400_000],
    ]
    .concat();
    for _ in 0..3 {
        let mut socket = TcpStream::connect(address).await.expect("it listens");
        let head = format!(
            "POST /api/allegati HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 800000\r\n\r\n",
            server.token("cittadino")
        );
        socket.write_all(head.as_bytes()).await.expect("it is sent");
        socket.write_all(&body).await.expect("it is sent");
        drop(socket);
    }
    // A whole one behind them: by then the others are over.
    let api = server.api("cittadino");
    let answer = api.carica("intero.pdf", "application/pdf", pezzi(PDF, 2, 1).flatten().collect()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(kept(&data).len(), 1);
    let arriving = data.path().join("documenti/.arrivo");
    crate::support::eventually("nothing is under way", || async {
        std::fs::read_dir(&arriving).is_ok_and(|mut entries| entries.next().is_none())
    })
    .await;
}

#[tokio::test]
async fn a_sweep_finds_no_orphan_of_an_upload_that_broke_off() {
    let start = at("2026-03-06T09:00:00Z");
    let town = Town::open(start).await;
    let whole = carica(&town, 1).await;
    let declared = || Declared { nome: "foto.jpg".into(), formato: None };
    let broken = stream::iter([Ok(foto(3, 200_000).into()), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let refused = town.app.carica(&town.cittadino(), declared(), Posizione::Togli, MAX_BYTES, broken.boxed()).await;
    let Err(app::AppError::Rifiutato(errori)) = refused else { panic!("{refused:?}") };
    assert_eq!(errori[0].codice, "caricamento-interrotto");
    town.clock.set(start + limits::ATTESA + limits::RESPIRO - SignedDuration::from_secs(1));
    pulizia(&town).sweep().await.expect("a round");
    let stored: Vec<_> = town.parts.documents.list(&whole.ente).collect().await;
    assert_eq!(stored.len(), 1, "{stored:?}");
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
