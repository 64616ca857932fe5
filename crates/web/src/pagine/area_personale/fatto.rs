//! The page after a filing: what was received, and what happens next.

use super::vista::VistaPratica;
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Riga};
use crate::pagine::invio::Nota;
use crate::pagine::profilo::{Offerta, offerta};
use crate::pagine::segnalazione::emergenza;
use crate::richiesta::Firmata;
use crate::{t, ta};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use domain::Caso;
use serde::Deserialize;

/// Which write must be seen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    /// Position of the filing.
    pub dopo: Option<u64>,
}

#[derive(Template)]
#[template(path = "area/fatto.html")]
pub struct PaginaFatto {
    pub layout: Layout,
    pub v: VistaPratica,
    pub titolo: String,
    /// Where the courtesy copy goes.
    pub copia: String,
    pub righe: Vec<Riga>,
    pub passi: Vec<String>,
    pub nota: Option<Nota>,
    /// What of it the person might keep for other requests.
    pub offerta: Option<Offerta>,
    /// Link to the list, which waits for this filing.
    pub elenco: String,
}

/// `GET /pratiche/{id}/fatto`.
pub async fn mostra(
    Firmata(r): Firmata,
    Path(id): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let id = super::id(&id)?;
    let found = r.web.app.pratica(&r.ctx, id, None, domanda.dopo).await?;
    let dettaglio = found.filter(|dettaglio| dettaglio.personale).ok_or(Errore::NonTrovato)?;
    if let Caso::Appuntamento(pratica) = &dettaglio.caso {
        return Ok(crate::pagine::appuntamenti::fatto(&r, &dettaglio, pratica, domanda.dopo));
    }
    let v = VistaPratica::new(&dettaglio, &r.ctx.ente, r.web.app.clock().now());
    let base = dettaglio.caso.base();
    let tipo = base.tipo.as_str();
    let email = base.richiedente.get().and_then(|chi| chi.email.clone());
    let titolo = t(&format!("area-fatto-{tipo}"));
    let nota = match &dettaglio.caso {
        Caso::Segnalazione(p) => emergenza(&p.dettaglio.categoria, &r.ctx.ente),
        Caso::Lettera(_) | Caso::Istanza(_) | Caso::Appuntamento(_) => None,
    };
    let layout = r.layout(titolo.clone()).con_percorso([("/area-personale", &t("area-titolo")), (&r.path, &titolo)]);
    let page = PaginaFatto {
        layout: Layout { feedback: true, feedback_servizio: true, ..layout },
        righe: righe(&v),
        copia: match &email {
            Some(email) => ta("area-fatto-copia", &[("email", email)]),
            None => t("area-fatto-senza-email"),
        },
        passi: passi(&v, tipo),
        titolo,
        nota,
        offerta: offerta(&r, &dettaglio.caso).await?,
        elenco: domanda.dopo.map_or_else(|| "/area-personale".to_owned(), |p| format!("/area-personale?dopo={p}")),
        v,
    };
    Ok(Pagina(page).into_response())
}

pub fn righe(v: &VistaPratica) -> Vec<Riga> {
    let protocollo = v.protocollo.clone().unwrap_or_default();
    vec![
        Riga::new(t("area-protocollo"), protocollo.segnatura),
        Riga::new(t("area-registrata"), protocollo.data),
        Riga::new(t("area-ufficio"), v.ufficio.nome.clone()),
        Riga::new(t("area-risposta-entro"), v.scadenza.clone()),
    ]
}

pub fn passi(v: &VistaPratica, tipo: &str) -> Vec<String> {
    vec![
        ta("area-fatto-passo-1", &[("ufficio", &v.ufficio.nome)]),
        t("area-fatto-passo-2"),
        ta(&format!("area-fatto-passo-3-{tipo}"), &[("data", &v.scadenza)]),
    ]
}
