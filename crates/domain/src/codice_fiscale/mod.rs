//! Codice fiscale and partita IVA: shape, check character, variants by omocodia, and what can be read from them.
//!
//! Source: DM 23/12/1976 n. 13813 (codice fiscale), DPR 633/1972 art. 35 (partita IVA). What the code says about a
//! person is never proof of identity: identity comes from SPID, CIE or the counter (CAD artt. 64 and 65).

mod controllo;
mod nomi;
mod partita_iva;
#[cfg(test)]
mod tests;

pub use partita_iva::{PartitaIva, PartitaIvaError};

use controllo::{CIFRE_OMOCODIA, carattere_di_controllo, cifra_da_omocodia};
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// The two shapes in one pattern: 16 characters of a natural person, or 11 digits (provisional, or of an organisation).
const PATTERN: &str =
    "^([A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]|[0-9]{11})$";

/// Letters of the months, January to December.
const MESI: &[u8; 12] = b"ABCDEHLMPRST";

/// A codice fiscale whose form and check character are right, in its normal form: upper case, no spaces, no `TINIT-`.
///
/// Two shapes: the 16 characters of a natural person, also with letters in place of digits (omocodia), and the 11
/// digits of a provisional code or of an organisation. Equality is of the text; see [`CodiceFiscale::stessa_base`].
/// `Debug` is masked, because it ends up in logs; `Display` is the whole code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodiceFiscale(String);

/// Why a text is not a codice fiscale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodiceFiscaleError {
    /// Neither 16 characters nor 11 digits.
    #[error("a codice fiscale has 16 characters, or 11 digits")]
    Lunghezza,
    /// A character that cannot stand where it stands. A code of zeros only is refused at position 1.
    #[error("character {posizione} of the codice fiscale cannot stand there")]
    Forma {
        /// Counted from 1, in the normal form.
        posizione: usize,
    },
    /// The last character does not match the others: something was mistyped.
    #[error("the check character of the codice fiscale should be {atteso}")]
    CarattereDiControllo {
        /// What the last character should be if all the others are right.
        atteso: char,
    },
}

impl CodiceFiscaleError {
    /// Stable code, for message catalogues.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lunghezza => "codice-fiscale-lunghezza",
            Self::Forma { .. } => "codice-fiscale-forma",
            Self::CarattereDiControllo { .. } => "codice-fiscale-controllo",
        }
    }
}

/// Sex as the codice fiscale writes it (40 is added to the day of women).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Sesso {
    /// Female.
    F,
    /// Male.
    M,
}

/// What a 16-character codice fiscale says of its holder. A hint: declared data and identity providers prevail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Derivati {
    /// Last two digits of the year of birth; the century is not in the code.
    pub anno_due_cifre: u8,
    /// Month of birth, 1 to 12.
    pub mese: u8,
    /// Day of birth, 1 to 31.
    pub giorno: u8,
    /// Sex at the time of issue.
    pub sesso: Sesso,
    /// Belfiore code of the place of birth: a letter and three digits; `Z...` is a foreign state. Places that no
    /// longer exist stay valid in old codes.
    pub luogo: String,
}

impl Derivati {
    /// Whether a date of birth agrees with the code. A difference is a warning, never a refusal.
    pub fn concorda_con(&self, nascita: Date) -> bool {
        nascita.year().rem_euclid(100) == i16::from(self.anno_due_cifre)
            && i16::from(nascita.month()) == i16::from(self.mese)
            && i16::from(nascita.day()) == i16::from(self.giorno)
    }
}

