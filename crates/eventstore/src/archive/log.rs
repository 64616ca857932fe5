//! The log of one ente as a file.
//!
//! ```text
//! {"sportello":"registro","versione":1,"ente":"c_a000"}
//! {"position":1,"stream":…,"version":…,"event_id":…,"kind":…,"schema_version":…,"recorded_at":…,"meta":"…","payload":"…","prev_hash":…,"hash":…}
//! {"numero":1,"registro":"PROT","anno":2026,"position":1}
//! {"chiave":"…","fingerprint":…,"first":1,"last":3}
//! {"fino":3,"hash":…,"impronta":…}
//! {"fine":3,"records":3,"hash":…}
//! ```
//!
//! Records, then the numbers and the idempotency keys that belong to them, then a mark: position and hash so far, and the
//! SHA-256 of the lines since the mark before, because the hash chain covers records only. Instants are microseconds since
//! 1970, hashes hexadecimal.

use super::lines::{LinesReader, LinesWriter, hex32};
use super::{ArchiveError, VERSION, limits};
use crate::batch::RegistroKey;
use crate::hash::GENESIS;
use crate::record::{Position, Record};
use crate::store::Head;
use crate::stretch::{Checker, Sound};
use crate::transfer::{Numero, UsedKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, BufRead, Write};
use uuid::Uuid;

/// What the first line calls the file.
const KIND: &str = "registro";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    sportello: String,
    versione: u32,
    ente: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordLine<'a> {
    position: Position,
    stream: Cow<'a, str>,
    version: u64,
    event_id: Uuid,
    kind: Cow<'a, str>,
    schema_version: u32,
    recorded_at: i64,
    meta: Cow<'a, str>,
    payload: Cow<'a, str>,
    #[serde(with = "hex32")]
    prev_hash: [u8; 32],
    #[serde(with = "hex32")]
    hash: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumeroLine<'a> {
    numero: u64,
    registro: Cow<'a, str>,
    anno: i16,
    position: Position,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine<'a> {
    chiave: Cow<'a, str>,
    #[serde(with = "hex32")]
    fingerprint: [u8; 32],
    first: Position,
    last: Position,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkLine {
    fino: Position,
    #[serde(with = "hex32")]
    hash: [u8; 32],
    #[serde(with = "hex32")]
    impronta: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    fine: Position,
    records: u64,
    #[serde(with = "hex32")]
    hash: [u8; 32],
}

/// A place in a file where a writer can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Bytes before it.
    pub offset: u64,
    /// The log so far.
    pub head: Head,
}

/// Writes the file of a log.
pub struct LogWriter<W> {
    lines: LinesWriter<W>,
    head: Head,
}

impl<W: Write> LogWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(out: W, ente: &str) -> io::Result<Self> {
        let mut lines = LinesWriter::new(out);
        lines.bare(&Header { sportello: KIND.into(), versione: VERSION, ente: ente.to_owned() })?;
        Ok(Self { lines, head: Head { position: 0, hash: GENESIS } })
    }

    /// Goes on after a mark: `out` stands at its offset, and nothing follows.
    pub fn resume(out: W, mark: Mark) -> Self {
        Self { lines: LinesWriter::new(out), head: mark.head }
    }

    /// The log so far.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Writes the next stretch, and hands it on.
    ///
    /// # Errors
    /// When it cannot be written, or does not follow what was written.
    pub fn stretch(&mut self, sound: &Sound) -> io::Result<()> {
        if sound.before() != self.head {
            let (next, head) = (sound.before().position + 1, self.head.position);
            return Err(io::Error::other(format!("the record at position {next} does not follow that at {head}")));
        }
        let stretch = sound.stretch();
        for record in &stretch.records {
            self.lines.line(&RecordLine {
                position: record.position,
                stream: Cow::Borrowed(&record.stream),
                version: record.version,
                event_id: record.event_id,
                kind: Cow::Borrowed(&record.kind),
                schema_version: record.schema_version,
                recorded_at: record.recorded_at.as_microsecond(),
                meta: Cow::Borrowed(&record.meta),
                payload: Cow::Borrowed(&record.payload),
                prev_hash: record.prev_hash,
                hash: record.hash,
            })?;
        }
        for Numero { registro, numero, position } in &stretch.numeri {
            let (registro, anno) = (Cow::Borrowed(&*registro.codice), registro.anno);
            self.lines.line(&NumeroLine { numero: *numero, registro, anno, position: *position })?;
        }
        for UsedKey { key, fingerprint, first, last } in &stretch.keys {
            let chiave = Cow::Borrowed(&**key);
            self.lines.line(&KeyLine { chiave, fingerprint: *fingerprint, first: *first, last: *last })?;
        }
        self.head = sound.head();
        let impronta = self.lines.take_digest();
        self.lines.bare(&MarkLine { fino: self.head.position, hash: self.head.hash, impronta })?;
        self.lines.flush()
    }

    /// Writes the last line; the output, flushed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        let Head { position, hash } = self.head;
        self.lines.bare(&EndLine { fine: position, records: position, hash })?;
        self.lines.flush()?;
        Ok(self.lines.into_inner())
    }
}

