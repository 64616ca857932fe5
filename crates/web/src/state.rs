//! What every handler may use.

use app::ports::IdentityProvider;
use app::{App, Utente};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A bearer token of the API.
#[derive(Debug, Clone)]
pub struct Token {
    /// Ente for which it is good.
    pub ente: String,
    /// Whose.
    pub utente: Arc<Utente>,
}

/// State of the router. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The application.
    pub app: App,
    /// Sign-in.
    pub identity: Arc<dyn IdentityProvider>,
    /// The GraphQL schema.
    pub schema: graphql::Schema,
    /// Bearer tokens by their text.
    pub tokens: Arc<HashMap<String, Token>>,
    /// Whether this is a demonstration: personas instead of SPID and CIE, mail in a folder.
    pub demo: bool,
    /// Folder in which the demonstration's mail lands.
    pub posta: Option<PathBuf>,
    /// Whether cookies are sent over TLS only; off for a plain HTTP address on this machine.
    pub cookie_secure: bool,
    /// Text of `/metrics`.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}
