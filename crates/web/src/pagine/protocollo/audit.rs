//! The audit trail: the records of the log, newest first (AgID guidelines 3.1: who did what, when, in which role).

use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Paginazione};
use crate::pagine::elenco::{Dove, istante_breve, risultati};
use crate::richiesta::DiProtocollo;
use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use projections::{AuditRow, FiltroAudit};
use serde::Deserialize;

/// Rows of a page.
const RIGHE: u32 = 50;
/// Characters of a search, at most.
const MAX_TESTO: usize = 100;

/// What is looked for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    stream: String,
    da: String,
}

/// One record.
pub(super) struct Riga {
    pub(super) posizione: String,
    pub(super) quando: String,
    pub(super) evento: String,
    pub(super) stream: String,
    pub(super) versione: u64,
    pub(super) attore: String,
    pub(super) ruolo: String,
    pub(super) canale: String,
    pub(super) hash: String,
}

#[derive(Template)]
#[template(path = "protocollo/audit.html")]
struct Audit {
    layout: Layout,
    domanda: Domanda,
    risultati: String,
    righe: Vec<Riga>,
    pagine: Paginazione,
}

/// `GET /protocollo/audit`.
pub async fn mostra(DiProtocollo(r): DiProtocollo, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let prefisso: String = domanda.stream.trim().chars().take(MAX_TESTO).collect();
    let filtro = FiltroAudit { prefisso: (!prefisso.is_empty()).then_some(prefisso), ..FiltroAudit::default() };
    let dove = Dove::parse(&domanda.da);
    let elenco = r.web.app.audit(&r.ctx, &filtro, dove.pagina(RIGHE)).await?;
    let (registro, titolo) = (crate::t("protocollo-titolo"), crate::t("protocollo-audit-titolo"));
    let page = Audit {
        layout: r
            .layout(titolo.clone())
            .con_percorso([("/protocollo", registro.as_str()), ("/protocollo/audit", titolo.as_str())]),
        risultati: risultati(elenco.totale),
        righe: elenco.righe.iter().map(riga).collect(),
        pagine: dove.pulsanti("/protocollo/audit", &[("stream", &domanda.stream)], &elenco, RIGHE),
        domanda,
    };
    Ok(Pagina(page).into_response())
}

pub(super) fn riga(row: &AuditRow) -> Riga {
    let role = format!("ruolo-{}", row.ruolo);
    Riga {
        posizione: row.posizione.to_string(),
        quando: istante_breve(row.quando),
        evento: row.evento.clone(),
        stream: row.stream.clone(),
        versione: row.versione,
        attore: row.attore.clone(),
        ruolo: if app::testi::esiste(&role) { crate::t(&role) } else { row.ruolo.clone() },
        canale: row.canale.clone(),
        hash: row.hash.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trail_names_actor_role_and_hash() {
        let row = AuditRow {
            posizione: 7,
            event_id: uuid::Uuid::nil(),
            stream: "registro-PROT-2026".into(),
            versione: 3,
            evento: "ProtocolloRegistrato".into(),
            attore: "0192f00d".into(),
            ruolo: "cittadino".into(),
            livello: Some(2),
            canale: "portale".into(),
            quando: "2026-03-06T09:30:00Z".parse().unwrap(),
            hash: "ab".repeat(32),
            prev_hash: "00".repeat(32),
        };
        let page = Audit {
            layout: Layout::new("Comune di Prova", "Traccia", "/protocollo/audit"),
            domanda: Domanda::default(),
            risultati: risultati(1),
            righe: vec![riga(&row)],
            pagine: Paginazione::default(),
        };
        let html = page.render().unwrap();
        for text in ["ProtocolloRegistrato", "registro-PROT-2026", "Cittadino", &"ab".repeat(32), "06/03/2026, 10:30"] {
            assert!(html.contains(text), "{text}");
        }
    }
}
