//! Days in definitions: fixed, or counted from the day of filing.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Days before or after today, at most: a hundred and fifty years.
pub const MASSIMO_GIORNI: i32 = 55_000;

/// A day: fixed, or `oggi`, `oggi+30`, `oggi-365`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Giorno {
    /// A day of the calendar.
    Data(Date),
    /// Days from the day of filing.
    Oggi(i32),
}

impl Giorno {
    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("oggi") {
            Some("") => Some(Self::Oggi(0)),
            Some(days) if days.starts_with(['+', '-']) && days[1..].bytes().all(|b| b.is_ascii_digit()) => {
                days.parse().ok().filter(|n: &i32| n.abs() <= MASSIMO_GIORNI).map(Self::Oggi)
            }
            Some(_) => None,
            None => data(text).map(Self::Data),
        }
    }

    /// The day of the calendar it is when filed on `oggi`.
    pub fn data(self, oggi: Date) -> Option<Date> {
        match self {
            Self::Data(data) => Some(data),
            Self::Oggi(days) => {
                let span: Span = i64::from(days).days();
                oggi.checked_add(span).ok()
            }
        }
    }
}

/// A day as `2026-11-22` and in no other way.
pub(super) fn data(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Giorno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(data) => write!(f, "{data}"),
            Self::Oggi(0) => f.write_str("oggi"),
            Self::Oggi(days) => write!(f, "oggi{days:+}"),
        }
    }
}

impl TryFrom<String> for Giorno {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("«{text}» non è un giorno: scrivere 2026-11-22, oggi, oggi+30 o oggi-365."))
    }
}

impl From<Giorno> for String {
    fn from(giorno: Giorno) -> Self {
        giorno.to_string()
    }
}

impl JsonSchema for Giorno {
    fn schema_name() -> Cow<'static, str> {
        "Giorno".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A day: 2026-11-22, oggi, oggi+30, oggi-365",
            "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|oggi([+-][0-9]{1,5})?)$"
        })
    }
}
