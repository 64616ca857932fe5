//! The services on offer: the definitions that come with the program, and those that each ente published.
//!
//! What is on offer is recorded: a server that starts publishes what it ships and the log does not have yet, so that a case
//! filed with a version finds that version for ever, whatever later programs ship. Every node follows the publications.

use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::CODICE_SISTEMA;
use domain::Evento;
use domain::servizio::{self, RiferimentoServizio, Servizio, ServizioPubblicato};
use eventstore::{AppendError, Batch, Expected, Item, Meta, limits};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often a node looks for what others published, and into the folder of definitions.
const GIRO: Duration = Duration::from_secs(2);
/// Tries to publish while others publish too.
const TENTATIVI: usize = 8;
/// Files looked at in the folder of definitions.
const MAX_FILE: usize = 1_000;

/// Versions of one code, from the oldest.
type Versioni = BTreeMap<u32, Arc<Servizio>>;

/// What one ente published.
#[derive(Debug, Default)]
struct Pubblicati {
    /// Events of the stream read so far.
    letti: u64,
    servizi: HashMap<String, Versioni>,
}

/// The catalogues of all enti.
#[derive(Debug)]
pub(crate) struct Servizi {
    spediti: HashMap<String, Versioni>,
    pubblicati: RwLock<HashMap<String, Pubblicati>>,
}

/// Why a definition was not published.
#[derive(Debug, thiserror::Error)]
pub enum PubblicaError {
    /// This version is published with other content: a changed form is a new version.
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

impl Default for Servizi {
    fn default() -> Self {
        let mut spediti: HashMap<String, Versioni> = HashMap::new();
        for servizio in catalogo::spediti() {
            spediti.entry(servizio.codice.clone()).or_default().insert(servizio.versione, Arc::new(servizio.clone()));
        }
        Self { spediti, pubblicati: RwLock::default() }
    }
}

impl Servizi {
    fn versione(&self, ente: &str, codice: &str, versione: u32) -> Option<Arc<Servizio>> {
        let pubblicati = self.pubblicati.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicati.get(ente).and_then(|ente| ente.servizi.get(codice)?.get(&versione).cloned());
        published.or_else(|| self.spediti.get(codice)?.get(&versione).cloned())
    }

    fn ultima(&self, ente: &str, codice: &str) -> Option<Arc<Servizio>> {
        let newest = |versioni: &Versioni| versioni.last_key_value().map(|(_, servizio)| servizio.clone());
        let pubblicati = self.pubblicati.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicati.get(ente).and_then(|ente| newest(ente.servizi.get(codice)?));
        let shipped = self.spediti.get(codice).and_then(newest);
        published.into_iter().chain(shipped).max_by_key(|servizio| servizio.versione)
    }

    fn codici(&self, ente: &str) -> Vec<String> {
        let pubblicati = self.pubblicati.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicati.get(ente).into_iter().flat_map(|ente| ente.servizi.keys());
        let mut codici: Vec<String> = self.spediti.keys().chain(published).cloned().collect();
        codici.sort();
        codici.dedup();
        codici
    }

    fn letti(&self, ente: &str) -> u64 {
        self.pubblicati.read().unwrap_or_else(PoisonError::into_inner).get(ente).map_or(0, |ente| ente.letti)
    }

    fn prendi(&self, ente: &str, letti: u64, servizi: Vec<Servizio>) {
        let mut pubblicati = self.pubblicati.write().unwrap_or_else(PoisonError::into_inner);
        let ente = pubblicati.entry(ente.to_owned()).or_default();
        ente.letti = ente.letti.max(letti);
        for servizio in servizi {
            ente.servizi.entry(servizio.codice.clone()).or_default().insert(servizio.versione, Arc::new(servizio));
        }
    }
}

impl App {
    /// The services on offer in the ente, each in its newest version, by name. One whose office the ente does not have is
    /// not offered.
    pub fn servizi(&self, ctx: &Contesto) -> Vec<Arc<Servizio>> {
        let mut all: Vec<Arc<Servizio>> =
            self.servizi.codici(ctx.codice_ente()).iter().filter_map(|codice| self.servizio(ctx, codice)).collect();
        all.sort_by_key(|servizio| servizio.nome.to_lowercase());
        all
    }

