//! Drafts of requests: begun on one device, gone on with on another, filed or forgotten.
//!
//! A draft is working data of its person alone, and no record of anything. It is sealed with a key of its own, which goes
//! with it. Answers are kept as they were given, right or wrong; whether they are right is for the filing to say.

mod chiuso;
mod copia;
pub mod memoria;
mod messaggio;
mod pulito;
mod scadenza;
#[cfg(test)]
pub(crate) mod tests;

pub use scadenza::{Giro, PROCESSO, ScadenzaBozze};

use crate::app::App;
use crate::contatti::Contatti;
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use crate::ports::BozzaChiusa;
use domain::Refusal;
use domain::ids::{AllegatoId, PraticaId};
use domain::modulo::Modulo;
use domain::persona::Ruolo;
use domain::servizio::{RiferimentoServizio, Servizio};
use domain::termini;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// Limits of drafts. Each has a test.
pub mod limits {
    use jiff::SignedDuration;
    use std::time::Duration;

    /// Drafts of one person, at most.
    pub const BOZZE: u64 = 30;
    /// Bytes of what is kept of one draft, at most.
    pub const BYTE: usize = 128 * 1024;
    /// Files that one draft names, at most: more than any service takes, so that second thoughts have room.
    pub const FILE: usize = 50;
    /// How long a draft lives after it was last saved.
    pub const DURATA: SignedDuration = SignedDuration::from_hours(60 * 24);
    /// How long before the end its person is told.
    pub const PREAVVISO: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// Tries to carry a draft over while another device changes it.
    pub const TENTATIVI: usize = 3;
    /// How far the clocks of two nodes may differ: a draft is removed when it has expired for all of them.
    pub const SCARTO: SignedDuration = SignedDuration::from_mins(1);
    /// How often drafts that have expired are looked for.
    pub const GIRO: Duration = Duration::from_hours(1);
    /// How long the right of a node to do so lasts without being renewed: longer than the hand-over of one message.
    pub const TURNO: SignedDuration = SignedDuration::from_mins(10);
    /// Drafts taken at once.
    pub const PAGE: u32 = 100;
    /// How long the hand-over of one message may take.
    pub const INVIO: Duration = Duration::from_secs(30);
    /// Between two messages: relays refuse who sends faster.
    pub const PAUSA: Duration = Duration::from_millis(200);
    /// Messages in a row that could not be handed over, before the rest waits for the next round.
    pub const GUASTI: usize = 3;
}

/// A draft of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Bozza {
    /// Id.
    pub id: Uuid,
    /// The service, in the version whose form is being filled in.
    pub servizio: RiferimentoServizio,
    /// Answers as they were given.
    pub valori: Map<String, Value>,
    /// Files beside those that the answers name.
    pub allegati: Vec<AllegatoId>,
    /// The earlier request of the same person that it was begun from.
    pub da_pratica: Option<PraticaId>,
    /// How its person wants to be reached about this request, as written; none before they were asked.
    pub contatti: Option<Contatti>,
    /// The privacy notice was read.
    pub privacy: bool,
    /// Name of the step where its person stands; empty at the beginning.
    pub passo: String,
    /// When it was begun.
    pub creata: Timestamp,
    /// When it was last changed. Who saves hands back the one they saw: a draft changed since is not overwritten.
    pub aggiornata: Timestamp,
    /// When it is forgotten.
    pub scade: Timestamp,
    /// What a newer form changed, in Italian, until the next save.
    pub cambiamenti: Vec<String>,
}

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contenuto {
    servizio: RiferimentoServizio,
    valori: Map<String, Value>,
    allegati: Vec<AllegatoId>,
    #[serde(default)]
    da_pratica: Option<PraticaId>,
    #[serde(default)]
    contatti: Option<Contatti>,
    privacy: bool,
    passo: String,
    cambiamenti: Vec<String>,
    /// Whom to tell that it expires: the session is long over then.
    nome: String,
    email: Option<String>,
}

/// What a draft begins with besides what is known of its person.
#[derive(Debug, Default)]
struct Inizio {
    valori: Map<String, Value>,
    da_pratica: Option<PraticaId>,
    cambiamenti: Vec<String>,
}

/// Instants as the working database keeps them.
fn istante(at: Timestamp) -> Timestamp {
    at.round(jiff::Unit::Microsecond).unwrap_or(at)
}

