//! Publishing a version, and following what others published.

use super::Definizione;
use crate::app::App;
use crate::error::AppError;
use crate::persone::CODICE_SISTEMA;
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;
use eventstore::{AppendError, Batch, Expected, Item, Meta, limits};
use serde_json::Value;

/// Tries to publish while others publish too.
const TENTATIVI: usize = 8;

/// Why a definition was not published.
#[derive(Debug, thiserror::Error)]
pub enum PubblicaError {
    /// This version is published with other content: what changed is a new version.
    #[error("version {versione} of {codice} is published with other content: raise `versione`")]
    Diversa {
        /// Code.
        codice: String,
        /// Version.
        versione: u32,
    },
    /// A newer version is published.
    #[error("version {pubblicata} of {codice} is published, {versione} is older")]
    Superata {
        /// Code.
        codice: String,
        /// Version of the definition.
        versione: u32,
        /// Newest version.
        pubblicata: u32,
    },
    /// The ente has no office of this name.
    #[error("the ente has no office {0}")]
    Ufficio(String),
    /// The log.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Reads what was published since the last look.
    pub(crate) async fn aggiorna<T: Definizione>(&self, ente: &str) -> Result<(), AppError> {
        let all = T::di(self);
        loop {
            let records = self.parts.store.read_stream(ente, T::STREAM, all.lette(ente), limits::PAGE).await?;
            let Some(last) = records.last().map(|record| record.version) else { return Ok(()) };
            let mut definizioni = Vec::new();
            for record in &records {
                let Some(fields) = T::da(self.parts.opener.open(record)?) else { continue };
                // Of a newer program: cases made under it have its words; it is not offered here.
                match serde_json::from_value(Value::Object(fields)) {
                    Ok(definizione) => definizioni.push(definizione),
                    Err(error) => {
                        tracing::error!(ente, stream = T::STREAM, versione = record.version, %error, "a definition cannot be read");
                    }
                }
            }
            all.prendi(ente, last, definizioni);
        }
    }

    /// Publishes a version; `false` when it is published already.
    pub(crate) async fn pubblica<T: Definizione>(&self, ente: &str, definizione: &T) -> Result<bool, PubblicaError> {
        self.ha_ufficio(ente, definizione)?;
        for _ in 0..TENTATIVI {
            self.aggiorna::<T>(ente).await?;
            if T::di(self).pubblicata(ente, definizione)? {
                return Ok(false);
            }
            if self.registra_definizioni(ente, &[definizione]).await? {
                return Ok(true);
            }
        }
        Err(AppError::non_disponibile("others publish all the time").into())
    }

    fn ha_ufficio<T: Definizione>(&self, ente: &str, definizione: &T) -> Result<(), PubblicaError> {
        let Some(ufficio) = definizione.ufficio() else { return Ok(()) };
        let known = self.enti().all().iter().find(|e| e.codice.as_str() == ente);
        match known {
            Some(known) if known.ufficio(ufficio).is_none() => Err(PubblicaError::Ufficio(ufficio.to_string())),
            _ => Ok(()),
        }
    }

    /// Stores what was found to be new; `false` when another node published meanwhile: look again.
    async fn registra_definizioni<T: Definizione>(&self, ente: &str, nuove: &[&T]) -> Result<bool, AppError> {
        let at = self.parts.clock.now();
        let events = nuove.iter().map(|d| self.plain(at, &d.pubblicata(catalogo::impronta(*d), at)));
        let item = Item {
            stream: T::STREAM.to_owned(),
            expected: match T::di(self).lette(ente) {
                0 => Expected::NoStream,
                version => Expected::Exact(version),
            },
            events: events.collect::<Result<_, _>>()?,
        };
        let meta = Meta {
            actor: CODICE_SISTEMA.to_string(),
            role: "sistema".into(),
            channel: "sistema".into(),
            ..Meta::default()
        };
        match self.parts.store.append(ente, Batch { items: vec![item], idempotency: None, meta }).await {
            Ok(_) => {
                self.aggiorna::<T>(ente).await?;
                Ok(true)
            }
            Err(AppendError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Publishes what comes with the program, in every ente that has the office for it.
    ///
    /// # Errors
    /// Of the log.
    pub async fn pubblica_spediti(&self) -> Result<(), AppError> {
        self.pubblica_spedite::<Servizio>().await?;
        self.pubblica_spedite::<Prenotabile>().await?;
        self.pubblica_spedite::<Orario>().await
    }

    async fn pubblica_spedite<T: Definizione>(&self) -> Result<(), AppError> {
        for ente in self.enti().all() {
            self.pubblica_spedite_in::<T>(ente.codice.as_str()).await?;
        }
        Ok(())
    }

    async fn pubblica_spedite_in<T: Definizione>(&self, ente: &str) -> Result<(), AppError> {
        for _ in 0..TENTATIVI {
            self.aggiorna::<T>(ente).await?;
            let is_new = |definizione: &&T| {
                let known = || T::di(self).pubblicata(ente, definizione);
                match self.ha_ufficio(ente, *definizione).and_then(|()| known()) {
                    Ok(published) => !published,
                    Err(PubblicaError::Superata { .. }) => false,
                    Err(error) => {
                        tracing::info!(ente, %error, "a definition of the program does not hold here");
                        false
                    }
                }
            };
            let new: Vec<&T> = T::spedite().iter().filter(is_new).collect();
            if new.is_empty() {
                return Ok(());
            }
            for some in new.chunks(limits::BATCH_EVENTS) {
                if !self.registra_definizioni(ente, some).await? {
                    break;
                }
            }
        }
        Err(AppError::non_disponibile("others publish all the time"))
    }
}
