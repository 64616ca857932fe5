//! The receipt as a document: formed once for each case.

use super::{Base, RicevutaFormata};
use crate::Ctx;
use crate::allegato::Allegato;
use crate::refusal::{Refusal, Refused};

/// Decides that a stored document is the receipt of a case, whatever its state: the filing that it attests stays.
///
/// # Errors
/// `protocollo-mancante` before the case has its number (L. 241/1990 art. 18-bis: the receipt attests it);
/// `ricevuta-gia-formata` where there is one: it is never formed anew.
pub fn forma_ricevuta(base: &Base, file: Allegato, ctx: &Ctx) -> Result<RicevutaFormata, Refused> {
    if base.protocollo.is_none() {
        return Err(Refusal::whole("protocollo-mancante").into());
    }
    if base.ricevuta_pdf.is_some() {
        return Err(Refusal::whole("ricevuta-gia-formata").into());
    }
    Ok(RicevutaFormata { pratica: base.id, file, il: ctx.at })
}
