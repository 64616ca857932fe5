//! Lines of a file, bounded and counted, with a running digest.

use super::{ArchiveError, limits};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read as _, Write};

/// Reads lines.
pub(super) struct LinesReader<R> {
    input: R,
    /// The present line, without its end.
    line: Vec<u8>,
    number: u64,
    offset: u64,
    digest: Sha256,
}

impl<R: BufRead> LinesReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0, offset: 0, digest: Sha256::new() }
    }

    /// The next line; a part of a line at the end of the file is no line.
    pub(super) fn advance(&mut self) -> Result<(), ArchiveError> {
        if self.read()? { Ok(()) } else { Err(ArchiveError::Truncated { line: self.number }) }
    }

    /// Refuses whatever follows the last line.
    pub(super) fn nothing_follows(&mut self) -> Result<(), ArchiveError> {
        match self.input.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => {
                self.number += 1;
                Err(self.wrong("something follows the last line"))
            }
            Err(source) => Err(ArchiveError::Io { line: self.number, source }),
        }
    }

    fn read(&mut self) -> Result<bool, ArchiveError> {
        self.line.clear();
        let limit = limits::LINE as u64 + 1;
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut self.line);
        let read = read.map_err(|source| ArchiveError::Io { line: self.number, source })?;
        if self.line.pop_if(|last| *last == b'\n').is_some() {
            self.number += 1;
            self.offset += read as u64;
            return Ok(true);
        }
        if read as u64 == limit {
            self.number += 1;
            return Err(self.wrong(&format!("it is longer than {} bytes", limits::LINE)));
        }
        Ok(false)
    }

    /// Bytes before the next line.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Number of the present line.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.line.starts_with(text.as_bytes())
    }

    /// Bytes of the present line.
    pub(super) fn len(&self) -> usize {
        self.line.len()
    }

    /// Takes the present line into the digest.
    pub(super) fn digest(&mut self) {
        self.digest.update(&self.line);
        self.digest.update(b"\n");
    }

    /// Digest of the lines taken since the last call.
    pub(super) fn take_digest(&mut self) -> [u8; 32] {
        self.digest.finalize_reset().into()
    }

    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, ArchiveError> {
        // The parser's own line is always 1 and would confuse whoever looks for it in the file.
        serde_json::from_slice(&self.line).map_err(|error| {
            let text = error.to_string();
            self.wrong(text.split(" at line ").next().unwrap_or(&text))
        })
    }

    /// Parses a line that no digest covers: not a byte may differ from what a writer writes.
    pub(super) fn parse_exactly<T: DeserializeOwned + Serialize>(&self) -> Result<T, ArchiveError> {
        let value: T = self.parse()?;
        let written = serde_json::to_vec(&value).map_err(|error| self.wrong(&error.to_string()))?;
        if written == self.line { Ok(value) } else { Err(self.wrong("it was not written like this")) }
    }

    pub(super) fn wrong(&self, reason: &str) -> ArchiveError {
        ArchiveError::Wrong { line: self.number, reason: reason.to_owned() }
    }
}

/// Writes lines.
pub(super) struct LinesWriter<W> {
    out: W,
    line: Vec<u8>,
    digest: Sha256,
}

impl<W: Write> LinesWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, line: Vec::new(), digest: Sha256::new() }
    }

    /// Writes a line without taking it into the digest.
    pub(super) fn bare<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Writes a line.
    pub(super) fn line<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        self.bare(value)?;
        self.digest.update(&self.line);
        Ok(())
    }

    /// Digest of the lines since the last call.
    pub(super) fn take_digest(&mut self) -> [u8; 32] {
        self.digest.finalize_reset().into()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(super) fn into_inner(self) -> W {
        self.out
    }
}

/// Bytes as hexadecimal digits.
pub(super) mod hex32 {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; 64];
        hex::encode_to_slice(bytes, &mut text).expect("two digits a byte");
        serializer.serialize_str(std::str::from_utf8(&text).expect("digits"))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&*text, &mut bytes).map_err(|_| D::Error::custom("a hash has 64 hexadecimal digits"))?;
        Ok(bytes)
    }
}
