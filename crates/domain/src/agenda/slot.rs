//! Which slots of a day are free: one answer for who asks and for who decides.

use super::giornata::{Giornata, Posto};
use crate::prenotabile::{Canale, Intervallo, Orario, Prenotabile, Sportello, aperture};
use crate::termini::{CalendarioUfficio, data_locale};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Slots of one opening of a desk, at most: 25 hours of the shortest service.
pub const MAX_SLOT: usize = 25 * 60 / 5;

/// What who comes needs of a desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Esigenze<'a> {
    /// A language (BCP 47).
    pub lingua: Option<&'a str>,
    /// A desk that can be used from a wheelchair.
    pub accessibile: bool,
}

impl Esigenze<'_> {
    fn soddisfa(self, sportello: &Sportello) -> bool {
        (sportello.accessibile || !self.accessibile)
            && self.lingua.is_none_or(|lingua| sportello.lingue.iter().any(|spoken| spoken == lingua))
    }
}

/// What is asked: at which office, for what, by whom, when.
#[derive(Debug, Clone, Copy)]
pub struct Domanda<'a> {
    /// Opening hours of the office.
    pub orario: &'a Orario,
    /// The service.
    pub prenotabile: &'a Prenotabile,
    /// Holidays of the ente.
    pub calendario: &'a CalendarioUfficio,
    /// Now.
    pub adesso: Timestamp,
    /// Through which channel.
    pub canale: Canale,
    /// What is needed of the desk.
    pub esigenze: Esigenze<'a>,
}

/// A slot with free desks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotLibero {
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// Desks free at that start.
    pub liberi: u16,
}

/// Why nothing of a day can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Impedimento {
    Orizzonte,
    Quota,
}

pub(super) fn minuti(minutes: u16) -> SignedDuration {
    SignedDuration::from_mins(minutes.into())
}

