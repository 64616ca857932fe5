//! Personal data at rest: the `personale` member of a payload is encrypted with a key of its own per subject.
//!
//! XChaCha20-Poly1305 with a random 24-byte nonce; the associated data binds the text to its ente, event and key, so a
//! sealed part cannot be moved to another event. Data keys are wrapped by the [`MasterKey`] and live outside the log:
//! destroying a key forgets what it sealed, in every copy, and leaves the hash chain intact.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as B64};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::ZeroizeOnDrop;

/// Nonce of one sealing, drawn by the injected source of randomness.
pub type Nonce = [u8; 24];

/// Member of the payload that holds personal data.
pub const PERSONALE: &str = "personale";

/// The key of one subject (a person, or a register).
#[derive(ZeroizeOnDrop)]
pub struct DataKey {
    #[zeroize(skip)]
    id: Uuid,
    bytes: [u8; 32],
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl DataKey {
    /// A key from its id and 32 random bytes.
    pub fn new(id: Uuid, bytes: [u8; 32]) -> Self {
        Self { id, bytes }
    }

    /// Id by which sealed parts name the key.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// A secret for another purpose (files of the subject), derived by SHA-256 over the purpose and the key: it goes when
    /// the key goes, and tells nothing of it.
    pub fn derive(&self, purpose: &str) -> zeroize::Zeroizing<[u8; 32]> {
        let mut input = zeroize::Zeroizing::new(Vec::with_capacity(purpose.len() + 33));
        input.extend_from_slice(purpose.as_bytes());
        input.push(0);
        input.extend_from_slice(&self.bytes);
        zeroize::Zeroizing::new(crate::hash::sha256(&input))
    }
}

/// The key that wraps all others; 32 bytes from a file that only the service can read.
#[derive(ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl MasterKey {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key for another purpose, derived by SHA-256 over the purpose and the master key.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut input = Vec::with_capacity(purpose.len() + 33);
        input.extend_from_slice(purpose.as_bytes());
        input.push(0);
        input.extend_from_slice(&self.0);
        let key = crate::hash::sha256(&input);
        zeroize::Zeroize::zeroize(&mut input);
        key
    }

    /// The data key, encrypted for the key store: nonce followed by cipher text.
    pub fn wrap(&self, key: &DataKey, nonce: &Nonce) -> Vec<u8> {
        let mut out = nonce.to_vec();
        out.extend(encrypt(&self.0, nonce, key.id.as_bytes(), &key.bytes));
        out
    }

    /// The data key back from [`MasterKey::wrap`].
    ///
    /// # Errors
    /// [`KeyStoreError::WrongMasterKey`] when the bytes were wrapped by another master key or changed.
    pub fn unwrap(&self, id: Uuid, wrapped: &[u8]) -> Result<DataKey, KeyStoreError> {
        let (nonce, text) = wrapped.split_at_checked(24).ok_or(KeyStoreError::WrongMasterKey)?;
        let nonce: Nonce = nonce.try_into().map_err(|_| KeyStoreError::WrongMasterKey)?;
        let bytes = decrypt(&self.0, &nonce, id.as_bytes(), text).ok_or(KeyStoreError::WrongMasterKey)?;
        Ok(DataKey { id, bytes: bytes.try_into().map_err(|_| KeyStoreError::WrongMasterKey)? })
    }
}

/// A sealed part as it stands in a stored payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Id of the key.
    pub chiave: Uuid,
    /// Nonce, base64.
    pub nonce: String,
    /// Cipher text with its tag, base64.
    pub testo: String,
}

/// Why a sealed part could not be opened although its key exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sealed part of event {event_id} was changed or moved")]
pub struct SealBroken {
    /// The event.
    pub event_id: Uuid,
}

/// Encrypts `text` (canonical JSON) for the event `event_id` of `ente`.
pub fn seal(key: &DataKey, ente: &str, event_id: Uuid, nonce: &Nonce, text: &str) -> Sealed {
    let aad = associated(ente, event_id, key.id);
    Sealed {
        chiave: key.id,
        nonce: B64.encode(nonce),
        testo: B64.encode(encrypt(&key.bytes, nonce, &aad, text.as_bytes())),
    }
}

/// The text that [`seal`] was given.
///
/// # Errors
/// [`SealBroken`] when the part was changed, moved to another event, or sealed with another key.
pub fn open(key: &DataKey, ente: &str, event_id: Uuid, sealed: &Sealed) -> Result<String, SealBroken> {
    let broken = SealBroken { event_id };
    let nonce: Nonce =
        B64.decode(&sealed.nonce).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| broken.clone())?;
    let text = B64.decode(&sealed.testo).map_err(|_| broken.clone())?;
    let plain =
        decrypt(&key.bytes, &nonce, &associated(ente, event_id, key.id), &text).ok_or_else(|| broken.clone())?;
    String::from_utf8(plain).map_err(|_| broken)
}

