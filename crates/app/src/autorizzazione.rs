//! Who may do what: one table, read by every door. What is not allowed looks like what does not exist.

use crate::app::App;
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use domain::allegato::Impronta;
use domain::persona::Ruolo;
use domain::pratica::Base;
use domain::{Evento, accesso, termini};
use eventstore::{AppendError, Batch, Expected, Idempotency, Item, Meta};

/// What is asked of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Azione {
    /// See it with its personal data.
    LeggiPratica,
    /// See state, protocol and history, without personal data.
    LeggiStato,
    /// Carry it on.
    LavoraPratica,
    /// Add to it, take it back, file again from it.
    DisponiPratica,
}

impl Azione {
    /// Name in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeggiPratica => "leggi-pratica",
            Self::LeggiStato => "leggi-stato",
            Self::LavoraPratica => "lavora-pratica",
            Self::DisponiPratica => "disponi-pratica",
        }
    }
}

/// Scope of a developer's token: state and history of every case that is not restricted, without personal data.
pub const AMBITO_PRATICHE: &str = "pratiche:lettura";
/// Scope of a developer's token: the audit trail.
pub const AMBITO_AUDIT: &str = "audit:lettura";

/// The table.
pub fn permesso(utente: &Utente, azione: Azione, base: &Base) -> bool {
    let office = || utente.uffici.contains(&base.ufficio);
    match (utente.ruolo, azione) {
        (Ruolo::Cittadino, Azione::LeggiPratica | Azione::LeggiStato | Azione::DisponiPratica) => {
            base.titolare == utente.id
        }
        (
            Ruolo::Operatore | Ruolo::SegreteriaSindaco,
            Azione::LeggiPratica | Azione::LeggiStato | Azione::LavoraPratica,
        ) => office(),
        (Ruolo::Sviluppatore, Azione::LeggiStato) => {
            !base.riservato && utente.ambiti.iter().any(|ambito| ambito == AMBITO_PRATICHE)
        }
        _ => false,
    }
}

/// May see the audit trail of the ente.
pub fn vede_audit(utente: &Utente) -> bool {
    let scope = || utente.ambiti.iter().any(|ambito| ambito == AMBITO_AUDIT);
    utente.ruolo == Ruolo::Protocollo || (utente.ruolo == Ruolo::Sviluppatore && scope())
}

impl App {
    /// Goes on only if the person may; a denial is entered in the audit trail, once a day for a person and a thing.
    pub(crate) async fn autorizza(&self, ctx: &Contesto, azione: Azione, base: &Base) -> Result<(), AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if ctx.raggiunge(base.id) && permesso(utente, azione, base) {
            return Ok(());
        }
        self.nega(ctx, utente, azione, &base.tipo.stream(base.id)).await;
        Err(AppError::NonTrovato)
    }

    /// Enters a denial. A failure to do so does not turn the denial into something else; it is logged.
    async fn nega(&self, ctx: &Contesto, utente: &Utente, azione: Azione, risorsa: &str) {
        let il = self.parts.clock.now();
        let giorno = termini::data_locale(il);
        let event = accesso::AccessoNegato {
            persona: utente.id,
            ruolo: utente.ruolo,
            azione: azione.as_str().into(),
            risorsa: risorsa.into(),
            il,
        };
        let key = format!("negato:{}:{}:{risorsa}:{giorno}", utente.id, azione.as_str());
        if let Err(error) = self.append_accesso(ctx, utente, event.into(), Some(key)).await {
            tracing::error!(error = %error, "a denied access could not be entered in the audit trail");
        }
    }

    /// Enters a sign-in.
    pub async fn registra_accesso(&self, ctx: &Contesto, utente: &Utente, fornitore: &str) -> Result<(), AppError> {
        let il = self.parts.clock.now();
        let event = accesso::AccessoEffettuato {
            persona: utente.id,
            ruolo: utente.ruolo,
            livello: utente.livello,
            fornitore: fornitore.into(),
            il,
        };
        self.append_accesso(ctx, utente, event.into(), None).await
    }

    /// Enters that a document is handed out, each time; without it nothing is (Linee guida AgID 3.1.6).
    pub(crate) async fn registra_scarico(
        &self,
        ctx: &Contesto,
        base: &Base,
        impronta: Impronta,
    ) -> Result<(), AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let event = accesso::DocumentoScaricato {
            persona: utente.id,
            ruolo: utente.ruolo,
            risorsa: base.tipo.stream(base.id),
            impronta,
            il: self.parts.clock.now(),
        };
        self.append_accesso(ctx, utente, event.into(), None).await
    }

    async fn append_accesso(
        &self,
        ctx: &Contesto,
        utente: &Utente,
        event: accesso::Event,
        key: Option<String>,
    ) -> Result<(), AppError> {
        let at = self.parts.clock.now();
        let item = Item {
            stream: accesso::stream(termini::data_locale(at)),
            expected: Expected::Any,
            events: vec![self.plain(at, &Evento::Accesso(event))?],
        };
        let meta = Meta {
            actor: utente.id.to_string(),
            role: utente.ruolo.as_str().to_owned(),
            identity_level: Some(utente.livello.into()),
            channel: ctx.canale.as_str().to_owned(),
            correlation: Some(ctx.correlazione),
            ..Meta::default()
        };
        let idempotency = key.map(|key| Idempotency { fingerprint: eventstore::hash::sha256(key.as_bytes()), key });
        match self.parts.store.append(ctx.codice_ente(), Batch { items: vec![item], idempotency, meta }).await {
            Ok(_) | Err(AppendError::AlreadyApplied { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
