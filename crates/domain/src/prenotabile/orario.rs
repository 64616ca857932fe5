//! When an office receives the public, at which desks, for what.

use super::{Canale, GiornoSettimana, OgniAnno};
use crate::Sample;
use crate::ente::CodiceUfficio;
use jiff::civil::{Date, Time, date, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Opening hours of an office, as recurring rules with exceptions (`schemas/agende/<ufficio>.yaml`). Legal time of Italy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Orario {
    /// Code of the office.
    pub ufficio: CodiceUfficio,
    /// Version, from 1.
    #[schemars(range(min = 1))]
    pub versione: u32,
    /// Where.
    pub luogo: Sede,
    /// Desks.
    #[schemars(length(min = 1, max = 40))]
    pub sportelli: Vec<Sportello>,
    /// Days that differ from the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eccezioni: Vec<Eccezione>,
    /// How much of a day each channel may take; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
}

/// A place where the public is received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sede {
    /// Name of the office as on its door.
    pub nome: String,
    /// Street and number.
    pub indirizzo: String,
    /// How to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicazioni: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefono: Option<String>,
    /// Whether it can be reached with a wheelchair (DPR 503/1996).
    #[serde(default)]
    pub accessibile: bool,
}

/// A desk: it serves one person at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sportello {
    /// Code within the office.
    pub codice: String,
    /// Name for citizens, such as `Sportello 2`.
    pub nome: String,
    /// Codes of the bookable services it offers.
    #[schemars(length(min = 1))]
    pub servizi: Vec<String>,
    /// Languages spoken at it (BCP 47).
    #[serde(default = "italiano")]
    pub lingue: Vec<String>,
    /// Whether it can be used from a wheelchair.
    #[serde(default)]
    pub accessibile: bool,
    /// When it is open.
    pub orari: Vec<Fascia>,
}

fn italiano() -> Vec<String> {
    vec!["it".to_owned()]
}

impl Sportello {
    /// Whether it serves what is asked for.
    pub fn serve(&self, servizio: &str) -> bool {
        self.servizi.iter().any(|codice| codice == servizio)
    }
}

/// Hours that recur each week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fascia {
    /// Days of the week.
    pub giorni: Vec<GiornoSettimana>,
    /// From.
    pub dalle: Time,
    /// To; within the same day.
    pub alle: Time,
    /// First day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dal: Option<Date>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub al: Option<Date>,
    /// Only on these days of each year: a season.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ogni_anno: Option<OgniAnno>,
}

impl Fascia {
    /// Whether it is in force on a day.
    pub fn vale(&self, giorno: Date) -> bool {
        self.dal.is_none_or(|dal| dal <= giorno)
            && self.al.is_none_or(|al| giorno <= al)
            && self.ogni_anno.is_none_or(|stagione| stagione.comprende(giorno))
            && self.giorni.contains(&GiornoSettimana::di(giorno))
    }
}

/// Hours of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ore {
    /// From.
    pub dalle: Time,
    /// To; within the same day.
    pub alle: Time,
}

/// Days that differ from the rules: strikes, leave, August. Either days of one year (`dal` and `al`), or days that come
/// again every year (`ogniAnno`). Where both kinds are about a desk and a day, the one of that year holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["dal", "al"] }, { "required": ["ogniAnno"] }]))]
pub struct Eccezione {
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dal: Option<Date>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub al: Option<Date>,
    /// The days of each year, instead of `dal` and `al`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ogni_anno: Option<OgniAnno>,
    /// Why, for citizens.
    pub motivo: String,
    /// Codes of the desks; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sportelli: Vec<String>,
    /// Hours instead of the ordinary ones; empty: closed. Over several days, and every year, they hold on days that are
    /// open anyway; of one day of one year alone they open it even on a holiday (an open day).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fasce: Vec<Ore>,
}

impl Eccezione {
    /// Whether it is about a desk on a day.
    pub fn vale(&self, sportello: &str, giorno: Date) -> bool {
        self.cade_il(giorno) && self.riguarda(sportello)
    }

    /// Whether a day is one of its days.
    pub fn cade_il(&self, giorno: Date) -> bool {
        match (self.ogni_anno, self.dal.zip(self.al)) {
            (Some(giorni), _) => giorni.comprende(giorno),
            (None, Some((dal, al))) => (dal..=al).contains(&giorno),
            (None, None) => false,
        }
    }

