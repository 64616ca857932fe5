//! Events of a booking as the citizen sees it.

use crate::agenda::PostoPrenotato;
use crate::ente::CodiceUfficio;
use crate::ids::PraticaId;
use crate::persona::{Anagrafica, Operatore};
use crate::pratica::{Deposito, Messaggio, RicevutaEmessa, RicevutaFormata, TipoPratica};
use crate::prenotabile::{Canale, Orario, Sede};
use crate::{Personale, Sample};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where and when, as it stood when the seat was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostoPreso {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Its place.
    pub sede: Sede,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
}

impl PostoPreso {
    /// The seat that an agenda has just recorded, with the place of its office.
    pub fn di(posto: &PostoPrenotato, orario: &Orario) -> Self {
        Self {
            ufficio: orario.ufficio.clone(),
            sede: orario.luogo.clone(),
            sportello: posto.sportello.clone(),
            inizio: posto.inizio,
            fine: posto.fine,
        }
    }
}

/// The booking as made; its canonical bytes are what the register's impronta is computed over, so it says by itself what
/// was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoAppuntamento {
    /// Who comes.
    pub autore: Anagrafica,
    /// Where notices go, if the person gave an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefono: Option<String>,
    /// Name of the service.
    pub servizio: String,
    /// Name of the office and its address.
    pub luogo: String,
    /// Start.
    pub inizio: Timestamp,
    /// What it is about: one of the choices of the service.
    pub motivo: String,
    /// In more words.
    pub dettagli: String,
}

/// A person booked, or had booked, an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppuntamentoPrenotato {
    /// What every filing states.
    #[serde(flatten)]
    pub deposito: Deposito,
    /// Code of the bookable service.
    pub servizio: String,
    /// Its version, kept for ever.
    pub versione: u32,
    /// Its name.
    pub nome_servizio: String,
    /// Where and when.
    pub posto: PostoPreso,
    /// Through which channel.
    pub canale: Canale,
    /// Case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collegata: Option<PraticaId>,
    /// Hours before its start from which the citizen can no longer move or cancel it.
    pub disdetta_ore: u16,
    /// Minutes after its end from which who did not come counts as absent.
    pub tolleranza_minuti: u16,
    /// Whether the office has still to confirm it.
    pub da_confermare: bool,
    /// The booking.
    pub personale: Personale<DocumentoAppuntamento>,
}

/// The office confirmed the booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppuntamentoConfermato {
    /// The case.
    pub pratica: PraticaId,
    /// Who.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// Who wanted a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Parte {
    /// The citizen.
    Cittadino,
    /// The office.
    Ufficio,
}

impl Parte {
    /// Name in tables and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cittadino => "cittadino",
            Self::Ufficio => "ufficio",
        }
    }
}

/// Why, in somebody's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Motivazione {
    /// The words, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motivo: Option<String>,
}

/// The booking was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppuntamentoSpostato {
    /// The case.
    pub pratica: PraticaId,
    /// Where and when it was.
    pub da: PostoPreso,
    /// Where and when it is now.
    pub a: PostoPreso,
    /// Who wanted it.
    pub chi: Parte,
    /// The officer, where it was the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operatore: Option<Operatore>,
    /// Which change of the booking it is, from 1 (RFC 5545, SEQUENCE).
    pub sequenza: u32,
    /// When it was moved.
    pub il: Timestamp,
    /// Why.
    pub personale: Personale<Motivazione>,
}

/// The booking was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppuntamentoAnnullato {
    /// The case.
    pub pratica: PraticaId,
    /// The seat that is free again, so that who reads this fact alone knows what was called off; version 1 did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posto: Option<PostoPreso>,
    /// Who wanted it.
    pub chi: Parte,
    /// The officer, where it was the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operatore: Option<Operatore>,
    /// Which change of the booking it is, from 1 (RFC 5545, SEQUENCE).
    pub sequenza: u32,
    /// When it was cancelled.
    pub il: Timestamp,
    /// Why.
    pub personale: Personale<Motivazione>,
}

/// A case was opened from the appointment, or found to be what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PraticaCollegata {
    /// The appointment.
    pub pratica: PraticaId,
    /// The case it is about.
    pub collegata: PraticaId,
    /// Who.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// The citizen arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CittadinoPresentato {
    /// The case.
    pub pratica: PraticaId,
    /// Number taken.
    pub turno: u16,
    /// When.
    pub il: Timestamp,
}

/// The citizen was called to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CittadinoChiamato {
    /// The case.
    pub pratica: PraticaId,
    /// Code of the desk.
    pub sportello: String,
    /// Who called.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
}

