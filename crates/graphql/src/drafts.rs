//! Commands on drafts, from their inputs.

use crate::inputs::{SalvaBozzaInput, allegati};
use app::{App, AppError, Bozza, Contatti, Contesto};
use async_graphql::ID;
use domain::Refusal;
use domain::ids::AllegatoId;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The draft that an input names. What is no id names no draft.
pub(crate) fn id(id: &ID) -> Option<Uuid> {
    id.parse().ok()
}

/// What is put into a draft.
struct Contenuto {
    valori: Option<Map<String, Value>>,
    allegati: Option<Vec<AllegatoId>>,
    contatti: Option<Contatti>,
    passo: Option<String>,
}

impl Contenuto {
    fn put(self, bozza: &mut Bozza, nuova: bool) {
        if let Some(valori) = self.valori {
            if nuova {
                bozza.valori.extend(valori);
            } else {
                bozza.valori = valori;
            }
        }
        if let Some(allegati) = self.allegati {
            bozza.allegati = allegati;
        }
        if self.contatti.is_some() {
            bozza.contatti = self.contatti;
        }
        if let Some(passo) = self.passo {
            bozza.passo = passo;
        }
    }
}

/// Saves a draft; opens it first when the input names none.
pub(crate) async fn salva(app: &App, contesto: &Contesto, input: SalvaBozzaInput) -> Result<Bozza, AppError> {
    let valori = match input.valori {
        None => None,
        Some(Value::Object(valori)) => Some(valori),
        Some(_) => return Err(AppError::rifiuto(Refusal::field("valori", "modulo-non-valido"))),
    };
    let allegati = input.allegati.map(|ids| allegati(Some(ids))).transpose()?;
    let contenuto = Contenuto { valori, allegati, contatti: input.contatti.map(Into::into), passo: input.passo };
    let Some(named) = &input.id else {
        let missing = || AppError::rifiuto(Refusal::field("servizio", "obbligatorio"));
        let servizio = input.servizio.as_deref().ok_or_else(missing)?;
        return nuova(app, contesto, servizio, contenuto).await;
    };
    let found = match id(named) {
        Some(id) => app.bozza(contesto, id).await?,
        None => None,
    };
    let same = |bozza: &Bozza| input.servizio.as_ref().is_none_or(|codice| *codice == bozza.servizio.codice);
    let mut bozza = found.filter(same).ok_or(AppError::NonTrovato)?;
    contenuto.put(&mut bozza, false);
    if let Some(aggiornata) = input.aggiornata {
        bozza.aggiornata = aggiornata.0;
    }
    // Told once: reading it here must not swallow it.
    let cambiamenti = bozza.cambiamenti.clone();
    let mut saved = app.salva_bozza(contesto, bozza).await?;
    if saved.cambiamenti.is_empty() {
        saved.cambiamenti = cambiamenti;
    }
    Ok(saved)
}

/// A new draft with its first content; one that cannot be saved is not left behind.
async fn nuova(app: &App, contesto: &Contesto, servizio: &str, contenuto: Contenuto) -> Result<Bozza, AppError> {
    let mut bozza = app.apri_bozza(contesto, servizio).await?;
    let id = bozza.id;
    contenuto.put(&mut bozza, true);
    let saved = app.salva_bozza(contesto, bozza).await;
    if saved.is_err() {
        dimentica(app, contesto, id).await;
    }
    saved
}

/// Deletes a draft that has served; when it cannot be done now it expires like any other.
pub(crate) async fn dimentica(app: &App, contesto: &Contesto, id: Uuid) {
    if let Err(error) = app.elimina_bozza(contesto, id).await {
        tracing::warn!(%error, "a draft is left to expire");
    }
}
