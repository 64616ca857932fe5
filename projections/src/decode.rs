//! From a stored record to an event: opens what is sealed, brings old shapes up to date, decodes.

use domain::{DecodeError, Evento};
use eventstore::sealing::{self, PERSONALE, SealBroken};
use eventstore::upcast::Upcasters;
use eventstore::{KeyStore, KeyStoreError, Record, Sealed, hash};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Opens records with the keys of the persons and registers they are about.
pub struct Opener {
    keys: Arc<dyn KeyStore>,
    upcasters: Upcasters,
}

/// Why a record could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the record at position {position} (stream {stream}, {kind}) cannot be opened")]
pub struct OpenError {
    /// Its position.
    pub position: u64,
    /// Its stream.
    pub stream: String,
    /// Name of the event.
    pub kind: String,
    /// What is wrong.
    #[source]
    pub cause: OpenCause,
}

/// What was wrong with a record.
#[derive(Debug, thiserror::Error)]
pub enum OpenCause {
    /// The stored text, or the text inside the seal, is not JSON.
    #[error("it is not JSON")]
    Json(#[from] serde_json::Error),
    /// Its sealed part was changed.
    #[error(transparent)]
    Seal(#[from] SealBroken),
    /// The keys cannot be had now, or the key was never here.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    /// This program does not know the event.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The personal part of a payload.
enum Part {
    /// The event has none.
    None,
    /// Its key was destroyed.
    Forgotten,
    /// Its exact text.
    Text(String),
}

impl Opener {
    /// An opener with the keys of an installation.
    pub fn new(keys: Arc<dyn KeyStore>) -> Self {
        Self { keys, upcasters: Upcasters::new(domain::upcast::UPCASTERS) }
    }

    /// The event of a record. Personal data whose key was destroyed is absent (`Personale(None)`).
    ///
    /// # Errors
    /// [`OpenError`]: the record is corrupt, the key store is away, or the event is newer than this program.
    pub fn open(&self, record: &Record) -> Result<Evento, OpenError> {
        let open = || self.decode(record, record.json()?);
        open().map_err(|cause| OpenError::new(record, cause))
    }

    /// The events of a page of one ente; its keys are asked for together. May block.
    ///
    /// # Errors
    /// As [`Opener::open`].
    pub fn open_all(&self, records: Vec<Record>) -> Result<Vec<(Record, Evento)>, OpenError> {
        let Some(first) = records.first() else { return Ok(Vec::new()) };
        let ente = first.ente.clone();
        let mut parsed = Vec::with_capacity(records.len());
        let mut keys = BTreeSet::new();
        for record in records {
            let payload = record.json().map_err(|error| OpenError::new(&record, error.into()))?;
            let part = payload.get(PERSONALE).filter(|part| is_sealed(part));
            let key = part.and_then(|part| part.get("chiave")?.as_str()?.parse::<Uuid>().ok());
            keys.extend(key);
            parsed.push((record, payload));
        }
        let keys: Vec<Uuid> = keys.into_iter().collect();
        if let Err(error) = self.keys.prefetch(&ente, &keys)
            && let Some((record, _)) = parsed.first()
        {
            return Err(OpenError::new(record, error.into()));
        }
        let open = |(record, payload): (Record, Value)| match self.decode(&record, payload) {
            Ok(evento) => Ok((record, evento)),
            Err(cause) => Err(OpenError::new(&record, cause)),
        };
        parsed.into_iter().map(open).collect()
    }

    fn decode(&self, record: &Record, mut payload: Value) -> Result<Evento, OpenCause> {
        if let Some(part) = payload.get_mut(PERSONALE) {
            *part = match self.part(record, part)? {
                Part::Text(text) => serde_json::from_str(&text)?,
                Part::None | Part::Forgotten => Value::Null,
            };
        }
        let payload = self.upcasters.upcast(&record.kind, record.schema_version, payload);
        Ok(Evento::decode(record.category(), &record.kind, payload)?)
    }

    /// The personal part of a record as it was filed, byte for byte: the registered document, over which its impronta is
    /// computed. `None` when the event has no such part or its key was destroyed.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn documento(&self, record: &Record) -> Result<Option<String>, OpenError> {
        let open = || -> Result<Option<String>, OpenCause> {
            let payload = record.json()?;
            Ok(match payload.get(PERSONALE).map(|part| self.part(record, part)).transpose()? {
                Some(Part::Text(text)) => Some(text),
                Some(Part::None | Part::Forgotten) | None => None,
            })
        };
        open().map_err(|cause| OpenError::new(record, cause))
    }

    fn part(&self, record: &Record, part: &Value) -> Result<Part, OpenCause> {
        if part.is_null() {
            return Ok(Part::None);
        }
        if !is_sealed(part) {
            // Not sealed when stored: payloads are canonical, so this text is the stored one.
            return Ok(Part::Text(hash::canonical(part)?));
        }
        let sealed: Sealed = serde_json::from_value(part.clone())?;
        Ok(match self.keys.key(&record.ente, sealed.chiave)? {
            Some(key) => Part::Text(sealing::open(&key, &record.ente, record.event_id, &sealed)?),
            None => Part::Forgotten,
        })
    }
}

fn is_sealed(part: &Value) -> bool {
    part.as_object()
        .is_some_and(|o| o.len() == 3 && ["chiave", "nonce", "testo"].iter().all(|name| o.contains_key(*name)))
}

impl OpenError {
    fn new(record: &Record, cause: OpenCause) -> Self {
        Self { position: record.position, stream: record.stream.clone(), kind: record.kind.clone(), cause }
    }
}
