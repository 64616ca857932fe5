//! Conditions of the form language: closed, without loops or scripts, and three-valued.

use super::decimale::Decimale;
use super::giorno::Giorno;
use super::lingua::{Campo, Modulo, TipoCampo};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// When a field exists, or what must hold between fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "super::grezzo::CondizioneGrezza", into = "super::grezzo::CondizioneGrezza")]
pub enum Condizione {
    /// About one field.
    Campo {
        /// Its name; `gruppo.campo` in a rule about the items of a group.
        campo: String,
        /// What is asked of it.
        confronto: Confronto,
    },
    /// All hold.
    Tutte(Vec<Condizione>),
    /// One at least holds.
    AlmenoUna(Vec<Condizione>),
    /// It does not hold.
    Non(Box<Condizione>),
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confronto {
    /// Has this value.
    Uguale(Operando),
    /// Has another value.
    Diverso(Operando),
    /// Has one of these values.
    In(Vec<Letterale>),
    /// Is filled in, or is not.
    Presente(bool),
    /// Among the values chosen there is this one.
    Contiene(Letterale),
    /// Comes before.
    Minore(Operando),
    /// Comes before or is the same.
    MinoreUguale(Operando),
    /// Comes after.
    Maggiore(Operando),
    /// Comes after or is the same.
    MaggioreUguale(Operando),
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Operando {
    /// A value.
    Valore(Letterale),
    /// The value of another field.
    Campo(RiferimentoCampo),
}

/// The value of another field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiferimentoCampo {
    /// Its name.
    pub campo: String,
}

/// A value written in a definition. Dates are text: `2026-11-22`, `oggi`, `oggi+30`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Letterale {
    /// Yes or no.
    Logico(bool),
    /// Text, a choice or a date.
    Testo(String),
    /// A number.
    Numero(Decimale),
}

/// Where names are looked up: in the item of a group first, then in the form.
#[derive(Debug, Clone, Copy)]
pub struct Ambito<'a> {
    /// The form.
    pub modulo: &'a Modulo,
    /// Checked values of the form so far.
    pub valori: &'a Map<String, Value>,
    /// Fields of the group and checked values of the item, inside a group.
    pub voce: Option<(&'a [Campo], &'a Map<String, Value>)>,
    /// The day of filing in Rome.
    pub oggi: Date,
}

/// A value with the meaning its field gives it.
#[derive(Debug, PartialEq)]
enum Grandezza<'a> {
    Numero(Decimale),
    Data(Date),
    Testo(&'a str),
    Logico(bool),
}

impl<'a> Ambito<'a> {
    /// A field and its value, if it has one.
    pub(super) fn cerca(&self, nome: &str) -> Option<(&'a Campo, Option<&'a Value>)> {
        if let Some((campi, valori)) = self.voce
            && let Some(campo) = campi.iter().find(|campo| campo.nome == nome)
        {
            return Some((campo, valori.get(nome)));
        }
        self.modulo.campo(nome).map(|campo| (campo, self.valori.get(nome)))
    }

    fn grandezza(&self, nome: &str) -> Option<(&'a Campo, Grandezza<'a>)> {
        let (campo, valore) = self.cerca(nome)?;
        Some((campo, grandezza(campo, valore?)?))
    }
}

/// A value by the type of its field; none where it cannot be compared.
fn grandezza<'a>(campo: &Campo, valore: &'a Value) -> Option<Grandezza<'a>> {
    match (&campo.tipo, valore) {
        (TipoCampo::Numero { .. } | TipoCampo::Calcolo { .. }, Value::Number(number)) => {
            Decimale::da_numero(number).map(Grandezza::Numero)
        }
        (TipoCampo::Importo { .. }, Value::String(text)) => Decimale::parse(text).map(Grandezza::Numero),
        (TipoCampo::Data { .. }, Value::String(text)) => text.parse().ok().map(Grandezza::Data),
        (_, Value::String(text)) => Some(Grandezza::Testo(text)),
        (_, Value::Bool(value)) => Some(Grandezza::Logico(*value)),
        _ => None,
    }
}

/// A literal as the field it is compared with understands it.
fn letterale<'a>(campo: &Campo, letterale: &'a Letterale, oggi: Date) -> Option<Grandezza<'a>> {
    match (&campo.tipo, letterale) {
        (TipoCampo::Data { .. }, Letterale::Testo(text)) => {
            Giorno::parse(text).and_then(|giorno| giorno.data(oggi)).map(Grandezza::Data)
        }
        (TipoCampo::Numero { .. } | TipoCampo::Calcolo { .. } | TipoCampo::Importo { .. }, Letterale::Testo(text)) => {
            Decimale::parse(text).map(Grandezza::Numero)
        }
        (_, Letterale::Testo(text)) => Some(Grandezza::Testo(text)),
        (_, Letterale::Numero(number)) => Some(Grandezza::Numero(*number)),
        (_, Letterale::Logico(value)) => Some(Grandezza::Logico(*value)),
    }
}

