//! Decisions of the register.

use super::{
    AssegnazioneModificata, ClassificazioneModificata, Corrispondente, Event, Flusso, Modifica, Protocollo,
    ProtocolloRegistrato,
};
use crate::allegato::Allegato;
use crate::ente::CodiceUfficio;
use crate::ids::PraticaId;
use crate::persona::Ruolo;
use crate::refusal::{Refusal, Refused};
use crate::testo::testo;
use crate::titolario::Classifica;
use crate::{Ctx, Personale};

/// What is to be entered; the number arrives in [`Ctx::protocollo`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registra {
    /// Direction.
    pub flusso: Flusso,
    /// Subject.
    pub oggetto: String,
    /// Case.
    pub pratica: PraticaId,
    /// Kind of case.
    pub tipo_pratica: &'static str,
    /// Classification.
    pub classifica: Classifica,
    /// Office.
    pub assegnazione: CodiceUfficio,
    /// Restricted to the assigned office and the protocol office.
    pub riservato: bool,
    /// Files.
    pub allegati: Vec<Allegato>,
    /// First registration of the case.
    pub primario: Option<Protocollo>,
    /// Sender or addressee.
    pub corrispondente: Corrispondente,
}

/// Enters a document in the register.
///
/// # Errors
/// `protocollo-mancante` when no number is being assigned.
pub fn registra(command: Registra, ctx: &Ctx) -> Result<ProtocolloRegistrato, Refused> {
    let protocollo = ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante"))?;
    Ok(ProtocolloRegistrato {
        protocollo,
        flusso: command.flusso,
        oggetto: command.oggetto,
        pratica: command.pratica,
        tipo_pratica: command.tipo_pratica.to_owned(),
        classifica: command.classifica,
        assegnazione: command.assegnazione,
        riservato: command.riservato,
        allegati: command.allegati,
        primario: command.primario,
        personale: Personale(Some(command.corrispondente)),
    })
}

/// One entry with its present assignment and classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrazione {
    /// As entered; never changes.
    pub entrata: ProtocolloRegistrato,
    /// Present office.
    pub assegnazione: CodiceUfficio,
    /// Present class.
    pub classifica: Classifica,
}

/// Folds one event.
pub fn evolve(state: Option<Registrazione>, event: &Event) -> Option<Registrazione> {
    match (state, event) {
        (None, Event::ProtocolloRegistrato(entrata)) => Some(Registrazione {
            assegnazione: entrata.assegnazione.clone(),
            classifica: entrata.classifica,
            entrata: entrata.clone(),
        }),
        (Some(mut state), Event::AssegnazioneModificata(change)) => {
            state.assegnazione = change.nuova.clone();
            Some(state)
        }
        (Some(mut state), Event::ClassificazioneModificata(change)) => {
            state.classifica = change.nuova;
            Some(state)
        }
        (state, _) => state,
    }
}

/// A change asked of an entry. Only two data may change; there is no way to say more (Linee guida AgID 3.1.5; DPR 445/2000 art. 54).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModificaRegistrazione {
    /// New office, when it is to change.
    pub assegnazione: Option<CodiceUfficio>,
    /// New class, when it is to change.
    pub classifica: Option<Classifica>,
    /// Why (required).
    pub motivo: String,
}

/// Changes assignment or classification of an entry.
///
/// # Errors
/// `non-autorizzato` unless the protocol office asks; `obbligatorio` and length codes about `motivo`; `nessuna-modifica`.
pub fn decide_modifica(
    state: &Registrazione,
    command: ModificaRegistrazione,
    ctx: &Ctx,
) -> Result<Vec<Event>, Refused> {
    if ctx.attore.ruolo != Ruolo::Protocollo {
        return Err(Refusal::whole("non-autorizzato").into());
    }
    let motivo = testo("motivo", &command.motivo, 3, 500)?;
    let entry = &state.entrata.protocollo;
    let change = |motivo: &str| (entry.registro.clone(), entry.anno, entry.numero, motivo.to_owned());
    let mut events = Vec::new();
    if let Some(nuova) = command.assegnazione.filter(|new| *new != state.assegnazione) {
        events.push(AssegnazioneModificata::of(change(&motivo), state.assegnazione.clone(), nuova, ctx).into());
    }
    if let Some(nuova) = command.classifica.filter(|new| *new != state.classifica) {
        events.push(Event::ClassificazioneModificata(ClassificazioneModificata::of(
            change(&motivo),
            state.classifica,
            nuova,
            ctx,
        )));
    }
    if events.is_empty() {
        return Err(Refusal::whole("nessuna-modifica").into());
    }
    Ok(events)
}

impl<T> Modifica<T> {
    fn of((registro, anno, numero, motivo): (String, i16, u64, String), precedente: T, nuova: T, ctx: &Ctx) -> Self {
        Self { registro, anno, numero, precedente, nuova, motivo, operatore: (&ctx.attore).into() }
    }
}
