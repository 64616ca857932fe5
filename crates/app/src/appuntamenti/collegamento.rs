//! The signed link of an appointment: who has it sees, moves and cancels that one appointment without signing in, until it
//! starts. It goes to the holder's mailbox, and is worth what the mailbox is worth.
//!
//! Nothing of it is kept: the address says the case and its end, and the installation's key seals both.

use crate::app::App;
use crate::contesto::{Canale, Contesto, Utente};
use crate::enti::Ente;
use crate::error::AppError;
use crate::persone::SIGILLO;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::appuntamento::Dettaglio;
use domain::ids::PraticaId;
use domain::persona::{LivelloIdentita, Ruolo};
use domain::pratica::{Pratica, StatoPratica};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

/// What the seal is for.
const SCOPO: &str = "appuntamento";
/// Bytes of a case and an end.
const DETTO: usize = 24;
/// Characters of a token; nothing longer or shorter is looked at.
pub(super) const CARATTERI: usize = (DETTO + SIGILLO).div_ceil(3) * 4 - 2;

fn sealed(id: PraticaId, scade: i64) -> String {
    format!("{id}:{scade}")
}

impl App {
    /// The token of an appointment that is still to come.
    pub(crate) fn token_appuntamento(&self, ente: &Ente, pratica: &Pratica<Dettaglio>) -> Option<String> {
        let (id, inizio) = (pratica.base.id, pratica.dettaglio.posto.inizio);
        if pratica.base.stato != StatoPratica::Prenotata || inizio <= self.parts.clock.now() {
            return None;
        }
        let scade = inizio.as_second();
        let seal = self.parts.persone.sigillo(ente.codice.as_str(), SCOPO, &sealed(id, scade));
        let bytes: Vec<u8> = id.0.as_bytes().iter().chain(&scade.to_be_bytes()).chain(&seal).copied().collect();
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The appointment of a signed link, and a context in which its holder acts on it. It is worth nothing for other cases
    /// and makes no new bookings; what is done with it stands in the log under the channel `collegamento`.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for a link that is not ours, is over, or whose appointment has begun.
    pub async fn appuntamento_da_collegamento(
        &self,
        ctx: &Contesto,
        token: &str,
    ) -> Result<(Contesto, PraticaId), AppError> {
        let (id, scade) = self.leggi_token(ctx.codice_ente(), token).ok_or(AppError::NonTrovato)?;
        let now = self.parts.clock.now();
        if scade <= now {
            return Err(AppError::NonTrovato);
        }
        let (pratica, _) = self.appuntamento(ctx.codice_ente(), id).await?.ok_or(AppError::NonTrovato)?;
        // It may have been brought forward since the link was sent.
        if pratica.dettaglio.posto.inizio <= now {
            return Err(AppError::NonTrovato);
        }
        let anagrafica = pratica.base.richiedente.get().cloned().ok_or(AppError::NonTrovato)?;
        let utente = Utente {
            id: pratica.base.titolare,
            ente: ctx.codice_ente().to_owned(),
            anagrafica,
            ruolo: Ruolo::Cittadino,
            livello: LivelloIdentita::L1,
            uffici: Vec::new(),
            ambiti: Vec::new(),
        };
        let canale = Canale::Collegamento(id);
        Ok((Contesto { utente: Some(Arc::new(utente)), canale, ..ctx.clone() }, id))
    }

    fn leggi_token(&self, ente: &str, token: &str) -> Option<(PraticaId, Timestamp)> {
        if token.len() != CARATTERI {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (said, seal) = bytes.split_first_chunk::<DETTO>()?;
        let (id, scade) = said.split_first_chunk::<16>()?;
        let (id, scade) = (PraticaId(Uuid::from_bytes(*id)), i64::from_be_bytes(scade.try_into().ok()?));
        let seal: &[u8; SIGILLO] = seal.try_into().ok()?;
        let good = self.parts.persone.sigillato(ente, SCOPO, &sealed(id, scade), seal);
        Some((id, Timestamp::from_second(scade).ok()?)).filter(|_| good)
    }
}
