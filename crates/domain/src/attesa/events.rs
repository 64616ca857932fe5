//! Events of the waiting list of one bookable service.

use crate::Sample;
use crate::ente::CodiceUfficio;
use crate::ids::{BloccoId, IscrizioneId, PersonaId, PraticaId};
use crate::prenotabile::SlotId;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person waits for an earlier slot. The order of the list is the order of these events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttesaIscritta {
    /// The place in the list.
    pub iscrizione: IscrizioneId,
    /// Who waits.
    pub persona: PersonaId,
    /// The booking to bring forward.
    pub appuntamento: PraticaId,
    /// When that booking starts: only earlier slots are offered.
    pub prima_di: Timestamp,
    /// Offices that would do; empty: any.
    pub uffici: Vec<CodiceUfficio>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do.
    pub entro: Date,
    /// When.
    pub il: Timestamp,
}

/// A slot that became free is held for the first who waits for one like it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostoOfferto {
    /// The place in the list.
    pub iscrizione: IscrizioneId,
    /// The slot.
    pub slot: SlotId,
    /// The hold.
    pub blocco: BloccoId,
    /// Until when it can be accepted.
    pub scade: Timestamp,
    /// When.
    pub il: Timestamp,
}

macro_rules! esito {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The place in the list.
            pub iscrizione: IscrizioneId,
            /// The slot.
            pub slot: SlotId,
            /// When.
            pub il: Timestamp,
        }

        impl Sample for $name {
            fn sample() -> Self {
                Self {
                    iscrizione: IscrizioneId::sample(),
                    slot: SlotId::sample(),
                    il: "2026-03-09T09:00:00Z".parse().expect("an instant"),
                }
            }
        }
    };
}

esito!(
    /// The offer was accepted: the booking is brought forward, and the person leaves the list.
    OffertaAccettata
);
esito!(
    /// Nobody answered in time: the slot goes to the next.
    OffertaScaduta
);
esito!(
    /// The offer was declined: the slot goes to the next.
    OffertaRifiutata
);

/// Why a place in the list was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CausaUscita {
    /// The person does not wait any more.
    Rinuncia,
    /// The booking was moved otherwise, or cancelled.
    Superata,
    /// The last day that would have done is over.
    Decorsa,
}

/// A place in the list was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttesaLasciata {
    /// The place in the list.
    pub iscrizione: IscrizioneId,
    /// Why.
    pub causa: CausaUscita,
    /// When.
    pub il: Timestamp,
}

impl Sample for IscrizioneId {
    fn sample() -> Self {
        Self(Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_0020))
    }
}

impl Sample for AttesaIscritta {
    fn sample() -> Self {
        Self {
            iscrizione: IscrizioneId::sample(),
            persona: PersonaId::sample(),
            appuntamento: PraticaId::sample(),
            prima_di: "2026-03-30T08:00:00Z".parse().expect("an instant"),
            uffici: vec![CodiceUfficio::new("anagrafe")],
            dal: date(2026, 3, 10),
            entro: date(2026, 3, 29),
            il: crate::pratica::sample_instant(),
        }
    }
}

impl Sample for PostoOfferto {
    fn sample() -> Self {
        Self {
            iscrizione: IscrizioneId::sample(),
            slot: SlotId::sample(),
            blocco: BloccoId::sample(),
            scade: "2026-03-09T10:15:00Z".parse().expect("an instant"),
            il: crate::pratica::sample_instant(),
        }
    }
}

impl Sample for AttesaLasciata {
    fn sample() -> Self {
        Self {
            iscrizione: IscrizioneId::sample(),
            causa: CausaUscita::Rinuncia,
            il: "2026-03-09T09:00:00Z".parse().expect("an instant"),
        }
    }
}

eventi! {
    /// Events of `attesa-<codice>`.
    "attesa" {
        AttesaIscritta = 1,
        PostoOfferto = 1,
        OffertaAccettata = 1,
        OffertaScaduta = 1,
        OffertaRifiutata = 1,
        AttesaLasciata = 1,
    }
}
