//! The protocol office: the register, one entry with its changes, the audit trail, notices that did not arrive.

mod audit;
mod csv;
mod notifiche;
mod registrazione;
mod ricerca;

use crate::state::Web;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/protocollo", get(ricerca::mostra))
        .route("/protocollo/registro.csv", get(csv::scarica))
        .route("/protocollo/audit", get(audit::mostra))
        .route("/protocollo/notifiche", get(notifiche::mostra))
        .route(
            "/protocollo/notifiche/riprova",
            post(notifiche::riprova).get(|| async { Redirect::to("/protocollo/notifiche") }),
        )
        .route("/protocollo/{anno}/{numero}", get(registrazione::mostra).post(registrazione::modifica))
}

/// Name of a direction.
fn flusso(flusso: domain::registro::Flusso) -> String {
    crate::t(&format!("protocollo-flusso-{}", flusso.as_str()))
}

/// Address of an entry.
fn indirizzo_di(anno: i16, numero: u64) -> String {
    format!("/protocollo/{anno}/{numero}")
}
