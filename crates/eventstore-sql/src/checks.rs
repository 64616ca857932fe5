//! What must hold in the log of an ente, over plain values: engines read the rows, each in its own way.
//!
//! A value that cannot be read is given as `None` or as the words for what is wrong with it; it is a [`Finding`] like any
//! other.

use eventstore::verify::{Finding, Verifier};
use eventstore::{Position, Record};

/// A row that is not a record.
pub(crate) struct BadRow {
    /// The position it names, if it can be read.
    pub position: Option<Position>,
    /// What is wrong with it.
    pub reason: String,
}

/// End of a log as it is stored.
pub(crate) struct StoredHead {
    pub position: Result<Position, String>,
    pub hash: Option<[u8; 32]>,
    /// Microseconds.
    pub recorded_at: Option<i64>,
}

/// The rows of one ente, checked in this order: records, head, heads of streams, numbers, heads of registers. `R` names a
/// register and year as the engine reads them.
pub(crate) struct EnteCheck<R> {
    ente: String,
    verifier: Verifier,
    recorded_at: i64,
    streams: usize,
    registri: Vec<(R, u64)>,
    /// Last number of the register that is being read, and its position.
    before: (u64, Position),
    /// Registers whose head was seen.
    heads: usize,
}

impl<R: PartialEq> EnteCheck<R> {
    pub(crate) fn new(ente: String) -> Self {
        let verifier = Verifier::default();
        Self { ente, verifier, recorded_at: i64::MIN, streams: 0, registri: Vec::new(), before: (0, 0), heads: 0 }
    }

    /// Position and hash of the last record.
    pub(crate) fn last(&self) -> (Position, [u8; 32]) {
        self.verifier.head()
    }

    /// Something else is wrong, at a place in this log.
    pub(crate) fn found<T>(&self, position: Position, reason: impl Into<String>) -> Result<T, Finding> {
        Err(Finding { ente: self.ente.clone(), position, reason: reason.into() })
    }

    /// The same at the end of the log.
    fn at_end<T>(&self, reason: impl Into<String>) -> Result<T, Finding> {
        self.found(self.last().0, reason)
    }

    /// The next record.
    pub(crate) fn record(&mut self, row: Result<Record, BadRow>) -> Result<(), Finding> {
        let record = match row {
            Ok(record) => record,
            Err(BadRow { position, reason }) => return self.found(position.unwrap_or(self.last().0 + 1), reason),
        };
        self.verifier.check(&record)?;
        let recorded_at = record.recorded_at.as_microsecond();
        if recorded_at < self.recorded_at {
            return self.found(record.position, "it was recorded before its predecessor");
        }
        self.recorded_at = recorded_at;
        Ok(())
    }

    /// The head is that of the last record.
    pub(crate) fn head(&self, stored: Option<StoredHead>) -> Result<(), Finding> {
        let (position, hash) = self.last();
        let Some(stored) = stored else { return self.at_end("the ente has no head") };
        match stored.position {
            Ok(stored) if stored == position => {}
            Ok(stored) => {
                let reason = format!("the head stands at {stored}, the last record at {position}");
                return self.found(stored.min(position) + 1, reason);
            }
            Err(reason) => return self.at_end(format!("head: {reason}")),
        }
        if stored.hash != Some(hash) {
            return self.at_end("the hash of the head is not that of the last record");
        }
        if stored.recorded_at != Some(self.recorded_at) {
            return self.at_end("the instant of the head is not that of the last record");
        }
        Ok(())
    }

    /// The head of a stream is its last version.
    pub(crate) fn stream(&mut self, stream: Result<&str, String>, version: Option<u64>) -> Result<(), Finding> {
        let stream = match stream {
            Ok(stream) => stream,
            Err(reason) => return self.at_end(format!("head of a stream: {reason}")),
        };
        let last = self.verifier.versions().get(stream).copied();
        if last.is_none() || version != last {
            let last = last.unwrap_or(0);
            return self.at_end(format!("the head of stream {stream} is not its last version, {last}"));
        }
        self.streams += 1;
        Ok(())
    }

    /// All heads of streams were given.
    pub(crate) fn streams_end(&self) -> Result<(), Finding> {
        if self.streams == self.verifier.versions().len() {
            Ok(())
        } else {
            self.at_end("a stream has records but no head")
        }
    }

    /// Numbers are 1 to n in each register, and the log holds each at a place of its own, in order. Rows are given in order
    /// of register and number; `label` names the register for people.
    pub(crate) fn number(
        &mut self,
        registro: R,
        label: &str,
        numero: Option<u64>,
        position: Option<Position>,
    ) -> Result<(), Finding> {
        if self.registri.last().is_none_or(|(known, _)| *known != registro) {
            self.registri.push((registro, 0));
            self.before = (0, 0);
        }
        let before = self.before;
        let (Some(numero), Some(position)) = (numero, position) else {
            return self.found(before.1, format!("{label}: a row after number {} is damaged", before.0));
        };
        if numero != before.0 + 1 {
            return self.found(position, format!("{label}: number {numero} follows {}", before.0));
        }
        if position <= before.1 || position > self.last().0 {
            return self.found(position, format!("{label}: number {numero} has no place of its own in the log"));
        }
        self.before = (numero, position);
        if let Some((_, head)) = self.registri.last_mut() {
            *head = numero;
        }
        Ok(())
    }

    /// The head of a register is its last number. Heads are given in the order of the numbers.
    pub(crate) fn registro_head(&mut self, registro: &R, label: &str, numero: Option<u64>) -> Result<(), Finding> {
        let expected = self.registri.get(self.heads);
        if expected.is_none_or(|(known, head)| known != registro || Some(*head) != numero) {
            return self.at_end(format!("{label}: its head is not its last number"));
        }
        self.heads += 1;
        Ok(())
    }

    /// All heads of registers were given; `name` names a register for people.
    pub(crate) fn registri_end(&self, name: impl FnOnce(&R) -> String) -> Result<(), Finding> {
        match self.registri.get(self.heads) {
            Some((registro, _)) => self.at_end(format!("{} has numbers but no head", name(registro))),
            None => Ok(()),
        }
    }
}
