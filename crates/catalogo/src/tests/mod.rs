//! Tests of the catalogue.

mod esempi;
mod formio;
mod lettura;
mod spediti;

use crate::{Errore, leggi};

/// A definition that is right, as text; tests change it.
pub(super) const BUONA: &str = include_str!("buona.yaml");

/// Line, path and code of each mistake of a text read as `prova.yaml`.
pub(super) fn errori(text: &str) -> Vec<(usize, String, &'static str)> {
    let errori = leggi(text, "prova.yaml").err().unwrap_or_default();
    errori.into_iter().map(|Errore { riga, percorso, codice, .. }| (riga, percorso, codice)).collect()
}

/// The good definition with one piece put otherwise.
pub(super) fn con(prima: &str, dopo: &str) -> String {
    assert_eq!(BUONA.matches(prima).count(), 1, "{prima} stands once in the good definition");
    BUONA.replace(prima, dopo)
}
