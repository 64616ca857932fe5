//! A mistake in a file and where it stands.

use serde::Serialize;
use std::fmt;

/// A mistake in a definition. Ordered as the file is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub struct Errore {
    /// Line, from 1; 0 when the place is not known.
    pub riga: usize,
    /// Column, from 1.
    pub colonna: usize,
    /// Path of what it is about, such as `modulo.passi[1].campi[0].se`; empty for the whole file.
    pub percorso: String,
    /// Stable code.
    pub codice: &'static str,
    /// In Italian: what is wrong and how to mend it.
    pub messaggio: String,
}

impl fmt::Display for Errore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.riga > 0 {
            write!(f, "{}:{}: ", self.riga, self.colonna)?;
        }
        if !self.percorso.is_empty() {
            write!(f, "{}: ", self.percorso)?;
        }
        f.write_str(&self.messaggio)
    }
}
