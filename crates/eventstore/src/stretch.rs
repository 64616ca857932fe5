//! What must hold of a [`Stretch`] by itself, and of the log that it continues.
//!
//! A [`Checker`] takes the parts one by one, so that whoever reads them from a file can name the line that is wrong. Out
//! comes a [`Sound`] stretch: all that is left to an engine is to compare its heads and to write.

use crate::batch::RegistroKey;
use crate::hash;
use crate::limits;
use crate::record::{Position, Record};
use crate::store::Head;
use crate::transfer::{Numero, Stretch, TransferError, UsedKey};
use std::collections::HashMap;

/// Last value before a stretch and at its end: versions of a stream, numbers of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grown {
    before: u64,
    after: u64,
}

/// Takes the parts of one stretch in their order: records, then numbers, then keys. Errors are words for an operator.
#[derive(Debug)]
pub struct Checker {
    ente: String,
    before: Head,
    stretch: Stretch,
    streams: HashMap<String, Grown>,
    registri: HashMap<RegistroKey, Grown>,
}

impl Checker {
    /// For a stretch of an ente that follows `before`.
    pub fn new(ente: &str, before: Head) -> Self {
        let stretch = Stretch::default();
        Self { ente: ente.to_owned(), before, stretch, streams: HashMap::new(), registri: HashMap::new() }
    }

    /// Position and hash of the last record taken, or before the first.
    pub fn head(&self) -> Head {
        self.stretch.records.last().map_or(self.before, |last| Head { position: last.position, hash: last.hash })
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn record(&mut self, record: Record) -> Result<(), String> {
        let head = self.head();
        if self.stretch.records.len() >= limits::PAGE {
            return Err(format!("more than {} records without a break", limits::PAGE));
        }
        if record.ente != self.ente {
            return Err(format!("position {}: a record of ente {}", record.position, record.ente));
        }
        if record.position != head.position + 1 {
            return Err(format!("position {} follows position {}", record.position, head.position));
        }
        let wrong = |reason: &str| Err(format!("position {}: {reason}", record.position));
        if record.prev_hash != head.hash {
            return wrong("its link to the record before does not hold");
        }
        if hash::chain(&record) != record.hash {
            return wrong("its content does not match its hash");
        }
        if self.stretch.records.last().is_some_and(|last| record.recorded_at < last.recorded_at) {
            return wrong("it was recorded before its predecessor");
        }
        let name = record.stream.chars().count();
        if name == 0 || name > limits::STREAM_NAME || record.kind.is_empty() || record.schema_version == 0 {
            return wrong("its stream, name or schema version cannot be");
        }
        if record.payload.len() > limits::PAYLOAD_BYTES {
            return wrong("its payload is larger than any that is stored");
        }
        if let Some(stream) = self.streams.get_mut(&record.stream) {
            if record.version != stream.after + 1 {
                return wrong(&format!("version {} of its stream follows {}", record.version, stream.after));
            }
            stream.after = record.version;
        } else {
            let Some(before) = record.version.checked_sub(1) else { return wrong("versions begin at 1") };
            self.streams.insert(record.stream.clone(), Grown { before, after: record.version });
        }
        self.stretch.records.push(record);
        Ok(())
    }

    fn inside(&self, position: Position) -> bool {
        position > self.before.position && position <= self.head().position
    }

    /// Takes the next number.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn numero(&mut self, numero: Numero) -> Result<(), String> {
        let Numero { registro, numero: number, position } = &numero;
        let wrong = |reason: &str| {
            let RegistroKey { codice, anno } = registro;
            Err(format!("number {number} of register {codice} of {anno}: {reason}"))
        };
        let last = self.stretch.numeri.last().map_or(0, |last| last.position);
        if !self.inside(*position) || *position <= last {
            return wrong("it has no place of its own here");
        }
        if let Some(grown) = self.registri.get_mut(registro) {
            if *number != grown.after + 1 {
                return wrong(&format!("it follows {}", grown.after));
            }
            grown.after = *number;
        } else {
            let Some(before) = number.checked_sub(1) else { return wrong("numbers begin at 1") };
            self.registri.insert(registro.clone(), Grown { before, after: *number });
        }
        self.stretch.numeri.push(numero);
        Ok(())
    }

    /// Takes the next idempotency key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn key(&mut self, key: UsedKey) -> Result<(), String> {
        let length = key.key.chars().count();
        if length == 0 || length > limits::IDEMPOTENCY_KEY {
            return Err(format!("an idempotency key of {length} characters"));
        }
        let before = self.stretch.keys.last().map_or(0, |last| last.last);
        let within = key.first > before && key.first <= key.last && self.inside(key.last);
        if !within {
            return Err(format!("an idempotency key at positions {} to {}: no such place here", key.first, key.last));
        }
        self.stretch.keys.push(key);
        Ok(())
    }

    /// The whole stretch.
    ///
    /// # Errors
    /// When it holds no record.
    pub fn finish(self) -> Result<Sound, String> {
        if self.stretch.records.is_empty() {
            return Err("a stretch without records".into());
        }
        let Self { before, stretch, streams, registri, .. } = self;
        Ok(Sound { before, stretch, streams, registri })
    }
}

