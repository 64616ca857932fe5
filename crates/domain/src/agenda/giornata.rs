//! The state of one office and day, folded from its stream or filled from a read model's rows.

use super::events::{EsitoTurno, Event, PostoPrenotato, SlotBloccato, TurnoAssegnato};
use crate::ids::{BloccoId, PersonaId, PraticaId};
use crate::prenotabile::{Canale, Intervallo};
use jiff::Timestamp;

/// A piece of a desk's time that is someone's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preso {
    /// Code of the bookable service.
    pub servizio: String,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// When the desk is free again.
    pub libero_dal: Timestamp,
    /// Through which channel.
    pub canale: Canale,
    /// Whose.
    pub persona: PersonaId,
}

impl Preso {
    /// The time during which the desk is not free.
    pub fn occupa(&self) -> Intervallo {
        Intervallo { inizio: self.inizio, fine: self.libero_dal }
    }
}

/// A seat taken by a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posto {
    /// The booking.
    pub appuntamento: PraticaId,
    /// What it takes.
    pub preso: Preso,
}

/// A slot held for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocco {
    /// The hold.
    pub blocco: BloccoId,
    /// What it takes.
    pub preso: Preso,
    /// When it ends by itself.
    pub scade: Timestamp,
    /// Held for an offer.
    pub offerta: bool,
}

impl Blocco {
    /// Whether it still holds.
    pub fn vivo(&self, adesso: Timestamp) -> bool {
        adesso < self.scade
    }
}

/// A closure of that one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiusura {
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Why, for citizens.
    pub motivo: String,
}

impl Chiusura {
    /// Whether it is about a desk.
    pub fn vale(&self, sportello: &str) -> bool {
        self.sportelli.is_empty() || self.sportelli.iter().any(|codice| codice == sportello)
    }
}

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatoTurno {
    /// Waiting.
    Atteso,
    /// Called.
    Chiamato {
        /// Code of the desk.
        sportello: String,
        /// When, the first time.
        dal: Timestamp,
    },
    /// Done with.
    Concluso {
        /// What came of it.
        esito: EsitoTurno,
        /// When.
        il: Timestamp,
    },
}

/// A number of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turno {
    /// Number, from 1.
    pub turno: u16,
    /// The booking; none for who came without one.
    pub appuntamento: Option<PraticaId>,
    /// Code of the bookable service.
    pub servizio: String,
    /// When it was taken.
    pub il: Timestamp,
    /// Where it stands.
    pub stato: StatoTurno,
}

/// One office and day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Giornata {
    /// Seats.
    pub posti: Vec<Posto>,
    /// Holds, also those whose time is over and of which nothing was recorded yet.
    pub blocchi: Vec<Blocco>,
    /// Closures in force.
    pub chiusure: Vec<Chiusura>,
    /// Numbers, in their order.
    pub turni: Vec<Turno>,
}

impl Giornata {
    /// The seat of a booking.
    pub fn posto(&self, appuntamento: PraticaId) -> Option<&Posto> {
        self.posti.iter().find(|posto| posto.appuntamento == appuntamento)
    }

    /// The closure of a desk.
    pub fn chiusura(&self, sportello: &str) -> Option<&Chiusura> {
        self.chiusure.iter().find(|chiusura| chiusura.vale(sportello))
    }

    /// A number of the day.
    pub fn turno(&self, turno: u16) -> Option<&Turno> {
        self.turni.get(usize::from(turno.checked_sub(1)?)).filter(|found| found.turno == turno)
    }

    /// Whether a booking's number was called and nobody answered, last.
    pub fn senza_risposta(&self, appuntamento: PraticaId) -> bool {
        let own = self.turni.iter().rev().find(|turno| turno.appuntamento == Some(appuntamento));
        own.is_some_and(|turno| matches!(turno.stato, StatoTurno::Concluso { esito: EsitoTurno::Assente, .. }))
    }

    fn turno_mut(&mut self, turno: u16) -> Option<&mut Turno> {
        self.turni.get_mut(usize::from(turno.checked_sub(1)?)).filter(|found| found.turno == turno)
    }

    /// All that is taken at an instant: seats and holds that are still live.
    pub fn presi(&self, adesso: Timestamp) -> impl Iterator<Item = &Preso> {
        let holds = self.blocchi.iter().filter(move |blocco| blocco.vivo(adesso)).map(|blocco| &blocco.preso);
        self.posti.iter().map(|posto| &posto.preso).chain(holds)
    }
}

impl From<&PostoPrenotato> for Posto {
    fn from(e: &PostoPrenotato) -> Self {
        let preso = Preso {
            servizio: e.servizio.clone(),
            sportello: e.sportello.clone(),
            inizio: e.inizio,
            fine: e.fine,
            libero_dal: e.libero_dal,
            canale: e.canale,
            persona: e.persona,
        };
        Self { appuntamento: e.appuntamento, preso }
    }
}

impl From<&SlotBloccato> for Blocco {
    fn from(e: &SlotBloccato) -> Self {
        let preso = Preso {
            servizio: e.servizio.clone(),
            sportello: e.sportello.clone(),
            inizio: e.inizio,
            fine: e.fine,
            libero_dal: e.libero_dal,
            canale: e.canale,
            persona: e.persona,
        };
        Self { blocco: e.blocco, preso, scade: e.scade, offerta: e.offerta }
    }
}

impl From<&TurnoAssegnato> for Turno {
    fn from(e: &TurnoAssegnato) -> Self {
        Self {
            turno: e.turno,
            appuntamento: e.appuntamento,
            servizio: e.servizio.clone(),
            il: e.il,
            stato: StatoTurno::Atteso,
        }
    }
}

/// Folds one event.
pub fn evolve(mut state: Giornata, event: &Event) -> Giornata {
    match event {
        Event::SlotBloccato(e) => state.blocchi.push(e.into()),
        Event::SlotLiberato(e) => state.blocchi.retain(|blocco| blocco.blocco != e.blocco),
        Event::PostoPrenotato(e) => state.posti.push(e.into()),
        Event::PostoLasciato(e) => state.posti.retain(|posto| posto.appuntamento != e.appuntamento),
        Event::GiornataChiusa(e) => {
            state.chiusure.push(Chiusura { sportelli: e.sportelli.clone(), motivo: e.motivo.clone() });
        }
        Event::GiornataRiaperta(e) => riapri(&mut state.chiusure, &e.sportelli),
        Event::TurnoAssegnato(e) => state.turni.push(e.into()),
        Event::TurnoChiamato(e) => {
            if let Some(turno) = state.turno_mut(e.turno) {
                let dal = match turno.stato {
                    StatoTurno::Chiamato { dal, .. } => dal,
                    _ => e.il,
                };
                turno.stato = StatoTurno::Chiamato { sportello: e.sportello.clone(), dal };
            }
        }
        Event::TurnoConcluso(e) => {
            if let Some(turno) = state.turno_mut(e.turno) {
                turno.stato = StatoTurno::Concluso { esito: e.esito, il: e.il };
            }
        }
    }
    state
}

/// Lifts closures: of all desks, or of those named.
fn riapri(chiusure: &mut Vec<Chiusura>, sportelli: &[String]) {
    if sportelli.is_empty() {
        chiusure.clear();
        return;
    }
    chiusure.retain_mut(|chiusura| {
        let whole = chiusura.sportelli.is_empty();
        chiusura.sportelli.retain(|codice| !sportelli.contains(codice));
        whole || !chiusura.sportelli.is_empty()
    });
}
