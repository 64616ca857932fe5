//! The signed link of a message: the booking, to be seen, moved and cancelled without signing in; once its time has come, a
//! page that says what can be done instead.

use super::attesa::{self, Chiave};
use super::caso::{di_porta, scarica, solo_avvenute};
use super::domanda::Domanda;
use super::orario::Rifiuto;
use super::porta::Porta;
use super::vista::PaginaCaso;
use super::{INIZIO, annulla, domanda, sposta};
use crate::errore::{Errore, pagina_con};
use crate::layout::Layout;
use crate::limite::limitate;
use crate::pagine::area_personale::vista::VistaPratica;
use crate::richiesta::Richiesta;
use crate::state::Web;
use crate::t;
use app::appuntamenti::{AppuntamentoChiuso, Collegamento, Fine, parole};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use tower_http::set_header::SetResponseHeaderLayer;

/// The routes. The address is a key: other sites do not learn it (the policy of all pages), search engines do not list it,
/// and it is not tried without end.
pub fn routes() -> Router<Web> {
    let robots = HeaderName::from_static("x-robots-tag");
    let unlisted = SetResponseHeaderLayer::overriding(robots, HeaderValue::from_static("noindex"));
    let routes = Router::new()
        .route("/a/{token}", get(mostra))
        .route("/a/{token}/appuntamento.ics", get(calendario))
        .route("/a/{token}/sposta", get(luogo))
        .route("/a/{token}/sposta/orario", get(orario))
        .route("/a/{token}/sposta/conferma", get(conferma).post(sposta))
        .route("/a/{token}/annulla", get(chiede).post(annulla))
        .route("/a/{token}/attesa/accetta", post(accetta))
        .route("/a/{token}/attesa/rifiuta", post(rifiuta))
        .route("/a/{token}/attesa/lascia", post(lascia));
    limitate(routes).layer(unlisted)
}

/// Which write must be seen.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Dopo {
    dopo: Option<u64>,
}

/// Why a link opens no door.
pub enum Chiusa {
    /// As for every page.
    Errore(Errore),
    /// The appointment has begun or is over: the page that says so.
    Pagina(Box<Response>),
}

impl From<Errore> for Chiusa {
    fn from(errore: Errore) -> Self {
        Self::Errore(errore)
    }
}

impl IntoResponse for Chiusa {
    fn into_response(self) -> Response {
        match self {
            Self::Errore(errore) => errore.into_response(),
            Self::Pagina(page) => *page,
        }
    }
}

type Esito = Result<Response, Chiusa>;

/// The door of a link, while its appointment is to come.
async fn apri(r: Richiesta, token: &str) -> Result<Porta, Chiusa> {
    match r.web.app.appuntamento_da_collegamento(&r.ctx, token).await.map_err(Errore::from)? {
        Collegamento::Aperto(ctx, id) => Ok(Porta::collegamento(r, token, (ctx, id))),
        Collegamento::Chiuso(over) => {
            Err(Chiusa::Pagina(Box::new(pagina_con(StatusCode::GONE, PaginaChiuso::new(&r, &over)))))
        }
    }
}

/// The page of a link whose appointment has begun or is over.
#[derive(Template)]
#[template(path = "appuntamenti/chiuso.html")]
pub struct PaginaChiuso {
    pub layout: Layout,
    /// What it was, and when.
    pub cosa: String,
    /// What can be done.
    pub testo: String,
    /// Number of the office, where calling is what can be done; empty otherwise.
    pub telefono: String,
    /// Where to book again; empty while it is still going on.
    pub ancora: String,
}

impl PaginaChiuso {
    fn new(r: &Richiesta, over: &AppuntamentoChiuso) -> Self {
        let titolo = t(titolo(over.fine));
        // Of a page outside the sign-in nothing is said but what was booked: no name, no code.
        let layout = r.layout(titolo.clone()).con_percorso([(INIZIO, &t("prenota-titolo")), (&r.path, &titolo)]);
        let going_on = over.fine == Fine::Iniziato;
        Self {
            layout,
            cosa: format!("{}, {}", over.nome_servizio, parole::quando(over.inizio)),
            testo: t(testo(over.fine)),
            telefono: if going_on { r.ctx.ente.telefono.clone() } else { String::new() },
            ancora: if going_on { String::new() } else { domanda::inizio(&over.servizio, over.ufficio.as_str(), None) },
        }
    }
}

