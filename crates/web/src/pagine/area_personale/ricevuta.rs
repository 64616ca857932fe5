//! The receipt (L. 241/1990 artt. 8 and 18-bis), as a page to be printed.

use super::vista::{VistaPratica, nome_tipo, silenzio};
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Riga};
use crate::richiesta::Firmata;
use crate::{formato, t, ta};
use app::{DettaglioPratica, Ente};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "area/ricevuta.html")]
pub struct PaginaRicevuta {
    pub layout: Layout,
    pub v: VistaPratica,
    pub aoo: String,
    pub pec: String,
    /// Registration.
    pub registrazione: Vec<Riga>,
    /// Term, and what silence means.
    pub termine: Vec<Riga>,
    /// Who answers.
    pub ufficio: Vec<Riga>,
    /// Address under which the case is followed.
    pub indirizzo: String,
    /// What can be done when no answer comes; empty where no proceeding was opened.
    pub rimedi: String,
    /// When this page was made.
    pub prodotta: String,
}

/// `GET /pratiche/{id}/ricevuta`.
pub async fn mostra(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    let found = r.web.app.pratica(&r.ctx, super::id(&id)?, None, None).await?;
    let dettaglio = found.filter(|dettaglio| dettaglio.personale).ok_or(Errore::NonTrovato)?;
    let now = r.web.app.clock().now();
    let v = VistaPratica::new(&dettaglio, &r.ctx.ente, now);
    let pratica = format!("/pratiche/{}", v.id);
    let layout = r.layout(ta("area-ricevuta-titolo", &[("codice", &v.codice)])).con_percorso([
        ("/area-personale", &t("area-titolo")),
        (&pratica, &v.titolo),
        (&r.path, &t("area-ricevuta")),
    ]);
    Ok(Pagina(pagina(layout, v, &dettaglio, &r.ctx.ente, formato::istante(now))).into_response())
}

pub fn pagina(
    layout: Layout,
    v: VistaPratica,
    dettaglio: &DettaglioPratica,
    ente: &Ente,
    prodotta: String,
) -> PaginaRicevuta {
    let base = dettaglio.caso.base();
    let p = v.protocollo.clone().unwrap_or_default();
    let registrazione = vec![
        Riga::new(t("area-ente"), ente.denominazione.clone()),
        Riga::new(t("area-aoo"), ente.aoo.clone()),
        Riga::new(t("area-registro"), p.registro),
        Riga::new(t("area-protocollo"), p.segnatura),
        Riga::new(t("area-registrata"), p.data),
        Riga::new(t("area-codice"), v.codice.clone()),
        Riga::new(t("area-tipo"), v.tipo.clone()),
        Riga::new(t("area-oggetto"), v.oggetto.clone()),
        Riga::new(t("area-classifica"), base.classifica.to_string()),
    ];
    let giorni = base.termine.as_ref().map(|termine| termine.giorni.to_string()).unwrap_or_default();
    let termine = vec![
        Riga::new(t("area-termine"), ta("area-termine-giorni", &[("giorni", &giorni)])),
        Riga::new(t("area-risposta-entro"), v.scadenza.clone()),
        Riga::new(t("area-silenzio"), silenzio(&dettaglio.caso)),
    ];
    let responsabile = if v.responsabile.is_empty() { t("area-responsabile-ufficio") } else { v.responsabile.clone() };
    let ufficio = vec![
        Riga::new(t("area-ufficio"), v.ufficio.nome.clone()),
        Riga::new(t("area-responsabile"), responsabile),
        Riga::new(t("area-email"), v.ufficio.email.clone()),
        Riga::new(t("area-telefono"), v.ufficio.telefono.clone()),
    ];
    PaginaRicevuta {
        layout,
        aoo: ente.aoo.clone(),
        pec: ente.pec.clone(),
        registrazione,
        termine,
        ufficio,
        indirizzo: format!("{}/pratiche/{}", ente.base_url, v.id),
        rimedi: t(&format!("area-rimedi-{}", nome_tipo(base.tipo))),
        prodotta,
        v,
    }
}
