//! Appointments for citizens: the flow of a booking in the five steps of the model (place, date and time, details, person,
//! summary), its page afterwards, moving, cancelling, waiting for an earlier time, the link of a message.
//!
//! What is chosen before a time is held stands in the address, so that every look is a link and needs no sign-in. From
//! then on the session keeps what was written, and each form carries it too: a session that ended loses nothing.

mod annulla;
mod attesa;
mod cammino;
mod caso;
mod collegamento;
mod domanda;
mod elenco;
mod flusso;
mod luogo;
mod orario;
mod passi;
mod porta;
mod riepilogo;
mod sposta;
#[cfg(test)]
mod tests;
mod vista;

pub(super) use caso::{fatto, pagina as pagina_caso};
pub(super) use domanda::inizio;
pub(super) use vista::della_pratica;

use crate::state::Web;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

/// Path of the first page.
pub const INIZIO: &str = "/prenota-appuntamento";

/// Numeric limits. Each has a test.
pub mod limits {
    /// Days whose free times one page shows.
    pub const GIORNI: i32 = 28;
    /// Days that are looked at together for the first free time of each office.
    pub const GIORNI_PRIMO: i32 = 62;
    /// Rounds of that search: as many as the longest horizon of a service needs.
    pub const GIRI_PRIMO: u32 = 3;
    /// Bookings begun that a session keeps; the oldest gives way.
    pub const FLUSSI: usize = 4;
    /// Characters of a value of an address that are looked at.
    pub const VALORE: usize = 200;
}

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(INIZIO, get(elenco::mostra))
        .route("/prenota-appuntamento/luogo", get(luogo::mostra))
        .route("/prenota-appuntamento/orario", get(orario::mostra).post(orario::scegli))
        .route("/prenota-appuntamento/{flusso}/dettagli", get(passi::dettagli).post(passi::con_dettagli))
        .route("/prenota-appuntamento/{flusso}/richiedente", get(passi::richiedente).post(passi::con_richiedente))
        .route("/prenota-appuntamento/{flusso}/riepilogo", get(riepilogo::mostra).post(riepilogo::prenota))
        .route("/appuntamenti", get(|| async { Redirect::permanent(INIZIO) }))
        .route("/appuntamenti/nuovo", get(|| async { Redirect::to(INIZIO) }))
        .route("/pratiche/{id}/appuntamento.ics", get(caso::calendario))
        .route("/pratiche/{id}/sposta", get(sposta::luogo))
        .route("/pratiche/{id}/sposta/orario", get(sposta::orario))
        .route("/pratiche/{id}/sposta/conferma", get(sposta::conferma).post(sposta::sposta))
        .route("/pratiche/{id}/annulla", get(annulla::mostra).post(annulla::annulla))
        .route("/pratiche/{id}/attesa", get(attesa::mostra).post(attesa::iscrivi))
        .route("/pratiche/{id}/attesa/lascia", post(attesa::lascia))
        .route("/pratiche/{id}/attesa/accetta", post(attesa::accetta))
        .route("/pratiche/{id}/attesa/rifiuta", post(attesa::rifiuta))
        .merge(collegamento::routes())
}
