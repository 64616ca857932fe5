//! The checked form of each type of value.

use super::decimale::Decimale;
use super::giorno::{self, Giorno};
use super::iban::Iban;
use super::lingua::{Campo, FormatoTesto, Opzione, TipoCampo};
use crate::codice_fiscale::{CodiceFiscale, PartitaIva};
use crate::refusal::Refusal;
use crate::termini::giorno_in_parole;
use crate::testo::{riga, testo};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Characters of an e-mail address (RFC 5321).
const EMAIL: usize = 254;
/// Characters of a telephone number.
const TELEFONO: usize = 20;
/// Characters of street and town.
const LUOGO: usize = 100;
/// Characters of a house number.
const CIVICO: usize = 20;
/// Years a date may have; beyond them it is a slip of the hand.
const ANNI: std::ops::RangeInclusive<i16> = 1850..=2150;

/// Keys of an address.
pub(super) const INDIRIZZO: [&str; 5] = ["via", "civico", "cap", "comune", "provincia"];

type Esito = Result<Value, Vec<Refusal>>;

/// Whether nothing was given: forms send empty texts.
pub(super) fn vuoto(valore: Option<&Value>) -> bool {
    match valore {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(map)) => map.values().all(|valore| vuoto(Some(valore))),
        Some(_) => false,
    }
}

/// Checks a value that is there, of any type but groups, notes and computed fields.
pub(super) fn canonico(campo: &Campo, valore: &Value, dove: &str, oggi: Date) -> Esito {
    let one = |result: Result<Value, Refusal>| result.map_err(|refusal| vec![refusal]);
    match &campo.tipo {
        TipoCampo::Testo { minimo, massimo, formato: None } => {
            one(stringa(valore, dove).and_then(|t| riga(dove, t, lungo(*minimo), lungo(*massimo))).map(Value::from))
        }
        TipoCampo::Testo { formato: Some(formato), .. } => {
            one(stringa(valore, dove).and_then(|t| formato.canonico(t, dove)).map(Value::from))
        }
        TipoCampo::TestoLungo { minimo, massimo } => {
            one(stringa(valore, dove).and_then(|t| testo(dove, t, lungo(*minimo), lungo(*massimo))).map(Value::from))
        }
        TipoCampo::Numero { minimo, massimo, decimali, .. } => {
            one(numero(valore, dove, *decimali, "numero-non-valido", (*minimo, *massimo)).map(Decimale::valore))
        }
        TipoCampo::Importo { minimo, massimo } => {
            one(numero(valore, dove, 2, "importo-non-valido", (*minimo, *massimo)).map(|n| Value::from(n.testo(2))))
        }
        TipoCampo::Data { minimo, massimo } => one(data(valore, dove, oggi, (*minimo, *massimo))),
        TipoCampo::Scelta { opzioni } => one(scelta(valore, dove, opzioni).map(Value::from)),
        TipoCampo::Scelte { opzioni, minimo, massimo } => {
            let least = minimo.unwrap_or(0).max(u32::from(!campo.facoltativo));
            one(scelte(valore, dove, opzioni, least, massimo.unwrap_or(u32::MAX)))
        }
        TipoCampo::Casella => one(casella(valore, dove).map(Value::from)),
        TipoCampo::Dichiarazione { .. } => one(casella(valore, dove).and_then(|ticked| {
            if ticked { Ok(Value::from(true)) } else { Err(Refusal::field(dove, "dichiarazione-obbligatoria")) }
        })),
        TipoCampo::CodiceFiscale => one(stringa(valore, dove).and_then(|t| {
            let code = CodiceFiscale::parse(t).map_err(|_| Refusal::field(dove, "codice-fiscale-non-valido"))?;
            Ok(Value::from(code.as_str()))
        })),
        TipoCampo::PartitaIva => one(stringa(valore, dove).and_then(|t| {
            let code = PartitaIva::parse(t).map_err(|_| Refusal::field(dove, "partita-iva-non-valida"))?;
            Ok(Value::from(code.as_str()))
        })),
        TipoCampo::Iban => one(stringa(valore, dove).and_then(|t| {
            let iban = Iban::parse(t).ok_or_else(|| Refusal::field(dove, "iban-non-valido"))?;
            Ok(Value::from(iban.as_str()))
        })),
        TipoCampo::Email => one(stringa(valore, dove).and_then(|t| email(t, dove)).map(Value::from)),
        TipoCampo::Telefono => one(stringa(valore, dove).and_then(|t| telefono(t, dove)).map(Value::from)),
        TipoCampo::Indirizzo => indirizzo(valore, dove),
        TipoCampo::Allegato { massimo, .. } => one(allegato(valore, dove, *massimo)),
        TipoCampo::Gruppo { .. } | TipoCampo::Calcolo { .. } | TipoCampo::Nota => {
            Err(vec![Refusal::field(dove, "valore-non-valido")])
        }
    }
}

