//! Tests of the catalogue.

mod agende;
mod esempi;
mod formio;
mod insieme;
mod lettura;
mod spediti;

use crate::{Errore, leggi};

/// A definition that is right, as text; tests change it.
pub(super) const BUONA: &str = include_str!("buona.yaml");

/// A bookable service and opening hours that are right.
pub(super) const PRENOTABILE: &str = include_str!("prenotabile.yaml");
pub(super) const ORARIO: &str = include_str!("orario.yaml");

/// Line, path and code of each mistake of a text read as `prova.yaml`.
pub(super) fn errori(text: &str) -> Vec<(usize, String, &'static str)> {
    let errori = leggi(text, "prova.yaml").err().unwrap_or_default();
    errori.into_iter().map(|Errore { riga, percorso, codice, .. }| (riga, percorso, codice)).collect()
}

/// The good definition with one piece put otherwise.
pub(super) fn con(prima: &str, dopo: &str) -> String {
    cambia(BUONA, prima, dopo)
}

/// A text with one piece put otherwise.
pub(super) fn cambia(text: &str, prima: &str, dopo: &str) -> String {
    assert_eq!(text.matches(prima).count(), 1, "{prima} stands once in the good definition");
    text.replace(prima, dopo)
}
