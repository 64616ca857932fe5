//! Folded days at hand, and whose turn it is to write to one.

use super::liberi::Liberi;
use super::limits;
use crate::app::App;
use crate::error::AppError;
use domain::Evento;
use domain::agenda::{self, Giornata};
use domain::ente::CodiceUfficio;
use domain::prenotabile::SlotId;
use jiff::civil::Date;
use lru::LruCache;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turno, MutexGuard};
use tokio::time::Instant;

/// Ente and stream.
type Nome = (String, String);

/// Ente, service, whether an officer asks, and the day that is left out.
pub(super) type Ricercato = (String, String, bool, Option<(CodiceUfficio, Date)>);

/// A day as folded up to a version of its stream.
type Piegata = (Arc<Giornata>, u64);

/// The days of all offices.
pub(crate) struct Giornate {
    /// What is free on them.
    pub(super) liberi: Liberi,
    piegate: Mutex<LruCache<Nome, Piegata>>,
    /// The first free slot by ente, service and who asks, as of an instant: for refusals, of which there may be thousands.
    primi: Mutex<LruCache<Ricercato, (Instant, Vec<SlotId>)>>,
    turni: Vec<Turno<()>>,
    /// Days are spread over the turns in a way that nobody outside can foresee.
    caso: RandomState,
}

impl Default for Giornate {
    fn default() -> Self {
        let size = NonZeroUsize::new(limits::GIORNATE).unwrap_or(NonZeroUsize::MIN);
        let turni = (0..limits::TURNI).map(|_| Turno::new(())).collect();
        let (piegate, primi) = (Mutex::new(LruCache::new(size)), Mutex::new(LruCache::new(size)));
        Self { liberi: Liberi::default(), piegate, primi, turni, caso: RandomState::new() }
    }
}

impl std::fmt::Debug for Giornate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Giornate").finish_non_exhaustive()
    }
}

/// The right to write to some days; others of this node wait for its end.
pub(super) type Diritto<'a> = Vec<MutexGuard<'a, ()>>;

impl Giornate {
    fn piegata(&self, nome: &Nome) -> Piegata {
        let mut piegate = self.piegate.lock().unwrap_or_else(PoisonError::into_inner);
        piegate.get(nome).cloned().unwrap_or_default()
    }

    pub(super) fn tieni(&self, nome: Nome, (giornata, version): &Piegata) {
        let mut piegate = self.piegate.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have read further meanwhile.
        if piegate.peek(&nome).is_none_or(|(_, known)| known < version) {
            piegate.put(nome, (giornata.clone(), *version));
        }
    }

    /// The first free slot, if it was looked for a moment ago.
    pub(super) fn primo(&self, key: &Ricercato) -> Option<Vec<SlotId>> {
        let mut primi = self.primi.lock().unwrap_or_else(PoisonError::into_inner);
        let (when, slot) = primi.get(key)?;
        (when.elapsed() < limits::ALTERNATIVA_VALE).then(|| slot.clone())
    }

    /// Keeps the first free slot for a moment.
    pub(super) fn tieni_primo(&self, key: Ricercato, slot: Vec<SlotId>) {
        self.primi.lock().unwrap_or_else(PoisonError::into_inner).put(key, (Instant::now(), slot));
    }

    #[cfg(test)]
    pub(super) fn tenute(&self) -> usize {
        self.piegate.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The turns of some streams in one order, so that nobody waits for somebody who waits for them.
    fn indici(&self, ente: &str, streams: &[String]) -> Vec<usize> {
        let index = |stream: &String| {
            let mut hasher = self.caso.build_hasher();
            hasher.write(ente.as_bytes());
            hasher.write_u8(0);
            hasher.write(stream.as_bytes());
            usize::try_from(hasher.finish() % limits::TURNI as u64).unwrap_or(0)
        };
        let mut indici: Vec<usize> = streams.iter().map(index).collect();
        indici.sort_unstable();
        indici.dedup();
        indici
    }

    /// The right to write, if nobody has it.
    pub(super) fn subito(&self, ente: &str, streams: &[String]) -> Option<Diritto<'_>> {
        let indici = self.indici(ente, streams);
        indici.into_iter().map(|i| self.turni.get(i)?.try_lock().ok()).collect()
    }

    /// The right to write, in the order of asking.
    pub(super) async fn in_turno(&self, ente: &str, streams: &[String]) -> Result<Diritto<'_>, AppError> {
        let wait = async {
            let mut all = Vec::new();
            for turno in self.indici(ente, streams).into_iter().filter_map(|i| self.turni.get(i)) {
                all.push(turno.lock().await);
            }
            all
        };
        tokio::time::timeout(limits::ATTESA_TURNO, wait)
            .await
            .map_err(|_| AppError::non_disponibile("too many want the same day at once"))
    }
}

impl App {
    /// A day of an office, folded from its stream, and the version up to which. Only what is new since the last look is read.
    pub(super) async fn giornata(
        &self,
        ente: &str,
        ufficio: &CodiceUfficio,
        giorno: Date,
    ) -> Result<Piegata, AppError> {
        let nome = (ente.to_owned(), agenda::stream(ufficio, giorno));
        let (mut giornata, mut version) = self.giornate.piegata(&nome);
        for _ in 0..limits::PAGINE_GIORNATA {
            let records = self.parts.store.read_stream(ente, &nome.1, version, eventstore::limits::PAGE).await?;
            let Some(last) = records.last() else { return Ok((giornata, version)) };
            version = last.version;
            let mut state = Arc::unwrap_or_clone(giornata);
            for record in &records {
                if let Evento::Agenda(event) = self.parts.opener.open(record)? {
                    state = agenda::evolve(state, &event);
                }
            }
            giornata = Arc::new(state);
            self.giornate.tieni(nome.clone(), &(giornata.clone(), version));
            if records.len() < eventstore::limits::PAGE {
                return Ok((giornata, version));
            }
        }
        Err(AppError::Interno(format!("the day {} has more events than any day", nome.1)))
    }
}
