//! The services and their sheets, with the voices of the model of the Modello Comuni in its order (C.SI.1.3).

mod elenco;
mod scheda;
#[cfg(test)]
mod tests;

pub use elenco::{categoria, elenco};
pub use scheda::scheda;
#[cfg(test)]
pub(super) use tests::esempio;

use crate::richiesta::Richiesta;
use domain::servizio::Servizio;
use std::sync::Arc;

/// Code of the report of a fault among the services.
pub const SEGNALAZIONE: &str = "segnalazione-disservizio";
/// Code of the letter to the mayor among the services.
pub const LETTERA: &str = "lettera-al-sindaco";

/// A service, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheda {
    pub codice: String,
    pub nome: String,
    pub descrizione: String,
    /// One of the fifteen categories of the model.
    pub categoria: String,
    /// Topics of the model.
    pub argomenti: Vec<String>,
    /// Where it begins.
    pub inizio: String,
    /// Office that answers, by code.
    pub ufficio: String,
    /// Days for the answer.
    pub giorni: u16,
    /// Its definition; the two services that are no istanza have none.
    pub definizione: Option<Arc<Servizio>>,
}

impl Scheda {
    /// Path of the sheet.
    pub fn href(&self) -> String {
        format!("/servizi/{}", self.codice)
    }
}

/// All services on offer: the two that are no istanza, then the catalogue.
pub fn schede(r: &Richiesta) -> Vec<Scheda> {
    di(r.web.app.servizi(&r.ctx))
}

/// The same from definitions.
fn di(catalogo: impl IntoIterator<Item = Arc<Servizio>>) -> Vec<Scheda> {
    let one = |codice: &str, inizio: &str, ufficio: &str, giorni, argomenti: &[&str]| Scheda {
        nome: crate::t(&format!("servizio-{codice}-nome")),
        descrizione: crate::t(&format!("servizio-{codice}-descrizione")),
        categoria: crate::t(&format!("servizio-{codice}-categoria")),
        codice: codice.to_owned(),
        argomenti: argomenti.iter().map(|&name| name.to_owned()).collect(),
        inizio: inizio.to_owned(),
        ufficio: ufficio.to_owned(),
        giorni,
        definizione: None,
    };
    let istanza = |s: Arc<Servizio>| Scheda {
        codice: s.codice.clone(),
        nome: s.nome.clone(),
        descrizione: s.scheda.descrizione.clone(),
        categoria: s.categoria.clone(),
        argomenti: s.argomenti.clone(),
        inizio: format!("/servizi/{}/richiedi", s.codice),
        ufficio: s.ufficio.to_string(),
        giorni: s.termine_giorni,
        definizione: Some(s),
    };
    let giorni = domain::segnalazione::limiti::GIORNI;
    let mut all = vec![
        one(SEGNALAZIONE, "/segnala", "urp", giorni, &["Igiene pubblica", "Spazio Verde"]),
        one(
            LETTERA,
            "/scrivi-al-sindaco",
            "segreteria-sindaco",
            domain::lettera::limiti::GIORNI,
            &["Comunicazione istituzionale", "Accesso all'informazione"],
        ),
    ];
    all.extend(catalogo.into_iter().map(istanza));
    all
}

/// What the tests of the pages show.
#[cfg(test)]
pub(super) fn tutte() -> Vec<Scheda> {
    di(catalogo::spediti().iter().cloned().map(Arc::new))
}
