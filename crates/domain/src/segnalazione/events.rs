//! Events of a report.

use crate::persona::Anagrafica;
use crate::pratica::{
    Conclusione, Deposito, LavorazioneAvviata, PraticaRiassegnata, PresaInCarico, RicevutaEmessa, RicevutaFormata,
    TermineCalcolato, TipoPratica,
};
use crate::{Personale, Sample};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where it is: an address, and a point when the citizen gave one (WGS 84, degrees).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Luogo {
    /// Street and number, or a description.
    pub indirizzo: String,
    /// -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitudine: Option<f64>,
    /// -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitudine: Option<f64>,
}

/// The document as filed; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoSegnalazione {
    /// Who reports, as the sign-in identified them.
    pub autore: Anagrafica,
    /// Name of the category.
    pub categoria: String,
    /// In a few words.
    pub titolo: String,
    /// In more words.
    pub dettagli: String,
    /// Where.
    pub luogo: Luogo,
    /// Names of the files as given, in the order of `allegati`.
    pub nomi_allegati: Vec<String>,
    /// Hashes of the files, in the same order.
    pub impronte_allegati: Vec<String>,
}

/// A citizen sent a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegnalazioneInviata {
    /// What every filing states.
    #[serde(flatten)]
    pub deposito: Deposito,
    /// Code of the category.
    pub categoria: String,
    /// The document.
    pub personale: Personale<DocumentoSegnalazione>,
}

impl Sample for SegnalazioneInviata {
    fn sample() -> Self {
        Self {
            deposito: Deposito::sample_of(
                TipoPratica::Segnalazione,
                "Segnalazione: Illuminazione pubblica",
                "lavori-pubblici",
                "VI.8",
            ),
            categoria: "illuminazione".into(),
            personale: DocumentoSegnalazione {
                autore: Anagrafica::sample(),
                categoria: "Illuminazione pubblica".into(),
                titolo: "Lampione spento".into(),
                dettagli: "Il lampione davanti al civico 12 è spento da tre giorni.".into(),
                luogo: Luogo {
                    indirizzo: "Via dei Tigli 12".into(),
                    latitudine: Some(44.123_456),
                    longitudine: Some(8.25),
                },
                nomi_allegati: vec!["lampione.jpg".into()],
                impronte_allegati: vec!["ab".repeat(32)],
            }
            .into(),
        }
    }
}

/// An official took charge of the report; from here on it may be shown in the public list.
pub type SegnalazionePresaInCarico = PresaInCarico;
/// The report was resolved.
pub type SegnalazioneRisolta = Conclusione;

eventi! {
    /// Events of `segnalazione-*`.
    "segnalazione" {
        SegnalazioneInviata = 1,
        RicevutaEmessa = 1,
        RicevutaFormata = 1,
        TermineCalcolato = 1,
        SegnalazionePresaInCarico = 1,
        LavorazioneAvviata = 1,
        PraticaRiassegnata = 1,
        SegnalazioneRisolta = 1,
    }
}
