//! Third and fourth step: what about, and who comes.

use super::INIZIO;
use super::cammino::passi;
use super::flusso::{self, Flusso, Modulo};
use super::vista::{Cornice, PaginaDettagli, PaginaRichiedente, quando_dove};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Layout, Opzione};
use crate::pagine::invio::non_cittadino;
use crate::pagine::istanza::PaginaSessione;
use crate::richiesta::{Firmata, Richiesta};
use crate::{t, ta};
use app::appuntamenti::parole;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::appuntamento::limiti;
use domain::persona::Ruolo;
use domain::prenotabile::Prenotabile;
use std::sync::Arc;

/// A step of a booking whose time is held.
pub struct Giro {
    /// The request.
    pub r: Richiesta,
    /// The booking.
    pub flusso: Flusso,
    /// What is booked.
    pub prenotabile: Arc<Prenotabile>,
}

/// What there is instead of a step.
pub enum Altrove {
    /// Another page.
    Pagina(Response),
    /// A failure.
    Errore(Errore),
}

impl From<Errore> for Altrove {
    fn from(errore: Errore) -> Self {
        Self::Errore(errore)
    }
}

impl Altrove {
    /// As a handler answers.
    pub fn esito(self) -> Result<Response, Errore> {
        match self {
            Self::Pagina(page) => Ok(page),
            Self::Errore(errore) => Err(errore),
        }
    }
}

fn verso(to: &str) -> Response {
    Redirect::to(to).into_response()
}

impl Giro {
    /// For a page: a booking of this session whose time is still held.
    pub async fn apri(r: Richiesta, id: &str) -> Result<Self, Altrove> {
        let Some(flusso) = flusso::trova(&r, id).await? else { return Err(Altrove::Pagina(verso(INIZIO))) };
        if !flusso.vivo(r.web.app.clock().now()) {
            return Err(Altrove::Pagina(verso(&flusso.orario(true))));
        }
        let prenotabile = flusso.prenotabile(&r)?;
        Ok(Self { r, flusso, prenotabile })
    }

    /// For a form: the booking of this session, or the one that the form itself carries.
    pub async fn ricevi(r: Richiesta, id: &str, modulo: &Modulo) -> Result<Self, Altrove> {
        let Some(utente) = r.utente() else { return Err(Altrove::Pagina(sessione_finita(&r, modulo))) };
        if utente.ruolo != Ruolo::Cittadino {
            let page = non_cittadino(&r, t("prenota-titolo"));
            return Err(Altrove::Pagina(pagina_con(StatusCode::FORBIDDEN, page)));
        }
        let known = flusso::trova(&r, id).await?;
        let Some(flusso) = known.or_else(|| Flusso::da_modulo(&r, id, modulo)) else {
            return Err(Altrove::Pagina(verso(INIZIO)));
        };
        let prenotabile = flusso.prenotabile(&r)?;
        Ok(Self { r, flusso, prenotabile })
    }

    /// The frame of the page of a step.
    pub fn layout(&self, corrente: usize) -> Layout {
        let (titolo, cosa) = (t("prenota-titolo"), self.prenotabile.nome.as_str());
        let args = [("passo", corrente.to_string()), ("cosa", cosa.to_owned())];
        let args: Vec<(&str, &str)> = args.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
        let luogo = self.flusso.luogo();
        let layout = self.r.layout(ta("prenota-titolo-passo", &args));
        layout.con_percorso([(INIZIO, titolo.as_str()), (luogo.as_str(), cosa)])
    }

    /// The frame of a step: progress, until when the time is held, what is carried along.
    pub fn cornice(&self, corrente: usize, errori: Vec<ErroreCampo>, mostrati: &[&str]) -> Cornice {
        let flusso = &self.flusso;
        let href = |passo: &str| flusso.href(passo);
        let tutti = [flusso.luogo(), flusso.orario(false), href("dettagli"), href("richiedente"), href("riepilogo")];
        let indietro = tutti.get(corrente.saturating_sub(2)).cloned().unwrap_or_default();
        let resta = flusso.scade.as_second() - self.r.web.app.clock().now().as_second();
        Cornice {
            titolo: t("prenota-titolo"),
            cosa: self.prenotabile.nome.clone(),
            azione: tutti.get(corrente - 1).cloned().unwrap_or_default(),
            passi: passi(tutti),
            corrente,
            indietro,
            quando: quando_dove(&self.r, flusso),
            fino: parole::ora(flusso.scade),
            resta: resta.max(0),
            nascosti: flusso.nascosti(mostrati),
            errori,
        }
    }
}

