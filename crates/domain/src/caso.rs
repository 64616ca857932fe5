//! A case of any kind, folded from its stream.

use crate::Ctx;
use crate::allegato::Allegato;
use crate::ente::CodiceUfficio;
use crate::evento::Evento;
use crate::pratica::{Base, Pratica, forma_ricevuta};
use crate::refusal::Refused;
use crate::{appuntamento, istanza, lettera, segnalazione};

/// A case of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Caso {
    /// A report.
    Segnalazione(Pratica<segnalazione::Dettaglio>),
    /// A letter.
    Lettera(Pratica<lettera::Dettaglio>),
    /// A request.
    Istanza(Pratica<istanza::Dettaglio>),
    /// An appointment.
    Appuntamento(Pratica<appuntamento::Dettaglio>),
}

impl Caso {
    /// What all kinds share.
    pub fn base(&self) -> &Base {
        match self {
            Self::Segnalazione(pratica) => &pratica.base,
            Self::Lettera(pratica) => &pratica.base,
            Self::Istanza(pratica) => &pratica.base,
            Self::Appuntamento(pratica) => &pratica.base,
        }
    }

    /// Subject in the citizen's own words, while their key exists.
    pub fn titolo(&self) -> Option<&str> {
        match self {
            Self::Segnalazione(p) => p.dettaglio.documento.get().map(|d| d.titolo.as_str()),
            Self::Lettera(p) => p.dettaglio.documento.get().map(|d| d.oggetto.as_str()),
            Self::Istanza(p) => p.dettaglio.documento.get().map(istanza::DocumentoIstanza::titolo),
            Self::Appuntamento(p) => p.dettaglio.documento.get().map(|d| d.servizio.as_str()),
        }
    }

    /// Decides that a stored document is the receipt of this case, as an event of its own stream.
    ///
    /// # Errors
    /// As [`forma_ricevuta`].
    pub fn forma_ricevuta(&self, file: Allegato, ctx: &Ctx) -> Result<Evento, Refused> {
        let event = forma_ricevuta(self.base(), file, ctx)?;
        Ok(match self {
            Self::Segnalazione(_) => Evento::Segnalazione(event.into()),
            Self::Lettera(_) => Evento::Lettera(event.into()),
            Self::Istanza(_) => Evento::Istanza(event.into()),
            Self::Appuntamento(_) => Evento::Appuntamento(event.into()),
        })
    }

    /// Decides that another office works this case, as an event of its own stream; none where it already does.
    pub fn riassegna(&self, nuovo: &CodiceUfficio, ctx: &Ctx) -> Option<Evento> {
        let event = self.base().riassegna(nuovo, ctx)?;
        Some(match self {
            Self::Segnalazione(_) => Evento::Segnalazione(event.into()),
            Self::Lettera(_) => Evento::Lettera(event.into()),
            Self::Istanza(_) => Evento::Istanza(event.into()),
            // It changes office only by being moved: where it takes place and who holds it are one.
            Self::Appuntamento(_) => return None,
        })
    }

    /// Folds one event of the case's own stream; events of other kinds leave the state as it is.
    pub fn evolve(state: Option<Self>, event: &Evento) -> Option<Self> {
        match (state, event) {
            (None, Evento::Segnalazione(e)) => segnalazione::evolve(None, e).map(Self::Segnalazione),
            (None, Evento::Lettera(e)) => lettera::evolve(None, e).map(Self::Lettera),
            (None, Evento::Istanza(e)) => istanza::evolve(None, e).map(Self::Istanza),
            (None, Evento::Appuntamento(e)) => appuntamento::evolve(None, e).map(Self::Appuntamento),
            (Some(Self::Segnalazione(p)), Evento::Segnalazione(e)) => {
                segnalazione::evolve(Some(p), e).map(Self::Segnalazione)
            }
            (Some(Self::Lettera(p)), Evento::Lettera(e)) => lettera::evolve(Some(p), e).map(Self::Lettera),
            (Some(Self::Istanza(p)), Evento::Istanza(e)) => istanza::evolve(Some(p), e).map(Self::Istanza),
            (Some(Self::Appuntamento(p)), Evento::Appuntamento(e)) => {
                appuntamento::evolve(Some(p), e).map(Self::Appuntamento)
            }
            (state, _) => state,
        }
    }

    /// Folds a whole stream.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Evento>) -> Option<Self> {
        events.into_iter().fold(None, Self::evolve)
    }
}
