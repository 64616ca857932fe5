//! A slot that somebody wants, and what a day records when it is given to them.

use super::disponibilita::Bisogni;
use domain::agenda::{self, Giornata, Richiesta};
use domain::appuntamento::PostoPreso;
use domain::ids::{BloccoId, PersonaId, PraticaId};
use domain::impegni::{self, ImpegnoPreso};
use domain::prenotabile::{Canale, Orario, Prenotabile, SlotId};
use domain::termini::CalendarioUfficio;
use domain::{Ctx, Evento, Refusal, Refused};
use eventstore::Expected;
use jiff::civil::Date;
use std::sync::Arc;

/// A slot that somebody wants, with what is known of its office and service.
#[derive(Debug, Clone)]
pub(super) struct Voluto {
    pub slot: SlotId,
    pub orario: Arc<Orario>,
    pub prenotabile: Arc<Prenotabile>,
    pub calendario: Arc<CalendarioUfficio>,
    pub canale: Canale,
}

impl Voluto {
    pub(super) fn giorno(&self) -> Date {
        self.slot.giorno()
    }

    pub(super) fn stream(&self) -> String {
        agenda::stream(&self.slot.ufficio, self.giorno())
    }

    pub(super) fn richiesta(&self, persona: PersonaId, bisogni: &Bisogni) -> Richiesta {
        Richiesta {
            orario: self.orario.clone(),
            prenotabile: self.prenotabile.clone(),
            calendario: self.calendario.clone(),
            inizio: self.slot.inizio,
            canale: self.canale,
            persona,
            lingua: bisogni.lingua.clone(),
            accessibile: bisogni.accessibile,
        }
    }

    /// What the agenda records when the slot is given to a booking. Its hold may be the one of an offer, or that of an
    /// officer who books for somebody else.
    pub(super) fn siedi(
        &self,
        giornata: &Giornata,
        Chi { titolare, attore, offerta }: Chi,
        command: impl FnOnce(Box<Richiesta>, Option<BloccoId>) -> agenda::Command,
        ctx: &Ctx,
    ) -> Result<Vec<Evento>, Refused> {
        let held = |persona: PersonaId| {
            let mine = |blocco: &&agenda::Blocco| {
                let preso = &blocco.preso;
                blocco.vivo(ctx.at)
                    && !blocco.offerta
                    && (preso.persona, preso.inizio) == (persona, self.slot.inizio)
                    && preso.servizio == self.slot.servizio
            };
            giornata.blocchi.iter().find(mine).map(|blocco| blocco.blocco)
        };
        let mut events = Vec::new();
        let own = offerta.or_else(|| held(titolare));
        if own.is_none()
            && titolare != attore
            && let Some(blocco) = held(attore)
        {
            events = agenda::decide(giornata, agenda::Command::Libera { blocco }, ctx)?;
        }
        let state = events.iter().fold(giornata.clone(), agenda::evolve);
        let richiesta = Box::new(self.richiesta(titolare, &Bisogni::default()));
        events.extend(agenda::decide(&state, command(richiesta, own), ctx)?);
        Ok(events.into_iter().map(Evento::Agenda).collect())
    }

    /// The seat that was just taken.
    pub(super) fn posto(&self, events: &[Evento]) -> Result<PostoPreso, Refused> {
        let taken = events.iter().find_map(|evento| match evento {
            Evento::Agenda(agenda::Event::PostoPrenotato(e)) => Some(PostoPreso::di(e, &self.orario)),
            _ => None,
        });
        taken.ok_or_else(|| Refusal::whole("posto-inesistente").into())
    }

    pub(super) fn impegno(&self, persona: PersonaId, appuntamento: PraticaId) -> impegni::Command {
        impegni::Command::Prendi(Box::new(ImpegnoPreso {
            persona,
            giorno: self.giorno(),
            servizio: self.slot.servizio.clone(),
            appuntamento,
            ufficio: self.slot.ufficio.clone(),
            inizio: self.slot.inizio,
        }))
    }
}

/// For whom a seat is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chi {
    /// Whose booking it is.
    pub titolare: PersonaId,
    /// Who acts.
    pub attore: PersonaId,
    /// The hold of an offer that is accepted.
    pub offerta: Option<BloccoId>,
}

/// What is expected of a stream at a version.
pub(super) fn attesa(version: u64) -> Expected {
    if version == 0 { Expected::NoStream } else { Expected::Exact(version) }
}
