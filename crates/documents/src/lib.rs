//! Files: recognised from their bytes, freed of positions, scanned, sealed with the key of their person, and kept in a
//! folder or on S3.
//!
//! An upload goes through four rooms. [`arrivo`] takes the bytes while they come, hashes them and seals them into a file
//! without a name; [`riconosci`] looks at that file through its seal and says what it is; [`foto`] takes positions out of
//! photos; [`antivirus`] asks clamd. Only then [`deposito`] makes it durable under its id. Nothing ever stands on a disk
//! in the clear.

mod antivirus;
mod arrivo;
mod deposito;
mod documenti;
mod foto;
mod riconosci;
mod sigillo;
#[cfg(test)]
mod tests;

pub use antivirus::{Antivirus, Clamd};
pub use deposito::{Deposito, S3};
pub use documenti::{Documenti, limits};
