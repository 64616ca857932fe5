//! Decisions of a waiting list. First come, first offered (L. 241/1990 art. 1: impartiality).

use super::events::{
    AttesaIscritta, AttesaLasciata, CausaUscita, Event, OffertaAccettata, OffertaRifiutata, OffertaScaduta,
    PostoOfferto,
};
use crate::Ctx;
use crate::ente::CodiceUfficio;
use crate::ids::{BloccoId, IscrizioneId, PersonaId, PraticaId};
use crate::prenotabile::SlotId;
use crate::refusal::{Refusal, Refused};
use crate::termini::data_locale;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Time to accept an offer.
pub const TEMPO_PER_ACCETTARE: SignedDuration = SignedDuration::from_hours(2);
/// An offer ends at the latest so long before its slot: one has to get there.
pub const MARGINE_OFFERTA: SignedDuration = SignedDuration::from_hours(1);
/// Places in the list of one service.
pub const MAX_ISCRIZIONI: usize = 1_000;
/// Offices that one place may name.
pub const MAX_UFFICI: usize = 20;

/// An offer that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offerta {
    /// The slot.
    pub slot: SlotId,
    /// The hold.
    pub blocco: BloccoId,
    /// Until when it can be accepted.
    pub scade: Timestamp,
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iscrizione {
    /// The place.
    pub iscrizione: IscrizioneId,
    /// Who waits.
    pub persona: PersonaId,
    /// The booking to bring forward.
    pub appuntamento: PraticaId,
    /// When it starts.
    pub prima_di: Timestamp,
    /// Offices that would do; empty: any.
    pub uffici: Vec<CodiceUfficio>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do.
    pub entro: Date,
    /// The open offer.
    pub offerta: Option<Offerta>,
    /// Slots that were offered before: nobody is asked twice.
    pub offerti: Vec<SlotId>,
}

impl Iscrizione {
    /// Whether a slot would do, and was not offered before.
    pub fn adatto(&self, slot: &SlotId) -> bool {
        self.offerta.is_none()
            && slot.inizio < self.prima_di
            && (self.dal..=self.entro).contains(&slot.giorno())
            && (self.uffici.is_empty() || self.uffici.contains(&slot.ufficio))
            && !self.offerti.contains(slot)
    }
}

/// A waiting list, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lista {
    /// The places.
    pub iscrizioni: Vec<Iscrizione>,
}

impl Lista {
    /// Who is to be offered a slot: the first for whom it would do.
    pub fn primo(&self, slot: &SlotId) -> Option<&Iscrizione> {
        self.iscrizioni.iter().find(|iscrizione| iscrizione.adatto(slot))
    }

    /// A place by its id.
    pub fn iscrizione(&self, id: IscrizioneId) -> Option<&Iscrizione> {
        self.iscrizioni.iter().find(|iscrizione| iscrizione.iscrizione == id)
    }

    /// The place of a booking.
    pub fn di(&self, appuntamento: PraticaId) -> Option<&Iscrizione> {
        self.iscrizioni.iter().find(|iscrizione| iscrizione.appuntamento == appuntamento)
    }

    /// Offers whose time is over.
    pub fn scadute(&self, adesso: Timestamp) -> impl Iterator<Item = &Iscrizione> {
        self.iscrizioni.iter().filter(move |i| i.offerta.as_ref().is_some_and(|offerta| offerta.scade <= adesso))
    }
}

/// Until when an offer made now can be accepted; none when its slot is too near.
pub fn scadenza_offerta(slot: &SlotId, adesso: Timestamp) -> Option<Timestamp> {
    let latest = slot.inizio.checked_sub(MARGINE_OFFERTA).ok()?;
    let scade = adesso.checked_add(TEMPO_PER_ACCETTARE).ok()?.min(latest);
    (scade > adesso).then_some(scade)
}

/// What can be asked of a waiting list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Wait.
    Iscrivi(Box<AttesaIscritta>),
    /// Offer a slot to the first for whom it would do.
    Offri {
        /// The slot.
        slot: SlotId,
        /// Its hold.
        blocco: BloccoId,
    },
    /// Accept the open offer.
    Accetta {
        /// The place.
        iscrizione: IscrizioneId,
    },
    /// Decline the open offer; the place is kept.
    Rifiuta {
        /// The place.
        iscrizione: IscrizioneId,
    },
    /// The open offer was not answered in time; the place is kept.
    Scadi {
        /// The place.
        iscrizione: IscrizioneId,
    },
    /// Wait no more.
    Lascia {
        /// The place.
        iscrizione: IscrizioneId,
        /// Why.
        causa: CausaUscita,
    },
}

