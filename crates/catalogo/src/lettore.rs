//! From the tree to typed values, with Italian reasons and the path of each.
//!
//! Serde asks for what it expects; what is not as expected becomes an [`Errore`] with a path. Keys that do not exist are
//! gathered and passed over, so that all of them are told at once.

use crate::errore::Errore;
use crate::nodo::{Nodo, Valore};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::cell::RefCell;
use std::fmt::{self, Display};

/// Keys that no type knows.
#[derive(Debug, Default)]
pub(crate) struct Sconosciute(RefCell<Vec<Errore>>);

impl Sconosciute {
    pub fn nessuna(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub fn tutte(self) -> Vec<Errore> {
        self.0.into_inner()
    }
}

/// A reason whose path may not be known yet.
#[derive(Debug)]
pub(crate) struct Motivo(pub Errore);

impl Display for Motivo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Motivo {}

impl Motivo {
    fn new(codice: &'static str, messaggio: String) -> Self {
        Self(Errore { riga: 0, colonna: 0, percorso: String::new(), codice, messaggio })
    }

    /// The innermost path is the right one: it is set first and stays.
    pub fn at(mut self, percorso: &str) -> Self {
        if self.0.percorso.is_empty() {
            percorso.clone_into(&mut self.0.percorso);
        }
        self
    }
}

/// What a value is, in Italian.
fn cosa(unexpected: &Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(b) => format!("«{b}»"),
        Unexpected::Unsigned(n) => format!("il numero {n}"),
        Unexpected::Signed(n) => format!("il numero {n}"),
        Unexpected::Float(n) => format!("il numero {n}"),
        Unexpected::Str(text) => format!("«{text}»"),
        Unexpected::Seq => "una lista".into(),
        Unexpected::Map | Unexpected::StructVariant => "un insieme di chiavi".into(),
        _ => "niente".into(),
    }
}