/// The appointment took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppuntamentoConcluso {
    /// The case.
    pub pratica: PraticaId,
    /// Who served.
    pub operatore: Operatore,
    /// When.
    pub il: Timestamp,
    /// What the office tells the citizen.
    pub personale: Personale<Messaggio>,
}

/// The citizen did not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MancataPresentazione {
    /// The case.
    pub pratica: PraticaId,
    /// When it was recorded.
    pub il: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

impl PostoPreso {
    fn sample_of(inizio: &str, fine: &str) -> Self {
        Self {
            ufficio: CodiceUfficio::new("anagrafe"),
            sede: Sede::sample(),
            sportello: "s1".into(),
            inizio: at(inizio),
            fine: at(fine),
        }
    }
}

impl Sample for PostoPreso {
    fn sample() -> Self {
        Self::sample_of("2026-03-10T08:00:00Z", "2026-03-10T08:20:00Z")
    }
}

impl Sample for AppuntamentoPrenotato {
    fn sample() -> Self {
        let oggetto = "Appuntamento: Carta d'identità elettronica";
        let posto = PostoPreso::sample();
        Self {
            deposito: Deposito {
                allegati: Vec::new(),
                ..Deposito::sample_of(TipoPratica::Appuntamento, oggetto, "anagrafe", "XI.2")
            },
            servizio: "carta-identita".into(),
            versione: 1,
            nome_servizio: "Carta d'identità elettronica".into(),
            personale: DocumentoAppuntamento {
                autore: Anagrafica::sample(),
                email: Some("mario.rossi@example.org".into()),
                telefono: None,
                servizio: "Carta d'identità elettronica".into(),
                luogo: "Ufficio anagrafe, Piazza del Municipio 1".into(),
                inizio: posto.inizio,
                motivo: "Rinnovo".into(),
                dettagli: "La carta è scaduta.".into(),
            }
            .into(),
            posto,
            canale: Canale::Portale,
            collegata: None,
            disdetta_ore: 24,
            tolleranza_minuti: 15,
            da_confermare: false,
        }
    }
}

impl Sample for AppuntamentoConfermato {
    fn sample() -> Self {
        Self { pratica: PraticaId::sample(), operatore: Operatore::sample(), il: at("2026-03-09T09:00:00Z") }
    }
}

impl Sample for AppuntamentoSpostato {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            da: PostoPreso::sample(),
            a: PostoPreso::sample_of("2026-03-12T09:00:00Z", "2026-03-12T09:20:00Z"),
            chi: Parte::Cittadino,
            operatore: None,
            sequenza: 1,
            il: at("2026-03-09T09:10:00Z"),
            personale: Motivazione { motivo: None }.into(),
        }
    }
}

impl Sample for AppuntamentoAnnullato {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            posto: Some(PostoPreso::sample()),
            chi: Parte::Ufficio,
            operatore: Some(Operatore::sample()),
            sequenza: 1,
            il: at("2026-03-09T09:20:00Z"),
            personale: Motivazione { motivo: Some("L'ufficio è chiuso per sciopero.".into()) }.into(),
        }
    }
}

impl Sample for PraticaCollegata {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            collegata: PraticaId(uuid::Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_0030)),
            operatore: Operatore::sample(),
            il: at("2026-03-10T08:10:00Z"),
        }
    }
}

impl Sample for CittadinoPresentato {
    fn sample() -> Self {
        Self { pratica: PraticaId::sample(), turno: 1, il: at("2026-03-10T07:55:00Z") }
    }
}

impl Sample for CittadinoChiamato {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            sportello: "s1".into(),
            operatore: Operatore::sample(),
            il: at("2026-03-10T08:01:00Z"),
        }
    }
}

impl Sample for AppuntamentoConcluso {
    fn sample() -> Self {
        Self {
            pratica: PraticaId::sample(),
            operatore: Operatore::sample(),
            il: at("2026-03-10T08:18:00Z"),
            personale: Messaggio { messaggio: Some("La carta arriva a casa entro sei giorni.".into()) }.into(),
        }
    }
}

impl Sample for MancataPresentazione {
    fn sample() -> Self {
        Self { pratica: PraticaId::sample(), il: at("2026-03-10T08:35:00Z") }
    }
}

eventi! {
    /// Events of `appuntamento-*`.
    "appuntamento" {
        AppuntamentoPrenotato = 1,
        RicevutaEmessa = 1,
        RicevutaFormata = 1,
        AppuntamentoConfermato = 1,
        AppuntamentoSpostato = 1,
        AppuntamentoAnnullato = 2,
        PraticaCollegata = 1,
        CittadinoPresentato = 1,
        CittadinoChiamato = 1,
        AppuntamentoConcluso = 1,
        MancataPresentazione = 1,
    }
}
