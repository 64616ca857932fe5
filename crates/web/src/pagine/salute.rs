//! Is it alive, is it ready, what does it count: for whoever runs it, under any host name.

use crate::state::Web;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use projections::ProjectionStatus;
use serde_json::{Value, json};
use std::time::Duration;

/// Events by which a read model may be behind before pages would show too old a state.
const MAX_RITARDO: u64 = 10_000;
/// Time for an answer of the log and the databases.
const ATTESA: Duration = Duration::from_secs(3);

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new().route("/healthz", get(vivo)).route("/readyz", get(pronto)).route("/metrics", get(metriche))
}

async fn vivo() -> &'static str {
    "ok\n"
}

async fn metriche(State(web): State<Web>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (web.metrics)()).into_response()
}

async fn pronto(State(web): State<Web>) -> Response {
    let now = web.app.clock().now();
    // A session that cannot exist: a round trip to the working database.
    let questions = async { (web.app.reads().status().await, web.app.work().session("readyz", now).await) };
    let (ready, body) = match tokio::time::timeout(ATTESA, questions).await {
        Ok((projections, work)) => rapporto(&projections, work.err().map(|e| e.to_string()), web.app.scritture_ferme()),
        Err(_) => (false, json!({ "pronto": false, "errore": "the log or a database does not answer" })),
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Whether requests can be served, and how each part stands.
fn rapporto(projections: &[ProjectionStatus], lavoro: Option<String>, scritture: Option<String>) -> (bool, Value) {
    let behind = |p: &ProjectionStatus| p.head.saturating_sub(p.position);
    let well = |p: &ProjectionStatus| p.error.is_none() && behind(p) <= MAX_RITARDO;
    let ready = lavoro.is_none() && scritture.is_none() && projections.iter().all(well);
    let rows = projections.iter().map(|p| {
        json!({
            "ente": p.ente,
            "nome": p.name,
            "versione": p.version,
            "posizione": p.position,
            "testa": p.head,
            "ritardo": behind(p),
            "errore": p.error,
        })
    });
    let rows = rows.collect::<Vec<_>>();
    let (lavoro, scritture) = (json!({ "errore": lavoro }), json!({ "errore": scritture }));
    (ready, json!({ "pronto": ready, "lavoro": lavoro, "scritture": scritture, "proiezioni": rows }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(position: u64, head: u64, error: Option<&str>) -> ProjectionStatus {
        ProjectionStatus {
            ente: "c_test".into(),
            name: "pratiche",
            version: 1,
            position,
            head,
            error: error.map(Into::into),
        }
    }

    #[test]
    fn an_error_or_a_long_way_behind_is_not_ready() {
        let (ready, body) = rapporto(&[status(10, 12, None)], None, None);
        assert!(ready);
        assert_eq!(body["proiezioni"][0]["ritardo"], 2);
        assert!(rapporto(&[status(0, MAX_RITARDO, None)], None, None).0);
        assert!(!rapporto(&[status(0, MAX_RITARDO + 1, None)], None, None).0);
        assert!(!rapporto(&[status(3, 3, None), status(3, 3, Some("broken"))], None, None).0);
        assert!(!rapporto(&[status(3, 3, None)], Some("gone".into()), None).0);
        assert!(!rapporto(&[status(3, 3, None)], None, Some("full".into())).0);
    }
}
