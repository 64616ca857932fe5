//! Decisions of an office's day.

use super::events::{
    CausaLascito, CausaLiberazione, EsitoTurno, Event, GiornataChiusa, GiornataRiaperta, PostoLasciato, PostoPrenotato,
    SlotBloccato, SlotLiberato, TurnoAssegnato, TurnoChiamato, TurnoConcluso,
};
use super::giornata::{Blocco, Giornata, Preso, StatoTurno, evolve};
use super::slot::{Domanda, Esigenze, Impedimento, dopo, minuti, prima_di, slot_liberi};
use crate::Ctx;
use crate::ente::CodiceUfficio;
use crate::ids::{BloccoId, PersonaId, PraticaId};
use crate::persona::{Operatore, Ruolo};
use crate::prenotabile::{Canale, Orario, Prenotabile, SlotId};
use crate::refusal::{Refusal, Refused};
use crate::termini::{CalendarioUfficio, data_locale};
use crate::testo::riga;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How long a slot is held while its booking is filled in.
pub const DURATA_BLOCCO: SignedDuration = SignedDuration::from_mins(10);
/// How long a slot may be held for an offer to who waits.
pub const MAX_DURATA_OFFERTA: SignedDuration = SignedDuration::from_hours(2);
/// Live holds of one person at one office and day; a further one takes the place of the oldest.
pub const MAX_BLOCCHI: usize = 2;
/// Free slots named in a refusal.
pub const MAX_ALTERNATIVE: usize = 5;
/// Ends of holds that one write records besides what it does itself: the events of one commit are limited.
pub const MAX_SCADUTI: usize = 12;
/// Numbers of an office and day.
pub const MAX_TURNI: u16 = 9_999;

/// Limits of what is written, in characters.
pub mod limiti {
    /// Why a day is closed.
    pub const MOTIVO: usize = 200;
    /// Code of a desk.
    pub const SPORTELLO: usize = 40;
    /// Desks of one closure.
    pub const SPORTELLI: usize = 40;
}

/// A slot that someone wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Richiesta {
    /// Opening hours of the office.
    pub orario: Arc<Orario>,
    /// The service.
    pub prenotabile: Arc<Prenotabile>,
    /// Holidays of the ente.
    pub calendario: Arc<CalendarioUfficio>,
    /// Start of the slot.
    pub inizio: Timestamp,
    /// Through which channel.
    pub canale: Canale,
    /// Who comes.
    pub persona: PersonaId,
    /// Language that the desk must speak (BCP 47).
    pub lingua: Option<String>,
    /// Whether the desk must be usable from a wheelchair.
    pub accessibile: bool,
}

impl Richiesta {
    /// The day to whose agenda it belongs.
    pub fn giorno(&self) -> Date {
        data_locale(self.inizio)
    }

    fn domanda(&self, adesso: Timestamp) -> Domanda<'_> {
        Domanda {
            orario: &self.orario,
            prenotabile: &self.prenotabile,
            calendario: &self.calendario,
            adesso,
            canale: self.canale,
            esigenze: Esigenze { lingua: self.lingua.as_deref(), accessibile: self.accessibile },
        }
    }
}

