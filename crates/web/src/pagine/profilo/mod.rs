//! "I miei dati": what a person keeps here so that requests find it, group by group.
//!
//! It is theirs alone and no record: filed requests keep what was sent with them, whatever becomes of it.

mod gruppi;
mod pagine;
mod richiesta;
#[cfg(test)]
mod tests;
mod vista;

pub use richiesta::offerta;
pub use vista::Offerta;

use crate::layout::Riga;
use crate::state::Web;
use crate::t;
use axum::Router;
use axum::routing::{get, post};
use domain::modulo::Indirizzo;
use domain::persona::Anagrafica;

/// Address of the page.
pub const PATH: &str = "/profilo";

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(pagine::mostra))
        .route("/profilo/elimina", get(pagine::conferma).post(pagine::elimina))
        .route("/profilo/{gruppo}", get(pagine::modifica).post(pagine::salva))
        .route("/profilo/da-richiesta/{id}", post(richiesta::salva))
}

/// Name and codice fiscale, as the sign-in gave them.
pub fn identita(chi: &Anagrafica) -> Vec<Riga> {
    let codice = chi.codice_fiscale.as_ref().map(|codice| codice.as_str().to_owned()).unwrap_or_default();
    vec![Riga::new(t("invio-nome"), chi.nome_completo()), Riga::new(t("invio-codice-fiscale"), codice)]
}

/// An address on one line.
pub fn indirizzo(casa: &Indirizzo) -> String {
    format!("{} {}, {} {} ({})", casa.via, casa.civico, casa.cap, casa.comune, casa.provincia)
}
