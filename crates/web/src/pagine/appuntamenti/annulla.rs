//! Cancelling a booking: asks first, for somebody else may take the time at once.

use super::caso::di_porta;
use super::porta::Porta;
use super::vista::PaginaAnnulla;
use crate::errore::{Errore, pagina_con};
use crate::layout::ErroreCampo;
use crate::pagine::invio::errori_campi;
use crate::richiesta::Firmata;
use crate::{sessione, t};
use app::AppError;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::appuntamento::limiti;
use serde::Deserialize;

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    motivo: String,
}

/// The page that asks.
pub async fn pagina(porta: &Porta, modulo: Modulo, errori: Vec<ErroreCampo>) -> Result<Response, Errore> {
    let found = porta.mio().await?;
    let a = di_porta(porta, &found.pratica, true);
    if a.annulla.is_empty() {
        return Ok(Redirect::to(&porta.base).into_response());
    }
    let stato = if errori.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PaginaAnnulla {
        layout: porta.layout(&t("prenota-annulla-titolo"), &a.cosa),
        azione: a.annulla.clone(),
        a,
        torna: porta.base.clone(),
        chiave: if modulo.chiave.is_empty() { porta.chiave() } else { modulo.chiave },
        motivo: modulo.motivo,
        massimo: limiti::MOTIVO,
        errori,
    };
    Ok(pagina_con(stato, page))
}

/// Cancels it.
pub async fn esegui(porta: &Porta, modulo: Modulo) -> Result<Response, Errore> {
    let motivo = Some(modulo.motivo.trim().to_owned()).filter(|motivo| !motivo.is_empty());
    porta.mio().await?;
    match porta.r.web.app.annulla_appuntamento(&porta.ctx, &modulo.chiave, porta.id, motivo).await {
        Ok(esito) => messaggio(porta, &t("prenota-annullato-fatto"), esito.posizione).await,
        Err(AppError::Rifiutato(errori)) => {
            let mut errori = errori_campi(&errori, &["motivo"]);
            errori.iter_mut().filter(|e| e.campo != "motivo").for_each(|e| e.campo.clear());
            pagina(porta, modulo, errori).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Back to the page of the booking, with a message.
pub async fn messaggio(porta: &Porta, testo: &str, posizione: u64) -> Result<Response, Errore> {
    sessione::avvisa(&porta.r.session, testo).await?;
    Ok(Redirect::to(&format!("{}?dopo={posizione}", porta.base)).into_response())
}

/// `GET /pratiche/{id}/annulla`.
pub async fn mostra(firmata: Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    pagina(&Porta::area(firmata, &id)?, Modulo::default(), Vec::new()).await
}

/// `POST /pratiche/{id}/annulla`.
pub async fn annulla(firmata: Firmata, Path(id): Path<String>, Form(modulo): Form<Modulo>) -> Result<Response, Errore> {
    esegui(&Porta::area(firmata, &id)?, modulo).await
}
