//! Asking the citizen for what is missing: a list, one item a line, and a date.

use super::pratica::{self, id};
use crate::errore::{Errore, pagina_con};
use crate::formato;
use crate::layout::ErroreCampo;
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::{AppError, DettaglioPratica, RichiediIntegrazione};
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::pratica::{MAX_VOCE, MAX_VOCI, StatoPratica, TipoPratica, giorni_ammessi};
use domain::termini;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

/// The form, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    voci: String,
    entro: String,
    nota: String,
}

/// The form, as the page draws it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RichiestaDiDocumenti {
    /// Where it goes.
    pub href: String,
    /// Key of the command.
    pub chiave: String,
    /// The items, one a line.
    pub voci: String,
    /// Characters of all items, at most.
    pub massimo_voci: usize,
    /// The day, as a date field holds it.
    pub entro: String,
    /// First and last day of the field.
    pub giorni: (String, String),
    /// The last day in words.
    pub ultimo: String,
    /// Words for the citizen.
    pub nota: String,
    /// What is wrong.
    pub errori: Vec<ErroreCampo>,
}

/// The form for a case, where documents may still be asked for: once, by the office that has it.
pub fn modulo(found: &DettaglioPratica, chiave: String, now: Timestamp) -> Option<RichiestaDiDocumenti> {
    let base = found.caso.base();
    let working = matches!(base.stato, StatoPratica::PresaInCarico | StatoPratica::InLavorazione);
    if !found.lavorabile || base.tipo != TipoPratica::Istanza || !working || base.integrazione.is_some() {
        return None;
    }
    let (first, last) = giorni_ammessi(termini::data_locale(now));
    Some(RichiestaDiDocumenti {
        href: format!("/ufficio/pratiche/{}/integrazione", base.id),
        chiave,
        // Each item and its line end.
        massimo_voci: MAX_VOCI * (MAX_VOCE + 2),
        giorni: (first.to_string(), last.to_string()),
        ultimo: formato::data(last),
        ..RichiestaDiDocumenti::default()
    })
}

/// `POST /ufficio/pratiche/{id}/integrazione`.
pub async fn richiedi(
    DiUfficio(r): DiUfficio,
    Path(path): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let id = id(&path)?;
    let Ok(entro) = modulo.entro.trim().parse::<Date>() else {
        let errori = vec![ErroreCampo::new("entro", t("ufficio-integrazione-senza-data"))];
        return rifiutata(&r, &path, modulo, errori).await;
    };
    let input = RichiediIntegrazione {
        voci: modulo.voci.lines().map(|voce| voce.trim().trim_start_matches(['-', '•']).trim().to_owned()).collect(),
        entro,
        messaggio: Some(modulo.nota.clone()),
    };
    match r.web.app.richiedi_integrazione(&r.ctx, &modulo.chiave, id, input).await {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            let numero = esito.protocollo.map(|p| p.segnatura().to_string()).unwrap_or_default();
            sessione::avvisa(&r.session, ta("ufficio-integrazione-fatto", &[("numero", &numero)])).await?;
            Ok(Redirect::to(&format!("/ufficio/pratiche/{id}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let field = |campo: Option<String>| match campo.as_deref() {
                Some("messaggio") => "nota".to_owned(),
                Some("voci" | "entro") => campo.unwrap_or_default(),
                _ => String::new(),
            };
            let errori = errori.into_iter().map(|e| ErroreCampo::new(field(e.campo), e.messaggio)).collect();
            rifiutata(&r, &path, modulo, errori).await
        }
        Err(AppError::Conflitto) => pratica::conflitto(&r, id, t("ufficio-conflitto")).await,
        Err(error) => Err(error.into()),
    }
}

/// The page again with what was written. Where nothing can be asked for any more, it says why and shows where the case
/// stands.
async fn rifiutata(r: &Richiesta, path: &str, modulo: Modulo, errori: Vec<ErroreCampo>) -> Result<Response, Errore> {
    let id = id(path)?;
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
    let mut page = pratica::pagina(r, &found).await?;
    let Some(form) = page.integrazione.as_mut() else {
        let reasons = errori.into_iter().map(|e| e.testo).collect::<Vec<_>>().join(" ");
        return pratica::conflitto(r, id, format!("{} {reasons}", t("ufficio-stato-cambiato"))).await;
    };
    (form.voci, form.entro, form.nota) = (modulo.voci, modulo.entro, modulo.nota);
    if !modulo.chiave.is_empty() {
        form.chiave = modulo.chiave;
    }
    form.errori = errori;
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
}
