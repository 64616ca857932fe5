//! Folded waiting lists at hand, and what takes a booking out of one in the commit that changes the booking.
//!
//! A list is kept as folded, so that a look at it reads only what is new; of a service without a list nothing is read, and
//! a booking that waits in none neither expects nor writes anything more than before.

use super::limits;
use super::voluto::attesa;
use crate::app::App;
use crate::commands::{Attesa, DecideInsieme};
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::agenda::{self, Giornata};
use domain::appuntamento::Dettaglio;
use domain::attesa::{self as lista, CausaUscita, Iscrizione, Lista, Offerta};
use domain::ids::BloccoId;
use domain::pratica::Pratica;
use domain::{Ctx, Evento, Refused};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// Ente and code of the service.
type Nome = (String, String);

/// A list as folded up to a version of its stream.
pub(crate) type Piegata = (Arc<Lista>, u64);

/// The waiting lists of all services.
pub(crate) struct Liste(Mutex<LruCache<Nome, Piegata>>);

impl Default for Liste {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(limits::LISTE).unwrap_or(NonZeroUsize::MIN))))
    }
}

impl Liste {
    fn piegata(&self, nome: &Nome) -> Piegata {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(nome).cloned().unwrap_or_default()
    }

    pub(super) fn tieni(&self, nome: Nome, (lista, version): &Piegata) {
        let mut liste = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have read further meanwhile.
        if liste.peek(&nome).is_none_or(|(_, known)| known < version) {
            liste.put(nome, (lista.clone(), *version));
        }
    }

    #[cfg(test)]
    pub(super) fn tenute(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// The place of a booking in a list, as read.
pub(super) struct InAttesa {
    /// The list.
    pub lista: Arc<Lista>,
    /// The version of its stream.
    pub version: u64,
    /// The place.
    pub posto: Iscrizione,
    servizio: String,
}

impl InAttesa {
    /// The offer that can still be accepted.
    pub(super) fn aperta(&self, adesso: jiff::Timestamp) -> Option<&Offerta> {
        self.posto.offerta.as_ref().filter(|offerta| adesso < offerta.scade)
    }
}

/// The hold of an offer, on its day.
struct Tenuto {
    giornata: Arc<Giornata>,
    blocco: BloccoId,
    /// The stream of the day, where the change writes to it too.
    insieme: Option<usize>,
}

impl Tenuto {
    /// What ends the hold, after what else happens to the day; nothing when it ended by itself.
    fn libera(&self, before: &[Evento], ctx: &Ctx) -> Result<Vec<Evento>, Refused> {
        let state = before.iter().fold((*self.giornata).clone(), |state, evento| match evento {
            Evento::Agenda(event) => agenda::evolve(state, event),
            _ => state,
        });
        if !state.blocchi.iter().any(|held| held.blocco == self.blocco && held.vivo(ctx.at)) {
            return Ok(Vec::new());
        }
        let freed = agenda::decide(&state, agenda::Command::Libera { blocco: self.blocco }, ctx)?;
        Ok(freed.into_iter().map(Evento::Agenda).collect())
    }
}

impl App {
    /// The waiting list of a service and the version of its stream. It grows for years: only what is new since the last look
    /// is read, in pages.
    pub(crate) async fn lista(&self, ente: &str, servizio: &str) -> Result<Piegata, AppError> {
        let (nome, stream) = ((ente.to_owned(), servizio.to_owned()), lista::stream(servizio));
        let (mut folded, mut version) = self.liste.piegata(&nome);
        for _ in 0..limits::PAGINE_LISTA {
            let records = self.parts.store.read_stream(ente, &stream, version, eventstore::limits::PAGE).await?;
            let Some(last) = records.last() else { return Ok((folded, version)) };
            version = last.version;
            let mut state = Arc::unwrap_or_clone(folded);
            for record in &records {
                if let Evento::Attesa(event) = self.parts.opener.open(record)? {
                    state = lista::evolve(state, &event);
                }
            }
            folded = Arc::new(state);
            self.liste.tieni(nome.clone(), &(folded.clone(), version));
            if records.len() < eventstore::limits::PAGE {
                return Ok((folded, version));
            }
        }
        Err(AppError::Interno(format!("the list {stream} has more events than any list")))
    }

    /// The place of a booking in the list of its service, if it waits.
    pub(super) async fn in_attesa(
        &self,
        ctx: &Contesto,
        pratica: &Pratica<Dettaglio>,
    ) -> Result<Option<InAttesa>, AppError> {
        let (ente, servizio) = (ctx.codice_ente(), &pratica.dettaglio.servizio);
        let has_list = self.prenotabile(ctx, servizio).is_some_and(|service| service.lista_attesa);
        // A service may have had a list before.
        if !has_list && self.liste.piegata(&(ente.to_owned(), servizio.clone())).0.iscrizioni.is_empty() {
            return Ok(None);
        }
        let (lista, version) = self.lista(ente, servizio).await?;
        let posto = lista.di(pratica.base.id).cloned();
        Ok(posto.map(|posto| InAttesa { lista, version, posto, servizio: servizio.clone() }))
    }

    /// A change of a booking with the end of its place in the list, if it has one: the hold of an open offer is freed, and
    /// the next may be asked. The streams of the change keep their order; those of the list come after them.
    pub(super) async fn e_lascia_la_lista(
        &self,
        ente: &str,
        place: Option<InAttesa>,
        (mut streams, decide): (Vec<Attesa>, DecideInsieme),
    ) -> Result<(Vec<Attesa>, DecideInsieme), AppError> {
        let Some(InAttesa { lista, version, posto, servizio }) = place else { return Ok((streams, decide)) };
        let mut held = None;
        if let Some(Offerta { slot, blocco, .. }) = &posto.offerta {
            let day = agenda::stream(&slot.ufficio, slot.giorno());
            let (giornata, at_day) = self.giornata(ente, &slot.ufficio, slot.giorno()).await?;
            let insieme = streams.iter().position(|(stream, _)| *stream == day);
            if insieme.is_none() {
                streams.push((day, attesa(at_day)));
            }
            held = Some(Tenuto { giornata, blocco: *blocco, insieme });
        }
        streams.push((lista::stream(&servizio), attesa(version)));
        let iscrizione = posto.iscrizione;
        let decide: DecideInsieme = Arc::new(move |ctx| {
            let mut all = decide(ctx)?;
            if let Some(held) = &held {
                let before = held.insieme.and_then(|index| all.get(index)).map_or(&[][..], Vec::as_slice);
                let freed = held.libera(before, ctx)?;
                match held.insieme.and_then(|index| all.get_mut(index)) {
                    Some(day) => day.extend(freed),
                    None => all.push(freed),
                }
            }
            let leave = lista::Command::Lascia { iscrizione, causa: CausaUscita::Superata };
            all.push(lista::decide(&lista, leave, ctx)?.into_iter().map(Evento::Attesa).collect());
            Ok(all)
        });
        Ok((streams, decide))
    }
}
