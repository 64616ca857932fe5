//! The form of the generic request.

use crate::Sample;
use crate::codice_fiscale::CodiceFiscale;
use crate::refusal::{Findings, Refusal, Refused};
use crate::testo::{riga, testo, testo_facoltativo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Limits of the form, in characters.
pub mod limiti {
    /// Subject.
    pub const OGGETTO: usize = 150;
    /// Request.
    pub const RICHIESTA: usize = 4_000;
    /// Telephone.
    pub const TELEFONO: usize = 20;
}

/// The form, filled in and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModuloRichiesta {
    /// Subject in the citizen's words.
    pub oggetto: String,
    /// What is asked.
    pub richiesta: String,
    /// Codice fiscale of the person concerned, when it is not who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codice_fiscale_interessato: Option<CodiceFiscale>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefono: Option<String>,
}

const CAMPI: [&str; 4] = ["oggetto", "richiesta", "codiceFiscaleInteressato", "telefono"];

impl ModuloRichiesta {
    /// Checks what a citizen filled in: a JSON object with the fields of the form as text.
    ///
    /// # Errors
    /// All reasons found, each about `modulo.<field>`.
    pub fn valida(input: &Value) -> Result<Self, Refused> {
        let Value::Object(fields) = input else {
            return Err(Refusal::field("modulo", "modulo-non-valido").into());
        };
        let mut findings = Findings::default();
        for name in fields.keys().filter(|name| !CAMPI.contains(&name.as_str())) {
            findings.push(Refusal::field(format!("modulo.{name}"), "campo-sconosciuto"));
        }
        let mut text = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => Some(""),
            Some(Value::String(text)) => Some(text.as_str()),
            Some(_) => {
                findings.push(Refusal::field(format!("modulo.{name}"), "tipo-non-valido"));
                None
            }
        };
        let [oggetto, richiesta, interessato, telefono] = CAMPI.map(&mut text);
        let oggetto = oggetto.and_then(|t| findings.take(riga("modulo.oggetto", t, 3, limiti::OGGETTO)));
        let richiesta = richiesta.and_then(|t| findings.take(testo("modulo.richiesta", t, 3, limiti::RICHIESTA)));
        let interessato = interessato.and_then(|t| findings.take(codice_fiscale("modulo.codiceFiscaleInteressato", t)));
        let telefono = telefono.and_then(|t| findings.take(self::telefono(t)));
        findings.done()?;
        match (oggetto, richiesta, interessato, telefono) {
            (Some(oggetto), Some(richiesta), Some(codice_fiscale_interessato), Some(telefono)) => {
                Ok(Self { oggetto, richiesta, codice_fiscale_interessato, telefono })
            }
            _ => Err(Refusal::field("modulo", "modulo-non-valido").into()),
        }
    }
}

fn codice_fiscale(field: &str, text: &str) -> Result<Option<CodiceFiscale>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    CodiceFiscale::parse(text).map(Some).map_err(|_| Refusal::field(field, "codice-fiscale-non-valido"))
}

fn telefono(text: &str) -> Result<Option<String>, Refusal> {
    let field = "modulo.telefono";
    let value = testo_facoltativo(field, Some(text), limiti::TELEFONO)?;
    let good = |v: &String| {
        v.chars().filter(char::is_ascii_digit).count() >= 5
            && v.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '/' | '.'))
    };
    match value {
        Some(value) if !good(&value) => Err(Refusal::field(field, "telefono-non-valido")),
        value => Ok(value),
    }
}

impl Sample for ModuloRichiesta {
    fn sample() -> Self {
        Self {
            oggetto: "Panchina in piazza".into(),
            richiesta: "Chiedo di collocare una panchina all'ombra in piazza della Fonte.".into(),
            codice_fiscale_interessato: None,
            telefono: Some("0187 555 0100".into()),
        }
    }
}