    /// A service on offer in the ente, in its newest version.
    pub fn servizio(&self, ctx: &Contesto, codice: &str) -> Option<Arc<Servizio>> {
        let servizio = self.servizi.ultima(ctx.codice_ente(), codice)?;
        ctx.ente.ufficio(&servizio.ufficio).is_some().then_some(servizio)
    }

    /// A service in the version that a case or a draft names, also when it is no longer on offer.
    pub fn servizio_di(&self, ctx: &Contesto, riferimento: &RiferimentoServizio) -> Option<Arc<Servizio>> {
        self.servizi.versione(ctx.codice_ente(), &riferimento.codice, riferimento.versione)
    }

    /// Reads what was published since the last look.
    ///
    /// # Errors
    /// Of the log.
    pub async fn aggiorna_servizi(&self, ente: &str) -> Result<(), AppError> {
        loop {
            let after = self.servizi.letti(ente);
            let records = self.parts.store.read_stream(ente, servizio::STREAM, after, limits::PAGE).await?;
            let Some(last) = records.last().map(|record| record.version) else { return Ok(()) };
            let mut servizi = Vec::new();
            for record in &records {
                let Evento::Catalogo(servizio::Event::ServizioPubblicato(event)) = self.parts.opener.open(record)?
                else {
                    continue;
                };
                // A form of a newer program: who filed with it has its words in the case; it is not offered here.
                match serde_json::from_value(serde_json::Value::Object(event.definizione)) {
                    Ok(servizio) => servizi.push(servizio),
                    Err(error) => {
                        tracing::error!(ente, codice = event.codice, versione = event.versione, %error, "a service cannot be read");
                    }
                }
            }
            self.servizi.prendi(ente, last, servizi);
        }
    }

    /// Publishes a version of a service; `false` when it is published already.
    ///
    /// # Errors
    /// [`PubblicaError`].
    pub async fn pubblica_servizio(&self, ente: &str, servizio: &Servizio) -> Result<bool, PubblicaError> {
        let offices = self.enti().all().iter().find(|e| e.codice.as_str() == ente);
        if offices.is_some_and(|e| e.ufficio(&servizio.ufficio).is_none()) {
            return Err(PubblicaError::Ufficio(servizio.ufficio.to_string()));
        }
        for _ in 0..TENTATIVI {
            self.aggiorna_servizi(ente).await?;
            if self.pubblicato(ente, servizio)? {
                return Ok(false);
            }
            let at = self.parts.clock.now();
            let Ok(serde_json::Value::Object(definizione)) = serde_json::to_value(servizio) else {
                return Err(AppError::Interno("a service is no object".into()).into());
            };
            let event = ServizioPubblicato {
                codice: servizio.codice.clone(),
                versione: servizio.versione,
                impronta: catalogo::impronta(servizio),
                definizione,
                il: at,
            };
            let item = Item {
                stream: servizio::STREAM.to_owned(),
                expected: match self.servizi.letti(ente) {
                    0 => Expected::NoStream,
                    version => Expected::Exact(version),
                },
                events: vec![self.plain(at, &Evento::Catalogo(event.into()))?],
            };
            let meta = Meta {
                actor: CODICE_SISTEMA.to_string(),
                role: "sistema".into(),
                channel: "sistema".into(),
                ..Meta::default()
            };
            match self.parts.store.append(ente, Batch { items: vec![item], idempotency: None, meta }).await {
                Ok(_) => {
                    self.aggiorna_servizi(ente).await?;
                    return Ok(true);
                }
                // Another node published meanwhile: look again.
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(AppError::from(error).into()),
            }
        }
        Err(AppError::non_disponibile("others publish all the time".to_owned()).into())
    }

    /// Whether the log has this very version.
    fn pubblicato(&self, ente: &str, servizio: &Servizio) -> Result<bool, PubblicaError> {
        let codice = servizio.codice.clone();
        let pubblicati = self.servizi.pubblicati.read().unwrap_or_else(PoisonError::into_inner);
        let Some(versioni) = pubblicati.get(ente).and_then(|ente| ente.servizi.get(&codice)) else { return Ok(false) };
        if let Some(known) = versioni.get(&servizio.versione) {
            let same = known.canonico() == servizio.canonico();
            return if same { Ok(true) } else { Err(PubblicaError::Diversa { codice, versione: servizio.versione }) };
        }
        match versioni.last_key_value() {
            Some((newest, _)) if *newest > servizio.versione => {
                Err(PubblicaError::Superata { codice, versione: servizio.versione, pubblicata: *newest })
            }
            _ => Ok(false),
        }
    }

