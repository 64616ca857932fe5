//! Computed fields: a closed set of sums, made again at every check.

use super::condizione::Ambito;
use super::decimale::Decimale;
use super::giorno;
use jiff::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a computed field is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Formula {
    /// The sum; what is empty counts nothing. `gruppo.campo` is the sum over the items.
    Somma(Vec<Addendo>),
    /// The product; none when a factor is empty.
    Prodotto(Vec<Addendo>),
    /// The first less the second; none when the first is empty.
    Differenza(Vec<Addendo>),
    /// How many items a group has.
    Conta(String),
    /// Days between two dates, both counted; none when the second is before the first.
    Giorni(Periodo),
}

/// Two dates of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Periodo {
    /// Name of the field with the first day.
    pub dal: String,
    /// Name of the field with the last day.
    pub al: String,
}

/// A number, or the name of a field that holds one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Addendo {
    /// Name of a field, or `gruppo.campo`.
    Campo(String),
    /// A number.
    Numero(Decimale),
}

/// Why a formula gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulla {
    /// Something it needs is empty.
    Incompleto,
    /// The result is beyond what a number may be.
    TroppoGrande,
}

impl Formula {
    /// Names it looks at.
    pub fn nomi(&self) -> Vec<&str> {
        match self {
            Self::Somma(parti) | Self::Prodotto(parti) | Self::Differenza(parti) => parti
                .iter()
                .filter_map(|parte| match parte {
                    Addendo::Campo(nome) => Some(nome.as_str()),
                    Addendo::Numero(_) => None,
                })
                .collect(),
            Self::Conta(nome) => vec![nome],
            Self::Giorni(Periodo { dal, al }) => vec![dal, al],
        }
    }

    pub(super) fn calcola(&self, ambito: &Ambito<'_>) -> Result<Decimale, Nulla> {
        let millesimi = match self {
            Self::Somma(parti) => parti.iter().map(|parte| parte.valore(ambito).unwrap_or(0)).sum::<i128>(),
            Self::Prodotto(parti) => prodotto(parti, ambito)?,
            Self::Differenza(parti) => match parti.as_slice() {
                [primo, secondo] => {
                    primo.valore(ambito).ok_or(Nulla::Incompleto)? - secondo.valore(ambito).unwrap_or(0)
                }
                _ => return Err(Nulla::Incompleto),
            },
            Self::Conta(gruppo) => {
                let voci = ambito.cerca(gruppo).and_then(|(_, valore)| valore).and_then(Value::as_array);
                voci.map_or(0, |voci| voci.len() as i128 * 1000)
            }
            Self::Giorni(periodo) => giorni(periodo, ambito).ok_or(Nulla::Incompleto)?,
        };
        Decimale::da_millesimi(millesimi).ok_or(Nulla::TroppoGrande)
    }
}

fn prodotto(parti: &[Addendo], ambito: &Ambito<'_>) -> Result<i128, Nulla> {
    parti.iter().try_fold(1000, |product: i128, parte| {
        let factor = parte.valore(ambito).ok_or(Nulla::Incompleto)?;
        let product = product.checked_mul(factor).ok_or(Nulla::TroppoGrande)?;
        // Rounded to thousandths at each step, halves away from zero.
        Ok((product + if product < 0 { -500 } else { 500 }) / 1000)
    })
}

fn giorni(periodo: &Periodo, ambito: &Ambito<'_>) -> Option<i128> {
    let data = |nome: &str| ambito.cerca(nome)?.1?.as_str().and_then(giorno::data);
    let (dal, al) = (data(&periodo.dal)?, data(&periodo.al)?);
    let days = dal.until((Unit::Day, al)).ok()?.get_days();
    (days >= 0).then(|| i128::from(days + 1) * 1000)
}

impl Addendo {
    /// In thousandths.
    fn valore(&self, ambito: &Ambito<'_>) -> Option<i128> {
        match self {
            Self::Numero(number) => Some(i128::from(number.millesimi())),
            Self::Campo(nome) => match nome.split_once('.') {
                Some((gruppo, campo)) => {
                    let voci = ambito.cerca(gruppo)?.1?.as_array()?;
                    Some(voci.iter().filter_map(Value::as_object).filter_map(|voce| di_voce(voce, campo)).sum())
                }
                None => ambito.cerca(nome)?.1.and_then(numero),
            },
        }
    }
}

fn di_voce(voce: &Map<String, Value>, campo: &str) -> Option<i128> {
    voce.get(campo).and_then(numero)
}

/// A checked value as thousandths: numbers are numbers, amounts are text.
fn numero(valore: &Value) -> Option<i128> {
    let decimale = match valore {
        Value::Number(number) => Decimale::da_numero(number)?,
        Value::String(text) => Decimale::parse(text)?,
        _ => return None,
    };
    Some(i128::from(decimale.millesimi()))
}
