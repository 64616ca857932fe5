//! Moving and cancelling a booking, with a reason that the citizen reads.

use super::giorno::layout;
use super::prenota::scelte;
use super::{Luogo, chiave, motivi};
use crate::errore::{Errore, Pagina, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Opzione, Riga};
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::AppError;
use app::appuntamenti::{AppuntamentoAgenda, parole};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::appuntamento::limiti;
use domain::ente::CodiceUfficio;
use domain::prenotabile::SlotId;
use jiff::civil::Date;
use serde::Deserialize;

/// Where and when to look for another slot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    ufficio: String,
    giorno: String,
}

/// The forms, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    slot: String,
    motivo: String,
    ufficio: String,
    giorno: String,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/sposta.html")]
pub struct PaginaSposta {
    pub layout: Layout,
    pub base: String,
    pub href: String,
    pub com_e: Vec<Riga>,
    pub uffici: Vec<Opzione>,
    pub ufficio: String,
    pub giorno: String,
    pub giorno_parole: String,
    pub slot: Vec<Opzione>,
    pub scelto: String,
    pub motivo: String,
    pub massimo: usize,
    pub chiave: String,
    pub errori: Vec<ErroreCampo>,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/annulla.html")]
pub struct PaginaAnnulla {
    pub layout: Layout,
    pub base: String,
    pub href: String,
    pub com_e: Vec<Riga>,
    pub motivo: String,
    pub massimo: usize,
    pub chiave: String,
    pub errori: Vec<ErroreCampo>,
}

/// The booking of an address, as the office's day has it.
async fn trova(r: &Richiesta, path: &(String, String, String)) -> Result<(Luogo, AppuntamentoAgenda), Errore> {
    let luogo = Luogo::leggi(&path.0, &path.1)?;
    let giorno = r.web.app.agenda_del_giorno(&r.ctx, &luogo.ufficio, luogo.giorno).await?;
    let found = giorno.appuntamenti.into_iter().find(|posto| posto.id.to_string() == path.2);
    Ok((luogo, found.ok_or(Errore::NonTrovato)?))
}

fn com_e(posto: &AppuntamentoAgenda) -> Vec<Riga> {
    let chi = posto.richiedente.clone().unwrap_or_else(|| t("ufficio-dati-cancellati"));
    vec![
        Riga::new(t("agenda-chi"), chi),
        Riga::new(t("agenda-cosa"), posto.nome_servizio.clone()),
        Riga::new(t("agenda-quando"), parole::quando(posto.inizio)),
    ]
}

/// `GET /ufficio/agenda/{ufficio}/{giorno}/sposta/{id}`.
pub async fn mostra_sposta(
    DiUfficio(r): DiUfficio,
    Path(path): Path<(String, String, String)>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let (luogo, posto) = trova(&r, &path).await?;
    let modulo = Modulo { ufficio: domanda.ufficio, giorno: domanda.giorno, ..Modulo::default() };
    Ok(Pagina(pagina_sposta(&r, &luogo, &posto, modulo, Vec::new()).await?).into_response())
}

/// `POST /ufficio/agenda/{ufficio}/{giorno}/sposta/{id}`.
pub async fn sposta(
    DiUfficio(r): DiUfficio,
    Path(path): Path<(String, String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    // What was moved by the same request a moment ago is no longer in this day.
    let id = path.2.parse().map_err(|_| Errore::NonTrovato)?;
    let luogo = Luogo::leggi(&path.0, &path.1)?;
    luogo.orario(&r)?;
    let Ok(slot) = modulo.slot.parse::<SlotId>() else {
        let errori = vec![ErroreCampo::new("slot", t("agenda-scegli-ora"))];
        return sposta_rifiutato(&r, &path, modulo, errori).await;
    };
    let outcome =
        r.web.app.sposta_appuntamento(&r.ctx, &modulo.chiave, id, slot.clone(), Some(modulo.motivo.clone())).await;
    match esito(&r, outcome, "slot").await? {
        Ok(()) => {
            let quando = parole::quando(slot.inizio);
            sessione::avvisa(&r.session, ta("agenda-sposta-fatto", &[("quando", quando.as_str())])).await?;
            Ok(Redirect::to(&luogo.href()).into_response())
        }
        Err(errori) => sposta_rifiutato(&r, &path, modulo, errori).await,
    }
}

/// `GET /ufficio/agenda/{ufficio}/{giorno}/annulla/{id}`.
pub async fn mostra_annulla(
    DiUfficio(r): DiUfficio,
    Path(path): Path<(String, String, String)>,
) -> Result<Response, Errore> {
    let (luogo, posto) = trova(&r, &path).await?;
    Ok(Pagina(pagina_annulla(&r, &luogo, &posto, Modulo::default(), Vec::new())).into_response())
}

/// `POST /ufficio/agenda/{ufficio}/{giorno}/annulla/{id}`.
pub async fn annulla(
    DiUfficio(r): DiUfficio,
    Path(path): Path<(String, String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let id = path.2.parse().map_err(|_| Errore::NonTrovato)?;
    let luogo = Luogo::leggi(&path.0, &path.1)?;
    luogo.orario(&r)?;
    let outcome = r.web.app.annulla_appuntamento(&r.ctx, &modulo.chiave, id, Some(modulo.motivo.clone())).await;
    match esito(&r, outcome, "").await? {
        Ok(()) => {
            sessione::avvisa(&r.session, t("agenda-annulla-fatto")).await?;
            Ok(Redirect::to(&luogo.href()).into_response())
        }
        Err(errori) => {
            let (luogo, posto) = trova(&r, &path).await?;
            let page = pagina_annulla(&r, &luogo, &posto, modulo, errori);
            Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

/// What a command did: nothing to show, or what is wrong. What is about the slot stands beside `slot`.
async fn esito(
    r: &Richiesta,
    outcome: Result<app::Esito, AppError>,
    slot: &str,
) -> Result<Result<(), Vec<ErroreCampo>>, Errore> {
    match outcome {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            Ok(Ok(()))
        }
        Err(AppError::Rifiutato(errori)) => {
            let field = |campo: Option<&str>| match campo {
                Some("motivo") => "motivo".to_owned(),
                Some("slotId") => slot.to_owned(),
                _ => String::new(),
            };
            let errori = errori.into_iter().map(|e| ErroreCampo::new(field(e.campo.as_deref()), motivi(&[e])));
            Ok(Err(errori.collect()))
        }
        Err(AppError::Conflitto) => Ok(Err(vec![ErroreCampo::new("", t("agenda-conflitto"))])),
        Err(error) => Err(error.into()),
    }
}

async fn sposta_rifiutato(
    r: &Richiesta,
    path: &(String, String, String),
    modulo: Modulo,
    errori: Vec<ErroreCampo>,
) -> Result<Response, Errore> {
    let (luogo, posto) = trova(r, path).await?;
    let page = pagina_sposta(r, &luogo, &posto, modulo, errori).await?;
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn pagina_sposta(
    r: &Richiesta,
    luogo: &Luogo,
    posto: &AppuntamentoAgenda,
    modulo: Modulo,
    errori: Vec<ErroreCampo>,
) -> Result<PaginaSposta, Errore> {
    let offices = r.web.app.uffici_che_offrono(&r.ctx, &posto.servizio);
    let named = CodiceUfficio::new(modulo.ufficio.trim());
    let known = offices.iter().any(|orario| orario.ufficio == named);
    let ufficio = if known { named } else { luogo.ufficio.clone() };
    let giorno = modulo.giorno.trim().parse::<Date>().unwrap_or(luogo.giorno);
    // An office that no longer offers it has nothing free.
    let slot = if offices.iter().any(|orario| orario.ufficio == ufficio) {
        let uffici = [ufficio.clone()];
        let found = r.web.app.disponibilita(&r.ctx, &posto.servizio, Some(&uffici), giorno, giorno).await?;
        found.first().map(|one| scelte(&one.slot)).unwrap_or_default()
    } else {
        Vec::new()
    };
    let titolo = t("agenda-sposta-titolo");
    Ok(PaginaSposta {
        layout: layout(r, luogo, &titolo, Some(&titolo)),
        base: luogo.href(),
        href: format!("{}/sposta/{}", luogo.href(), posto.id),
        com_e: com_e(posto),
        uffici: offices.iter().map(|o| Opzione::new(o.ufficio.as_str(), &o.luogo.nome)).collect(),
        ufficio: ufficio.to_string(),
        giorno: giorno.to_string(),
        giorno_parole: formato::data_con_giorno(giorno),
        slot,
        scelto: modulo.slot,
        motivo: modulo.motivo,
        massimo: limiti::MOTIVO,
        chiave: if modulo.chiave.is_empty() { chiave(r) } else { modulo.chiave },
        errori,
    })
}

fn pagina_annulla(
    r: &Richiesta,
    luogo: &Luogo,
    posto: &AppuntamentoAgenda,
    modulo: Modulo,
    errori: Vec<ErroreCampo>,
) -> PaginaAnnulla {
    let titolo = t("agenda-annulla-titolo");
    PaginaAnnulla {
        layout: layout(r, luogo, &titolo, Some(&titolo)),
        base: luogo.href(),
        href: format!("{}/annulla/{}", luogo.href(), posto.id),
        com_e: com_e(posto),
        motivo: modulo.motivo,
        massimo: limiti::MOTIVO,
        chiave: if modulo.chiave.is_empty() { chiave(r) } else { modulo.chiave },
        errori,
    }
}