/// A stretch that is what an engine would have written after [`Sound::before`].
#[derive(Debug)]
pub struct Sound {
    before: Head,
    stretch: Stretch,
    streams: HashMap<String, Grown>,
    registri: HashMap<RegistroKey, Grown>,
}

impl Sound {
    /// Checks a whole stretch of an ente.
    ///
    /// # Errors
    /// [`TransferError::Unsound`].
    pub fn check(ente: &str, stretch: Stretch) -> Result<Self, TransferError> {
        let before = match stretch.records.first() {
            Some(first) => Head { position: first.position.saturating_sub(1), hash: first.prev_hash },
            None => Head { position: 0, hash: hash::GENESIS },
        };
        let mut checker = Checker::new(ente, before);
        let take = || -> Result<(), String> {
            stretch.records.into_iter().try_for_each(|record| checker.record(record))?;
            stretch.numeri.into_iter().try_for_each(|numero| checker.numero(numero))?;
            stretch.keys.into_iter().try_for_each(|key| checker.key(key))
        };
        take().map_err(TransferError::Unsound)?;
        checker.finish().map_err(TransferError::Unsound)
    }

    /// The stretch.
    pub fn stretch(&self) -> &Stretch {
        &self.stretch
    }

    /// The stretch itself.
    pub fn into_stretch(self) -> Stretch {
        self.stretch
    }

    /// End of the log before it.
    pub fn before(&self) -> Head {
        self.before
    }

    /// Its last record.
    pub fn last(&self) -> &Record {
        self.stretch.records.last().expect("a checker gives no stretch without records")
    }

    /// End of the log after it.
    pub fn head(&self) -> Head {
        Head { position: self.last().position, hash: self.last().hash }
    }

    /// Streams that grow: name, last version before, last version after.
    pub fn streams(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.streams.iter().map(|(stream, grown)| (stream.as_str(), grown.before, grown.after))
    }

    /// Registers that grow: which, last number before, last number after.
    pub fn registri(&self) -> impl Iterator<Item = (&RegistroKey, u64, u64)> {
        self.registri.iter().map(|(registro, grown)| (registro, grown.before, grown.after))
    }

    /// Whether it continues a log that ends at `head`, recorded at `recorded_at` (microseconds; the least when empty).
    ///
    /// # Errors
    /// [`TransferError::NotNext`]; [`TransferError::Unsound`] when it was recorded before.
    pub fn continues(&self, head: Head, recorded_at: i64) -> Result<(), TransferError> {
        if head != self.before {
            return Err(TransferError::NotNext { expected: self.before.position, actual: head.position });
        }
        let first = &self.stretch.records[0];
        if first.recorded_at.as_microsecond() < recorded_at {
            let reason = format!("position {}: it was recorded before its predecessor", first.position);
            return Err(TransferError::Unsound(reason));
        }
        Ok(())
    }

    /// Whether a stream of the log, whose last version is `actual`, is continued.
    ///
    /// # Errors
    /// [`TransferError::Unsound`].
    pub fn continues_stream(&self, stream: &str, actual: u64) -> Result<(), TransferError> {
        match self.streams.get(stream) {
            Some(grown) if grown.before != actual => {
                let reason = format!("stream {stream}: version {} follows {actual}", grown.before + 1);
                Err(TransferError::Unsound(reason))
            }
            _ => Ok(()),
        }
    }

    /// Whether a register of the log, whose last number is `actual`, is continued.
    ///
    /// # Errors
    /// [`TransferError::Unsound`].
    pub fn continues_registro(&self, registro: &RegistroKey, actual: u64) -> Result<(), TransferError> {
        match self.registri.get(registro) {
            Some(grown) if grown.before != actual => {
                let RegistroKey { codice, anno } = registro;
                let reason = format!("register {codice} of {anno}: number {} follows {actual}", grown.before + 1);
                Err(TransferError::Unsound(reason))
            }
            _ => Ok(()),
        }
    }
}

impl Stretch {
    /// What lies after a position, for a log that holds the rest already.
    #[must_use]
    pub fn after(mut self, position: Position) -> Self {
        self.records.retain(|record| record.position > position);
        self.numeri.retain(|numero| numero.position > position);
        self.keys.retain(|key| key.last > position);
        self
    }
}