/// Reads the file of a log, stretch by stretch.
pub struct LogReader<R> {
    lines: LinesReader<R>,
    ente: String,
    mark: Mark,
    ended: bool,
}

impl<R: BufRead> LogReader<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn open(input: R) -> Result<Self, ArchiveError> {
        let mut lines = LinesReader::new(input);
        lines.advance()?;
        let Header { sportello, versione, ente } = lines.parse_exactly()?;
        if sportello != KIND {
            return Err(lines.wrong("this is not the file of a log"));
        }
        if versione != VERSION {
            return Err(lines.wrong(&format!("version {versione} of the form; this program reads version {VERSION}")));
        }
        let mark = Mark { offset: lines.offset(), head: Head { position: 0, hash: GENESIS } };
        Ok(Self { lines, ente, mark, ended: false })
    }

    /// Whose log it is.
    pub fn ente(&self) -> &str {
        &self.ente
    }

    /// The last mark read: where the file is whole up to.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The next stretch, checked against the hash chain and its mark; `None` after the last line.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn stretch(&mut self) -> Result<Option<Sound>, ArchiveError> {
        if self.ended {
            return Ok(None);
        }
        let mut checker = Checker::new(&self.ente, self.mark.head);
        let begin = self.lines.number() + 1;
        let mut bytes = 0;
        loop {
            self.lines.advance()?;
            bytes += self.lines.len();
            if bytes > limits::STRETCH {
                return Err(self.lines.wrong(&format!("more than {} bytes without a mark", limits::STRETCH)));
            }
            if self.lines.starts_with("{\"fino\":") {
                return self.marked(checker, begin).map(Some);
            }
            if self.lines.starts_with("{\"fine\":") {
                self.end(&checker)?;
                return Ok(None);
            }
            self.part(&mut checker)?;
            self.lines.digest();
        }
    }

    fn part(&self, checker: &mut Checker) -> Result<(), ArchiveError> {
        // Numbers belong to records and keys to both: what was left out shows at the next mark.
        let taken = if self.lines.starts_with("{\"position\":") {
            let line: RecordLine<'_> = self.lines.parse()?;
            checker.record(self.record(line)?)
        } else if self.lines.starts_with("{\"numero\":") {
            let line: NumeroLine<'_> = self.lines.parse()?;
            let registro = RegistroKey { codice: line.registro.into_owned(), anno: line.anno };
            checker.numero(Numero { registro, numero: line.numero, position: line.position })
        } else if self.lines.starts_with("{\"chiave\":") {
            let KeyLine { chiave, fingerprint, first, last } = self.lines.parse()?;
            checker.key(UsedKey { key: chiave.into_owned(), fingerprint, first, last })
        } else {
            Err("neither record, number, key nor mark".into())
        };
        taken.map_err(|reason| self.lines.wrong(&reason))
    }

    fn record(&self, line: RecordLine<'_>) -> Result<Record, ArchiveError> {
        let recorded_at = Timestamp::from_microsecond(line.recorded_at);
        Ok(Record {
            ente: self.ente.clone(),
            stream: line.stream.into_owned(),
            version: line.version,
            position: line.position,
            event_id: line.event_id,
            kind: line.kind.into_owned(),
            schema_version: line.schema_version,
            payload: line.payload.into_owned(),
            meta: line.meta.into_owned(),
            recorded_at: recorded_at.map_err(|error| self.lines.wrong(&error.to_string()))?,
            prev_hash: line.prev_hash,
            hash: line.hash,
        })
    }

    fn marked(&mut self, checker: Checker, begin: u64) -> Result<Sound, ArchiveError> {
        let MarkLine { fino, hash, impronta } = self.lines.parse_exactly()?;
        let sound = checker.finish().map_err(|reason| self.lines.wrong(&reason))?;
        if sound.head() != (Head { position: fino, hash }) {
            return Err(self.lines.wrong("the mark is not that of the record before it"));
        }
        if self.lines.take_digest() != impronta {
            let before = self.lines.number() - 1;
            return Err(self.lines.wrong(&format!("lines {begin} to {before} are not those that were written")));
        }
        self.mark = Mark { offset: self.lines.offset(), head: sound.head() };
        Ok(sound)
    }

    fn end(&mut self, checker: &Checker) -> Result<(), ArchiveError> {
        let EndLine { fine, records, hash } = self.lines.parse_exactly()?;
        if checker.head() != self.mark.head {
            return Err(self.lines.wrong("a mark is missing before the last line"));
        }
        if (Head { position: fine, hash }) != self.mark.head || records != fine {
            return Err(self.lines.wrong("the last line is not that of what precedes it"));
        }
        self.ended = true;
        self.lines.nothing_follows()
    }
}
