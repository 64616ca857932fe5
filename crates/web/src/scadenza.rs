//! No request hangs: what is not answered in time is answered with "try again", while a command under way goes on and its
//! idempotency key finds its outcome.

use crate::errore::Errore;
use crate::pagine::api;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Time for an answer, uploads apart. Longer than any single wait for a database, shorter than a person's patience.
pub const SCADENZA: Duration = Duration::from_secs(20);
/// When to try again after that.
const RIPROVA: Duration = Duration::from_secs(5);

/// The deadline of pages.
pub async fn pagine(request: Request, next: Next) -> Response {
    tokio::time::timeout(SCADENZA, next.run(request)).await.unwrap_or_else(|late| {
        Errore::NonDisponibile { motivo: late.to_string(), riprova_tra: RIPROVA }.into_response()
    })
}

/// The deadline of the API.
pub async fn porta(request: Request, next: Next) -> Response {
    tokio::time::timeout(SCADENZA, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!(seconds = SCADENZA.as_secs(), "a request of the API was not answered in time");
        api::non_disponibile(RIPROVA.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::{StatusCode, header};
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_answered_with_try_again() {
        let hangs = || Router::new().route("/", get(std::future::pending::<&'static str>));
        for router in [hangs().layer(from_fn(pagine)), hangs().layer(from_fn(porta))] {
            let response = router.oneshot(Request::new(axum::body::Body::empty())).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        }
    }
}
