//! IBAN (ISO 13616): the check of the remainder by 97, and the length where it is an Italian one.

/// An IBAN whose check digits are right, without spaces, in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iban(String);

/// Characters of an IBAN, at least and at most.
const LUNGHEZZE: std::ops::RangeInclusive<usize> = 15..=34;
/// Characters of an IBAN of Italy or San Marino.
const ITALIANO: usize = 27;

impl Iban {
    /// Reads it as people write it, with spaces and in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let text = text.strip_prefix("IBAN").unwrap_or(&text).to_ascii_uppercase();
        let bytes = text.as_bytes();
        let shape = LUNGHEZZE.contains(&bytes.len())
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..4].iter().all(u8::is_ascii_digit)
            && bytes[4..].iter().all(u8::is_ascii_alphanumeric);
        let length = !matches!(text.get(..2), Some("IT" | "SM")) || bytes.len() == ITALIANO;
        (shape && length && resto(bytes) == 1).then_some(Self(text))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The remainder by 97 of the number made by moving the first four characters to the end, letters as 10 to 35.
fn resto(bytes: &[u8]) -> u32 {
    bytes[4..].iter().chain(&bytes[..4]).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}