fn lungo(n: u32) -> usize {
    n as usize
}

fn stringa<'a>(valore: &'a Value, dove: &str) -> Result<&'a str, Refusal> {
    valore.as_str().ok_or_else(|| Refusal::field(dove, "valore-non-valido"))
}

impl FormatoTesto {
    fn canonico(self, text: &str, dove: &str) -> Result<String, Refusal> {
        match self {
            Self::Targa => {
                let plate: String =
                    text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
                let good = (4..=10).contains(&plate.len())
                    && plate.bytes().all(|b| b.is_ascii_alphanumeric())
                    && plate.bytes().any(|b| b.is_ascii_digit());
                if good { Ok(plate) } else { Err(Refusal::field(dove, "targa-non-valida")) }
            }
            Self::Cap => {
                let cap = text.trim();
                let good = cap.len() == 5 && cap.bytes().all(|b| b.is_ascii_digit());
                if good { Ok(cap.to_owned()) } else { Err(Refusal::field(dove, "cap-non-valido")) }
            }
            Self::Protocollo => {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
                    lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
                };
                match text.split_once('/') {
                    Some((number, year)) if digits(number, 1..=9) && digits(year, 4..=4) => Ok(text),
                    _ => Err(Refusal::field(dove, "protocollo-non-valido")),
                }
            }
        }
    }
}

fn numero(
    valore: &Value,
    dove: &str,
    decimali: u8,
    codice: &str,
    (minimo, massimo): (Option<Decimale>, Option<Decimale>),
) -> Result<Decimale, Refusal> {
    let number = match valore {
        Value::Number(number) => Decimale::da_numero(number),
        Value::String(text) => Decimale::leggi(text, decimali),
        _ => return Err(Refusal::field(dove, "valore-non-valido")),
    };
    let number = number.ok_or_else(|| Refusal::field(dove, codice))?;
    if number.decimali() > decimali {
        return Err(Refusal::field(dove, "troppi-decimali").with("max", decimali));
    }
    if let Some(minimo) = minimo.filter(|minimo| number < *minimo) {
        return Err(Refusal::field(dove, "numero-piccolo").with("min", minimo.italiano(0)));
    }
    if let Some(massimo) = massimo.filter(|massimo| number > *massimo) {
        return Err(Refusal::field(dove, "numero-grande").with("max", massimo.italiano(0)));
    }
    Ok(number)
}

fn data(
    valore: &Value,
    dove: &str,
    oggi: Date,
    (minimo, massimo): (Option<Giorno>, Option<Giorno>),
) -> Result<Value, Refusal> {
    let text = stringa(valore, dove)?.trim();
    let day = giorno::data(text).or_else(|| italiana(text)).filter(|day| ANNI.contains(&day.year()));
    let day = day.ok_or_else(|| Refusal::field(dove, "data-non-valida"))?;
    let limit = |giorno: Option<Giorno>| giorno.and_then(|giorno| giorno.data(oggi));
    if let Some(first) = limit(minimo).filter(|first| day < *first) {
        return Err(Refusal::field(dove, "data-prima").with("min", giorno_in_parole(first)));
    }
    if let Some(last) = limit(massimo).filter(|last| day > *last) {
        return Err(Refusal::field(dove, "data-dopo").with("max", giorno_in_parole(last)));
    }
    Ok(Value::from(day.to_string()))
}

/// A day as people write it: `22/11/2026`, also with dots or dashes.
fn italiana(text: &str) -> Option<Date> {
    let mut parts = text.split(['/', '.', '-']);
    let mut next = |lengths: std::ops::RangeInclusive<usize>| -> Option<i16> {
        let part = parts.next()?;
        (lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let (day, month, year) = (next(1..=2)?, next(1..=2)?, next(4..=4)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month as i8, day as i8).ok()
}

fn scelta<'a>(valore: &Value, dove: &str, opzioni: &'a [Opzione]) -> Result<&'a str, Refusal> {
    let text = stringa(valore, dove)?.trim();
    opzioni
        .iter()
        .find(|opzione| opzione.valore == text)
        .map(|opzione| opzione.valore.as_str())
        .ok_or_else(|| Refusal::field(dove, "scelta-non-valida"))
}

