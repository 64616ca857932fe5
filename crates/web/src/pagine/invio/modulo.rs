//! Reading the form of a filing: words first, then files, which are stored while they arrive.
//!
//! The whole body is read, also behind a file that is too large, so that the browser is there to receive the answer: one
//! that is answered while it still sends reports a broken connection instead of our page.

use crate::errore::Errore;
use crate::layout::ErroreCampo;
use crate::richiesta::Richiesta;
use crate::router::MAX_FORM;
use crate::t;
use app::AppError;
use app::ports::{Declared, Posizione};
use axum::Form;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Refusal;
use domain::allegato::{MAX_ALLEGATI, MAX_BYTES, MEGABYTE};
use domain::ids::AllegatoId;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bytes of a body that are read, also to throw them away. Beyond, the page is answered and the connection is closed.
/// A step of a service that takes more has a limit of its own.
pub const MAX_LETTI: u64 = 96 * MEGABYTE;
/// Silence of the sender after which an upload has broken off.
const PAUSA: Duration = Duration::from_secs(30);
/// Parts of a form, at most.
const MAX_PARTI: usize = 64;
/// Name of the file field.
pub const FILE: &str = "file";
/// Name of the hidden fields that carry the ids of files already stored.
const ALLEGATO: &str = "allegato";

/// A form as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct Modulo {
    valori: BTreeMap<String, String>,
    /// Files stored so far, in the order in which they came.
    pub allegati: Vec<AllegatoId>,
    /// What was wrong with the files sent along.
    pub errori: Vec<ErroreCampo>,
}

impl Modulo {
    /// Value of a field; empty when it was not sent.
    pub fn get(&self, nome: &str) -> &str {
        self.valori.get(nome).map_or("", String::as_str)
    }

    /// Sets a field.
    pub fn set(&mut self, nome: &str, valore: impl Into<String>) {
        self.valori.insert(nome.to_owned(), valore.into());
    }

    /// A number as people write it, with comma or point; what is no number is NaN, which every limit refuses.
    pub fn grado(&self, nome: &str) -> Option<f64> {
        let text = self.get(nome).trim();
        (!text.is_empty()).then(|| text.replace(',', ".").parse().unwrap_or(f64::NAN))
    }

    fn take(&mut self, nome: &str, valore: String) {
        if nome == ALLEGATO {
            // A tampered id is no id: the file is then simply not there.
            self.allegati.extend(valore.parse::<AllegatoId>().ok());
        } else {
            self.valori.insert(nome.to_owned(), valore);
        }
    }

    /// Notes what is wrong with a file, once.
    fn errore_file(&mut self, refusal: Refusal, nome: Option<&str>) {
        if self.errori.iter().any(|e| e.campo == FILE) {
            return;
        }
        let testo = app::ErroreCampo::from(refusal).messaggio;
        self.errori.push(ErroreCampo::new(FILE, nome.map_or(testo.clone(), |nome| format!("{nome}: {testo}"))));
    }
}

fn troppo_grande() -> Refusal {
    Refusal::field("allegati", "file-troppo-grande").with("max", MAX_BYTES / MEGABYTE)
}

/// The length that a request claims.
pub fn dichiarata(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Answers a claim of more than is ever read at once, without reading any of it.
pub async fn misura_dichiarata(request: Request, next: Next) -> Response {
    if dichiarata(&request).is_none_or(|bytes| bytes <= MAX_LETTI) {
        return next.run(request).await;
    }
    non_letta(troppo_grande())
}

/// The answer to a body that nobody reads.
pub fn non_letta(refusal: Refusal) -> Response {
    let words = app::ErroreCampo::from(refusal).messaggio;
    (StatusCode::PAYLOAD_TOO_LARGE, [(header::CONNECTION, "close")], Errore::Richiesta(words)).into_response()
}

/// Reads a form, with or without files. Files of people who are not signed in are not stored.
pub async fn leggi(richiesta: &Richiesta, request: Request) -> Result<Modulo, Errore> {
    let multipart = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    if multipart { parti(richiesta, request).await } else { semplice(request).await }
}

fn illeggibile() -> Errore {
    Errore::Richiesta(t("invio-modulo-illeggibile"))
}

async fn semplice(request: Request) -> Result<Modulo, Errore> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_FORM).await.map_err(|_| illeggibile())?;
    let request = Request::from_parts(head, Body::from(bytes));
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| illeggibile())?;
    let mut modulo = Modulo::default();
    for (nome, valore) in fields {
        modulo.take(&nome, valore);
    }
    Ok(modulo)
}

async fn parti(richiesta: &Richiesta, request: Request) -> Result<Modulo, Errore> {
    let oltre = Arc::new(AtomicBool::new(false));
    let request = sorvegliata(request, MAX_LETTI, oltre.clone());
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| illeggibile())?;
    let mut modulo = Modulo::default();
    let (mut testi, mut lette) = (0, 0);
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(modulo),
            Err(_) => {
                interrotto(&mut modulo, &oltre);
                return Ok(modulo);
            }
        };
        lette += 1;
        if lette > MAX_PARTI {
            return Err(illeggibile());
        }
        let nome = field.name().unwrap_or_default().to_owned();
        if nome == FILE {
            file(richiesta, &mut modulo, field).await;
        } else {
            match testo(field, &mut testi).await? {
                Some(valore) => modulo.take(&nome, valore),
                None => interrotto(&mut modulo, &oltre),
            }
        }
    }
}

