//! The services on offer: the definitions that come with the program, and those that each ente published.

pub mod cerca;

use crate::app::App;
use crate::contesto::Contesto;
use crate::definizioni::PubblicaError;
use crate::error::AppError;
use domain::servizio::{RiferimentoServizio, Servizio};
use std::sync::Arc;

impl App {
    /// The services on offer in the ente, each in its newest version, by name. One whose office the ente does not have is
    /// not offered.
    pub fn servizi(&self, ctx: &Contesto) -> Vec<Arc<Servizio>> {
        let codici = self.definizioni.servizi.codici(ctx.codice_ente());
        let mut all: Vec<Arc<Servizio>> = codici.iter().filter_map(|codice| self.servizio(ctx, codice)).collect();
        all.sort_by_key(|servizio| servizio.nome.to_lowercase());
        all
    }

    /// A service on offer in the ente, in its newest version.
    pub fn servizio(&self, ctx: &Contesto, codice: &str) -> Option<Arc<Servizio>> {
        let servizio = self.definizioni.servizi.ultima(ctx.codice_ente(), codice)?;
        ctx.ente.ufficio(&servizio.ufficio).is_some().then_some(servizio)
    }

    /// A service in the version that a case or a draft names, also when it is no longer on offer.
    pub fn servizio_di(&self, ctx: &Contesto, riferimento: &RiferimentoServizio) -> Option<Arc<Servizio>> {
        self.definizioni.servizi.versione(ctx.codice_ente(), &riferimento.codice, riferimento.versione)
    }

    /// Reads what was published since the last look.
    ///
    /// # Errors
    /// Of the log.
    pub async fn aggiorna_servizi(&self, ente: &str) -> Result<(), AppError> {
        self.aggiorna::<Servizio>(ente).await
    }

    /// Publishes a version of a service; `false` when it is published already.
    ///
    /// # Errors
    /// [`PubblicaError`].
    pub async fn pubblica_servizio(&self, ente: &str, servizio: &Servizio) -> Result<bool, PubblicaError> {
        self.pubblica(ente, servizio).await
    }
}