impl de::Error for Motivo {
    fn custom<T: Display>(msg: T) -> Self {
        Self::new("valore", msg.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = attesa(&expected.to_string());
        Self::new("tipo", format!("Qui va {expected}, ma c'è {}.", cosa(&unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(len: usize, _: &dyn Expected) -> Self {
        Self::new("tipo", format!("Il numero di valori ({len}) non è quello atteso."))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new("parola", format!("«{variant}» non è tra le parole ammesse: {}.", expected.join(", ")))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new("chiave", format!("La chiave «{field}» non esiste qui. Le chiavi sono: {}.", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("manca", format!("Manca «{field}»."))
    }
}

/// What Rust expects, in Italian.
fn attesa(expected: &str) -> String {
    match expected {
        "a string" => "un testo".into(),
        "a boolean" => "true o false".into(),
        text if text.starts_with("struct ") || text == "a map" => "un insieme di chiavi".into(),
        "a sequence" => "una lista".into(),
        "a time string" => "un'ora, come 09:30".into(),
        "a date string" => "una data, come 2027-01-31".into(),
        "a day of the year string" => "un giorno dell'anno: mese e giorno, come 08-10".into(),
        "u8" | "u16" | "u32" | "i32" | "i64" | "u64" | "usize" => "un numero intero da 0 in su".into(),
        text if text.contains("enum") => "una sola chiave tra quelle ammesse".into(),
        text => text.to_owned(),
    }
}

/// Whether an hour or a day is expected.
fn tempo(expected: &dyn Expected) -> Option<&'static str> {
    let expected = expected.to_string();
    ["a time string", "a date string"].into_iter().find(|tempo| *tempo == expected)
}

/// Reads a node.
#[derive(Clone)]
pub(crate) struct Lettore<'a> {
    nodo: &'a Nodo,
    percorso: String,
    sconosciute: &'a Sconosciute,
}

impl<'a> Lettore<'a> {
    pub fn new(nodo: &'a Nodo, sconosciute: &'a Sconosciute) -> Self {
        Self::at(nodo, String::new(), sconosciute)
    }

    pub fn at(nodo: &'a Nodo, percorso: String, sconosciute: &'a Sconosciute) -> Self {
        Self { nodo, percorso, sconosciute }
    }

    fn scalare(&self) -> Option<(&'a str, bool)> {
        match &self.nodo.valore {
            Valore::Scalare { testo, nudo } => Some((testo, *nudo)),
            _ => None,
        }
    }

    fn nulla(&self) -> bool {
        matches!(self.scalare(), Some(("" | "~" | "null", true)))
    }

    fn unexpected(&self) -> Unexpected<'a> {
        match &self.nodo.valore {
            Valore::Lista(_) => Unexpected::Seq,
            Valore::Mappa(_) => Unexpected::Map,
            Valore::Scalare { .. } if self.nulla() => Unexpected::Unit,
            Valore::Scalare { testo, .. } => Unexpected::Str(testo),
        }
    }

    fn sbagliato<T>(&self, expected: &dyn Expected) -> Result<T, Motivo> {
        Err(<Motivo as de::Error>::invalid_type(self.unexpected(), expected).at(&self.percorso))
    }

    fn intero<T: std::str::FromStr>(&self, expected: &dyn Expected) -> Result<T, Motivo> {
        let number = self.scalare().filter(|(_, nudo)| *nudo).and_then(|(testo, _)| testo.parse().ok());
        number.map_or_else(|| self.sbagliato(expected), Ok)
    }

    fn mappa<V: Visitor<'a>>(self, noti: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Motivo> {
        let Valore::Mappa(mappa) = &self.nodo.valore else { return self.sbagliato(&visitor) };
        let mut voci = Vec::with_capacity(mappa.len());
        for (chiave, nodo) in mappa {
            match noti {
                Some(noti) if !noti.contains(&chiave.nome.as_str()) => {
                    let mut motivo = <Motivo as de::Error>::unknown_field(&chiave.nome, noti).0;
                    (motivo.riga, motivo.colonna) = (chiave.riga, chiave.colonna);
                    motivo.percorso = unisci(&self.percorso, &chiave.nome);
                    self.sconosciute.0.borrow_mut().push(motivo);
                }
                _ => voci.push((chiave.nome.as_str(), nodo)),
            }
        }
        let percorso = self.percorso.clone();
        let accesso = Voci { padre: self, resto: voci.into_iter(), valore: None };
        visitor.visit_map(accesso).map_err(|motivo| motivo.at(&percorso))
    }
}

fn unisci(percorso: &str, nome: &str) -> String {
    if percorso.is_empty() { nome.to_owned() } else { format!("{percorso}.{nome}") }
}

struct Voci<'a> {
    padre: Lettore<'a>,
    resto: std::vec::IntoIter<(&'a str, &'a Nodo)>,
    valore: Option<(&'a str, &'a Nodo)>,
}

impl<'a> MapAccess<'a> for Voci<'a> {
    type Error = Motivo;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Motivo> {
        self.valore = self.resto.next();
        match self.valore {
            Some((nome, _)) => seed.deserialize(de::value::BorrowedStrDeserializer::new(nome)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Motivo> {
        let (nome, nodo) = self.valore.take().ok_or_else(|| <Motivo as de::Error>::custom("value before key"))?;
        let percorso = unisci(&self.padre.percorso, nome);
        let lettore = Lettore::at(nodo, percorso.clone(), self.padre.sconosciute);
        seed.deserialize(lettore).map_err(|motivo| motivo.at(&percorso))
    }
}

struct Elementi<'a> {
    padre: Lettore<'a>,
    elementi: std::iter::Enumerate<std::slice::Iter<'a, Nodo>>,
}

impl<'a> SeqAccess<'a> for Elementi<'a> {
    type Error = Motivo;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Motivo> {
        let Some((index, nodo)) = self.elementi.next() else { return Ok(None) };
        let percorso = format!("{}[{index}]", self.padre.percorso);
        let lettore = Lettore::at(nodo, percorso.clone(), self.padre.sconosciute);
        seed.deserialize(lettore).map(Some).map_err(|motivo| motivo.at(&percorso))
    }
}

/// A word, or one key with its value.
struct Variante<'a> {
    nome: &'a str,
    valore: Option<Lettore<'a>>,
}

impl<'a> EnumAccess<'a> for Variante<'a> {
    type Error = Motivo;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Motivo> {
        let value = seed.deserialize(de::value::BorrowedStrDeserializer::new(self.nome))?;
        Ok((value, self))
    }
}

