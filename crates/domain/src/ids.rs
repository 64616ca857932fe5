//! Names of things. All are drawn outside and handed in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// A case (UUIDv7).
    PraticaId
);
id!(
    /// A person, opaque: derived from the codice fiscale with a secret key, never the codice fiscale itself (a foreign user may have none).
    PersonaId
);
id!(
    /// An uploaded file.
    AllegatoId
);
id!(
    /// The hold of a slot while its booking is filled in (UUIDv7).
    BloccoId
);
id!(
    /// A place in a waiting list (UUIDv7).
    IscrizioneId
);
id!(
    /// A calendar address of an office (UUIDv7).
    SottoscrizioneId
);

/// The code a citizen reads and dictates: `SG-7K3M-Q2XF-9D4C`, derived from the random bits of the case's id, so it
/// cannot be guessed; the last character checks the others. Alphabet of Crockford's base 32 (no I, L, O, U).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[A-Z]{2}(-[0-9A-HJKMNP-TV-Z]{4}){3}$"))]
pub struct CodicePratica(String);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl CodicePratica {
    /// The code of a case; `prefix` says its kind.
    pub fn new(prefix: &str, id: PraticaId) -> Self {
        let mut bits = id.0.as_u128();
        let mut symbols = [0u8; 12];
        for symbol in symbols.iter_mut().take(11) {
            *symbol = (bits & 31) as u8;
            bits >>= 5;
        }
        symbols[11] = Self::check(&symbols[..11]);
        let text: String = symbols.iter().map(|s| char::from(ALPHABET[usize::from(*s)])).collect();
        Self(format!("{prefix}-{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
    }

    /// Weighted sum of the symbols, so that a wrong or swapped character is seen.
    fn check(symbols: &[u8]) -> u8 {
        let sum: u32 = symbols.iter().zip(1u32..).map(|(s, weight)| u32::from(*s) * (2 * weight + 1)).sum();
        (sum % 32) as u8
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what a person typed: case, spaces and the letters O, I, L are forgiven.
    pub fn parse(text: &str) -> Option<Self> {
        let upper: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let (prefix, rest) = upper.split_at_checked(2)?;
        let rest = rest.replace('O', "0").replace(['I', 'L'], "1");
        if rest.len() != 12 || !prefix.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let symbols: Vec<u8> =
            rest.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).map(|p| p as u8)).collect::<Option<_>>()?;
        (Self::check(&symbols[..11]) == symbols[11])
            .then(|| Self(format!("{prefix}-{}-{}-{}", &rest[..4], &rest[4..8], &rest[8..])))
    }
}

impl fmt::Display for CodicePratica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back_as_people_type_it_and_mistakes_are_seen() {
        let code = CodicePratica::new("SG", PraticaId(Uuid::from_u128(0x0192_f00d_0000_7000_8123_4567_89ab_cdef)));
        let typed = code.as_str().to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(CodicePratica::parse(&typed), Some(code.clone()));
        let mut wrong: Vec<char> = code.as_str().chars().collect();
        wrong[4] = if wrong[4] == 'Z' { 'Y' } else { 'Z' };
        assert_eq!(CodicePratica::parse(&wrong.into_iter().collect::<String>()), None);
        assert_eq!(CodicePratica::parse("SG-12"), None);
    }
}
