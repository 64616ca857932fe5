//! The agenda of an office as a calendar that programs subscribe to: they do not sign in, the address holds a token.

use crate::errore::Errore;
use crate::richiesta::Richiesta;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The end of the address.
const FINE: &str = ".ics";

/// The address of a token, for who copies it.
pub fn indirizzo(base_url: &str, token: &str) -> String {
    format!("{}/calendari/{token}{FINE}", base_url.trim_end_matches('/'))
}

/// The token of an address.
pub fn token(file: &str) -> Option<&str> {
    file.strip_suffix(FINE).filter(|token| !token.is_empty())
}

/// `GET /calendari/{token}.ics`.
pub async fn mostra(r: Richiesta, Path(file): Path<String>) -> Result<Response, Errore> {
    let token = token(&file).ok_or(Errore::NonTrovato)?;
    let text = r.web.app.feed_agenda(&r.ctx, token).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"agenda.ics\""),
    ];
    Ok((headers, text).into_response())
}
