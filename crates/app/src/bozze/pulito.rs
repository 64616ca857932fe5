//! What of a draft's answers its form knows. They are not checked: who writes may leave anything half done.

use domain::ids::AllegatoId;
use domain::modulo::{Campo, Modulo, TipoCampo};
use serde_json::{Map, Value};

/// Parts of an address.
const INDIRIZZO: [&str; 5] = ["via", "civico", "cap", "comune", "provincia"];

/// The answers to questions of the form; everything else is left out.
pub(super) fn pulisci(modulo: &Modulo, valori: Map<String, Value>) -> Map<String, Value> {
    noti(valori, |nome| modulo.campo(nome))
}

fn noti<'a>(valori: Map<String, Value>, campo: impl Fn(&str) -> Option<&'a Campo>) -> Map<String, Value> {
    let known = |(nome, valore): (String, Value)| {
        let campo = campo(&nome).filter(|campo| campo.da_compilare())?;
        Some((nome, valore_di(campo, valore)?))
    };
    valori.into_iter().filter_map(known).collect()
}

fn valore_di(campo: &Campo, valore: Value) -> Option<Value> {
    match (&campo.tipo, valore) {
        (TipoCampo::Gruppo { campi, massimo, .. }, Value::Array(items)) => {
            let item = |item: Value| match item {
                Value::Object(item) => {
                    Some(Value::Object(noti(item, |nome| campi.iter().find(|campo| campo.nome == nome))))
                }
                _ => None,
            };
            Some(items.into_iter().take(*massimo as usize).filter_map(item).collect())
        }
        (TipoCampo::Indirizzo, Value::Object(parti)) => {
            Some(Value::Object(parti.into_iter().filter(|(nome, _)| INDIRIZZO.contains(&nome.as_str())).collect()))
        }
        // Only lists of simple values remain: what is nested deeper answers no question.
        (_, Value::Null | Value::Object(_)) | (TipoCampo::Gruppo { .. }, _) => None,
        (_, Value::Array(items)) => {
            Some(items.into_iter().filter(|item| !item.is_object() && !item.is_array() && !item.is_null()).collect())
        }
        (_, valore) => Some(valore),
    }
}

/// The files that the answers name, also in fields that are hidden for now.
pub(super) fn file_di(modulo: &Modulo, valori: &Map<String, Value>) -> Vec<AllegatoId> {
    let fields = modulo.campi().filter(|campo| matches!(campo.tipo, TipoCampo::Allegato { .. }));
    let named = fields.filter_map(|campo| valori.get(&campo.nome)).flat_map(|valore| match valore {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    named.filter_map(|id| id.as_str()?.parse().ok()).collect()
}
