//! The catalogue of services: what can be asked, with which form, by when it is answered, and by whom.

mod controlla;
mod dizionari;
mod events;
#[cfg(test)]
mod tests;

pub use controlla::limiti;
pub use dizionari::{argomenti, categorie};
pub use events::{Event, STREAM, ServizioPubblicato};

use crate::Sample;
use crate::allegato::{MEGABYTE, TETTO_BYTES};
use crate::ente::CodiceUfficio;
use crate::modulo::{Decimale, Modulo, TipoCampo};
use crate::persona::LivelloIdentita;
use crate::titolario::Classifica;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// Kind of service (archetypes of the model for municipal sites).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Archetipo {
    /// Permits and documents.
    Permesso,
    /// Payments that are due.
    Pagamento,
    /// Economic benefits.
    Beneficio,
    /// Applications to a ranked list.
    Graduatoria,
    /// Services, also paid ones.
    Servizio,
}

/// One service of the catalogue (`schemas/servizi/<codice>.yaml`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Servizio {
    /// Code, such as `richiesta-generica`; the name of its file.
    #[schemars(regex(pattern = "^[a-z0-9-]{3,60}$"))]
    pub codice: String,
    /// Version, from 1.
    #[schemars(range(min = 1))]
    pub versione: u32,
    /// Name for citizens; it becomes the oggetto of the register entry and so never holds special data (GDPR art. 9).
    #[schemars(length(max = 80))]
    pub nome: String,
    /// Kind of service.
    pub archetipo: Archetipo,
    /// One of [`categorie`].
    pub categoria: String,
    /// One to four of [`argomenti`].
    pub argomenti: Vec<String>,
    /// What the citizen reads before asking.
    pub scheda: Scheda,
    /// Legal sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub norme: Vec<String>,
    /// Office that answers.
    pub ufficio: CodiceUfficio,
    /// Days for the answer (L. 241/1990 art. 2; 30 unless a rule says otherwise).
    #[schemars(range(min = 1, max = 180))]
    pub termine_giorni: u16,
    /// What silence means.
    pub effetto_silenzio: EffettoSilenzio,
    /// Whether a refusal is announced beforehand (L. 241/1990 art. 10-bis).
    #[serde(default)]
    pub preavviso: bool,
    /// Class of the titolario.
    pub classifica: Classifica,
    /// Identity level needed to file.
    #[serde(default = "ordinario")]
    pub livello_identita: LivelloIdentita,
    /// Restricted to the assigned office.
    #[serde(default)]
    pub riservato: bool,
    /// How long the case is kept, in words, or `permanente`.
    pub conservazione: String,
    /// Stamp duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bollo: Option<Bollo>,
    /// What is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagamento: Option<Pagamento>,
    /// Done at the counter by appointment; the form gathers what the office needs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub appuntamento: bool,
    /// Days on which it can be filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finestra: Option<Finestra>,
    /// The form.
    pub modulo: Modulo,
    /// Limits of its files.
    #[serde(default)]
    pub allegati: LimitiAllegati,
}

/// The sheet of a service (content type *Servizio* of the model for municipal sites).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scheda {
    /// One or two sentences: what it is for.
    #[schemars(length(max = 255))]
    pub descrizione: String,
    /// *A chi è rivolto*.
    pub destinatari: String,
    /// *Come fare*.
    pub come_fare: String,
    /// *Cosa serve*.
    pub cosa_serve: CosaServe,
    /// *Cosa si ottiene*.
    pub cosa_si_ottiene: String,
    /// *Tempi e scadenze*.
    pub tempi: String,
    /// The timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fasi: Vec<Fase>,
    /// *Costi*; there when something is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costi: Option<String>,
    /// *Vincoli*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vincoli: Option<String>,
    /// *Casi particolari*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub casi_particolari: Option<String>,
    /// *Condizioni di servizio*.
    pub condizioni: String,
}

/// What is needed to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CosaServe {
    /// Introduction.
    pub introduzione: String,
    /// 1 to 12 short items.
    #[schemars(length(min = 1, max = 12))]
    pub elenco: Vec<String>,
}

/// A step of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fase {
    /// Name.
    pub nome: String,
    /// Days it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub giorni: Option<u16>,
    /// What happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descrizione: Option<String>,
}

/// Stamp duty (DPR 642/1972).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bollo {
    /// Euro.
    pub importo: Decimale,
    /// For what, and who is exempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nota: Option<String>,
}

/// What is paid for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pagamento {
    /// When.
    pub quando: Quando,
    /// For what.
    pub causale: String,
    /// Euro, where it is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importo: Option<Decimale>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nota: Option<String>,
}

/// When something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Quando {
    /// With the filing.
    AllaPresentazione,
    /// After the office's notice.
    Dopo,
}

/// The days on which a service can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finestra {
    /// First day.
    pub dal: Date,
    /// Last day.
    pub al: Date,
}

impl Finestra {
    /// Whether a service can be asked for on a day.
    pub fn aperta(&self, giorno: Date) -> bool {
        (self.dal..=self.al).contains(&giorno)
    }
}

/// Files with one filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LimitiAllegati {
    /// Files, at most.
    pub massimo: u32,
    /// Megabytes of one, at most.
    pub megabyte: u32,
}

impl Default for LimitiAllegati {
    fn default() -> Self {
        Self { massimo: 5, megabyte: 10 }
    }
}

fn ordinario() -> LivelloIdentita {
    LivelloIdentita::L2
}

impl Servizio {
    /// Code and version.
    pub fn riferimento(&self) -> RiferimentoServizio {
        RiferimentoServizio { codice: self.codice.clone(), versione: self.versione }
    }

    /// Whether it can be asked for on a day.
    pub fn aperto(&self, giorno: Date) -> bool {
        self.finestra.is_none_or(|finestra| finestra.aperta(giorno))
    }

    /// Bytes of the largest file that it takes with any of its questions; never more than
    /// [`crate::allegato::TETTO_BYTES`].
    pub fn byte_di_un_file(&self) -> u64 {
        let asked = self.modulo.campi().filter_map(|campo| match campo.tipo {
            TipoCampo::Allegato { megabyte, .. } => Some(megabyte.unwrap_or(self.allegati.megabyte)),
            _ => None,
        });
        // Files that no question names are those of the service itself.
        let most = asked.chain([self.allegati.megabyte]).max().unwrap_or_default();
        (u64::from(most) * MEGABYTE).min(TETTO_BYTES)
    }

    /// Its one form as bytes: keys sorted, every default spelled out. What the impronta of a version is computed over.
    pub fn canonico(&self) -> Vec<u8> {
        let mut value = serde_json::to_value(self).expect("a service has only text keys and finite numbers");
        value.sort_all_objects();
        value.to_string().into_bytes()
    }
}

impl Sample for Servizio {
    /// The generic request, which every municipality offers.
    fn sample() -> Self {
        serde_json::from_str(include_str!("../../../../schemas/servizi/richiesta-generica.json"))
            .expect("the shipped definition is checked by a test")
    }
}

/// JSON Schema of a file of the catalogue.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Servizio)
}
