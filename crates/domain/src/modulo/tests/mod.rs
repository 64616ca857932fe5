//! Tests of the form language.

mod definizioni;
mod formule;
mod profilo;
mod proprieta;
mod valida;
mod viste;

use super::*;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

pub(super) const OGGI: Date = date(2026, 11, 22);

pub(super) fn ctx() -> ContestoModulo {
    ContestoModulo { oggi: OGGI }
}

/// A form of one step with these fields.
pub(super) fn modulo(campi: Value) -> Modulo {
    serde_json::from_value(json!({ "passi": [{ "nome": "dati", "titolo": "Dati", "campi": campi }] })).unwrap()
}

/// A form whose definition has nothing wrong.
pub(super) fn buono(campi: Value) -> Modulo {
    let modulo = modulo(campi);
    assert_eq!(modulo.controlla(), [], "the definition of a test is right");
    modulo
}

/// A field `campo` of a type with its keys.
pub(super) fn campo(tipo: &str, chiavi: Value) -> Value {
    let mut campo = json!({ "nome": "campo", "tipo": tipo, "etichetta": "Domanda" });
    campo.as_object_mut().unwrap().extend(chiavi.as_object().unwrap().clone());
    campo
}

/// What a form with that one field makes of a value: its one form, or the codes of the refusals.
pub(super) fn esito(tipo: &str, chiavi: Value, valore: Value) -> Result<Value, Vec<String>> {
    let modulo = buono(json!([campo(tipo, chiavi)]));
    match modulo.valida(&json!({ "campo": valore }), &ctx()) {
        Ok(valido) => Ok(valido.get("campo").cloned().unwrap_or(Value::Null)),
        Err(refused) => Err(refused.0.into_iter().map(|refusal| refusal.code).collect()),
    }
}

/// Fields and codes of the refusals.
pub(super) fn rifiuti(modulo: &Modulo, input: Value) -> Vec<(String, String)> {
    let refused = modulo.valida(&input, &ctx()).unwrap_err();
    refused.0.into_iter().map(|refusal| (refusal.field.unwrap(), refusal.code)).collect()
}

/// A form that uses everything.
pub(super) fn completo() -> Modulo {
    let value = json!({
        "passi": [
            { "nome": "persone", "titolo": "Persone", "campi": [
                { "nome": "perChi", "tipo": "scelta", "etichetta": "Per chi", "opzioni": [
                    { "valore": "me", "testo": "Per me" }, { "valore": "altri", "testo": "Per altri" }] },
                { "nome": "nome", "tipo": "testo", "etichetta": "Nome", "se": { "campo": "perChi", "uguale": "altri" } },
                { "nome": "codiceFiscale", "tipo": "codiceFiscale", "etichetta": "Codice fiscale",
                  "se": { "campo": "perChi", "uguale": "altri" } },
                { "nome": "figli", "tipo": "gruppo", "etichetta": "Figli", "voce": "Figlio", "minimo": 0, "massimo": 3,
                  "facoltativo": true, "campi": [
                    { "nome": "nome", "tipo": "testo", "etichetta": "Nome" },
                    { "nome": "nascita", "tipo": "data", "etichetta": "Nascita", "massimo": "oggi" },
                    { "nome": "spesa", "tipo": "importo", "etichetta": "Spesa", "facoltativo": true }] },
                { "nome": "totale", "tipo": "calcolo", "etichetta": "Totale", "formula": { "somma": ["figli.spesa"] },
                  "decimali": 2, "unita": "€" }
            ] },
            { "nome": "periodo", "titolo": "Periodo", "campi": [
                { "nome": "dal", "tipo": "data", "etichetta": "Dal", "minimo": "oggi" },
                { "nome": "al", "tipo": "data", "etichetta": "Al" },
                { "nome": "giorni", "tipo": "calcolo", "etichetta": "Giorni", "formula": { "giorni": { "dal": "dal", "al": "al" } },
                  "unita": "giorni" },
                { "nome": "servizi", "tipo": "scelte", "etichetta": "Servizi", "facoltativo": true, "opzioni": [
                    { "valore": "mensa", "testo": "Mensa" }, { "valore": "bus", "testo": "Trasporto" }] },
                { "nome": "dieta", "tipo": "casella", "etichetta": "Dieta speciale",
                  "se": { "campo": "servizi", "contiene": "mensa" } },
                { "nome": "planimetria", "tipo": "allegato", "etichetta": "Planimetria", "formati": ["pdf"], "facoltativo": true },
                { "nome": "luogo", "tipo": "indirizzo", "etichetta": "Luogo", "facoltativo": true },
                { "nome": "iban", "tipo": "iban", "etichetta": "IBAN", "facoltativo": true },
                { "nome": "vero", "tipo": "dichiarazione", "etichetta": "Dichiaro che è vero", "articolo": "46" },
                { "tipo": "nota", "etichetta": "Fine." }
            ] }
        ],
        "regole": [{ "verifica": { "campo": "al", "maggioreUguale": { "campo": "dal" } }, "campo": "al",
                     "errore": "La fine non può venire prima dell'inizio." }]
    });
    let modulo: Modulo = serde_json::from_value(value).unwrap();
    assert_eq!(modulo.controlla(), []);
    modulo
}

/// What fills it in.
pub(super) fn compilato() -> Value {
    json!({
        "perChi": "altri", "nome": " Anna ", "codiceFiscale": "rssmra80a01h501u",
        "figli": [{ "nome": "Luca", "nascita": "2015-03-01", "spesa": "1.250,5" }, { "nome": "Ada", "nascita": "02/04/2017" }],
        "totale": 99, "dal": "2026-12-01", "al": "2026-12-10", "servizi": ["bus", "mensa"], "dieta": "on",
        "planimetria": "0192F00D-0000-7000-8000-000000000A11",
        "luogo": { "via": "Via Roma", "civico": "1", "cap": "12345", "comune": "Borgo", "provincia": "bo" },
        "iban": "IT60 X054 2811 1010 0000 0123 456", "vero": true
    })
}
