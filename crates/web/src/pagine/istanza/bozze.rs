//! The drafts of a person, in their personal area.

use super::giro::{Fuori, inizio_di, verso};
use super::vista::SchedaBozza;
use crate::errore::{Errore, Pagina};
use crate::layout::Layout;
use crate::richiesta::{Firmata, Richiesta};
use crate::state::Web;
use crate::{formato, sessione, t};
use app::{AppError, Bozza};
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::persona::Ruolo;
use uuid::Uuid;

const ELENCO: &str = "/area-personale#bozze";

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new().route("/area-personale/bozze/{id}/elimina", get(conferma).post(elimina))
}

/// The drafts of who is signed in, newest first; officials have none.
pub async fn schede(r: &Richiesta) -> Result<Vec<SchedaBozza>, AppError> {
    if r.utente().is_none_or(|utente| utente.ruolo != Ruolo::Cittadino) {
        return Ok(Vec::new());
    }
    let bozze = r.web.app.bozze(&r.ctx).await?;
    Ok(bozze.iter().map(|bozza| scheda(r, bozza)).collect())
}

fn scheda(r: &Richiesta, bozza: &Bozza) -> SchedaBozza {
    let codice = &bozza.servizio.codice;
    let app = &r.web.app;
    let servizio = app.servizio(&r.ctx, codice).or_else(|| app.servizio_di(&r.ctx, &bozza.servizio));
    let base = format!("{}/{}", inizio_di(codice), bozza.id);
    SchedaBozza {
        id: bozza.id.to_string(),
        codice: codice.clone(),
        servizio: servizio.map_or_else(|| t("bozze-servizio-ignoto"), |servizio| servizio.nome.clone()),
        riprendi: if bozza.passo.is_empty() { base } else { format!("{base}/{}", bozza.passo) },
        elimina: format!("/area-personale/bozze/{}/elimina", bozza.id),
        salvata: formato::istante(bozza.aggiornata),
        scade: formato::giorno(bozza.scade),
    }
}

#[derive(Template)]
#[template(path = "area/elimina_bozza.html")]
pub struct PaginaElimina {
    pub layout: Layout,
    pub scheda: SchedaBozza,
    pub torna: &'static str,
}

/// `GET /area-personale/bozze/{id}/elimina`: asks first, for there is no way back.
async fn conferma(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Fuori> {
    let found = schede(&r).await?.into_iter().find(|scheda| scheda.id == id);
    let scheda = found.ok_or(Errore::NonTrovato)?;
    let titolo = t("bozze-elimina-titolo");
    let layout =
        r.layout(titolo.clone()).con_percorso([("/area-personale", &t("area-titolo")), (&scheda.elimina, &titolo)]);
    Ok(Pagina(PaginaElimina { layout, scheda, torna: ELENCO }).into_response())
}

/// `POST /area-personale/bozze/{id}/elimina`.
async fn elimina(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Fuori> {
    let id: Uuid = id.parse().map_err(|_| Errore::NonTrovato)?;
    // Taken away twice is taken away.
    if r.web.app.elimina_bozza(&r.ctx, id).await? {
        sessione::avvisa(&r.session, t("bozze-eliminata")).await?;
    }
    Ok(verso(ELENCO))
}
