//! PostgreSQL for tests: throw-away clusters, and databases of their own on them.
//!
//! `cargo xtask test` starts one cluster and names it in [`CLUSTER`]; a test makes itself a database there, gone with the
//! value. Without a cluster such a test fails and says how to run it: nothing is skipped. Tests that stop, kill or fill a
//! server make a [`Cluster`] of their own.

mod binaries;
mod cluster;
mod database;
mod keeper;
mod processes;

pub use binaries::{OLDEST, binaries};
pub use cluster::{Cluster, Options, Stop};
pub use database::{CLUSTER, TestDatabase};

#[expect(clippy::disallowed_methods, reason = "names of databases and ports are nobody's ids")]
fn random() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}
