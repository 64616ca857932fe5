//! A definition as a YAML file that people go on editing.

use crate::definizione::Forma;
use serde_json::Value;

/// Keys in the order people expect; others follow in theirs.
const ORDINE: [&str; 40] = [
    "codice",
    "versione",
    "nome",
    "archetipo",
    "categoria",
    "argomenti",
    "scheda",
    "norme",
    "ufficio",
    "termineGiorni",
    "effettoSilenzio",
    "preavviso",
    "classifica",
    "livelloIdentita",
    "riservato",
    "conservazione",
    "bollo",
    "pagamento",
    "appuntamento",
    "finestra",
    "tipo",
    "titolo",
    "testo",
    "etichetta",
    "aiuto",
    "facoltativo",
    "se",
    "verifica",
    "campo",
    "errore",
    "descrizione",
    "destinatari",
    "comeFare",
    "cosaServe",
    "cosaSiOttiene",
    "tempi",
    "passi",
    "campi",
    "modulo",
    "allegati",
];

/// A definition as YAML; [`crate::leggi`] and the like read it back.
pub fn yaml<T: Forma>(definizione: &T) -> String {
    let value = serde_json::to_value(definizione).unwrap_or_default();
    let mut out = String::new();
    mappa(&value, 0, &mut out);
    out
}

fn posto(key: &str) -> usize {
    ORDINE.iter().position(|known| *known == key).unwrap_or(ORDINE.len())
}

fn mappa(value: &Value, rientro: usize, out: &mut String) {
    let Value::Object(map) = value else { return };
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort_by_key(|key| posto(key));
    for (index, key) in keys.into_iter().enumerate() {
        // The first key of an item of a list stands on the line of its dash.
        if index > 0 || !out.ends_with("- ") {
            out.push_str(&" ".repeat(rientro));
        }
        out.push_str(key);
        out.push(':');
        figlio(&map[key], rientro, out);
    }
}

/// What follows a key: on its line when it is short, below when it is not.
fn figlio(value: &Value, rientro: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mappa(value, rientro + 2, out);
        }
        Value::Array(list) if list.iter().any(|item| item.is_object() || item.is_array()) => {
            out.push('\n');
            for item in list {
                out.push_str(&" ".repeat(rientro + 2));
                out.push_str("- ");
                match item {
                    Value::Object(map) if !map.is_empty() => mappa(item, rientro + 4, out),
                    other => riga("", &other.to_string(), out),
                }
            }
        }
        Value::String(text) => riga(" ", &stringa(text), out),
        // JSON is YAML: lists of words, numbers, yes and no.
        other => riga(" ", &other.to_string(), out),
    }
}

fn riga(prima: &str, text: &str, out: &mut String) {
    out.push_str(prima);
    out.push_str(text);
    out.push('\n');
}

/// Bare where nothing could be misread, quoted as JSON otherwise.
fn stringa(text: &str) -> String {
    let inner =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | '(' | ')' | '/' | '\'' | '’' | '%');
    let bare = text.starts_with(char::is_alphabetic)
        && text.chars().all(inner)
        && !text.ends_with(' ')
        && !matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off");
    if bare { text.to_owned() } else { Value::from(text).to_string() }
}
