//! Events of a request.

use crate::ids::PraticaId;
use crate::modulo::{ModuloValido, Sezione};
use crate::persona::Anagrafica;
use crate::pratica::{
    Conclusione, Deposito, IntegrazionePresentata, IntegrazioneRichiesta, IstanzaRinunciata, LavorazioneAvviata,
    PraticaRiassegnata, PresaInCarico, RicevutaEmessa, RicevutaFormata, TermineCalcolato, TipoPratica,
};
use crate::servizio::{EffettoSilenzio, RiferimentoServizio};
use crate::{Personale, Sample};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The request as filed; its canonical bytes are what the register's impronta is computed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentoIstanza {
    /// Who asks.
    pub autore: Anagrafica,
    /// Name of the service.
    pub servizio: String,
    /// The form, filled in.
    pub modulo: ModuloValido,
    /// The same in words, question by question: what the document says does not depend on a form kept elsewhere.
    pub sezioni: Vec<Sezione>,
    /// Names of the files as given, in the order of `allegati`.
    pub nomi_allegati: Vec<String>,
    /// Hashes of the files, in the same order.
    pub impronte_allegati: Vec<String>,
}

impl DocumentoIstanza {
    /// What it is about, in the citizen's own words where the form asks for a subject.
    pub fn titolo(&self) -> &str {
        self.modulo.get("oggetto").and_then(serde_json::Value::as_str).unwrap_or(&self.servizio)
    }
}

/// A citizen filed a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IstanzaPresentata {
    /// What every filing states.
    #[serde(flatten)]
    pub deposito: Deposito,
    /// Service and version, kept for ever.
    pub servizio: RiferimentoServizio,
    /// What silence means for this request (L. 241/1990 artt. 2, 20, 25).
    pub effetto_silenzio: EffettoSilenzio,
    /// The earlier case of the same person that it was written from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub da_pratica: Option<PraticaId>,
    /// The request.
    pub personale: Personale<DocumentoIstanza>,
}

impl Sample for IstanzaPresentata {
    fn sample() -> Self {
        Self {
            deposito: Deposito::sample_of(TipoPratica::Istanza, "Istanza: Richiesta generica al Comune", "urp", "I.8"),
            servizio: RiferimentoServizio { codice: "richiesta-generica".into(), versione: 1 },
            effetto_silenzio: EffettoSilenzio::Inadempimento,
            da_pratica: None,
            personale: DocumentoIstanza {
                autore: Anagrafica::sample(),
                servizio: "Richiesta generica al Comune".into(),
                modulo: ModuloValido::sample(),
                sezioni: vec![Sezione::sample()],
                nomi_allegati: vec!["planimetria.jpg".into()],
                impronte_allegati: vec!["ab".repeat(32)],
            }
            .into(),
        }
    }
}

/// The person responsible for the proceeding took charge (L. 241/1990 artt. 4-6).
pub type IstanzaPresaInCarico = PresaInCarico;
/// The proceeding ended with an express act (L. 241/1990 art. 2), an outgoing document with a number of its own.
pub type IstanzaConclusa = Conclusione;

eventi! {
    /// Events of `istanza-*`.
    "istanza" {
        IstanzaPresentata = 2,
        RicevutaEmessa = 1,
        RicevutaFormata = 1,
        TermineCalcolato = 1,
        IstanzaPresaInCarico = 1,
        LavorazioneAvviata = 1,
        PraticaRiassegnata = 1,
        IntegrazioneRichiesta = 1,
        IntegrazionePresentata = 1,
        IstanzaConclusa = 1,
        IstanzaRinunciata = 1,
    }
}