impl<'a> VariantAccess<'a> for Variante<'a> {
    type Error = Motivo;

    fn unit_variant(self) -> Result<(), Motivo> {
        match self.valore {
            None => Ok(()),
            Some(lettore) => lettore.sbagliato(&"una parola"),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Motivo> {
        match self.valore {
            Some(lettore) => {
                let percorso = lettore.percorso.clone();
                seed.deserialize(lettore).map_err(|motivo| motivo.at(&percorso))
            }
            None => Err(Motivo::new("tipo", format!("«{}» ha bisogno di un valore.", self.nome))),
        }
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Motivo> {
        self.valore.map_or_else(
            || Err(Motivo::new("tipo", "Qui va una lista.".into())),
            |lettore| lettore.deserialize_seq(visitor),
        )
    }

    fn struct_variant<V: Visitor<'a>>(self, campi: &'static [&'static str], visitor: V) -> Result<V::Value, Motivo> {
        self.valore.map_or_else(
            || Err(Motivo::new("tipo", "Qui va un insieme di chiavi.".into())),
            |lettore| lettore.mappa(Some(campi), visitor),
        )
    }
}

macro_rules! interi {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
            let number: $type = self.intero(&stringify!($type))?;
            visitor.$visit(number).map_err(|motivo: Motivo| motivo.at(&self.percorso))
        }
    )*};
}

impl<'a> Deserializer<'a> for Lettore<'a> {
    type Error = Motivo;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        let percorso = self.percorso.clone();
        match &self.nodo.valore {
            Valore::Mappa(_) => self.mappa(None, visitor),
            Valore::Lista(_) => self.deserialize_seq(visitor),
            Valore::Scalare { testo, nudo: false } => visitor.visit_borrowed_str(testo),
            Valore::Scalare { testo, .. } => match testo.as_str() {
                "" | "~" | "null" => visitor.visit_unit(),
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                number => match (number.parse::<i64>(), decimale(number)) {
                    (Ok(whole), _) => visitor.visit_i64(whole),
                    (_, Some(float)) => visitor.visit_f64(float),
                    _ => visitor.visit_borrowed_str(testo),
                },
            },
        }
        .map_err(|motivo: Motivo| motivo.at(&percorso))
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        match self.scalare() {
            Some(("true", true)) => visitor.visit_bool(true),
            Some(("false", true)) => visitor.visit_bool(false),
            _ => self.sbagliato(&"true o false"),
        }
    }

    interi!(
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64
    );

    fn deserialize_f32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        let number: f64 = self.intero(&"un numero")?;
        visitor.visit_f64(number)
    }

    fn deserialize_char<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_str(visitor)
    }

    /// Where a text belongs, `46` and `true` are texts too: the quotes are not missed.
    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        match self.scalare() {
            Some((testo, _)) if !self.nulla() => {
                // Hours and days say in English what is wrong with them; what belongs there says it better.
                let tempo = tempo(&visitor);
                visitor.visit_borrowed_str(testo).map_err(|motivo: Motivo| match tempo {
                    Some(tempo) => {
                        <Motivo as de::Error>::invalid_type(Unexpected::Str(testo), &tempo).at(&self.percorso)
                    }
                    None => motivo.at(&self.percorso),
                })
            }
            _ => self.sbagliato(&"un testo"),
        }
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.sbagliato(&visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.sbagliato(&visitor)
    }

    /// A key without a value is a mistake, not an absence: who wrote it meant to go on.
    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        if self.nulla() {
            return Err(
                Motivo::new("manca", "Manca il valore: completarlo o togliere la chiave.".into()).at(&self.percorso)
            );
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        if self.nulla() { visitor.visit_unit() } else { self.sbagliato(&visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Motivo> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        let Valore::Lista(lista) = &self.nodo.valore else { return self.sbagliato(&"una lista") };
        let percorso = self.percorso.clone();
        let elementi = lista.iter().enumerate();
        visitor.visit_seq(Elementi { padre: self, elementi }).map_err(|motivo| motivo.at(&percorso))
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Motivo> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.mappa(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        campi: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Motivo> {
        self.mappa(Some(campi), visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Motivo> {
        let percorso = self.percorso.clone();
        let variante = match &self.nodo.valore {
            Valore::Scalare { testo, .. } if !self.nulla() => Variante { nome: testo, valore: None },
            Valore::Mappa(mappa) if mappa.len() == 1 => {
                let (chiave, nodo) = &mappa[0];
                let dove = unisci(&percorso, &chiave.nome);
                Variante { nome: &chiave.nome, valore: Some(Self::at(nodo, dove, self.sconosciute)) }
            }
            _ => return self.sbagliato(&"una sola parola o una sola chiave"),
        };
        visitor.visit_enum(variante).map_err(|motivo| motivo.at(&percorso))
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Motivo> {
        visitor.visit_unit()
    }
}

/// A plain scalar that is a number with a point: digits, one point, digits.
fn decimale(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.')?;
    let good = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (good(whole) && good(fraction)).then(|| text.parse().ok()).flatten()
}
