//! What a browser posted, as answers of the form: names are `m.<campo>`, `m.<indirizzo>.via`, `m.<gruppo>.<indice>.<campo>`.
//!
//! Answers are kept as they were written, right or wrong: the form itself says what is wrong, and nothing is lost meanwhile.

use domain::ids::AllegatoId;
use domain::modulo::{Campo, Passo, TipoCampo};
use serde_json::{Map, Value};

/// What stands before the names of answers, so that they never meet those of the frame.
pub const PREFISSO: &str = "m.";
/// What stands before the hidden numbers of items of a group.
pub const CONTO: &str = "n.";
/// Parts of an address, as the form names them.
pub const INDIRIZZO: [&str; 5] = ["via", "civico", "cap", "comune", "provincia"];

/// The pairs of a posted form, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inviato(pub Vec<(String, String)>);

impl Inviato {
    /// First value of a name.
    pub fn get(&self, nome: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == nome).map(|(_, valore)| valore.as_str())
    }

    /// Whether anything of a field stands in it.
    fn parla_di(&self, campo: &Campo) -> bool {
        let whole = format!("{PREFISSO}{}", campo.nome);
        let part = |nome: &str| nome.strip_prefix(&whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.0.iter().any(|(nome, _)| part(nome))
    }

    /// All values of a name.
    fn tutti<'a>(&'a self, nome: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == nome).map(|(_, valore)| valore.as_str())
    }

    /// The button that was pressed. The last counts: one that never leaves the page stands before it.
    pub fn azione(&self) -> &str {
        self.0.iter().rev().find(|(n, _)| n == "azione").map_or("", |(_, valore)| valore.as_str())
    }
}

/// Puts the answers of a step into those of the draft. Files are not among the words: their ids stay as they are.
pub fn raccogli(passo: &Passo, inviato: &Inviato, valori: &mut Map<String, Value>) {
    for campo in &passo.campi {
        if !di_parole(campo) {
            continue;
        }
        match risposta(campo, inviato) {
            Some(valore) => drop(valori.insert(campo.nome.clone(), valore)),
            None => drop(valori.remove(&campo.nome)),
        }
    }
}

/// The same of a step that broke off on its way: what did not arrive stays as it was.
pub fn raccogli_parte(passo: &Passo, inviato: &Inviato, valori: &mut Map<String, Value>) {
    for campo in passo.campi.iter().filter(|campo| di_parole(campo)) {
        if let Some(nuovo) = risposta(campo, inviato).filter(|_| inviato.parla_di(campo)) {
            match valori.get_mut(&campo.nome) {
                Some(vecchio) => sovrapponi(vecchio, nuovo),
                None => drop(valori.insert(campo.nome.clone(), nuovo)),
            }
        }
    }
}

fn di_parole(campo: &Campo) -> bool {
    campo.da_compilare() && !matches!(campo.tipo, TipoCampo::Allegato { .. })
}

fn risposta(campo: &Campo, inviato: &Inviato) -> Option<Value> {
    let dove = format!("{PREFISSO}{}", campo.nome);
    match &campo.tipo {
        TipoCampo::Gruppo { .. } => gruppo(campo, &dove, inviato),
        _ => semplice(campo, &dove, inviato),
    }
}

/// Puts a part of an answer over the whole: items by their place, addresses by their parts.
fn sovrapponi(vecchio: &mut Value, nuovo: Value) {
    match (vecchio, nuovo) {
        (Value::Object(vecchio), Value::Object(nuovo)) => {
            for (nome, valore) in nuovo {
                match vecchio.get_mut(&nome) {
                    Some(vecchio) => sovrapponi(vecchio, valore),
                    None => drop(vecchio.insert(nome, valore)),
                }
            }
        }
        (Value::Array(vecchi), Value::Array(nuovi)) if nuovi.iter().all(Value::is_object) => {
            for (index, nuovo) in nuovi.into_iter().enumerate() {
                match vecchi.get_mut(index) {
                    Some(vecchio) => sovrapponi(vecchio, nuovo),
                    None => vecchi.push(nuovo),
                }
            }
        }
        (vecchio, nuovo) => *vecchio = nuovo,
    }
}

/// The items of a group: as many as the page showed, never more than the form allows.
fn gruppo(campo: &Campo, dove: &str, inviato: &Inviato) -> Option<Value> {
    let TipoCampo::Gruppo { massimo, campi, .. } = &campo.tipo else { return None };
    let quante = inviato.get(&format!("{CONTO}{}", campo.nome))?.parse::<u32>().ok()?.min(*massimo);
    let item = |index: u32| {
        let of = |interno: &Campo| {
            Some((interno.nome.clone(), semplice(interno, &format!("{dove}.{index}.{}", interno.nome), inviato)?))
        };
        Value::Object(campi.iter().filter(|campo| campo.da_compilare()).filter_map(of).collect())
    };
    (quante > 0).then(|| Value::Array((0..quante).map(item).collect()))
}

