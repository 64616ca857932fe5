//! Last step: everything to be read once more, then the booking.

use super::flusso::{self, Modulo};
use super::orario;
use super::passi::{Giro, pagina_dettagli, pagina_richiedente};
use super::vista::PaginaRiepilogo;
use crate::errore::{Errore, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Riga};
use crate::pagine::invio::{errori_campi, guasto};
use crate::richiesta::{Firmata, Richiesta};
use crate::{t, ta};
use app::AppError;
use app::appuntamenti::parole;
use axum::Form;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::prenotabile::{Conferma, Protocolla};
use domain::termini;
use jiff::ToSpan as _;

/// `GET .../riepilogo`. What is incomplete is asked first.
pub async fn mostra(Firmata(r): Firmata, Path(id): Path<String>) -> Result<Response, Errore> {
    let giro = match Giro::apri(r, &id).await {
        Ok(giro) => giro,
        Err(altrove) => return altrove.esito(),
    };
    Ok(incompleto(&giro).unwrap_or_else(|| pagina(&giro, StatusCode::OK, Vec::new())))
}

fn incompleto(giro: &Giro) -> Option<Response> {
    let missing = match (giro.flusso.con_dettagli(&giro.prenotabile), giro.flusso.con_recapito()) {
        (false, _) => "dettagli",
        (true, false) => "richiedente",
        (true, true) => return None,
    };
    Some(Redirect::to(&giro.flusso.href(missing)).into_response())
}

fn pagina(giro: &Giro, stato: StatusCode, errori: Vec<ErroreCampo>) -> Response {
    let entro = giro.flusso.slot.inizio.checked_sub(i64::from(giro.prenotabile.disdetta_ore).hours());
    let dopo = match (giro.prenotabile.conferma, giro.prenotabile.protocolla) {
        (Conferma::Ufficio, _) => t("prenota-dopo-ufficio"),
        (Conferma::Automatica, Protocolla::No) => t("prenota-dopo-semplice"),
        (Conferma::Automatica, _) => t("prenota-dopo"),
    };
    let page = PaginaRiepilogo {
        layout: giro.layout(5),
        c: giro.cornice(5, errori, &[]),
        righe: righe(giro),
        porta: giro.prenotabile.cosa_serve.clone(),
        dopo,
        disdetta: entro.map(|at| ta("prenota-disdetta", &[("entro", &parole::quando(at))])).unwrap_or_default(),
    };
    pagina_con(stato, page)
}

/// What is booked, each row with the way back to where it is changed.
fn righe(giro: &Giro) -> Vec<Riga> {
    let flusso = &giro.flusso;
    let orario = giro.r.web.app.orario(&giro.r.ctx, &flusso.slot.ufficio);
    let dove = orario.map(|o| format!("{}\n{}", o.luogo.nome, o.luogo.indirizzo)).unwrap_or_default();
    let giorno = formato::data_con_giorno(termini::data_locale(flusso.slot.inizio));
    let minutes = i64::from(giro.prenotabile.durata_minuti);
    let fine = flusso.slot.inizio.checked_add(minutes.minutes()).unwrap_or(flusso.slot.inizio);
    let orario = ta("prenota-dalle-alle", &[("dalle", &parole::ora(flusso.slot.inizio)), ("alle", &parole::ora(fine))]);
    let chi = giro.r.utente().map(|utente| utente.anagrafica.nome_completo()).unwrap_or_default();
    let row = |nome: &str, valore: String, href: String| Riga::modificabile(t(nome), valore, href);
    let mut righe = vec![
        Riga::new(t("appuntamento-servizio"), giro.prenotabile.nome.clone()),
        row("prenota-passo-luogo", dove, flusso.luogo()),
        row("prenota-passo-orario", format!("{giorno}, {orario}"), flusso.orario(false)),
        row("appuntamento-motivo", flusso.motivo.clone(), flusso.href("dettagli")),
        row("appuntamento-dettagli", flusso.dettagli.clone(), flusso.href("dettagli")),
        Riga::new(t("prenota-passo-richiedente"), chi),
        row("campo-email", flusso.email.clone(), flusso.href("richiedente")),
        row("campo-telefono", flusso.telefono.clone(), flusso.href("richiedente")),
    ];
    if flusso.pratica.is_some() {
        righe.push(Riga::new(t("prenota-per-pratica"), t("prenota-per-pratica-si")));
    }
    righe
}

