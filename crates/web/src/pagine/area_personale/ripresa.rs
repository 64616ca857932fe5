//! Filing again from an earlier request: a draft of the same service with its answers.

use crate::errore::Errore;
use crate::richiesta::Firmata;
use crate::sessione;
use app::AppError;
use axum::extract::Path;
use axum::response::Redirect;

/// `POST /pratiche/{id}/ripresenta`: opens the draft. Why it could not be opened is said on the page of the case.
pub async fn ripresenta(Firmata(r): Firmata, Path(path): Path<String>) -> Result<Redirect, Errore> {
    let id = super::id(&path)?;
    match r.web.app.apri_bozza_da(&r.ctx, id).await {
        Ok(bozza) => Ok(Redirect::to(&format!("/servizi/{}/richiedi/{}", bozza.servizio.codice, bozza.id))),
        Err(AppError::Rifiutato(errori)) if errori.iter().any(|e| e.codice == "pratica-inesistente") => {
            Err(Errore::NonTrovato)
        }
        Err(AppError::Rifiutato(errori)) => {
            let reasons: Vec<String> = errori.into_iter().map(|e| e.messaggio).collect();
            sessione::avvisa(&r.session, reasons.join(" ")).await?;
            Ok(Redirect::to(&format!("/pratiche/{id}")))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /pratiche/{id}/ripresenta`, as after a sign-in in between: the case.
pub async fn torna(Path(path): Path<String>) -> Result<Redirect, Errore> {
    Ok(Redirect::to(&format!("/pratiche/{}", super::id(&path)?)))
}
