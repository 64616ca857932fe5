//! Days that come again every year: the Christmas holidays, the short hours of August.

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A leap year: in it every day of the year exists.
const BISESTILE: i16 = 2024;

/// A day of any year, written `MM-DD`. The 29th of February is one too; where a year does not have it, what begins then
/// begins on the 1st of March, and what ends then ends on the 28th of February.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GiornoAnno {
    mese: i8,
    giorno: i8,
}

impl GiornoAnno {
    /// A day of a month; none when no year has it.
    pub fn new(mese: i8, giorno: i8) -> Option<Self> {
        Date::new(BISESTILE, mese, giorno).is_ok().then_some(Self { mese, giorno })
    }

    /// Of a date.
    pub fn di(data: Date) -> Self {
        Self { mese: data.month(), giorno: data.day() }
    }
}

impl fmt::Display for GiornoAnno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.mese, self.giorno)
    }
}

/// Not a day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day of the year is written MM-DD")]
pub struct GiornoAnnoError;

impl FromStr for GiornoAnno {
    type Err = GiornoAnnoError;

    fn from_str(text: &str) -> Result<Self, GiornoAnnoError> {
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<i8>().ok().filter(|_| digits).ok_or(GiornoAnnoError)
        };
        let (mese, giorno) = text.split_once('-').ok_or(GiornoAnnoError)?;
        Self::new(two(mese)?, two(giorno)?).ok_or(GiornoAnnoError)
    }
}

impl Serialize for GiornoAnno {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GiornoAnno {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Testo;

        impl Visitor<'_> for Testo {
            type Value = GiornoAnno;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day of the year string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<GiornoAnno, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Testo)
    }
}

impl JsonSchema for GiornoAnno {
    fn schema_name() -> Cow<'static, str> {
        "GiornoAnno".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A day of any year, `MM-DD`.",
            "type": "string",
            "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        })
    }
}

/// A stretch of days that comes again every year. One whose end comes before its start in the year ends in the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OgniAnno {
    /// First day.
    pub dal: GiornoAnno,
    /// Last day.
    pub al: GiornoAnno,
}

impl OgniAnno {
    fn ha(self, giorno: GiornoAnno) -> bool {
        if self.dal <= self.al {
            (self.dal..=self.al).contains(&giorno)
        } else {
            self.dal <= giorno || giorno <= self.al
        }
    }

    /// Whether a day is one of them.
    pub fn comprende(self, giorno: Date) -> bool {
        self.ha(GiornoAnno::di(giorno))
    }

    /// Whether two have a day in common in some year.
    pub fn tocca(self, other: Self) -> bool {
        // Of two stretches that meet, one begins within the other.
        self.ha(other.dal) || other.ha(self.dal)
    }
}
