//! A draft begun from an earlier request of the same person: its answers, where they still fit.

use super::pulito::pulisci;
use super::{Bozza, Inizio, cittadino};
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::testi;
use domain::Refusal;
use domain::ids::PraticaId;
use domain::modulo::{Modulo, TipoCampo};
use serde_json::{Map, Value};

impl App {
    /// Begins a draft of the same service, in the version on offer, with the answers of an earlier request of who is signed
    /// in. Files are not copied, and statements are to be made anew; the draft says so, with what the form changed.
    ///
    /// # Errors
    /// [`AppError`]; `pratica-inesistente` about `daPratica` for what is no request of this person,
    /// `dato-non-piu-disponibile` when its answers were erased; as [`App::apri_bozza`].
    pub async fn apri_bozza_da(&self, ctx: &Contesto, id: PraticaId) -> Result<Bozza, AppError> {
        let utente = cittadino(ctx)?;
        let pratica = self.propria(ctx, id).await?;
        let gone = || AppError::rifiuto(Refusal::whole("dato-non-piu-disponibile"));
        let documento = pratica.dettaglio.documento.get().ok_or_else(gone)?;
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let servizio = self.servizio(ctx, &pratica.dettaglio.servizio.codice).ok_or_else(unknown)?;
        let vecchio = self.servizio_di(ctx, &pratica.dettaglio.servizio);
        let vecchio = vecchio.as_ref().map_or(&servizio.modulo, |vecchio| &vecchio.modulo);
        let valori = ripetibili(vecchio, documento.modulo.valori().clone());
        let riporto = servizio.modulo.riporta(vecchio, &valori);
        let mut cambiamenti =
            vec![testi::testo(testi::ITALIANO, "bozza-copiata", &[("codice", pratica.base.codice.to_string())])];
        cambiamenti.extend(riporto.cambiamenti);
        let valori = pulisci(&servizio.modulo, riporto.valori);
        self.inizia(ctx, &utente, &servizio, Inizio { valori, da_pratica: Some(id), cambiamenti }).await
    }
}

/// The answers that may be given again as they are: files belong to the case they were filed with, and a statement is made
/// each time.
fn ripetibili(modulo: &Modulo, mut valori: Map<String, Value>) -> Map<String, Value> {
    for campo in modulo.campi() {
        if matches!(campo.tipo, TipoCampo::Allegato { .. } | TipoCampo::Dichiarazione { .. }) {
            valori.remove(&campo.nome);
        }
    }
    valori
}
