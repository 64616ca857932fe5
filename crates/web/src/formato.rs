//! Dates, sizes and labels as people read them.

use domain::pratica::{StatoPratica, TipoPratica};
use domain::termini;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::layout::{Stato, Tono};

/// `6 marzo 2026`.
pub fn data(date: Date) -> String {
    app::testi::giorno(date)
}

/// `venerdì 6 marzo 2026`.
pub fn data_con_giorno(date: Date) -> String {
    let giorno = match date.weekday() {
        Weekday::Monday => "lunedì",
        Weekday::Tuesday => "martedì",
        Weekday::Wednesday => "mercoledì",
        Weekday::Thursday => "giovedì",
        Weekday::Friday => "venerdì",
        Weekday::Saturday => "sabato",
        Weekday::Sunday => "domenica",
    };
    format!("{giorno} {}", data(date))
}

/// `6 marzo 2026, ore 10:30`, in Rome.
pub fn istante(at: Timestamp) -> String {
    let ora = termini::ora_locale(at);
    format!("{}, ore {:02}:{:02}", data(termini::data_locale(at)), ora.hour(), ora.minute())
}

/// `6 marzo 2026`, in Rome.
pub fn giorno(at: Timestamp) -> String {
    data(termini::data_locale(at))
}

/// `482 kB`, `3,1 MB`.
pub fn dimensione(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} byte"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{},{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A state with its words and its meaning.
pub fn stato(stato: StatoPratica) -> Stato {
    let tono = match stato {
        StatoPratica::Inviata
        | StatoPratica::Protocollata
        | StatoPratica::Prenotata
        | StatoPratica::Annullata
        | StatoPratica::Rinunciata => Tono::Neutro,
        StatoPratica::PresaInCarico | StatoPratica::InLavorazione => Tono::InCorso,
        StatoPratica::InIntegrazione | StatoPratica::NonPresentata => Tono::Attenzione,
        StatoPratica::Conclusa => Tono::Positivo,
    };
    Stato::new(app::testi::it(&format!("stato-{}", stato.as_str())), tono)
}

/// A kind of case in words.
pub fn tipo(tipo: TipoPratica) -> String {
    app::testi::it(&format!("tipo-{}", tipo.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_in_italy() {
        assert_eq!(data_con_giorno(jiff::civil::date(2026, 5, 1)), "venerdì 1º maggio 2026");
        assert_eq!(istante("2026-12-31T23:00:00Z".parse().unwrap()), "1º gennaio 2027, ore 00:00");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(dimensione(12), "12 byte");
        assert_eq!(dimensione(482_113), "482 kB");
        assert_eq!(dimensione(3_140_000), "3,1 MB");
    }
}
