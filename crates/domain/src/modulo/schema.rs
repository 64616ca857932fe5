//! The answers of a form as JSON Schema 2020-12, for who files through the API. The validator is what decides: the schema
//! says the shape, the limits and the conditions it can say.

use super::condizione::{Condizione, Confronto, Letterale, Operando};
use super::decimale::Decimale;
use super::giorno::Giorno;
use super::lingua::{Campo, FormatoTesto, Modulo, TipoCampo};
use super::valori::INDIRIZZO;
use serde_json::{Map, Value, json};

impl Modulo {
    /// JSON Schema of the checked values.
    pub fn json_schema(&self, titolo: &str) -> Value {
        let campi: Vec<&Campo> = self.campi().collect();
        let mut schema = oggetto(&campi);
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["title"] = titolo.into();
        schema
    }
}

/// An object with some fields: required ones, and those required under a condition that a schema can say.
fn oggetto(campi: &[&Campo]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut all_of = Vec::new();
    for campo in campi {
        let Some(mut schema) = tipo(campo) else { continue };
        schema["title"] = campo.etichetta.as_str().into();
        if let Some(aiuto) = &campo.aiuto {
            schema["description"] = aiuto.as_str().into();
        }
        properties.insert(campo.nome.clone(), schema);
        if campo.facoltativo || !campo.da_compilare() || matches!(campo.tipo, TipoCampo::Casella) {
            continue;
        }
        match &campo.se {
            None => required.push(Value::from(campo.nome.as_str())),
            Some(se) => {
                all_of
                    .extend(condizione(se, campi).map(|se| json!({ "if": se, "then": { "required": [campo.nome] } })));
            }
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    if !all_of.is_empty() {
        schema["allOf"] = all_of.into();
    }
    schema
}

fn tipo(campo: &Campo) -> Option<Value> {
    Some(match &campo.tipo {
        TipoCampo::Testo { formato: Some(formato), .. } => match formato {
            FormatoTesto::Targa => json!({ "type": "string", "pattern": "^[A-Z0-9]{4,10}$" }),
            FormatoTesto::Cap => json!({ "type": "string", "pattern": "^[0-9]{5}$" }),
            FormatoTesto::Protocollo => json!({ "type": "string", "pattern": "^[0-9]{1,9}/[0-9]{4}$" }),
        },
        TipoCampo::Testo { minimo, massimo, .. } => {
            json!({ "type": "string", "minLength": minimo.max(&1), "maxLength": massimo, "pattern": "^[^\\n\\t]*$" })
        }
        TipoCampo::TestoLungo { minimo, massimo } => {
            json!({ "type": "string", "minLength": minimo.max(&1), "maxLength": massimo })
        }
        TipoCampo::Numero { minimo, massimo, decimali, .. } => numero(*minimo, *massimo, *decimali),
        TipoCampo::Calcolo { decimali, .. } => {
            let mut schema = numero(None, None, *decimali);
            schema["readOnly"] = true.into();
            schema
        }
        TipoCampo::Importo { .. } => json!({ "type": "string", "pattern": "^-?[0-9]{1,12}\\.[0-9]{2}$" }),
        TipoCampo::Data { minimo, massimo } => data(*minimo, *massimo),
        TipoCampo::Scelta { opzioni } => {
            let one = |o: &super::lingua::Opzione| json!({ "const": o.valore, "title": o.testo });
            json!({ "type": "string", "oneOf": opzioni.iter().map(one).collect::<Vec<_>>() })
        }
        TipoCampo::Scelte { opzioni, minimo, massimo } => {
            let one = |o: &super::lingua::Opzione| json!({ "const": o.valore, "title": o.testo });
            let values: Vec<Value> = opzioni.iter().map(one).collect();
            json!({
                "type": "array", "uniqueItems": true, "items": { "type": "string", "oneOf": values },
                "minItems": minimo.unwrap_or(1).max(1), "maxItems": massimo.unwrap_or(opzioni.len() as u32)
            })
        }
        TipoCampo::Casella => json!({ "type": "boolean" }),
        TipoCampo::Dichiarazione { .. } => json!({ "const": true }),
        TipoCampo::CodiceFiscale => json!({ "type": "string", "pattern": "^([A-Z0-9]{16}|[0-9]{11})$" }),
        TipoCampo::PartitaIva => json!({ "type": "string", "pattern": "^[0-9]{11}$" }),
        TipoCampo::Iban => json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$" }),
        TipoCampo::Email => json!({ "type": "string", "format": "email", "maxLength": 254 }),
        TipoCampo::Telefono => json!({ "type": "string", "minLength": 5, "maxLength": 20 }),
        TipoCampo::Indirizzo => {
            let part = json!({ "type": "string", "minLength": 1 });
            let properties: Map<String, Value> = INDIRIZZO.iter().map(|k| ((*k).to_owned(), part.clone())).collect();
            json!({ "type": "object", "properties": properties, "required": INDIRIZZO, "additionalProperties": false })
        }
        TipoCampo::Allegato { massimo: 1, .. } => json!({ "type": "string", "format": "uuid" }),
        TipoCampo::Allegato { massimo, .. } => {
            let id = json!({ "type": "string", "format": "uuid" });
            json!({ "type": "array", "items": id, "minItems": 1, "maxItems": massimo, "uniqueItems": true })
        }
        TipoCampo::Gruppo { minimo, massimo, campi, .. } => {
            let items = oggetto(&campi.iter().collect::<Vec<_>>());
            json!({ "type": "array", "items": items, "minItems": minimo.max(&1), "maxItems": massimo })
        }
        TipoCampo::Nota => return None,
    })
}

fn numero(minimo: Option<Decimale>, massimo: Option<Decimale>, decimali: u8) -> Value {
    let mut schema = match decimali {
        0 => json!({ "type": "integer" }),
        // No `multipleOf`: binary fractions make validators disagree about it.
        _ => json!({ "type": "number" }),
    };
    for (key, limit) in [("minimum", minimo), ("maximum", massimo)] {
        if let Some(limit) = limit {
            schema[key] = limit.valore();
        }
    }
    schema
}

/// A day; fixed limits are said in words, for JSON Schema compares no dates.
fn data(minimo: Option<Giorno>, massimo: Option<Giorno>) -> Value {
    let mut schema = json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    for (key, limit) in [("x-minimo", minimo), ("x-massimo", massimo)] {
        if let Some(limit) = limit {
            schema[key] = limit.to_string().into();
        }
    }
    schema
}

/// A condition as a schema of the object; none where it compares fields, dates or amounts.
fn condizione(condizione: &Condizione, campi: &[&Campo]) -> Option<Value> {
    let parts =
        |parti: &[Condizione]| parti.iter().map(|parte| self::condizione(parte, campi)).collect::<Option<Vec<Value>>>();
    match condizione {
        Condizione::Tutte(parti) => Some(json!({ "allOf": parts(parti)? })),
        Condizione::AlmenoUna(parti) => Some(json!({ "anyOf": parts(parti)? })),
        // *Not* turns unknown into unknown, a schema would turn it into yes: only where nothing can be unknown.
        Condizione::Non(_) => None,
        Condizione::Campo { campo, confronto } => {
            let campo = campi.iter().find(|altro| &altro.nome == campo)?;
            let value = match confronto {
                Confronto::Uguale(Operando::Valore(valore)) => json!({ "const": costante(campo, valore)? }),
                Confronto::Diverso(Operando::Valore(valore)) => json!({ "not": { "const": costante(campo, valore)? } }),
                Confronto::In(valori) => {
                    let values: Option<Vec<Value>> = valori.iter().map(|valore| costante(campo, valore)).collect();
                    json!({ "enum": values? })
                }
                Confronto::Contiene(valore) => json!({ "contains": { "const": costante(campo, valore)? } }),
                Confronto::Presente(true) if !matches!(campo.tipo, TipoCampo::Casella) => json!(true),
                _ => return None,
            };
            Some(json!({ "properties": { campo.nome.as_str(): value }, "required": [campo.nome] }))
        }
    }
}

/// A literal as the checked value would be.
fn costante(campo: &Campo, valore: &Letterale) -> Option<Value> {
    match (&campo.tipo, valore) {
        (TipoCampo::Data { .. } | TipoCampo::Importo { .. }, _) => None,
        (_, Letterale::Testo(text)) => Some(text.as_str().into()),
        (_, Letterale::Numero(number)) => Some(number.valore()),
        (_, Letterale::Logico(value)) => Some((*value).into()),
    }
}
