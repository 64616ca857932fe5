//! All routes and the rules of the edge.

use crate::errore::{Errore, vesti};
use crate::misura::misura;
use crate::sessione::{INATTIVITA_MINUTI, Sessioni};
use crate::state::Web;
use crate::{assets, pagine, scadenza};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time;
use tower_sessions::{Expiry, SessionManagerLayer};

/// Bytes of a form without files.
pub const MAX_FORM: usize = 256 * 1024;

fn header_value(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// Fonts are compressed by their own format.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("font/"))
}

/// The router of all enti.
pub fn router(web: Web) -> Router {
    let sessions = SessionManagerLayer::new(Sessioni::new(web.app.clone()))
        .with_name(if web.cookie_secure { "__Host-sportello" } else { "sportello" })
        .with_secure(web.cookie_secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(time::Duration::minutes(INATTIVITA_MINUTI)));
    let pages = Router::new()
        .merge(pagine::pubbliche::routes())
        .merge(pagine::accesso::routes())
        .merge(pagine::segnalazione::routes())
        .merge(pagine::lettera::routes())
        .merge(pagine::istanza::routes())
        .merge(pagine::appuntamenti::routes())
        .merge(pagine::area_personale::routes())
        .merge(pagine::profilo::routes())
        .merge(pagine::ufficio::routes())
        .merge(pagine::protocollo::routes())
        .merge(pagine::posta::routes())
        .fallback(|| async { Errore::NonTrovato })
        .layer(from_fn(scadenza::pagine))
        .layer(from_fn_with_state(web.clone(), vesti))
        .merge(pagine::api::routes().layer(from_fn(scadenza::porta)))
        // Files come over slow lines: what reads them has limits of its own.
        .merge(pagine::invio::caricamenti())
        .layer(DefaultBodyLimit::max(MAX_FORM))
        // Uploads have limits of their own.
        .merge(pagine::api::caricamento())
        .layer(sessions)
        .layer(CsrfLayer::new());
    Router::new()
        .merge(pages)
        .layer(from_fn(misura))
        .merge(pagine::salute::routes())
        .with_state(web)
        .merge(assets::routes())
        .layer(header_value("content-security-policy", assets::CSP))
        .layer(header_value("x-content-type-options", "nosniff"))
        .layer(header_value("referrer-policy", "same-origin"))
        .layer(header_value("permissions-policy", "geolocation=(self), camera=(), microphone=()"))
        .layer(SetResponseHeaderLayer::if_not_present(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(CatchPanicLayer::new())
}
