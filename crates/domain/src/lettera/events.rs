//! Events of a letter.

use crate::persona::Anagrafica;
use crate::pratica::{
    Conclusione, Deposito, LavorazioneAvviata, PraticaRiassegnata, PresaInCarico, RicevutaEmessa, RicevutaFormata,
    TermineCalcolato, TipoPratica,
};
use crate::{Personale, Sample};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The letter as written; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoLettera {
    /// Who writes.
    pub autore: Anagrafica,
    /// Subject in the citizen's words.
    pub oggetto: String,
    /// The letter.
    pub testo: String,
    /// Names of the files as given, in the order of `allegati`.
    pub nomi_allegati: Vec<String>,
    /// Hashes of the files, in the same order.
    pub impronte_allegati: Vec<String>,
}

/// A citizen wrote to the mayor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetteraInviata {
    /// What every filing states.
    #[serde(flatten)]
    pub deposito: Deposito,
    /// The document.
    pub personale: Personale<DocumentoLettera>,
}

impl Sample for LetteraInviata {
    fn sample() -> Self {
        Self {
            deposito: Deposito::sample_of(TipoPratica::Lettera, "Lettera al Sindaco", "segreteria-sindaco", "II.1"),
            personale: DocumentoLettera {
                autore: Anagrafica::sample(),
                oggetto: "Il parco di via dei Tigli".into(),
                testo: "Gentile Sindaca, vorrei proporre un'area giochi nel parco.".into(),
                nomi_allegati: Vec::new(),
                impronte_allegati: Vec::new(),
            }
            .into(),
        }
    }
}

/// The mayor's secretary took charge of the letter.
pub type LetteraPresaInCarico = PresaInCarico;
/// The mayor answered; the answer is an outgoing act with a number of its own.
pub type RispostaInviata = Conclusione;

eventi! {
    /// Events of `lettera-*`.
    "lettera" {
        LetteraInviata = 1,
        RicevutaEmessa = 1,
        RicevutaFormata = 1,
        TermineCalcolato = 1,
        LetteraPresaInCarico = 1,
        LavorazioneAvviata = 1,
        PraticaRiassegnata = 1,
        RispostaInviata = 1,
    }
}
