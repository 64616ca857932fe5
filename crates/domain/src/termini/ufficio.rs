//! The days on which an office works: not the same as the holidays of legal terms.

use super::{
    error::{TermineError, dopo},
    festivi::{Festivi, Regola, primo_giorno},
};
use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far the next working day is looked for. A Comune is never closed for a whole year.
const MASSIMO_CHIUSURA: usize = 366;

/// Working days of an office: for the daily register (next working day) and for appointments. It never moves a legal
/// term: the patron saint's day closes the office, but is no *giorno festivo* (Cass. 17079/2007).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarioUfficio {
    /// Legal holidays: closed.
    pub festivi: Festivi,
    /// Whether Saturdays are closed.
    pub sabato_chiuso: bool,
    /// The patron saint's day: closed.
    pub patrono: Option<Regola>,
    /// Other days on which the office is closed by decision of the ente.
    #[serde(default)]
    pub chiusure: BTreeSet<Date>,
}

impl CalendarioUfficio {
    /// Without other closures than these.
    pub fn new(festivi: Festivi, sabato_chiuso: bool, patrono: Option<Regola>) -> Self {
        Self { festivi, sabato_chiuso, patrono, chiusure: BTreeSet::new() }
    }

    /// Whether the office works that day.
    pub fn is_lavorativo(&self, data: Date) -> bool {
        let sabato = self.sabato_chiuso && data.weekday() == Weekday::Saturday;
        let patrono = self.patrono.is_some_and(|regola| regola.cade_il(data));
        !(sabato || patrono || self.chiusure.contains(&data) || self.festivi.is_festivo(data))
    }

    /// The first working day after a date, the date itself excluded: by its end the daily register of that date goes to
    /// conservation (AgID, Linee guida sui documenti informatici, 3.1.6).
    pub fn primo_giorno_lavorativo_dopo(&self, data: Date) -> Result<Date, TermineError> {
        primo_giorno(dopo(data, 1)?, MASSIMO_CHIUSURA, |day| self.is_lavorativo(day))
    }
}