/// `POST .../riepilogo`: books, then leads to the page of what was booked.
pub async fn prenota(r: Richiesta, Path(id): Path<String>, Form(modulo): Form<Modulo>) -> Result<Response, Errore> {
    let mut giro = match Giro::ricevi(r, &id, &modulo).await {
        Ok(giro) => giro,
        Err(altrove) => return altrove.esito(),
    };
    if let Some(page) = incompleto(&giro) {
        flusso::salva(&giro.r, &giro.flusso).await?;
        return Ok(page);
    }
    // A time that is no longer held may still be free: then it is booked all the same.
    let input = giro.flusso.prenotazione(&giro.r);
    match giro.r.web.app.prenota_appuntamento(&giro.r.ctx, &giro.flusso.chiave, input).await {
        Ok(esito) => {
            flusso::togli(&giro.r, &giro.flusso.id).await?;
            let to = format!("/pratiche/{}/fatto?dopo={}", esito.caso.base().id, esito.posizione);
            Ok(Redirect::to(&to).into_response())
        }
        Err(AppError::Rifiutato(errori)) => rifiutata(&mut giro, &errori).await,
        Err(error) => {
            let (errore, riprova_tra) = guasto(error)?;
            let mut page = pagina(&giro, StatusCode::SERVICE_UNAVAILABLE, vec![errore]);
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(riprova_tra.as_secs().max(1)));
            Ok(page)
        }
    }
}

/// Where a refusal is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dove {
    /// On the page of times.
    Orario,
    /// On that of the third step.
    Dettagli,
    /// On that of the fourth.
    Richiedente,
    /// Nowhere in particular.
    Riepilogo,
}

/// Where the first of some refusals is mended.
pub(super) fn dove(errori: &[app::ErroreCampo]) -> Dove {
    let about = |errore: &app::ErroreCampo| {
        let campo = errore.campo.as_deref().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
        match campo.as_str() {
            _ if errore.codice == "blocco-scaduto" => Dove::Orario,
            "slotId" => Dove::Orario,
            "motivo" | "dettagli" => Dove::Dettagli,
            "email" | "telefono" => Dove::Richiedente,
            _ => Dove::Riepilogo,
        }
    };
    errori.iter().map(about).find(|dove| *dove != Dove::Riepilogo).unwrap_or(Dove::Riepilogo)
}

async fn rifiutata(giro: &mut Giro, errori: &[app::ErroreCampo]) -> Result<Response, Errore> {
    if errori.iter().any(|errore| errore.codice == "chiave-riusata") {
        // The same page was sent before with other words: what is sent next is a booking of its own.
        let now = giro.r.web.app.clock().now();
        giro.flusso.chiave = giro.r.web.app.ids().uuid(now).to_string();
        flusso::salva(&giro.r, &giro.flusso).await?;
        return Ok(pagina(giro, StatusCode::CONFLICT, vec![ErroreCampo::new("", t("invio-gia-inviato"))]));
    }
    let stato = StatusCode::UNPROCESSABLE_ENTITY;
    let words = || errori_campi(errori, &["motivo", "dettagli", "email", "telefono"]);
    let dove = dove(errori);
    if dove == Dove::Orario {
        // It is nobody's now, or somebody else's.
        giro.flusso.blocco = None;
    }
    flusso::salva(&giro.r, &giro.flusso).await?;
    Ok(match dove {
        Dove::Orario => orario::di_nuovo(&giro.r, &giro.flusso, errori).await?,
        Dove::Dettagli => pagina_dettagli(giro, stato, words()),
        Dove::Richiedente => pagina_richiedente(giro, stato, words()),
        Dove::Riepilogo => pagina(giro, stato, words().into_iter().map(|e| ErroreCampo::new("", e.testo)).collect()),
    })
}
