//! Dates, sizes and labels as people read them.

use app::appuntamenti::parole;
use domain::pratica::{StatoPratica, TipoPratica};
use domain::termini;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::layout::{Stato, Tono};

/// `6 marzo 2026`.
pub fn data(date: Date) -> String {
    app::testi::giorno(date)
}

/// `venerdì 6 marzo 2026`.
pub fn data_con_giorno(date: Date) -> String {
    format!("{} {}", parole::settimana(date), data(date))
}

/// `ven 6 mar`: the first three letters tell days and months apart.
pub fn data_breve(date: Date) -> String {
    let words = data_con_giorno(date);
    let short = words
        .split(' ')
        .take(3)
        .map(|word| if word.chars().count() > 3 { word.chars().take(3).collect() } else { word.to_owned() });
    short.collect::<Vec<_>>().join(" ")
}

/// `6 marzo 2026, ore 9:30`, in Rome.
pub fn istante(at: Timestamp) -> String {
    format!("{}, ore {}", data(termini::data_locale(at)), parole::ora(at))
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
        assert_eq!(istante("2026-12-31T23:00:00Z".parse().unwrap()), "1º gennaio 2027, ore 0:00");
        assert_eq!(data_breve(jiff::civil::date(2026, 12, 1)), "mar 1º dic");
        assert_eq!(data_breve(jiff::civil::date(2026, 11, 28)), "sab 28 nov");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(dimensione(12), "12 byte");
        assert_eq!(dimensione(482_113), "482 kB");
        assert_eq!(dimensione(3_140_000), "3,1 MB");
    }
}
