//! What is chosen so far, as it stands in the address of a page.

use super::{INIZIO, limits};
use crate::richiesta::Richiesta;
use app::appuntamenti::Bisogni;
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::prenotabile::{Prenotabile, SlotId};
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

/// The parameters of the pages before a time is held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    /// Code of what is booked; on the first page also that of a service of the catalogue.
    pub servizio: String,
    /// Office.
    pub ufficio: String,
    /// Case it is about.
    pub pratica: String,
    /// A booking that was begun, whose time is chosen again.
    pub flusso: String,
    /// First day shown.
    pub dal: String,
    /// Day whose times are shown.
    pub giorno: String,
    /// Time that is proposed.
    pub slot: String,
    /// `si`: a desk that can be used from a wheelchair.
    pub accessibile: String,
    /// Language that the desk must speak.
    pub lingua: String,
    /// `si`: the time that was held ran out.
    pub scaduto: String,
    /// Words looked for.
    pub cerca: String,
}

impl Domanda {
    /// The service, if it can be booked.
    pub fn prenotabile(&self, r: &Richiesta) -> Option<Arc<Prenotabile>> {
        r.web.app.prenotabile(&r.ctx, &self.servizio)
    }

    /// The office, if one is named.
    pub fn ufficio(&self) -> Option<CodiceUfficio> {
        (!self.ufficio.is_empty()).then(|| CodiceUfficio::new(self.ufficio.clone()))
    }

    /// The case, if it has the shape of an id; whose it is the booking checks.
    pub fn pratica(&self) -> Option<PraticaId> {
        self.pratica.parse().ok()
    }

    /// The time proposed.
    pub fn slot(&self) -> Option<SlotId> {
        self.slot.parse().ok()
    }

    /// The day asked for.
    pub fn giorno(&self) -> Option<Date> {
        self.giorno.parse().ok()
    }

    /// The first day asked for.
    pub fn dal(&self) -> Option<Date> {
        self.dal.parse().ok()
    }

    /// What the desk must offer.
    pub fn bisogni(&self) -> Bisogni {
        let lingua = Some(self.lingua.clone()).filter(|lingua| !lingua.is_empty());
        Bisogni { lingua, accessibile: self.accessibile == "si" }
    }

    /// What stays in the address from page to page.
    pub fn fissi(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("servizio", &self.servizio),
            ("pratica", &self.pratica),
            ("flusso", &self.flusso),
            ("accessibile", &self.accessibile),
            ("lingua", &self.lingua),
        ];
        let short = |value: &&String| !value.is_empty() && value.chars().count() <= limits::VALORE;
        all.into_iter().filter(|(_, value)| short(value)).map(|(nome, value)| (nome, value.clone())).collect()
    }
}

/// A path with its parameters.
pub fn href(path: &str, parametri: &[(&str, String)]) -> String {
    let pairs: Vec<String> =
        parametri.iter().map(|(nome, valore)| format!("{nome}={}", urlencoding::encode(valore))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Where the booking of a service begins, at an office of its own if one is named.
pub fn inizio(servizio: &str, ufficio: &str, pratica: Option<PraticaId>) -> String {
    let mut all = vec![("servizio", servizio.to_owned()), ("ufficio", ufficio.to_owned())];
    all.extend(pratica.map(|id| ("pratica", id.to_string())));
    all.retain(|(_, valore)| !valore.is_empty());
    href(INIZIO, &all)
}