fn bozza(chiusa: &BozzaChiusa, contenuto: Contenuto) -> Bozza {
    Bozza {
        id: chiusa.id,
        servizio: contenuto.servizio,
        valori: contenuto.valori,
        allegati: contenuto.allegati,
        da_pratica: contenuto.da_pratica,
        contatti: contenuto.contatti,
        privacy: contenuto.privacy,
        passo: contenuto.passo,
        creata: chiusa.creata,
        aggiornata: chiusa.aggiornata,
        scade: chiusa.scade,
        cambiamenti: contenuto.cambiamenti,
    }
}

fn contenuto(bozza: Bozza, utente: &Utente) -> Contenuto {
    let email = avvisi(bozza.contatti.as_ref(), utente);
    Contenuto {
        servizio: bozza.servizio,
        valori: bozza.valori,
        allegati: bozza.allegati,
        da_pratica: bozza.da_pratica,
        contatti: bozza.contatti,
        privacy: bozza.privacy,
        passo: bozza.passo,
        cambiamenti: bozza.cambiamenti,
        nome: utente.anagrafica.nome_completo(),
        email,
    }
}

/// Where its person is told that a draft expires: as they said in it, if that can be written to.
fn avvisi(contatti: Option<&Contatti>, utente: &Utente) -> Option<String> {
    match contatti {
        Some(contatti) => contatti.controlla().ok().and_then(|contatti| contatti.email),
        None => utente.anagrafica.email.clone(),
    }
}

fn cambiata() -> AppError {
    AppError::rifiuto(Refusal::whole("bozza-cambiata"))
}

/// Only citizens have drafts and a profile.
pub(crate) fn cittadino(ctx: &Contesto) -> Result<Arc<Utente>, AppError> {
    let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
    if utente.ruolo != Ruolo::Cittadino {
        return Err(AppError::rifiuto(Refusal::whole("non-autorizzato")));
    }
    Ok(utente)
}

