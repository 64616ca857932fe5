//! Adding what the office asked for: words and files, on one page that works without scripts.

use super::vista::{VistaIntegrazione, integrazione};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout};
use crate::pagine::invio::{self, Cornice, FileCaricato, Modulo, errori_campi, guasto};
use crate::richiesta::{Firmata, Richiesta};
use crate::{sessione, t, ta};
use app::{AppError, DettaglioPratica, PresentaIntegrazione};
use askama::Template;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{AllegatoId, PraticaId};
use domain::pratica::MAX_MESSAGGIO;

#[derive(Template)]
#[template(path = "area/integrazione.html")]
pub struct PaginaIntegrazione {
    pub layout: Layout,
    pub id: String,
    pub i: VistaIntegrazione,
    pub c: Cornice,
    pub testo: String,
    pub massimo: usize,
}

/// A request that awaits documents from the reader; none where nothing is awaited any more.
async fn attesa(r: &Richiesta, id: PraticaId) -> Result<Option<(DettaglioPratica, VistaIntegrazione)>, Errore> {
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?.ok_or(Errore::NonTrovato)?;
    if !found.disponibile {
        return Err(Errore::NonTrovato);
    }
    let vista = integrazione(&found, r.web.app.clock().now()).filter(|vista| vista.attesa);
    Ok(vista.map(|vista| (found, vista)))
}

fn alla_pratica(id: PraticaId) -> Response {
    Redirect::to(&format!("/pratiche/{id}")).into_response()
}

/// `GET /pratiche/{id}/integrazione`.
pub async fn mostra(Firmata(r): Firmata, Path(path): Path<String>) -> Result<Response, Errore> {
    pagina(&r, super::id(&path)?, StatusCode::OK, Modulo::default(), Vec::new()).await
}

/// The page with what was written and the files that have come so far.
async fn pagina(
    r: &Richiesta,
    id: PraticaId,
    stato: StatusCode,
    mut modulo: Modulo,
    errori: Vec<ErroreCampo>,
) -> Result<Response, Errore> {
    let Some((found, i)) = attesa(r, id).await? else { return Ok(alla_pratica(id)) };
    let uploads =
        if modulo.allegati.is_empty() { Vec::new() } else { r.web.app.caricati(&r.ctx, &modulo.allegati).await? };
    if modulo.get("chiave").is_empty() {
        let chiave = r.web.app.ids().uuid(r.web.app.clock().now());
        modulo.set("chiave", chiave.to_string());
    }
    let mut nascosti = vec![("chiave".to_owned(), modulo.get("chiave").to_owned())];
    nascosti.extend(uploads.iter().map(|upload| ("allegato".to_owned(), upload.id.to_string())));
    let base = found.caso.base();
    let titolo = found.caso.titolo().unwrap_or(&base.oggetto).to_owned();
    let (pratica, qui) = (format!("/pratiche/{id}"), t("area-integra-titolo"));
    let page = PaginaIntegrazione {
        layout: r.layout(qui.clone()).con_percorso([
            ("/area-personale", t("area-titolo").as_str()),
            (pratica.as_str(), titolo.as_str()),
            (r.path.as_str(), qui.as_str()),
        ]),
        id: id.to_string(),
        i,
        c: Cornice {
            titolo: qui.clone(),
            sommario: titolo.clone(),
            azione: format!("/pratiche/{id}/integrazione"),
            nascosti,
            errori,
            file: uploads.iter().map(FileCaricato::from).collect(),
            ..Cornice::default()
        },
        testo: modulo.get("testo").to_owned(),
        massimo: MAX_MESSAGGIO,
    };
    Ok(pagina_con(stato, page))
}

/// `POST /pratiche/{id}/integrazione`: takes files while they arrive, then shows the page again or sends it all.
pub async fn invia(Firmata(r): Firmata, Path(path): Path<String>, request: Request) -> Result<Response, Errore> {
    let id = super::id(&path)?;
    // Before any file is taken: of a case that awaits nothing from this person, none is.
    if attesa(&r, id).await?.is_none() {
        return Ok(alla_pratica(id));
    }
    let mut modulo = invio::leggi(&r, request).await?;
    let errori = std::mem::take(&mut modulo.errori);
    if !errori.is_empty() {
        return pagina(&r, id, StatusCode::UNPROCESSABLE_ENTITY, modulo, errori).await;
    }
    match modulo.get("azione").to_owned().as_str() {
        "carica" => pagina(&r, id, StatusCode::OK, modulo, Vec::new()).await,
        azione => match azione.strip_prefix("togli-") {
            Some(file) => {
                if let Ok(file) = file.parse::<AllegatoId>() {
                    modulo.allegati.retain(|other| *other != file);
                }
                pagina(&r, id, StatusCode::OK, modulo, Vec::new()).await
            }
            None => presenta(&r, id, modulo).await,
        },
    }
}

async fn presenta(r: &Richiesta, id: PraticaId, mut modulo: Modulo) -> Result<Response, Errore> {
    let testo = Some(modulo.get("testo").to_owned());
    let input = PresentaIntegrazione { testo, allegati: modulo.allegati.clone() };
    match r.web.app.presenta_integrazione(&r.ctx, modulo.get("chiave"), id, input).await {
        Ok(esito) => {
            let numero = esito.protocollo.map(|p| p.segnatura().to_string()).unwrap_or_default();
            sessione::avvisa(&r.session, ta("area-integrata", &[("numero", &numero)])).await?;
            Ok(Redirect::to(&format!("/pratiche/{id}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            if errori.iter().any(|e| e.codice == "chiave-riusata") {
                // The same page was sent before with other words: what is sent next has a key of its own.
                modulo.set("chiave", "");
            }
            let errori = errori_campi(&errori, &["testo"]);
            pagina(r, id, StatusCode::UNPROCESSABLE_ENTITY, modulo, errori).await
        }
        Err(error) => {
            let (errore, riprova_tra) = guasto(error)?;
            let mut page = pagina(r, id, StatusCode::SERVICE_UNAVAILABLE, modulo, vec![errore]).await?;
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(riprova_tra.as_secs().max(1)));
            Ok(page)
        }
    }
}
