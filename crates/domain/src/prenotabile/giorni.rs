//! From local rules to instants: when a desk is open on a day.

use super::{Orario, Sportello};
use crate::termini::{CalendarioUfficio, apertura, chiusura};
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GiornoSettimana {
    /// Monday.
    Lun,
    /// Tuesday.
    Mar,
    /// Wednesday.
    Mer,
    /// Thursday.
    Gio,
    /// Friday.
    Ven,
    /// Saturday.
    Sab,
    /// Sunday.
    Dom,
}

impl GiornoSettimana {
    /// Of a date.
    pub fn di(data: Date) -> Self {
        match data.weekday() {
            Weekday::Monday => Self::Lun,
            Weekday::Tuesday => Self::Mar,
            Weekday::Wednesday => Self::Mer,
            Weekday::Thursday => Self::Gio,
            Weekday::Friday => Self::Ven,
            Weekday::Saturday => Self::Sab,
            Weekday::Sunday => Self::Dom,
        }
    }
}

/// From one instant to another, the second excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intervallo {
    /// First instant.
    pub inizio: Timestamp,
    /// First instant after it.
    pub fine: Timestamp,
}

impl Intervallo {
    /// Whether two have an instant in common.
    pub fn tocca(self, other: Self) -> bool {
        self.inizio < other.fine && other.inizio < self.fine
    }

    /// Whether another lies whole within it.
    pub fn contiene(self, other: Self) -> bool {
        self.inizio <= other.inizio && other.fine <= self.fine
    }
}

/// Whether the calendar of the ente closes its offices on a day. Saturdays are left to the opening hours: an office that
/// names them works on them, whatever the others do.
pub fn giorno_chiuso(calendario: &CalendarioUfficio, giorno: Date) -> bool {
    calendario.patrono.is_some_and(|regola| regola.cade_il(giorno))
        || calendario.chiusure.contains(&giorno)
        || calendario.festivi.is_festivo(giorno)
}

/// When a desk is open on a day, in order of time, without the closures of that one day. In the night in which summer
/// time begins an opening is shorter by the hour that does not exist; in the one in which it ends, longer.
pub fn aperture(
    orario: &Orario,
    sportello: &Sportello,
    giorno: Date,
    calendario: &CalendarioUfficio,
) -> Vec<Intervallo> {
    let mut found: Vec<Intervallo> = Vec::new();
    let mut add = |dalle: Time, alle: Time| {
        let (inizio, fine) = (apertura(giorno, dalle), chiusura(giorno, alle));
        if dalle < alle && inizio < fine {
            found.push(Intervallo { inizio, fine });
        }
    };
    let chiuso = giorno_chiuso(calendario, giorno);
    match orario.eccezione(&sportello.codice, giorno) {
        Some(e) if e.di_un_giorno() => e.fasce.iter().for_each(|ore| add(ore.dalle, ore.alle)),
        _ if chiuso => {}
        Some(e) if sportello.orari.iter().any(|fascia| fascia.vale(giorno)) => {
            e.fasce.iter().for_each(|ore| add(ore.dalle, ore.alle));
        }
        Some(_) => {}
        None => sportello.orari.iter().filter(|f| f.vale(giorno)).for_each(|f| add(f.dalle, f.alle)),
    }
    found.sort_unstable();
    // Rules that overlap are a mistake of who wrote them: a desk is still one desk.
    found.dedup_by(|later, kept| {
        let overlap = later.inizio < kept.fine;
        if overlap {
            kept.fine = kept.fine.max(later.fine);
        }
        overlap
    });
    found
}