impl Grandezza<'_> {
    fn ordine(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Numero(a), Self::Numero(b)) => Some(a.cmp(b)),
            (Self::Data(a), Self::Data(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl Condizione {
    /// Whether it holds; none where a field it asks about has no value, so that nothing can be said.
    pub fn vale(&self, ambito: &Ambito<'_>) -> Option<bool> {
        match self {
            Self::Campo { campo, confronto } => confronto.vale(campo, ambito),
            Self::Tutte(parti) => tutte(parti.iter().map(|parte| parte.vale(ambito))),
            Self::AlmenoUna(parti) => tutte(parti.iter().map(|parte| parte.vale(ambito).map(|b| !b))).map(|b| !b),
            Self::Non(parte) => parte.vale(ambito).map(|b| !b),
        }
    }

    /// Each name it looks at, with the comparison.
    pub fn visita<'a>(&'a self, visita: &mut dyn FnMut(&'a str, &'a Confronto)) {
        match self {
            Self::Campo { campo, confronto } => visita(campo, confronto),
            Self::Tutte(parti) | Self::AlmenoUna(parti) => parti.iter().for_each(|parte| parte.visita(visita)),
            Self::Non(parte) => parte.visita(visita),
        }
    }

    /// Names of all the fields it looks at.
    pub fn nomi(&self) -> Vec<&str> {
        let mut nomi = Vec::new();
        self.visita(&mut |campo, confronto| {
            nomi.push(campo);
            nomi.extend(confronto.altro_campo());
        });
        nomi
    }
}

/// Kleene's *and*: one no is no; otherwise one unknown is unknown.
fn tutte(parti: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for parte in parti {
        match parte {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

impl Confronto {
    /// The field on the right-hand side.
    pub fn altro_campo(&self) -> Option<&str> {
        match self.operando()? {
            Operando::Campo(riferimento) => Some(&riferimento.campo),
            Operando::Valore(_) => None,
        }
    }

    /// The right-hand side of a comparison of two values.
    pub fn operando(&self) -> Option<&Operando> {
        match self {
            Self::Uguale(o)
            | Self::Diverso(o)
            | Self::Minore(o)
            | Self::MinoreUguale(o)
            | Self::Maggiore(o)
            | Self::MaggioreUguale(o) => Some(o),
            Self::In(_) | Self::Presente(_) | Self::Contiene(_) => None,
        }
    }

    /// Renames the field on the right-hand side.
    pub(super) fn rinomina(&mut self, nuovo: &dyn Fn(&str) -> String) {
        if let Self::Uguale(Operando::Campo(r))
        | Self::Diverso(Operando::Campo(r))
        | Self::Minore(Operando::Campo(r))
        | Self::MinoreUguale(Operando::Campo(r))
        | Self::Maggiore(Operando::Campo(r))
        | Self::MaggioreUguale(Operando::Campo(r)) = self
        {
            r.campo = nuovo(&r.campo);
        }
    }

    /// Whether it asks which comes first.
    pub fn di_ordine(&self) -> bool {
        matches!(self, Self::Minore(_) | Self::MinoreUguale(_) | Self::Maggiore(_) | Self::MaggioreUguale(_))
    }

    fn vale(&self, nome: &str, ambito: &Ambito<'_>) -> Option<bool> {
        let (campo, valore) = ambito.cerca(nome)?;
        match self {
            Self::Presente(atteso) => return Some(valore.is_some_and(pieno) == *atteso),
            Self::Contiene(scelta) => return contiene(valore?, scelta),
            _ => {}
        }
        let sinistra = grandezza(campo, valore?)?;
        if let Self::In(valori) = self {
            return Some(valori.iter().any(|v| letterale(campo, v, ambito.oggi).as_ref() == Some(&sinistra)));
        }
        let destra = match self.operando()? {
            Operando::Valore(valore) => letterale(campo, valore, ambito.oggi)?,
            Operando::Campo(altro) => ambito.grandezza(&altro.campo)?.1,
        };
        match self {
            Self::Uguale(_) => Some(sinistra == destra),
            Self::Diverso(_) => Some(sinistra != destra),
            Self::Minore(_) => sinistra.ordine(&destra).map(std::cmp::Ordering::is_lt),
            Self::MinoreUguale(_) => sinistra.ordine(&destra).map(std::cmp::Ordering::is_le),
            Self::Maggiore(_) => sinistra.ordine(&destra).map(std::cmp::Ordering::is_gt),
            Self::MaggioreUguale(_) => sinistra.ordine(&destra).map(std::cmp::Ordering::is_ge),
            Self::In(_) | Self::Presente(_) | Self::Contiene(_) => None,
        }
    }
}

/// Whether a value says something: a box that is off says no, an empty list says nothing.
fn pieno(valore: &Value) -> bool {
    match valore {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

fn contiene(valore: &Value, scelta: &Letterale) -> Option<bool> {
    let Letterale::Testo(scelta) = scelta else { return None };
    Some(valore.as_array()?.iter().any(|v| v.as_str() == Some(scelta)))
}
