//! The way of which the choice of a place and of a time are part: a new booking, or the move of one.

use super::INIZIO;
use super::domanda::{Domanda, href};
use super::vista::Cornice;
use crate::layout::Passo;
use crate::t;
use domain::prenotabile::Prenotabile;
use jiff::Timestamp;
use std::sync::Arc;

/// The way, and where its pages are.
#[derive(Debug, Clone)]
pub struct Cammino {
    /// What is booked.
    pub prenotabile: Arc<Prenotabile>,
    /// Path on which a place is chosen.
    pub luogo: String,
    /// Path on which a time is chosen.
    pub orario: String,
    /// Where the chosen time goes.
    pub invia: String,
    /// How it goes there: a new booking holds the time, a move only looks at it.
    pub metodo: &'static str,
    /// What stays in the addresses.
    pub fissi: Vec<(&'static str, String)>,
    /// Heading.
    pub titolo: String,
    /// Names of its steps.
    pub passi: Vec<Passo>,
    /// A time that is held for this person, and until when: it is theirs though it is not free.
    pub tenuto: Option<(domain::prenotabile::SlotId, Timestamp)>,
    /// A time that is no choice: the one that the booking has already.
    pub escluso: Option<domain::prenotabile::SlotId>,
}

/// The five steps, those before `corrente` with their addresses.
pub fn passi(href: [String; 5]) -> Vec<Passo> {
    let nomi = ["luogo", "orario", "dettagli", "richiedente", "riepilogo"];
    nomi.iter().zip(href).map(|(nome, href)| Passo::new(t(&format!("prenota-passo-{nome}")), href)).collect()
}

impl Cammino {
    /// A new booking.
    pub fn nuovo(prenotabile: Arc<Prenotabile>, domanda: &Domanda) -> Self {
        let fissi = domanda.fissi();
        let luogo = format!("{INIZIO}/luogo");
        let empty = String::new;
        Self {
            passi: passi([href(&luogo, &fissi), empty(), empty(), empty(), empty()]),
            prenotabile,
            luogo,
            orario: format!("{INIZIO}/orario"),
            invia: format!("{INIZIO}/orario"),
            metodo: "post",
            fissi,
            titolo: t("prenota-titolo"),
            tenuto: None,
            escluso: None,
        }
    }

    /// An address of the page of places.
    pub fn href_luogo(&self, altro: &[(&'static str, String)]) -> String {
        href(&self.luogo, &self.con(altro))
    }

    /// An address of the page of times.
    pub fn href_orario(&self, altro: &[(&'static str, String)]) -> String {
        href(&self.orario, &self.con(altro))
    }

    /// What stays, and something more.
    pub fn con(&self, altro: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let fissi = self.fissi.iter().filter(|(nome, _)| !altro.iter().any(|(other, _)| other == nome));
        let more = altro.iter().filter(|(_, valore)| !valore.is_empty());
        fissi.chain(more).cloned().collect()
    }

    /// The frame of a step.
    pub fn cornice(&self, corrente: usize) -> Cornice {
        Cornice {
            titolo: self.titolo.clone(),
            cosa: self.prenotabile.nome.clone(),
            passi: self.passi.clone(),
            corrente,
            ..Cornice::default()
        }
    }
}
