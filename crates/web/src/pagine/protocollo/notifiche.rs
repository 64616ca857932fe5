//! Notices that were given up, and another try.

use crate::errore::{Errore, Pagina};
use crate::layout::Layout;
use crate::pagine::elenco::{istante_breve, risultati};
use crate::richiesta::DiProtocollo;
use crate::sessione;
use app::AppError;
use app::ports::Consegna;
use askama::Template;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// One notice.
struct Riga {
    dedupe: String,
    pratica: String,
    motivo: String,
    creata: String,
    tentativi: u32,
    errore: String,
}

#[derive(Template)]
#[template(path = "protocollo/notifiche.html")]
struct Notifiche {
    layout: Layout,
    risultati: String,
    righe: Vec<Riga>,
    /// Whether there are more than are shown.
    altre: bool,
}

/// Which notice to try again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Riprova {
    dedupe: String,
}

/// `GET /protocollo/notifiche`.
pub async fn mostra(DiProtocollo(r): DiProtocollo) -> Result<Response, Errore> {
    let (found, total) = r.web.app.work().dead_letters(r.ctx.codice_ente()).await.map_err(AppError::from)?;
    let (registro, titolo) = (crate::t("protocollo-titolo"), crate::t("protocollo-notifiche-titolo"));
    let page = Notifiche {
        layout: r
            .layout(titolo.clone())
            .con_percorso([("/protocollo", registro.as_str()), ("/protocollo/notifiche", titolo.as_str())]),
        risultati: risultati(total),
        altre: total > found.len() as u64,
        righe: found.iter().map(riga).collect(),
    };
    Ok(Pagina(page).into_response())
}

fn riga(consegna: &Consegna) -> Riga {
    Riga {
        dedupe: consegna.dedupe.clone(),
        pratica: consegna.tipo.codice(consegna.pratica).to_string(),
        motivo: crate::t(&format!("protocollo-motivo-{}", consegna.motivo.as_str())),
        creata: istante_breve(consegna.creata),
        tentativi: consegna.tentativi,
        errore: consegna.errore.clone().unwrap_or_default(),
    }
}

/// `POST /protocollo/notifiche/riprova`.
pub async fn riprova(DiProtocollo(r): DiProtocollo, Form(form): Form<Riprova>) -> Result<Redirect, Errore> {
    let now = r.web.app.clock().now();
    let queued = r.web.app.work().retry(r.ctx.codice_ente(), &form.dedupe, now).await.map_err(AppError::from)?;
    let key = if queued { "protocollo-notifica-in-coda" } else { "protocollo-notifica-assente" };
    sessione::avvisa(&r.session, crate::t(key)).await?;
    Ok(Redirect::to("/protocollo/notifiche"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_can_be_tried_again() {
        let row = Riga {
            dedupe: "evento:email".into(),
            pratica: "SG-1".into(),
            motivo: crate::t("protocollo-motivo-ricevuta"),
            creata: "6 marzo 2026".into(),
            tentativi: 8,
            errore: "mailbox full".into(),
        };
        let page = |righe: Vec<Riga>| Notifiche {
            layout: Layout::new("Comune di Prova", "Notifiche", "/protocollo/notifiche"),
            risultati: risultati(righe.len() as u64),
            altre: false,
            righe,
        };
        let html = page(vec![row]).render().unwrap();
        assert!(html.contains("value=\"evento:email\"") && html.contains("mailbox full"));
        assert!(page(Vec::new()).render().unwrap().contains(&crate::t("protocollo-notifiche-vuoto")));
    }
}
