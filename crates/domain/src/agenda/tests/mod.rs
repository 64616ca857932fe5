//! The day of an office: what is free, who sits where, whose turn it is.

mod decisioni;
mod proprieta;
mod tempo;

use super::{Command, Domanda, Esigenze, Event, Giornata, Richiesta, SlotLibero, decide, evolve, slot_liberi};
use crate::ids::{BloccoId, PersonaId, PraticaId};
use crate::persona::Ruolo;
use crate::prenotabile::{Canale, Orario, Prenotabile};
use crate::refusal::{Refusal, Refused};
use crate::spec::acting;
use crate::termini::{CalendarioUfficio, Festivi, Regola};
use crate::{Ctx, Sample};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::sync::Arc;
use uuid::Uuid;

/// Monday 9 March 2026, a quarter past nine in Rome.
const LUNEDI: &str = "2026-03-09T08:15:00Z";
/// Tuesday 10 March 2026.
const MARTEDI: Date = date(2026, 3, 10);

/// The rules of an office: everything that a test may change.
#[derive(Clone)]
struct Mondo {
    orario: Orario,
    prenotabile: Prenotabile,
    calendario: CalendarioUfficio,
    adesso: Timestamp,
}

fn mondo() -> Mondo {
    Mondo {
        orario: Orario::sample(),
        prenotabile: Prenotabile::sample(),
        // Saint George closes the offices.
        calendario: CalendarioUfficio::new(Festivi::default(), true, Some(Regola::Fissa { mese: 4, giorno: 23 })),
        adesso: at(LUNEDI),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn persona(n: u128) -> PersonaId {
    PersonaId(Uuid::from_u128(n))
}

fn pratica(n: u128) -> PraticaId {
    PraticaId(Uuid::from_u128(0x1000 + n))
}

fn blocco(n: u128) -> BloccoId {
    BloccoId(Uuid::from_u128(0x2000 + n))
}

impl Mondo {
    fn domanda(&self, canale: Canale) -> Domanda<'_> {
        Domanda {
            orario: &self.orario,
            prenotabile: &self.prenotabile,
            calendario: &self.calendario,
            adesso: self.adesso,
            canale,
            esigenze: Esigenze::default(),
        }
    }

    /// What a citizen finds.
    fn liberi(&self, giorno: Date, giornata: &Giornata) -> Vec<SlotLibero> {
        slot_liberi(&self.domanda(Canale::Portale), giorno, giornata)
    }

    fn richiesta(&self, inizio: &str, chi: u128) -> Richiesta {
        Richiesta {
            orario: Arc::new(self.orario.clone()),
            prenotabile: Arc::new(self.prenotabile.clone()),
            calendario: Arc::new(self.calendario.clone()),
            inizio: at(inizio),
            canale: Canale::Portale,
            persona: persona(chi),
            lingua: None,
            accessibile: false,
        }
    }

    fn ctx(&self, ruolo: Ruolo) -> Ctx {
        Ctx { at: self.adesso, ..acting(ruolo) }
    }

    fn prenota(&self, n: u128, inizio: &str) -> Command {
        Command::Prenota { appuntamento: pratica(n), richiesta: Box::new(self.richiesta(inizio, n)), blocco: None }
    }

    fn blocca(&self, n: u128, chi: u128, inizio: &str) -> Command {
        Command::Blocca { blocco: blocco(n), richiesta: Box::new(self.richiesta(inizio, chi)), offerta: None }
    }

    fn prova(&self, giornata: &Giornata, command: Command, ruolo: Ruolo) -> Result<Vec<Event>, Refused> {
        decide(giornata, command, &self.ctx(ruolo))
    }

    /// Carries a command out, as a citizen.
    #[track_caller]
    fn fai(&self, giornata: Giornata, command: Command) -> Giornata {
        self.prova(&giornata, command, Ruolo::Cittadino).unwrap().iter().fold(giornata, evolve)
    }

    /// Carries a command out, as an officer.
    #[track_caller]
    fn ufficio(&self, giornata: Giornata, command: Command) -> Giornata {
        self.prova(&giornata, command, Ruolo::Operatore).unwrap().iter().fold(giornata, evolve)
    }

    #[track_caller]
    fn rifiuto(&self, giornata: &Giornata, command: Command, ruolo: Ruolo) -> Refusal {
        let Refused(mut refusals) = self.prova(giornata, command, ruolo).unwrap_err();
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        refusals.remove(0)
    }

    #[track_caller]
    fn codice(&self, giornata: &Giornata, command: Command) -> String {
        self.rifiuto(giornata, command, Ruolo::Cittadino).code
    }
}

/// Names of events.
fn nomi(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::kind).collect()
}
