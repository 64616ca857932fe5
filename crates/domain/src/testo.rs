//! Texts that people write: trimmed, normalised line ends, no control characters, with a length in characters.

use crate::refusal::Refusal;

/// Checks a text and gives it back clean.
///
/// # Errors
/// `obbligatorio`, `testo-corto`, `testo-lungo` or `caratteri-non-ammessi`, about `field`.
pub fn testo(field: &str, value: &str, min: usize, max: usize) -> Result<String, Refusal> {
    let clean = value.replace("\r\n", "\n").replace('\r', "\n");
    let clean = clean.trim();
    let length = clean.chars().count();
    if clean.is_empty() && min > 0 {
        return Err(Refusal::field(field, "obbligatorio"));
    }
    if length < min {
        return Err(Refusal::field(field, "testo-corto").with("min", min));
    }
    if length > max {
        return Err(Refusal::field(field, "testo-lungo").with("max", max).with("attuale", length));
    }
    if clean.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::field(field, "caratteri-non-ammessi"));
    }
    Ok(clean.to_owned())
}

/// An optional text: empty is none.
///
/// # Errors
/// As [`testo`].
pub fn testo_facoltativo(field: &str, value: Option<&str>, max: usize) -> Result<Option<String>, Refusal> {
    match value.map(str::trim).filter(|v| !v.is_empty()) {
        Some(value) => testo(field, value, 1, max).map(Some),
        None => Ok(None),
    }
}
