//! The folders into which an ente puts definitions of its own.

use super::{Definizione, PubblicaError};
use crate::app::App;
use domain::prenotabile::{Orario, Prenotabile};
use domain::servizio::Servizio;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often a node looks for what others published, and into the folders of definitions.
const GIRO: Duration = Duration::from_secs(2);
/// Files looked at in one folder.
const MAX_FILE: usize = 1_000;

/// What was read of which file of which ente.
type Visti = HashMap<(String, PathBuf), u64>;

impl App {
    /// Publishes what comes with the program, then follows the publications of all enti, and publishes the definitions
    /// that are put into folders: in `<data>/servizi/<ente>/` for one ente, in `<data>/servizi/` itself for all; `prenotabili`
    /// and `agende` beside it likewise. What cannot be done now is tried again. Ends soon after `stop`.
    pub async fn segui_definizioni(&self, data: PathBuf, stop: CancellationToken) -> JoinHandle<()> {
        let app = self.clone();
        let mut spediti = app.pubblica_spediti().await;
        tokio::spawn(async move {
            let mut visti = Visti::new();
            loop {
                if let Err(error) = &spediti {
                    tracing::warn!(%error, "the definitions of the program are not published yet");
                    spediti = app.pubblica_spediti().await;
                }
                app.giro::<Servizio>(&data, &mut visti).await;
                app.giro::<Prenotabile>(&data, &mut visti).await;
                app.giro::<Orario>(&data, &mut visti).await;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(GIRO) => {}
                }
            }
        })
    }

    async fn giro<T: Definizione>(&self, data: &Path, visti: &mut Visti) {
        let cartella = data.join(T::CARTELLA);
        for ente in self.enti().all() {
            let codice = ente.codice.as_str();
            if let Err(error) = self.aggiorna::<T>(codice).await {
                tracing::warn!(ente = codice, stream = T::STREAM, %error, "definitions cannot be read now");
            }
            self.raccogli::<T>(codice, &cartella, visti).await;
            self.raccogli::<T>(codice, &cartella.join(codice), visti).await;
        }
    }

    /// Publishes the files of a folder that changed since the last look. What is wrong with one is logged once.
    async fn raccogli<T: Definizione>(&self, ente: &str, cartella: &Path, visti: &mut Visti) {
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
            match T::leggi(&text, &name) {
                Err(errori) => {
                    let errori: Vec<String> = errori.iter().map(ToString::to_string).collect();
                    tracing::error!(ente, file, "not published: {}", errori.join("; "));
                }
                Ok(definizione) => match self.pubblica(ente, &definizione).await {
                    Ok(nuovo) => tracing::info!(ente, file, versione = definizione.versione(), nuovo, "published"),
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
