//! The desk of an office: the queue, one case, its next step.

mod agenda;
mod appuntamento;
mod coda;
mod integrazione;
mod pratica;
mod termine;

use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/ufficio", get(coda::mostra))
        .route("/ufficio/pratiche/{id}", get(pratica::mostra))
        .route("/ufficio/pratiche/{id}/integrazione", post(integrazione::richiedi).get(pratica::alla_pratica))
        .route("/ufficio/pratiche/{id}/collega", post(appuntamento::collega).get(pratica::alla_pratica))
        .route("/ufficio/pratiche/{id}/apri", post(appuntamento::apri).get(pratica::alla_pratica))
        .route("/ufficio/pratiche/{id}/{azione}", post(pratica::lavora).get(pratica::torna))
        .merge(agenda::routes())
}
