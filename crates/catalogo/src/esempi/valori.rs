//! Values that a field takes by itself: the first is the ordinary one, the others are there for rules between fields.

use domain::modulo::{Campo, Decimale, FormatoTesto, Giorno, TipoCampo};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde_json::{Map, Value, json};

/// Codes of nobody: those that the rules of the codice fiscale are tested with.
const CODICI_FISCALI: [&str; 4] = ["RSSMRA80A01H501U", "RSSMRA80A41H501Y", "MRTMTT91D08F205J", "RSSMRA79B11C566R"];
const PARTITA_IVA: &str = "00743110157";
const IBAN: &str = "IT60X0542811101000000123456";
/// Days from today that rules between dates may need.
const GIORNI: [i64; 15] = [0, 1, -1, 7, 30, -30, 90, -90, 365, -365, 730, 3_650, -3_650, -7_300, -14_600];
/// Numbers that rules between numbers may need.
const NUMERI: [i64; 10] = [1, 2, 3, 5, 10, 0, 50, 100, 1_000, 10_000];
/// Items of a group beyond the least, at most.
const VOCI: u32 = 3;

/// Values for a field; the last is nothing at all where it may stay empty. `indice` keeps ids of files apart.
pub(super) fn possibili(campo: &Campo, indice: usize, oggi: Date) -> Vec<Value> {
    let mut valori = match &campo.tipo {
        TipoCampo::Testo { formato: Some(formato), .. } => vec![Value::from(match formato {
            FormatoTesto::Targa => "AB123CD",
            FormatoTesto::Cap => "19100",
            FormatoTesto::Protocollo => "12/2026",
        })],
        TipoCampo::Testo { minimo, massimo, .. } => vec![parole("Esempio", *minimo, *massimo)],
        TipoCampo::TestoLungo { minimo, massimo } => vec![parole("Una risposta di esempio.", *minimo, *massimo)],
        TipoCampo::Numero { minimo, massimo, .. } => {
            numeri(*minimo, *massimo).into_iter().map(Decimale::valore).collect()
        }
        TipoCampo::Importo { minimo, massimo } => {
            numeri(*minimo, *massimo).into_iter().map(|n| n.testo(2).into()).collect()
        }
        TipoCampo::Data { minimo, massimo } => date(*minimo, *massimo, oggi),
        TipoCampo::Scelta { opzioni } => opzioni.iter().map(|o| o.valore.as_str().into()).collect(),
        TipoCampo::Scelte { minimo, massimo, .. } => scelte(campo, minimo.unwrap_or(1), *massimo),
        TipoCampo::Casella => vec![true.into(), false.into()],
        TipoCampo::Dichiarazione { .. } => vec![true.into()],
        TipoCampo::CodiceFiscale => CODICI_FISCALI.map(Value::from).into(),
        TipoCampo::PartitaIva => vec![PARTITA_IVA.into()],
        TipoCampo::Iban => vec![IBAN.into()],
        TipoCampo::Email => vec!["esempio@example.org".into()],
        TipoCampo::Telefono => vec!["0187 555 0100".into()],
        TipoCampo::Indirizzo => vec![json!({
            "via": "Via dei Tigli", "civico": "12", "cap": "19100", "comune": "Montelume", "provincia": "SP"
        })],
        TipoCampo::Allegato { massimo, .. } => {
            let id = Value::from(format!("0192f00d-0000-7000-8000-{indice:012x}"));
            vec![if *massimo == 1 { id } else { Value::from(vec![id]) }]
        }
        TipoCampo::Gruppo { minimo, massimo, .. } => ((*minimo).max(1)..=(*massimo).min(minimo + VOCI))
            .map(|voci| vec![Value::Object(Map::new()); voci as usize].into())
            .collect(),
        TipoCampo::Calcolo { .. } | TipoCampo::Nota => Vec::new(),
    };
    if campo.facoltativo {
        valori.push(Value::Null);
    }
    valori
}

/// Words of a length that is allowed.
fn parole(base: &str, minimo: u32, massimo: u32) -> Value {
    let mut text = base.to_owned();
    while text.chars().count() < minimo as usize {
        text.push(' ');
        text.push_str(base);
    }
    let mut text = text.chars().take(massimo as usize).collect::<String>().trim_end().to_owned();
    // A cut right after a word leaves one character less.
    if text.chars().count() < minimo as usize {
        text.push('.');
    }
    text.into()
}

/// Numbers within the limits.
fn numeri(minimo: Option<Decimale>, massimo: Option<Decimale>) -> Vec<Decimale> {
    let one = Decimale::intero(1);
    let after = minimo
        .zip(one)
        .and_then(|(least, one)| Decimale::da_millesimi(i128::from(least.millesimi()) + i128::from(one.millesimi())));
    let usual = NUMERI.into_iter().filter_map(Decimale::intero);
    unici(usual.chain(minimo).chain(after).chain(massimo), |n| {
        minimo.is_none_or(|least| *n >= least) && massimo.is_none_or(|greatest| *n <= greatest)
    })
}

/// Days within the limits.
fn date(minimo: Option<Giorno>, massimo: Option<Giorno>, oggi: Date) -> Vec<Value> {
    let (first, last) = (minimo.and_then(|g| g.data(oggi)), massimo.and_then(|g| g.data(oggi)));
    let day = |giorni: i64| {
        let span: Span = giorni.days();
        oggi.checked_add(span).ok()
    };
    let days = GIORNI.into_iter().filter_map(day).chain(first).chain(last);
    let days = unici(days, |d| first.is_none_or(|first| *d >= first) && last.is_none_or(|last| *d <= last));
    days.into_iter().map(|day| day.to_string().into()).collect()
}

/// As few as allowed, each by itself, as many as allowed.
fn scelte(campo: &Campo, minimo: u32, massimo: Option<u32>) -> Vec<Value> {
    let opzioni: Vec<&str> = campo.tipo.opzioni().iter().map(|o| o.valore.as_str()).collect();
    let least = (minimo.max(1) as usize).min(opzioni.len());
    let most = massimo.map_or(opzioni.len(), |massimo| (massimo as usize).min(opzioni.len()));
    let mut lists: Vec<Vec<&str>> = opzioni.windows(least).map(<[&str]>::to_vec).collect();
    lists.push(opzioni[..most].to_vec());
    lists.into_iter().map(Value::from).collect()
}

fn unici<T: PartialEq>(values: impl Iterator<Item = T>, good: impl Fn(&T) -> bool) -> Vec<T> {
    let mut all = Vec::new();
    for value in values.filter(good) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}
