//! What commands on appointments answer besides the case.

use crate::scalars::{DateTime, Posizione};
use crate::types::{Errore, Pratica};
use app::appuntamenti::{Blocco, Chiusura, EsitoTurno};
use app::{ErroreCampo, Esito};
use async_graphql::{ID, SimpleObject};

/// A slot that is held.
#[derive(Debug, SimpleObject)]
pub struct BloccoSlot {
    /// The hold.
    id: ID,
    /// The slot.
    slot_id: ID,
    /// Start of the appointment that may be booked.
    inizio: DateTime,
    /// End of the appointment that may be booked.
    fine: DateTime,
    /// When the hold ends by itself.
    scade: DateTime,
}

/// The outcome of a hold: either the hold, or the reasons why there is none.
#[derive(Default, SimpleObject)]
pub struct BloccaSlotPayload {
    /// The hold.
    blocco: Option<BloccoSlot>,
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<Blocco> for BloccaSlotPayload {
    fn from(blocco: Blocco) -> Self {
        let held = BloccoSlot {
            id: ID(blocco.id.to_string()),
            slot_id: ID(blocco.slot.to_string()),
            inizio: DateTime(blocco.slot.inizio),
            fine: DateTime(blocco.fine),
            scade: DateTime(blocco.scade),
        };
        Self { blocco: Some(held), posizione: Some(Posizione(blocco.posizione)), errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for BloccaSlotPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { errori: Errore::of(errori), ..Self::default() }
    }
}

/// The outcome of a command that leaves nothing to show.
#[derive(Default, SimpleObject)]
pub struct AgendaPayload {
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<u64> for AgendaPayload {
    fn from(posizione: u64) -> Self {
        Self { posizione: Some(Posizione(posizione)), errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for AgendaPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { errori: Errore::of(errori), posizione: None }
    }
}

/// The outcome of a step with a number: either the number, or the reasons why nothing was stored.
#[derive(Default, SimpleObject)]
pub struct TurnoPayload {
    /// The number.
    turno: Option<u16>,
    /// The appointment after it; null for who came without one.
    pratica: Option<Pratica>,
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<EsitoTurno> for TurnoPayload {
    fn from(EsitoTurno { turno, caso, posizione }: EsitoTurno) -> Self {
        let pratica = caso.map(|caso| {
            let protocollo = caso.base().protocollo.clone();
            Pratica::from(&Esito { caso, protocollo, posizione })
        });
        Self { turno: Some(turno), pratica, posizione: Some(Posizione(posizione)), errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for TurnoPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { errori: Errore::of(errori), ..Self::default() }
    }
}

/// The outcome of a closure: either what it did, or the reasons why nothing was stored.
#[derive(Default, SimpleObject)]
pub struct ChiusuraPayload {
    /// Appointments that were cancelled by it; null when nothing was done.
    annullati: Option<Vec<ID>>,
    /// Appointments that it hits and that still stand.
    rimasti: Option<Vec<ID>>,
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<Chiusura> for ChiusuraPayload {
    fn from(chiusura: Chiusura) -> Self {
        let ids = |ids: Vec<domain::ids::PraticaId>| Some(ids.iter().map(|id| ID(id.to_string())).collect());
        Self {
            annullati: ids(chiusura.annullati),
            rimasti: ids(chiusura.rimasti),
            posizione: Some(Posizione(chiusura.posizione)),
            errori: Vec::new(),
        }
    }
}

impl From<Vec<ErroreCampo>> for ChiusuraPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { errori: Errore::of(errori), ..Self::default() }
    }
}
