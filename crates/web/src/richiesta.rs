//! What a handler asks for in its signature: the ente of the host, who is there, a signed-in person.

use crate::errore::Errore;
use crate::layout::{Layout, Recapiti, UtenteMenu, Voce};
use crate::sessione;
use crate::state::Web;
use app::{Canale, Contesto, Ente, Utente};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::persona::Ruolo;
use std::sync::Arc;
use tower_sessions::Session;

/// The request of a page: ente, person if any, session, path.
#[derive(Clone)]
pub struct Richiesta {
    /// The state.
    pub web: Web,
    /// Ente and person.
    pub ctx: Contesto,
    /// The session.
    pub session: Session,
    /// Path of the page.
    pub path: String,
    /// Message left by the page before.
    messaggio: Option<String>,
}

/// The same, with a person who signed in; others are sent to the sign-in and come back.
pub struct Firmata(pub Richiesta);

/// The same, for officials of an office or the mayor's secretary; for others the page does not exist.
pub struct DiUfficio(pub Richiesta);

/// The same, for the protocol office; for others the page does not exist.
pub struct DiProtocollo(pub Richiesta);

/// The ente of a host name.
pub fn ente(web: &Web, headers: &HeaderMap, uri: &axum::http::Uri) -> Result<Arc<Ente>, Errore> {
    let host = uri.host().or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok())).unwrap_or_default();
    web.app.enti().by_host(host).cloned().ok_or(Errore::HostSconosciuto)
}

impl Richiesta {
    /// The signed-in person.
    pub fn utente(&self) -> Option<&Arc<Utente>> {
        self.ctx.utente.as_ref()
    }

    /// The frame of a page.
    pub fn layout(&self, titolo: impl Into<String>) -> Layout {
        let ente = &self.ctx.ente;
        Layout {
            ente_tagline: ente.motto.clone(),
            regione: ente.regione.clone(),
            utente: self.utente().map(|utente| menu(utente)),
            demo: self.web.demo,
            demo_posta_href: self.web.posta.is_some().then(|| "/posta".to_owned()),
            conferma: self.messaggio.clone(),
            recapiti: Recapiti {
                indirizzo: ente.indirizzo.clone(),
                telefono: ente.telefono.clone(),
                email: ente.email.clone(),
                pec: ente.pec.clone(),
                codice_fiscale: String::new(),
            },
            ..Layout::new(ente.denominazione.clone(), titolo, self.path.clone())
        }
    }
}

fn menu(utente: &Utente) -> UtenteMenu {
    let mut voci = match utente.ruolo {
        Ruolo::Cittadino => {
            vec![Voce::new("/area-personale", "Area personale"), Voce::new("/profilo", crate::t("profilo-titolo"))]
        }
        Ruolo::Operatore | Ruolo::SegreteriaSindaco => vec![Voce::new("/ufficio", "Scrivania")],
        Ruolo::Protocollo => vec![
            Voce::new("/protocollo", "Registro di protocollo"),
            Voce::new("/protocollo/audit", "Traccia delle operazioni"),
            Voce::new("/protocollo/notifiche", "Notifiche non consegnate"),
        ],
        Ruolo::Sviluppatore | Ruolo::Sistema => vec![Voce::new("/graphiql", "GraphiQL")],
    };
    // The header draws this one as a form.
    voci.push(Voce::new("/esci", "Esci"));
    UtenteMenu {
        nome_visualizzato: utente.anagrafica.nome_completo(),
        ruolo: app::testi::it(&format!("ruolo-{}", utente.ruolo.as_str())),
        voci,
    }
}

impl<S> FromRequestParts<S> for Richiesta
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Errore;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errore> {
        let web = Web::from_ref(state);
        let ente = ente(&web, &parts.headers, &parts.uri)?;
        let session =
            Session::from_request_parts(parts, state).await.map_err(|(_, why)| Errore::Interno(why.into()))?;
        // A session is worth nothing under another ente's host.
        let utente = sessione::utente(&session, web.app.clock().now())
            .await?
            .filter(|utente| utente.ente == ente.codice.as_str());
        let messaggio =
            if parts.method == axum::http::Method::GET { sessione::messaggio(&session).await? } else { None };
        let correlazione = web.app.ids().uuid(web.app.clock().now());
        let ctx = Contesto { ente, utente: utente.map(Arc::new), canale: Canale::Portale, correlazione };
        Ok(Self { web, ctx, session, path: parts.uri.path().to_owned(), messaggio })
    }
}

impl<S> FromRequestParts<S> for Firmata
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Errore;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errore> {
        let richiesta = Richiesta::from_request_parts(parts, state).await?;
        if richiesta.utente().is_none() {
            let torna = parts.uri.path_and_query().map_or("/", |p| p.as_str());
            return Err(Errore::Accedi { torna: torna.to_owned() });
        }
        Ok(Self(richiesta))
    }
}

async fn with_role<S>(parts: &mut Parts, state: &S, roles: &[Ruolo]) -> Result<Richiesta, Errore>
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    let Firmata(richiesta) = Firmata::from_request_parts(parts, state).await?;
    match richiesta.utente() {
        Some(utente) if roles.contains(&utente.ruolo) => Ok(richiesta),
        _ => Err(Errore::NonTrovato),
    }
}

impl<S> FromRequestParts<S> for DiUfficio
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Errore;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errore> {
        with_role(parts, state, &[Ruolo::Operatore, Ruolo::SegreteriaSindaco]).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for DiProtocollo
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Errore;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errore> {
        with_role(parts, state, &[Ruolo::Protocollo]).await.map(Self)
    }
}