fn titolo(fine: Fine) -> &'static str {
    match fine {
        Fine::Iniziato => "collegamento-iniziato",
        Fine::Concluso => "collegamento-concluso",
        Fine::Annullato => "collegamento-annullato",
        Fine::NonPresentato => "collegamento-non-presentato",
    }
}

fn testo(fine: Fine) -> &'static str {
    match fine {
        Fine::Iniziato => "collegamento-iniziato-testo",
        Fine::Concluso => "collegamento-concluso-testo",
        Fine::Annullato => "collegamento-annullato-testo",
        Fine::NonPresentato => "collegamento-non-presentato-testo",
    }
}

/// `GET /a/{token}`.
async fn mostra(r: Richiesta, Path(token): Path<String>, Query(q): Query<Dopo>) -> Esito {
    let porta = apri(r, &token).await?;
    let found = porta.trova(q.dopo).await?;
    let now = porta.r.web.app.clock().now();
    let a = di_porta(&porta, &found.pratica, found.caso.disponibile);
    let page = PaginaCaso {
        layout: porta.r.layout(a.cosa.clone()).con_percorso([(porta.base.as_str(), a.cosa.as_str())]),
        v: solo_avvenute(VistaPratica::new(&found.caso, &porta.r.ctx.ente, now)),
        a,
        attesa: attesa::vista(&porta.r, (&porta.ctx, &porta.base), &found.pratica).await?,
        passato: None,
    };
    Ok(pagina_con(StatusCode::OK, page))
}

async fn calendario(r: Richiesta, Path(token): Path<String>) -> Esito {
    Ok(scarica(&apri(r, &token).await?).await?)
}

async fn luogo(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Esito {
    Ok(sposta::pagina_luogo(apri(r, &token).await?, domanda).await?)
}

async fn orario(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Esito {
    let porta = apri(r, &token).await?;
    Ok(sposta::pagina_orario(&porta, &domanda, (StatusCode::OK, Rifiuto::default())).await?)
}

async fn conferma(r: Richiesta, Path(token): Path<String>, Query(domanda): Query<Domanda>) -> Esito {
    Ok(sposta::pagina_conferma(&apri(r, &token).await?, &domanda).await?)
}

async fn sposta(r: Richiesta, Path(token): Path<String>, Form(modulo): Form<sposta::Modulo>) -> Esito {
    Ok(sposta::esegui(&apri(r, &token).await?, &modulo).await?)
}

async fn chiede(r: Richiesta, Path(token): Path<String>) -> Esito {
    Ok(annulla::pagina(&apri(r, &token).await?, annulla::Modulo::default(), Vec::new()).await?)
}

async fn annulla(r: Richiesta, Path(token): Path<String>, Form(modulo): Form<annulla::Modulo>) -> Esito {
    Ok(annulla::esegui(&apri(r, &token).await?, modulo).await?)
}

async fn accetta(r: Richiesta, Path(token): Path<String>, Form(form): Form<Chiave>) -> Esito {
    Ok(attesa::prendi(&apri(r, &token).await?, &form).await?)
}

async fn rifiuta(r: Richiesta, Path(token): Path<String>, Form(form): Form<Chiave>) -> Esito {
    Ok(attesa::declina(&apri(r, &token).await?, &form).await?)
}

async fn lascia(r: Richiesta, Path(token): Path<String>, Form(form): Form<Chiave>) -> Esito {
    Ok(attesa::esci(&apri(r, &token).await?, &form).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_words_and_something_to_do() {
        for fine in [Fine::Iniziato, Fine::Concluso, Fine::Annullato, Fine::NonPresentato] {
            let going_on = fine == Fine::Iniziato;
            let page = PaginaChiuso {
                layout: Layout::new("Comune di Prova", t(titolo(fine)), "/a/abc"),
                cosa: "Carta d'identità, lunedì 9 marzo 2026 alle 9:00".into(),
                testo: t(testo(fine)),
                telefono: if going_on { "0187 555 0100".into() } else { String::new() },
                ancora: if going_on { String::new() } else { "/prenota-appuntamento?servizio=x".into() },
            };
            let html = page.render().unwrap();
            assert_eq!(html.contains("tel:01875550100"), going_on, "{html}");
            assert_eq!(html.contains("/prenota-appuntamento?servizio=x"), !going_on, "{html}");
            assert!(!html.contains("collegamento-"), "{html}");
        }
    }
}
