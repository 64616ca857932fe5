//! Days as people write them in Italian.

use jiff::civil::Date;

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

/// A day: `6 marzo 2026`, `1º aprile 2026`.
pub fn giorno_in_parole(data: Date) -> String {
    let mese = MESI[usize::from(data.month().unsigned_abs()) - 1];
    match data.day() {
        1 => format!("1º {mese} {}", data.year()),
        day => format!("{day} {mese} {}", data.year()),
    }
}

/// The day of the week: `martedì`.
pub fn settimana(data: Date) -> &'static str {
    GIORNI[usize::from(data.weekday().to_monday_zero_offset().unsigned_abs())]
}
