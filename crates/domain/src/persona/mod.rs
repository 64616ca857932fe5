//! Persons: who signs in, in which role, and what is known of them.

#[cfg(test)]
mod tests;

use crate::Sample;
use crate::codice_fiscale::CodiceFiscale;
use crate::ente::CodiceUfficio;
use crate::ids::PersonaId;
use crate::refusal::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How surely the person was identified (SPID levels; CAD art. 64 c. 2-duodecies: from "significativo", level 2, it equals an identity document).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(into = "u8", try_from = "u8")]
#[schemars(extend("minimum" = 1, "maximum" = 3))]
pub enum LivelloIdentita {
    /// SpidL1: reads only, never files.
    L1,
    /// SpidL2, CIE level 2.
    L2,
    /// SpidL3, CIE level 3.
    L3,
}

impl From<LivelloIdentita> for u8 {
    fn from(level: LivelloIdentita) -> Self {
        match level {
            LivelloIdentita::L1 => 1,
            LivelloIdentita::L2 => 2,
            LivelloIdentita::L3 => 3,
        }
    }
}

impl TryFrom<u8> for LivelloIdentita {
    type Error = String;
    fn try_from(level: u8) -> Result<Self, String> {
        match level {
            1 => Ok(Self::L1),
            2 => Ok(Self::L2),
            3 => Ok(Self::L3),
            other => Err(format!("identity level {other} is not 1, 2 or 3")),
        }
    }
}

/// What a person may be for an ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ruolo {
    /// Files and follows their own cases.
    Cittadino,
    /// Works the cases of their offices.
    Operatore,
    /// Answers for the protocol register (operatore di protocollo).
    Protocollo,
    /// Reads and answers the letters to the mayor.
    SegreteriaSindaco,
    /// Reads through the API within the scopes of their token.
    Sviluppatore,
    /// The system itself.
    Sistema,
}

impl Ruolo {
    /// Name used in the log and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cittadino => "cittadino",
            Self::Operatore => "operatore",
            Self::Protocollo => "protocollo",
            Self::SegreteriaSindaco => "segreteria-sindaco",
            Self::Sviluppatore => "sviluppatore",
            Self::Sistema => "sistema",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attore {
    /// The person.
    pub id: PersonaId,
    /// Name as shown to others when the actor is an official (L. 241/1990 art. 8: the citizen knows who is responsible).
    pub nome: String,
    /// In which role.
    pub ruolo: Ruolo,
    /// How surely identified.
    pub livello: LivelloIdentita,
    /// Offices whose cases an official works; empty for citizens.
    pub uffici: Vec<CodiceUfficio>,
}

/// Identity of a citizen as the sign-in gave it (SPID/CIE attributes), filed with each submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Anagrafica {
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// Codice fiscale: of all who sign in; an officer may book for someone who does not have it at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codice_fiscale: Option<CodiceFiscale>,
    /// Where the courtesy copy goes, if the person gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where the office calls, if the person gave a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefono: Option<String>,
}

impl Anagrafica {
    /// Given and family name.
    pub fn nome_completo(&self) -> String {
        format!("{} {}", self.nome, self.cognome)
    }
}

impl Sample for Anagrafica {
    fn sample() -> Self {
        Self {
            nome: "Mario".into(),
            cognome: "Rossi".into(),
            codice_fiscale: Some(CodiceFiscale::parse("RSSMRA80A01H501U").expect("a valid codice fiscale")),
            email: Some("mario.rossi@example.org".into()),
            telefono: None,
        }
    }
}

impl Sample for PersonaId {
    fn sample() -> Self {
        Self(Uuid::from_u128(0x0192_f00d_0000_8000_8000_0000_0000_0001))
    }
}

/// An official as cases show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Operatore {
    /// The person.
    pub id: PersonaId,
    /// Name shown to the citizen.
    pub nome: String,
}

impl From<&Attore> for Operatore {
    fn from(attore: &Attore) -> Self {
        Self { id: attore.id, nome: attore.nome.clone() }
    }
}

impl Sample for Operatore {
    fn sample() -> Self {
        Self {
            id: PersonaId(Uuid::from_u128(0x0192_f00d_0000_8000_8000_0000_0000_0002)),
            nome: "Giulia Bianchi".into(),
        }
    }
}

/// A filing needs a person identified at least at level 2 (CAD art. 65 c. 1 b; a refreshed SPID session has level 1).
///
/// # Errors
/// `livello-identita` below that.
pub fn richiede_livello(attore: &Attore, minimo: LivelloIdentita) -> Result<(), Refusal> {
    if attore.livello < minimo {
        return Err(Refusal::whole("livello-identita").with("minimo", u8::from(minimo)));
    }
    Ok(())
}
