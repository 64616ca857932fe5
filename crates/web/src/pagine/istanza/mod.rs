//! Asking for a service of the catalogue: who asks, a page for each step of its form, a summary, the filing.
//!
//! Every POST saves what was written into a draft and leads to a GET: going back, reloading, another device and another day
//! find the same words. Nothing here knows a service; the form says what is asked.

mod bozze;
pub mod campi;
mod corpo;
mod dati;
mod flusso;
pub mod giro;
pub mod leggi;
mod passi;
mod riepilogo;
#[cfg(test)]
mod tests;
mod vista;

pub use bozze::schede as schede_bozze;
pub use vista::{PaginaSessione, SchedaBozza};

use crate::state::Web;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/servizi/{codice}/richiedi", get(flusso::inizio).post(flusso::ricomincia))
        .route("/servizi/{codice}/richiedi/{bozza}", get(flusso::privacy).post(flusso::accetta))
        .route("/servizi/{codice}/richiedi/{bozza}/{passo}", get(flusso::mostra))
        .route("/servizi/{codice}/richiedi/{bozza}/invia", post(riepilogo::invia).get(riepilogo::da_capo))
        .route("/servizi/{codice}/richiedi/{bozza}/salva", post(flusso::salva))
        .merge(bozze::routes())
}

/// The routes that take files: the reader sets their limits, in bytes and in time, as the step has them.
pub fn routes_file() -> Router<Web> {
    Router::new()
        .route("/servizi/{codice}/richiedi/{bozza}/{passo}", post(flusso::passo))
        .layer(DefaultBodyLimit::disable())
}
