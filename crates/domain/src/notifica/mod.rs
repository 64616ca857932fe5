//! Notices to citizens: what became of them. The process that sends them lives outside; its outcome is a fact.

use crate::Sample;
use crate::ids::PraticaId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a notice is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Motivo {
    /// The courtesy copy of a filing with its number (CAD art. 3-bis c. 4: a copy, not a notification).
    Ricevuta,
    /// The office took charge.
    PresaInCarico,
    /// The office asked for documents.
    IntegrazioneRichiesta,
    /// The courtesy copy of what the citizen added, with its number.
    IntegrazionePresentata,
    /// The courtesy copy of a withdrawal, with its number.
    Rinuncia,
    /// The case ended with an answer.
    Conclusione,
    /// An appointment was booked.
    Prenotazione,
    /// The office confirmed an appointment.
    Conferma,
    /// An appointment was moved.
    Spostamento,
    /// An appointment was cancelled.
    Annullamento,
    /// An appointment is near.
    Promemoria,
    /// An earlier slot is free for who waits for one.
    Offerta,
}

impl Motivo {
    /// All reasons, in the order of a case's life.
    pub const ALL: [Self; 12] = [
        Self::Ricevuta,
        Self::PresaInCarico,
        Self::IntegrazioneRichiesta,
        Self::IntegrazionePresentata,
        Self::Rinuncia,
        Self::Conclusione,
        Self::Prenotazione,
        Self::Conferma,
        Self::Spostamento,
        Self::Annullamento,
        Self::Promemoria,
        Self::Offerta,
    ];

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|motivo| motivo.as_str() == text)
    }

    /// Name in keys and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ricevuta => "ricevuta",
            Self::PresaInCarico => "presa-in-carico",
            Self::IntegrazioneRichiesta => "integrazione-richiesta",
            Self::IntegrazionePresentata => "integrazione-presentata",
            Self::Rinuncia => "rinuncia",
            Self::Conclusione => "conclusione",
            Self::Prenotazione => "prenotazione",
            Self::Conferma => "conferma",
            Self::Spostamento => "spostamento",
            Self::Annullamento => "annullamento",
            Self::Promemoria => "promemoria",
            Self::Offerta => "offerta",
        }
    }
}

/// A notice reached the outer world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificaConsegnata {
    /// The case it is about.
    pub pratica: PraticaId,
    /// The event that caused it.
    pub causa: Uuid,
    /// Why.
    pub motivo: Motivo,
    /// `email`.
    pub canale: String,
    /// Attempts it took.
    pub tentativi: u32,
    /// When it was handed over.
    pub il: Timestamp,
}

/// A notice could not be delivered and will not be tried again by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificaFallita {
    /// The case it is about.
    pub pratica: PraticaId,
    /// The event that caused it.
    pub causa: Uuid,
    /// Why it was to be sent.
    pub motivo: Motivo,
    /// `email`.
    pub canale: String,
    /// Attempts made.
    pub tentativi: u32,
    /// When it was given up.
    pub il: Timestamp,
    /// What went wrong last, without addresses.
    pub errore: String,
}

impl Sample for NotificaConsegnata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            causa: Uuid::from_u128(0x0192_f00d_0000_7000_8000_0000_0000_0e01),
            motivo: Motivo::Ricevuta,
            canale: "email".into(),
            tentativi: 1,
            il: crate::pratica::sample_instant(),
        }
    }
}

impl Sample for NotificaFallita {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            causa: Uuid::from_u128(0x0192_f00d_0000_7000_8000_0000_0000_0e01),
            motivo: Motivo::Ricevuta,
            canale: "email".into(),
            tentativi: 8,
            il: crate::pratica::sample_instant(),
            errore: "the server refused the recipient".into(),
        }
    }
}

eventi! {
    /// Events of `notifica-*`.
    "notifica" {
        NotificaConsegnata = 1,
        NotificaFallita = 1,
    }
}

/// Stream of the notices of one case.
pub fn stream(pratica: PraticaId) -> String {
    format!("notifica-{pratica}")
}
