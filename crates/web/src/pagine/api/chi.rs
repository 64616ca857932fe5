//! Who asks through the API: a bearer token, else the session of the pages, else nobody.

use crate::errore::Errore;
use crate::state::Web;
use crate::{richiesta, sessione};
use app::{Canale, Contesto};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use std::sync::Arc;
use tower_sessions::Session;

/// Why the API does not know who asks.
#[derive(Debug)]
pub enum Ignoto {
    /// The token is unknown, or belongs to another ente.
    Token,
    /// The host is unknown, or the sessions cannot be read.
    Altro(Errore),
}

impl From<Errore> for Ignoto {
    fn from(error: Errore) -> Self {
        Self::Altro(error)
    }
}

/// The token of an `Authorization: Bearer` header; an error when the header says something else.
fn bearer(parts: &Parts) -> Result<Option<&str>, Ignoto> {
    let Some(header) = parts.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = header.to_str().map_err(|_| Ignoto::Token)?;
    let (scheme, token) = text.split_once(' ').ok_or(Ignoto::Token)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(Ignoto::Token) }
}

/// Finds out who asks.
pub async fn chi(web: &Web, parts: &mut Parts) -> Result<Contesto, Ignoto> {
    let ente = richiesta::ente(web, &parts.headers, &parts.uri)?;
    let utente = if let Some(text) = bearer(parts)? {
        let token = web.tokens.get(text).filter(|token| token.ente == ente.codice.as_str());
        Some(token.ok_or(Ignoto::Token)?.utente.clone())
    } else {
        let session = Session::from_request_parts(parts, web).await;
        let session = session.map_err(|(_, why)| Errore::Interno(why.into()))?;
        let utente = sessione::utente(&session, web.app.clock().now()).await.map_err(Errore::from)?;
        // A session is worth nothing under another ente's host.
        utente.filter(|utente| utente.ente == ente.codice.as_str()).map(Arc::new)
    };
    let correlazione = web.app.ids().uuid(web.app.clock().now());
    Ok(Contesto { ente, utente, canale: Canale::Graphql, correlazione })
}

/// A known person, by token or session, for what both doors offer (files). Whoever has neither is sent to the sign-in.
pub struct Noto {
    /// The state.
    pub web: Web,
    /// Who asks.
    pub ctx: Contesto,
}

impl<S> FromRequestParts<S> for Noto
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Errore;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errore> {
        let web = Web::from_ref(state);
        let ctx = chi(&web, parts).await.map_err(|why| match why {
            Ignoto::Token => Errore::NonTrovato,
            Ignoto::Altro(error) => error,
        })?;
        if ctx.utente.is_none() {
            let torna = parts.uri.path_and_query().map_or("/", |p| p.as_str());
            return Err(Errore::Accedi { torna: torna.to_owned() });
        }
        Ok(Self { web, ctx })
    }
}
