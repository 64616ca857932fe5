//! The municipality and its offices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// IPA code of the administration, such as `c_x000` (registered in IPA, CAD art. 6-ter); names the log of the ente.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[a-z0-9_]{1,16}$"))]
pub struct CodiceEnte(String);

impl CodiceEnte {
    /// From 1 to 16 of `[a-z0-9_]`.
    pub fn parse(text: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        ((1..=16).contains(&text.len()) && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CodiceEnte {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("codice ente: 1 to 16 of a-z, 0-9 and _"))
    }
}

impl fmt::Display for CodiceEnte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Code of an office within its ente, such as `lavori-pubblici`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CodiceUfficio(pub String);

impl CodiceUfficio {
    /// From text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodiceUfficio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
