//! Events of the register.

use super::Protocollo;
use crate::allegato::Allegato;
use crate::codice_fiscale::CodiceFiscale;
use crate::ente::CodiceUfficio;
use crate::ids::PraticaId;
use crate::persona::Operatore;
use crate::titolario::Classifica;
use crate::{Personale, Sample};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Direction of the registered document (Allegato 5: TipologiaDiFlusso).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Flusso {
    /// In entrata: received.
    E,
    /// In uscita: sent.
    U,
}

impl Flusso {
    /// One letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::U => "U",
        }
    }
}

/// Sender of an incoming or addressee of an outgoing document (art. 53 c. 1 c).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Corrispondente {
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// Codice fiscale, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codice_fiscale: Option<CodiceFiscale>,
    /// Names of the files as the citizen gave them, in the order of `allegati`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nomi_allegati: Vec<String>,
}

/// An entry of the register: number, date, correspondent, subject, hash (art. 53 c. 1). Nothing of it is ever changed.
/// Its personal data is sealed with the key of the register, which is never destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolloRegistrato {
    /// The number.
    pub protocollo: Protocollo,
    /// Direction.
    pub flusso: Flusso,
    /// Subject, made from the service and free of special categories of data (GDPR art. 9).
    pub oggetto: String,
    /// Case to which the document belongs.
    pub pratica: PraticaId,
    /// Kind of case, as the first part of its stream's name.
    pub tipo_pratica: String,
    /// First classification; later ones are `ClassificazioneModificata`.
    pub classifica: Classifica,
    /// First assignment; later ones are `AssegnazioneModificata`.
    pub assegnazione: CodiceUfficio,
    /// Seen only by the assigned office and the protocol office.
    pub riservato: bool,
    /// Files with the document.
    pub allegati: Vec<Allegato>,
    /// First registration of the same case, when this one follows it (IdIdentificativoDocumentoPrimario).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primario: Option<Protocollo>,
    /// Sender or addressee.
    pub personale: Personale<Corrispondente>,
}

impl Sample for ProtocolloRegistrato {
    fn sample() -> Self {
        Self {
            protocollo: Protocollo::sample(),
            flusso: Flusso::E,
            oggetto: "Segnalazione: Illuminazione pubblica".into(),
            pratica: PraticaId::sample(),
            tipo_pratica: "segnalazione".into(),
            classifica: Classifica::parse("VI.8").expect("a class of the titolario"),
            assegnazione: CodiceUfficio::new("lavori-pubblici"),
            riservato: false,
            allegati: vec![Allegato::sample()],
            primario: None,
            personale: Corrispondente {
                nome: "Mario".into(),
                cognome: "Rossi".into(),
                codice_fiscale: Some(CodiceFiscale::parse("RSSMRA80A01H501U").expect("a valid codice fiscale")),
                nomi_allegati: vec!["lampione.jpg".into()],
            }
            .into(),
        }
    }
}

impl Sample for PraticaId {
    fn sample() -> Self {
        Self(Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_cdef))
    }
}

/// A change of one of the two data that may change: old and new stay visible and comparable (Linee guida AgID 3.1.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Modifica<T> {
    /// Register of the entry.
    pub registro: String,
    /// Year of the entry.
    pub anno: i16,
    /// Number of the entry.
    pub numero: u64,
    /// What stood there.
    pub precedente: T,
    /// What stands there now.
    pub nuova: T,
    /// Why.
    pub motivo: String,
    /// Who changed it.
    pub operatore: Operatore,
}

impl<T> Modifica<T> {
    fn sample_of(precedente: T, nuova: T, motivo: &str) -> Self {
        Self {
            registro: super::CODICE_REGISTRO.into(),
            anno: 2026,
            numero: 12,
            precedente,
            nuova,
            motivo: motivo.into(),
            operatore: Operatore::sample(),
        }
    }
}

/// The entry was assigned to another office.
pub type AssegnazioneModificata = Modifica<CodiceUfficio>;
/// The entry was classified otherwise.
pub type ClassificazioneModificata = Modifica<Classifica>;

impl Sample for AssegnazioneModificata {
    fn sample() -> Self {
        Self::sample_of(CodiceUfficio::new("urp"), CodiceUfficio::new("ambiente"), "Competenza dell'ufficio Ambiente")
    }
}

impl Sample for ClassificazioneModificata {
    fn sample() -> Self {
        Self::sample_of(
            Classifica::parse("I.8").expect("a class"),
            Classifica::parse("VI.9").expect("a class"),
            "Riguarda l'ambiente",
        )
    }
}

eventi! {
    /// Events of `registro-*` (entries) and `registrazione-*` (the later history of one entry).
    "registro" {
        ProtocolloRegistrato = 1,
        AssegnazioneModificata = 1,
        ClassificazioneModificata = 1,
    }
}