/// What can be asked of an agenda.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Hold a slot.
    Blocca {
        /// Id drawn beforehand.
        blocco: BloccoId,
        /// The slot.
        richiesta: Box<Richiesta>,
        /// Until when, for an offer to who waits; none: [`DURATA_BLOCCO`].
        offerta: Option<Timestamp>,
    },
    /// Give a hold up.
    Libera {
        /// The hold.
        blocco: BloccoId,
    },
    /// Take a seat.
    Prenota {
        /// The booking.
        appuntamento: PraticaId,
        /// The slot.
        richiesta: Box<Richiesta>,
        /// The hold of that slot, where there is one.
        blocco: Option<BloccoId>,
    },
    /// Take another seat of the same day.
    Sposta {
        /// The booking.
        appuntamento: PraticaId,
        /// The slot.
        richiesta: Box<Richiesta>,
        /// The hold of that slot, where there is one.
        blocco: Option<BloccoId>,
    },
    /// Leave a seat.
    Lascia {
        /// The booking.
        appuntamento: PraticaId,
        /// Why.
        causa: CausaLascito,
    },
    /// Close the day.
    Chiudi {
        /// Office.
        ufficio: CodiceUfficio,
        /// Day.
        giorno: Date,
        /// Codes of the desks; empty: all.
        sportelli: Vec<String>,
        /// Why, for citizens.
        motivo: String,
    },
    /// Lift closures.
    Riapri {
        /// Office.
        ufficio: CodiceUfficio,
        /// Day.
        giorno: Date,
        /// Codes of the desks; empty: all.
        sportelli: Vec<String>,
    },
    /// Give a number to who arrived.
    AssegnaTurno {
        /// Day of the agenda: numbers are given on the day itself.
        giorno: Date,
        /// The booking; none for who comes without one.
        appuntamento: Option<PraticaId>,
        /// Code of the bookable service.
        servizio: String,
    },
    /// Call a number to a desk; once more, too, also when nobody answered before.
    ChiamaTurno {
        /// Number.
        turno: u16,
        /// Code of the desk.
        sportello: String,
    },
    /// Be done with a number.
    ConcludiTurno {
        /// Number.
        turno: u16,
        /// What came of it.
        esito: EsitoTurno,
    },
}

/// Decides a command. Holds whose time is over are free by themselves; that they ended is recorded first.
///
/// # Errors
/// `slot-non-disponibile` with up to [`MAX_ALTERNATIVE`] free slots of the day in `alternative`; `slot-passato`,
/// `preavviso`, `oltre-orizzonte`, `giornata-chiusa`, `quota-esaurita`, `blocco-scaduto`, `gia-prenotato`,
/// `posto-inesistente`, and those of the office's steps.
pub fn decide(state: &Giornata, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let mut events: Vec<Event> = scaduti(state, ctx.at);
    let state = &events.iter().fold(state.clone(), evolve);
    // The rest is free all the same; later writes record it.
    events.truncate(MAX_SCADUTI);
    match command {
        Command::Blocca { blocco, richiesta, offerta } => {
            events.extend(blocca(state, blocco, &richiesta, offerta, ctx)?);
        }
        Command::Libera { blocco } => {
            if !state.blocchi.iter().any(|live| live.blocco == blocco) {
                return Err(Refusal::whole("blocco-scaduto").into());
            }
            events.push(libera(blocco, CausaLiberazione::Rinuncia, ctx.at));
        }
        Command::Prenota { appuntamento, richiesta, blocco } => {
            events.extend(prenota(state, appuntamento, &richiesta, blocco, ctx)?);
        }
        Command::Sposta { appuntamento, richiesta, blocco } => {
            let left = lascia(state, appuntamento, CausaLascito::Spostato, ctx)?;
            let without = evolve(state.clone(), &left);
            events.push(left);
            events.extend(prenota(&without, appuntamento, &richiesta, blocco, ctx)?);
        }
        Command::Lascia { appuntamento, causa } => events.push(lascia(state, appuntamento, causa, ctx)?),
        Command::Chiudi { ufficio, giorno, sportelli, motivo } => {
            events.push(chiudi(state, (ufficio, giorno), sportelli, &motivo, ctx)?);
        }
        Command::Riapri { ufficio, giorno, sportelli } => {
            events.push(riapri(state, (ufficio, giorno), sportelli, ctx)?);
        }
        Command::AssegnaTurno { giorno, appuntamento, servizio } => {
            events.push(assegna_turno(state, giorno, appuntamento, servizio, ctx)?);
        }
        Command::ChiamaTurno { turno, sportello } => events.push(chiama_turno(state, turno, &sportello, ctx)?),
        Command::ConcludiTurno { turno, esito } => events.push(concludi_turno(state, turno, esito, ctx)?),
    }
    Ok(events)
}

fn libera(blocco: BloccoId, causa: CausaLiberazione, il: Timestamp) -> Event {
    SlotLiberato { blocco, causa, il }.into()
}

fn scaduti(state: &Giornata, adesso: Timestamp) -> Vec<Event> {
    let over = state.blocchi.iter().filter(|blocco| !blocco.vivo(adesso));
    over.map(|blocco| libera(blocco.blocco, CausaLiberazione::Scaduto, adesso)).collect()
}