/// Decides a command.
///
/// # Errors
/// `gia-in-attesa`, `lista-piena`, `giorni-non-validi`, `troppi-uffici`, `nessuno-in-attesa`, `offerta-tardiva`,
/// `iscrizione-inesistente`, `offerta-inesistente`, `offerta-scaduta`, `offerta-aperta`.
pub fn decide(state: &Lista, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    Ok(vec![match command {
        Command::Iscrivi(iscritta) => iscrivi(state, *iscritta, ctx)?,
        Command::Offri { slot, blocco } => {
            let first = state.primo(&slot).ok_or_else(|| Refusal::whole("nessuno-in-attesa"))?;
            let scade = scadenza_offerta(&slot, ctx.at).ok_or_else(|| Refusal::whole("offerta-tardiva"))?;
            PostoOfferto { iscrizione: first.iscrizione, slot, blocco, scade, il: ctx.at }.into()
        }
        Command::Accetta { iscrizione } => {
            let offerta = aperta(state, iscrizione)?;
            if offerta.scade <= ctx.at {
                return Err(Refusal::whole("offerta-scaduta").into());
            }
            OffertaAccettata { iscrizione, slot: offerta.slot.clone(), il: ctx.at }.into()
        }
        Command::Rifiuta { iscrizione } => {
            let slot = aperta(state, iscrizione)?.slot.clone();
            OffertaRifiutata { iscrizione, slot, il: ctx.at }.into()
        }
        Command::Scadi { iscrizione } => {
            let offerta = aperta(state, iscrizione)?;
            if ctx.at < offerta.scade {
                return Err(Refusal::whole("offerta-aperta").into());
            }
            OffertaScaduta { iscrizione, slot: offerta.slot.clone(), il: ctx.at }.into()
        }
        Command::Lascia { iscrizione, causa } => {
            state.iscrizione(iscrizione).ok_or_else(|| Refusal::whole("iscrizione-inesistente"))?;
            AttesaLasciata { iscrizione, causa, il: ctx.at }.into()
        }
    }])
}

fn aperta(state: &Lista, iscrizione: IscrizioneId) -> Result<&Offerta, Refusal> {
    let place = state.iscrizione(iscrizione).ok_or_else(|| Refusal::whole("iscrizione-inesistente"))?;
    place.offerta.as_ref().ok_or_else(|| Refusal::whole("offerta-inesistente"))
}

fn iscrivi(state: &Lista, iscritta: AttesaIscritta, ctx: &Ctx) -> Result<Event, Refused> {
    if state.di(iscritta.appuntamento).is_some() || state.iscrizione(iscritta.iscrizione).is_some() {
        return Err(Refusal::whole("gia-in-attesa").into());
    }
    if state.iscrizioni.len() >= MAX_ISCRIZIONI {
        return Err(Refusal::whole("lista-piena").with("max", MAX_ISCRIZIONI).into());
    }
    if iscritta.uffici.len() > MAX_UFFICI {
        return Err(Refusal::field("uffici", "troppi-uffici").with("max", MAX_UFFICI).into());
    }
    let oggi = data_locale(ctx.at);
    if iscritta.entro < iscritta.dal || iscritta.entro < oggi || iscritta.dal > data_locale(iscritta.prima_di) {
        return Err(Refusal::field("entro", "giorni-non-validi").into());
    }
    Ok(AttesaIscritta { il: ctx.at, ..iscritta }.into())
}

/// Folds one event.
pub fn evolve(mut state: Lista, event: &Event) -> Lista {
    match event {
        Event::AttesaIscritta(e) => state.iscrizioni.push(Iscrizione {
            iscrizione: e.iscrizione,
            persona: e.persona,
            appuntamento: e.appuntamento,
            prima_di: e.prima_di,
            uffici: e.uffici.clone(),
            dal: e.dal,
            entro: e.entro,
            offerta: None,
            offerti: Vec::new(),
        }),
        Event::PostoOfferto(e) => {
            if let Some(place) = state.iscrizioni.iter_mut().find(|i| i.iscrizione == e.iscrizione) {
                place.offerti.push(e.slot.clone());
                place.offerta = Some(Offerta { slot: e.slot.clone(), blocco: e.blocco, scade: e.scade });
            }
        }
        Event::OffertaScaduta(e) => chiudi(&mut state, e.iscrizione),
        Event::OffertaRifiutata(e) => chiudi(&mut state, e.iscrizione),
        Event::OffertaAccettata(e) => state.iscrizioni.retain(|i| i.iscrizione != e.iscrizione),
        Event::AttesaLasciata(e) => state.iscrizioni.retain(|i| i.iscrizione != e.iscrizione),
    }
    state
}

fn chiudi(state: &mut Lista, iscrizione: IscrizioneId) {
    if let Some(place) = state.iscrizioni.iter_mut().find(|i| i.iscrizione == iscrizione) {
        place.offerta = None;
    }
}
