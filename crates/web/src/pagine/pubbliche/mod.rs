//! The pages that everyone reads: home, services, offices, legal notes.

mod argomenti;
mod semplici;
pub mod servizi;
mod valutazione;

use crate::errore::Errore;
use crate::state::Web;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/servizi", get(servizi::elenco))
        .route("/servizi/categoria/{categoria}", get(servizi::categoria))
        .route("/servizi/{codice}", get(servizi::scheda))
        .route("/argomenti", get(argomenti::elenco))
        .route("/argomenti/{argomento}", get(argomenti::mostra))
        .route("/valutazione", post(valutazione::conta).get(|| async { Redirect::to("/") }))
        .route("/valutazione/grazie", get(valutazione::grazie))
        .route("/vivere", get(|| async { Redirect::permanent("/vivere-il-comune") }))
        // Until the public list of reports exists, its address leads to the sheet of the service.
        .route("/segnalazioni", get(|| async { Redirect::to("/servizi/segnalazione-disservizio") }))
        .route("/segnalazioni/nuova", get(|| async { Redirect::to("/segnala") }))
        .route("/mappa/strade.geojson", get(strade))
        .route("/robots.txt", get(robots))
        .merge(semplici::routes())
}

/// Streets and boundary of the ente for maps without tiles; an empty collection where it has none.
async fn strade(r: crate::richiesta::Richiesta) -> Result<Response, Errore> {
    let text = match &r.ctx.ente.strade {
        Some(path) => tokio::fs::read_to_string(path)
            .await
            .map_err(|e| Errore::Interno(format!("the streets in {} cannot be read: {e}", path.display())))?,
        None => r#"{"type":"FeatureCollection","features":[]}"#.to_owned(),
    };
    let headers = [(header::CONTENT_TYPE, "application/geo+json"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, text).into_response())
}

/// What search engines may read: not the pages of persons and offices, and nothing of a demonstration.
async fn robots(r: crate::richiesta::Richiesta) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], regole(r.web.demo)).into_response()
}

fn regole(demo: bool) -> &'static str {
    if demo {
        "User-agent: *\nDisallow: /\n"
    } else {
        "User-agent: *\nDisallow: /accedi\nDisallow: /area-personale\nDisallow: /ufficio\nDisallow: /protocollo\n\
         Disallow: /graphql\nDisallow: /graphiql\nDisallow: /api/\nDisallow: /valutazione/\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demonstration_is_not_indexed() {
        assert!(regole(true).contains("Disallow: /\n"));
        assert!(!regole(false).contains("Disallow: /\n") && regole(false).contains("Disallow: /area-personale\n"));
    }
}