/// Values in the order of the definition, each once; one value by itself is a list of one, as forms send it.
fn scelte(valore: &Value, dove: &str, opzioni: &[Opzione], minimo: u32, massimo: u32) -> Result<Value, Refusal> {
    let given = match valore {
        Value::Array(list) => list.as_slice(),
        one @ Value::String(_) => std::slice::from_ref(one),
        _ => return Err(Refusal::field(dove, "valore-non-valido")),
    };
    // More values than there are options is no form of ours.
    if given.len() > super::limiti::OPZIONI {
        return Err(Refusal::field(dove, "troppe-scelte").with("max", massimo.min(opzioni.len() as u32)));
    }
    let chosen: BTreeSet<&str> = given.iter().map(|v| scelta(v, dove, opzioni)).collect::<Result<_, _>>()?;
    if chosen.len() < lungo(minimo) {
        return Err(Refusal::field(dove, "poche-scelte").with("min", minimo));
    }
    if chosen.len() > lungo(massimo) {
        return Err(Refusal::field(dove, "troppe-scelte").with("max", massimo));
    }
    let ordered = opzioni.iter().map(|opzione| opzione.valore.as_str()).filter(|v| chosen.contains(v));
    Ok(ordered.map(Value::from).collect())
}

/// Yes or no; forms send `on` for a box that is ticked.
fn casella(valore: &Value, dove: &str) -> Result<bool, Refusal> {
    match valore {
        Value::Bool(ticked) => Ok(*ticked),
        Value::String(text) if matches!(text.as_str(), "true" | "on") => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(Refusal::field(dove, "valore-non-valido")),
    }
}

/// An address that mail can be sent to; the domain in lower case.
///
/// # Errors
/// `email-non-valida`, at `dove`.
pub fn email(text: &str, dove: &str) -> Result<String, Refusal> {
    let bad = || Refusal::field(dove, "email-non-valida");
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@').ok_or_else(bad)?;
    let local_good = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain_good = domain.contains('.') && domain.split('.').all(label);
    if !local_good || !domain_good || text.len() > EMAIL {
        return Err(bad());
    }
    Ok(format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// A telephone number as people write it.
///
/// # Errors
/// `telefono-non-valido` and what makes a line too long, at `dove`.
pub fn telefono(text: &str, dove: &str) -> Result<String, Refusal> {
    let bad = || Refusal::field(dove, "telefono-non-valido");
    let value = riga(dove, text, 1, TELEFONO)?;
    let good = value.chars().filter(char::is_ascii_digit).count() >= 5
        && value.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '/' | '.' | '(' | ')'));
    if good { Ok(value) } else { Err(bad()) }
}

fn indirizzo(valore: &Value, dove: &str) -> Esito {
    let Value::Object(parts) = valore else {
        return Err(vec![Refusal::field(dove, "valore-non-valido")]);
    };
    let mut refused: Vec<Refusal> = parts
        .keys()
        .filter(|key| !INDIRIZZO.contains(&key.as_str()))
        .take(super::limiti::RIFIUTI)
        .map(|key| Refusal::field(format!("{dove}.{key}"), "campo-sconosciuto"))
        .collect();
    let mut clean = Map::new();
    for key in INDIRIZZO {
        let dove = format!("{dove}.{key}");
        let text = match parts.get(key) {
            None | Some(Value::Null) => Ok(""),
            Some(valore) => stringa(valore, &dove),
        };
        let checked = text.and_then(|text| match key {
            "cap" if !text.trim().is_empty() => FormatoTesto::Cap.canonico(text, &dove),
            "provincia" if !text.trim().is_empty() => provincia(text, &dove),
            "civico" => riga(&dove, text, 1, CIVICO),
            _ => riga(&dove, text, 1, LUOGO),
        });
        match checked {
            Ok(text) => drop(clean.insert(key.to_owned(), text.into())),
            Err(refusal) => refused.push(refusal),
        }
    }
    if refused.is_empty() { Ok(Value::Object(clean)) } else { Err(refused) }
}

fn provincia(text: &str, dove: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let good = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    if good { Ok(text.to_ascii_uppercase()) } else { Err(Refusal::field(dove, "provincia-non-valida")) }
}

/// One id of an upload, or a list where the field takes several.
fn allegato(valore: &Value, dove: &str, massimo: u32) -> Result<Value, Refusal> {
    let given = match valore {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if given.len() > lungo(massimo) {
        return Err(Refusal::field(dove, "troppi-allegati").with("max", massimo));
    }
    let mut ids: Vec<String> = Vec::with_capacity(given.len());
    for id in given {
        let bad = || Refusal::field(dove, "allegato-non-valido");
        let id = stringa(id, dove)?.trim().parse::<Uuid>().map_err(|_| bad())?.to_string();
        if ids.contains(&id) {
            return Err(Refusal::field(dove, "allegato-ripetuto"));
        }
        ids.push(id);
    }
    match massimo {
        1 => ids.pop().map(Value::from).ok_or_else(|| Refusal::field(dove, "obbligatorio")),
        _ => Ok(Value::from(ids)),
    }
}
