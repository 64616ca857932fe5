//! Numbers of forms: up to three decimals, exact.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::fmt;

/// Decimals a number may have.
pub const MASSIMO_DECIMALI: u8 = 3;
/// Largest absolute value, in thousandths: a million of millions. It fits `f64` exactly, and so JSON.
pub const MASSIMO_MILLESIMI: i64 = 1_000_000_000_000_000;
/// Characters of a written number, at most.
const MASSIMO_CARATTERI: usize = 30;

/// A number kept as thousandths: sums of money must not depend on binary fractions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimale(i64);

impl Decimale {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// A whole number; none when it is too large.
    pub fn intero(value: i64) -> Option<Self> {
        Self::da_millesimi(i128::from(value) * 1000)
    }

    /// From thousandths; none when it is too large.
    pub fn da_millesimi(value: i128) -> Option<Self> {
        let value = i64::try_from(value).ok()?;
        (-MASSIMO_MILLESIMI..=MASSIMO_MILLESIMI).contains(&value).then_some(Self(value))
    }

    /// In thousandths.
    pub fn millesimi(self) -> i64 {
        self.0
    }

    /// Reads digits with an optional sign and an optional point: `-12.5`. Nothing else, and at most three decimals that
    /// are not zero.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MASSIMO_CARATTERI {
            return None;
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let fraction = if fraction.len() > 1 { fraction.trim_end_matches('0') } else { fraction };
        let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) || fraction.len() > 3 {
            return None;
        }
        if digits.ends_with('.') {
            return None;
        }
        let thousandths: i128 = format!("{fraction:0<3}").parse().ok()?;
        let value = whole.parse::<i128>().ok()? * 1000 + thousandths;
        Self::da_millesimi(if negative { -value } else { value })
    }

    /// From a number of JSON.
    pub fn da_numero(number: &Number) -> Option<Self> {
        match number.as_i64() {
            Some(whole) => Self::intero(whole),
            None => Self::da_f64(number.as_f64()?),
        }
    }

    fn da_f64(value: f64) -> Option<Self> {
        // The shortest text that reads back as the same number: what was written.
        (value.abs() <= 1e12).then(|| format!("{value}")).and_then(|text| Self::parse(&text))
    }

    /// As people write it: `1.234,50` or `1234.50`, with an optional euro sign. Three digits after a single point are
    /// thousands, unless the field has three decimals.
    pub fn leggi(text: &str, decimali: u8) -> Option<Self> {
        let clean: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '€' | '\'')).collect();
        if clean.len() > MASSIMO_CARATTERI {
            return None;
        }
        let (sign, digits) = clean.strip_prefix('-').map_or(("", clean.as_str()), |rest| ("-", rest));
        let thousands = |whole: &str| {
            let mut groups = whole.split('.');
            let first = groups.next().unwrap_or_default();
            (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
        };
        let plain = match digits.split_once(',') {
            Some((whole, fraction)) if !whole.contains('.') || thousands(whole) => {
                format!("{}.{fraction}", whole.replace('.', ""))
            }
            Some(_) => return None,
            None if digits.matches('.').count() > 1 && thousands(digits) => digits.replace('.', ""),
            None if decimali < 3 && digits.contains('.') && thousands(digits) => digits.replace('.', ""),
            None => digits.to_owned(),
        };
        Self::parse(&format!("{sign}{plain}"))
    }

    /// How many decimals are needed to write it.
    pub fn decimali(self) -> u8 {
        match self.0 {
            n if n % 1000 == 0 => 0,
            n if n % 100 == 0 => 1,
            n if n % 10 == 0 => 2,
            _ => 3,
        }
    }

    /// Rounded to some decimals, halves away from zero.
    pub fn arrotonda(self, decimali: u8) -> Self {
        let unit = 10_i64.pow(u32::from(MASSIMO_DECIMALI - decimali.min(MASSIMO_DECIMALI)));
        let half = if self.0 < 0 { -unit / 2 } else { unit / 2 };
        Self((self.0 + half) / unit * unit)
    }

    /// Digits with a point and at least `decimali` decimals.
    pub fn testo(self, decimali: u8) -> String {
        let decimali = usize::from(self.decimali().max(decimali.min(MASSIMO_DECIMALI)));
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1000, format!("{:03}", self.0.unsigned_abs() % 1000));
        if decimali == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{}", &rest[..decimali]) }
    }

    /// As Italian pages write it: `1.234,50`.
    pub fn italiano(self, decimali: u8) -> String {
        let text = self.testo(decimali);
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, f)| (whole, Some(f)));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped},{fraction}"))
    }

    /// As a number of JSON: whole where it is whole.
    pub fn valore(self) -> Value {
        if self.0 % 1000 == 0 { Value::from(self.0 / 1000) } else { Value::from(self.f64()) }
    }

    fn f64(self) -> f64 {
        // Below 2^53 thousandths the quotient is the nearest double, whose shortest text is the decimal itself.
        self.0 as f64 / 1000.0
    }
}

impl fmt::Debug for Decimale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.testo(0))
    }
}

impl Serialize for Decimale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 { serializer.serialize_i64(self.0 / 1000) } else { serializer.serialize_f64(self.f64()) }
    }
}

impl<'de> Deserialize<'de> for Decimale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitatore)
    }
}

struct Visitatore;

impl de::Visitor<'_> for Visitatore {
    type Value = Decimale;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("un numero con al massimo tre decimali")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimale, E> {
        Decimale::intero(value).ok_or_else(|| E::custom("Il numero è troppo grande."))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimale, E> {
        i64::try_from(value).ok().and_then(Decimale::intero).ok_or_else(|| E::custom("Il numero è troppo grande."))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimale, E> {
        Decimale::da_f64(value).ok_or_else(|| E::custom("Un numero ha al massimo tre decimali e dodici cifre."))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Decimale, E> {
        Decimale::parse(value).ok_or_else(|| E::custom(format!("«{value}» non è un numero come 16.00.")))
    }
}

impl JsonSchema for Decimale {
    fn schema_name() -> Cow<'static, str> {
        "Decimale".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["number", "string"],
            "description": "A number with at most three decimals, such as 16 or \"16.00\"",
            "pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,3})?$"
        })
    }
}
