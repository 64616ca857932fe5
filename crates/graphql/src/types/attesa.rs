//! A place in a waiting list.

use crate::scalars::{Date, DateTime};
use app::appuntamenti::Iscrizione;
use async_graphql::{ID, SimpleObject};

/// A slot that is held for who waits, until they answer.
#[derive(Debug, Clone, SimpleObject)]
pub struct OffertaAttesa {
    /// The slot.
    slot_id: ID,
    /// Its start.
    inizio: DateTime,
    /// Until when it can be accepted; then the next is asked.
    scade: DateTime,
}

/// A place in the waiting list for an earlier slot. Slots that become free are offered in the order of the list.
#[derive(Debug, Clone, SimpleObject)]
pub struct AttesaAppuntamento {
    /// Places before it.
    davanti: u32,
    /// Ids of the offices that would do; empty: any that offers the service.
    uffici: Vec<ID>,
    /// First day that would do.
    dal: Date,
    /// Last day that would do.
    entro: Date,
    /// The slot that is offered; null while there is none.
    offerta: Option<OffertaAttesa>,
}

impl From<Iscrizione> for AttesaAppuntamento {
    fn from(place: Iscrizione) -> Self {
        let offerta = place.offerta.map(|(slot, scade)| OffertaAttesa {
            slot_id: ID(slot.to_string()),
            inizio: DateTime(slot.inizio),
            scade: DateTime(scade),
        });
        Self {
            davanti: u32::try_from(place.davanti).unwrap_or(u32::MAX),
            uffici: place.uffici.iter().map(|ufficio| ID(ufficio.to_string())).collect(),
            dal: Date(place.dal),
            entro: Date(place.entro),
            offerta,
        }
    }
}
