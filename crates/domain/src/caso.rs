//! A case of any kind, folded from its stream.

use crate::evento::Evento;
use crate::pratica::{Base, Pratica};
use crate::{istanza, lettera, segnalazione};

/// A case of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Caso {
    /// A report.
    Segnalazione(Pratica<segnalazione::Dettaglio>),
    /// A letter.
    Lettera(Pratica<lettera::Dettaglio>),
    /// A request.
    Istanza(Pratica<istanza::Dettaglio>),
}

impl Caso {
    /// What all kinds share.
    pub fn base(&self) -> &Base {
        match self {
            Self::Segnalazione(pratica) => &pratica.base,
            Self::Lettera(pratica) => &pratica.base,
            Self::Istanza(pratica) => &pratica.base,
        }
    }

    /// Subject in the citizen's own words, while their key exists.
    pub fn titolo(&self) -> Option<&str> {
        match self {
            Self::Segnalazione(p) => p.dettaglio.documento.get().map(|d| d.titolo.as_str()),
            Self::Lettera(p) => p.dettaglio.documento.get().map(|d| d.oggetto.as_str()),
            Self::Istanza(p) => p.dettaglio.documento.get().map(istanza::DocumentoIstanza::titolo),
        }
    }

    /// Folds one event of the case's own stream; events of other kinds leave the state as it is.
    pub fn evolve(state: Option<Self>, event: &Evento) -> Option<Self> {
        match (state, event) {
            (None, Evento::Segnalazione(e)) => segnalazione::evolve(None, e).map(Self::Segnalazione),
            (None, Evento::Lettera(e)) => lettera::evolve(None, e).map(Self::Lettera),
            (None, Evento::Istanza(e)) => istanza::evolve(None, e).map(Self::Istanza),
            (Some(Self::Segnalazione(p)), Evento::Segnalazione(e)) => {
                segnalazione::evolve(Some(p), e).map(Self::Segnalazione)
            }
            (Some(Self::Lettera(p)), Evento::Lettera(e)) => lettera::evolve(Some(p), e).map(Self::Lettera),
            (Some(Self::Istanza(p)), Evento::Istanza(e)) => istanza::evolve(Some(p), e).map(Self::Istanza),
            (state, _) => state,
        }
    }

    /// Folds a whole stream.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Evento>) -> Option<Self> {
        events.into_iter().fold(None, Self::evolve)
    }
}
