//! What can be booked, and when offices are open: the definitions that an ente publishes.

mod anno;
mod controlla;
mod events;
mod giorni;
mod orario;
mod slot_id;
#[cfg(test)]
mod tests;

pub use anno::{GiornoAnno, GiornoAnnoError, OgniAnno};
pub use controlla::limiti;
pub use events::{Event, OrarioPubblicato, PrenotabilePubblicato, STREAM};
pub use giorni::{GiornoSettimana, Intervallo, aperture, giorno_chiuso};
pub use orario::{Eccezione, Fascia, Orario, Ore, Quote, Sede, Sportello};
pub use slot_id::{SlotId, SlotIdError};

use crate::Sample;
use crate::persona::LivelloIdentita;
use crate::titolario::Classifica;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Through which channel a booking is made (Modello Comuni: Prenotazione appuntamenti).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Canale {
    /// The citizen, online.
    Portale,
    /// An officer, for someone at the counter.
    Sportello,
    /// An officer, for someone on the telephone.
    Telefono,
}

impl Canale {
    /// All channels.
    pub const ALL: [Self; 3] = [Self::Portale, Self::Sportello, Self::Telefono];

    /// Name in tables and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portale => "portale",
            Self::Sportello => "sportello",
            Self::Telefono => "telefono",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|canale| canale.as_str() == text)
    }
}

/// In which register a booking is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocolla {
    /// The ordinary register.
    Ordinario,
    /// A register of its own (DPR 445/2000 art. 53 c. 5: documents subject to particular registration).
    #[default]
    Particolare,
    /// None.
    No,
}

/// Code of the particular register of bookings.
pub const REGISTRO_APPUNTAMENTI: &str = "APP";

impl Protocolla {
    /// Code of the register, where there is one.
    pub fn registro(self) -> Option<&'static str> {
        match self {
            Self::Ordinario => Some(crate::registro::CODICE_REGISTRO),
            Self::Particolare => Some(REGISTRO_APPUNTAMENTI),
            Self::No => None,
        }
    }
}

/// Who makes a booking certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conferma {
    /// It is certain as soon as it is made.
    #[default]
    Automatica,
    /// The office confirms it.
    Ufficio,
}

/// A service that can be booked (`schemas/prenotabili/<codice>.yaml`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prenotabile {
    /// Code, such as `carta-identita`; the name of its file.
    #[schemars(regex(pattern = "^[a-z0-9-]{3,60}$"))]
    pub codice: String,
    /// Version, from 1.
    #[schemars(range(min = 1))]
    pub versione: u32,
    /// Name for citizens; it becomes the oggetto of the booking and so never holds special data (GDPR art. 9).
    #[schemars(length(max = 80))]
    pub nome: String,
    /// One or two sentences: what it is for.
    #[schemars(length(max = 255))]
    pub descrizione: String,
    /// Minutes at the desk.
    #[schemars(range(min = 5, max = 240))]
    pub durata_minuti: u16,
    /// Minutes after it during which the desk stays free.
    #[serde(default)]
    #[schemars(range(max = 60))]
    pub margine_minuti: u16,
    /// Hours before its start from which a slot can no longer be booked online.
    #[serde(default)]
    #[schemars(range(max = 720))]
    pub preavviso_ore: u16,
    /// Days ahead that can be booked.
    #[serde(default = "orizzonte")]
    #[schemars(range(min = 1, max = 180))]
    pub orizzonte_giorni: u16,
    /// Hours before its start from which the citizen can no longer move or cancel a booking.
    #[serde(default = "disdetta")]
    #[schemars(range(max = 720))]
    pub disdetta_ore: u16,
    /// Minutes after the end from which who did not come counts as absent.
    #[serde(default = "tolleranza")]
    #[schemars(range(min = 5, max = 60))]
    pub tolleranza_minuti: u16,
    /// In which register a booking is entered.
    #[serde(default)]
    pub protocolla: Protocolla,
    /// Class of the titolario.
    pub classifica: Classifica,
    /// Identity level needed to book online.
    #[serde(default = "livello")]
    pub livello_identita: LivelloIdentita,
    /// Who makes a booking certain.
    #[serde(default)]
    pub conferma: Conferma,
    /// What it may be about: 1 to 12 choices.
    #[schemars(length(min = 1, max = 12))]
    pub motivi: Vec<String>,
    /// What to bring.
    #[serde(default)]
    #[schemars(length(max = 12))]
    pub cosa_serve: Vec<String>,
    /// Code of the catalogue's service it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub servizio: Option<String>,
    /// Whether one can wait for an earlier slot.
    #[serde(default)]
    pub lista_attesa: bool,
    /// Restricted to the office.
    #[serde(default)]
    pub riservato: bool,
    /// Hours before the start at which a reminder is sent.
    #[serde(default = "promemoria")]
    #[schemars(length(max = 4))]
    pub promemoria_ore: Vec<u16>,
}

fn orizzonte() -> u16 {
    60
}

fn disdetta() -> u16 {
    24
}

fn tolleranza() -> u16 {
    15
}

fn livello() -> LivelloIdentita {
    LivelloIdentita::L1
}

fn promemoria() -> Vec<u16> {
    vec![48, 3]
}

impl Prenotabile {
    /// Its one form as bytes: keys sorted, every default spelled out. What the impronta of a version is computed over.
    pub fn canonico(&self) -> Vec<u8> {
        canonico(self)
    }
}

impl Sample for Prenotabile {
    /// The identity card, which every municipality issues.
    fn sample() -> Self {
        Self {
            codice: "carta-identita".into(),
            versione: 1,
            nome: "Carta d'identità elettronica".into(),
            descrizione: "Chiedere o rinnovare la carta d'identità elettronica.".into(),
            durata_minuti: 20,
            margine_minuti: 10,
            preavviso_ore: 2,
            orizzonte_giorni: orizzonte(),
            disdetta_ore: disdetta(),
            tolleranza_minuti: tolleranza(),
            protocolla: Protocolla::default(),
            classifica: Classifica::parse("XI.2").expect("a class of the titolario"),
            livello_identita: livello(),
            conferma: Conferma::default(),
            motivi: vec!["Primo rilascio".into(), "Rinnovo".into()],
            cosa_serve: vec!["Una fototessera recente".into(), "La vecchia carta d'identità".into()],
            servizio: None,
            lista_attesa: true,
            riservato: false,
            promemoria_ore: promemoria(),
        }
    }
}

/// A definition's one form as bytes.
fn canonico<T: Serialize>(definition: &T) -> Vec<u8> {
    let mut value = serde_json::to_value(definition).expect("definitions have only text keys and whole numbers");
    value.sort_all_objects();
    value.to_string().into_bytes()
}

/// JSON Schema of a file of `schemas/prenotabili`.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Prenotabile)
}

/// JSON Schema of a file of `schemas/agende`.
pub fn schema_orario() -> schemars::Schema {
    schemars::schema_for!(Orario)
}
