//! The port to the log: remember facts in order, for ever.
//!
//! Every ente (municipality) owns one log. A log is a contiguous run of [`Record`]s, positions 1, 2, 3…, each hashing
//! its predecessor. Records belong to streams (one per case, one per register and year), each with its own contiguous
//! versions 1, 2, 3….  Engines implement [`EventStore`]; [`contract`] is the suite that every engine must pass.
//!
//! This crate knows nothing of cases, registers' meaning or law: payloads are JSON text.

pub mod archive;
pub mod batch;
pub mod clock;
pub mod contract;
pub mod hash;
pub mod layer;
pub mod memory;
pub mod random;
pub mod record;
pub mod sealing;
pub mod store;
pub mod stretch;
pub mod transfer;
pub mod upcast;
pub mod verify;

pub use batch::{
    Batch, Expected, Idempotency, Item, NewEvent, Registration, RegistroKey, Slot, check_items, check_key,
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use layer::Layer;
pub use memory::{MemoryKeyStore, MemoryStore};
pub use random::{Random, system_random};
pub use record::{Meta, Position, Record};
pub use sealing::{DataKey, KeyStore, KeyStoreError, MasterKey, Sealed};
pub use store::{AppendError, Appended, EventStore, Head, ReadError};

/// Numeric limits of the port. Each has a test in [`contract`].
pub mod limits {
    /// Events in one batch.
    pub const BATCH_EVENTS: usize = 64;
    /// Bytes of one stored payload.
    pub const PAYLOAD_BYTES: usize = 256 * 1024;
    /// Records in one page of `read_stream` or `read_all`; a larger request is cut to this.
    pub const PAGE: usize = 5_000;
    /// Bytes of payloads after which a stretch that is read ends, so that large payloads need no more memory than many.
    pub const STRETCH_BYTES: usize = 32 * 1024 * 1024;
    /// Characters of a stream name.
    pub const STREAM_NAME: usize = 120;
    /// How far the last record of a log may be ahead of the clock of who appends. A little is the difference between two
    /// nodes and the date is the later one; more is a wrong clock, now or then, and no certain date can be given.
    pub const CLOCK_BEHIND: std::time::Duration = std::time::Duration::from_mins(2);
    /// Characters of an idempotency key.
    pub const IDEMPOTENCY_KEY: usize = 200;
}
