//! What checking a log reports, on any engine.

use eventstore::verify::Finding;

/// Records between two calls of the progress function.
pub(crate) const STEP: u64 = 1_000;

/// How far the check is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The ente being read.
    pub ente: String,
    /// Records checked so far, over all enti.
    pub records: u64,
    /// Records in the log.
    pub total: u64,
}

/// A log of one ente that was found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteReport {
    /// Its code.
    pub ente: String,
    /// Its records.
    pub records: u64,
    /// Hash of the last one.
    pub head: [u8; 32],
}

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Enti found whole, before the finding if there is one.
    pub enti: Vec<EnteReport>,
    /// The first thing wrong; the check stops there.
    pub finding: Option<Finding>,
}
