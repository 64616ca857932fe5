//! The definitions that come with the program.

use crate::leggi;
use domain::servizio::Servizio;
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../schemas/servizi"]
struct File;

static SPEDITI: LazyLock<Vec<Servizio>> = LazyLock::new(|| {
    let mut servizi: Vec<Servizio> = testi()
        .into_iter()
        .map(|(name, text)| {
            leggi(&text, &name).unwrap_or_else(|errori| {
                let errori: Vec<String> = errori.iter().map(ToString::to_string).collect();
                panic!("the shipped services are checked by a test; {name}: {}", errori.join("; "))
            })
        })
        .collect();
    servizi.sort_by(|a, b| a.codice.cmp(&b.codice));
    servizi
});

/// Names and texts of the embedded definitions.
pub(crate) fn testi() -> Vec<(String, String)> {
    File::iter()
        .filter(|name| name.ends_with(".yaml") || (name.ends_with(".json") && !name.ends_with(".schema.json")))
        .filter_map(|name| {
            let text = String::from_utf8(File::get(&name)?.data.into_owned()).ok()?;
            Some((name.into_owned(), text))
        })
        .collect()
}

/// The shipped services by code, read once.
pub fn spediti() -> &'static [Servizio] {
    &SPEDITI
}
