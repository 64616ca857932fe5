//! What a person gave before, so that nothing is asked twice. Sealed like a draft, with a key of its own.

use crate::app::App;
use crate::bozze::cittadino;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::ProfiloChiuso;
use domain::ids::PersonaId;
use domain::modulo::{GruppoProfilo, Profilo};
use domain::{Caso, Refusal};
use eventstore::hash;
use serde_json::Value;
use uuid::Uuid;

/// Bytes of one profile, at most.
pub const MAX_BYTE: usize = 64 * 1024;
/// Tries to keep a profile while another device changes it.
const TENTATIVI: usize = 3;

/// What a filed request says of its person that their profile does not say yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Novita {
    /// All that the request says.
    pub trovato: Profilo,
    /// The groups in which that is new.
    pub gruppi: Vec<GruppoProfilo>,
}

/// Subject of the key of a person's new profile. A destroyed key never comes back, so each profile has a subject of its own.
fn soggetto(persona: PersonaId, nuovo: Uuid) -> Uuid {
    let hash = hash::sha256(&[b"profilo\0", persona.0.as_bytes().as_slice(), nuovo.as_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

impl App {
    /// The profile of who is signed in; an empty one when there is none.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn profilo(&self, ctx: &Contesto) -> Result<Profilo, AppError> {
        let utente = cittadino(ctx)?;
        let ente = ctx.codice_ente();
        let Some(chiuso) = self.parts.work.bozze().profile(ente, utente.id).await? else {
            return Ok(Profilo::default());
        };
        Ok(self.apri(ente, chiuso.soggetto, &chiuso.dati).await?.unwrap_or_default())
    }

    /// Keeps the profile of who is signed in, in the place of the one before.
    ///
    /// # Errors
    /// [`AppError`]; `profilo-troppo-grande`.
    pub async fn salva_profilo(&self, ctx: &Contesto, profilo: &Profilo) -> Result<(), AppError> {
        let utente = cittadino(ctx)?;
        let (ente, work) = (ctx.codice_ente(), self.parts.work.bozze());
        let length = serde_json::to_vec(profilo).map_err(|e| AppError::Interno(e.to_string()))?.len();
        if length > MAX_BYTE {
            return Err(AppError::rifiuto(Refusal::whole("profilo-troppo-grande").with("max", MAX_BYTE / 1024)));
        }
        for _ in 0..TENTATIVI {
            let now = self.parts.clock.now();
            let soggetto = match work.profile(ente, utente.id).await? {
                Some(chiuso) if self.apri::<Value>(ente, chiuso.soggetto, &chiuso.dati).await?.is_some() => {
                    chiuso.soggetto
                }
                // Its key is gone, and it is not: deleting it broke off between the two, and ends here.
                Some(chiuso) => {
                    work.delete_profile(ente, utente.id, chiuso.soggetto).await?;
                    soggetto(utente.id, self.parts.ids.uuid(now))
                }
                None => soggetto(utente.id, self.parts.ids.uuid(now)),
            };
            let dati = self.chiudi(ente, soggetto, profilo).await?;
            if work.save_profile(ente, utente.id, ProfiloChiuso { soggetto, dati }, now).await? {
                return Ok(());
            }
            // Another device made or deleted one meanwhile: what this key sealed is not kept.
            self.distruggi(ente, soggetto).await?;
        }
        Err(AppError::Conflitto)
    }

    /// Forgets the profile of who is signed in for good; false when there was none.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn elimina_profilo(&self, ctx: &Contesto) -> Result<bool, AppError> {
        let utente = cittadino(ctx)?;
        let (ente, work) = (ctx.codice_ente(), self.parts.work.bozze());
        let Some(chiuso) = work.profile(ente, utente.id).await? else { return Ok(false) };
        self.distruggi(ente, chiuso.soggetto).await?;
        Ok(work.delete_profile(ente, utente.id, chiuso.soggetto).await?)
    }

    /// Changes the profile of who is signed in.
    ///
    /// # Errors
    /// Of [`App::profilo`] and [`App::salva_profilo`].
    pub async fn cambia_profilo(&self, ctx: &Contesto, cambia: impl FnOnce(&mut Profilo)) -> Result<(), AppError> {
        let mut profilo = self.profilo(ctx).await?;
        let before = profilo.clone();
        cambia(&mut profilo);
        if profilo == before { Ok(()) } else { self.salva_profilo(ctx, &profilo).await }
    }

    /// What a filed request of who is signed in says that their profile does not; nothing for a case of another kind, or
    /// one whose words were erased.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn novita(&self, ctx: &Contesto, caso: &Caso) -> Result<Novita, AppError> {
        let utente = cittadino(ctx)?;
        let Caso::Istanza(pratica) = caso else { return Ok(Novita::default()) };
        let dettaglio = &pratica.dettaglio;
        let (Some(documento), Some(servizio)) = (dettaglio.documento.get(), self.servizio_di(ctx, &dettaglio.servizio))
        else {
            return Ok(Novita::default());
        };
        let trovato = servizio.modulo.profilo(documento.modulo.valori());
        let mut profilo = self.profilo(ctx).await?;
        // The address of the sign-in fills in forms as well: it is known already.
        profilo.email = profilo.email.or_else(|| utente.anagrafica.email.clone());
        let gruppi = profilo.novita(&trovato);
        Ok(Novita { trovato, gruppi })
    }
}