pub(super) fn dopo(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// First start that may be booked: citizens give notice, officers know whether they can take someone at once.
pub fn prima_di(domanda: &Domanda<'_>) -> Timestamp {
    match domanda.canale {
        Canale::Portale => {
            let notice = SignedDuration::from_hours(domanda.prenotabile.preavviso_ore.into());
            dopo(domanda.adesso, notice)
        }
        Canale::Sportello | Canale::Telefono => domanda.adesso,
    }
}

impl<'a> Domanda<'a> {
    /// The last day that can be booked.
    pub fn orizzonte(&self) -> Date {
        data_locale(self.adesso).saturating_add(i32::from(self.prenotabile.orizzonte_giorni).days())
    }

    pub(super) fn oltre_orizzonte(&self, giorno: Date) -> bool {
        giorno > self.orizzonte()
    }

    /// Desks that serve the service, and the needs.
    fn sportelli(&self) -> impl Iterator<Item = &'a Sportello> + use<'a> {
        let (codice, esigenze) = (&self.prenotabile.codice, self.esigenze);
        self.orario.sportelli.iter().filter(move |s| s.serve(codice) && esigenze.soddisfa(s))
    }

    /// The slots of a desk by its rules, taken or not, in order of time.
    fn griglia(&self, sportello: &Sportello, giorno: Date) -> impl Iterator<Item = Intervallo> + use<> {
        let durata = minuti(self.prenotabile.durata_minuti);
        let passo = minuti((self.prenotabile.durata_minuti + self.prenotabile.margine_minuti).max(1));
        aperture(self.orario, sportello, giorno, self.calendario).into_iter().flat_map(move |apertura| {
            let starts = std::iter::successors(Some(apertura.inizio), move |start| start.checked_add(passo).ok());
            starts
                .map(move |inizio| Intervallo { inizio, fine: dopo(inizio, durata) })
                .take_while(move |slot| slot.fine <= apertura.fine)
                .take(MAX_SLOT)
        })
    }

    /// What stands against booking anything of a day.
    pub(super) fn impedimento(&self, giorno: Date, giornata: &Giornata) -> Option<Impedimento> {
        if self.oltre_orizzonte(giorno) {
            return Some(Impedimento::Orizzonte);
        }
        self.quota_esaurita(giorno, giornata).then_some(Impedimento::Quota)
    }

    /// Whether the channel has had its part of a day.
    fn quota_esaurita(&self, giorno: Date, giornata: &Giornata) -> bool {
        let Some(quote) = self.orario.quote else { return false };
        let quota = usize::from(quote.di(self.canale));
        let codice = &self.prenotabile.codice;
        let desks = self.orario.sportelli.iter().filter(|s| s.serve(codice) && giornata.chiusura(&s.codice).is_none());
        let seats: usize = desks.map(|sportello| self.griglia(sportello, giorno).count()).sum();
        let taken = giornata.presi(self.adesso).filter(|p| p.canale == self.canale && p.servizio == *codice).count();
        taken * 100 >= quota * seats
    }

    /// Calls back with each free slot of each open desk.
    fn per_ogni_libero(&self, giorno: Date, giornata: &Giornata, mut found: impl FnMut(&'a Sportello, Intervallo)) {
        let margine = minuti(self.prenotabile.margine_minuti);
        let mut taken: Vec<Intervallo> = Vec::new();
        for sportello in self.sportelli().filter(|s| giornata.chiusura(&s.codice).is_none()) {
            taken.clear();
            let of_desk = giornata.presi(self.adesso).filter(|preso| preso.sportello == sportello.codice);
            taken.extend(of_desk.map(super::Preso::occupa));
            taken.sort_unstable();
            let mut next = 0;
            for slot in self.griglia(sportello, giorno) {
                while taken.get(next).is_some_and(|preso| preso.fine <= slot.inizio) {
                    next += 1;
                }
                let wanted = Intervallo { inizio: slot.inizio, fine: dopo(slot.fine, margine) };
                if taken.get(next).is_none_or(|preso| !preso.tocca(wanted)) {
                    found(sportello, slot);
                }
            }
        }
    }

    /// The first desk, in the order of the office, at which a start is free.
    pub(super) fn sportello_libero(
        &self,
        inizio: Timestamp,
        giorno: Date,
        giornata: &Giornata,
    ) -> Option<(&'a Sportello, Intervallo)> {
        let mut first = None;
        self.per_ogni_libero(giorno, giornata, |sportello, slot| {
            if slot.inizio == inizio && first.is_none() {
                first = Some((sportello, slot));
            }
        });
        first
    }
}

/// The free slots of a day in order of time, each with the number of desks that are free at its start. Nothing before the
/// notice, after the horizon, or when the channel has had its part.
pub fn slot_liberi(domanda: &Domanda<'_>, giorno: Date, giornata: &Giornata) -> Vec<SlotLibero> {
    let minimo = prima_di(domanda);
    if crate::termini::fine_giornata(giorno) <= minimo || domanda.oltre_orizzonte(giorno) {
        return Vec::new();
    }
    let mut slots = slot_del_giorno(domanda, giorno, giornata).slot;
    slots.drain(..slots.partition_point(|slot| slot.inizio < minimo));
    slots
}

/// The free slots of a day whoever asks when: an answer that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotDelGiorno {
    /// In order of time, each with the number of desks that are free at its start.
    pub slot: Vec<SlotLibero>,
    /// The instant at which the first live hold ends by itself: until then, and as long as the day does not change, they
    /// are the same.
    pub fino: Timestamp,
}

/// The free slots of a day without regard to notice and horizon, which move with the clock; [`slot_liberi`] and this give
/// one answer.
pub fn slot_del_giorno(domanda: &Domanda<'_>, giorno: Date, giornata: &Giornata) -> SlotDelGiorno {
    let live = giornata.blocchi.iter().filter(|blocco| blocco.vivo(domanda.adesso));
    let fino = live.map(|blocco| blocco.scade).min().unwrap_or(Timestamp::MAX);
    let mut slots: Vec<SlotLibero> = Vec::new();
    if domanda.quota_esaurita(giorno, giornata) {
        return SlotDelGiorno { slot: slots, fino };
    }
    domanda.per_ogni_libero(giorno, giornata, |_, slot| {
        slots.push(SlotLibero { inizio: slot.inizio, fine: slot.fine, liberi: 1 });
    });
    slots.sort_unstable_by_key(|slot| slot.inizio);
    slots.dedup_by(|later, kept| {
        let same = later.inizio == kept.inizio;
        kept.liberi += if same { later.liberi } else { 0 };
        same
    });
    SlotDelGiorno { slot: slots, fino }
}

/// Why a seat no longer fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fuori {
    /// The day, or the desk for that day, was closed.
    Chiusura,
    /// The desk is not open then.
    Orario,
    /// The desk is gone.
    Sportello,
    /// The desk does not serve this any more.
    Servizio,
}

/// A seat that was taken before a closure or a new rule, and that the office has to move or cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostoFuori<'a> {
    /// The seat.
    pub posto: &'a Posto,
    /// Why.
    pub causa: Fuori,
}

/// The seats of a day that no longer fit its rules. A seat off the grid of a new slot length still fits: someone can sit
/// there.
pub fn fuori_orario<'a>(
    giornata: &'a Giornata,
    giorno: Date,
    orario: &Orario,
    calendario: &CalendarioUfficio,
) -> Vec<PostoFuori<'a>> {
    let causa = |posto: &Posto| {
        let preso = &posto.preso;
        if giornata.chiusura(&preso.sportello).is_some() {
            return Some(Fuori::Chiusura);
        }
        let Some(sportello) = orario.sportello(&preso.sportello) else { return Some(Fuori::Sportello) };
        if !sportello.serve(&preso.servizio) {
            return Some(Fuori::Servizio);
        }
        let seat = Intervallo { inizio: preso.inizio, fine: preso.fine };
        let open = aperture(orario, sportello, giorno, calendario).iter().any(|apertura| apertura.contiene(seat));
        (!open).then_some(Fuori::Orario)
    };
    giornata.posti.iter().filter_map(|posto| causa(posto).map(|causa| PostoFuori { posto, causa })).collect()
}
