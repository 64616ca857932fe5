//! What both readers check of the rows they read.

use eventstore::{ReadError, Record};

/// A position or version as SQL counts.
pub(crate) fn integer(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Whether the records follow `after` without a hole.
pub(crate) fn contiguous(records: &[Record], after: u64, of: impl Fn(&Record) -> u64) -> Result<(), ReadError> {
    match records.iter().zip(after.saturating_add(1)..).find(|(record, expected)| of(record) != *expected) {
        Some((record, expected)) => {
            let reason = format!("stream {}: {expected} was expected before {}", record.stream, of(record));
            Err(ReadError::Corrupt { position: record.position, reason })
        }
        None => Ok(()),
    }
}
