//! Ids and keys of a generated town: drawn from the seed, so that the same seed gives the same bytes.

use app::ports::Ids;
use eventstore::sealing::Nonce;
use eventstore::transfer::WrappedKey;
use eventstore::{DataKey, KeyStore, KeyStoreError, MasterKey, hash};
use jiff::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Randomness that repeats itself.
#[derive(Clone)]
pub struct Seeded(Arc<Mutex<ChaCha8Rng>>);

impl Seeded {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))))
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        lock(&self.0).fill_bytes(&mut bytes);
        bytes
    }

    /// A number below `end`, which is not 0. (The bias of the remainder is of no account here.)
    pub fn below(&self, end: u64) -> u64 {
        u64::from_le_bytes(self.bytes()) % end
    }
}

impl Ids for Seeded {
    fn uuid(&self, at: Timestamp) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &self.bytes()).into_uuid()
    }

    fn nonce(&self) -> Nonce {
        self.bytes()
    }

    fn secret(&self) -> [u8; 32] {
        self.bytes()
    }
}

/// Keys of fictional persons, computed from the seed instead of kept: any number of them takes no memory but for the ids
/// of those that were handed out. They are stored like all others, wrapped by the master key.
pub struct SeededKeys {
    seed: u64,
    /// Ids are subjects under this mask: a key is found by its id without a table.
    mask: Uuid,
    ente: String,
    master: MasterKey,
    drawn: Mutex<Drawn>,
}

#[derive(Default)]
struct Drawn {
    subjects: HashSet<Uuid>,
    /// Not stored yet.
    fresh: Vec<Uuid>,
}

impl SeededKeys {
    /// For one ente.
    pub fn new(seed: u64, ente: &str, master: MasterKey) -> Self {
        let mut mask = [0; 16];
        mask.copy_from_slice(&material(seed, "mask", ente.as_bytes())[..16]);
        Self { seed, mask: Uuid::from_bytes(mask), ente: ente.to_owned(), master, drawn: Mutex::default() }
    }

    fn subject_or_id(&self, uuid: Uuid) -> Uuid {
        Uuid::from_u128(uuid.as_u128() ^ self.mask.as_u128())
    }

    fn derive(&self, id: Uuid) -> DataKey {
        DataKey::new(id, material(self.seed, "key", id.as_bytes()))
    }

    fn hand_out(&self, subject: Uuid) -> Arc<DataKey> {
        let mut drawn = lock(&self.drawn);
        if drawn.subjects.insert(subject) {
            drawn.fresh.push(subject);
        }
        Arc::new(self.derive(self.subject_or_id(subject)))
    }

    /// Keys handed out since the last call, to be stored before what they seal.
    pub fn take_fresh(&self) -> Vec<WrappedKey> {
        let fresh = std::mem::take(&mut lock(&self.drawn).fresh);
        let wrap = |subject: Uuid| {
            let id = self.subject_or_id(subject);
            let mut nonce: Nonce = [0; 24];
            nonce.copy_from_slice(&material(self.seed, "nonce", id.as_bytes())[..24]);
            WrappedKey { subject, id, wrapped: Some(self.master.wrap(&self.derive(id), &nonce)) }
        };
        fresh.into_iter().map(wrap).collect()
    }

    /// Subjects that have a key.
    pub fn subjects(&self) -> usize {
        lock(&self.drawn).subjects.len()
    }
}

impl KeyStore for SeededKeys {
    fn key_of(&self, ente: &str, subject: Uuid) -> Result<Arc<DataKey>, KeyStoreError> {
        self.at_hand(ente, subject).ok_or_else(|| KeyStoreError::Unavailable(format!("no keys of ente {ente} here")))
    }

    fn at_hand(&self, ente: &str, subject: Uuid) -> Option<Arc<DataKey>> {
        (ente == self.ente).then(|| self.hand_out(subject))
    }

    fn key(&self, _ente: &str, id: Uuid) -> Result<Option<Arc<DataKey>>, KeyStoreError> {
        if lock(&self.drawn).subjects.contains(&self.subject_or_id(id)) {
            return Ok(Some(Arc::new(self.derive(id))));
        }
        Err(KeyStoreError::missing(id))
    }

    fn destroy(&self, _ente: &str, _subject: Uuid) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Unavailable("the keys of a generated town are not destroyed while it is made".into()))
    }
}

fn material(seed: u64, purpose: &str, of: &[u8]) -> [u8; 32] {
    hash::sha256(&[purpose.as_bytes(), &seed.to_le_bytes(), of].concat())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done by a panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_id_and_stored_once() {
        let keys = SeededKeys::new(1, "c_a000", MasterKey::new([1; 32]));
        let subject = Uuid::from_u128(7);
        let key = keys.at_hand("c_a000", subject).unwrap();
        assert_eq!(keys.key("c_a000", key.id()).unwrap().unwrap().id(), key.id());
        assert!(keys.key("c_a000", Uuid::from_u128(8)).is_err());
        assert_eq!(keys.key_of("c_a000", subject).unwrap().id(), key.id());
        let fresh = keys.take_fresh();
        assert_eq!((fresh.len(), fresh[0].subject, fresh[0].id), (1, subject, key.id()));
        assert!(MasterKey::new([1; 32]).unwrap(key.id(), fresh[0].wrapped.as_ref().unwrap()).is_ok());
        assert!(keys.take_fresh().is_empty());
        assert!(keys.at_hand("c_b000", subject).is_none());
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let at: Timestamp = "2021-03-06T09:30:00Z".parse().unwrap();
        let draw = |seed| {
            let ids = Seeded::new(seed);
            (ids.uuid(at), ids.nonce(), ids.below(10))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(draw(1).0.get_version_num(), 7);
    }
}
