//! A booking that was begun: what the session keeps of it from the moment a time is held.

use super::{INIZIO, domanda, limits};
use crate::errore::Errore;
use crate::richiesta::Richiesta;
use app::appuntamenti::{Blocco, PrenotaAppuntamento, Richiedente};
use domain::ids::{BloccoId, PraticaId};
use domain::persona::Anagrafica;
use domain::prenotabile::{Prenotabile, SlotId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_sessions::Session;

/// Name of the member of the session.
const MEMBRO: &str = "appuntamenti";

/// A booking that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flusso {
    /// Its name in addresses.
    pub id: String,
    /// Whose it is: another person may sign in within the same session.
    pub chi: String,
    /// The time.
    pub slot: SlotId,
    /// What holds it; none when it came back from a page older than the session.
    pub blocco: Option<BloccoId>,
    /// Until when it is held.
    pub scade: Timestamp,
    /// Makes that it is sent once.
    pub chiave: String,
    /// Case it is about.
    pub pratica: Option<PraticaId>,
    /// What the desk must offer, as in the address.
    pub accessibile: String,
    /// As in the address.
    pub lingua: String,
    /// One of the choices of the service.
    pub motivo: String,
    /// In more words.
    pub dettagli: String,
    /// Where the confirmation goes.
    pub email: String,
    /// Telephone.
    pub telefono: String,
}

/// What the forms of the steps send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    pub azione: String,
    pub chi: String,
    pub slot: String,
    pub chiave: String,
    pub pratica: String,
    pub motivo: String,
    pub dettagli: String,
    pub email: String,
    pub telefono: String,
}

impl Flusso {
    /// A new one for a time that is about to be held, with the contacts that are known.
    pub fn nuovo(r: &Richiesta, slot: SlotId, pratica: Option<PraticaId>) -> Self {
        let now = r.web.app.clock().now();
        let draw = || r.web.app.ids().uuid(now).to_string();
        let known = r.utente().map(|utente| utente.anagrafica.clone());
        let of = |take: fn(Anagrafica) -> Option<String>| known.clone().and_then(take).unwrap_or_default();
        Self {
            id: draw(),
            chi: chi(r),
            slot,
            blocco: None,
            scade: now,
            chiave: draw(),
            pratica,
            accessibile: String::new(),
            lingua: String::new(),
            motivo: String::new(),
            dettagli: String::new(),
            email: of(|anagrafica| anagrafica.email),
            telefono: of(|anagrafica| anagrafica.telefono),
        }
    }

    /// From a form that is older than the session; none when the form is not of who is here now.
    pub fn da_modulo(r: &Richiesta, id: &str, modulo: &Modulo) -> Option<Self> {
        r.utente()?;
        let slot = modulo.slot.parse().ok().filter(|_| modulo.chi == chi(r))?;
        let mut flusso = Self::nuovo(r, slot, modulo.pratica.parse().ok());
        id.parse::<uuid::Uuid>().ok()?;
        id.clone_into(&mut flusso.id);
        if !modulo.chiave.is_empty() {
            modulo.chiave.clone_into(&mut flusso.chiave);
        }
        flusso.scrivi_dettagli(modulo);
        flusso.scrivi_richiedente(modulo);
        Some(flusso)
    }

    /// The answers of the third step.
    pub fn scrivi_dettagli(&mut self, modulo: &Modulo) {
        modulo.motivo.clone_into(&mut self.motivo);
        // Browsers send each end of a line as two characters, and count it as one.
        self.dettagli = modulo.dettagli.replace("\r\n", "\n");
    }

    /// The answers of the fourth step.
    pub fn scrivi_richiedente(&mut self, modulo: &Modulo) {
        modulo.email.trim().clone_into(&mut self.email);
        modulo.telefono.trim().clone_into(&mut self.telefono);
    }

    /// It is held by this now.
    pub fn tieni(&mut self, blocco: &Blocco) {
        self.slot = blocco.slot.clone();
        self.blocco = Some(blocco.id);
        self.scade = blocco.scade;
    }

    /// Whether the time is still held.
    pub fn vivo(&self, adesso: Timestamp) -> bool {
        self.blocco.is_some() && adesso < self.scade
    }

    /// Path of a step.
    pub fn href(&self, passo: &str) -> String {
        format!("{INIZIO}/{}/{passo}", self.id)
    }

    /// The page on which its time is chosen again.
    pub fn orario(&self, scaduto: bool) -> String {
        let mut all = self.indirizzo();
        all.push(("ufficio", self.slot.ufficio.to_string()));
        all.push(("slot", self.slot.to_string()));
        if scaduto {
            all.push(("scaduto", "si".into()));
        }
        domanda::href(&format!("{INIZIO}/orario"), &all)
    }

