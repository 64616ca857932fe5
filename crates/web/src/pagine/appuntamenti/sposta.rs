//! Moving a booking: place and time again, then both side by side.

use super::annulla::messaggio;
use super::cammino::Cammino;
use super::domanda::Domanda;
use super::luogo;
use super::orario::{self, Rifiuto};
use super::porta::{Porta, Trovato};
use super::vista::{Cornice, PaginaSposta, dalle_alle};
use crate::errore::{Errore, pagina_con};
use crate::layout::{ErroreCampo, Passo, Riga};
use crate::richiesta::Firmata;
use crate::t;
use app::AppError;
use app::appuntamenti::parole;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::prenotabile::SlotId;
use serde::Deserialize;

/// The way of a move; none once the booking can no longer be moved.
fn cammino(porta: &Porta, found: &Trovato, domanda: &Domanda) -> Option<Cammino> {
    let d = &found.pratica.dettaglio;
    let app = &porta.r.web.app;
    let movable =
        found.pratica.base.stato == domain::pratica::StatoPratica::Prenotata && app.clock().now() <= d.disdetta_entro();
    let prenotabile = app.prenotabile(&porta.r.ctx, &d.servizio).filter(|_| movable)?;
    let fissi = domanda.fissi().into_iter().filter(|(nome, _)| ["accessibile", "lingua"].contains(nome)).collect();
    let (luogo, orario, invia) = (porta.href("sposta"), porta.href("sposta/orario"), porta.href("sposta/conferma"));
    let steps = [(t("prenota-passo-luogo"), luogo.clone()), (t("prenota-passo-orario"), String::new())];
    let steps = steps.into_iter().chain([(t("prenota-passo-conferma"), String::new())]);
    Some(Cammino {
        prenotabile,
        luogo,
        orario,
        invia,
        metodo: "get",
        fissi,
        titolo: t("prenota-sposta-titolo"),
        passi: steps.map(|(nome, href)| Passo::new(nome, href)).collect(),
        tenuto: None,
        escluso: Some(SlotId {
            ufficio: d.posto.ufficio.clone(),
            servizio: d.servizio.clone(),
            inizio: d.posto.inizio,
        }),
    })
}

fn alla_pratica(porta: &Porta) -> Response {
    Redirect::to(&porta.base).into_response()
}

/// The page of places.
pub async fn pagina_luogo(porta: Porta, domanda: Domanda) -> Result<Response, Errore> {
    let found = porta.mio().await?;
    let Some(cammino) = cammino(&porta, &found, &domanda) else { return Ok(alla_pratica(&porta)) };
    let layout = porta.layout(&cammino.titolo, &cammino.prenotabile.nome);
    let page = luogo::pagina(&porta.r, &cammino, &domanda, layout).await?;
    Ok(pagina_con(StatusCode::OK, page))
}

/// The page of times.
pub async fn pagina_orario(
    porta: &Porta,
    domanda: &Domanda,
    (stato, rifiuto): (StatusCode, Rifiuto),
) -> Result<Response, Errore> {
    let found = porta.mio().await?;
    let Some(cammino) = cammino(porta, &found, domanda) else { return Ok(alla_pratica(porta)) };
    let office = domanda.ufficio().and_then(|ufficio| porta.r.web.app.orario(&porta.r.ctx, &ufficio));
    let Some(orario) = office.filter(|orario| orario.offre(&cammino.prenotabile.codice)) else {
        return Ok(Redirect::to(&cammino.luogo).into_response());
    };
    let layout = porta.layout(&cammino.titolo, &cammino.prenotabile.nome);
    let page = orario::pagina(&porta.r, &cammino, &orario, domanda, (layout, rifiuto)).await?;
    Ok(pagina_con(stato, page))
}

/// What the last page of a move sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Modulo {
    slot: String,
    chiave: String,
}

fn domanda_di(slot: &SlotId) -> Domanda {
    Domanda { ufficio: slot.ufficio.to_string(), giorno: slot.giorno().to_string(), ..Domanda::default() }
}

