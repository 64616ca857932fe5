//! Drafts.

use super::dettaglio::RiferimentoServizio;
use super::payload::Errore;
use crate::scalars::DateTime;
use app::ErroreCampo;
use async_graphql::{ID, SimpleObject};
use serde_json::Value;

/// How a person wants to be reached about one request.
#[derive(Debug, Clone, SimpleObject)]
pub struct Contatti {
    /// Where the courtesy copy and the notices go.
    email: Option<String>,
    /// Where the office calls.
    telefono: Option<String>,
}

impl From<app::Contatti> for Contatti {
    fn from(contatti: app::Contatti) -> Self {
        Self { email: contatti.email, telefono: contatti.telefono }
    }
}

/// A draft of an istanza: private to who writes it, sealed, deleted for good when it expires. It is no filing and has no
/// number.
#[derive(Debug, Clone, SimpleObject)]
pub struct Bozza {
    /// Id.
    id: ID,
    /// Service and version of the form it is filled in with.
    servizio: RiferimentoServizio,
    /// Answers so far, by name of field; not checked yet.
    #[graphql(complexity = "crate::limits::FORM_COST")]
    valori: Value,
    /// Ids of files uploaded for it that no field of the form names.
    allegati: Vec<ID>,
    /// How its person wants to be reached about the request, as written; none as long as nobody asked.
    contatti: Option<Contatti>,
    /// Name of the step where one stands; empty at the beginning.
    passo: String,
    /// When it was begun.
    creata: DateTime,
    /// When it was saved last.
    aggiornata: DateTime,
    /// When it will be deleted, unless it is saved again.
    scade: DateTime,
    /// What a newer form changed in the answers, in Italian, to be shown once; empty as a rule.
    cambiamenti: Vec<String>,
}

impl From<app::Bozza> for Bozza {
    fn from(bozza: app::Bozza) -> Self {
        Self {
            id: ID(bozza.id.to_string()),
            servizio: RiferimentoServizio::from(&bozza.servizio),
            valori: Value::Object(bozza.valori),
            allegati: bozza.allegati.iter().map(|id| ID(id.to_string())).collect(),
            contatti: bozza.contatti.map(Contatti::from),
            passo: bozza.passo,
            creata: DateTime(bozza.creata),
            aggiornata: DateTime(bozza.aggiornata),
            scade: DateTime(bozza.scade),
            cambiamenti: bozza.cambiamenti,
        }
    }
}

/// The outcome of opening or saving a draft: either the draft, or the reasons why nothing was stored.
#[derive(SimpleObject)]
pub struct BozzaPayload {
    /// The draft as it is kept.
    bozza: Option<Bozza>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<app::Bozza> for BozzaPayload {
    fn from(bozza: app::Bozza) -> Self {
        Self { bozza: Some(bozza.into()), errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for BozzaPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { bozza: None, errori: errori.into_iter().map(Errore::from).collect() }
    }
}

/// The outcome of deleting a draft.
#[derive(SimpleObject)]
pub struct EliminaBozzaPayload {
    /// Whether there was one; false the second time.
    eliminata: bool,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<bool> for EliminaBozzaPayload {
    fn from(eliminata: bool) -> Self {
        Self { eliminata, errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for EliminaBozzaPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { eliminata: false, errori: errori.into_iter().map(Errore::from).collect() }
    }
}