    /// The page on which its place is chosen again.
    pub fn luogo(&self) -> String {
        domanda::href(&format!("{INIZIO}/luogo"), &self.indirizzo())
    }

    fn indirizzo(&self) -> Vec<(&'static str, String)> {
        let pratica = self.pratica.map(|id| id.to_string()).unwrap_or_default();
        let mut all = vec![
            ("servizio", self.slot.servizio.clone()),
            ("pratica", pratica),
            ("flusso", self.id.clone()),
            ("accessibile", self.accessibile.clone()),
            ("lingua", self.lingua.clone()),
        ];
        all.retain(|(_, valore)| !valore.is_empty());
        all
    }

    /// What a form carries beside the fields it shows.
    pub fn nascosti(&self, mostrati: &[&str]) -> Vec<(String, String)> {
        let pratica = self.pratica.map(|id| id.to_string()).unwrap_or_default();
        let all = [
            ("chi", self.chi.clone()),
            ("slot", self.slot.to_string()),
            ("chiave", self.chiave.clone()),
            ("pratica", pratica),
            ("motivo", self.motivo.clone()),
            ("dettagli", self.dettagli.clone()),
            ("email", self.email.clone()),
            ("telefono", self.telefono.clone()),
        ];
        let carried = all.into_iter().filter(|(nome, _)| !mostrati.contains(nome));
        carried.map(|(nome, valore)| (nome.to_owned(), valore)).collect()
    }

    /// Whether the third step is complete.
    pub fn con_dettagli(&self, prenotabile: &Prenotabile) -> bool {
        prenotabile.motivi.contains(&self.motivo)
    }

    /// Whether the fourth step is complete.
    pub fn con_recapito(&self) -> bool {
        !self.email.is_empty() || !self.telefono.is_empty()
    }

    /// The booking, as the application takes it.
    pub fn prenotazione(&self, r: &Richiesta) -> PrenotaAppuntamento {
        let given = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
        let known = r.utente().map(|utente| utente.anagrafica.clone());
        PrenotaAppuntamento {
            slot: self.slot.clone(),
            servizio: self.slot.servizio.clone(),
            motivo: self.motivo.clone(),
            dettagli: self.dettagli.clone(),
            richiedente: Richiedente {
                nome: known.as_ref().map(|chi| chi.nome.clone()).unwrap_or_default(),
                cognome: known.as_ref().map(|chi| chi.cognome.clone()).unwrap_or_default(),
                email: given(&self.email),
                telefono: given(&self.telefono),
                codice_fiscale: None,
            },
            collegata: self.pratica,
            canale: None,
        }
    }

    /// What is booked.
    pub fn prenotabile(&self, r: &Richiesta) -> Result<Arc<Prenotabile>, Errore> {
        r.web.app.prenotabile(&r.ctx, &self.slot.servizio).ok_or(Errore::NonTrovato)
    }
}

/// All bookings begun in a session.
async fn tutti(session: &Session) -> Result<Vec<Flusso>, Errore> {
    Ok(session.get(MEMBRO).await?.unwrap_or_default())
}

/// Who is here; empty for nobody.
fn chi(r: &Richiesta) -> String {
    r.utente().map(|utente| utente.id.to_string()).unwrap_or_default()
}

/// One of them, of who is here now.
pub async fn trova(r: &Richiesta, id: &str) -> Result<Option<Flusso>, Errore> {
    let chi = chi(r);
    Ok(tutti(&r.session).await?.into_iter().find(|flusso| flusso.id == id && flusso.chi == chi))
}

/// Keeps one, the newest last; beyond [`limits::FLUSSI`] the oldest is forgotten.
pub async fn salva(r: &Richiesta, flusso: &Flusso) -> Result<(), Errore> {
    let all = con(tutti(&r.session).await?, flusso);
    Ok(r.session.insert(MEMBRO, all).await?)
}

/// The list with one more.
pub(super) fn con(mut all: Vec<Flusso>, flusso: &Flusso) -> Vec<Flusso> {
    all.retain(|other| other.id != flusso.id);
    all.push(flusso.clone());
    let extra = all.len().saturating_sub(limits::FLUSSI);
    all.drain(..extra);
    all
}

/// Forgets one that was booked.
pub async fn togli(r: &Richiesta, id: &str) -> Result<(), Errore> {
    let mut all = tutti(&r.session).await?;
    all.retain(|flusso| flusso.id != id);
    Ok(r.session.insert(MEMBRO, all).await?)
}
