//! Following the log for the waiting lists: what is committed may have freed a seat, or made somebody wait for one.
//!
//! The log is read, not asked: a commit of any node wakes the reader of each ente, and what it finds says of which offices
//! and services the lists are to be looked at. Holds end without a commit; when they will is noted as they are made. What
//! is missed all the same (after a start, or when the log does not answer) the next round finds.

use super::limits;
use super::processo::ProcessoAppuntamenti;
use domain::ente::CodiceUfficio;
use domain::prenotabile::Orario;
use domain::{Evento, agenda, attesa};
use eventstore::Record;
use jiff::{SignedDuration, Timestamp};
use projections::decode::Opener;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Which waiting lists are to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Interesse {
    /// All of them.
    pub tutte: bool,
    /// Those of the services of these offices.
    pub uffici: BTreeSet<CodiceUfficio>,
    /// Those of these services, by code.
    pub servizi: BTreeSet<String>,
}

impl Interesse {
    /// All lists.
    pub(super) fn tutto() -> Self {
        Self { tutte: true, ..Self::default() }
    }

    fn ufficio(ufficio: CodiceUfficio) -> Self {
        Self { uffici: BTreeSet::from([ufficio]), ..Self::default() }
    }

    /// Whether the list of a service is among them; `orario` knows the hours of an office.
    pub(super) fn riguarda(&self, servizio: &str, orario: impl Fn(&CodiceUfficio) -> Option<Arc<Orario>>) -> bool {
        let at = |ufficio| orario(ufficio).is_some_and(|orario| orario.offre(servizio));
        self.tutte || self.servizi.contains(servizio) || self.uffici.iter().any(at)
    }

    fn unisci(&mut self, other: Self) {
        self.tutte |= other.tutte;
        self.uffici.extend(other.uffici);
        self.servizi.extend(other.servizi);
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a record means for the lists: now, or at an instant to come.
fn significa(record: &Record, opener: &Opener) -> Option<(Interesse, Option<Timestamp>)> {
    match record.kind.as_str() {
        "SlotLiberato" | "PostoLasciato" | "GiornataRiaperta" => {
            Some((Interesse::ufficio(agenda::di_stream(&record.stream)?.0), None))
        }
        // An offer too: where one round makes only so many, the next one goes on.
        "AttesaIscritta" | "PostoOfferto" | "OffertaRifiutata" | "OffertaScaduta" => {
            let servizio = record.stream.strip_prefix(attesa::Event::CATEGORY)?.strip_prefix('-')?;
            Some((Interesse { servizi: BTreeSet::from([servizio.to_owned()]), ..Interesse::default() }, None))
        }
        "OrarioPubblicato" | "PrenotabilePubblicato" => Some((Interesse::tutto(), None)),
        "SlotBloccato" => match opener.open(record) {
            Ok(Evento::Agenda(agenda::Event::SlotBloccato(e))) => Some((Interesse::ufficio(e.ufficio), Some(e.scade))),
            _ => None,
        },
        _ => None,
    }
}

/// What is to be looked at, now and later.
#[derive(Debug, Default)]
struct Note {
    subito: BTreeMap<String, Interesse>,
    /// By the whole second at or after which it is due, so that the same second is one look.
    poi: BTreeMap<i64, BTreeMap<String, Interesse>>,
}

/// What the readers of the log tell the one who looks.
#[derive(Debug, Default)]
pub(super) struct Segnali {
    note: Mutex<Note>,
    arrivo: Notify,
}

fn secondo(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

impl Segnali {
    /// Something is to be looked at: now, or from an instant on.
    pub(super) fn nota(&self, ente: &str, interesse: Interesse, quando: Option<Timestamp>) {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        let due = match quando {
            None => &mut note.subito,
            Some(at) => {
                let second = secondo(at);
                if note.poi.len() >= limits::SCADENZE && !note.poi.contains_key(&second) {
                    return;
                }
                note.poi.entry(second).or_default()
            }
        };
        due.entry(ente.to_owned()).or_default().unisci(interesse);
        drop(note);
        self.arrivo.notify_one();
    }

    /// Takes what is due, by ente.
    pub(super) fn prendi(&self, adesso: Timestamp) -> BTreeMap<String, Interesse> {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = std::mem::take(&mut note.subito);
        let later = note.poi.split_off(&(adesso.as_second() + 1));
        for (ente, interesse) in std::mem::replace(&mut note.poi, later).into_values().flatten() {
            due.entry(ente).or_default().unisci(interesse);
        }
        due
    }

    /// How long until something is due that is known of.
    pub(super) fn fra(&self, adesso: Timestamp) -> Option<SignedDuration> {
        let note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        if !note.subito.is_empty() {
            return Some(SignedDuration::ZERO);
        }
        let next = Timestamp::from_second(*note.poi.first_key_value()?.0).ok()?;
        Some(next.duration_since(adesso).max(SignedDuration::ZERO))
    }

    /// Waits until something is noted.
    pub(super) async fn arriva(&self) {
        self.arrivo.notified().await;
    }

    #[cfg(test)]
    pub(super) fn scadenze(&self) -> usize {
        self.note.lock().unwrap().poi.len()
    }
}

impl ProcessoAppuntamenti {
    /// Follows the log of one ente from its end on, until `stop`.
    pub(super) async fn segui(&self, ente: &str, segnali: &Segnali, stop: &CancellationToken) {
        // Subscribed before the first read: nothing is committed unnoticed in between.
        let mut wake = self.app.parts.store.wake(ente);
        let mut letto = None;
        while !stop.is_cancelled() {
            wake.borrow_and_update();
            let healthy = match self.leggi_nuovi(ente, &mut letto, segnali).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(ente, %error, "what frees seats cannot be followed now");
                    false
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(limits::RESPIRO) => {}
            }
            let woken = async {
                if !healthy || wake.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = woken => {}
                () = tokio::time::sleep(limits::GIRO) => {}
            }
        }
    }

    pub(super) async fn leggi_nuovi(
        &self,
        ente: &str,
        letto: &mut Option<u64>,
        segnali: &Segnali,
    ) -> Result<(), eventstore::ReadError> {
        let parts = &self.app.parts;
        let mut after = match *letto {
            Some(after) => after,
            None => *letto.insert(parts.store.head(ente).await?.position),
        };
        loop {
            let records = parts.store.read_all(ente, after, limits::PAGINA_SEGUITA).await?;
            let Some(last) = records.last() else { return Ok(()) };
            after = last.position;
            *letto = Some(after);
            let mut now = Interesse::default();
            for record in &records {
                match significa(record, &parts.opener) {
                    Some((interesse, None)) => now.unisci(interesse),
                    Some((interesse, quando)) => segnali.nota(ente, interesse, quando),
                    None => {}
                }
            }
            if !now.is_empty() {
                segnali.nota(ente, now, None);
            }
            if records.len() < limits::PAGINA_SEGUITA {
                return Ok(());
            }
        }
    }
}