/// The page that asks whether to move, from one time to the other.
pub async fn pagina_conferma(porta: &Porta, domanda: &Domanda) -> Result<Response, Errore> {
    let Some(slot) = domanda.slot() else {
        let rifiuto =
            Rifiuto { errori: vec![ErroreCampo::new("slot", t("prenota-scegli-orario"))], ..Rifiuto::default() };
        return pagina_orario(porta, domanda, (StatusCode::UNPROCESSABLE_ENTITY, rifiuto)).await;
    };
    let found = porta.mio().await?;
    let Some(cammino) = cammino(porta, &found, domanda) else { return Ok(alla_pratica(porta)) };
    let office = porta.r.web.app.orario(&porta.r.ctx, &slot.ufficio);
    let Some(orario) = office.filter(|_| slot.servizio == cammino.prenotabile.codice) else {
        return Ok(Redirect::to(&cammino.luogo).into_response());
    };
    let posto = &found.pratica.dettaglio.posto;
    let dove = |nome: &str, indirizzo: &str| format!("{nome}\n{indirizzo}");
    let prima = format!("{}\n{}", dalle_alle(posto.inizio, posto.fine), dove(&posto.sede.nome, &posto.sede.indirizzo));
    let dopo = format!("{}\n{}", parole::quando(slot.inizio), dove(&orario.luogo.nome, &orario.luogo.indirizzo));
    let indietro = cammino.href_orario(&[("ufficio", slot.ufficio.to_string()), ("slot", slot.to_string())]);
    let mut passi = cammino.passi.clone();
    if let Some(passo) = passi.get_mut(1) {
        indietro.clone_into(&mut passo.href);
    }
    let page = PaginaSposta {
        layout: porta.layout(&cammino.titolo, &cammino.prenotabile.nome),
        c: Cornice { passi, azione: cammino.invia.clone(), ..cammino.cornice(3) },
        righe: vec![
            Riga::new(t("prenota-sposta-da"), prima),
            Riga::modificabile(t("prenota-sposta-a"), dopo, &indietro),
        ],
        slot: slot.to_string(),
        chiave: porta.chiave(),
        indietro,
    };
    Ok(pagina_con(StatusCode::OK, page))
}

/// Moves it.
pub async fn esegui(porta: &Porta, modulo: &Modulo) -> Result<Response, Errore> {
    let slot: SlotId = modulo.slot.parse().map_err(|_| Errore::NonTrovato)?;
    porta.mio().await?;
    let app = &porta.r.web.app;
    match app.sposta_appuntamento(&porta.ctx, &modulo.chiave, porta.id, slot.clone(), None).await {
        Ok(esito) => messaggio(porta, &t("prenota-spostato"), esito.posizione).await,
        Err(AppError::Rifiutato(errori)) => {
            let rifiuto = Rifiuto::di(&errori);
            pagina_orario(porta, &domanda_di(&slot), (StatusCode::UNPROCESSABLE_ENTITY, rifiuto)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /pratiche/{id}/sposta`.
pub async fn luogo(
    firmata: Firmata,
    Path(id): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    pagina_luogo(Porta::area(firmata, &id)?, domanda).await
}

/// `GET /pratiche/{id}/sposta/orario`.
pub async fn orario(
    firmata: Firmata,
    Path(id): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    pagina_orario(&Porta::area(firmata, &id)?, &domanda, (StatusCode::OK, Rifiuto::default())).await
}

/// `GET /pratiche/{id}/sposta/conferma`.
pub async fn conferma(
    firmata: Firmata,
    Path(id): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    pagina_conferma(&Porta::area(firmata, &id)?, &domanda).await
}

/// `POST /pratiche/{id}/sposta/conferma`.
pub async fn sposta(firmata: Firmata, Path(id): Path<String>, Form(modulo): Form<Modulo>) -> Result<Response, Errore> {
    esegui(&Porta::area(firmata, &id)?, &modulo).await
}
