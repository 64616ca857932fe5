//! What can be booked, and at which offices.

use crate::app::App;
use crate::contesto::Contesto;
use crate::definizioni::PubblicaError;
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile};
use std::sync::Arc;

impl App {
    /// What can be booked in the ente, each in its newest version, by name: services that a desk of one of its offices
    /// offers.
    pub fn prenotabili(&self, ctx: &Contesto) -> Vec<Arc<Prenotabile>> {
        let orari = self.orari(ctx);
        let codici = self.definizioni.prenotabili.codici(ctx.codice_ente());
        let offered = codici.iter().filter(|codice| orari.iter().any(|orario| orario.offre(codice)));
        let mut all: Vec<Arc<Prenotabile>> =
            offered.filter_map(|codice| self.definizioni.prenotabili.ultima(ctx.codice_ente(), codice)).collect();
        all.sort_by_cached_key(|prenotabile| prenotabile.nome.to_lowercase());
        all
    }

    /// What can be booked under a code, in its newest version, if an office of the ente offers it.
    pub fn prenotabile(&self, ctx: &Contesto, codice: &str) -> Option<Arc<Prenotabile>> {
        let prenotabile = self.definizioni.prenotabili.ultima(ctx.codice_ente(), codice)?;
        let offered = self.orari(ctx).iter().any(|orario| orario.offre(codice));
        offered.then_some(prenotabile)
    }

    /// A version that a booking was made under, also when it is no longer on offer.
    pub fn prenotabile_di(&self, ctx: &Contesto, codice: &str, versione: u32) -> Option<Arc<Prenotabile>> {
        self.definizioni.prenotabili.versione(ctx.codice_ente(), codice, versione)
    }

    /// Services that can be booked and belong to a service of the catalogue.
    pub fn prenotabili_di(&self, ctx: &Contesto, servizio: &str) -> Vec<Arc<Prenotabile>> {
        let mut all = self.prenotabili(ctx);
        all.retain(|prenotabile| prenotabile.servizio.as_deref() == Some(servizio));
        all
    }

    /// When and where an office of the ente receives, in the newest version.
    pub fn orario(&self, ctx: &Contesto, ufficio: &CodiceUfficio) -> Option<Arc<Orario>> {
        ctx.ente.ufficio(ufficio)?;
        self.definizioni.orari.ultima(ctx.codice_ente(), ufficio.as_str())
    }

    /// The opening hours of all offices of the ente that receive by appointment, by name of the place.
    pub fn orari(&self, ctx: &Contesto) -> Vec<Arc<Orario>> {
        let mut all: Vec<Arc<Orario>> =
            ctx.ente.uffici.iter().filter_map(|ufficio| self.orario(ctx, &ufficio.codice)).collect();
        all.sort_by_cached_key(|orario| (orario.luogo.nome.to_lowercase(), orario.ufficio.to_string()));
        all.dedup_by(|a, b| a.ufficio == b.ufficio);
        all
    }

    /// The offices at which something can be booked, by name of the place.
    pub fn uffici_che_offrono(&self, ctx: &Contesto, codice: &str) -> Vec<Arc<Orario>> {
        let mut all = self.orari(ctx);
        all.retain(|orario| orario.offre(codice));
        all
    }

    /// Publishes a version of what can be booked; `false` when it is published already.
    ///
    /// # Errors
    /// [`PubblicaError`].
    pub async fn pubblica_prenotabile(&self, ente: &str, prenotabile: &Prenotabile) -> Result<bool, PubblicaError> {
        self.pubblica(ente, prenotabile).await
    }

    /// Publishes a version of an office's opening hours; `false` when it is published already.
    ///
    /// # Errors
    /// [`PubblicaError`].
    pub async fn pubblica_orario(&self, ente: &str, orario: &Orario) -> Result<bool, PubblicaError> {
        self.pubblica(ente, orario).await
    }
}
