//! The validator: any answers to any shipped form.

#![no_main]

use domain::modulo::{Campo, ContestoModulo};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let Some((which, rest)) = data.split_first() else { return };
    let servizi = catalogo::spediti();
    let modulo = &servizi[usize::from(*which) % servizi.len()].modulo;
    let input = match serde_json::from_slice(rest) {
        Ok(input) => input,
        Err(_) => Value::Object(risposte(modulo.campi(), &mut Byte(rest))),
    };
    let ctx = ContestoModulo { oggi: date(2026, 11, 22) };
    let esame = modulo.esamina(&input, &ctx);
    for passo in 0..modulo.passi.len() {
        let _ = modulo.valida_passo(passo, &input, &ctx);
    }
    let righe = modulo.prospetto(&esame.valori, &BTreeMap::new());
    assert!(righe.len() <= modulo.passi.len());
    if let Ok(valido) = modulo.valida(&input, &ctx) {
        let again = modulo.valida(&Value::Object(valido.valori().clone()), &ctx);
        assert_eq!(again.as_ref(), Ok(&valido), "what is accepted is accepted again, unchanged");
        assert!(modulo.riporta(modulo, valido.valori()).cambiamenti.is_empty());
    }
});

/// Bytes taken one after the other; zero when there are no more.
struct Byte<'a>(&'a [u8]);

impl Byte<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }
}

/// Answers that are often right, so that the fuzzer gets past the first field.
fn risposte<'a>(campi: impl Iterator<Item = &'a Campo>, byte: &mut Byte<'_>) -> Map<String, Value> {
    campi.map(|campo| (campo.nome.clone(), risposta(campo, byte))).filter(|(nome, _)| !nome.is_empty()).collect()
}

fn risposta(campo: &Campo, byte: &mut Byte<'_>) -> Value {
    let known = [
        "RSSMRA80A01H501U",
        "IT60X0542811101000000123456",
        "anna@example.org",
        "0187 555 0100",
        "2026-12-01",
        "1/1/1990",
        "1.234,50",
        "12",
        "AB123CD",
        "00100",
        "12/2026",
        "0192f00d-0000-7000-8000-000000000a11",
        "Via Roma",
        "12345670017",
    ];
    match byte.next() {
        0..=99 if !campo.tipo.opzioni().is_empty() => {
            let opzioni = campo.tipo.opzioni();
            Value::from(opzioni[usize::from(byte.next()) % opzioni.len()].valore.as_str())
        }
        0..=99 if !campo.campi().is_empty() => {
            let quante = byte.next() % 4;
            (0..quante).map(|_| Value::Object(risposte(campo.campi().iter(), byte))).collect()
        }
        0..=159 => Value::from(known[usize::from(byte.next()) % known.len()]),
        160..=199 => Value::from(byte.next() % 2 == 0),
        200..=219 => Value::from(i64::from(byte.next()) - 100),
        220..=229 => Value::from(f64::from(byte.next()) / 8.0),
        230..=239 => {
            let part = |text: &str| Value::from(text);
            let address =
                [("via", "Via Roma"), ("civico", "1"), ("cap", "00100"), ("comune", "Borgo"), ("provincia", "bo")];
            Value::Object(address.map(|(key, text)| (key.to_owned(), part(text))).into_iter().collect())
        }
        240..=249 => {
            let length = usize::from(byte.next() % 16);
            Value::from((0..length).map(|_| char::from(byte.next())).collect::<String>())
        }
        _ => Value::Null,
    }
}
