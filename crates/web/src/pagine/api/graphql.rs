//! `POST /graphql`.

use super::chi::{Ignoto, chi};
use crate::errore::Errore;
use crate::state::Web;
use ::graphql::{codes, limits};
use async_graphql::{ServerError, Value};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer of the shape of GraphQL to what is not a GraphQL request.
fn rifiuta(status: StatusCode, code: &str, key: &str) -> Response {
    let error = json!({ "message": crate::t(key), "extensions": { "code": code } });
    (status, Json(json!({ "data": null, "errors": [error] }))).into_response()
}

/// The service cannot answer now; try again in so many seconds.
pub fn non_disponibile(seconds: u64) -> Response {
    let mut response = rifiuta(StatusCode::SERVICE_UNAVAILABLE, codes::UNAVAILABLE, "porta-non-disponibile");
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    response
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mime = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    mime.split(';').next().is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

/// Runs one operation. Nothing but `application/json` is taken: a form of another site cannot send that.
pub async fn esegui(State(web): State<Web>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    match esegui_come(&web, &mut parts, body).await {
        Ok(response) | Err(response) => response,
    }
}

async fn esegui_come(web: &Web, parts: &mut Parts, body: Body) -> Result<Response, Response> {
    if !is_json(&parts.headers) {
        return Err(rifiuta(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", "porta-non-json"));
    }
    let ctx = chi(web, parts).await.map_err(|ignoto| match ignoto {
        Ignoto::Token => {
            let mut response = rifiuta(StatusCode::UNAUTHORIZED, codes::UNAUTHENTICATED, "porta-token");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
            response
        }
        Ignoto::Altro(Errore::HostSconosciuto) => rifiuta(StatusCode::NOT_FOUND, codes::NOT_FOUND, "porta-host"),
        Ignoto::Altro(error) => {
            tracing::warn!(%error, "a session could not be read for the API");
            non_disponibile(2)
        }
    })?;
    // `to_bytes` fails for a body that is too long and for one that breaks off; the latter reads no answer anyway.
    let bytes = to_bytes(body, limits::MAX_BODY)
        .await
        .map_err(|_| rifiuta(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "porta-troppo-grande"))?;
    let request: async_graphql::Request = serde_json::from_slice(&bytes).map_err(|_| {
        let batch = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
        rifiuta(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            if batch { "porta-piu-operazioni" } else { "porta-illeggibile" },
        )
    })?;
    let answer = web.schema.execute(request.data(ctx)).await;
    let wait = answer.errors.iter().find_map(retry_after);
    let mut response = async_graphql_axum::GraphQLResponse::from(answer).into_response();
    if let Some(seconds) = wait {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Seconds to wait, when the error says that the service cannot answer now: proxies and clients read it from the status.
fn retry_after(error: &ServerError) -> Option<u64> {
    let extensions = error.extensions.as_ref()?;
    if *extensions.get("code")? != Value::from(codes::UNAVAILABLE) {
        return None;
    }
    match extensions.get("retryAfter") {
        Some(Value::Number(seconds)) => seconds.as_u64().map(|seconds| seconds.max(1)),
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_alone_is_taken() {
        let with = |mime: &'static str| HeaderMap::from_iter([(header::CONTENT_TYPE, mime.parse().unwrap())]);
        assert!(is_json(&with("application/json")));
        assert!(is_json(&with("Application/JSON; charset=utf-8")));
        assert!(!is_json(&with("text/plain")));
        assert!(!is_json(&with("application/jsonp")));
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn only_what_is_unavailable_asks_to_wait() {
        let error = |code: &str, seconds: Option<u64>| {
            let mut error = ServerError::new("x", None);
            let mut extensions = async_graphql::ErrorExtensionValues::default();
            extensions.set("code", code);
            if let Some(seconds) = seconds {
                extensions.set("retryAfter", seconds);
            }
            error.extensions = Some(extensions);
            error
        };
        assert_eq!(retry_after(&error(codes::UNAVAILABLE, Some(2))), Some(2));
        assert_eq!(retry_after(&error(codes::UNAVAILABLE, None)), Some(1));
        assert_eq!(retry_after(&error(codes::NOT_FOUND, Some(2))), None);
        assert_eq!(retry_after(&ServerError::new("x", None)), None);
    }

    #[tokio::test]
    async fn a_refusal_has_the_shape_of_graphql() {
        let response = rifiuta(StatusCode::BAD_REQUEST, "BAD_REQUEST", "porta-illeggibile");
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let body = to_bytes(response.into_body(), 4_096).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["errors"][0]["extensions"]["code"], "BAD_REQUEST");
        assert_ne!(json["errors"][0]["message"], "porta-illeggibile");
    }
}
