//! The schema as text; `schemas/graphql/sportello.graphql` is the contract with the outside.

use crate::schema::builder;

/// The schema in GraphQL's own language.
pub fn sdl() -> String {
    let sdl = builder().finish().sdl();
    // One newline at the end, as editors leave it.
    format!("{}\n", sdl.trim_end())
}
