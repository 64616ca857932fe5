//! Partita IVA (DPR 633/1972 art. 35).

use super::controllo::{LUNGHEZZA_NUMERICA, NumericoErrato, normale, verifica_undici_cifre};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// A partita IVA whose check digit is right: 11 digits, without the `IT` of the European VAT number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartitaIva(String);

/// Why a text is not a partita IVA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartitaIvaError {
    /// Not 11 characters.
    #[error("a partita IVA has 11 digits")]
    Lunghezza,
    /// A character that is no digit. A code of zeros only is refused at position 1.
    #[error("character {posizione} of the partita IVA is not a digit that can stand there")]
    Forma {
        /// Counted from 1, in the normal form.
        posizione: usize,
    },
    /// The last digit does not match the others.
    #[error("the check digit of the partita IVA should be {attesa}")]
    CifraDiControllo {
        /// What the last digit should be if all the others are right.
        attesa: char,
    },
}

impl PartitaIvaError {
    /// Stable code, for message catalogues.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lunghezza => "partita-iva-lunghezza",
            Self::Forma { .. } => "partita-iva-forma",
            Self::CifraDiControllo { .. } => "partita-iva-controllo",
        }
    }
}

impl PartitaIva {
    /// Reads a number as people and identity providers write it: spaces, `IT` and the `VATIT-` of SPID are removed.
    pub fn parse(input: &str) -> Result<Self, PartitaIvaError> {
        let text = normale(input, &["VATIT-", "IT"]);
        if text.chars().count() != LUNGHEZZA_NUMERICA {
            return Err(PartitaIvaError::Lunghezza);
        }
        match verifica_undici_cifre(&text) {
            Ok(()) => Ok(Self(text)),
            Err(NumericoErrato::Posizione(posizione)) => Err(PartitaIvaError::Forma { posizione }),
            Err(NumericoErrato::Controllo(attesa)) => Err(PartitaIvaError::CifraDiControllo { attesa }),
        }
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartitaIva {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PartitaIva {
    type Err = PartitaIvaError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl TryFrom<String> for PartitaIva {
    type Error = PartitaIvaError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<PartitaIva> for String {
    fn from(value: PartitaIva) -> Self {
        value.0
    }
}

impl JsonSchema for PartitaIva {
    fn schema_name() -> Cow<'static, str> {
        "PartitaIva".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "Partita IVA, 11 digits", "pattern": "^[0-9]{11}$" })
    }
}
