//! How an office carries a case on: protocollata -> presa in carico -> in lavorazione -> conclusa.

use super::{Base, Conclusione, LavorazioneAvviata, Messaggio, PresaInCarico, StatoPratica, integrazione};
use crate::refusal::{Refusal, Refused};
use crate::testo::{testo, testo_facoltativo};
use crate::{Ctx, Personale};

/// Characters of a message to the citizen, at most.
pub const MAX_MESSAGGIO: usize = 4_000;

/// What an office asks of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lavora {
    /// Take charge.
    PrendiInCarico,
    /// Start working, with a word to the citizen if one is due.
    AvviaLavorazione {
        /// Words for the citizen.
        messaggio: Option<String>,
    },
    /// End with an answer.
    Concludi {
        /// The answer; required.
        messaggio: String,
    },
}

/// One step of a case; each kind gives it its own event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passo {
    /// Charge taken.
    PresaInCarico(PresaInCarico),
    /// Work begun.
    LavorazioneAvviata(LavorazioneAvviata),
    /// Ended.
    Conclusione(Conclusione),
}

/// Decides a step. `uscita` says whether the answer of this kind of case is entered in the register.
///
/// # Errors
/// `stato-non-ammesso` when the case is elsewhere, `integrazione-attesa` while documents are awaited; refusals about
/// `messaggio`; `protocollo-mancante`.
pub fn lavora(base: &Base, command: Lavora, uscita: bool, ctx: &Ctx) -> Result<Passo, Refused> {
    let from = match command {
        Lavora::PrendiInCarico => StatoPratica::Protocollata,
        Lavora::AvviaLavorazione { .. } => StatoPratica::PresaInCarico,
        Lavora::Concludi { .. } => StatoPratica::InLavorazione,
    };
    if integrazione::stato_per(base, from, ctx.at)? != from {
        return Err(base.fuori_stato().into());
    }
    let (pratica, operatore, il) = (base.id, (&ctx.attore).into(), ctx.at);
    Ok(match command {
        Lavora::PrendiInCarico => Passo::PresaInCarico(PresaInCarico { pratica, operatore, il }),
        Lavora::AvviaLavorazione { messaggio } => {
            let messaggio = testo_facoltativo("messaggio", messaggio.as_deref(), MAX_MESSAGGIO)?;
            let personale = Personale(Some(Messaggio { messaggio }));
            Passo::LavorazioneAvviata(LavorazioneAvviata { pratica, operatore, il, personale })
        }
        Lavora::Concludi { messaggio } => {
            let messaggio = Some(testo("messaggio", &messaggio, 3, MAX_MESSAGGIO)?);
            let protocollo = uscita
                .then(|| ctx.protocollo.clone().ok_or_else(|| Refusal::whole("protocollo-mancante")))
                .transpose()?;
            let personale = Personale(Some(Messaggio { messaggio }));
            Passo::Conclusione(Conclusione { pratica, operatore, il, protocollo, personale })
        }
    })
}
