//! Why a command was not carried out, in terms a person can act on.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One reason. The words for people are in the message catalogue under `rifiuto-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Path of the input field it is about, such as `luogo.indirizzo`; none when it is about the whole command.
    pub field: Option<String>,
    /// Stable code, lower case with dashes.
    pub code: String,
    /// Values for the message (limits, dates).
    pub args: BTreeMap<String, String>,
}

impl Refusal {
    /// About a field.
    pub fn field(field: impl Into<String>, code: &str) -> Self {
        Self { field: Some(field.into()), code: code.to_owned(), args: BTreeMap::new() }
    }

    /// About the command as a whole.
    pub fn whole(code: &str) -> Self {
        Self { field: None, code: code.to_owned(), args: BTreeMap::new() }
    }

    /// With a value for the message.
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

/// All the reasons found at once, so that a person mends them in one go. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the command was refused")]
pub struct Refused(pub Vec<Refusal>);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

/// Gathers refusals while a form is checked.
#[derive(Debug, Default)]
pub struct Findings(Vec<Refusal>);

impl Findings {
    /// Notes one more.
    pub fn push(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }

    /// Keeps a value, or notes why there is none.
    pub fn take<T>(&mut self, result: Result<T, Refusal>) -> Option<T> {
        result.map_err(|refusal| self.0.push(refusal)).ok()
    }

    /// Everything was fine, or all that was not.
    ///
    /// # Errors
    /// [`Refused`] when anything was noted.
    pub fn done(self) -> Result<(), Refused> {
        if self.0.is_empty() { Ok(()) } else { Err(Refused(self.0)) }
    }
}
