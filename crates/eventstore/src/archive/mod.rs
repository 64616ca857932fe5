//! The log of one ente, and its data keys, as text files: JSON lines that outlive any database.
//!
//! The file of a log ([`log`]) is read and written with flat memory. It ends with a line that says so: a file that was cut
//! off is known by its absence. Payloads and meta stand in it as JSON strings, byte for byte as they are stored, so that
//! every hash can be computed again from the file alone. Data keys live outside the log and go into a file of their own
//! ([`keys`]), wrapped as they are stored.

pub mod keys;
mod lines;
pub mod log;

pub use keys::{KeysReader, KeysWriter};
pub use log::{LogReader, LogWriter, Mark};

use std::io;

/// Version of both forms.
pub const VERSION: u32 = 1;

/// Limits of a reader.
pub mod limits {
    /// Bytes of a line. A payload of 256 KiB whose every byte needs escaping fits.
    pub const LINE: usize = 2 * 1024 * 1024;
    /// Bytes between two marks: what a reader keeps in memory. A writer stays far below, see
    /// [`crate::limits::STRETCH_BYTES`].
    pub const STRETCH: usize = 256 * 1024 * 1024;
    /// Data keys read at once.
    pub const KEYS: usize = 5_000;
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be read or written.
    #[error("after line {line} the file cannot be read")]
    Io {
        /// Lines read so far.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// It ends before its last line.
    #[error("the file ends after line {line} without its last line: it was cut off")]
    Truncated {
        /// Whole lines in it.
        line: u64,
    },
    /// A line is not what was written.
    #[error("line {line}: {reason}")]
    Wrong {
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The keys were wrapped by another master key.
    #[error("the keys in the file were wrapped by another master key")]
    WrongMasterKey,
}

#[cfg(test)]
mod tests;
