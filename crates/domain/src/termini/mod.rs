//! Legal terms: from the day of submission to the day by which the office must answer.
//!
//! Rules (c.c. art. 2963, c.p.c. art. 155 c.1, 3 and 4, L. 241/1990 artt. 2 and 10-bis): calendar days; the first day does
//! not count, the last does; holidays within the term count; a last day that is a *giorno festivo* moves to the next day
//! that is not. Saturday is a day like any other, and so is the local patron saint's. Two calendars follow from this:
//! [`Festivi`] for terms, [`CalendarioUfficio`] for the days an office works (daily register, appointments).
//!
//! A [`Termine`] is stored as computed, with the version of the calendar it was computed with: a later holiday law never
//! rewrites the past.

mod error;
mod festivi;
mod ora;
mod parole;
mod sospensione;
mod termine;
mod ufficio;

#[cfg(test)]
mod tests;

pub use error::TermineError;
pub use festivi::{Festivi, Festivita, Regola, VERSIONE};
pub use ora::{anno_di_registrazione, apertura, chiusura, data_locale, fine_giornata, inizio_giornata, ora_locale};
pub use parole::{giorno_in_parole, settimana};
pub use sospensione::{
    Causa, GIORNI_OSSERVAZIONI, MASSIMO_INTEGRAZIONE, Sospensione, limite_osservazioni, ripresa_integrazione,
    ripresa_integrazione_entro, ripresa_preavviso,
};
pub use termine::{GIORNI_ORDINARI, MASSIMO_GIORNI, MASSIMO_MESI, Termine, aggiungi_mesi, calcola, scadenza_in_mesi};
pub use ufficio::CalendarioUfficio;
