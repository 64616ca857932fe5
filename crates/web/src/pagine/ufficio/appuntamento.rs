//! An appointment on the desk: the day it belongs to, and the case it is about, to be linked or opened here.

use super::agenda::INIZIO as AGENDA;
use super::pratica::{self, id};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Voce};
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::appuntamenti::{ApriPratica, parole};
use app::{AppError, DettaglioPratica};
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Caso;
use domain::pratica::StatoPratica;
use domain::termini;
use serde::Deserialize;

/// The forms, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    chiave: String,
    riferimento: String,
    oggetto: String,
    richiesta: String,
}

/// What the page of an appointment shows besides the case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VistaAppuntamento {
    /// The office's day, at this appointment.
    pub giorno: String,
    /// When and where, in words.
    pub quando: String,
    /// The case it is about; none: it can be linked.
    pub collegata: Option<Voce>,
    /// Where the form that links goes; empty where nothing can be linked.
    pub collega: String,
    /// Where the form that opens a case goes; empty where none can be opened.
    pub apri: String,
    /// Key of both forms' commands.
    pub chiave: String,
    pub modulo: Modulo,
    /// What is wrong with the form that links, and with the other one.
    pub errori_collega: Vec<ErroreCampo>,
    pub errori_apri: Vec<ErroreCampo>,
}

impl VistaAppuntamento {
    pub fn riferimento(&self) -> &str {
        &self.modulo.riferimento
    }

    pub fn oggetto(&self) -> &str {
        &self.modulo.oggetto
    }

    pub fn richiesta(&self) -> &str {
        &self.modulo.richiesta
    }
}

/// The part of an appointment; none for other cases.
pub async fn vista(
    r: &Richiesta,
    found: &DettaglioPratica,
    chiave: String,
) -> Result<Option<VistaAppuntamento>, Errore> {
    let Caso::Appuntamento(pratica) = &found.caso else { return Ok(None) };
    let (base, d) = (&pratica.base, &pratica.dettaglio);
    let collegata = match d.collegata {
        None => None,
        Some(case) => Some(voce(r, case).await?),
    };
    let open = found.lavorabile && collegata.is_none();
    let stands = !matches!(base.stato, StatoPratica::Annullata | StatoPratica::NonPresentata);
    let path = |name: &str, may: bool| {
        if may { format!("/ufficio/pratiche/{}/{name}", base.id) } else { String::new() }
    };
    let giorno = termini::data_locale(d.posto.inizio);
    let day = format!("{AGENDA}/{}/{giorno}#appuntamento-{}", d.posto.ufficio, base.id);
    Ok(Some(VistaAppuntamento {
        giorno: day,
        quando: ta(
            "prenota-quando-dove",
            &[("quando", parole::quando(d.posto.inizio).as_str()), ("dove", d.posto.sede.nome.as_str())],
        ),
        collegata,
        collega: path("collega", open),
        apri: path("apri", open && stands && base.richiedente.get().is_some()),
        chiave,
        ..VistaAppuntamento::default()
    }))
}

