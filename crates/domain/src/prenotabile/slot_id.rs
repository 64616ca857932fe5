//! The name of a slot, as pages and the API hand it around.

use crate::Sample;
use crate::ente::CodiceUfficio;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Bytes of the longest text that is looked at.
const MAX_BYTES: usize = 160;

/// A slot: office, bookable service and the instant of its start, as `<ufficio>~<servizio>~<unix seconds>`. An instant,
/// not a local time: in the night in which summer time ends two slots have the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Code of the bookable service.
    pub servizio: String,
    /// Start.
    pub inizio: Timestamp,
}

impl SlotId {
    /// The day in Italy to which it belongs.
    pub fn giorno(&self) -> Date {
        crate::termini::data_locale(self.inizio)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.ufficio, self.servizio, self.inizio.as_second())
    }
}

/// Not the name of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slot is named <office>~<service>~<seconds>")]
pub struct SlotIdError;

impl FromStr for SlotId {
    type Err = SlotIdError;

    fn from_str(text: &str) -> Result<Self, SlotIdError> {
        let good = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let mut parts = if text.len() > MAX_BYTES { "" } else { text }.split('~');
        let (Some(ufficio), Some(servizio), Some(seconds), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SlotIdError);
        };
        // The parser of numbers would take a sign.
        if !good(ufficio) || !good(servizio) || !seconds.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SlotIdError);
        }
        let seconds = seconds.parse().map_err(|_| SlotIdError)?;
        let inizio = Timestamp::from_second(seconds).map_err(|_| SlotIdError)?;
        Ok(Self { ufficio: CodiceUfficio::new(ufficio), servizio: servizio.to_owned(), inizio })
    }
}

impl Serialize for SlotId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SlotId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for SlotId {
    fn schema_name() -> Cow<'static, str> {
        "SlotId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A slot: `<ufficio>~<servizio>~<unix seconds of its start>`.",
            "type": "string",
            "pattern": "^[a-z0-9-]+~[a-z0-9-]+~[0-9]+$",
        })
    }
}

impl Sample for SlotId {
    fn sample() -> Self {
        Self {
            ufficio: CodiceUfficio::new("anagrafe"),
            servizio: "carta-identita".into(),
            inizio: "2026-03-10T08:00:00Z".parse().expect("an instant"),
        }
    }
}
