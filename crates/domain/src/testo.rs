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

/// A text of one line, such as a subject: as [`testo`], without line ends and tabs.
///
/// # Errors
/// As [`testo`].
pub fn riga(field: &str, value: &str, min: usize, max: usize) -> Result<String, Refusal> {
    let clean = testo(field, value, min, max)?;
    if clean.contains(char::is_control) {
        return Err(Refusal::field(field, "caratteri-non-ammessi"));
    }
    Ok(clean)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<String, Refusal>) -> String {
        result.map_or_else(|refusal| refusal.code, |text| panic!("accepted: {text:?}"))
    }

    #[test]
    fn length_is_counted_in_characters_not_in_bytes() {
        assert_eq!(testo("f", &"è".repeat(100), 3, 100), Ok("è".repeat(100)));
        assert_eq!(testo("f", &"🏛".repeat(100), 3, 100), Ok("🏛".repeat(100)));
        assert_eq!(code(testo("f", &"è".repeat(101), 3, 100)), "testo-lungo");
        assert_eq!(testo("f", "èèè", 3, 100), Ok("èèè".into()));
        assert_eq!(code(testo("f", "èè", 3, 100)), "testo-corto");
    }

    #[test]
    fn a_long_text_says_the_limit_and_how_far_it_is() {
        let refusal = testo("f", "12345678", 1, 5).unwrap_err();
        assert_eq!(refusal, Refusal::field("f", "testo-lungo").with("max", 5).with("attuale", 8));
        assert_eq!(testo("f", "1", 2, 5).unwrap_err(), Refusal::field("f", "testo-corto").with("min", 2));
    }

    #[test]
    fn space_around_does_not_count_and_is_not_kept() {
        assert_eq!(testo("f", " \t\n abc \u{a0}\u{3000}", 3, 3), Ok("abc".into()));
        for blank in ["", " ", "\t", "\r\n", "\u{a0}", "\u{2003}\u{3000}"] {
            assert_eq!(code(testo("f", blank, 3, 10)), "obbligatorio", "{blank:?}");
        }
        assert_eq!(testo("f", "  ", 0, 10), Ok(String::new()));
    }

    #[test]
    fn line_ends_become_one_character() {
        assert_eq!(testo("f", "a\r\nb\rc\nd", 1, 7), Ok("a\nb\nc\nd".into()));
    }

    #[test]
    fn control_characters_are_refused() {
        for control in ['\0', '\u{1b}', '\u{7f}', '\u{85}'] {
            assert_eq!(code(testo("f", &format!("ab{control}cd"), 1, 10)), "caratteri-non-ammessi", "{control:?}");
        }
        assert_eq!(testo("f", "ab\tcd", 1, 10), Ok("ab\tcd".into()));
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(riga("f", " Lampione spento\n", 3, 20), Ok("Lampione spento".into()));
        for text in ["a\nb c", "a\r\nBcc: x", "a\tb c"] {
            assert_eq!(code(riga("f", text, 3, 20)), "caratteri-non-ammessi", "{text:?}");
        }
        assert_eq!(code(riga("f", &"x".repeat(21), 3, 20)), "testo-lungo");
    }

    #[test]
    fn an_empty_optional_text_is_none() {
        assert_eq!(testo_facoltativo("f", None, 5), Ok(None));
        assert_eq!(testo_facoltativo("f", Some(" \n "), 5), Ok(None));
        assert_eq!(testo_facoltativo("f", Some(" a "), 5), Ok(Some("a".into())));
        assert_eq!(testo_facoltativo("f", Some("123456"), 5).unwrap_err().code, "testo-lungo");
    }
}
