//! The GraphQL door: one schema for citizens, offices and developers.
//!
//! It translates, and nothing else: input to a command or question of [`app`], the outcome to types. Italian names for
//! terms of art, Relay's words for lists. Whoever asks arrives as request data (an [`app::Contesto`]); what they may see
//! is decided in `app`.
//!
//! - A refusal of a mutation is data (`errori`), with field, stable code and a sentence.
//! - Every error has `extensions.code` ([`codes`]).
//! - Every answer to a mutation has a `posizione`; hand it back as `dopo` to read what was just written.

#[expect(clippy::unused_async, reason = "the library wants resolvers asynchronous")]
mod appointments;
mod at_hand;
mod catalogue;
pub mod codes;
mod documents;
mod drafts;
mod errors;
mod guard;
mod inputs;
pub mod limits;
mod loaders;
mod measure;
mod mutation;
mod paging;
#[expect(clippy::unused_async, reason = "the library wants resolvers asynchronous")]
mod query;
mod scalars;
mod schema;
mod sdl;
#[expect(clippy::unused_async, reason = "the library wants resolvers asynchronous")]
mod types;

#[cfg(test)]
mod tests;

pub use mutation::Mutation;
pub use query::Query;
pub use schema::{Schema, schema};
pub use sdl::sdl;