impl CodiceFiscale {
    /// Reads a code as people and identity providers write it: spaces anywhere, lower case and the `TINIT-` of SPID are
    /// accepted and removed.
    pub fn parse(input: &str) -> Result<Self, CodiceFiscaleError> {
        let text = controllo::normale(input, &["TINIT-"]);
        // Eleven characters that begin with a digit were meant as a numeric code; otherwise a person's code is short.
        if text.chars().count() == controllo::LUNGHEZZA_NUMERICA && text.starts_with(|c: char| c.is_ascii_digit()) {
            return match controllo::verifica_undici_cifre(&text) {
                Ok(()) => Ok(Self(text)),
                Err(controllo::NumericoErrato::Posizione(posizione)) => Err(CodiceFiscaleError::Forma { posizione }),
                Err(controllo::NumericoErrato::Controllo(atteso)) => {
                    Err(CodiceFiscaleError::CarattereDiControllo { atteso })
                }
            };
        }
        if text.chars().count() != 16 {
            return Err(CodiceFiscaleError::Lunghezza);
        }
        if let Some(index) = text.chars().enumerate().position(|(index, c)| !ammesso(index, c)) {
            return Err(CodiceFiscaleError::Forma { posizione: index + 1 });
        }
        let atteso = carattere_di_controllo(&text.as_bytes()[..15]);
        if text.as_bytes()[15] != atteso {
            return Err(CodiceFiscaleError::CarattereDiControllo { atteso: char::from(atteso) });
        }
        Ok(Self(text))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an 11-digit code: provisional (assigned before full attribution), or of an organisation.
    /// Nothing can be derived from it.
    pub fn is_provvisorio(&self) -> bool {
        self.0.len() == controllo::LUNGHEZZA_NUMERICA
    }

    /// The code before omocodia: letters that replace digits mapped back, check character computed anew.
    /// An 11-digit code is its own base.
    pub fn base(&self) -> Self {
        if self.is_provvisorio() {
            return self.clone();
        }
        let mut bytes = self.0.clone().into_bytes();
        for index in CIFRE_OMOCODIA {
            bytes[index] = cifra_da_omocodia(bytes[index]);
        }
        bytes[15] = carattere_di_controllo(&bytes[..15]);
        Self(bytes.into_iter().map(char::from).collect())
    }

    /// Whether two codes differ at most by omocodia. True for the variants of one person, **but also** for the two
    /// persons whose collision made a variant necessary: a reason to ask, never to merge on its own.
    pub fn stessa_base(&self, other: &Self) -> bool {
        self.base() == other.base()
    }

    /// What the code says of the holder; none for 11-digit codes and where the day is neither 1-31 nor 41-71.
    pub fn derive(&self) -> Option<Derivati> {
        if self.is_provvisorio() {
            return None;
        }
        let base = self.base().0;
        let bytes = base.as_bytes();
        let due_cifre = |index: usize| (bytes[index] - b'0') * 10 + (bytes[index + 1] - b'0');
        let (giorno, sesso) = match due_cifre(9) {
            day @ 1..=31 => (day, Sesso::M),
            day @ 41..=71 => (day - 40, Sesso::F),
            _ => return None,
        };
        let mese = MESI.iter().position(|letter| *letter == bytes[8])? as u8 + 1;
        Some(Derivati { anno_due_cifre: due_cifre(6), mese, giorno, sesso, luogo: base[11..15].to_owned() })
    }

    /// Whether a declared surname agrees with the first three letters. False is a warning, never a refusal: names are
    /// transliterated, changed, doubled. True also where no comparison is possible (11 digits, other alphabets).
    pub fn cognome_coerente(&self, cognome: &str) -> bool {
        self.is_provvisorio() || nomi::coerente(cognome, &self.0[..3], nomi::codice_cognome)
    }

    /// Whether a declared first name agrees with letters 4 to 6; the same caution as [`CodiceFiscale::cognome_coerente`].
    pub fn nome_coerente(&self, nome: &str) -> bool {
        self.is_provvisorio() || nomi::coerente(nome, &self.0[3..6], nomi::codice_nome)
    }

    /// For pages and logs that must not show the whole code: first 6 and last character, the rest as asterisks.
    pub fn masked(&self) -> String {
        let end = self.0.len() - 1;
        format!("{}{}{}", &self.0[..6], "*".repeat(end - 6), &self.0[end..])
    }
}

/// Whether a character may stand at an index (from 0) of a 16-character code.
fn ammesso(index: usize, c: char) -> bool {
    match index {
        8 => c.is_ascii() && MESI.contains(&(c as u8)),
        _ if CIFRE_OMOCODIA.contains(&index) => c.is_ascii() && cifra_da_omocodia(c as u8).is_ascii_digit(),
        _ => c.is_ascii_uppercase(),
    }
}

impl fmt::Display for CodiceFiscale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CodiceFiscale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodiceFiscale({})", self.masked())
    }
}

impl FromStr for CodiceFiscale {
    type Err = CodiceFiscaleError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl TryFrom<String> for CodiceFiscale {
    type Error = CodiceFiscaleError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<CodiceFiscale> for String {
    fn from(value: CodiceFiscale) -> Self {
        value.0
    }
}

impl JsonSchema for CodiceFiscale {
    fn schema_name() -> Cow<'static, str> {
        "CodiceFiscale".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Codice fiscale, upper case: 16 characters, or 11 digits when provisional or of an organisation",
            "pattern": PATTERN
        })
    }
}
