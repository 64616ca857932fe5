//! The pages of the profile.

use crate::layout::{ErroreCampo, Layout, Riga};
use crate::pagine::istanza::campi::CampoVista;
use askama::Template;

/// A group as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheda {
    /// Its word, which is its anchor too.
    pub gruppo: &'static str,
    /// Its heading.
    pub titolo: String,
    /// What is kept; may be empty.
    pub righe: Vec<Riga>,
}

/// All groups.
#[derive(Template)]
#[template(path = "profilo/elenco.html")]
pub struct PaginaProfilo {
    pub layout: Layout,
    /// From the sign-in.
    pub chi: Vec<Riga>,
    pub schede: Vec<Scheda>,
    /// Whether anything is kept.
    pub qualcosa: bool,
}

/// One group to be written.
#[derive(Template)]
#[template(path = "profilo/gruppo.html")]
pub struct PaginaGruppo {
    pub layout: Layout,
    pub gruppo: &'static str,
    pub titolo: String,
    pub testo: Vec<String>,
    pub campi: Vec<CampoVista>,
    pub errori: Vec<ErroreCampo>,
    /// Whether there is anything to take away.
    pub qualcosa: bool,
}

/// Asks before everything is forgotten.
#[derive(Template)]
#[template(path = "profilo/elimina.html")]
pub struct PaginaElimina {
    pub layout: Layout,
}

/// What a filed request would add to the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offerta {
    /// Where the answer goes.
    pub azione: String,
    /// The groups, each with what is new in it.
    pub schede: Vec<Scheda>,
}
