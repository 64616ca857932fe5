//! The day of an office: who comes when, who is there, bookings made for others, closures, the public display.

mod azioni;
mod calendario;
mod cambia;
mod giorno;
mod libero;
mod monitor;
mod prenota;
#[cfg(test)]
mod tests;
mod vista;

use crate::errore::Errore;
use crate::limite::limitate;
use crate::richiesta::Richiesta;
use crate::state::Web;
use axum::Router;
use axum::routing::{get, post};
use domain::ente::CodiceUfficio;
use domain::prenotabile::Orario;
use domain::termini;
use jiff::civil::Date;
use std::sync::Arc;

/// Path of the agendas.
pub const INIZIO: &str = "/ufficio/agenda";

/// Numeric limits. Each has a test.
pub mod limits {
    /// Seconds after which the public display asks again.
    pub const AGGIORNA: u32 = 15;
    /// Numbers that were called, on the public display: more cannot be read from across a room.
    pub const CHIAMATI: usize = 8;
    /// Numbers that wait, on the public display.
    pub const IN_ATTESA: usize = 24;
    /// Slots of a day that an officer chooses from.
    pub const SLOT: usize = 200;
}

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(INIZIO, get(giorno::uffici))
        .route("/ufficio/agenda/{ufficio}", get(giorno::scegli))
        .route("/ufficio/agenda/{ufficio}/{giorno}", get(giorno::mostra))
        .route("/ufficio/agenda/{ufficio}/{giorno}/prenota", get(prenota::mostra).post(prenota::prenota))
        .route("/ufficio/agenda/{ufficio}/{giorno}/sposta/{id}", get(cambia::mostra_sposta).post(cambia::sposta))
        .route("/ufficio/agenda/{ufficio}/{giorno}/annulla/{id}", get(cambia::mostra_annulla).post(cambia::annulla))
        .route("/ufficio/agenda/{ufficio}/{giorno}/{azione}", post(azioni::agisci).get(azioni::torna))
        .route("/ufficio/agenda/{ufficio}/calendario", get(calendario::mostra).post(calendario::apri))
        .route("/ufficio/agenda/{ufficio}/calendario/revoca", get(calendario::torna).post(calendario::revoca))
        .merge(limitate(Router::new().route("/calendari/{file}", get(calendario::leggi))))
        .route("/monitor/{ufficio}", get(monitor::mostra))
        .route("/api/uffici/{ufficio}/disponibilita", get(libero::mostra))
        .route("/api/uffici/{ufficio}/disponibilita.ics", get(libero::calendario))
}

/// An office and a day, as they stand in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Luogo {
    pub ufficio: CodiceUfficio,
    pub giorno: Date,
}

impl Luogo {
    /// From the parts of an address; what is no day has no page.
    pub fn leggi(ufficio: &str, giorno: &str) -> Result<Self, Errore> {
        let giorno = giorno.parse().map_err(|_| Errore::NonTrovato)?;
        Ok(Self { ufficio: CodiceUfficio::new(ufficio), giorno })
    }

    /// Path of the day.
    pub fn href(&self) -> String {
        self.altro(self.giorno)
    }

    /// Path of the agenda, without a day.
    pub fn agenda(&self) -> String {
        format!("{INIZIO}/{}", self.ufficio)
    }

    /// Path of another day of the office.
    pub fn altro(&self, giorno: Date) -> String {
        format!("{INIZIO}/{}/{giorno}", self.ufficio)
    }

    /// The office, for its own officers; for others there is no such page.
    pub fn orario(&self, r: &Richiesta) -> Result<Arc<Orario>, Errore> {
        let own = r.utente().is_some_and(|utente| utente.uffici.contains(&self.ufficio));
        r.web.app.orario(&r.ctx, &self.ufficio).filter(|_| own).ok_or(Errore::NonTrovato)
    }
}

/// Today in Italy.
pub fn oggi(r: &Richiesta) -> Date {
    termini::data_locale(r.web.app.clock().now())
}

/// A key for the commands of a page.
pub fn chiave(r: &Richiesta) -> String {
    r.web.app.ids().uuid(r.web.app.clock().now()).to_string()
}

/// Why something was refused, in one text. An appointment's states have words of their own.
pub fn motivi(errori: &[app::ErroreCampo]) -> String {
    let one = |errore: &app::ErroreCampo| {
        let stato = errore.valori.get("stato").filter(|_| errore.codice == "stato-non-ammesso");
        let key = stato.map(|stato| format!("agenda-rifiuto-{stato}")).filter(|key| app::testi::esiste(key));
        key.map_or_else(|| errore.messaggio.clone(), |key| crate::t(&key))
    };
    errori.iter().map(one).collect::<Vec<_>>().join(" ")
}
