//! Sign-in and sign-out. Whoever the provider is, a page that asked for a sign-in gets its visitor back.

use crate::errore::{Errore, Pagina, pagina_con};
use crate::layout::Layout;
use crate::richiesta::Richiesta;
use crate::sessione;
use crate::state::Web;
use app::ports::{Persona, ProviderError, SignInStart};
use app::{Contesto, Utente};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::persona::Ruolo;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Characters of an address to come back to, at most.
const MAX_TORNA: usize = 2_000;

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/accedi", get(mostra).post(entra))
        .route("/esci", post(esci).get(|| async { Redirect::to("/") }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Domanda {
    torna: String,
}

/// A persona as a card.
struct Scheda {
    chiave: String,
    nome: String,
    ruolo: String,
    descrizione: String,
}

#[derive(Template)]
#[template(path = "accesso/accedi.html")]
struct Accedi {
    layout: Layout,
    torna: String,
    persone: Vec<Scheda>,
    /// What went wrong with the attempt before; may be empty.
    errore: String,
    /// Name of who is signed in already; may be empty.
    presente: String,
}

#[derive(Template)]
#[template(path = "accesso/non_disponibile.html")]
struct NonDisponibile {
    layout: Layout,
}

/// A path of this site and nothing else: not `//host`, no backslash (browsers read it as a slash), no control characters.
pub fn torna_sicura(torna: &str) -> Option<&str> {
    let own = torna.starts_with('/') && !torna.starts_with("//");
    let plain = !torna.contains('\\') && !torna.chars().any(char::is_control);
    // Coming back to the sign-in itself would turn in circles.
    let elsewhere = !torna.starts_with("/accedi") && !torna.starts_with("/esci");
    (own && plain && elsewhere && torna.len() <= MAX_TORNA).then_some(torna)
}

/// Where a person lands: where they wanted to go, if that is a place of theirs.
fn arrivo(ruolo: Ruolo, torna: &str) -> String {
    let torna = torna_sicura(torna);
    let within = |area: &str| {
        torna.is_some_and(|t| t.strip_prefix(area).is_some_and(|r| r.is_empty() || r.starts_with(['/', '?'])))
    };
    let (own, home) = match ruolo {
        Ruolo::Operatore | Ruolo::SegreteriaSindaco => (within("/ufficio"), "/ufficio"),
        Ruolo::Protocollo => (within("/protocollo"), "/protocollo"),
        Ruolo::Sviluppatore | Ruolo::Sistema => (within("/graphiql"), "/graphiql"),
        Ruolo::Cittadino => (!within("/ufficio") && !within("/protocollo"), "/area-personale"),
    };
    torna.filter(|_| own).unwrap_or(home).to_owned()
}

fn scheda(persona: Persona) -> Scheda {
    Scheda {
        ruolo: crate::t(&format!("ruolo-{}", persona.ruolo.as_str())),
        chiave: persona.chiave,
        nome: persona.nome,
        descrizione: persona.descrizione,
    }
}

async fn mostra(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    inizia(&r, torna_sicura(&domanda.torna).unwrap_or_default(), StatusCode::OK, String::new()).await
}

/// The first page of a sign-in, with what went wrong before.
async fn inizia(r: &Richiesta, torna: &str, status: StatusCode, errore: String) -> Result<Response, Errore> {
    let start = match r.web.identity.start(r.ctx.codice_ente(), torna).await {
        Ok(start) => start,
        Err(ProviderError::Refused) => SignInStart::Unavailable,
        Err(ProviderError::Unavailable(reason)) => {
            tracing::warn!(%reason, "the identity provider does not answer");
            SignInStart::Unavailable
        }
    };
    let titolo = crate::t("accesso-titolo");
    let layout = r.layout(titolo.clone()).con_percorso([("/accedi", titolo.as_str())]);
    Ok(match start {
        SignInStart::Redirect(to) => Redirect::to(&to).into_response(),
        SignInStart::Unavailable => pagina_con(StatusCode::SERVICE_UNAVAILABLE, NonDisponibile { layout }),
        SignInStart::Choose(persone) => {
            let persone = persone.into_iter().map(scheda).collect();
            let presente = r.utente().map(|u| u.anagrafica.nome_completo()).unwrap_or_default();
            let page = Accedi { layout, torna: torna.to_owned(), persone, errore, presente };
            if status == StatusCode::OK { Pagina(page).into_response() } else { pagina_con(status, page) }
        }
    })
}

async fn entra(r: Richiesta, Form(parametri): Form<BTreeMap<String, String>>) -> Result<Response, Errore> {
    let torna = parametri.get("torna").cloned().unwrap_or_default();
    let ente = r.ctx.codice_ente();
    let identity = match r.web.identity.finish(ente, parametri).await {
        Ok(identity) => identity,
        Err(ProviderError::Refused) => {
            let torna = torna_sicura(&torna).unwrap_or_default();
            return inizia(&r, torna, StatusCode::UNPROCESSABLE_ENTITY, crate::t("accesso-non-riuscito")).await;
        }
        Err(ProviderError::Unavailable(motivo)) => {
            return Err(Errore::NonDisponibile { motivo, riprova_tra: std::time::Duration::from_secs(30) });
        }
    };
    let fornitore = identity.fornitore.clone();
    let utente: Utente = r.web.app.persone().utente(ente, identity);
    let ctx = Contesto { utente: Some(Arc::new(utente.clone())), ..r.ctx.clone() };
    // Entered in the audit trail first: a session without its entry must not exist.
    r.web.app.registra_accesso(&ctx, &utente, &fornitore).await?;
    sessione::entra(&r.session, &utente, r.web.app.clock().now()).await?;
    Ok(Redirect::to(&arrivo(utente.ruolo, &torna)).into_response())
}

/// Whoever sits down at the same machine next finds nothing by going back: the browser forgets what it kept of this site.
async fn esci(r: Richiesta) -> Result<Response, Errore> {
    sessione::esci(&r.session).await?;
    Ok(([("clear-site-data", "\"cache\"")], Redirect::to("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_come_back_to() {
        for good in ["/", "/segnalazioni/nuova?passo=2", "/area-personale/pratiche/1#x"] {
            assert_eq!(torna_sicura(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\nb",
            "/accedi?torna=/",
        ] {
            assert_eq!(torna_sicura(bad), None, "{bad}");
        }
        assert_eq!(torna_sicura(&format!("/{}", "a".repeat(MAX_TORNA))), None);
    }

    #[test]
    fn everyone_lands_where_they_may_be() {
        assert_eq!(arrivo(Ruolo::Cittadino, "/segnalazioni/nuova"), "/segnalazioni/nuova");
        assert_eq!(arrivo(Ruolo::Cittadino, "//evil.example"), "/area-personale");
        assert_eq!(arrivo(Ruolo::Cittadino, "/ufficio"), "/area-personale");
        assert_eq!(arrivo(Ruolo::Operatore, "/segnalazioni/nuova"), "/ufficio");
        assert_eq!(arrivo(Ruolo::Operatore, "/ufficio/pratiche/1"), "/ufficio/pratiche/1");
        assert_eq!(arrivo(Ruolo::Operatore, "/ufficiale"), "/ufficio");
        assert_eq!(arrivo(Ruolo::Protocollo, ""), "/protocollo");
    }

    #[test]
    fn the_choice_posts_the_key_of_the_persona_and_the_way_back() {
        let persona = Persona {
            chiave: "cittadino2".into(),
            nome: "Luca Verdi".into(),
            descrizione: "Ha una pratica in corso.".into(),
            ruolo: Ruolo::Cittadino,
        };
        let page = Accedi {
            layout: Layout::new("Comune di Prova", "Accedi", "/accedi"),
            torna: "/segnalazioni/nuova".into(),
            persone: vec![scheda(persona)],
            errore: crate::t("accesso-non-riuscito"),
            presente: String::new(),
        };
        let html = scraper::Html::parse_document(&page.render().unwrap());
        let one = |css: &str| html.select(&scraper::Selector::parse(css).unwrap()).count();
        assert_eq!(one("h1"), 1);
        assert_eq!(one("form[action='/accedi'] button[name=persona][value=cittadino2]"), 1);
        assert_eq!(one("form[action='/accedi'] input[name=torna][value='/segnalazioni/nuova']"), 1);
        assert_eq!(one(".alert-danger"), 1);
        let page = NonDisponibile { layout: Layout::new("Comune di Prova", "Accedi", "/accedi") };
        assert!(page.render().unwrap().contains(&crate::t("accesso-non-disponibile-titolo")));
    }
}
