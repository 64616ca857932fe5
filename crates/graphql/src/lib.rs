//! The GraphQL door: one schema for citizens, offices and developers.
//!
//! It translates, and nothing else: input to a command or question of [`app`], the outcome to types. Italian names for
//! terms of art, Relay's words for lists. Whoever asks arrives as request data (an [`app::Contesto`]); what they may see
//! is decided in `app`.
//!
//! - A refusal of a mutation is data (`errori`), with field, stable code and a sentence.
//! - Every error has `extensions.code` ([`codes`]).
//! - Every answer to a mutation has a `posizione`; hand it back as `dopo` to read what was just written.

pub mod codes;
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
mod sdl;
#[expect(clippy::unused_async, reason = "the library wants resolvers asynchronous")]
mod types;

#[cfg(test)]
mod tests;

pub use mutation::Mutation;
pub use query::Query;
pub use sdl::{SDL_PATH, check_sdl, sdl, write_sdl};

use app::App;
use async_graphql::{EmptySubscription, SchemaBuilder};

/// The schema. Cheap to clone; one for all enti. Execute a request with an [`app::Contesto`] as its data:
/// `schema.execute(request.data(contesto))`. Requests come one by one: a door accepts no batches and no body above
/// [`limits::MAX_BODY`].
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The schema over an application, with all limits.
pub fn schema(app: App) -> Schema {
    builder().data(app).finish()
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    // Depth and complexity are checked by the guard, which tells them apart from mistakes by code.
    Schema::build(Query, Mutation, EmptySubscription)
        .limit_recursive_depth(limits::MAX_RECURSION)
        .limit_directives(limits::MAX_DIRECTIVES)
        .extension(guard::Guard)
}
