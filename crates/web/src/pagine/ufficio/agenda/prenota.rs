//! A booking for somebody at the counter or on the telephone.

use super::giorno::layout;
use super::vista::Giorni;
use super::{Luogo, chiave, limits, motivi, oggi};
use crate::errore::{Errore, Pagina, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Opzione, Voce};
use crate::pagine::elenco::indirizzo;
use crate::richiesta::{DiUfficio, Richiesta};
use crate::{sessione, t, ta};
use app::AppError;
use app::appuntamenti::{PrenotaAppuntamento, Richiedente, SlotOfferto, parole};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::appuntamento::limiti;
use domain::codice_fiscale::CodiceFiscale;
use domain::prenotabile::{Canale, Prenotabile, SlotId};
use serde::Deserialize;
use std::sync::Arc;

/// What is booked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    servizio: String,
}

/// The form, as filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Modulo {
    pub chiave: String,
    pub servizio: String,
    pub slot: String,
    pub motivo: String,
    pub dettagli: String,
    pub nome: String,
    pub cognome: String,
    #[serde(rename = "codiceFiscale")]
    pub codice_fiscale: String,
    pub telefono: String,
    pub email: String,
    pub canale: String,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/prenota.html")]
pub struct PaginaPrenota {
    pub layout: Layout,
    pub base: String,
    pub giorno: String,
    pub giorni: Giorni,
    pub servizi: Vec<Opzione>,
    /// Name of what is booked; empty before it is chosen.
    pub servizio: String,
    pub slot: Vec<Opzione>,
    pub motivi: Vec<Opzione>,
    pub canali: Vec<Opzione>,
    /// The first free slot on another day, when this one has none.
    pub primo: Option<Voce>,
    pub modulo: Modulo,
    pub massimo: usize,
    pub errori: Vec<ErroreCampo>,
}

/// Slots as choices: the hour, and how many desks are free.
pub fn scelte(slot: &[SlotOfferto]) -> Vec<Opzione> {
    let one = |slot: &SlotOfferto| {
        let (ora, liberi) = (parole::ora(slot.inizio), slot.liberi.to_string());
        let testo = if slot.liberi == 1 {
            ora
        } else {
            ta("agenda-ora-liberi", &[("ora", ora.as_str()), ("n", liberi.as_str())])
        };
        Opzione::new(slot.id.to_string(), testo)
    };
    slot.iter().take(limits::SLOT).map(one).collect()
}

/// `GET /ufficio/agenda/{ufficio}/{giorno}/prenota`.
pub async fn mostra(
    DiUfficio(r): DiUfficio,
    Path((ufficio, giorno)): Path<(String, String)>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let luogo = Luogo::leggi(&ufficio, &giorno)?;
    let canale = Canale::Sportello.as_str().to_owned();
    let modulo = Modulo { servizio: domanda.servizio, canale, ..Modulo::default() };
    Ok(Pagina(pagina(&r, &luogo, modulo, Vec::new()).await?).into_response())
}

/// `POST /ufficio/agenda/{ufficio}/{giorno}/prenota`.
pub async fn prenota(
    DiUfficio(r): DiUfficio,
    Path((ufficio, giorno)): Path<(String, String)>,
    Form(modulo): Form<Modulo>,
) -> Result<Response, Errore> {
    let luogo = Luogo::leggi(&ufficio, &giorno)?;
    luogo.orario(&r)?;
    let input = match leggi(&modulo) {
        Ok(input) => input,
        Err(errori) => return rifiutata(&r, &luogo, modulo, errori).await,
    };
    let booked = input.slot.clone();
    match r.web.app.prenota_appuntamento(&r.ctx, &modulo.chiave, input).await {
        Ok(esito) => {
            r.web.app.attendi(&r.ctx, esito.posizione).await;
            let (codice, quando) = (esito.caso.base().codice.to_string(), parole::quando(booked.inizio));
            let fatto = ta("agenda-prenota-fatto", &[("codice", codice.as_str()), ("quando", quando.as_str())]);
            sessione::avvisa(&r.session, fatto).await?;
            Ok(Redirect::to(&luogo.altro(booked.giorno())).into_response())
        }
        Err(AppError::Rifiutato(errori)) => {
            let errori = errori.into_iter().map(|e| ErroreCampo::new(campo(e.campo.as_deref()), motivi(&[e])));
            rifiutata(&r, &luogo, modulo, errori.collect()).await
        }
        Err(AppError::Conflitto) => {
            let errori = vec![ErroreCampo::new("", t("agenda-conflitto"))];
            rifiutata(&r, &luogo, modulo, errori).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The field of this form that a field of the command stands in.
fn campo(campo: Option<&str>) -> &'static str {
    match campo {
        Some("slotId") => "slot",
        Some("richiedente.nome") => "nome",
        Some("richiedente.cognome") => "cognome",
        Some("motivo") => "motivo",
        Some("dettagli") => "dettagli",
        Some("email") => "email",
        Some("telefono") => "telefono",
        _ => "",
    }
}

/// Reads what only a form can get wrong.
fn leggi(modulo: &Modulo) -> Result<PrenotaAppuntamento, Vec<ErroreCampo>> {
    let mut errori = Vec::new();
    let slot = modulo.slot.parse::<SlotId>().ok();
    if slot.is_none() {
        errori.push(ErroreCampo::new("slot", t("agenda-scegli-ora")));
    }
    let text = modulo.codice_fiscale.trim();
    let codice_fiscale = CodiceFiscale::parse(text).ok();
    if !text.is_empty() && codice_fiscale.is_none() {
        errori.push(ErroreCampo::new("codiceFiscale", t("rifiuto-codice-fiscale-non-valido")));
    }
    let Some(slot) = slot.filter(|_| errori.is_empty()) else { return Err(errori) };
    let given = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    Ok(PrenotaAppuntamento {
        servizio: slot.servizio.clone(),
        slot,
        motivo: modulo.motivo.clone(),
        dettagli: modulo.dettagli.clone(),
        richiedente: Richiedente {
            nome: modulo.nome.clone(),
            cognome: modulo.cognome.clone(),
            email: given(&modulo.email),
            telefono: given(&modulo.telefono),
            codice_fiscale,
        },
        collegata: None,
        canale: Canale::parse(&modulo.canale).filter(|canale| *canale != Canale::Portale),
    })
}

async fn rifiutata(r: &Richiesta, luogo: &Luogo, modulo: Modulo, errori: Vec<ErroreCampo>) -> Result<Response, Errore> {
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, pagina(r, luogo, modulo, errori).await?))
}

