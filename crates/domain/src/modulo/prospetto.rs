//! A filled form as rows of words: for the summary, the receipt and the office.

use super::decimale::Decimale;
use super::giorno;
use super::lingua::{Articolo, Campo, Modulo, TipoCampo};
use crate::Sample;
use crate::termini::giorno_in_parole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The rows of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sezione {
    /// Title of the step.
    pub titolo: String,
    /// Label and text of each value, in the order of the form.
    pub righe: Vec<(String, String)>,
}

impl Sample for Sezione {
    fn sample() -> Self {
        let righe = [
            ("Oggetto", "Panchina in piazza"),
            ("Richiesta", "Chiedo di collocare una panchina all'ombra in piazza della Fonte."),
        ];
        Self {
            titolo: "La richiesta".into(),
            righe: righe.map(|(etichetta, testo)| (etichetta.to_owned(), testo.to_owned())).into(),
        }
    }
}

impl Modulo {
    /// Checked values as labelled rows, a section for each step that has any. `nomi` are the names of uploaded files by
    /// id; a file without one is shown as such.
    pub fn prospetto(&self, valori: &Map<String, Value>, nomi: &BTreeMap<String, String>) -> Vec<Sezione> {
        let rows = |campi: &[Campo]| {
            let mut righe = Vec::new();
            for campo in campi {
                righe_di(campo, valori.get(&campo.nome), nomi, &mut righe);
            }
            righe
        };
        self.passi
            .iter()
            .map(|passo| Sezione { titolo: passo.titolo.clone(), righe: rows(&passo.campi) })
            .filter(|sezione| !sezione.righe.is_empty())
            .collect()
    }
}

fn righe_di(campo: &Campo, valore: Option<&Value>, nomi: &BTreeMap<String, String>, righe: &mut Vec<(String, String)>) {
    let Some(valore) = valore else { return };
    if let TipoCampo::Gruppo { voce, campi, .. } = &campo.tipo {
        for (index, item) in valore.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
            for interno in campi {
                let mut sue = Vec::new();
                righe_di(interno, item.get(&interno.nome), nomi, &mut sue);
                let numbered = |(etichetta, testo)| (format!("{voce} {} – {etichetta}", index + 1), testo);
                righe.extend(sue.into_iter().map(numbered));
            }
        }
        return;
    }
    if let Some(testo) = in_parole(campo, valore, nomi) {
        righe.push((campo.etichetta.clone(), testo));
    }
}

/// A value in Italian words.
fn in_parole(campo: &Campo, valore: &Value, nomi: &BTreeMap<String, String>) -> Option<String> {
    Some(match &campo.tipo {
        TipoCampo::Numero { unita, .. } => quantita(valore, 0, unita.as_ref())?,
        TipoCampo::Calcolo { decimali, unita, .. } => quantita(valore, *decimali, unita.as_ref())?,
        TipoCampo::Importo { .. } => format!("{} €", Decimale::parse(valore.as_str()?)?.italiano(2)),
        TipoCampo::Data { .. } => giorno_in_parole(giorno::data(valore.as_str()?)?),
        TipoCampo::Scelta { .. } | TipoCampo::Scelte { .. } => {
            let word = |value: &str| {
                let opzione = campo.tipo.opzioni().iter().find(|opzione| opzione.valore == value);
                opzione.map_or_else(|| value.to_owned(), |opzione| opzione.testo.clone())
            };
            match valore {
                Value::Array(list) => list.iter().filter_map(Value::as_str).map(word).collect::<Vec<_>>().join("; "),
                one => word(one.as_str()?),
            }
        }
        TipoCampo::Casella => if valore.as_bool()? { "Sì" } else { "No" }.to_owned(),
        TipoCampo::Dichiarazione { articolo } => match articolo {
            Articolo::Certificazione => "Dichiarato (DPR 445/2000, articolo 46)".to_owned(),
            Articolo::Notorieta => "Dichiarato (DPR 445/2000, articolo 47)".to_owned(),
            Articolo::PresaVisione => "Letto e compreso".to_owned(),
        },
        TipoCampo::Iban => gruppi_di_quattro(valore.as_str()?),
        TipoCampo::Indirizzo => indirizzo(valore)?,
        TipoCampo::Allegato { .. } => {
            let name = |id: &str| nomi.get(id).cloned().unwrap_or_else(|| "file allegato".to_owned());
            match valore {
                Value::Array(list) => list.iter().filter_map(Value::as_str).map(name).collect::<Vec<_>>().join("; "),
                one => name(one.as_str()?),
            }
        }
        TipoCampo::Gruppo { .. } | TipoCampo::Nota => return None,
        _ => valore.as_str()?.to_owned(),
    })
}

fn quantita(valore: &Value, decimali: u8, unita: Option<&String>) -> Option<String> {
    let Value::Number(number) = valore else { return None };
    let text = Decimale::da_numero(number)?.italiano(decimali);
    Some(unita.map_or_else(|| text.clone(), |unita| format!("{text} {unita}")))
}

fn gruppi_di_quattro(iban: &str) -> String {
    let chars: Vec<char> = iban.chars().collect();
    chars.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn indirizzo(valore: &Value) -> Option<String> {
    let part = |name: &str| valore.get(name).and_then(Value::as_str);
    let provincia = part("provincia")?;
    Some(format!("{} {}, {} {} ({provincia})", part("via")?, part("civico")?, part("cap")?, part("comune")?))
}
