//! Drafts and profiles in memory: for tests, as `workstate` keeps them on disk.

use crate::ports::{BoxFuture, BozzaChiusa, Bozze, ProfiloChiuso, WorkError};
use domain::ids::{AllegatoId, PersonaId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A draft with the files it names, and when its person was told that it expires.
type Riga = (BozzaChiusa, Vec<AllegatoId>, Option<Timestamp>);

/// Drafts and profiles that last as long as the value.
#[derive(Debug, Default)]
pub struct BozzeInMemoria {
    bozze: Mutex<BTreeMap<(String, Uuid), Riga>>,
    profili: Mutex<BTreeMap<(String, PersonaId), ProfiloChiuso>>,
}

fn done<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, Result<T, WorkError>> {
    Box::pin(std::future::ready(Ok(value)))
}

impl BozzeInMemoria {
    fn righe(&self) -> MutexGuard<'_, BTreeMap<(String, Uuid), Riga>> {
        self.bozze.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn profili(&self) -> MutexGuard<'_, BTreeMap<(String, PersonaId), ProfiloChiuso>> {
        self.profili.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Files that drafts name.
    pub fn file(&self) -> Vec<AllegatoId> {
        self.righe().values().flat_map(|riga| riga.1.clone()).collect()
    }
}

impl Bozze for BozzeInMemoria {
    fn add_draft(
        &self,
        draft: BozzaChiusa,
        files: Vec<AllegatoId>,
        max: u64,
    ) -> BoxFuture<'_, Result<bool, WorkError>> {
        let mut righe = self.righe();
        let theirs = |b: &BozzaChiusa| b.ente == draft.ente && b.proprietario == draft.proprietario;
        let count = righe.values().filter(|riga| theirs(&riga.0) && riga.0.scade > draft.creata).count();
        let room = (count as u64) < max;
        if room {
            righe.insert((draft.ente.clone(), draft.id), (draft, files, None));
        }
        done(room)
    }

    fn drafts<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>> {
        let theirs = |b: &&BozzaChiusa| b.ente == ente && b.proprietario == persona && b.scade > now;
        let mut drafts: Vec<_> = self.righe().values().map(|riga| &riga.0).filter(theirs).cloned().collect();
        drafts.sort_by_key(|draft| std::cmp::Reverse((draft.aggiornata, draft.id)));
        done(drafts)
    }

    fn draft<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        id: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<BozzaChiusa>, WorkError>> {
        let found = self.righe().get(&(ente.to_owned(), id)).map(|riga| riga.0.clone());
        done(found.filter(|b| b.proprietario == persona && b.scade > now))
    }

    fn save_draft(
        &self,
        draft: BozzaChiusa,
        files: Vec<AllegatoId>,
        seen: Timestamp,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<bool, WorkError>> {
        let mut righe = self.righe();
        let Some(riga) = righe.get_mut(&(draft.ente.clone(), draft.id)) else { return done(false) };
        let before = &riga.0;
        if before.proprietario != draft.proprietario || before.aggiornata != seen || before.scade <= now {
            return done(false);
        }
        let told = riga.2.filter(|_| before.scade == draft.scade);
        *riga = (draft, files, told);
        done(true)
    }

    fn delete_draft<'a>(&'a self, ente: &'a str, id: Uuid) -> BoxFuture<'a, Result<bool, WorkError>> {
        done(self.righe().remove(&(ente.to_owned(), id)).is_some())
    }

    fn expired_drafts<'a>(
        &'a self,
        ente: &'a str,
        now: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, WorkError>> {
        let righe = self.righe();
        let over = righe.values().map(|riga| &riga.0).filter(|b| b.ente == ente && b.scade <= now);
        let mut over: Vec<_> = over.map(|b| (b.scade, b.id)).collect();
        over.sort_unstable();
        done(over.into_iter().take(limit as usize).map(|(_, id)| id).collect())
    }

    fn expiring_drafts<'a>(
        &'a self,
        ente: &'a str,
        after: (Timestamp, Uuid),
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<BozzaChiusa>, WorkError>> {
        let righe = self.righe();
        let untold = righe.values().filter(|riga| riga.2.is_none()).map(|riga| &riga.0);
        let due = untold.filter(|b| b.ente == ente && (b.scade, b.id) > after && b.scade <= until);
        let mut due: Vec<_> = due.cloned().collect();
        due.sort_by_key(|b| (b.scade, b.id));
        due.truncate(limit as usize);
        done(due)
    }

    fn note_warned<'a>(
        &'a self,
        ente: &'a str,
        id: Uuid,
        scade: Timestamp,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        if let Some(riga) = self.righe().get_mut(&(ente.to_owned(), id)).filter(|riga| riga.0.scade == scade) {
            riga.2 = Some(at);
        }
        done(())
    }

    fn profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
    ) -> BoxFuture<'a, Result<Option<ProfiloChiuso>, WorkError>> {
        done(self.profili().get(&(ente.to_owned(), persona)).cloned())
    }

    fn save_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        profile: ProfiloChiuso,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        let mut profili = self.profili();
        let key = (ente.to_owned(), persona);
        if profili.get(&key).is_some_and(|before| before.soggetto != profile.soggetto) {
            return done(false);
        }
        profili.insert(key, profile);
        done(true)
    }

    fn delete_profile<'a>(
        &'a self,
        ente: &'a str,
        persona: PersonaId,
        soggetto: Uuid,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        let mut profili = self.profili();
        let key = (ente.to_owned(), persona);
        let there = profili.get(&key).is_some_and(|profile| profile.soggetto == soggetto);
        if there {
            profili.remove(&key);
        }
        done(there)
    }
}
