//! Waiting for an earlier time: to begin, to leave, to accept or decline what is offered.

use super::annulla::messaggio;
use super::caso::di_porta;
use super::porta::{Porta, Trovato};
use super::vista::PaginaAttesa;
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Opzione};
use crate::richiesta::Firmata;
use crate::{sessione, t};
use app::AppError;
use app::appuntamenti::IscriviAttesa;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ente::CodiceUfficio;
use domain::pratica::StatoPratica;
use domain::termini;
use jiff::civil::Date;
use serde::Deserialize;

/// The fields of the form, by name; offices come once each.
type Campi = Form<Vec<(String, String)>>;

/// The key of a form that asks nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Chiave {
    chiave: String,
}

/// What was written.
#[derive(Debug, Clone, Default)]
struct Scelta {
    chiave: String,
    uffici: Vec<String>,
    dal: String,
    entro: String,
}

impl Scelta {
    fn di(campi: Vec<(String, String)>) -> Self {
        let mut scelta = Self::default();
        for (nome, valore) in campi {
            match nome.as_str() {
                "chiave" => scelta.chiave = valore,
                "uffici" => scelta.uffici.push(valore),
                "dal" => scelta.dal = valore,
                "entro" => scelta.entro = valore,
                _ => {}
            }
        }
        scelta
    }
}

fn pagina(porta: &Porta, found: &Trovato, scelta: Scelta, errori: Vec<ErroreCampo>) -> Response {
    let d = &found.pratica.dettaglio;
    let r = &porta.r;
    let (oggi, giorno) = (termini::data_locale(r.web.app.clock().now()), termini::data_locale(d.posto.inizio));
    let offices = r.web.app.uffici_che_offrono(&r.ctx, &d.servizio);
    let one = |valore: String, otherwise: String| if valore.is_empty() { otherwise } else { valore };
    let stato = if errori.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PaginaAttesa {
        layout: porta.layout(&t("prenota-attesa-titolo"), &d.nome_servizio),
        a: di_porta(porta, &found.pratica, true),
        azione: porta.href("attesa"),
        torna: porta.base.clone(),
        chiave: one(scelta.chiave, porta.chiave()),
        uffici: offices.iter().map(|o| Opzione::new(o.ufficio.as_str(), o.luogo.nome.as_str())).collect(),
        scelti: scelta.uffici,
        dal: one(scelta.dal, oggi.to_string()),
        entro: one(scelta.entro, giorno.to_string()),
        minimo: oggi.to_string(),
        massimo: giorno.to_string(),
        errori,
    };
    pagina_con(stato, page)
}

/// `GET /pratiche/{id}/attesa`.
pub async fn mostra(firmata: Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    let porta = Porta::area(firmata, &id)?;
    let found = porta.mio().await?;
    if found.pratica.base.stato != StatoPratica::Prenotata {
        return Ok(Redirect::to(&porta.base).into_response());
    }
    Ok(pagina(&porta, &found, Scelta::default(), Vec::new()))
}

/// `POST /pratiche/{id}/attesa`.
pub async fn iscrivi(firmata: Firmata, Path(id): Path<String>, Form(campi): Campi) -> Result<Response, Errore> {
    let porta = Porta::area(firmata, &id)?;
    let found = porta.mio().await?;
    let scelta = Scelta::di(campi);
    let (Ok(dal), Ok(entro)) = (scelta.dal.parse::<Date>(), scelta.entro.parse::<Date>()) else {
        let errori = vec![ErroreCampo::new("dal", t("prenota-attesa-giorni-mancano"))];
        return Ok(pagina(&porta, &found, scelta, errori));
    };
    let uffici = scelta.uffici.iter().map(|codice| CodiceUfficio::new(codice.clone())).collect();
    let input = IscriviAttesa { appuntamento: porta.id, uffici, dal, entro };
    match porta.r.web.app.iscrivi_attesa(&porta.ctx, &scelta.chiave, input).await {
        Ok(_) => {
            sessione::avvisa(&porta.r.session, t("prenota-attesa-iscritto")).await?;
            Ok(alla_lista(&porta))
        }
        Err(AppError::Rifiutato(errori)) => {
            let known = ["uffici", "dal", "entro"];
            let mut errori = crate::pagine::invio::errori_campi(&errori, &known);
            errori.iter_mut().filter(|e| !known.contains(&e.campo.as_str())).for_each(|e| e.campo.clear());
            Ok(pagina(&porta, &found, scelta, errori))
        }
        Err(error) => Err(error.into()),
    }
}

fn alla_lista(porta: &Porta) -> Response {
    Redirect::to(&format!("{}#attesa", porta.base)).into_response()
}

/// What was refused is said on the page of the booking, which shows how things stand.
async fn esito<T>(porta: &Porta, esito: Result<T, AppError>, key: &str) -> Result<Option<T>, Errore> {
    match esito {
        Ok(value) => {
            sessione::avvisa(&porta.r.session, t(key)).await?;
            Ok(Some(value))
        }
        Err(AppError::Rifiutato(errori)) => {
            let words: Vec<String> = errori.into_iter().map(|errore| errore.messaggio).collect();
            sessione::avvisa(&porta.r.session, words.join(" ")).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /pratiche/{id}/attesa/lascia`.
pub async fn lascia(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    let porta = Porta::area(firmata, &id)?;
    let done = porta.r.web.app.lascia_attesa(&porta.ctx, &form.chiave, porta.id).await;
    esito(&porta, done, "prenota-attesa-lasciata").await?;
    Ok(alla_lista(&porta))
}

/// `POST /pratiche/{id}/attesa/rifiuta`.
pub async fn rifiuta(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    let porta = Porta::area(firmata, &id)?;
    let done = porta.r.web.app.rifiuta_offerta(&porta.ctx, &form.chiave, porta.id).await;
    esito(&porta, done, "prenota-attesa-rifiutata").await?;
    Ok(alla_lista(&porta))
}

/// `POST /pratiche/{id}/attesa/accetta`: the booking is moved there.
pub async fn accetta(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    let porta = Porta::area(firmata, &id)?;
    let done = porta.r.web.app.accetta_offerta(&porta.ctx, &form.chiave, porta.id).await;
    match esito(&porta, done, "prenota-spostato").await? {
        Some(done) => messaggio(&porta, &t("prenota-spostato"), done.posizione).await,
        None => Ok(alla_lista(&porta)),
    }
}
