//! Decisions about the calendar addresses of one office.

use super::events::{CalendarioRevocato, CalendarioSottoscritto, Dispositivo, Event};
use crate::ente::CodiceUfficio;
use crate::ids::SottoscrizioneId;
use crate::persona::Operatore;
use crate::refusal::{Refusal, Refused};
use crate::termini::data_locale;
use crate::testo::riga;
use crate::{Ctx, Personale};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// Addresses of one office that are good at the same time: a few devices for each of its officers.
pub const MAX_SOTTOSCRIZIONI: usize = 40;
/// Characters of the name of a device.
pub const MAX_DISPOSITIVO: usize = 60;
/// Days for which an address is good. Nobody tells this program that somebody left an office: what was not revoked ends by
/// itself.
pub const VALIDITA: i32 = 180;

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sottoscrizione {
    /// The subscription.
    pub sottoscrizione: SottoscrizioneId,
    /// Who opened it.
    pub operatore: Operatore,
    /// Name of the device; none when none was given, or when the data of who opened it is gone.
    pub dispositivo: Option<String>,
    /// First day on which it is no longer good.
    pub scade: Date,
    /// When it was opened.
    pub il: Timestamp,
}

impl Sottoscrizione {
    /// Whether its address is good on a day.
    pub fn vale(&self, giorno: Date) -> bool {
        giorno < self.scade
    }
}

/// The subscriptions of an office, in the order in which they were opened; those that were revoked or had ended by the
/// time of the next are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendari {
    /// The subscriptions.
    pub sottoscrizioni: Vec<Sottoscrizione>,
}

impl Calendari {
    /// Subscriptions that are good on a day.
    pub fn vive(&self, giorno: Date) -> impl Iterator<Item = &Sottoscrizione> {
        self.sottoscrizioni.iter().filter(move |one| one.vale(giorno))
    }

    /// One that is good on a day.
    pub fn viva(&self, id: SottoscrizioneId, giorno: Date) -> Option<&Sottoscrizione> {
        self.vive(giorno).find(|one| one.sottoscrizione == id)
    }
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To open an address.
    Sottoscrivi {
        /// The subscription, drawn outside.
        sottoscrizione: SottoscrizioneId,
        /// Office.
        ufficio: CodiceUfficio,
        /// Name of the device, if one was given.
        dispositivo: Option<String>,
    },
    /// To end one.
    Revoca {
        /// The subscription.
        sottoscrizione: SottoscrizioneId,
    },
}

/// Decides a command.
///
/// # Errors
/// `troppi-calendari`; `testo-lungo`, `caratteri-non-ammessi` about `dispositivo`; `calendario-inesistente`.
pub fn decide(state: &Calendari, command: Command, ctx: &Ctx) -> Result<Vec<Event>, Refused> {
    let (oggi, operatore, il) = (data_locale(ctx.at), Operatore::from(&ctx.attore), ctx.at);
    Ok(vec![match command {
        Command::Sottoscrivi { sottoscrizione, ufficio, dispositivo } => {
            let given = dispositivo.filter(|nome| !nome.trim().is_empty());
            let nome = given.map(|nome| riga("dispositivo", &nome, 1, MAX_DISPOSITIVO)).transpose()?;
            if state.vive(oggi).count() >= MAX_SOTTOSCRIZIONI {
                return Err(Refusal::whole("troppi-calendari").with("max", MAX_SOTTOSCRIZIONI).into());
            }
            let scade = oggi.saturating_add(VALIDITA.days());
            let personale = Personale(Some(Dispositivo { nome }));
            CalendarioSottoscritto { sottoscrizione, ufficio, operatore, scade, il, personale }.into()
        }
        Command::Revoca { sottoscrizione } => {
            state.viva(sottoscrizione, oggi).ok_or_else(|| Refusal::whole("calendario-inesistente"))?;
            CalendarioRevocato { sottoscrizione, operatore, il }.into()
        }
    }])
}

/// Folds one event.
pub fn evolve(mut state: Calendari, event: &Event) -> Calendari {
    match event {
        Event::CalendarioSottoscritto(e) => {
            let oggi = data_locale(e.il);
            // What had ended by then is nobody's question any more: the state stays as small as the limit.
            state.sottoscrizioni.retain(|one| one.vale(oggi));
            state.sottoscrizioni.push(Sottoscrizione {
                sottoscrizione: e.sottoscrizione,
                operatore: e.operatore.clone(),
                dispositivo: e.personale.get().and_then(|device| device.nome.clone()),
                scade: e.scade,
                il: e.il,
            });
        }
        Event::CalendarioRevocato(e) => state.sottoscrizioni.retain(|one| one.sottoscrizione != e.sottoscrizione),
    }
    state
}