    /// Publishes what comes with the program, in every ente that has the office for it.
    ///
    /// # Errors
    /// Of the log.
    pub async fn pubblica_spediti(&self) -> Result<(), AppError> {
        for ente in self.enti().all() {
            for servizio in catalogo::spediti() {
                match self.pubblica_servizio(ente.codice.as_str(), servizio).await {
                    Ok(_) | Err(PubblicaError::Superata { .. }) => {}
                    Err(PubblicaError::App(error)) => return Err(error),
                    Err(error) => tracing::info!(ente = ente.codice.as_str(), %error, "a service is not offered"),
                }
            }
        }
        Ok(())
    }

    /// Publishes what comes with the program, then follows the publications of all enti, and publishes the definitions
    /// that are put into a folder: in `<folder>/<ente>/` for one ente, in the folder itself for all. What cannot be done
    /// now is tried again. Ends soon after `stop`.
    pub async fn segui_servizi(&self, cartella: PathBuf, stop: CancellationToken) -> JoinHandle<()> {
        let app = self.clone();
        let mut spediti = app.pubblica_spediti().await;
        tokio::spawn(async move {
            let mut visti = HashMap::new();
            loop {
                if let Err(error) = &spediti {
                    tracing::warn!(%error, "the services of the program are not published yet");
                    spediti = app.pubblica_spediti().await;
                }
                for ente in app.enti().all() {
                    let codice = ente.codice.as_str();
                    if let Err(error) = app.aggiorna_servizi(codice).await {
                        tracing::warn!(ente = codice, %error, "the catalogue cannot be read now");
                    }
                    app.raccogli(codice, &cartella, &mut visti).await;
                    app.raccogli(codice, &cartella.join(codice), &mut visti).await;
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(GIRO) => {}
                }
            }
        })
    }

    /// Publishes the files of a folder that changed since the last look. What is wrong with one is logged once.
    async fn raccogli(&self, ente: &str, cartella: &Path, visti: &mut HashMap<(String, PathBuf), u64>) {
        for path in definizioni(cartella).await {
            // One that is too large is not read each time; what reads it says so of all others.
            let small = |len: u64| len <= 2 * catalogo::MASSIMO_BYTE as u64;
            if !tokio::fs::metadata(&path).await.is_ok_and(|file| small(file.len())) {
                continue;
            }
            let Ok(text) = tokio::fs::read_to_string(&path).await else { continue };
            let digest = eventstore::hash::sha256(text.as_bytes());
            let digest = u64::from_be_bytes([
                digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
            ]);
            let key = (ente.to_owned(), path.clone());
            if visti.get(&key) == Some(&digest) {
                continue;
            }
            let file = path.display().to_string();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            match catalogo::leggi(&text, &name) {
                Err(errori) => {
                    let errori: Vec<String> = errori.iter().map(ToString::to_string).collect();
                    tracing::error!(ente, file, "not published: {}", errori.join("; "));
                }
                Ok(servizio) => match self.pubblica_servizio(ente, &servizio).await {
                    Ok(nuovo) => tracing::info!(ente, file, versione = servizio.versione, nuovo, "published"),
                    // The log is away: the file is looked at again.
                    Err(PubblicaError::App(error)) => {
                        tracing::warn!(ente, file, %error, "not published yet");
                        continue;
                    }
                    Err(error) => tracing::error!(ente, file, %error, "not published"),
                },
            }
            visti.insert(key, digest);
        }
    }
}

/// The definitions of a folder, by name; none when there is no such folder.
async fn definizioni(cartella: &Path) -> Vec<PathBuf> {
    let Ok(mut entries) = tokio::fs::read_dir(cartella).await else { return Vec::new() };
    let mut files = Vec::new();
    while let Ok(Some(entry)) = entries.next_entry().await {
        let path = entry.path();
        let known = path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
        if known && files.len() < MAX_FILE {
            files.push(path);
        }
    }
    files.sort();
    files
}
