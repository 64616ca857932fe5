//! Files by content: stored by SHA-256 in a local folder, recognised from their bytes.

mod locale;
mod riconosci;
#[cfg(test)]
mod tests;

pub use locale::LocalDocuments;
