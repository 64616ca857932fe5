//! Waiting for an earlier time: to begin, to leave, to accept or decline what is offered.

use super::caso::di_porta;
use super::porta::{Porta, Trovato};
use super::vista::{PaginaAttesa, VistaAttesa};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Opzione};
use crate::richiesta::{Firmata, Richiesta};
use crate::{sessione, t, ta};
use app::appuntamenti::{IscriviAttesa, Iscrizione, parole};
use app::{AppError, Canale, Contesto};
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::appuntamento::Dettaglio;
use domain::ente::CodiceUfficio;
use domain::pratica::{Pratica, StatoPratica};
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

/// The waiting list, as the page of a booking shows it to who booked; none where there is nothing to see. `base` is the
/// path of that page, and `ctx` in whose name it is read.
pub async fn vista(
    r: &Richiesta,
    (ctx, base): (&Contesto, &str),
    pratica: &Pratica<Dettaglio>,
) -> Result<Option<VistaAttesa>, Errore> {
    let (app, d) = (&r.web.app, &pratica.dettaglio);
    let now = app.clock().now();
    if pratica.base.stato != StatoPratica::Prenotata || d.posto.inizio <= now {
        return Ok(None);
    }
    let base = format!("{base}/attesa");
    if let Some(place) = app.attesa_di(ctx, pratica.base.id).await? {
        return Ok(Some(in_lista(r, base, &place)));
    }
    // The pages of the list are for who signed in; and who may not move any more could accept nothing.
    let offered = app.prenotabile(ctx, &d.servizio).is_some_and(|service| service.lista_attesa);
    let open = offered && now < d.disdetta_entro() && !matches!(ctx.canale, Canale::Collegamento(_));
    Ok(open.then(|| VistaAttesa { iscrivi: base, ..VistaAttesa::default() }))
}

fn in_lista(r: &Richiesta, base: String, place: &Iscrizione) -> VistaAttesa {
    let days = [("dal", crate::formato::data(place.dal)), ("al", crate::formato::data(place.entro))];
    let days: Vec<(&str, &str)> = days.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
    let offerta = place.offerta.as_ref().map(|(slot, scade)| {
        let dove = r.web.app.orario(&r.ctx, &slot.ufficio).map(|orario| orario.luogo.nome.clone()).unwrap_or_default();
        let quando = ta("prenota-quando-dove", &[("quando", &parole::quando(slot.inizio)), ("dove", &dove)]);
        ta("prenota-attesa-offerta", &[("quando", &quando), ("entro", &parole::quando(*scade))])
    });
    VistaAttesa {
        iscrivi: String::new(),
        base,
        posto: match place.davanti {
            0 => t("prenota-attesa-primo"),
            1 => t("prenota-attesa-uno"),
            n => ta("prenota-attesa-davanti", &[("n", &n.to_string())]),
        },
        cosa: ta("prenota-attesa-giorni", &days),
        offerta: offerta.unwrap_or_default(),
        chiave: r.web.app.ids().uuid(r.web.app.clock().now()).to_string(),
    }
}

/// To the place in the list, on the page of the booking.
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

/// Leaves the list, through whichever door.
pub async fn esci(porta: &Porta, Chiave { chiave }: &Chiave) -> Result<Response, Errore> {
    let done = porta.r.web.app.lascia_attesa(&porta.ctx, chiave, porta.id).await;
    esito(porta, done, "prenota-attesa-lasciata").await?;
    Ok(alla_lista(porta))
}

/// Declines what is offered.
pub async fn declina(porta: &Porta, Chiave { chiave }: &Chiave) -> Result<Response, Errore> {
    let done = porta.r.web.app.rifiuta_offerta(&porta.ctx, chiave, porta.id).await;
    esito(porta, done, "prenota-attesa-rifiutata").await?;
    Ok(alla_lista(porta))
}

/// Accepts what is offered: the booking is moved there.
pub async fn prendi(porta: &Porta, Chiave { chiave }: &Chiave) -> Result<Response, Errore> {
    let done = porta.r.web.app.accetta_offerta(&porta.ctx, chiave, porta.id).await;
    match esito(porta, done, "prenota-spostato").await? {
        Some(done) => Ok(Redirect::to(&format!("{}?dopo={}", porta.base, done.posizione)).into_response()),
        None => Ok(alla_lista(porta)),
    }
}

/// `POST /pratiche/{id}/attesa/lascia`.
pub async fn lascia(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    esci(&Porta::area(firmata, &id)?, &form).await
}

/// `POST /pratiche/{id}/attesa/rifiuta`.
pub async fn rifiuta(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    declina(&Porta::area(firmata, &id)?, &form).await
}

/// `POST /pratiche/{id}/attesa/accetta`.
pub async fn accetta(firmata: Firmata, Path(id): Path<String>, Form(form): Form<Chiave>) -> Result<Response, Errore> {
    prendi(&Porta::area(firmata, &id)?, &form).await
}
