//! The API's HTTP edge: GraphQL, its workbench, uploads.

mod caricamento;
mod chi;
mod graphql;
mod problema;

use crate::richiesta::Richiesta;
use crate::state::Web;
use crate::{assets, graphiql};
use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

pub use caricamento::routes as caricamento;
pub use chi::Noto;
pub use graphql::non_disponibile;
pub use problema::Problema;

/// The routes, uploads apart.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/graphql", get(|| async { Redirect::to("/graphiql") }).post(graphql::esegui))
        .route("/graphiql", get(banco))
        .route("/schema.graphql", get(schema))
}

/// The workbench.
async fn banco(r: Richiesta) -> Result<Response, crate::errore::Errore> {
    let page = graphiql::Pagina::new(r.ctx.ente.denominazione.clone(), "/graphql").render()?;
    Ok(([(header::CONTENT_SECURITY_POLICY, assets::CSP_GRAPHIQL)], Html(page)).into_response())
}

/// The schema as text.
async fn schema() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], ::graphql::sdl()).into_response()
}
