//! Answers that a form accepts, made from its definition: to try every service, and to show developers what a filing looks
//! like. No answer is about anybody.

mod cerca;
mod sbaglio;
mod valori;

pub use sbaglio::Sbaglio;

use domain::modulo::{ContestoModulo, FormatoFile};
use domain::refusal::Refused;
use domain::servizio::Servizio;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// How much is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quanto {
    /// What is asked for, and nothing else.
    Necessario,
    /// Everything, as far as files are allowed.
    Tutto,
}

/// A form, filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Esempio {
    /// Answers by name of field.
    pub valori: Map<String, Value>,
    /// Files that the answers name.
    pub file: Vec<FileEsempio>,
}

/// A file that an answer names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEsempio {
    /// Id of the upload, as text.
    pub id: String,
    /// Media type.
    pub formato: &'static str,
}

/// Answers with which the service can be asked for on a day.
///
/// # Errors
/// What is still wrong with the best answers found: rules that contradict each other, or a form that no one can fill in.
pub fn risposte(servizio: &Servizio, oggi: Date, quanto: Quanto) -> Result<Esempio, Refused> {
    let modulo = &servizio.modulo;
    let valori =
        cerca::Ricerca { modulo, ctx: ContestoModulo { oggi }, quanto, file: servizio.allegati.massimo as usize }
            .trova()?;
    let file = modulo.allegati(&valori).into_iter().map(|wanted| FileEsempio {
        id: wanted.id,
        formato: wanted.formati.first().copied().unwrap_or(FormatoFile::ORDINARI[0]).media_type(),
    });
    let file = file.collect();
    Ok(Esempio { valori, file })
}

/// An answer that the form refuses, in the place of one of an example; none when it takes whatever it is given.
pub fn sbaglio(servizio: &Servizio, oggi: Date, esempio: &Esempio) -> Option<Sbaglio> {
    sbaglio::trova(&servizio.modulo, ContestoModulo { oggi }, &esempio.valori)
}
