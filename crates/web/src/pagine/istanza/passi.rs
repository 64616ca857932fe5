//! The steps of a request: those of the frame, and those of the form that have something to ask.

use super::campi::Quadro;
use domain::modulo::{Esame, Modulo, Passo};

/// Names of pages of the flow, which a step of a form may have too.
const RISERVATI: [&str; 5] = ["dati", "riepilogo", "invia", "salva", "privacy"];

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tappa {
    /// Privacy notice.
    Privacy,
    /// Who asks.
    Dati,
    /// A step of the form, by index.
    Modulo(usize),
    /// Everything once more.
    Riepilogo,
}

/// Last part of the address of a step of a form.
pub fn segmento(passo: &Passo) -> String {
    // Names have no dash: no other step can be called so.
    if RISERVATI.contains(&passo.nome.as_str()) { format!("passo-{}", passo.nome) } else { passo.nome.clone() }
}

impl Tappa {
    /// The step of an address.
    pub fn trova(modulo: &Modulo, segmento_dato: &str) -> Option<Self> {
        match segmento_dato {
            "dati" => Some(Self::Dati),
            "riepilogo" => Some(Self::Riepilogo),
            _ => modulo.passi.iter().position(|passo| segmento(passo) == segmento_dato).map(Self::Modulo),
        }
    }

    /// The part of the address after the draft, with its slash.
    pub fn coda(self, modulo: &Modulo) -> String {
        match self {
            Self::Privacy => String::new(),
            Self::Dati => "/dati".to_owned(),
            Self::Riepilogo => "/riepilogo".to_owned(),
            Self::Modulo(index) => {
                modulo.passi.get(index).map(|passo| format!("/{}", segmento(passo))).unwrap_or_default()
            }
        }
    }
}

/// The steps that a person goes through: of the form, those with something to fill in.
pub fn tappe(quadro: &Quadro<'_>) -> Vec<Tappa> {
    let asks = |passo: &Passo| passo.campi.iter().any(|campo| campo.da_compilare() && quadro.visibile(campo));
    let steps = quadro.modulo.passi.iter().enumerate().filter(|(_, passo)| asks(passo));
    let steps = steps.map(|(index, _)| Tappa::Modulo(index));
    [Tappa::Privacy, Tappa::Dati].into_iter().chain(steps).chain([Tappa::Riepilogo]).collect()
}

/// The step after.
pub fn dopo(tappe: &[Tappa], da: Tappa) -> Tappa {
    tappe.iter().copied().find(|tappa| *tappa > da).unwrap_or(Tappa::Riepilogo)
}

/// The step before.
pub fn prima(tappe: &[Tappa], da: Tappa) -> Tappa {
    tappe.iter().rev().copied().find(|tappa| *tappa < da).unwrap_or(Tappa::Privacy)
}

/// First step of the form with something wrong.
pub fn da_correggere(esame: &Esame, modulo: &Modulo) -> Option<usize> {
    esame.rifiuti.iter().map(|(passo, _)| *passo).filter(|passo| *passo < modulo.passi.len()).min()
}
