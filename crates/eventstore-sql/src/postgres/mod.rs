//! The engine on PostgreSQL (15 and later), shared by any number of nodes.
//!
//! Each ente has a writer of its own on every node that uses it: a task with one connection that commits whatever waits in
//! its bounded queue as one transaction. Nodes take turns at an ente; enti never wait for each other. Readers have a pool,
//! one more connection carries wake-ups between nodes.

mod connect;
mod failure;
mod keys;
mod known;
mod probe;
mod reader;
mod signals;
mod store;
mod transfer;
mod verify;
mod write;
mod writer;

#[cfg(test)]
mod tests;

pub use keys::PostgresKeyStore;
pub(crate) use probe::in_use;
pub use store::PostgresStore;
pub use verify::verify;