impl App {
    /// Drafts of who is signed in, the one changed last first.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn bozze(&self, ctx: &Contesto) -> Result<Vec<Bozza>, AppError> {
        let utente = cittadino(ctx)?;
        let ente = ctx.codice_ente();
        let now = self.parts.clock.now();
        let mut bozze = Vec::new();
        for chiusa in self.parts.work.bozze().drafts(ente, utente.id, now).await? {
            if let Some(contenuto) = self.apri(ente, chiusa.id, &chiusa.dati).await? {
                bozze.push(bozza(&chiusa, contenuto));
            }
        }
        Ok(bozze)
    }

    /// A draft of who is signed in. When the form has a newer version, the draft is carried over to it and kept so.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn bozza(&self, ctx: &Contesto, id: Uuid) -> Result<Option<Bozza>, AppError> {
        let utente = cittadino(ctx)?;
        for _ in 0..limits::TENTATIVI {
            let Some((chiusa, mut contenuto)) = self.bozza_chiusa(ctx, &utente, id).await? else { return Ok(None) };
            let Some((servizio, vecchio)) = self.da_riportare(ctx, &contenuto.servizio) else {
                return Ok(Some(bozza(&chiusa, contenuto)));
            };
            let riporto = servizio.modulo.riporta(&vecchio, &contenuto.valori);
            contenuto.servizio = servizio.riferimento();
            contenuto.valori = riporto.valori;
            contenuto.cambiamenti.extend(riporto.cambiamenti);
            // Not the person's doing: it does not live longer for it.
            let (seen, scade) = (chiusa.aggiornata, chiusa.scade);
            if let Some(chiusa) = self.tieni(ctx, chiusa, &contenuto, &servizio.modulo, seen, scade).await? {
                return Ok(Some(bozza(&chiusa, contenuto)));
            }
        }
        Err(AppError::Conflitto)
    }

    /// Begins a draft for a service on offer, with what is known of its person filled in.
    ///
    /// # Errors
    /// [`AppError`]; `servizio-sconosciuto`, `troppe-bozze`.
    pub async fn apri_bozza(&self, ctx: &Contesto, codice: &str) -> Result<Bozza, AppError> {
        let utente = cittadino(ctx)?;
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let servizio = self.servizio(ctx, codice).ok_or_else(unknown)?;
        self.inizia(ctx, &utente, &servizio, Inizio::default()).await
    }

    /// Begins a draft of `servizio`: what is carried over from elsewhere, and what is known of its person besides.
    async fn inizia(
        &self,
        ctx: &Contesto,
        utente: &Utente,
        servizio: &Servizio,
        inizio: Inizio,
    ) -> Result<Bozza, AppError> {
        let profilo = self.profilo(ctx).await?;
        let now = istante(self.parts.clock.now());
        let contatti = Some(Contatti::noti(&utente.anagrafica, &profilo));
        let mut valori = servizio.modulo.precompila(&utente.anagrafica, &profilo, termini::data_locale(now));
        valori.extend(inizio.valori);
        let contenuto = Contenuto {
            servizio: servizio.riferimento(),
            valori,
            allegati: Vec::new(),
            da_pratica: inizio.da_pratica,
            email: avvisi(contatti.as_ref(), utente),
            contatti,
            privacy: false,
            passo: String::new(),
            cambiamenti: inizio.cambiamenti,
            nome: utente.anagrafica.nome_completo(),
        };
        let id = self.parts.ids.uuid(now);
        let ente = ctx.codice_ente();
        let chiusa = BozzaChiusa {
            id,
            ente: ente.to_owned(),
            proprietario: utente.id,
            dati: self.chiudi(ente, id, &contenuto).await?,
            creata: now,
            aggiornata: now,
            scade: now + limits::DURATA,
        };
        if !self.parts.work.bozze().add_draft(chiusa.clone(), Vec::new(), limits::BOZZE).await? {
            self.distruggi(ente, id).await?;
            return Err(AppError::rifiuto(Refusal::whole("troppe-bozze").with("max", limits::BOZZE)));
        }
        Ok(bozza(&chiusa, contenuto))
    }

    /// Keeps what changed in a draft: answers to questions of its form, files of its person, the step, the privacy notice.
    /// Gives it back as it is kept. It then lives for [`limits::DURATA`] again.
    ///
    /// # Errors
    /// [`AppError`]; `NonTrovato` when there is no such draft, `bozza-cambiata` when it was changed after
    /// [`Bozza::aggiornata`], `bozza-troppo-grande`, `troppi-allegati`.
    pub async fn salva_bozza(&self, ctx: &Contesto, nuova: Bozza) -> Result<Bozza, AppError> {
        let utente = cittadino(ctx)?;
        let id = nuova.id;
        let found = self.bozza_chiusa(ctx, &utente, id).await?;
        let (chiusa, prima) = found.ok_or(AppError::NonTrovato)?;
        if nuova.servizio.codice != prima.servizio.codice {
            return Err(AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto")));
        }
        if nuova.aggiornata < chiusa.aggiornata || nuova.servizio.versione != prima.servizio.versione {
            return Err(cambiata());
        }
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let servizio = self.servizio_di(ctx, &prima.servizio).ok_or_else(unknown)?;
        let valori = pulito::pulisci(&servizio.modulo, nuova.valori.clone());
        let nuova = Bozza { valori, cambiamenti: Vec::new(), da_pratica: prima.da_pratica, ..nuova };
        let mut contenuto = contenuto(nuova, &utente);
        let mut known = Vec::new();
        if !contenuto.allegati.is_empty() {
            if contenuto.allegati.len() > limits::FILE {
                return Err(troppi_file());
            }
            known = self.caricati(ctx, &contenuto.allegati).await?;
        }
        contenuto.allegati.retain(|id| known.iter().any(|upload| upload.id == *id));
        let (seen, scade) = (chiusa.aggiornata, istante(self.parts.clock.now()) + limits::DURATA);
        match self.tieni(ctx, chiusa, &contenuto, &servizio.modulo, seen, scade).await? {
            Some(chiusa) => Ok(bozza(&chiusa, contenuto)),
            None if self.bozza_chiusa(ctx, &utente, id).await?.is_none() => Err(AppError::NonTrovato),
            None => Err(cambiata()),
        }
    }

    /// Forgets a draft for good: its key first, then the rest. False when there is none.
    ///
    /// # Errors
    /// [`AppError`]; `non-autorizzato` for who is no citizen.
    pub async fn elimina_bozza(&self, ctx: &Contesto, id: Uuid) -> Result<bool, AppError> {
        let utente = cittadino(ctx)?;
        let ente = ctx.codice_ente();
        let work = self.parts.work.bozze();
        if work.draft(ente, utente.id, id, self.parts.clock.now()).await?.is_none() {
            return Ok(false);
        }
        self.distruggi(ente, id).await?;
        Ok(work.delete_draft(ente, id).await?)
    }

    /// A draft as it is kept, and what is sealed in it.
    async fn bozza_chiusa(
        &self,
        ctx: &Contesto,
        utente: &Utente,
        id: Uuid,
    ) -> Result<Option<(BozzaChiusa, Contenuto)>, AppError> {
        let ente = ctx.codice_ente();
        let found = self.parts.work.bozze().draft(ente, utente.id, id, self.parts.clock.now()).await?;
        let Some(chiusa) = found else { return Ok(None) };
        let contenuto = self.apri(ente, id, &chiusa.dati).await?;
        Ok(contenuto.map(|contenuto| (chiusa, contenuto)))
    }

    /// The service on offer and the form that was filled in, when the former is newer. A node that does not know the newest
    /// version yet leaves a draft of it alone.
    fn da_riportare(&self, ctx: &Contesto, di: &RiferimentoServizio) -> Option<(Arc<Servizio>, Modulo)> {
        let servizio = self.servizio(ctx, &di.codice).filter(|servizio| servizio.versione > di.versione)?;
        let vecchio = self.servizio_di(ctx, di).map_or_else(|| servizio.modulo.clone(), |s| s.modulo.clone());
        Some((servizio, vecchio))
    }

    /// Seals and keeps a draft that was last changed at `seen`; none when it was changed since.
    async fn tieni(
        &self,
        ctx: &Contesto,
        mut chiusa: BozzaChiusa,
        contenuto: &Contenuto,
        modulo: &Modulo,
        seen: Timestamp,
        scade: Timestamp,
    ) -> Result<Option<BozzaChiusa>, AppError> {
        let file = self.file_della_bozza(ctx, contenuto, modulo).await?;
        let length = serde_json::to_vec(contenuto).map_err(|e| AppError::Interno(e.to_string()))?.len();
        if length > limits::BYTE {
            let refusal = Refusal::whole("bozza-troppo-grande").with("max", limits::BYTE / 1024);
            return Err(AppError::rifiuto(refusal));
        }
        chiusa.dati = match self.chiudi(ctx.codice_ente(), chiusa.id, contenuto).await {
            // Deleted on another device a moment ago.
            Err(AppError::Interno(_)) if self.sparita(ctx, &chiusa).await? => return Err(AppError::NonTrovato),
            sealed => sealed?,
        };
        let now = istante(self.parts.clock.now());
        // Another node's clock may be ahead: a later change always has the later instant.
        chiusa.aggiornata = now.max(seen + SignedDuration::from_micros(1));
        chiusa.scade = scade;
        let kept = self.parts.work.bozze().save_draft(chiusa.clone(), file, seen, now).await?;
        Ok(kept.then_some(chiusa))
    }

    /// Whether a draft is no longer there.
    async fn sparita(&self, ctx: &Contesto, chiusa: &BozzaChiusa) -> Result<bool, AppError> {
        let sealed: Option<Contenuto> = self.apri(ctx.codice_ente(), chiusa.id, &chiusa.dati).await?;
        Ok(sealed.is_none())
    }

    /// The files of its person that a draft names, so that they wait as long as it does.
    async fn file_della_bozza(
        &self,
        ctx: &Contesto,
        contenuto: &Contenuto,
        modulo: &Modulo,
    ) -> Result<Vec<AllegatoId>, AppError> {
        let mut file = contenuto.allegati.clone();
        file.extend(pulito::file_di(modulo, &contenuto.valori));
        file.sort();
        file.dedup();
        if file.len() > limits::FILE {
            return Err(troppi_file());
        }
        if file.is_empty() {
            return Ok(file);
        }
        Ok(self.caricati(ctx, &file).await?.into_iter().map(|upload| upload.id).collect())
    }
}

fn troppi_file() -> AppError {
    AppError::rifiuto(Refusal::field("allegati", "troppi-allegati").with("max", limits::FILE))
}