fn interrotto(modulo: &mut Modulo, oltre: &AtomicBool) {
    let refusal = if oltre.load(Ordering::Relaxed) {
        troppo_grande()
    } else {
        Refusal::field("allegati", "caricamento-interrotto")
    };
    modulo.errore_file(refusal, None);
}

/// One text field; none when the sender broke off.
async fn testo(mut field: Field<'_>, read: &mut usize) -> Result<Option<String>, Errore> {
    let mut bytes = Vec::new();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                *read += chunk.len();
                if *read > MAX_FORM {
                    return Err(illeggibile());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(None) => return String::from_utf8(bytes).map(Some).map_err(|_| illeggibile()),
            Err(_) => return Ok(None),
        }
    }
}

/// One file. What could not be stored becomes an error beside the field: the words of the form are never lost to it.
async fn file(richiesta: &Richiesta, modulo: &mut Modulo, field: Field<'_>) {
    let nome = field.file_name().unwrap_or_default().to_owned();
    if nome.is_empty() || richiesta.utente().is_none() {
        return;
    }
    let nome = app::allegati::nome_pulito(&nome);
    if modulo.allegati.len() >= MAX_ALLEGATI {
        modulo.errore_file(Refusal::field("allegati", "troppi-allegati").with("max", MAX_ALLEGATI), None);
        return;
    }
    let declared = Declared { nome: nome.clone(), formato: field.content_type().map(str::to_owned) };
    // The word stands before the files in the form; without it the position goes.
    let posizione = if modulo.get("posizione") == "mantieni" { Posizione::Mantieni } else { Posizione::Togli };
    let bytes = field.map_err(io::Error::other).boxed();
    match richiesta.web.app.carica(&richiesta.ctx, declared, posizione, MAX_BYTES, bytes).await {
        Ok(caricato) => modulo.allegati.push(caricato.upload.id),
        Err(AppError::Rifiutato(errori)) => {
            modulo
                .errori
                .extend(errori.into_iter().map(|e| ErroreCampo::new(FILE, format!("{nome}: {}", e.messaggio))));
        }
        Err(error) => {
            tracing::warn!(error = %error, "an upload was not stored");
            modulo.errori.push(ErroreCampo::new(FILE, t("invio-file-non-salvato")));
        }
    }
}

/// The same request, broken off when its sender falls silent or exceeds what is read at most; `oltre` tells the second case.
pub fn sorvegliata(request: Request, massimo: u64, oltre: Arc<AtomicBool>) -> Request {
    let (head, body) = request.into_parts();
    Request::from_parts(head, Body::from_stream(sorvegliato(body.into_data_stream(), massimo, PAUSA, oltre)))
}

/// The body, until it is silent for too long or exceeds what is read at most; `oltre` tells the second case.
fn sorvegliato(
    body: BodyDataStream,
    massimo: u64,
    pausa: Duration,
    oltre: Arc<AtomicBool>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold(Some((body, 0_u64, oltre)), move |state| async move {
        let (mut body, read, oltre) = state?;
        let broken = |kind: io::ErrorKind| Some((Err(io::Error::from(kind)), None));
        match tokio::time::timeout(pausa, body.next()).await {
            Ok(Some(Ok(bytes))) => {
                let read = read + bytes.len() as u64;
                if read > massimo {
                    oltre.store(true, Ordering::Relaxed);
                    return broken(io::ErrorKind::FileTooLarge);
                }
                Some((Ok(bytes), Some((body, read, oltre))))
            }
            Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
            Ok(None) => None,
            Err(_) => broken(io::ErrorKind::TimedOut),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_refused_by_every_limit() {
        let mut modulo = Modulo::default();
        modulo.set("lat", " 44,5 ");
        modulo.set("lon", "est");
        assert_eq!(modulo.grado("lat"), Some(44.5));
        assert!(modulo.grado("lon").is_some_and(f64::is_nan));
        assert_eq!(modulo.grado("altro"), None);
    }

    #[tokio::test]
    async fn a_plain_form_keeps_its_values_and_its_files() {
        let id = "0192f00d-0000-7000-8000-000000000a11";
        let request = Request::post("/segnala")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("titolo=Buca+%26+altro&allegato={id}&allegato=x")))
            .unwrap();
        let modulo = semplice(request).await.unwrap();
        assert_eq!(modulo.get("titolo"), "Buca & altro");
        assert_eq!(modulo.allegati, [id.parse().unwrap()]);
    }

    #[tokio::test]
    async fn reading_stops_at_the_limit_and_says_so() {
        let piece = Bytes::from(vec![0_u8; 1024 * 1024]);
        let many = stream::iter((0..200).map(move |_| Ok::<_, io::Error>(piece.clone())));
        let oltre = Arc::new(AtomicBool::new(false));
        let read: Vec<_> =
            sorvegliato(Body::from_stream(many).into_data_stream(), MAX_LETTI, PAUSA, oltre.clone()).collect().await;
        assert_eq!(read.iter().filter(|piece| piece.is_ok()).count(), 96);
        assert!(read.last().is_some_and(Result::is_err) && oltre.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_silent_sender_has_broken_off() {
        let body = Body::from_stream(stream::pending::<io::Result<Bytes>>()).into_data_stream();
        let oltre = Arc::new(AtomicBool::new(false));
        let read: Vec<_> = sorvegliato(body, MAX_LETTI, Duration::from_millis(5), oltre.clone()).collect().await;
        assert!(matches!(&read[..], [Err(error)] if error.kind() == io::ErrorKind::TimedOut));
        assert!(!oltre.load(Ordering::Relaxed));
    }
}