/// The desk that a slot gets, or why it gets none.
fn cerca(state: &Giornata, richiesta: &Richiesta, adesso: Timestamp) -> Result<Preso, Refused> {
    let (domanda, giorno) = (richiesta.domanda(adesso), richiesta.giorno());
    let prenotabile = &richiesta.prenotabile;
    if richiesta.inizio < adesso {
        return Err(Refusal::field("slotId", "slot-passato").into());
    }
    if let Some(motivo) = chiusa(state, &richiesta.orario, &prenotabile.codice) {
        return Err(Refusal::field("slotId", "giornata-chiusa").with("motivo", motivo).into());
    }
    if richiesta.inizio < prima_di(&domanda) {
        return Err(Refusal::field("slotId", "preavviso").with("ore", prenotabile.preavviso_ore).into());
    }
    match domanda.impedimento(giorno, state) {
        Some(Impedimento::Orizzonte) => {
            let refusal = Refusal::field("slotId", "oltre-orizzonte");
            return Err(refusal.with("giorni", prenotabile.orizzonte_giorni).into());
        }
        Some(Impedimento::Quota) => return Err(Refusal::field("slotId", "quota-esaurita").into()),
        None => {}
    }
    let Some((sportello, slot)) = domanda.sportello_libero(richiesta.inizio, giorno, state) else {
        let refusal = Refusal::field("slotId", "slot-non-disponibile");
        return Err(refusal.with("alternative", alternative(state, richiesta, adesso)).into());
    };
    Ok(Preso {
        servizio: prenotabile.codice.clone(),
        sportello: sportello.codice.clone(),
        inizio: slot.inizio,
        fine: slot.fine,
        libero_dal: dopo(slot.fine, minuti(prenotabile.margine_minuti)),
        canale: richiesta.canale,
        persona: richiesta.persona,
    })
}

/// Why all desks of a service are closed, when they are.
fn chiusa<'a>(state: &'a Giornata, orario: &Orario, servizio: &str) -> Option<&'a str> {
    let mut desks = orario.sportelli.iter().filter(|sportello| sportello.serve(servizio));
    let first = state.chiusura(&desks.next()?.codice)?;
    desks.all(|sportello| state.chiusura(&sportello.codice).is_some()).then_some(first.motivo.as_str())
}

/// The next free slots of the day, then the last ones before the wanted one; comma separated.
fn alternative(state: &Giornata, richiesta: &Richiesta, adesso: Timestamp) -> String {
    let free = slot_liberi(&richiesta.domanda(adesso), richiesta.giorno(), state);
    let split = free.partition_point(|slot| slot.inizio < richiesta.inizio);
    let ordered = free[split..].iter().chain(free[..split].iter().rev());
    let name = |inizio| SlotId {
        ufficio: richiesta.orario.ufficio.clone(),
        servizio: richiesta.prenotabile.codice.clone(),
        inizio,
    };
    let names: Vec<String> = ordered.take(MAX_ALTERNATIVE).map(|slot| name(slot.inizio).to_string()).collect();
    names.join(",")
}

fn blocca(
    state: &Giornata,
    blocco: BloccoId,
    richiesta: &Richiesta,
    offerta: Option<Timestamp>,
    ctx: &Ctx,
) -> Result<Vec<Event>, Refused> {
    if state.blocchi.iter().any(|live| live.blocco == blocco) {
        return Err(Refusal::whole("gia-bloccato").into());
    }
    let mut events: Vec<Event> = Vec::new();
    let mut state = state.clone();
    let mine = |held: &Blocco| held.preso.persona == richiesta.persona && !held.offerta;
    if offerta.is_none() {
        // A page that is loaded anew asks for the same slot; who looks at a third one has left the first.
        let again = |held: &&Blocco| {
            held.preso.servizio == richiesta.prenotabile.codice && held.preso.inizio == richiesta.inizio
        };
        let same = state.blocchi.iter().filter(|held| mine(held)).find(again).map(|held| held.blocco);
        let count = state.blocchi.iter().filter(|held| mine(held)).count();
        let oldest = || state.blocchi.iter().find(|held| mine(held)).map(|held| held.blocco);
        let freed = same.or_else(|| (count >= MAX_BLOCCHI).then(oldest).flatten());
        events.extend(freed.map(|blocco| libera(blocco, CausaLiberazione::Sostituito, ctx.at)));
        state = events.iter().fold(state, evolve);
    }
    let preso = cerca(&state, richiesta, ctx.at)?;
    let scade = match offerta {
        Some(scade) => scade.min(dopo(ctx.at, MAX_DURATA_OFFERTA)),
        None => dopo(ctx.at, DURATA_BLOCCO),
    };
    let bloccato = SlotBloccato {
        ufficio: richiesta.orario.ufficio.clone(),
        giorno: richiesta.giorno(),
        blocco,
        servizio: preso.servizio,
        sportello: preso.sportello,
        inizio: preso.inizio,
        fine: preso.fine,
        libero_dal: preso.libero_dal,
        canale: preso.canale,
        persona: preso.persona,
        scade,
        offerta: offerta.is_some(),
    };
    events.push(bloccato.into());
    Ok(events)
}

