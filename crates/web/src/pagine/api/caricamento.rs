//! `POST /api/allegati`: a file, before what it is filed with. The field `posizione` (`togli`, the default, or `mantieni`)
//! says what becomes of the place that a photo was taken at; it stands before the field `file`. A file is as large as the
//! service takes that it is meant for, named in the address (`?servizio=<codice>`), or [`MAX_BYTES`] without one.

use super::chi::{Ignoto, chi};
use super::problema::Problema;
use crate::errore::Errore;
use crate::state::Web;
use app::allegati::Caricato;
use app::ports::{Declared, Firma, Posizione};
use app::{AppError, Contesto};
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::Refusal;
use domain::allegato::{MAX_BYTES, MEGABYTE};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use std::io;
use std::time::Duration;

/// Bytes of the frame around a file, at most.
const CORNICE: u64 = 64 * 1024;
/// Bytes read and thrown away, at most, so that whoever sends too much still reads our answer: a connection that is
/// closed while its other end is sending loses what was answered.
const MAX_SCARTO: usize = 64 * 1024 * 1024;
/// Time for throwing away, at most.
const TEMPO_SCARTO: Duration = Duration::from_secs(20);
/// Bytes of a word beside the file that are looked at.
const MAX_PAROLA: usize = 32;
/// Time for each megabyte of an upload, at most: a slow mobile line.
const TEMPO: Duration = Duration::from_secs(30);

/// The words of the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Domanda {
    servizio: Option<String>,
}

/// The route, with limits of its own.
pub fn routes() -> Router<Web> {
    Router::new().route("/api/allegati", post(carica)).layer(DefaultBodyLimit::max(MAX_SCARTO))
}

async fn carica(State(web): State<Web>, request: Request) -> Response {
    let waits = request.headers().contains_key(header::EXPECT);
    let declared = length(request.headers());
    let (mut parts, body) = request.into_parts();
    let allowed = permesso(&web, chi(&web, &mut parts).await, &parts.uri, declared);
    if declared.is_some_and(|bytes| bytes > MAX_SCARTO as u64) {
        // Nothing of it is read, not even to be thrown away.
        let problem = allowed.err().map_or_else(|| troppo_grande(MAX_BYTES), |problem| *problem);
        return ([(header::CONNECTION, "close")], problem).into_response();
    }
    let Ok(mut multipart) = Multipart::from_request(Request::from_parts(parts, body), &web).await else {
        let detail = crate::t("porta-non-multipart");
        return Problema::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "non-multipart", detail).into_response();
    };
    // Who asks before sending (RFC 9110 10.1.1) and is told no has not sent anything.
    let sent = allowed.is_ok() || !waits;
    let outcome = match allowed {
        Err(problem) => Err(*problem),
        Ok((ctx, limite)) => {
            match tokio::time::timeout(tempo(limite), ricevi(&web, &ctx, limite, &mut multipart)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(AppError::rifiuto(Refusal::field("allegati", "caricamento-interrotto")).into()),
            }
        }
    };
    match outcome {
        Ok(caricato) => (StatusCode::CREATED, Json(ricevuta(&caricato))).into_response(),
        Err(problem) => {
            if sent {
                scarta(&mut multipart).await;
            }
            problem.into_response()
        }
    }
}

