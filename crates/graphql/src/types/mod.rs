//! The types of answers.

mod agenda;
mod appuntamento;
mod attesa;
mod audit;
mod bozza;
mod common;
mod dettaglio;
mod ente;
mod enums;
mod payload;
mod pratica;
mod registro;
mod riga;
mod servizio;
mod storia;

pub(crate) use agenda::{Agenda, Disponibilita, Prenotabile};
pub(crate) use appuntamento::CanalePrenotazione;
pub(crate) use attesa::AttesaAppuntamento;
pub(crate) use audit::Audit;
pub(crate) use bozza::{Bozza, BozzaPayload, EliminaBozzaPayload};
pub(crate) use ente::{Categoria, Ente, Utente};
pub(crate) use enums::{StatoPratica, TipoPratica};
pub(crate) use payload::{Errore, ModificaRegistrazionePayload, PraticaPayload};
pub(crate) use pratica::Pratica;
pub(crate) use registro::Registrazione;
pub(crate) use riga::passi_chiesti;
pub(crate) use servizio::Servizio;

use crate::codes;
use crate::errors::coded;
use app::{App, Contesto};
use async_graphql::{Context, Result};

/// The application and who asks.
pub(crate) fn parts<'a>(ctx: &Context<'a>) -> Result<(&'a App, &'a Contesto)> {
    match (ctx.data::<App>(), ctx.data::<Contesto>()) {
        (Ok(app), Ok(contesto)) => Ok((app, contesto)),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(error = error.message, "a request without its data");
            Err(coded(codes::INTERNAL, app::testi::it("api-interno")))
        }
    }
}

/// As [`parts`], for a person who signed in.
pub(crate) fn signed_in<'a>(ctx: &Context<'a>) -> Result<(&'a App, &'a Contesto, &'a app::Utente)> {
    let (app, contesto) = parts(ctx)?;
    let utente = contesto.utente.as_deref();
    utente.map(|utente| (app, contesto, utente)).ok_or_else(|| crate::errors::of_app(app::AppError::AccessoRichiesto))
}
