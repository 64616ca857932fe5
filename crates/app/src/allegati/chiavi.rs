//! Secrets of files from the keys of persons: when a person's key is destroyed, their files are gone with it.

use crate::ports::{BoxFuture, ChiaveFile, ChiaviFile, DocumentError};
use eventstore::{DataKey, KeyStore, KeyStoreError};
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// What the secret is for; the next scheme is another.
const SCOPO: &str = "allegati-1";

/// Secrets of files, from the key store of an installation.
#[derive(Clone)]
pub struct ChiaviDiPersone {
    keys: Arc<dyn KeyStore>,
}

impl ChiaviDiPersone {
    /// From the key store.
    pub fn new(keys: Arc<dyn KeyStore>) -> Self {
        Self { keys }
    }
}

fn secret(key: &DataKey) -> ChiaveFile {
    ChiaveFile { id: key.id(), segreto: key.derive(SCOPO) }
}

fn error(error: KeyStoreError) -> DocumentError {
    match error {
        KeyStoreError::Destroyed => DocumentError::Destroyed,
        error => DocumentError::Unavailable(io::Error::other(error)),
    }
}

/// The key store may wait for a disk or a server.
async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, DocumentError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(DocumentError::Unavailable(io::Error::other(error))))
}

impl ChiaviFile for ChiaviDiPersone {
    fn di_soggetto<'a>(&'a self, ente: &'a str, soggetto: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>> {
        Box::pin(async move {
            if let Some(key) = self.keys.at_hand(ente, soggetto) {
                return Ok(secret(&key));
            }
            let (keys, ente) = (self.keys.clone(), ente.to_owned());
            off(move || keys.key_of(&ente, soggetto).map(|key| secret(&key)).map_err(error)).await
        })
    }

    fn per_id<'a>(&'a self, ente: &'a str, id: Uuid) -> BoxFuture<'a, Result<ChiaveFile, DocumentError>> {
        Box::pin(async move {
            let (keys, ente) = (self.keys.clone(), ente.to_owned());
            off(move || {
                let key = keys.key(&ente, id).map_err(error)?;
                key.map(|key| secret(&key)).ok_or(DocumentError::Destroyed)
            })
            .await
        })
    }
}
