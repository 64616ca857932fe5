//! Free slots of days at hand: a day is read and worked out again when it changed, and not before.
//!
//! What is kept is marked with the position of the event that last changed the day, as the read model has it: every node
//! finds the same mark there, whoever wrote. Notice and horizon move with the clock and are looked at each time.

use super::disponibilita::Bisogni;
use super::limits;
use domain::agenda::{SlotDelGiorno, SlotLibero};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Canale, Orario, Prenotabile};
use jiff::Timestamp;
use jiff::civil::Date;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// What is asked of an office, whatever the day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Domandato {
    pub ente: String,
    pub ufficio: CodiceUfficio,
    pub servizio: String,
    pub canale: Canale,
    pub bisogni: Bisogni,
}

/// What the slots of a day were worked out from.
#[derive(Debug, Clone)]
pub(super) struct Fonte {
    /// Position of the event that last changed the day; 0: none did.
    pub posizione: u64,
    pub orario: Arc<Orario>,
    pub prenotabile: Arc<Prenotabile>,
}

impl Fonte {
    /// Definitions are the same while nobody publishes others: they are handed around whole.
    fn stessa(&self, other: &Self) -> bool {
        self.posizione == other.posizione
            && Arc::ptr_eq(&self.orario, &other.orario)
            && Arc::ptr_eq(&self.prenotabile, &other.prenotabile)
    }
}

struct Tenuto {
    fonte: Fonte,
    /// From when until when holds count as they did.
    dal: Timestamp,
    fino: Timestamp,
    slot: Arc<[SlotLibero]>,
}

/// A day, what its slots come from, and the slots if they are at hand.
pub(super) type Noto = (Date, Fonte, Option<Arc<[SlotLibero]>>);

/// The free slots of days.
pub(crate) struct Liberi(Mutex<LruCache<(Arc<Domandato>, Date), Tenuto>>);

impl Default for Liberi {
    fn default() -> Self {
        Self::con(limits::GIORNI_LIBERI)
    }
}

impl Liberi {
    pub(super) fn con(giorni: usize) -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(giorni).unwrap_or(NonZeroUsize::MIN))))
    }

    /// The slots of some days of one question, each where they are known as of now.
    pub(super) fn noti(
        &self,
        domandato: &Arc<Domandato>,
        adesso: Timestamp,
        giorni: impl Iterator<Item = (Date, Fonte)>,
    ) -> Vec<Noto> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = giorni.map(|(giorno, fonte)| {
            let found = kept.get(&(domandato.clone(), giorno));
            let good = found.filter(|t| t.fonte.stessa(&fonte) && t.dal <= adesso && adesso < t.fino);
            let slot = good.map(|tenuto| tenuto.slot.clone());
            (giorno, fonte, slot)
        });
        known.collect()
    }

    /// Keeps the slots of a day, as worked out at an instant.
    pub(super) fn tieni(
        &self,
        domandato: &Arc<Domandato>,
        giorno: Date,
        fonte: Fonte,
        dal: Timestamp,
        SlotDelGiorno { slot, fino }: SlotDelGiorno,
    ) -> Arc<[SlotLibero]> {
        let slot: Arc<[SlotLibero]> = slot.into();
        let tenuto = Tenuto { fonte, dal, fino, slot: slot.clone() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put((domandato.clone(), giorno), tenuto);
        slot
    }

    #[cfg(test)]
    pub(super) fn tenuti(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