fn prenota(
    state: &Giornata,
    appuntamento: PraticaId,
    richiesta: &Richiesta,
    blocco: Option<BloccoId>,
    ctx: &Ctx,
) -> Result<Vec<Event>, Refused> {
    if state.posto(appuntamento).is_some() {
        return Err(Refusal::whole("gia-prenotato").into());
    }
    let mut events = Vec::new();
    let preso = match blocco {
        Some(id) => {
            let mine = |held: &&Blocco| {
                held.blocco == id
                    && held.preso.persona == richiesta.persona
                    && held.preso.servizio == richiesta.prenotabile.codice
                    && held.preso.inizio == richiesta.inizio
            };
            let Some(held) = state.blocchi.iter().find(mine) else {
                let refusal = Refusal::field("slotId", "blocco-scaduto");
                return Err(refusal.with("alternative", alternative(state, richiesta, ctx.at)).into());
            };
            // Notice, horizon and quota were those of the hold; a closure since then is not.
            if let Some(chiusura) = state.chiusura(&held.preso.sportello) {
                return Err(Refusal::field("slotId", "giornata-chiusa").with("motivo", &chiusura.motivo).into());
            }
            events.push(libera(id, CausaLiberazione::Prenotato, ctx.at));
            // Through the channel of who books now: an officer may end what a citizen began.
            Preso { canale: richiesta.canale, ..held.preso.clone() }
        }
        None => cerca(state, richiesta, ctx.at)?,
    };
    let prenotato = PostoPrenotato {
        appuntamento,
        servizio: preso.servizio,
        sportello: preso.sportello,
        inizio: preso.inizio,
        fine: preso.fine,
        libero_dal: preso.libero_dal,
        canale: preso.canale,
        persona: preso.persona,
    };
    events.push(prenotato.into());
    Ok(events)
}

fn lascia(state: &Giornata, appuntamento: PraticaId, causa: CausaLascito, ctx: &Ctx) -> Result<Event, Refused> {
    if state.posto(appuntamento).is_none() {
        return Err(Refusal::whole("posto-inesistente").into());
    }
    Ok(PostoLasciato { appuntamento, causa, il: ctx.at }.into())
}

fn ufficio(ctx: &Ctx) -> Result<Operatore, Refusal> {
    if ctx.attore.ruolo == Ruolo::Cittadino {
        return Err(Refusal::whole("non-autorizzato"));
    }
    Ok((&ctx.attore).into())
}

fn sportelli(mut codici: Vec<String>) -> Result<Vec<String>, Refusal> {
    if codici.len() > limiti::SPORTELLI {
        return Err(Refusal::field("sportelli", "troppi-sportelli").with("max", limiti::SPORTELLI));
    }
    codici.iter().try_for_each(|codice| riga("sportelli", codice, 1, limiti::SPORTELLO).map(|_| ()))?;
    codici.sort_unstable();
    codici.dedup();
    Ok(codici)
}

