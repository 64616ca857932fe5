//! From what went wrong to a page that says what to do next.

use crate::layout::{Layout, Voce};
use crate::richiesta::Richiesta;
use crate::state::Web;
use app::AppError;
use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::time::Duration;

/// Why a page was not shown.
#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// No such page, or not for this person.
    #[error("not found")]
    NonTrovato,
    /// No ente answers under this host name.
    #[error("unknown host")]
    HostSconosciuto,
    /// Sign in first, then come back.
    #[error("sign-in needed")]
    Accedi {
        /// Path to come back to.
        torna: String,
    },
    /// The form cannot be read.
    #[error("bad request: {0}")]
    Richiesta(String),
    /// Nothing was stored; try again later.
    #[error("unavailable: {motivo}")]
    NonDisponibile {
        /// For the log.
        motivo: String,
        /// When to try again.
        riprova_tra: Duration,
    },
    /// Too many requests at once from one client, or with one key.
    #[error("too many requests")]
    TroppeRichieste {
        /// When to try again.
        riprova_tra: Duration,
    },
    /// Someone else changed it meanwhile.
    #[error("changed meanwhile")]
    Conflitto,
    /// A mistake of ours.
    #[error("internal: {0}")]
    Interno(String),
}

impl From<AppError> for Errore {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NonTrovato => Self::NonTrovato,
            AppError::AccessoRichiesto => Self::Accedi { torna: "/".into() },
            AppError::Conflitto => Self::Conflitto,
            AppError::NonDisponibile { motivo, riprova_tra } => Self::NonDisponibile { motivo, riprova_tra },
            AppError::Rifiutato(errori) => {
                Self::Richiesta(errori.into_iter().map(|e| e.messaggio).collect::<Vec<_>>().join(" "))
            }
            AppError::Interno(reason) => Self::Interno(reason),
        }
    }
}

impl From<tower_sessions::session::Error> for Errore {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::NonDisponibile { motivo: error.to_string(), riprova_tra: Duration::from_secs(2) }
    }
}

impl From<askama::Error> for Errore {
    fn from(error: askama::Error) -> Self {
        Self::Interno(error.to_string())
    }
}

/// How long an error page waits for its frame.
const CORNICE: Duration = Duration::from_secs(1);

/// An error page. It travels with the response until [`vesti`] puts the frame of the ente around it.
#[derive(Clone, Template)]
#[template(path = "errore.html")]
struct PaginaErrore {
    layout: Layout,
    titolo: String,
    testo: String,
    azioni: Vec<Voce>,
}

impl IntoResponse for Errore {
    fn into_response(self) -> Response {
        let testo = app::testi::it;
        let (status, key, azioni) = match &self {
            Self::Accedi { torna } => {
                let to = format!("/accedi?torna={}", urlencoding::encode(torna));
                return Redirect::to(&to).into_response();
            }
            Self::NonTrovato => (
                StatusCode::NOT_FOUND,
                "errore-non-trovato",
                vec![("/", "Vai alla pagina iniziale"), ("/area-personale", "Vai alla tua area personale")],
            ),
            Self::HostSconosciuto => (StatusCode::NOT_FOUND, "errore-host", vec![]),
            Self::Richiesta(_) => {
                (StatusCode::BAD_REQUEST, "errore-richiesta", vec![("/", "Vai alla pagina iniziale")])
            }
            Self::Conflitto => (StatusCode::CONFLICT, "errore-conflitto", vec![("/ufficio", "Torna alla scrivania")]),
            Self::NonDisponibile { motivo, .. } => {
                tracing::warn!(reason = %motivo, "a page could not be served for now");
                (StatusCode::SERVICE_UNAVAILABLE, "errore-non-disponibile", vec![])
            }
            Self::TroppeRichieste { .. } => (StatusCode::TOO_MANY_REQUESTS, "errore-troppe-richieste", vec![]),
            Self::Interno(reason) => {
                tracing::error!(reason = %reason, "a page failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "errore-interno", vec![("/", "Vai alla pagina iniziale")])
            }
        };
        let dettaglio = match &self {
            Self::Richiesta(testo) => testo.clone(),
            _ => testo(&format!("{key}-testo")),
        };
        let titolo = testo(key);
        let page = PaginaErrore {
            layout: Layout::new("Sportello telematico", titolo.clone(), "/"),
            titolo,
            testo: dettaglio,
            azioni: azioni.into_iter().map(|(href, testo)| Voce::new(href, testo)).collect(),
        };
        let body = page.render().unwrap_or_else(|_| page.testo.clone());
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], Html(body)).into_response();
        response.extensions_mut().insert(page);
        if let Self::NonDisponibile { riprova_tra, .. } | Self::TroppeRichieste { riprova_tra } = &self {
            // Whole seconds, and never one too early.
            let seconds = riprova_tra.as_secs() + u64::from(riprova_tra.subsec_nanos() > 0);
            let seconds = HeaderValue::from(seconds.max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// Puts the frame of the ente, and the menu of who is signed in, around an error page: a handler that fails knows neither.
pub async fn vesti(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut again = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(page) = response.extensions().get::<PaginaErrore>().cloned() else { return response };
    // Not a GET for this purpose: the message for the next page is left where it is.
    again.method = Method::POST;
    // The frame needs the databases, and they may be why there is an error: the page is worth a short wait only.
    let Ok(Ok(richiesta)) = tokio::time::timeout(CORNICE, Richiesta::from_request_parts(&mut again, &web)).await else {
        return response;
    };
    let page = PaginaErrore { layout: richiesta.layout(page.titolo.clone()), ..page };
    let Ok(html) = page.render() else { return response };
    let (head, _) = response.into_parts();
    Response::from_parts(head, Body::from(html))
}

/// A page rendered, or the error page.
pub struct Pagina<T>(pub T);

impl<T: Template> IntoResponse for Pagina<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(body) => ([(header::CACHE_CONTROL, "no-store")], Html(body)).into_response(),
            Err(error) => Errore::from(error).into_response(),
        }
    }
}

/// A page with a status of its own, such as 422 for a form to be mended.
pub fn pagina_con<T: Template>(status: StatusCode, page: T) -> Response {
    let mut response = Pagina(page).into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}
