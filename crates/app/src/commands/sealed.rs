//! From events to what the log stores: ids drawn, personal data sealed.

use crate::app::App;
use crate::error::AppError;
use domain::Evento;
use eventstore::sealing::PERSONALE;
use eventstore::{DataKey, KeyStoreError, NewEvent, hash, sealing};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// Id and sealed personal data of an event, made before the write transaction: neither depends on the number.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    id: Uuid,
    sealed: Option<Value>,
}

impl From<KeyStoreError> for AppError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Unavailable(reason) => Self::non_disponibile(reason),
            error => Self::Interno(error.to_string()),
        }
    }
}

/// The canonical text of an event's personal data: the document as filed.
pub(crate) fn documento(evento: &Evento) -> Result<Option<String>, AppError> {
    let mut payload = evento.payload();
    match payload.get_mut(PERSONALE).map(Value::take) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => hash::canonical(&value).map(Some).map_err(|e| AppError::Interno(e.to_string())),
    }
}

impl App {
    /// The key of a subject, made on first use off the asynchronous threads.
    pub(crate) async fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, AppError> {
        if let Some(key) = self.parts.keys.at_hand(ente, subject) {
            return Ok(key);
        }
        let (keys, ente) = (self.parts.keys.clone(), ente.to_owned());
        tokio::task::spawn_blocking(move || keys.key_of(&ente, subject))
            .await
            .map_err(|e| AppError::Interno(e.to_string()))?
            .map_err(AppError::from)
    }

    /// Draws the id of an event and seals its personal data.
    pub(crate) fn shell(&self, ente: &str, key: &DataKey, at: Timestamp, evento: &Evento) -> Result<Shell, AppError> {
        let id = self.parts.ids.uuid(at);
        let sealed = documento(evento)?
            .map(|text| serde_json::to_value(sealing::seal(key, ente, id, &self.parts.ids.nonce(), &text)))
            .transpose()
            .map_err(|e| AppError::Interno(e.to_string()))?;
        Ok(Shell { id, sealed })
    }

    /// Draws the id of an event without personal data.
    pub(crate) fn open_shell(&self, at: Timestamp) -> Shell {
        Shell { id: self.parts.ids.uuid(at), sealed: None }
    }
}

impl Shell {
    /// The event as stored, with the sealed part in place of the open one.
    pub(crate) fn wrap(&self, evento: &Evento) -> Result<NewEvent, serde_json::Error> {
        let mut payload = evento.payload();
        if let (Some(sealed), Some(object)) = (&self.sealed, payload.as_object_mut()) {
            object.insert(PERSONALE.to_owned(), sealed.clone());
        }
        Ok(NewEvent {
            event_id: self.id,
            kind: evento.kind().to_owned(),
            schema_version: evento.version(),
            payload: serde_json::to_string(&payload)?,
        })
    }
}
