//! What mutations answer.

use super::common::Protocollo;
use super::pratica::Pratica;
use super::registro::Registrazione;
use crate::scalars::Posizione;
use app::{ErroreCampo, Esito};
use async_graphql::{ID, SimpleObject};

/// One reason why nothing was done.
#[derive(Debug, Clone, SimpleObject)]
pub struct Errore {
    /// Path of the input field it is about, such as `luogo.indirizzo`; null when it is about the whole.
    campo: Option<String>,
    /// Stable code, such as `obbligatorio`.
    codice: String,
    /// A sentence in Italian that says how to mend it.
    messaggio: String,
    /// Ids of slots that are free instead of one that was refused; empty when it is about something else.
    alternative: Vec<ID>,
}

impl From<ErroreCampo> for Errore {
    fn from(errore: ErroreCampo) -> Self {
        let alternative = errore.alternative().iter().map(|slot| ID(slot.to_string())).collect();
        Self { campo: errore.campo, codice: errore.codice, messaggio: errore.messaggio, alternative }
    }
}

impl Errore {
    /// Several.
    pub(crate) fn of(errori: Vec<ErroreCampo>) -> Vec<Self> {
        errori.into_iter().map(Self::from).collect()
    }
}

/// The outcome of a command on a case: either the case, or the reasons why nothing was stored.
#[derive(SimpleObject)]
pub struct PraticaPayload {
    /// The case right after the command; a repeat with the same key answers what the first call answered.
    pratica: Option<Pratica>,
    /// Entry in the register that the command made; for steps that make none, the entry of the filing.
    protocollo: Option<Protocollo>,
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<Esito> for PraticaPayload {
    fn from(esito: Esito) -> Self {
        Self {
            pratica: Some(Pratica::from(&esito)),
            protocollo: esito.protocollo.as_ref().map(Protocollo::from),
            posizione: Some(Posizione(esito.posizione)),
            errori: Vec::new(),
        }
    }
}

impl From<Vec<ErroreCampo>> for PraticaPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        let errori = errori.into_iter().map(Errore::from).collect();
        Self { pratica: None, protocollo: None, posizione: None, errori }
    }
}

/// The outcome of a change of an entry: either the entry, or the reasons why nothing was stored.
#[derive(SimpleObject)]
pub struct ModificaRegistrazionePayload {
    /// The entry after the change.
    pub(crate) registrazione: Option<Registrazione>,
    /// Hand it to `dopo` to read what was just written.
    pub(crate) posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    pub(crate) errori: Vec<Errore>,
}

impl From<Vec<ErroreCampo>> for ModificaRegistrazionePayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { registrazione: None, posizione: None, errori: errori.into_iter().map(Errore::from).collect() }
    }
}
