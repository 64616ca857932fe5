//! The signed link of a message: the booking, to be seen, moved and cancelled without signing in.

use super::annulla;
use super::caso::{di_porta, scarica, solo_avvenute};
use super::domanda::Domanda;
use super::orario::Rifiuto;
use super::porta::Porta;
use super::sposta;
use super::vista::PaginaCaso;
use crate::errore::{Errore, pagina_con};
use crate::pagine::area_personale::vista::VistaPratica;
use crate::richiesta::Richiesta;
use crate::state::Web;
use axum::extract::{Path, Query};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use tower_http::set_header::SetResponseHeaderLayer;

/// The routes. The address is a key: other sites do not learn it (the policy of all pages), search engines do not list it.
pub fn routes() -> Router<Web> {
    let robots = HeaderName::from_static("x-robots-tag");
    let unlisted = SetResponseHeaderLayer::overriding(robots, HeaderValue::from_static("noindex"));
    Router::new()
        .route("/a/{token}", get(mostra))
        .route("/a/{token}/appuntamento.ics", get(calendario))
        .route("/a/{token}/sposta", get(luogo))
        .route("/a/{token}/sposta/orario", get(orario))
        .route("/a/{token}/sposta/conferma", get(conferma).post(sposta))
        .route("/a/{token}/annulla", get(chiede).post(annulla))
        .layer(unlisted)
}

/// Which write must be seen.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Dopo {
    dopo: Option<u64>,
}

/// `GET /a/{token}`.
async fn mostra(r: Richiesta, Path(token): Path<String>, Query(q): Query<Dopo>) -> Result<Response, Errore> {
    let porta = Porta::collegamento(r, &token).await?;
    let found = porta.trova(q.dopo).await?;
    let now = porta.r.web.app.clock().now();
    let a = di_porta(&porta, &found.pratica, found.caso.disponibile);
    let page = PaginaCaso {
        layout: porta.r.layout(a.cosa.clone()).con_percorso([(porta.base.as_str(), a.cosa.as_str())]),
        v: solo_avvenute(VistaPratica::new(&found.caso, &porta.r.ctx.ente, now)),
        a,
        attesa: None,
        passato: None,
    };
    Ok(pagina_con(StatusCode::OK, page))
}

async fn calendario(r: Richiesta, Path(token): Path<String>) -> Result<Response, Errore> {
    scarica(&Porta::collegamento(r, &token).await?).await
}

async fn luogo(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    sposta::pagina_luogo(Porta::collegamento(r, &token).await?, domanda).await
}

async fn orario(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let porta = Porta::collegamento(r, &token).await?;
    sposta::pagina_orario(&porta, &domanda, (StatusCode::OK, Rifiuto::default())).await
}

async fn conferma(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    sposta::pagina_conferma(&Porta::collegamento(r, &token).await?, &domanda).await
}

async fn sposta(
    r: Richiesta,
    Path(token): Path<String>,
    Form(modulo): Form<sposta::Modulo>,
) -> Result<Response, Errore> {
    sposta::esegui(&Porta::collegamento(r, &token).await?, &modulo).await
}

async fn chiede(r: Richiesta, Path(token): Path<String>) -> Result<Response, Errore> {
    annulla::pagina(&Porta::collegamento(r, &token).await?, annulla::Modulo::default(), Vec::new()).await
}

async fn annulla(
    r: Richiesta,
    Path(token): Path<String>,
    Form(modulo): Form<annulla::Modulo>,
) -> Result<Response, Errore> {
    annulla::esegui(&Porta::collegamento(r, &token).await?, modulo).await
}
