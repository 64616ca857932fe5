//! The catalogue of services: what can be asked, by when it is answered, and by whom.

#[cfg(test)]
mod tests;

use crate::ente::CodiceUfficio;
use crate::persona::LivelloIdentita;
use crate::termini::MASSIMO_GIORNI;
use crate::titolario::Classifica;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What silence means when the term has passed (L. 241/1990 artt. 2, 20, 25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffettoSilenzio {
    /// Acceptance (art. 20).
    Assenso,
    /// Refusal (art. 25 c. 4).
    Rigetto,
    /// The duty to answer remains.
    Inadempimento,
}

/// A service as cases refer to it: code and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RiferimentoServizio {
    /// Code.
    pub codice: String,
    /// Version in force at filing; the case keeps it.
    pub versione: u32,
}

/// One service of the catalogue (`schemas/servizi/<codice>.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Servizio {
    /// Code, such as `richiesta-generica`.
    pub codice: String,
    /// Version, from 1.
    #[schemars(range(min = 1))]
    pub versione: u32,
    /// Name for citizens.
    pub nome: String,
    /// One sentence: what it is for.
    pub descrizione: String,
    /// Office that answers.
    pub ufficio: CodiceUfficio,
    /// Days for the answer (L. 241/1990 art. 2; 30 unless a rule says otherwise).
    #[schemars(range(min = 1, max = MASSIMO_GIORNI))]
    pub termine_giorni: u16,
    /// What silence means.
    pub effetto_silenzio: EffettoSilenzio,
    /// Class of the titolario.
    pub classifica: Classifica,
    /// Restricted to the assigned office.
    pub riservato: bool,
    /// Identity level needed to file.
    pub livello_identita: LivelloIdentita,
}

static CATALOGO: LazyLock<Vec<Servizio>> = LazyLock::new(|| {
    [include_str!("../../../../schemas/servizi/richiesta-generica.json")]
        .into_iter()
        .map(|text| serde_json::from_str(text).expect("the shipped catalogue is checked by a test"))
        .collect()
});

/// The shipped services.
pub fn catalogo() -> &'static [Servizio] {
    &CATALOGO
}

/// A service by code and version.
pub fn trova(codice: &str, versione: u32) -> Option<&'static Servizio> {
    catalogo().iter().find(|s| s.codice == codice && s.versione == versione)
}

/// JSON Schema of a file of the catalogue.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Servizio)
}