fn associated(ente: &str, event_id: Uuid, key: Uuid) -> Vec<u8> {
    [ente.as_bytes(), b"\0", event_id.as_bytes(), key.as_bytes()].concat()
}

fn encrypt(key: &[u8; 32], nonce: &Nonce, aad: &[u8], text: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&XNonce::from(*nonce), Payload { msg: text, aad })
        .expect("texts are far below the cipher's limit of 256 GiB")
}

fn decrypt(key: &[u8; 32], nonce: &Nonce, aad: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(&Key::from(*key)).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad }).ok()
}

/// Why a key could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreError {
    /// The stored key was wrapped by another master key.
    #[error("the master key does not open the stored keys: is this the right key file?")]
    WrongMasterKey,
    /// The key of this subject was destroyed; no new one is made.
    #[error("the key of this subject was destroyed")]
    Destroyed,
    /// The store cannot answer.
    #[error("the key store is unavailable: {0}")]
    Unavailable(String),
}

impl KeyStoreError {
    /// A key that a sealed part names and that was never here. Not the same as a destroyed one: treating it so would
    /// forget people because an older copy of the key store was put back.
    pub fn missing(id: Uuid) -> Self {
        Self::Unavailable(format!("key {id} is not in the key store: was an older copy of it put back?"))
    }
}

/// Where data keys live, wrapped. Calls may block on a disk for a few milliseconds when a key is made: call
/// [`KeyStore::key_of`] off the asynchronous threads.
pub trait KeyStore: Send + Sync {
    /// The key of a subject, made and made durable on first use.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, KeyStoreError>;

    /// The key of a subject if it is at hand in memory; never blocks, never makes one.
    fn at_hand(&self, _ente: &str, _subject: Uuid) -> Option<Arc<DataKey>> {
        None
    }

    /// Brings keys to hand that [`KeyStore::key`] will be asked for: one round trip for a page of records instead of one
    /// for each. Ids that are not known are left to `key`. May block.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn prefetch(&self, _ente: &str, _ids: &[Uuid]) -> Result<(), KeyStoreError> {
        Ok(())
    }

    /// A key by the id a sealed part names; `None` once it was destroyed.
    ///
    /// # Errors
    /// [`KeyStoreError`]; `Unavailable` when the key was never in this store ([`KeyStoreError::missing`]).
    fn key(&self, ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError>;

    /// Destroys the key of a subject for good. Repeating it is harmless.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn destroy(&self, ente: &str, subject: Uuid) -> Result<(), KeyStoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> DataKey {
        DataKey::new(Uuid::from_u128(u128::from(n)), [n; 32])
    }

    #[test]
    fn opens_only_with_its_key_event_and_ente() {
        let event = Uuid::from_u128(7);
        let sealed = seal(&key(1), "c_a000", event, &[9; 24], "{\"nome\":\"Ada\"}");
        assert!(!sealed.testo.contains("Ada"));
        assert_eq!(open(&key(1), "c_a000", event, &sealed).unwrap(), "{\"nome\":\"Ada\"}");
        assert!(open(&key(2), "c_a000", event, &sealed).is_err());
        assert!(open(&key(1), "c_b000", event, &sealed).is_err());
        assert!(open(&key(1), "c_a000", Uuid::from_u128(8), &sealed).is_err());
    }

    #[test]
    fn a_derived_secret_depends_on_key_and_purpose() {
        assert_eq!(*key(1).derive("file"), *key(1).derive("file"));
        assert_ne!(*key(1).derive("file"), *key(2).derive("file"));
        assert_ne!(*key(1).derive("file"), *key(1).derive("altro"));
        assert_ne!(*key(1).derive("file"), [1; 32]);
    }

    #[test]
    fn a_wrapped_key_needs_the_master_key() {
        let wrapped = MasterKey::new([1; 32]).wrap(&key(3), &[4; 24]);
        let id = Uuid::from_u128(3);
        assert_eq!(MasterKey::new([1; 32]).unwrap(id, &wrapped).unwrap().bytes, [3; 32]);
        assert_eq!(MasterKey::new([2; 32]).unwrap(id, &wrapped).unwrap_err(), KeyStoreError::WrongMasterKey);
        assert_eq!(MasterKey::new([1; 32]).unwrap(id, &wrapped[..10]).unwrap_err(), KeyStoreError::WrongMasterKey);
    }
}
