//! Lists as one value: rows, and what belongs to each of them, come back as JSON arrays in one text. One statement and one
//! value cost a fraction of a statement a row, and of a value a column.
//!
//! Rows are arrays, not objects: a struct with the same fields in the same order reads them, and names are not repeated.

use crate::pools::Dialect;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use sqlx::Error;

impl Dialect {
    /// An expression: an array of values.
    pub(crate) fn array(self, values: &[String]) -> String {
        let function = match self {
            Self::Sqlite => "json_array",
            Self::Postgres => "json_build_array",
        };
        format!("{function}({})", values.join(", "))
    }

    /// An aggregate: an array of one value of each row, in no promised order; empty when there are no rows.
    pub(crate) fn all(self, value: &str) -> String {
        match self {
            Self::Sqlite => format!("json_group_array({value})"),
            Self::Postgres => format!("COALESCE(json_agg({value}), '[]'::json)"),
        }
    }
}

/// Reads the text of a list.
pub(crate) fn rows<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Error> {
    serde_json::from_str(text).map_err(|error| Error::Decode(error.into()))
}

/// JSON in a text. Making it a part of the whole would have the database read it and write it again.
pub(crate) fn within<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// A truth, written as 0 or 1.
pub(crate) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}