fn chiudi(
    state: &Giornata,
    (ufficio_chiuso, giorno): (CodiceUfficio, Date),
    codici: Vec<String>,
    motivo: &str,
    ctx: &Ctx,
) -> Result<Event, Refused> {
    let operatore = ufficio(ctx)?;
    let motivo = riga("motivo", motivo, 3, limiti::MOTIVO)?;
    let sportelli = sportelli(codici)?;
    let whole = state.chiusure.iter().any(|chiusura| chiusura.sportelli.is_empty());
    let each = !sportelli.is_empty() && sportelli.iter().all(|codice| state.chiusura(codice).is_some());
    if whole || each {
        return Err(Refusal::whole("gia-chiusa").into());
    }
    Ok(GiornataChiusa { ufficio: ufficio_chiuso, giorno, sportelli, motivo, operatore, il: ctx.at }.into())
}

fn riapri(
    state: &Giornata,
    (ufficio_aperto, giorno): (CodiceUfficio, Date),
    codici: Vec<String>,
    ctx: &Ctx,
) -> Result<Event, Refused> {
    let operatore = ufficio(ctx)?;
    let sportelli = sportelli(codici)?;
    if state.chiusure.is_empty() || sportelli.iter().any(|codice| state.chiusura(codice).is_none()) {
        return Err(Refusal::whole("giornata-aperta").into());
    }
    if !sportelli.is_empty() && state.chiusure.iter().any(|chiusura| chiusura.sportelli.is_empty()) {
        return Err(Refusal::field("sportelli", "chiusura-intera").into());
    }
    Ok(GiornataRiaperta { ufficio: ufficio_aperto, giorno, sportelli, operatore, il: ctx.at }.into())
}

fn assegna_turno(
    state: &Giornata,
    giorno: Date,
    appuntamento: Option<PraticaId>,
    servizio: String,
    ctx: &Ctx,
) -> Result<Event, Refused> {
    if data_locale(ctx.at) != giorno {
        return Err(Refusal::whole("altro-giorno").with("giorno", giorno).into());
    }
    if let Some(id) = appuntamento {
        if state.posto(id).is_none() {
            return Err(Refusal::whole("posto-inesistente").into());
        }
        if let Some(turno) = state.turni.iter().find(|turno| turno.appuntamento == Some(id)) {
            return Err(Refusal::whole("turno-gia-assegnato").with("turno", turno.turno).into());
        }
    }
    let last = state.turni.last().map_or(0, |turno| turno.turno);
    if last >= MAX_TURNI {
        return Err(Refusal::whole("turni-esauriti").with("max", MAX_TURNI).into());
    }
    Ok(TurnoAssegnato { turno: last + 1, appuntamento, servizio, il: ctx.at }.into())
}

fn chiama_turno(state: &Giornata, turno: u16, sportello: &str, ctx: &Ctx) -> Result<Event, Refused> {
    let operatore = ufficio(ctx)?;
    let sportello = riga("sportello", sportello, 1, limiti::SPORTELLO)?;
    let found = state.turno(turno).ok_or_else(|| Refusal::field("turno", "turno-inesistente"))?;
    // Who did not answer may be called again later: they were outside for a moment.
    if matches!(found.stato, StatoTurno::Concluso { esito: EsitoTurno::Servito, .. }) {
        return Err(Refusal::field("turno", "turno-concluso").into());
    }
    let there = |other: &&super::Turno| {
        other.turno != turno && matches!(&other.stato, StatoTurno::Chiamato { sportello: s, .. } if *s == sportello)
    };
    if let Some(other) = state.turni.iter().find(there) {
        return Err(Refusal::field("sportello", "sportello-occupato").with("turno", other.turno).into());
    }
    Ok(TurnoChiamato { turno, sportello, operatore, il: ctx.at }.into())
}

fn concludi_turno(state: &Giornata, turno: u16, esito: EsitoTurno, ctx: &Ctx) -> Result<Event, Refused> {
    ufficio(ctx)?;
    let found = state.turno(turno).ok_or_else(|| Refusal::field("turno", "turno-inesistente"))?;
    match found.stato {
        StatoTurno::Chiamato { .. } => Ok(TurnoConcluso { turno, il: ctx.at, esito }.into()),
        StatoTurno::Atteso => Err(Refusal::field("turno", "turno-non-chiamato").into()),
        StatoTurno::Concluso { .. } => Err(Refusal::field("turno", "turno-concluso").into()),
    }
}
