//! A person's own cases: the list, each case with its history, its papers, its receipt.

mod dettaglio;
mod elenco;
mod fatto;
mod ricevuta;
mod scarico;
#[cfg(test)]
pub mod tests;
pub mod vista;

use crate::errore::Errore;
use crate::state::Web;
use axum::Router;
use axum::routing::get;
use domain::ids::PraticaId;

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/area-personale", get(elenco::mostra))
        .route("/pratiche/{id}", get(dettaglio::mostra))
        .route("/pratiche/{id}/fatto", get(fatto::mostra))
        .route("/pratiche/{id}/ricevuta", get(ricevuta::mostra))
        .route("/pratiche/{id}/ricevuta.pdf", get(scarico::ricevuta))
        .route("/pratiche/{id}/documento", get(scarico::documento))
        .route("/pratiche/{id}/allegati/{n}", get(scarico::allegato))
}

/// The id in a path; what is no id leads nowhere.
fn id(text: &str) -> Result<PraticaId, Errore> {
    text.parse().map_err(|_| Errore::NonTrovato)
}
