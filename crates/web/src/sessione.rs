//! Sessions of the pages: an opaque id in a cookie, the rest in the working database.
//!
//! The database knows only the hash of the id, so that whoever reads it cannot take a session over.

use app::ports::WorkState;
use app::{App, Utente};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Error;
use tower_sessions::{Session, SessionStore};

/// Name of the member that holds the signed-in person.
const UTENTE: &str = "utente";
/// Name of the member that holds a message for the next page.
const MESSAGGIO: &str = "messaggio";
/// Name of the members that hold when the person signed in, and when they were last seen (seconds).
const ENTRATO: &str = "entrato";
const VISTO: &str = "visto";
/// Minutes without a request after which a session ends.
pub const INATTIVITA_MINUTI: i64 = 30;
/// Hours after which a session ends whatever happens.
const DURATA_ORE: i64 = 8;
/// Seconds after which a session that is used is written again: not at each request, which would cost a write for each page.
const RINNOVO: i64 = 120;

/// Sessions in the working database.
#[derive(Clone)]
pub struct Sessioni {
    app: App,
}

impl std::fmt::Debug for Sessioni {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessioni")
    }
}

impl Sessioni {
    /// Over the application's working data.
    pub fn new(app: App) -> Self {
        Self { app }
    }

    fn work(&self) -> &Arc<dyn WorkState> {
        self.app.work()
    }
}

/// What the working database keeps of a session, and until when. The id is not stored: only who holds the cookie knows it.
fn stored(record: &Record) -> Result<(Vec<u8>, Timestamp), Error> {
    let data = serde_json::to_vec(&Record { id: Id(0), ..record.clone() }).map_err(|e| Error::Encode(e.to_string()))?;
    let expires =
        Timestamp::from_second(record.expiry_date.unix_timestamp()).map_err(|e| Error::Encode(e.to_string()))?;
    Ok((data, expires))
}

fn key(id: Id) -> String {
    hex::encode(Sha256::digest(id.0.to_be_bytes()))
}

#[async_trait]
impl SessionStore for Sessioni {
    async fn create(&self, record: &mut Record) -> Result<(), Error> {
        // The id comes from the one source of randomness; with 128 random bits a collision does not happen.
        let secret = self.app.ids().secret();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&secret[..16]);
        record.id = Id(i128::from_be_bytes(bytes));
        let (data, expires) = stored(record)?;
        self.work().save_session(key(record.id), data, expires).await.map_err(|e| Error::Backend(e.to_string()))
    }

    async fn save(&self, record: &Record) -> Result<(), Error> {
        // A session that was ended meanwhile, here or on another node, stays ended. And what the handler did is done: its
        // answer, perhaps a protocol number, must not be lost because the session could not be renewed.
        let kept = async {
            let (data, expires) = stored(record)?;
            let renewed = self.work().renew_session(&key(record.id), data, expires, self.app.clock().now()).await;
            renewed.map_err(|e| Error::Backend(e.to_string()))
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "a session could not be renewed");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>, Error> {
        let now = self.app.clock().now();
        let data = self.work().session(&key(*id), now).await.map_err(|e| Error::Backend(e.to_string()))?;
        let record =
            data.map(|data| serde_json::from_slice(&data).map_err(|e| Error::Decode(e.to_string()))).transpose()?;
        Ok(record.map(|record| Record { id: *id, ..record }))
    }

    async fn delete(&self, id: &Id) -> Result<(), Error> {
        self.work().delete_session(&key(*id)).await.map_err(|e| Error::Backend(e.to_string()))
    }
}

/// A message shown once, on the page after the one that caused it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Messaggio(pub String);

/// Signs a person in, under a new session id (so that an id planted before is worth nothing).
pub async fn entra(
    session: &Session,
    utente: &Utente,
    adesso: Timestamp,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(ENTRATO, adesso.as_second()).await?;
    session.insert(VISTO, adesso.as_second()).await?;
    session.insert(UTENTE, utente).await
}

/// Signs out: the session is gone from the database too.
pub async fn esci(session: &Session) -> Result<(), tower_sessions::session::Error> {
    session.flush().await
}

/// The signed-in person, while the session lasts.
pub async fn utente(session: &Session, adesso: Timestamp) -> Result<Option<Utente>, tower_sessions::session::Error> {
    let Some(utente) = session.get(UTENTE).await? else { return Ok(None) };
    let adesso = adesso.as_second();
    let entrato: i64 = session.get(ENTRATO).await?.unwrap_or_default();
    if adesso - entrato > DURATA_ORE * 3600 {
        session.flush().await?;
        return Ok(None);
    }
    let visto: i64 = session.get(VISTO).await?.unwrap_or_default();
    if adesso - visto > RINNOVO {
        session.insert(VISTO, adesso).await?;
    }
    Ok(Some(utente))
}

/// Leaves a message for the next page.
pub async fn avvisa(session: &Session, testo: impl Into<String>) -> Result<(), tower_sessions::session::Error> {
    session.insert(MESSAGGIO, Messaggio(testo.into())).await
}

/// Takes the message left by the page before.
pub async fn messaggio(session: &Session) -> Result<Option<String>, tower_sessions::session::Error> {
    // Removing marks the session as changed, and a visitor without one would be given one.
    if session.get::<Messaggio>(MESSAGGIO).await?.is_none() {
        return Ok(None);
    }
    Ok(session.remove::<Messaggio>(MESSAGGIO).await?.map(|m| m.0))
}