    /// Whether it is about a desk.
    pub fn riguarda(&self, sportello: &str) -> bool {
        self.sportelli.is_empty() || self.sportelli.iter().any(|codice| codice == sportello)
    }

    /// Whether it is about one day of one year: somebody wanted it open or closed whatever the calendar says.
    pub fn di_un_giorno(&self) -> bool {
        self.ogni_anno.is_none() && self.dal.is_some() && self.dal == self.al
    }
}

/// How much of a day's seats for a service each channel may take, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quote {
    /// Online.
    #[schemars(range(max = 100))]
    pub portale: u8,
    /// At the counter.
    #[schemars(range(max = 100))]
    pub sportello: u8,
    /// On the telephone.
    #[schemars(range(max = 100))]
    pub telefono: u8,
}

impl Quote {
    /// Of one channel.
    pub fn di(self, canale: Canale) -> u8 {
        match canale {
            Canale::Portale => self.portale,
            Canale::Sportello => self.sportello,
            Canale::Telefono => self.telefono,
        }
    }
}

impl Orario {
    /// The exception that holds for a desk on a day: one of that year before one of every year.
    pub fn eccezione(&self, sportello: &str, giorno: Date) -> Option<&Eccezione> {
        let found = || self.eccezioni.iter().filter(|eccezione| eccezione.vale(sportello, giorno));
        found().find(|eccezione| eccezione.ogni_anno.is_none()).or_else(|| found().next())
    }

    /// A desk by its code.
    pub fn sportello(&self, codice: &str) -> Option<&Sportello> {
        self.sportelli.iter().find(|sportello| sportello.codice == codice)
    }

    /// Whether any desk serves it.
    pub fn offre(&self, servizio: &str) -> bool {
        self.sportelli.iter().any(|sportello| sportello.serve(servizio))
    }

    /// Its one form as bytes: keys sorted, every default spelled out. What the impronta of a version is computed over.
    pub fn canonico(&self) -> Vec<u8> {
        super::canonico(self)
    }
}

impl Sample for Sede {
    fn sample() -> Self {
        Self {
            nome: "Ufficio anagrafe".into(),
            indirizzo: "Piazza del Municipio 1".into(),
            indicazioni: Some("Piano terra, ingresso dal cortile.".into()),
            telefono: Some("010 0000000".into()),
            accessibile: true,
        }
    }
}

impl Sample for Orario {
    /// Two desks, mornings from Monday to Friday, Tuesday afternoons.
    fn sample() -> Self {
        use GiornoSettimana::{Gio, Lun, Mar, Mer, Ven};
        let mattina = Fascia {
            giorni: vec![Lun, Mar, Mer, Gio, Ven],
            dalle: time(9, 0, 0, 0),
            alle: time(12, 0, 0, 0),
            dal: None,
            al: None,
            ogni_anno: None,
        };
        let pomeriggio =
            Fascia { giorni: vec![Mar], dalle: time(15, 0, 0, 0), alle: time(17, 0, 0, 0), ..mattina.clone() };
        let sportello = |codice: &str, nome: &str, accessibile, orari| Sportello {
            codice: codice.into(),
            nome: nome.into(),
            servizi: vec!["carta-identita".into(), "cambio-residenza".into()],
            lingue: italiano(),
            accessibile,
            orari,
        };
        Self {
            ufficio: CodiceUfficio::new("anagrafe"),
            versione: 1,
            luogo: Sede::sample(),
            sportelli: vec![
                sportello("s1", "Sportello 1", true, vec![mattina.clone(), pomeriggio]),
                sportello("s2", "Sportello 2", false, vec![mattina]),
            ],
            eccezioni: vec![Eccezione {
                dal: Some(date(2026, 8, 10)),
                al: Some(date(2026, 8, 21)),
                ogni_anno: None,
                motivo: "Orario ridotto di agosto".into(),
                sportelli: Vec::new(),
                fasce: vec![Ore { dalle: time(9, 0, 0, 0), alle: time(11, 0, 0, 0) }],
            }],
            quote: None,
        }
    }
}
