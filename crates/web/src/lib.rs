//! The pages and the edges: routes, sessions, sign-in, errors that people can act on. Everything works without JavaScript.

pub mod assets;
pub mod errore;
pub mod formato;
pub mod graphiql;
pub mod layout;
mod pagine;
pub mod richiesta;
mod router;
pub mod sessione;
pub mod state;

pub use router::router;
pub use state::{Token, Web};
