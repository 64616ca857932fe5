//! Definitions that an ente publishes: services, what can be booked, opening hours.
//!
//! What holds is recorded: a server that starts publishes what it ships and the log does not have yet, so that a case
//! filed with a version finds that version for ever, whatever later programs ship. Every node follows the publications.

mod cartella;
mod genere;
mod pubblica;

pub(crate) use genere::Definizione;
pub use pubblica::PubblicaError;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Versions of one code, from the oldest.
type Versioni<T> = BTreeMap<u32, Arc<T>>;

/// What one ente published.
#[derive(Debug)]
struct Pubblicate<T> {
    /// Events of the stream read so far.
    lette: u64,
    per_codice: HashMap<String, Versioni<T>>,
}

/// The definitions of one kind, of all enti.
#[derive(Debug)]
pub(crate) struct Definizioni<T> {
    spedite: HashMap<String, Versioni<T>>,
    pubblicate: RwLock<HashMap<String, Pubblicate<T>>>,
}

impl<T: Definizione> Default for Definizioni<T> {
    fn default() -> Self {
        let mut spedite: HashMap<String, Versioni<T>> = HashMap::new();
        for definizione in T::spedite() {
            let versioni = spedite.entry(definizione.nome_del_file().to_owned()).or_default();
            versioni.insert(definizione.versione(), Arc::new(definizione.clone()));
        }
        Self { spedite, pubblicate: RwLock::default() }
    }
}

impl<T: Definizione> Definizioni<T> {
    /// One version.
    pub(crate) fn versione(&self, ente: &str, codice: &str, versione: u32) -> Option<Arc<T>> {
        let pubblicate = self.pubblicate.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicate.get(ente).and_then(|ente| ente.per_codice.get(codice)?.get(&versione).cloned());
        published.or_else(|| self.spedite.get(codice)?.get(&versione).cloned())
    }

    /// The newest version.
    pub(crate) fn ultima(&self, ente: &str, codice: &str) -> Option<Arc<T>> {
        let newest = |versioni: &Versioni<T>| versioni.last_key_value().map(|(_, definizione)| definizione.clone());
        let pubblicate = self.pubblicate.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicate.get(ente).and_then(|ente| newest(ente.per_codice.get(codice)?));
        let shipped = self.spedite.get(codice).and_then(newest);
        // Of the same version what the ente published holds.
        shipped.into_iter().chain(published).max_by_key(|definizione| definizione.versione())
    }

    /// Every code, in order.
    pub(crate) fn codici(&self, ente: &str) -> Vec<String> {
        let pubblicate = self.pubblicate.read().unwrap_or_else(PoisonError::into_inner);
        let published = pubblicate.get(ente).into_iter().flat_map(|ente| ente.per_codice.keys());
        let mut codici: Vec<String> = self.spedite.keys().chain(published).cloned().collect();
        codici.sort();
        codici.dedup();
        codici
    }

    fn lette(&self, ente: &str) -> u64 {
        self.pubblicate.read().unwrap_or_else(PoisonError::into_inner).get(ente).map_or(0, |ente| ente.lette)
    }

    fn prendi(&self, ente: &str, lette: u64, definizioni: Vec<T>) {
        let mut pubblicate = self.pubblicate.write().unwrap_or_else(PoisonError::into_inner);
        let empty = || Pubblicate { lette: 0, per_codice: HashMap::new() };
        let ente = pubblicate.entry(ente.to_owned()).or_insert_with(empty);
        ente.lette = ente.lette.max(lette);
        for definizione in definizioni {
            let versioni = ente.per_codice.entry(definizione.nome_del_file().to_owned()).or_default();
            versioni.insert(definizione.versione(), Arc::new(definizione));
        }
    }

    /// Whether the ente published this very version.
    fn pubblicata(&self, ente: &str, definizione: &T) -> Result<bool, PubblicaError> {
        let (codice, versione) = (definizione.nome_del_file().to_owned(), definizione.versione());
        let pubblicate = self.pubblicate.read().unwrap_or_else(PoisonError::into_inner);
        let Some(versioni) = pubblicate.get(ente).and_then(|ente| ente.per_codice.get(&codice)) else {
            return Ok(false);
        };
        if let Some(known) = versioni.get(&versione) {
            let same = known.canonico() == definizione.canonico();
            return if same { Ok(true) } else { Err(PubblicaError::Diversa { codice, versione }) };
        }
        match versioni.last_key_value() {
            Some((newest, _)) if *newest > versione => {
                Err(PubblicaError::Superata { codice, versione, pubblicata: *newest })
            }
            _ => Ok(false),
        }
    }
}
