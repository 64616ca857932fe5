//! The receipt: the same bytes today and in ten years, on the page, in the mail and in the API.

use crate::support::log::{PRIMO, payloads};
use crate::support::pages::Browser;
use crate::support::smtp::Smtp;
use crate::support::town::{Town, at};
use crate::support::{Api, Data, Server, eventi, eventually, impronta};
use app::allegati::{Pulizia, limits};
use app::ports::{Arrivo, Declared, Posizione, RicevutaError, Ricevute};
use app::{App, AppError, Documento, Ente};
use domain::Caso;
use domain::ids::{AllegatoId, PraticaId};
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use jiff::SignedDuration;
use mail_parser::{MessageParser, MimeHeaders as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The shipped template.
const MODELLO: &str = include_str!("../../crates/ricevuta/templates/ricevuta.typ");

const RICEVUTA: &str = "query($id: ID!) { pratica(id: $id) { ricevuta { url impronta } } }";

async fn ricevuta(api: &Api, id: &str) -> Value {
    api.data(RICEVUTA, json!({ "id": id })).await["pratica"]["ricevuta"].clone()
}

/// Downloads the receipt of a case; it hashes to what the API says.
async fn scarica(server: &Server, id: &str) -> Vec<u8> {
    let known = ricevuta(&server.api("cittadino"), id).await;
    let mut browser = Browser::sign_in(server, "cittadino").await;
    let page = browser.get(known["url"].as_str().expect("an address")).await;
    assert_eq!((page.status, page.formato.as_str()), (StatusCode::OK, "application/pdf"), "{}", page.text());
    assert!(page.bytes.starts_with(b"%PDF-"));
    assert_eq!(impronta(&page.bytes), known["impronta"]);
    page.bytes
}

/// What a person reads in a PDF.
fn parole(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext starts: `cargo xtask test` installs it");
    reader.stdin.take().expect("its input is piped").write_all(pdf).expect("it reads");
    let output = reader.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("text").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_bytes_of_a_receipt_outlive_its_template() {
    let smtp = Smtp::start(&[]);
    let address = format!("127.0.0.1:{}", smtp.port);
    let data = Data::new().await;
    let server = Server::start_with(&data, &["--empty", "--smtp", &address]);
    let (api, officer) = (server.api("cittadino"), server.api("operatore"));
    let filed = api.segnala("ricevuta", "Lampione spento").await;
    let (id, codice) = (filed["pratica"]["id"].as_str().unwrap(), filed["pratica"]["codice"].as_str().unwrap());

    // Asked for twice at once, and by the mail at the same time.
    let (first, second) = tokio::join!(scarica(&server, id), scarica(&server, id));
    assert!(first == second, "two receipts of one case");
    let [formed] = <[_; 1]>::try_from(payloads(&data, PRIMO, "RicevutaFormata").await).expect("one event");
    assert_eq!((&formed["pratica"], &formed["file"]["impronta"]), (&json!(id), &json!(impronta(&first))));
    assert_eq!(
        (&formed["file"]["dimensione"], &formed["file"]["formato"]),
        (&json!(first.len()), &json!("application/pdf"))
    );
    let text = parole(&first);
    let segnatura = filed["protocollo"]["segnatura"].as_str().unwrap();
    assert!(text.contains(codice) && text.contains(segnatura) && text.contains("Ricevuta di presentazione"), "{text}");

    eventually("the message", || async { !smtp.messages().is_empty() }).await;
    let message = smtp.messages().remove(0);
    let parsed = MessageParser::default().parse(message.raw.as_bytes()).expect("a message");
    let [file] = <[_; 1]>::try_from(parsed.attachments().collect::<Vec<_>>()).expect("one file");
    assert_eq!(file.attachment_name(), Some(format!("ricevuta-{codice}.pdf").as_str()));
    assert!(file.contents() == first, "the mail carries other bytes");
    assert!(message.raw.lines().all(|line| line.len() <= 998), "lines of a message have a limit (RFC 5321)");

    // No step of the citizen's, a fact of the audit trail; and the office goes on as before.
    officer.step("prendiInCarico", id, None).await;
    assert!(!eventi(&api.pratica(id).await).contains(&"RicevutaFormata"));
    assert!(server.stop());
    data.assert_clean();

    let modelli = data.path().join("modelli");
    std::fs::create_dir(&modelli).unwrap();
    let other = MODELLO.replace("= Ricevuta di presentazione", "= Attestazione di deposito");
    assert_ne!(other, MODELLO);
    std::fs::write(modelli.join("ricevuta.typ"), other).unwrap();
    let server = Server::start(&data);
    assert!(scarica(&server, id).await == first, "the receipt of an old case changed");
    let filed = server.api("cittadino").segnala("dopo", "Lampione spento").await;
    let later = parole(&scarica(&server, filed["pratica"]["id"].as_str().unwrap()).await);
    assert!(later.contains("Attestazione di deposito") && !later.contains("Ricevuta di presentazione"), "{later}");
    // Who may not see the case sees no receipt, and an office sees the citizen's.
    assert_eq!(ricevuta(&server.api("operatore"), id).await["impronta"], impronta(&first));
    let stranger = server.api("cittadino2").data(RICEVUTA, json!({ "id": id })).await;
    assert_eq!(stranger["pratica"], Value::Null);
}

#[tokio::test]
async fn a_rebuild_changes_no_receipt() {
    let data = Data::new().await;
    let server = Server::start(&data);
    let filed = server.api("cittadino").segnala("ricostruita", "Lampione spento").await;
    let id = filed["pratica"]["id"].as_str().unwrap();
    let before = scarica(&server, id).await;
    let pratica = server.api("cittadino").pratica(id).await;
    assert!(server.stop());
    let (success, said) = data.sportello(&["rebuild"]);
    assert!(success, "{said}");
    let server = Server::start(&data);
    assert!(scarica(&server, id).await == before);
    assert_eq!(eventi(&server.api("cittadino").pratica(id).await)[..3], eventi(&pratica)[..3]);
}

/// Says something else each time.
#[derive(Default)]
struct Compone(AtomicUsize);

impl Ricevute for Compone {
    fn ricevuta(&self, _: &Ente, caso: &Caso) -> Result<Vec<u8>, RicevutaError> {
        let time = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(format!("%PDF-1.7\n% {} {time}\n%%EOF\n", caso.base().codice).into_bytes())
    }
}

/// A town whose receipts are those.
async fn town() -> (Town, App) {
    let town = Town::open(at("2026-03-06T09:00:00Z")).await;
    let app = town.app.clone().con_ricevute(Arc::new(Compone::default()));
    (town, app)
}

async fn bytes(found: Result<Option<Documento>, AppError>) -> Vec<u8> {
    let pieces: Vec<_> = found.expect("an answer").expect("a receipt").bytes.try_collect().await.expect("its bytes");
    pieces.concat()
}

async fn files(town: &Town) -> Vec<AllegatoId> {
    town.parts.documents.list(town.ente.codice.as_str()).try_collect().await.expect("they are listed")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_requests_at_once_end_with_one_event_and_one_file() {
    let (town, app) = town().await;
    let (ctx, id) = (town.cittadino(), town.segnala("insieme").await.caso.base().id);
    let all = future::join_all((0..6).map(|_| async { bytes(app.ricevuta(&ctx, id).await).await })).await;
    assert!(all.iter().all(|other| *other == all[0]));
    let dettaglio = app.pratica(&ctx, id, None, None).await.unwrap().unwrap();
    let file = dettaglio.caso.base().ricevuta_pdf.clone().expect("it is known");
    assert_eq!((file.impronta.as_str(), files(&town).await), (impronta(&all[0]).as_str(), vec![file.id]));
}

#[tokio::test]
async fn the_sweep_keeps_receipts_and_takes_what_came_second() {
    let (town, app) = town().await;
    let (ctx, id) = (town.cittadino(), town.segnala("spazzata").await.caso.base().id);
    let before = bytes(app.ricevuta(&ctx, id).await).await;
    let [kept] = <[_; 1]>::try_from(files(&town).await).unwrap();
    // As when the program ends between storing a file and writing it down.
    let stray = AllegatoId(app.ids().uuid(app.clock().now()));
    let arrivo = Arrivo {
        ente: town.ente.codice.as_str(),
        id: stray,
        proprietario: ctx.utente.as_ref().unwrap().id,
        declared: Declared { nome: "ricevuta.pdf".into(), formato: Some("application/pdf".into()) },
        posizione: Posizione::Mantieni,
        limite: 1_000,
    };
    let pdf = stream::once(future::ready(Ok(b"%PDF-1.7\n%%EOF\n".as_slice().into()))).boxed();
    town.parts.documents.put(arrivo, pdf).await.unwrap();
    town.clock.set(at("2026-03-06T09:00:00Z") + limits::ATTESA + limits::RESPIRO + SignedDuration::from_secs(1));
    let sweep = Pulizia {
        store: town.parts.store.clone(),
        work: town.parts.work.clone(),
        documents: town.parts.documents.clone(),
        clock: town.parts.clock.clone(),
        enti: town.parts.enti.all().to_vec(),
        nodo: "prova".into(),
    };
    sweep.sweep().await.expect("a round");
    assert_eq!(files(&town).await, [kept]);
    assert_eq!(bytes(app.ricevuta(&ctx, id).await).await, before);
}

#[tokio::test]
async fn a_destroyed_key_takes_the_receipt_too() {
    let (town, app) = town().await;
    let (ctx, id) = (town.cittadino(), town.segnala("distrutta").await.caso.base().id);
    let never: PraticaId = town.segnala("mai-chiesta").await.caso.base().id;
    bytes(app.ricevuta(&ctx, id).await).await;
    let (keys, ente) = (town.parts.keys.clone(), town.ente.codice.to_string());
    let person = ctx.utente.as_ref().unwrap().id.0;
    tokio::task::spawn_blocking(move || keys.destroy(&ente, person)).await.unwrap().expect("it is destroyed");
    for id in [id, never] {
        let Err(AppError::Rifiutato(errori)) = app.ricevuta(&ctx, id).await else { panic!("something was handed out") };
        assert_eq!(errori[0].codice, "dato-non-piu-disponibile");
    }
    assert_eq!(files(&town).await.len(), 1, "nothing is formed of what nobody can read");
}