fn semplice(campo: &Campo, dove: &str, inviato: &Inviato) -> Option<Value> {
    match &campo.tipo {
        TipoCampo::Casella => Some(inviato.get(dove).is_some().into()),
        TipoCampo::Dichiarazione { .. } => inviato.get(dove).map(|_| true.into()),
        TipoCampo::Scelta { opzioni } => {
            let text = inviato.get(dove).map(str::trim).filter(|text| !text.is_empty())?;
            // Who writes into the list writes the words of a choice.
            let same = |words: &str| words.trim().to_lowercase() == text.to_lowercase();
            let known = opzioni.iter().find(|o| o.valore == text).or_else(|| opzioni.iter().find(|o| same(&o.testo)));
            Some(known.map_or(text, |opzione| opzione.valore.as_str()).into())
        }
        TipoCampo::Scelte { .. } => {
            let chosen: Vec<Value> = inviato.tutti(dove).filter(|v| !v.is_empty()).map(Value::from).collect();
            (!chosen.is_empty()).then_some(Value::Array(chosen))
        }
        TipoCampo::Indirizzo => {
            let part = |key: &str| {
                let text = inviato.get(&format!("{dove}.{key}")).unwrap_or_default();
                (!text.trim().is_empty()).then(|| (key.to_owned(), text.into()))
            };
            let parts: Map<String, Value> = INDIRIZZO.into_iter().filter_map(part).collect();
            (!parts.is_empty()).then_some(Value::Object(parts))
        }
        _ => {
            // Browsers send the line breaks of the network.
            let text = inviato.get(dove)?.replace("\r\n", "\n");
            (!text.trim().is_empty()).then(|| text.into())
        }
    }
}

/// The fields of a step that take files, with the names under which browsers send them.
pub fn file_di(passo: &Passo) -> impl Iterator<Item = (&Campo, String)> {
    let takes = |campo: &&Campo| matches!(campo.tipo, TipoCampo::Allegato { .. });
    passo.campi.iter().filter(takes).map(|campo| (campo, format!("{PREFISSO}{}", campo.nome)))
}

/// Ids of the files of a field.
pub fn ids(valore: Option<&Value>) -> Vec<AllegatoId> {
    let given = match valore {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    given.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// Sets the files of a field, in the shape its definition asks for.
pub fn metti_ids(campo: &Campo, ids: &[AllegatoId], valori: &mut Map<String, Value>) {
    let TipoCampo::Allegato { massimo, .. } = &campo.tipo else { return };
    let words: Vec<Value> = ids.iter().map(|id| id.to_string().into()).collect();
    match (words.first(), *massimo) {
        (None, _) => drop(valori.remove(&campo.nome)),
        (Some(one), 1) => drop(valori.insert(campo.nome.clone(), one.clone())),
        _ => drop(valori.insert(campo.nome.clone(), Value::Array(words))),
    }
}

/// A button that is about an item of a group, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Azione {
    /// To the next step.
    Avanti,
    /// To the step before.
    Indietro,
    /// Show again what depends on the answers, coming back to this field.
    Aggiorna(String),
    /// Leave, to go on another day.
    Dopo,
    /// One more item of a group.
    Aggiungi(String),
    /// An item of a group away.
    Togli(String, usize),
    /// A file away.
    TogliFile(String, String),
}

impl Azione {
    /// From the value of the button. What no button of ours says goes on.
    pub fn parse(text: &str) -> Self {
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            ["indietro"] => Self::Indietro,
            ["aggiorna", campo] => Self::Aggiorna((*campo).to_owned()),
            ["dopo"] => Self::Dopo,
            ["aggiungi", gruppo] => Self::Aggiungi((*gruppo).to_owned()),
            ["togli", gruppo, index] => match index.parse() {
                Ok(index) => Self::Togli((*gruppo).to_owned(), index),
                Err(_) => Self::Aggiorna((*gruppo).to_owned()),
            },
            ["file", campo, id] => Self::TogliFile((*campo).to_owned(), (*id).to_owned()),
            _ => Self::Avanti,
        }
    }

    /// Does to the answers of a step what the button says. Gives the id of the element to look at next.
    pub fn applica(&self, passo: &Passo, valori: &mut Map<String, Value>) -> Option<String> {
        let find = |nome: &str| passo.campi.iter().find(|campo| campo.nome == nome);
        match self {
            Self::Aggiungi(nome) => {
                let TipoCampo::Gruppo { massimo, minimo, .. } = &find(nome)?.tipo else { return None };
                let items = valori.entry(nome.clone()).or_insert_with(|| Value::Array(Vec::new())).as_array_mut()?;
                // The page shows the least number of items also when none is stored yet.
                while items.len() < *minimo as usize {
                    items.push(Value::Object(Map::new()));
                }
                if items.len() < *massimo as usize {
                    items.push(Value::Object(Map::new()));
                }
                Some(format!("voce-{PREFISSO}{nome}.{}", items.len().checked_sub(1)?))
            }
            Self::Togli(nome, index) => {
                let items = valori.get_mut(nome)?.as_array_mut()?;
                if *index < items.len() {
                    items.remove(*index);
                }
                if items.is_empty() {
                    valori.remove(nome);
                }
                Some(format!("campo-{PREFISSO}{nome}"))
            }
            Self::TogliFile(nome, id) => {
                let campo = find(nome)?;
                let mut kept = ids(valori.get(nome));
                kept.retain(|other| other.to_string() != *id);
                metti_ids(campo, &kept, valori);
                Some(format!("campo-{PREFISSO}{nome}"))
            }
            Self::Aggiorna(nome) => Some(format!("campo-{PREFISSO}{}", find(nome)?.nome)),
            Self::Avanti | Self::Indietro | Self::Dopo => None,
        }
    }
}
