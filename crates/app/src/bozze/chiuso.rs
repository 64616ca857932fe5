//! Sealing outside the log: JSON under a key of its own, so that destroying the key forgets it in every copy.

use crate::app::App;
use crate::error::AppError;
use eventstore::{Sealed, sealing};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

fn interno(error: impl std::fmt::Display) -> AppError {
    AppError::Interno(error.to_string())
}

impl App {
    /// Seals a value for a subject, whose key is made on first use.
    pub(crate) async fn chiudi<T: Serialize + Sync>(
        &self,
        ente: &str,
        soggetto: Uuid,
        value: &T,
    ) -> Result<Vec<u8>, AppError> {
        let text = serde_json::to_string(value).map_err(interno)?;
        let key = self.key_of(ente, soggetto).await?;
        let sealed = sealing::seal(&key, ente, soggetto, &self.parts.ids.nonce(), &text);
        serde_json::to_vec(&sealed).map_err(interno)
    }

    /// What [`App::chiudi`] sealed; none once the key was destroyed.
    pub(crate) async fn apri<T: DeserializeOwned>(
        &self,
        ente: &str,
        soggetto: Uuid,
        sealed: &[u8],
    ) -> Result<Option<T>, AppError> {
        let sealed: Sealed = serde_json::from_slice(sealed).map_err(interno)?;
        let mut key = self.parts.keys.at_hand(ente, soggetto).filter(|key| key.id() == sealed.chiave);
        if key.is_none() {
            let (keys, ente, id) = (self.parts.keys.clone(), ente.to_owned(), sealed.chiave);
            key = tokio::task::spawn_blocking(move || keys.key(&ente, id)).await.map_err(interno)??;
        }
        let Some(key) = key else { return Ok(None) };
        let text = sealing::open(&key, ente, soggetto, &sealed).map_err(interno)?;
        serde_json::from_str(&text).map(Some).map_err(interno)
    }

    /// Destroys the key of a subject: what it sealed is gone for good.
    pub(crate) async fn distruggi(&self, ente: &str, soggetto: Uuid) -> Result<(), AppError> {
        let (keys, ente) = (self.parts.keys.clone(), ente.to_owned());
        Ok(tokio::task::spawn_blocking(move || keys.destroy(&ente, soggetto)).await.map_err(interno)??)
    }
}
