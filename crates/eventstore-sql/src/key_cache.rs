//! What key stores on SQL databases share: the unwrapped keys in memory, and telling whether the master key is the right one.

use eventstore::memory::draw_key;
use eventstore::sealing::Nonce;
use eventstore::transfer::WrappedKey;
use eventstore::{DataKey, KeyStoreError, MasterKey, Random};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Unwrapped keys kept in memory; when there are more, all are dropped and read again as they are needed.
const ROOM: usize = 100_000;

/// A key as it is known: `None` once destroyed.
pub(crate) type Known = Option<Arc<DataKey>>;

/// When a look into the database began; see [`KeyCache::put`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen(u64);

/// Keys of one ente, by subject and by id.
#[derive(Default)]
struct EnteKeys {
    subjects: HashMap<Uuid, Known>,
    ids: HashMap<Uuid, Known>,
}

/// Unwrapped keys. A destroyed key stays destroyed: what was read before it is told later does not bring it back.
pub(crate) struct KeyCache {
    enti: HashMap<String, EnteKeys>,
    entries: usize,
    room: usize,
    /// Raised whenever all is dropped.
    epoch: u64,
    /// Whether destructions by others are heard. While they are not, nothing is kept.
    live: bool,
}

impl KeyCache {
    /// An empty cache.
    pub(crate) fn new() -> Self {
        Self { enti: HashMap::new(), entries: 0, room: ROOM, epoch: 0, live: true }
    }

    /// The key of a subject, if it is known.
    pub(crate) fn subject(&self, ente: &str, subject: Uuid) -> Option<Known> {
        self.enti.get(ente)?.subjects.get(&subject).cloned()
    }

    /// A key by its id, if it is known.
    pub(crate) fn id(&self, ente: &str, id: Uuid) -> Option<Known> {
        self.enti.get(ente)?.ids.get(&id).cloned()
    }

    /// To be taken before the database is read.
    pub(crate) fn seen(&self) -> Seen {
        Seen(self.epoch)
    }

    /// Keeps a key that was read, under its id and the subject when that is known. A key read before everything was
    /// dropped is not kept: the news that it was destroyed may be among what was dropped.
    pub(crate) fn put(&mut self, seen: Seen, ente: &str, subject: Option<Uuid>, id: Uuid, known: &Known) {
        if seen == self.seen() && self.live {
            self.keep(ente, subject, id, known);
        }
    }

    /// A key was destroyed.
    pub(crate) fn destroyed(&mut self, ente: &str, subject: Uuid, id: Uuid) {
        self.keep(ente, Some(subject), id, &None);
    }

    /// Forgets everything; `live` says whether destructions by others are heard from now on.
    pub(crate) fn drop_all(&mut self, live: bool) {
        *self = Self { epoch: self.epoch + 1, room: self.room, live, ..Self::new() };
    }

    fn keep(&mut self, ente: &str, subject: Option<Uuid>, id: Uuid, known: &Known) {
        if self.entries + 2 > self.room {
            self.drop_all(self.live);
        }
        if !self.enti.contains_key(ente) {
            self.enti.insert(ente.to_owned(), EnteKeys::default());
        }
        let Some(keys) = self.enti.get_mut(ente) else { return };
        self.entries += usize::from(enter(&mut keys.ids, id, known));
        if let Some(subject) = subject {
            self.entries += usize::from(enter(&mut keys.subjects, subject, known));
        }
    }
}

/// Whether the map grew.
fn enter(keys: &mut HashMap<Uuid, Known>, at: Uuid, known: &Known) -> bool {
    match keys.get_mut(&at) {
        Some(old) => {
            if old.is_some() {
                old.clone_from(known);
            }
            false
        }
        None => keys.insert(at, known.clone()).is_none(),
    }
}

/// Locks what a panic cannot leave half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new key, and as it is stored.
pub(crate) fn draw(master: &MasterKey, random: &Random) -> (DataKey, Vec<u8>) {
    let key = draw_key(random);
    let wrapped = master.wrap(&key, &nonce(random));
    (key, wrapped)
}

/// A key of no use but to tell later whether the master key is the right one; its id is nil.
pub(crate) fn draw_proof(master: &MasterKey, random: &Random) -> Vec<u8> {
    let mut bytes = [0; 32];
    random(&mut bytes);
    master.wrap(&DataKey::new(Uuid::nil(), bytes), &nonce(random))
}

/// Whether the master key wrapped this proof.
pub(crate) fn proves(master: &MasterKey, proof: &[u8]) -> bool {
    master.unwrap(Uuid::nil(), proof).is_ok()
}

/// Opens every key once: keys wrapped by another master key are not let in.
pub(crate) fn prove_all(master: &MasterKey, keys: &[WrappedKey]) -> Result<(), KeyStoreError> {
    for WrappedKey { id, wrapped, .. } in keys {
        if let Some(wrapped) = wrapped {
            master.unwrap(*id, wrapped)?;
        }
    }
    Ok(())
}

/// Two key stores gave one subject keys of their own: neither may replace the other, each sealed something.
pub(crate) fn another_key(subject: Uuid) -> KeyStoreError {
    KeyStoreError::Unavailable(format!("subject {subject} has another key here: the key stores have parted"))
}

fn nonce(random: &Random) -> Nonce {
    let mut nonce = [0; 24];
    random(&mut nonce);
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTE: &str = "c_a000";

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn key(n: u128) -> Arc<DataKey> {
        Arc::new(DataKey::new(id(n), [7; 32]))
    }

    #[test]
    fn a_destroyed_key_does_not_come_back() {
        let mut cache = KeyCache::new();
        let seen = cache.seen();
        cache.destroyed(ENTE, id(1), id(11));
        cache.put(seen, ENTE, Some(id(1)), id(11), &Some(key(11)));
        assert!(matches!(cache.subject(ENTE, id(1)), Some(None)), "read before, told after");
        assert!(matches!(cache.id(ENTE, id(11)), Some(None)));

        let seen = cache.seen();
        cache.drop_all(true);
        cache.put(seen, ENTE, Some(id(2)), id(12), &Some(key(12)));
        assert!(cache.subject(ENTE, id(2)).is_none(), "read before all was dropped");
    }

    #[test]
    fn nothing_is_kept_while_destructions_are_not_heard() {
        let mut cache = KeyCache::new();
        cache.put(cache.seen(), ENTE, Some(id(1)), id(11), &Some(key(11)));
        cache.drop_all(false);
        assert!(cache.subject(ENTE, id(1)).is_none());
        cache.put(cache.seen(), ENTE, Some(id(1)), id(11), &Some(key(11)));
        assert!(cache.id(ENTE, id(11)).is_none());
        cache.drop_all(true);
        cache.put(cache.seen(), ENTE, None, id(11), &Some(key(11)));
        assert!(cache.id(ENTE, id(11)).is_some() && cache.subject(ENTE, id(1)).is_none());
    }

    #[test]
    fn it_is_bounded() {
        let mut cache = KeyCache { room: 10, ..KeyCache::new() };
        for n in 0..100 {
            cache.put(cache.seen(), ENTE, Some(id(n)), id(n + 1_000), &Some(key(n)));
            let kept: usize = cache.enti.values().map(|keys| keys.subjects.len() + keys.ids.len()).sum();
            assert!(kept <= 10 && kept == cache.entries, "{kept} kept, {} counted", cache.entries);
            assert!(cache.subject(ENTE, id(n)).is_some(), "the last one is at hand");
        }
    }
}
