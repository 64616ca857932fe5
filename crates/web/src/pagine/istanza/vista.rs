//! The pages of the flow.

use super::campi::CampoVista;
use crate::layout::{ErroreCampo, Layout, Passo, Riga, Voce};
use crate::pagine::invio::Nota;
use askama::Template;

/// What surrounds every step.
#[derive(Debug, Clone, Default)]
pub struct Cornice {
    /// Heading: the service.
    pub titolo: String,
    /// The steps.
    pub passi: Vec<Passo>,
    /// Number of this one, from 1.
    pub corrente: usize,
    /// Where the form goes.
    pub azione: String,
    /// Step before; may be empty.
    pub indietro: String,
    /// Words of the main button.
    pub avanti: String,
    /// Summary of what is wrong.
    pub errori: Vec<ErroreCampo>,
    /// What is wrong in other steps, as links there.
    pub altrove: Vec<Voce>,
    /// What a newer form changed.
    pub cambiamenti: Vec<String>,
    /// Whether the answers come from an earlier request.
    pub copiata: bool,
    /// Where the draft is saved while one writes; empty where nothing is written.
    pub salva: String,
    /// Whom to call.
    pub aiuto: Vec<Voce>,
    /// The sheet of the service.
    pub scheda: String,
}

impl Cornice {
    /// Key of the words above what is to be looked at again: the form changed, or the answers come from elsewhere.
    pub fn novita(&self) -> &'static str {
        if self.copiata { "richiesta-copiata" } else { "richiesta-cambiata" }
    }

    /// Whether anything is wrong.
    pub fn da_correggere(&self) -> bool {
        !self.errori.is_empty() || !self.altrove.is_empty()
    }
}

/// Drafts of the service that exist already.
#[derive(Template)]
#[template(path = "istanza/riprendi.html")]
pub struct PaginaRiprendi {
    pub layout: Layout,
    pub servizio: String,
    pub azione: String,
    pub bozze: Vec<SchedaBozza>,
}

/// A draft as a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchedaBozza {
    pub codice: String,
    pub id: String,
    pub servizio: String,
    pub riprendi: String,
    pub elimina: String,
    pub salvata: String,
    pub scade: String,
}

/// First step: privacy notice.
#[derive(Template)]
#[template(path = "istanza/privacy.html")]
pub struct PaginaPrivacy {
    pub layout: Layout,
    pub c: Cornice,
    pub finalita: String,
    pub riservata: bool,
    pub pec: String,
    pub spuntata: bool,
}

/// Second step: who asks.
#[derive(Template)]
#[template(path = "istanza/dati.html")]
pub struct PaginaDati {
    pub layout: Layout,
    pub c: Cornice,
    pub chi: Vec<Riga>,
    /// As written; may be empty.
    pub email: String,
    /// As written; may be empty.
    pub telefono: String,
    pub tempi: String,
}

/// A step of the form.
#[derive(Template)]
#[template(path = "istanza/passo.html")]
pub struct PaginaPasso {
    pub layout: Layout,
    pub c: Cornice,
    pub titolo: String,
    pub testo: Vec<String>,
    pub campi: Vec<CampoVista>,
    pub con_file: bool,
    /// Name of the step in its address.
    pub segmento: String,
}

/// A part of the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sezione {
    pub titolo: String,
    pub righe: Vec<Riga>,
    /// The step where it is changed; may be empty.
    pub modifica: String,
}

/// Last step.
#[derive(Template)]
#[template(path = "istanza/riepilogo.html")]
pub struct PaginaRiepilogo {
    pub layout: Layout,
    pub c: Cornice,
    pub sezioni: Vec<Sezione>,
    pub nota: Nota,
    pub pagamenti: Vec<String>,
    pub dopo: String,
}

/// The session ended meanwhile: every word is kept in the page.
#[derive(Template)]
#[template(path = "istanza/sessione.html")]
pub struct PaginaSessione {
    pub layout: Layout,
    pub azione: String,
    pub accedi: String,
    pub nascosti: Vec<(String, String)>,
}
