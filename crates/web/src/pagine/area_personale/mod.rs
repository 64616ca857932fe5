//! A person's own cases: the list, each case with its history, its papers, its receipt, and what its person adds to it.

pub mod dettaglio;
mod elenco;
mod fatto;
mod integrazione;
mod ricevuta;
mod ripresa;
mod ritiro;
mod scarico;
#[cfg(test)]
pub mod tests;
pub mod vista;

pub(super) use scarico::disposizione;

use super::invio::misura_dichiarata;
use crate::errore::Errore;
use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
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
        .route("/pratiche/{id}/integrazione", get(integrazione::mostra))
        .route("/pratiche/{id}/ritira", get(ritiro::mostra).post(ritiro::ritira))
        .route("/pratiche/{id}/ripresenta", get(ripresa::torna).post(ripresa::ripresenta))
}

/// The routes that take files: outside the deadline of the pages.
pub fn routes_file() -> Router<Web> {
    Router::new()
        .route("/pratiche/{id}/integrazione", post(integrazione::invia))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(misura_dichiarata))
}

/// The id in a path; what is no id leads nowhere.
fn id(text: &str) -> Result<PraticaId, Errore> {
    text.parse().map_err(|_| Errore::NonTrovato)
}
