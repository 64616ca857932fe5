//! Files that come with a filing, named by their content.

use crate::Sample;
use crate::ids::AllegatoId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Files with one filing, at most.
pub const MAX_ALLEGATI: usize = 5;
/// Bytes of a megabyte, as limits count them.
pub const MEGABYTE: u64 = 1024 * 1024;
/// Bytes of one file, at most, where no service says otherwise (10 MiB).
pub const MAX_BYTES: u64 = 10 * MEGABYTE;
/// Bytes of one file, at most, whatever a service says (50 MiB).
pub const TETTO_BYTES: u64 = crate::modulo::limiti::MEGABYTE as u64 * MEGABYTE;

/// Characters of a file's name, at most: what file systems hold.
pub const MAX_NOME: usize = 255;

/// SHA-256 of exact bytes, 64 hexadecimal digits (Linee guida AgID, Allegato 6 table 1: SHA-1 and MD5 are not allowed).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[0-9a-f]{64}$"))]
pub struct Impronta(String);

impl Impronta {
    /// From the 32 bytes of the hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        use fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self(text)
    }

    /// From its text.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
            .then(|| Self(text.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Impronta {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an impronta has 64 hexadecimal digits"))
    }
}

impl fmt::Display for Impronta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stored file as a filing refers to it. Its name as the citizen gave it stands among the personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Allegato {
    /// Id given at upload.
    pub id: AllegatoId,
    /// Hash of its bytes.
    pub impronta: Impronta,
    /// Bytes.
    pub dimensione: u64,
    /// Media type, recognised from the bytes.
    pub formato: String,
}

impl Sample for Allegato {
    fn sample() -> Self {
        Self {
            id: AllegatoId(Uuid::from_u128(0x0192_f00d_0000_7000_8000_0000_0000_0a11)),
            impronta: Impronta::from_bytes([0xab; 32]),
            dimensione: 482_113,
            formato: "image/jpeg".into(),
        }
    }
}
