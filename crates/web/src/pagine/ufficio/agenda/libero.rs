//! What is free at an office, for other programs: hours only, and nothing of those who come.

use crate::pagine::api::Problema;
use crate::richiesta::Richiesta;
use crate::state::Web;
use app::AppError;
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::ente::CodiceUfficio;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

async fn trova(web: &Web, ctx: &app::Contesto, ufficio: String, domanda: Domanda) -> Result<Risposta, AppError> {
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

/// `GET /api/uffici/{ufficio}/disponibilita?servizio=&dal=&al=`. Nobody need have signed in.
pub async fn mostra(r: Richiesta, Path(ufficio): Path<String>, Query(domanda): Query<Domanda>) -> Response {
    match trova(&r.web, &r.ctx, ufficio, domanda).await {
        Ok(risposta) => ([(header::CACHE_CONTROL, "no-store")], Json(risposta)).into_response(),
        Err(error) => Problema::from(error).into_response(),
    }
}
