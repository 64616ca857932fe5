//! Legal holidays, as data with validity dates: 4 October 2026 shows that they change.

use super::error::TermineError;
use jiff::civil::{Date, Weekday, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of [`Festivi::italiani`], stored with each computed term. Changes with the table below.
pub const VERSIONE: &str = "IT-2026";

/// Longest run of holidays that a last day is moved over. The longest in the table is 4 days; a table that exceeds this
/// is wrong.
const MASSIMO_SPOSTAMENTO: usize = 31;

/// When in the year a day recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "tipo", rename_all = "camelCase")]
pub enum Regola {
    /// The same day each year.
    Fissa {
        /// 1 to 12.
        mese: i8,
        /// 1 to 31.
        giorno: i8,
    },
    /// So many days after Easter Sunday (Gregorian), before it when negative. Easter Monday is 1.
    Pasqua {
        /// Days, -365 to 365.
        scarto: i16,
    },
}

impl Regola {
    /// The date in a year; none when that year has no such day (29 February) or the numbers are out of range.
    pub fn nel(self, anno: i16) -> Option<Date> {
        match self {
            Self::Fissa { mese, giorno } => Date::new(anno, mese, giorno).ok(),
            Self::Pasqua { scarto } => {
                let pasqua = computus::gregorian(i32::from(anno)).ok()?;
                let domenica = Date::new(anno, pasqua.month as i8, pasqua.day as i8).ok()?;
                domenica.checked_add(jiff::Span::new().try_days(scarto).ok()?).ok()
            }
        }
    }

    /// Whether a date is one of its days.
    pub fn cade_il(self, data: Date) -> bool {
        self.nel(data.year()) == Some(data)
    }
}

/// One holiday of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Festivita {
    /// What people call it, in Italian.
    pub nome: Cow<'static, str>,
    /// When it recurs.
    pub regola: Regola,
    /// First day of validity; none: since before the table's own beginning, 1 January 2001.
    pub dal: Option<Date>,
    /// Last day of validity; none: still in force.
    pub al: Option<Date>,
    /// The law.
    pub fonte: Cow<'static, str>,
}

impl Festivita {
    const fn italiana(nome: &'static str, regola: Regola, dal: Option<Date>, fonte: &'static str) -> Self {
        Self { nome: Cow::Borrowed(nome), regola, dal, al: None, fonte: Cow::Borrowed(fonte) }
    }

    fn cade_il(&self, data: Date) -> bool {
        self.dal.is_none_or(|dal| dal <= data) && self.al.is_none_or(|al| data <= al) && self.regola.cade_il(data)
    }
}

const fn fissa(mese: i8, giorno: i8) -> Regola {
    Regola::Fissa { mese, giorno }
}

const L260: &str = "L. 260/1949 art. 2";
const DPR792: &str = "L. 260/1949 art. 2; DPR 792/1985";

/// Holidays of the whole country besides Sundays, complete from 2001 on.
static ITALIA: [Festivita; 12] = [
    Festivita::italiana("Capodanno", fissa(1, 1), None, DPR792),
    Festivita::italiana("Epifania", fissa(1, 6), None, DPR792),
    Festivita::italiana("Lunedì dell'Angelo", Regola::Pasqua { scarto: 1 }, None, L260),
    Festivita::italiana("Anniversario della Liberazione", fissa(4, 25), None, L260),
    Festivita::italiana("Festa del lavoro", fissa(5, 1), None, L260),
    Festivita::italiana("Festa nazionale della Repubblica", fissa(6, 2), Some(date(2001, 1, 1)), "L. 336/2000 art. 1"),
    Festivita::italiana("Assunzione di Maria", fissa(8, 15), None, DPR792),
    Festivita::italiana("San Francesco d'Assisi", fissa(10, 4), Some(date(2026, 1, 1)), "L. 151/2025"),
    Festivita::italiana("Ognissanti", fissa(11, 1), None, DPR792),
    Festivita::italiana("Immacolata Concezione", fissa(12, 8), None, DPR792),
    Festivita::italiana("Natale", fissa(12, 25), None, DPR792),
    Festivita::italiana("Santo Stefano", fissa(12, 26), None, L260),
];

/// The one local holiday that is also legal: only in the Comune of Rome.
static ROMA: Festivita = Festivita::italiana("Santi Pietro e Paolo", fissa(6, 29), None, "DPR 792/1985");

/// The *giorni festivi* of legal terms: every Sunday, and the days of the table. The list is closed: a patron saint's day
/// is not in it (Cass. 17079/2007), Good Friday and Saturdays neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Festivi {
    versione: String,
    giorni: Vec<Festivita>,
}

impl Default for Festivi {
    /// The table in force everywhere but in the Comune of Rome.
    fn default() -> Self {
        Self::italiani(false)
    }
}

impl Festivi {
    /// The table in force, of the country; `roma` adds 29 June, for the Comune of Rome only.
    pub fn italiani(roma: bool) -> Self {
        let mut giorni = ITALIA.to_vec();
        if roma {
            giorni.push(ROMA.clone());
        }
        Self { versione: if roma { format!("{VERSIONE}-RM") } else { VERSIONE.to_owned() }, giorni }
    }

    /// A table from elsewhere, for a holiday law younger than this program. `versione` names it in computed terms.
    pub fn con_tabella(versione: impl Into<String>, giorni: Vec<Festivita>) -> Self {
        Self { versione: versione.into(), giorni }
    }

    /// Name of this table.
    pub fn versione(&self) -> &str {
        &self.versione
    }

    /// The days of the table, Sundays apart.
    pub fn giorni(&self) -> &[Festivita] {
        &self.giorni
    }

    /// Whether a term cannot end on that day.
    pub fn is_festivo(&self, data: Date) -> bool {
        self.nome(data).is_some()
    }

    /// Why the day is festivo, in Italian: the holiday's name, or `domenica`; none on other days.
    pub fn nome(&self, data: Date) -> Option<&str> {
        let festivita = self.giorni.iter().find(|festivita| festivita.cade_il(data));
        festivita
            .map(|festivita| &*festivita.nome)
            .or_else(|| (data.weekday() == Weekday::Sunday).then_some("domenica"))
    }

    /// The holidays of a year in order of date, Sundays apart.
    pub fn del_anno(&self, anno: i16) -> Vec<(Date, &Festivita)> {
        let days = self.giorni.iter().filter_map(|festivita| Some((festivita.regola.nel(anno)?, festivita)));
        let mut days: Vec<_> = days.filter(|(data, festivita)| festivita.cade_il(*data)).collect();
        days.sort_by_key(|(data, _)| *data);
        days
    }

    /// The day itself, or the first one after it that is not festivo (c.c. art. 2963 c.3).
    pub fn shift_if_festivo(&self, data: Date) -> Result<Date, TermineError> {
        primo_giorno(data, MASSIMO_SPOSTAMENTO, |day| !self.is_festivo(day))
    }
}

/// The first day from `data` on that is good, within a number of days.
pub(super) fn primo_giorno(data: Date, limite: usize, good: impl Fn(Date) -> bool) -> Result<Date, TermineError> {
    let days = std::iter::successors(Some(data), |day| day.tomorrow().ok()).take(limite);
    days.into_iter().find(|day| good(*day)).ok_or(TermineError::FuoriCalendario)
}
