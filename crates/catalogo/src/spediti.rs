//! The definitions that come with the program.

use crate::definizione::{Forma, leggi};
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../schemas/servizi"]
pub(crate) struct FileServizi;

#[derive(RustEmbed)]
#[folder = "../../schemas/prenotabili"]
pub(crate) struct FilePrenotabili;

#[derive(RustEmbed)]
#[folder = "../../schemas/agende"]
pub(crate) struct FileAgende;

static SERVIZI: LazyLock<Vec<Servizio>> = LazyLock::new(tutti::<FileServizi, _>);
static PRENOTABILI: LazyLock<Vec<Prenotabile>> = LazyLock::new(tutti::<FilePrenotabili, _>);
static AGENDE: LazyLock<Vec<Orario>> = LazyLock::new(tutti::<FileAgende, _>);

/// Every definition of a folder, by the name of its file.
fn tutti<F: RustEmbed, T: Forma>() -> Vec<T> {
    let mut definizioni: Vec<T> = testi::<F>()
        .into_iter()
        .map(|(name, text)| {
            leggi(&text, &name).unwrap_or_else(|errori| {
                let errori: Vec<String> = errori.iter().map(ToString::to_string).collect();
                panic!("the shipped definitions are checked by a test; {name}: {}", errori.join("; "))
            })
        })
        .collect();
    definizioni.sort_by(|a, b| a.nome_del_file().cmp(b.nome_del_file()));
    definizioni
}

/// Names and texts of the embedded definitions of a folder.
pub(crate) fn testi<F: RustEmbed>() -> Vec<(String, String)> {
    F::iter()
        .filter(|name| name.ends_with(".yaml") || (name.ends_with(".json") && !name.ends_with(".schema.json")))
        .filter_map(|name| {
            let text = String::from_utf8(F::get(&name)?.data.into_owned()).ok()?;
            Some((name.into_owned(), text))
        })
        .collect()
}

/// The shipped services by code, read once.
pub fn spediti() -> &'static [Servizio] {
    &SERVIZI
}

/// The shipped services that can be booked, by code, read once.
pub fn prenotabili_spediti() -> &'static [Prenotabile] {
    &PRENOTABILI
}

/// The shipped opening hours, by office, read once.
pub fn agende_spedite() -> &'static [Orario] {
    &AGENDE
}