/// Who sends, and how many bytes they may send; or why nothing of it is taken.
fn permesso(
    web: &Web,
    ctx: Result<Contesto, Ignoto>,
    uri: &Uri,
    declared: Option<u64>,
) -> Result<(Contesto, u64), Box<Problema>> {
    let ctx = ctx.map_err(|error| Box::new(problema(error)))?;
    if ctx.utente.is_none() {
        return Err(Box::new(AppError::AccessoRichiesto.into()));
    }
    let unknown = || Box::new(AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto")).into());
    let Query(domanda) = Query::<Domanda>::try_from_uri(uri).map_err(|_| unknown())?;
    let limite = match domanda.servizio {
        None => MAX_BYTES,
        Some(codice) => web.app.servizio(&ctx, &codice).ok_or_else(unknown)?.byte_di_un_file(),
    };
    match declared {
        Some(bytes) if bytes > limite + CORNICE => Err(Box::new(troppo_grande(limite))),
        _ => Ok((ctx, limite)),
    }
}

/// Time for an upload, at most.
fn tempo(limite: u64) -> Duration {
    TEMPO.saturating_mul(u32::try_from(limite.div_ceil(MEGABYTE)).unwrap_or(u32::MAX))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn problema(ignoto: Ignoto) -> Problema {
    match ignoto {
        Ignoto::Token => Problema::new(StatusCode::UNAUTHORIZED, "token-non-valido", crate::t("porta-token")),
        Ignoto::Altro(Errore::HostSconosciuto) => Problema::new(StatusCode::NOT_FOUND, "host", crate::t("porta-host")),
        Ignoto::Altro(error) => AppError::non_disponibile(error).into(),
    }
}

fn troppo_grande(limite: u64) -> Problema {
    AppError::rifiuto(Refusal::field("allegati", "file-troppo-grande").with("max", limite / MEGABYTE)).into()
}

/// The first field named `file`, stored while it arrives.
async fn ricevi(web: &Web, ctx: &Contesto, limite: u64, multipart: &mut Multipart) -> Result<Caricato, Problema> {
    let interrupted = || Problema::from(AppError::rifiuto(Refusal::field("allegati", "caricamento-interrotto")));
    let mut posizione = Posizione::Togli;
    while let Some(mut field) = multipart.next_field().await.map_err(|_| interrupted())? {
        if field.name() == Some("posizione") {
            posizione = scelta(&mut field).await.ok_or_else(interrupted)?;
        }
        if field.name() != Some("file") {
            continue;
        }
        let declared = Declared {
            nome: field.file_name().unwrap_or_default().to_owned(),
            formato: field.content_type().map(str::to_owned),
        };
        let bytes = stream::try_unfold(&mut field, chunk);
        return Ok(web.app.carica(ctx, declared, posizione, limite, Box::pin(bytes)).await?);
    }
    Err(AppError::rifiuto(Refusal::field("allegati", "file-mancante")).into())
}

/// What becomes of a photo's position: a short word. None when the sender broke off.
async fn scelta(field: &mut Field<'_>) -> Option<Posizione> {
    let mut word = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        let room = MAX_PAROLA - word.len();
        word.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Some(if word == b"mantieni" { Posizione::Mantieni } else { Posizione::Togli })
}

async fn chunk<'a, 'b>(field: &'a mut Field<'b>) -> io::Result<Option<(bytes::Bytes, &'a mut Field<'b>)>> {
    let chunk = field.chunk().await.map_err(io::Error::other)?;
    Ok(chunk.map(|chunk| (chunk, field)))
}

/// Reads what is left, within limits, and forgets it.
async fn scarta(multipart: &mut Multipart) {
    let rest = async { while let Ok(Some(_)) = multipart.next_field().await {} };
    if tokio::time::timeout(TEMPO_SCARTO, rest).await.is_err() {
        tracing::debug!("an upload that was refused is still being sent");
    }
}

fn ricevuta(caricato: &Caricato) -> serde_json::Value {
    let upload = &caricato.upload;
    json!({
        "id": upload.id,
        "nome": upload.nome,
        "formato": upload.formato,
        "dimensione": upload.dimensione,
        "impronta": upload.impronta,
        "firma": caricato.firma.map(Firma::as_str),
        "posizioneTolta": caricato.posizione_tolta,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::allegato::TETTO_BYTES;

    #[test]
    fn a_length_that_is_no_number_is_unknown() {
        let with = |text: &'static str| HeaderMap::from_iter([(header::CONTENT_LENGTH, text.parse().unwrap())]);
        assert_eq!(length(&with("31457280")), Some(31_457_280));
        assert_eq!(length(&with("viel")), None);
        assert_eq!(length(&HeaderMap::new()), None);
    }

    #[test]
    fn too_large_says_how_large_it_may_be() {
        for (limite, words) in [(MAX_BYTES, "10 MB"), (TETTO_BYTES, "50 MB")] {
            let problem = troppo_grande(limite);
            assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
            let json = serde_json::to_value(&problem).unwrap();
            assert!(json["detail"].as_str().unwrap().contains(words), "{json}");
        }
    }

    #[test]
    fn the_largest_file_is_read_to_its_end_and_has_its_time() {
        assert!(MAX_SCARTO as u64 >= TETTO_BYTES + CORNICE);
        assert_eq!((tempo(MAX_BYTES), tempo(TETTO_BYTES)), (Duration::from_mins(5), Duration::from_mins(25)));
    }
}
