//! What several types share: entry of the register, office, file.

use crate::at_hand::{Asked, AtHand};
use crate::scalars::DateTime;
use app::Contesto;
use async_graphql::parser::types::Field;
use async_graphql::{ID, ScalarType, SimpleObject, Value};
use domain::ente::CodiceUfficio;
use domain::registro;

/// An entry of the protocol register: what identifies a registered document for ever (DPR 445/2000 artt. 53, 55, 57).
#[derive(Debug, Clone, SimpleObject)]
pub struct Protocollo {
    /// Code of the register; one per AOO (Linee guida AgID 3.4).
    registro: String,
    /// Calendar year of the entry in Italy.
    anno: i16,
    /// Progressive number within register and year, from 1, without holes (DPR 445/2000 art. 57).
    numero: u64,
    /// Written form, at least seven digits and the year: `0000012/2026`.
    segnatura: String,
    /// Instant of the entry.
    data: DateTime,
    /// SHA-256 of the registered document, 64 hexadecimal digits (DPR 445/2000 art. 53 c. 1 f).
    impronta: String,
}

impl From<&registro::Protocollo> for Protocollo {
    fn from(protocollo: &registro::Protocollo) -> Self {
        Self {
            registro: protocollo.registro.clone(),
            anno: protocollo.anno,
            numero: protocollo.numero,
            segnatura: protocollo.segnatura().to_string(),
            data: DateTime(protocollo.data),
            impronta: protocollo.impronta.to_string(),
        }
    }
}

impl AtHand for registro::Protocollo {
    const TYPE: &'static str = "Protocollo";

    fn field(&self, _: &Asked<'_>, field: &Field) -> Option<Value> {
        Some(match field.name.node.as_str() {
            "registro" => Value::from(self.registro.as_str()),
            "anno" => Value::from(self.anno),
            "numero" => Value::from(self.numero),
            "segnatura" => Value::from(self.segnatura().to_string()),
            "data" => DateTime(self.data).to_value(),
            "impronta" => Value::from(self.impronta.as_str()),
            _ => return None,
        })
    }
}

/// An office (unità organizzativa; L. 241/1990 art. 4).
#[derive(Debug, Clone, SimpleObject)]
pub struct Ufficio {
    /// Code, such as `lavori-pubblici`.
    id: ID,
    /// Name for citizens.
    nome: String,
}

impl Ufficio {
    /// An office of the ente of the request; one that it no longer lists keeps its code for a name.
    pub(crate) fn of(contesto: &Contesto, codice: &CodiceUfficio) -> Self {
        Self { id: ID(codice.to_string()), nome: contesto.ente.nome_ufficio(codice).to_owned() }
    }
}

impl From<&app::Ufficio> for Ufficio {
    fn from(ufficio: &app::Ufficio) -> Self {
        Self { id: ID(ufficio.codice.to_string()), nome: ufficio.nome.clone() }
    }
}

impl AtHand for CodiceUfficio {
    const TYPE: &'static str = "Ufficio";

    fn field(&self, asked: &Asked<'_>, field: &Field) -> Option<Value> {
        Some(match field.name.node.as_str() {
            "id" => Value::from(self.as_str()),
            "nome" => Value::from(asked.contesto.ente.nome_ufficio(self)),
            _ => return None,
        })
    }
}

/// A file that came with a filing.
#[derive(Debug, Clone, SimpleObject)]
pub struct Allegato {
    /// File name as the citizen gave it; personal data.
    pub(crate) nome: Option<String>,
    /// Media type, recognised from the bytes.
    pub(crate) formato: String,
    /// Bytes.
    pub(crate) dimensione: u64,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub(crate) impronta: String,
    /// Path on this host from which the person who asks may download it.
    pub(crate) url: Option<String>,
}

impl Allegato {
    pub(crate) fn of(allegato: &domain::allegato::Allegato, nome: Option<&String>, url: Option<String>) -> Self {
        Self {
            nome: nome.cloned(),
            formato: allegato.formato.clone(),
            dimensione: allegato.dimensione,
            impronta: allegato.impronta.to_string(),
            url,
        }
    }
}