async fn pagina(
    r: &Richiesta,
    luogo: &Luogo,
    modulo: Modulo,
    errori: Vec<ErroreCampo>,
) -> Result<PaginaPrenota, Errore> {
    let orario = luogo.orario(r)?;
    let codici = orario.sportelli.iter().flat_map(|desk| desk.servizi.iter().map(String::as_str));
    let mut offered: Vec<Arc<Prenotabile>> =
        codici.filter_map(|codice| r.web.app.prenotabile(&r.ctx, codice)).collect();
    offered.sort_by(|a, b| (&a.nome, &a.codice).cmp(&(&b.nome, &b.codice)));
    offered.dedup_by(|a, b| a.codice == b.codice);
    let chosen = offered.iter().find(|prenotabile| prenotabile.codice == modulo.servizio);
    let (slot, primo) = match chosen {
        Some(prenotabile) => liberi(r, luogo, &prenotabile.codice).await?,
        None => (Vec::new(), None),
    };
    let chiave = if modulo.chiave.is_empty() { chiave(r) } else { modulo.chiave };
    let titolo = t("agenda-prenota-titolo");
    let servizio = chosen.map(|prenotabile| prenotabile.codice.as_str()).unwrap_or_default();
    let path = |day| indirizzo(&format!("{}/prenota", luogo.altro(day)), &[("servizio", servizio)]);
    let giorni = Giorni::intorno(luogo, oggi(r), &path);
    Ok(PaginaPrenota {
        layout: layout(r, luogo, &titolo, Some(&titolo)),
        base: luogo.href(),
        giorno: formato::data_con_giorno(luogo.giorno),
        giorni,
        servizi: offered.iter().map(|p| Opzione::new(&p.codice, &p.nome)).collect(),
        servizio: chosen.map(|prenotabile| prenotabile.nome.clone()).unwrap_or_default(),
        slot,
        motivi: chosen.map(|p| p.motivi.iter().map(|m| Opzione::new(m, m)).collect()).unwrap_or_default(),
        canali: [Canale::Sportello, Canale::Telefono]
            .map(|canale| Opzione::new(canale.as_str(), t(&format!("agenda-canale-{}", canale.as_str()))))
            .to_vec(),
        primo,
        modulo: Modulo { chiave, ..modulo },
        massimo: limiti::DETTAGLI,
        errori,
    })
}

/// What is free that day, or else the first slot of another.
async fn liberi(r: &Richiesta, luogo: &Luogo, servizio: &str) -> Result<(Vec<Opzione>, Option<Voce>), Errore> {
    let (app, uffici) = (&r.web.app, [luogo.ufficio.clone()]);
    let found = app.disponibilita(&r.ctx, servizio, Some(&uffici), luogo.giorno, luogo.giorno).await?;
    let slot: Vec<Opzione> = found.first().map(|one| scelte(&one.slot)).unwrap_or_default();
    if !slot.is_empty() {
        return Ok((slot, None));
    }
    let first = app.primo_slot_libero(&r.ctx, servizio, Some(&uffici)).await?;
    let primo = first.map(|(_, slot)| {
        let path = format!("{}/prenota", luogo.altro(slot.id.giorno()));
        Voce::new(indirizzo(&path, &[("servizio", servizio)]), parole::quando(slot.inizio))
    });
    Ok((slot, primo))
}
