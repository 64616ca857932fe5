//! The data keys of one ente as a file.
//!
//! ```text
//! {"sportello":"chiavi","versione":1,"ente":"c_a000","prova":"…"}
//! {"subject":…,"id":…,"wrapped":"…"}
//! {"fine":1,"impronta":…}
//! ```
//!
//! Keys stand in it wrapped, as they are stored; a destroyed one has `null`. `prova` is a key of no use, wrapped by the
//! same master key: it tells at once whether the keys can be opened on arrival. The last line counts the keys and holds
//! the SHA-256 of their lines.

use super::lines::{LinesReader, LinesWriter, hex32};
use super::{ArchiveError, VERSION, limits};
use crate::random::Random;
use crate::sealing::{DataKey, MasterKey};
use crate::transfer::WrappedKey;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};
use uuid::Uuid;

/// What the first line calls the file.
const KIND: &str = "chiavi";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    sportello: String,
    versione: u32,
    ente: String,
    prova: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    subject: Uuid,
    id: Uuid,
    wrapped: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    fine: u64,
    #[serde(with = "hex32")]
    impronta: [u8; 32],
}

/// Writes the file of an ente's keys.
pub struct KeysWriter<W> {
    lines: LinesWriter<W>,
    keys: u64,
}

impl<W: Write> KeysWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(out: W, ente: &str, master: &MasterKey, random: &Random) -> io::Result<Self> {
        let (mut bytes, mut nonce) = ([0; 32], [0; 24]);
        random(&mut bytes);
        random(&mut nonce);
        let prova = hex::encode(master.wrap(&DataKey::new(Uuid::nil(), bytes), &nonce));
        let mut lines = LinesWriter::new(out);
        lines.bare(&Header { sportello: KIND.into(), versione: VERSION, ente: ente.to_owned(), prova })?;
        Ok(Self { lines, keys: 0 })
    }

    /// Writes the next key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn key(&mut self, key: &WrappedKey) -> io::Result<()> {
        let wrapped = key.wrapped.as_ref().map(hex::encode);
        self.keys += 1;
        self.lines.line(&KeyLine { subject: key.subject, id: key.id, wrapped })
    }

    /// Writes the last line; the output, flushed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        let impronta = self.lines.take_digest();
        self.lines.bare(&EndLine { fine: self.keys, impronta })?;
        self.lines.flush()?;
        Ok(self.lines.into_inner())
    }
}

/// Reads the file of an ente's keys. Only the last line proves the others: read once to check, once to store.
pub struct KeysReader<R> {
    lines: LinesReader<R>,
    ente: String,
    keys: u64,
    last: Option<Uuid>,
    ended: bool,
}

impl<R: BufRead> KeysReader<R> {
    /// Reads the first line and tries the master key.
    ///
    /// # Errors
    /// [`ArchiveError`]; [`ArchiveError::WrongMasterKey`] when the keys need another one.
    pub fn open(input: R, master: &MasterKey) -> Result<Self, ArchiveError> {
        let mut lines = LinesReader::new(input);
        lines.advance()?;
        let Header { sportello, versione, ente, prova } = lines.parse_exactly()?;
        if sportello != KIND {
            return Err(lines.wrong("this is not a file of keys"));
        }
        if versione != VERSION {
            return Err(lines.wrong(&format!("version {versione} of the form; this program reads version {VERSION}")));
        }
        let prova = hex::decode(prova).map_err(|_| lines.wrong("the proof is not hexadecimal"))?;
        master.unwrap(Uuid::nil(), &prova).map_err(|_| ArchiveError::WrongMasterKey)?;
        Ok(Self { lines, ente, keys: 0, last: None, ended: false })
    }

    /// Whose keys they are.
    pub fn ente(&self) -> &str {
        &self.ente
    }

    /// The next keys in order of subject, at most [`limits::KEYS`]; none after the last line.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn keys(&mut self) -> Result<Vec<WrappedKey>, ArchiveError> {
        let mut keys = Vec::new();
        while !self.ended && keys.len() < limits::KEYS {
            self.lines.advance()?;
            if self.lines.starts_with("{\"fine\":") {
                self.end()?;
                break;
            }
            let KeyLine { subject, id, wrapped } = self.lines.parse()?;
            if self.last.is_some_and(|last| subject <= last) {
                return Err(self.lines.wrong("the keys are not in order of subject"));
            }
            let wrapped = wrapped.map(hex::decode).transpose();
            let wrapped = wrapped.map_err(|_| self.lines.wrong("the key is not hexadecimal"))?;
            self.lines.digest();
            self.last = Some(subject);
            self.keys += 1;
            keys.push(WrappedKey { subject, id, wrapped });
        }
        Ok(keys)
    }

    fn end(&mut self) -> Result<(), ArchiveError> {
        let EndLine { fine, impronta } = self.lines.parse_exactly()?;
        if fine != self.keys || impronta != self.lines.take_digest() {
            return Err(self.lines.wrong("the keys before it are not those that were written"));
        }
        self.ended = true;
        self.lines.nothing_follows()
    }
}
