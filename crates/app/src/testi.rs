//! The message catalogues: every word that people read, Italian first.

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use jiff::civil::Date;
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

const GIORNI: [&str; 7] = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"];

const MESI: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// An instant as people say it: `martedì 10 marzo 2026 alle ore 9:00`.
pub fn giorno_e_ora(instant: jiff::Timestamp) -> String {
    let (data, ora) = (domain::termini::data_locale(instant), domain::termini::ora_locale(instant));
    let settimana = GIORNI[usize::from(data.weekday().to_monday_zero_offset().unsigned_abs())];
    format!("{settimana} {} alle ore {}:{:02}", giorno(data), ora.hour(), ora.minute())
}

/// A day as people write it: `6 marzo 2026`, `1º aprile 2026`.
pub fn giorno(data: Date) -> String {
    let mese = MESI[usize::from(data.month().unsigned_abs()) - 1];
    match data.day() {
        1 => format!("1º {mese} {}", data.year()),
        day => format!("{day} {mese} {}", data.year()),
    }
}