/// A linked case: its title for its offices, its existence for others.
async fn voce(r: &Richiesta, case: domain::ids::PraticaId) -> Result<Voce, Errore> {
    let found = match r.web.app.pratica(&r.ctx, case, None, None).await {
        Ok(found) => found,
        Err(AppError::NonTrovato) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(match found {
        None => Voce::new("", t("ufficio-appuntamento-altrui")),
        Some(found) => {
            let base = found.caso.base();
            let numero = base.protocollo.as_ref().map(|p| p.segnatura().to_string()).unwrap_or_default();
            let titolo = found.caso.titolo().filter(|_| found.personale).unwrap_or(&base.oggetto);
            let testo = if numero.is_empty() { titolo.to_owned() } else { format!("{titolo} ({numero})") };
            Voce::new(format!("/ufficio/pratiche/{case}"), testo)
        }
    })
}

/// The appointments that are about a case, for its office.
pub async fn della_pratica(r: &Richiesta, found: &DettaglioPratica) -> Result<Vec<Voce>, Errore> {
    if !found.personale || matches!(found.caso, Caso::Appuntamento(_)) {
        return Ok(Vec::new());
    }
    let rows = r.web.app.appuntamenti_della_pratica(&r.ctx, found.caso.base().id).await?;
    let one = |row: &projections::AppuntamentoRow| {
        let stato = t(&format!("agenda-stato-{}", row.stato.as_str()));
        let quando = parole::quando(row.inizio);
        let args = [("cosa", row.nome_servizio.as_str()), ("quando", quando.as_str()), ("stato", stato.as_str())];
        Voce::new(format!("/ufficio/pratiche/{}", row.id), ta("prenota-della-pratica", &args))
    };
    Ok(rows.iter().map(one).collect())
}

/// `POST /ufficio/pratiche/{id}/collega`.
pub async fn collega(
    DiUfficio(r): DiUfficio,
    Path(path): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let appuntamento = id(&path)?;
    let outcome = r.web.app.collega_per_riferimento(&r.ctx, &modulo.chiave, appuntamento, &modulo.riferimento).await;
    match outcome {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            sessione::avvisa(&r.session, t("ufficio-appuntamento-collegato")).await?;
            Ok(Redirect::to(&format!("/ufficio/pratiche/{appuntamento}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let field = |_: Option<String>| "riferimento".to_owned();
            rifiutata(&r, &path, modulo, (errori, field, true)).await
        }
        Err(AppError::Conflitto) => pratica::conflitto(&r, appuntamento, t("ufficio-conflitto")).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /ufficio/pratiche/{id}/apri`.
pub async fn apri(
    DiUfficio(r): DiUfficio,
    Path(path): Path<String>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let appuntamento = id(&path)?;
    let input = ApriPratica { appuntamento, oggetto: modulo.oggetto.clone(), richiesta: modulo.richiesta.clone() };
    match r.web.app.apri_pratica(&r.ctx, &modulo.chiave, input).await {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            let numero = esito.protocollo.map(|p| p.segnatura().to_string()).unwrap_or_default();
            sessione::avvisa(&r.session, ta("ufficio-appuntamento-aperta", &[("numero", &numero)])).await?;
            let opened = esito.caso.base().id;
            Ok(Redirect::to(&format!("/ufficio/pratiche/{opened}?dopo={}", esito.posizione)).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let field = |campo: Option<String>| {
                let named = campo.as_deref().and_then(|campo| campo.rsplit('.').next());
                named.filter(|name| ["oggetto", "richiesta"].contains(name)).unwrap_or_default().to_owned()
            };
            rifiutata(&r, &path, modulo, (errori, field, false)).await
        }
        Err(AppError::Conflitto) => pratica::conflitto(&r, appuntamento, t("ufficio-conflitto")).await,
        Err(error) => Err(error.into()),
    }
}

/// The page again with what was written. Where the form is gone (somebody else has linked it), it says why.
async fn rifiutata(
    r: &Richiesta,
    path: &str,
    modulo: Modulo,
    (errori, field, collega): (Vec<app::ErroreCampo>, impl Fn(Option<String>) -> String, bool),
) -> Result<Response, Errore> {
    let appuntamento = id(path)?;
    let found = r.web.app.pratica(&r.ctx, appuntamento, None, None).await?.ok_or(Errore::NonTrovato)?;
    let mut page = pratica::pagina(r, &found).await?;
    let form = page.appuntamento.as_mut().filter(|form| !if collega { &form.collega } else { &form.apri }.is_empty());
    let Some(form) = form else {
        let reasons = errori.into_iter().map(|e| e.messaggio).collect::<Vec<_>>().join(" ");
        return pratica::conflitto(r, appuntamento, reasons).await;
    };
    let errori = errori.into_iter().map(|e| ErroreCampo::new(field(e.campo), e.messaggio)).collect();
    if collega {
        form.errori_collega = errori;
    } else {
        form.errori_apri = errori;
    }
    if !modulo.chiave.is_empty() {
        form.chiave.clone_from(&modulo.chiave);
    }
    form.modulo = modulo;
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
}
