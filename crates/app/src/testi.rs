//! The message catalogues: every word that people read, Italian first.

pub use domain::termini::{giorno_in_parole as giorno, settimana};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static CATALOGHI = {
        locales: "./locales",
        fallback_language: "it",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// Italian.
pub const ITALIANO: &str = "it";

/// A sentence of the catalogue. An unknown key gives the key itself, which a test of the doors would show.
pub fn testo(lingua: &str, key: &str, args: &[(&str, String)]) -> String {
    let lingua: LanguageIdentifier = lingua.parse().unwrap_or(langid!("it"));
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Owned((*name).to_owned()), FluentValue::from(value.as_str()))).collect();
    CATALOGHI.try_lookup_with_args(&lingua, key, &args).unwrap_or_else(|| key.to_owned())
}

/// A sentence in Italian without values.
pub fn it(key: &str) -> String {
    testo(ITALIANO, key, &[])
}

/// Whether the catalogue knows a key.
pub fn esiste(key: &str) -> bool {
    CATALOGHI.try_lookup(&langid!("it"), key).is_some()
}

/// An instant as people say it: `martedì 10 marzo 2026 alle ore 9:00`.
pub fn giorno_e_ora(instant: jiff::Timestamp) -> String {
    let data = domain::termini::data_locale(instant);
    format!("{} {} alle ore {}", settimana(data), giorno(data), ora(instant))
}

/// An hour in Italy: `9:20`.
pub fn ora(instant: jiff::Timestamp) -> String {
    let time = domain::termini::ora_locale(instant);
    format!("{}:{:02}", time.hour(), time.minute())
}