/// For whoever filled in a step longer than the session lasts: the words stay in the page.
fn sessione_finita(r: &Richiesta, modulo: &Modulo) -> Response {
    let all = [
        ("azione", &modulo.azione),
        ("chi", &modulo.chi),
        ("slot", &modulo.slot),
        ("chiave", &modulo.chiave),
        ("pratica", &modulo.pratica),
        ("motivo", &modulo.motivo),
        ("dettagli", &modulo.dettagli),
        ("email", &modulo.email),
        ("telefono", &modulo.telefono),
    ];
    let page = PaginaSessione {
        layout: r.layout(t("invio-sessione-titolo")),
        azione: r.path.clone(),
        accedi: format!("/accedi?torna={}", urlencoding::encode(INIZIO)),
        nascosti: all.map(|(nome, valore)| (nome.to_owned(), valore.clone())).into(),
    };
    pagina_con(StatusCode::FORBIDDEN, page)
}

/// Keeps what was written; leads on, or back to the times when the time is no longer held.
async fn avanti(giro: &Giro, passo: &str) -> Result<Response, Errore> {
    flusso::salva(&giro.r, &giro.flusso).await?;
    if !giro.flusso.vivo(giro.r.web.app.clock().now()) {
        return Ok(verso(&giro.flusso.orario(true)));
    }
    Ok(verso(&giro.flusso.href(passo)))
}

/// `GET .../dettagli`.
pub async fn dettagli(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    match Giro::apri(r, &id).await {
        Ok(giro) => Ok(pagina_dettagli(&giro, StatusCode::OK, Vec::new())),
        Err(altrove) => altrove.esito(),
    }
}

/// The page of the third step.
pub fn pagina_dettagli(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
    let page = PaginaDettagli {
        layout: giro.layout(3),
        c: giro.cornice(3, errori, &["motivo", "dettagli"]),
        motivi: giro.prenotabile.motivi.iter().map(|motivo| Opzione::new(motivo.as_str(), motivo.as_str())).collect(),
        motivo: giro.flusso.motivo.clone(),
        dettagli: giro.flusso.dettagli.clone(),
        massimo: limiti::DETTAGLI,
    };
    pagina_con(stato, page)
}

/// `POST .../dettagli`.
pub async fn con_dettagli(
    r: Richiesta,
    Path(id): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let mut giro = match Giro::ricevi(r, &id, &modulo).await {
        Ok(giro) => giro,
        Err(altrove) => return altrove.esito(),
    };
    giro.flusso.scrivi_dettagli(&modulo);
    let mut errori = Vec::new();
    if !giro.flusso.con_dettagli(&giro.prenotabile) {
        errori.push(ErroreCampo::new("motivo", t("prenota-scegli-motivo")));
    }
    if giro.flusso.dettagli.chars().count() > limiti::DETTAGLI {
        let massimo = limiti::DETTAGLI.to_string();
        errori.push(ErroreCampo::new("dettagli", ta("prenota-dettagli-lunghi", &[("massimo", &massimo)])));
    }
    if !errori.is_empty() {
        return Ok(pagina_dettagli(&giro, StatusCode::UNPROCESSABLE_ENTITY, errori));
    }
    avanti(&giro, "richiedente").await
}

/// `GET .../richiedente`.
pub async fn richiedente(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    match Giro::apri(r, &id).await {
        Ok(giro) => Ok(pagina_richiedente(&giro, StatusCode::OK, Vec::new())),
        Err(altrove) => altrove.esito(),
    }
}

/// The page of the fourth step.
pub fn pagina_richiedente(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
    let known = giro.r.utente().map(|utente| utente.anagrafica.clone());
    let page = PaginaRichiedente {
        layout: giro.layout(4),
        c: giro.cornice(4, errori, &["email", "telefono"]),
        nome: known.as_ref().map(|chi| chi.nome.clone()).unwrap_or_default(),
        cognome: known.as_ref().map(|chi| chi.cognome.clone()).unwrap_or_default(),
        email: giro.flusso.email.clone(),
        telefono: giro.flusso.telefono.clone(),
    };
    pagina_con(stato, page)
}

/// `POST .../richiedente`.
pub async fn con_richiedente(
    r: Richiesta,
    Path(id): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let mut giro = match Giro::ricevi(r, &id, &modulo).await {
        Ok(giro) => giro,
        Err(altrove) => return altrove.esito(),
    };
    giro.flusso.scrivi_richiedente(&modulo);
    let mut errori = Vec::new();
    if !giro.flusso.con_recapito() {
        errori.push(ErroreCampo::new("email", t("prenota-recapito-manca")));
    } else if !giro.flusso.email.is_empty() && !giro.flusso.email.contains('@') {
        errori.push(ErroreCampo::new("email", t("rifiuto-email-non-valida")));
    }
    if !errori.is_empty() {
        return Ok(pagina_richiedente(&giro, StatusCode::UNPROCESSABLE_ENTITY, errori));
    }
    avanti(&giro, "riepilogo").await
}
