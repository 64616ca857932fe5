//! Checks a log record by record, on any engine.

use crate::hash;
use crate::record::Record;
use std::collections::HashMap;

/// The first thing found wrong in a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ente {ente}, position {position}: {reason}")]
pub struct Finding {
    /// Whose log.
    pub ente: String,
    /// Where.
    pub position: u64,
    /// What, in words for an operator.
    pub reason: String,
}

/// Walks the log of one ente in order of position, keeping what must hold from one record to the next.
#[derive(Debug, Default)]
pub struct Verifier {
    position: u64,
    hash: [u8; 32],
    versions: HashMap<String, u64>,
}

impl Verifier {
    /// Takes the next record.
    ///
    /// # Errors
    /// The first [`Finding`]: a hole, a broken link of the chain, a changed byte, a stream out of order.
    pub fn check(&mut self, record: &Record) -> Result<(), Finding> {
        let found = |reason: String| Finding { ente: record.ente.clone(), position: record.position, reason };
        if record.position != self.position + 1 {
            let reason = format!("no record here: the next one stands at position {}", record.position);
            return Err(Finding { ente: record.ente.clone(), position: self.position + 1, reason });
        }
        if record.prev_hash != self.hash {
            return Err(found("its link to the record before does not hold".into()));
        }
        if hash::chain(record) != record.hash {
            return Err(found(format!(
                "the stored content of {} (stream {}, version {}) does not match its hash",
                record.kind, record.stream, record.version
            )));
        }
        let version = self.versions.entry(record.stream.clone()).or_default();
        if record.version != *version + 1 {
            return Err(found(format!("stream {}: expected version {}", record.stream, *version + 1)));
        }
        *version += 1;
        self.position += 1;
        self.hash = record.hash;
        Ok(())
    }

    /// Position and hash of the last record checked.
    pub fn head(&self) -> (u64, [u8; 32]) {
        (self.position, self.hash)
    }

    /// Last version of each stream seen.
    pub fn versions(&self) -> &HashMap<String, u64> {
        &self.versions
    }
}
