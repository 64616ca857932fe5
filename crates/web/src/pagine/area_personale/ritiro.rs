//! Withdrawing a request: asks first and says what follows, for there is no way back.

use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout};
use crate::richiesta::{Firmata, Richiesta};
use crate::{sessione, t, ta};
use app::{AppError, DettaglioPratica};
use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Caso;
use domain::ids::PraticaId;
use domain::pratica::MAX_MOTIVO;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "area/ritira.html")]
pub struct PaginaRitiro {
    pub layout: Layout,
    pub id: String,
    /// The case in its citizen's words.
    pub titolo: String,
    pub chiave: String,
    pub motivo: String,
    pub massimo: usize,
    pub errori: Vec<ErroreCampo>,
}

/// The form, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    motivo: String,
}

/// A request that the reader may withdraw; none where there is nothing to withdraw any more.
async fn ritirabile(r: &Richiesta, id: PraticaId) -> Result<Option<DettaglioPratica>, Errore> {
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
    if !found.disponibile || !matches!(found.caso, Caso::Istanza(_)) {
        return Err(Errore::NonTrovato);
    }
    Ok(Some(found).filter(|found| found.caso.base().stato.aperta()))
}

/// `GET /pratiche/{id}/ritira`.
pub async fn mostra(Firmata(r): Firmata, Path(path): Path<String>) -> Result<Response, Errore> {
    let id = super::id(&path)?;
    let Some(found) = ritirabile(&r, id).await? else { return Ok(alla_pratica(id)) };
    Ok(pagina_con(StatusCode::OK, pagina(&r, &found, Modulo::default(), Vec::new())))
}

fn alla_pratica(id: PraticaId) -> Response {
    Redirect::to(&format!("/pratiche/{id}")).into_response()
}

fn pagina(r: &Richiesta, found: &DettaglioPratica, modulo: Modulo, errori: Vec<ErroreCampo>) -> PaginaRitiro {
    let base = found.caso.base();
    let titolo = found.caso.titolo().unwrap_or(&base.oggetto).to_owned();
    let (pratica, qui) = (format!("/pratiche/{}", base.id), t("area-ritira-titolo"));
    let now = r.web.app.clock().now();
    let chiave = if modulo.chiave.is_empty() { r.web.app.ids().uuid(now).to_string() } else { modulo.chiave };
    PaginaRitiro {
        layout: r.layout(qui.clone()).con_percorso([
            ("/area-personale", t("area-titolo").as_str()),
            (pratica.as_str(), titolo.as_str()),
            (r.path.as_str(), qui.as_str()),
        ]),
        id: base.id.to_string(),
        titolo,
        chiave,
        motivo: modulo.motivo,
        massimo: MAX_MOTIVO,
        errori,
    }
}

/// `POST /pratiche/{id}/ritira`.
pub async fn ritira(
    Firmata(r): Firmata,
    Path(path): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let id = super::id(&path)?;
    match r.web.app.rinuncia(&r.ctx, &modulo.chiave, id, Some(modulo.motivo.clone())).await {
        Ok(esito) => {
            let numero = esito.protocollo.map(|p| p.segnatura().to_string()).unwrap_or_default();
            sessione::avvisa(&r.session, ta("area-ritirata", &[("numero", &numero)])).await?;
            Ok(Redirect::to(&format!("/pratiche/{id}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let Some(found) = ritirabile(&r, id).await? else { return Ok(alla_pratica(id)) };
            let errori = crate::pagine::invio::errori_campi(&errori, &["motivo"]);
            Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, pagina(&r, &found, modulo, errori)))
        }
        Err(error) => Err(error.into()),
    }
}
