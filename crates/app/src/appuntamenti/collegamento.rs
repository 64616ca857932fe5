//! The signed link of an appointment: who has it sees, moves and cancels that one appointment without signing in, until it
//! starts. It goes to the holder's mailbox, and is worth what the mailbox is worth.
//!
//! Nothing of it is kept: the address says the case, and the installation's key seals it. When it ends is not part of it but
//! asked of the case itself, so that a link which was sent before a move is good until the appointment it leads to. Afterwards
//! it says no more than that the appointment is over, and of what kind it was.

use crate::app::App;
use crate::contesto::{Canale, Contesto, Utente};
use crate::enti::Ente;
use crate::error::AppError;
use crate::persone::SIGILLO;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::appuntamento::Dettaglio;
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::persona::{LivelloIdentita, Ruolo};
use domain::pratica::{Pratica, StatoPratica};
use jiff::Timestamp;
use std::sync::Arc;
use uuid::Uuid;

/// What the seal is for.
const SCOPO: &str = "appuntamento";
/// Bytes of a case.
const DETTO: usize = 16;
/// Characters of a token; nothing longer or shorter is looked at.
pub(super) const CARATTERI: usize = ((DETTO + SIGILLO) * 4).div_ceil(3);

/// What a signed link leads to.
#[derive(Debug, Clone)]
pub enum Collegamento {
    /// The appointment, and a context in which its holder acts on it.
    Aperto(Contesto, PraticaId),
    /// It has begun or is over: there is nothing left to change.
    Chiuso(AppuntamentoChiuso),
}

impl Collegamento {
    /// The context and the appointment, while it can still be changed.
    pub fn aperto(self) -> Option<(Contesto, PraticaId)> {
        match self {
            Self::Aperto(ctx, id) => Some((ctx, id)),
            Self::Chiuso(_) => None,
        }
    }
}

/// How an appointment stands that its link no longer opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fine {
    /// Its time has come, and is not over.
    Iniziato,
    /// Its time is over, or the office is done with it.
    Concluso,
    /// It had been cancelled.
    Annullato,
    /// Nobody came.
    NonPresentato,
}

/// What a link still says of an appointment: nothing of who was to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppuntamentoChiuso {
    /// How it stands.
    pub fine: Fine,
    /// Code of what was booked.
    pub servizio: String,
    /// Its name.
    pub nome_servizio: String,
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Start.
    pub inizio: Timestamp,
}

impl AppuntamentoChiuso {
    fn di(dettaglio: &Dettaglio, stato: StatoPratica, adesso: Timestamp) -> Self {
        let posto = &dettaglio.posto;
        let fine = match stato {
            StatoPratica::Annullata => Fine::Annullato,
            StatoPratica::NonPresentata => Fine::NonPresentato,
            // Who is at the desk stays beyond the hour.
            StatoPratica::PresaInCarico => Fine::Iniziato,
            StatoPratica::Prenotata if adesso < posto.fine => Fine::Iniziato,
            _ => Fine::Concluso,
        };
        Self {
            fine,
            servizio: dettaglio.servizio.clone(),
            nome_servizio: dettaglio.nome_servizio.clone(),
            ufficio: posto.ufficio.clone(),
            inizio: posto.inizio,
        }
    }
}

impl App {
    /// The token of an appointment that is still to come.
    pub(crate) fn token_appuntamento(&self, ente: &Ente, pratica: &Pratica<Dettaglio>) -> Option<String> {
        let (id, inizio) = (pratica.base.id, pratica.dettaglio.posto.inizio);
        if pratica.base.stato != StatoPratica::Prenotata || inizio <= self.parts.clock.now() {
            return None;
        }
        let seal = self.parts.persone.sigillo(ente.codice.as_str(), SCOPO, &id.to_string());
        Some(URL_SAFE_NO_PAD.encode([id.0.as_bytes().as_slice(), &seal].concat()))
    }

    /// What a signed link leads to. While the appointment is to come, its holder acts on it through the context that comes
    /// with it: worth nothing for other cases, it makes no new bookings, and what is done with it stands in the log under the
    /// channel `collegamento`.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for a link that is not ours, or whose holder's data is gone.
    pub async fn appuntamento_da_collegamento(&self, ctx: &Contesto, token: &str) -> Result<Collegamento, AppError> {
        let id = self.leggi_token(ctx.codice_ente(), token).ok_or(AppError::NonTrovato)?;
        let (pratica, _) = self.appuntamento(ctx.codice_ente(), id).await?.ok_or(AppError::NonTrovato)?;
        let anagrafica = pratica.base.richiedente.get().cloned().ok_or(AppError::NonTrovato)?;
        let now = self.parts.clock.now();
        if pratica.dettaglio.posto.inizio <= now {
            let chiuso = AppuntamentoChiuso::di(&pratica.dettaglio, pratica.base.stato, now);
            return Ok(Collegamento::Chiuso(chiuso));
        }
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
        Ok(Collegamento::Aperto(Contesto { utente: Some(Arc::new(utente)), canale, ..ctx.clone() }, id))
    }

    fn leggi_token(&self, ente: &str, token: &str) -> Option<PraticaId> {
        if token.len() != CARATTERI {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (said, seal) = bytes.split_first_chunk::<DETTO>()?;
        let id = PraticaId(Uuid::from_bytes(*said));
        let seal: &[u8; SIGILLO] = seal.try_into().ok()?;
        self.parts.persone.sigillato(ente, SCOPO, &id.to_string(), seal).then_some(id)
    }
}
