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

/// A sentence of the message catalogue, in Italian. For templates: `{{ crate::t("key") }}`.
pub fn t(key: &str) -> String {
    app::testi::it(key)
}

/// The same with values: `{{ crate::ta("key", &[("nome", nome.as_str())]) }}`.
pub fn ta(key: &str, args: &[(&str, &str)]) -> String {
    let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    app::testi::testo(app::testi::ITALIANO, key, &args)
}
