//! What is free at an office, for other programs: hours only, and nothing of those who come.

use crate::pagine::api::Problema;
use crate::richiesta::Richiesta;
use crate::state::Web;
use app::{AppError, Contesto};
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::TypedHeader;
use axum_extra::headers::{ETag, IfNoneMatch};
use domain::Refusal;
use domain::ente::CodiceUfficio;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The question.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    servizio: String,
    dal: String,
    al: String,
}

/// A slot.
#[derive(Debug, Serialize)]
struct Slot {
    id: String,
    inizio: String,
    fine: String,
    liberi: u16,
}

/// What is free.
#[derive(Debug, Serialize)]
struct Risposta {
    ufficio: String,
    nome: String,
    servizio: String,
    slot: Vec<Slot>,
}

fn giorno(campo: &str, text: &str) -> Result<Date, AppError> {
    text.trim().parse().map_err(|_| AppError::rifiuto(Refusal::field(campo, "periodo-non-valido")))
}

async fn trova(web: &Web, ctx: &Contesto, ufficio: String, domanda: Domanda) -> Result<Risposta, AppError> {
    let ufficio = CodiceUfficio::new(ufficio);
    let (dal, al) = (giorno("dal", &domanda.dal)?, giorno("al", &domanda.al)?);
    web.app.orario(ctx, &ufficio).ok_or(AppError::NonTrovato)?;
    let found = web.app.disponibilita(ctx, &domanda.servizio, Some(std::slice::from_ref(&ufficio)), dal, al).await?;
    let slot = found.into_iter().flat_map(|one| one.slot).map(|slot| Slot {
        id: slot.id.to_string(),
        inizio: slot.inizio.to_string(),
        fine: slot.fine.to_string(),
        liberi: slot.liberi,
    });
    Ok(Risposta {
        nome: ctx.ente.nome_ufficio(&ufficio).to_owned(),
        ufficio: ufficio.to_string(),
        servizio: domanda.servizio,
        slot: slot.collect(),
    })
}

/// How long an answer may be kept: a slot may be taken the next moment in any case, and the booking looks again.
const VALE: &str = "public, max-age=30";

/// An answer that may be kept, and need not be sent again to who has it. What it says is the same for everybody; `detto` is
/// what of it counts, without the hour at which it was written.
fn conservabile(formato: &'static str, testo: String, detto: &str, noto: Option<TypedHeader<IfNoneMatch>>) -> Response {
    let hash = hex::encode(&Sha256::digest(detto)[..16]);
    let tag = format!("W/\"{hash}\"");
    let same =
        tag.parse::<ETag>().is_ok_and(|tag| noto.is_some_and(|TypedHeader(known)| !known.precondition_passes(&tag)));
    let headers = [(header::CACHE_CONTROL, VALE.to_owned()), (header::ETAG, tag)];
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, formato)], testo).into_response()
}

/// `GET /api/uffici/{ufficio}/disponibilita?servizio=&dal=&al=`. Nobody need have signed in, and who did reads the same.
pub async fn mostra(
    r: Richiesta,
    Path(ufficio): Path<String>,
    Query(domanda): Query<Domanda>,
    noto: Option<TypedHeader<IfNoneMatch>>,
) -> Response {
    let chiunque = Contesto { utente: None, ..r.ctx };
    let found = trova(&r.web, &chiunque, ufficio, domanda).await;
    let text = found.and_then(|found| serde_json::to_string(&found).map_err(|e| AppError::Interno(e.to_string())));
    match text {
        Ok(text) => conservabile("application/json", text.clone(), &text, noto),
        Err(error) => Problema::from(error).into_response(),
    }
}

/// `GET /api/uffici/{ufficio}/disponibilita.ics?servizio=&dal=&al=`: when there is no place, as programs of calendars read it
/// (VFREEBUSY). Without days, the next weeks.
pub async fn calendario(
    r: Richiesta,
    Path(ufficio): Path<String>,
    Query(domanda): Query<Domanda>,
    noto: Option<TypedHeader<IfNoneMatch>>,
) -> Response {
    match occupato(&r, &CodiceUfficio::new(ufficio), &domanda).await {
        Ok(text) => {
            let detto: String = text.lines().filter(|line| !line.starts_with("DTSTAMP:")).collect();
            conservabile("text/calendar; charset=utf-8", text, &detto, noto)
        }
        Err(error) => Problema::from(error).into_response(),
    }
}

async fn occupato(r: &Richiesta, ufficio: &CodiceUfficio, domanda: &Domanda) -> Result<String, AppError> {
    let day = |campo: &str, text: &str| if text.trim().is_empty() { Ok(None) } else { giorno(campo, text).map(Some) };
    let giorni = (day("dal", &domanda.dal)?, day("al", &domanda.al)?);
    r.web.app.orario(&r.ctx, ufficio).ok_or(AppError::NonTrovato)?;
    r.web.app.libero_occupato(&r.ctx, (ufficio, &domanda.servizio), giorni).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum_extra::headers::{Header as _, HeaderValue};

    fn noto(text: &str) -> TypedHeader<IfNoneMatch> {
        let value = HeaderValue::from_str(text).unwrap();
        TypedHeader(IfNoneMatch::decode(&mut std::iter::once(&value)).unwrap())
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let ask = |detto: &str, noto| conservabile("text/calendar; charset=utf-8", "text".into(), detto, noto);
        let first = ask("detto", None);
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
        assert_eq!(first.headers()[header::CACHE_CONTROL], VALE);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = ask("detto", Some(noto(&format!("\"x\", {tag}"))));
        assert_eq!(
            (again.status(), again.headers()[header::ETAG].to_str().unwrap()),
            (StatusCode::NOT_MODIFIED, &*tag)
        );
        assert_eq!(ask("altro", Some(noto(&tag))).status(), StatusCode::OK);
        assert_eq!(ask("detto", Some(noto("\"x\""))).status(), StatusCode::OK);
    }
}
