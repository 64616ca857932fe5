//! A draft begun with one version of a form goes on with the next.

use super::lingua::{Campo, Modulo, TipoCampo};
use serde_json::{Map, Value};

/// A draft in the next version.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Riporto {
    /// What stays of the answers.
    pub valori: Map<String, Value>,
    /// What changed, in Italian, for who goes on.
    pub cambiamenti: Vec<String>,
}

impl Modulo {
    /// Carries the answers of a draft from an older version of the form to this one. The draft need not be complete.
    pub fn riporta(&self, vecchio: &Modulo, bozza: &Map<String, Value>) -> Riporto {
        let mut riporto = Riporto::default();
        for campo in self.campi().filter(|campo| campo.da_compilare()) {
            match vecchio.campo(&campo.nome) {
                None => riporto.cambiamenti.push(format!("C'è una nuova domanda: «{}».", campo.etichetta)),
                Some(prima) => {
                    let dato = bozza.get(&campo.nome);
                    riporto.porta(prima, campo, dato);
                }
            }
        }
        for prima in vecchio.campi().filter(|campo| campo.da_compilare()) {
            if self.campo(&prima.nome).is_none() {
                let persa = bozza.contains_key(&prima.nome);
                let coda = if persa { " La risposta già data non serve più." } else { "" };
                riporto.cambiamenti.push(format!("La domanda «{}» non c'è più.{coda}", prima.etichetta));
            }
        }
        riporto
    }
}

impl Riporto {
    fn porta(&mut self, prima: &Campo, ora: &Campo, dato: Option<&Value>) {
        let tenuto = dato.and_then(|dato| tieni(prima, ora, dato));
        if dato.is_some() && (tenuto.as_ref() != dato || cambia_senso(prima, ora)) {
            self.cambiamenti.push(match tenuto {
                Some(_) => format!("La domanda «{}» è cambiata: controllare la risposta.", ora.etichetta),
                None => format!("La domanda «{}» è cambiata: rispondere di nuovo.", ora.etichetta),
            });
        } else if prima.facoltativo && !ora.facoltativo && dato.is_none() {
            self.cambiamenti.push(format!("Ora la domanda «{}» è obbligatoria.", ora.etichetta));
        }
        self.valori.extend(tenuto.map(|valore| (ora.nome.clone(), valore)));
    }
}

/// Whether the words of a question changed, so that an old answer may not fit.
fn cambia_senso(prima: &Campo, ora: &Campo) -> bool {
    prima.etichetta != ora.etichetta
}

/// What stays of an answer: the same kind of field, and choices that still exist.
fn tieni(prima: &Campo, ora: &Campo, dato: &Value) -> Option<Value> {
    if prima.tipo.tipo() != ora.tipo.tipo() {
        return None;
    }
    match &ora.tipo {
        // A statement is about its words: with other words it was never made.
        TipoCampo::Dichiarazione { .. } => (prima.etichetta == ora.etichetta).then(|| dato.clone()),
        TipoCampo::Scelta { opzioni } => {
            let there = opzioni.iter().any(|opzione| Some(opzione.valore.as_str()) == dato.as_str());
            there.then(|| dato.clone())
        }
        TipoCampo::Scelte { opzioni, .. } => {
            let there = |valore: &&Value| opzioni.iter().any(|o| Some(o.valore.as_str()) == valore.as_str());
            let kept: Vec<Value> = dato.as_array()?.iter().filter(there).cloned().collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        TipoCampo::Gruppo { campi, massimo, .. } => {
            let item = |item: &Value| {
                let kept = campi.iter().filter_map(|interno| {
                    let prima = prima.campi().iter().find(|campo| campo.nome == interno.nome)?;
                    Some((interno.nome.clone(), tieni(prima, interno, item.get(&interno.nome)?)?))
                });
                Value::Object(kept.collect())
            };
            Some(dato.as_array()?.iter().take(*massimo as usize).map(item).collect())
        }
        TipoCampo::Allegato { massimo, .. } => match (massimo, dato) {
            (1, Value::Array(list)) => list.first().cloned(),
            (1, one) | (_, one @ Value::Array(_)) => Some(one.clone()),
            (_, one) => Some(Value::Array(vec![one.clone()])),
        },
        _ => Some(dato.clone()),
    }
}
