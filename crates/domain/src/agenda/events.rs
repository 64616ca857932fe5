//! Events of the agenda of one office and day. Persons stand in it by their opaque id only.

use crate::Sample;
use crate::ente::CodiceUfficio;
use crate::ids::{BloccoId, PersonaId, PraticaId};
use crate::persona::Operatore;
use crate::prenotabile::Canale;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A slot is held for someone while the booking is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotBloccato {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Day.
    pub giorno: Date,
    /// The hold.
    pub blocco: BloccoId,
    /// Code of the bookable service.
    pub servizio: String,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// When the desk is free again: the end and the margin of the service.
    pub libero_dal: Timestamp,
    /// Through which channel.
    pub canale: Canale,
    /// For whom.
    pub persona: PersonaId,
    /// When it ends by itself.
    pub scade: Timestamp,
    /// Held for an offer to who waits in a list, not for a booking that is being filled in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offerta: bool,
}

/// Why a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CausaLiberazione {
    /// Its time was over.
    Scaduto,
    /// It was given up.
    Rinuncia,
    /// The slot was booked.
    Prenotato,
    /// A newer hold of the same person took its place.
    Sostituito,
}

impl CausaLiberazione {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scaduto => "scaduto",
            Self::Rinuncia => "rinuncia",
            Self::Prenotato => "prenotato",
            Self::Sostituito => "sostituito",
        }
    }
}

/// A hold ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotLiberato {
    /// The hold.
    pub blocco: BloccoId,
    /// Why.
    pub causa: CausaLiberazione,
    /// When it was recorded.
    pub il: Timestamp,
}

/// A seat was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostoPrenotato {
    /// The booking.
    pub appuntamento: PraticaId,
    /// Code of the bookable service.
    pub servizio: String,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// When the desk is free again: the end and the margin of the service.
    pub libero_dal: Timestamp,
    /// Through which channel.
    pub canale: Canale,
    /// By whom.
    pub persona: PersonaId,
}

/// Why a seat was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CausaLascito {
    /// The booking was moved.
    Spostato,
    /// The booking was cancelled.
    Annullato,
}

impl CausaLascito {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spostato => "spostato",
            Self::Annullato => "annullato",
        }
    }
}

/// A seat was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostoLasciato {
    /// The booking.
    pub appuntamento: PraticaId,
    /// Why.
    pub causa: CausaLascito,
    /// When.
    pub il: Timestamp,
}

/// The office, or some of its desks, is closed that day. Seats that were taken before stay until they are moved or left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GiornataChiusa {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Day.
    pub giorno: Date,
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Why, for citizens; no personal data.
    pub motivo: String,
    /// Who closed it.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// A closure was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GiornataRiaperta {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Day.
    pub giorno: Date,
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Who opened it.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// Someone arrived and took a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnoAssegnato {
    /// Number of the office and day, from 1, dense.
    pub turno: u16,
    /// The booking; none for who came without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appuntamento: Option<PraticaId>,
    /// Code of the bookable service.
    pub servizio: String,
    /// When.
    pub il: Timestamp,
}

/// A number was called to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnoChiamato {
    /// Number.
    pub turno: u16,
    /// Code of the desk.
    pub sportello: String,
    /// Who called.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// What came of a number that was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EsitoTurno {
    /// Served.
    Servito,
    /// Did not answer the call.
    Assente,
}

impl EsitoTurno {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Servito => "servito",
            Self::Assente => "assente",
        }
    }
}

/// A number is done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnoConcluso {
    /// Number.
    pub turno: u16,
    /// When.
    pub il: Timestamp,
    /// What came of it.
    pub esito: EsitoTurno,
}

impl Sample for BloccoId {
    fn sample() -> Self {
        Self(Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_0010))
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

const UFFICIO: &str = "anagrafe";
const SERVIZIO: &str = "carta-identita";
const GIORNO: Date = date(2026, 3, 10);

impl Sample for SlotBloccato {
    fn sample() -> Self {
        Self {
            ufficio: CodiceUfficio::new(UFFICIO),
            giorno: GIORNO,
            blocco: BloccoId::sample(),
            servizio: SERVIZIO.into(),
            sportello: "s1".into(),
            inizio: at("2026-03-10T08:00:00Z"),
            fine: at("2026-03-10T08:20:00Z"),
            libero_dal: at("2026-03-10T08:30:00Z"),
            canale: Canale::Portale,
            persona: PersonaId::sample(),
            scade: at("2026-03-09T08:25:00Z"),
            offerta: false,
        }
    }
}

impl Sample for SlotLiberato {
    fn sample() -> Self {
        Self { blocco: BloccoId::sample(), causa: CausaLiberazione::Prenotato, il: at("2026-03-09T08:20:00Z") }
    }
}

impl Sample for PostoPrenotato {
    fn sample() -> Self {
        let hold = SlotBloccato::sample();
        Self {
            appuntamento: PraticaId::sample(),
            servizio: hold.servizio,
            sportello: hold.sportello,
            inizio: hold.inizio,
            fine: hold.fine,
            libero_dal: hold.libero_dal,
            canale: hold.canale,
            persona: hold.persona,
        }
    }
}

impl Sample for PostoLasciato {
    fn sample() -> Self {
        Self { appuntamento: PraticaId::sample(), causa: CausaLascito::Annullato, il: at("2026-03-09T10:00:00Z") }
    }
}

impl Sample for GiornataChiusa {
    fn sample() -> Self {
        Self {
            ufficio: CodiceUfficio::new(UFFICIO),
            giorno: GIORNO,
            sportelli: Vec::new(),
            motivo: "Sciopero del personale".into(),
            operatore: Operatore::sample(),
            il: at("2026-03-09T11:00:00Z"),
        }
    }
}

impl Sample for GiornataRiaperta {
    fn sample() -> Self {
        Self {
            ufficio: CodiceUfficio::new(UFFICIO),
            giorno: GIORNO,
            sportelli: Vec::new(),
            operatore: Operatore::sample(),
            il: at("2026-03-09T12:00:00Z"),
        }
    }
}

impl Sample for TurnoAssegnato {
    fn sample() -> Self {
        Self {
            turno: 1,
            appuntamento: Some(PraticaId::sample()),
            servizio: SERVIZIO.into(),
            il: at("2026-03-10T07:55:00Z"),
        }
    }
}

impl Sample for TurnoChiamato {
    fn sample() -> Self {
        Self { turno: 1, sportello: "s1".into(), operatore: Operatore::sample(), il: at("2026-03-10T08:01:00Z") }
    }
}

impl Sample for TurnoConcluso {
    fn sample() -> Self {
        Self { turno: 1, il: at("2026-03-10T08:18:00Z"), esito: EsitoTurno::Servito }
    }
}

eventi! {
    /// Events of `agenda-<ufficio>-<YYYY-MM-DD>`.
    "agenda" {
        SlotBloccato = 1,
        SlotLiberato = 1,
        PostoPrenotato = 1,
        PostoLasciato = 1,
        GiornataChiusa = 1,
        GiornataRiaperta = 1,
        TurnoAssegnato = 1,
        TurnoChiamato = 1,
        TurnoConcluso = 1,
    }
}
