//! Second step: the day and the time. A time that is chosen is held for ten minutes.

use super::INIZIO;
use super::cammino::Cammino;
use super::domanda::Domanda;
use super::flusso::{self, Flusso};
use super::limits;
use super::luogo::{percorso, primi};
use super::vista::{GiornoVista, OrarioVista, PaginaOrario, sede};
use crate::errore::{Errore, pagina_con};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Voce};
use crate::pagine::invio::non_cittadino;
use crate::richiesta::Richiesta;
use crate::{t, ta};
use app::AppError;
use app::appuntamenti::{SlotOfferto, parole};
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::persona::Ruolo;
use domain::prenotabile::{Orario, SlotId};
use domain::termini;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is wrong with a time that was chosen, and what is free instead.
#[derive(Debug, Clone, Default)]
pub struct Rifiuto {
    /// In words.
    pub errori: Vec<ErroreCampo>,
    /// Times that are free.
    pub alternative: Vec<SlotId>,
}

impl Rifiuto {
    /// Of the application.
    pub fn di(errori: &[app::ErroreCampo]) -> Self {
        Self {
            errori: errori.iter().map(|e| ErroreCampo::new("slot", e.messaggio.clone())).collect(),
            alternative: errori.iter().flat_map(app::ErroreCampo::alternative).collect(),
        }
    }

    fn testo(testo: String) -> Self {
        Self { errori: vec![ErroreCampo::new("slot", testo)], alternative: Vec::new() }
    }
}

/// `GET /prenota-appuntamento/orario`.
pub async fn mostra(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let Some((cammino, orario)) = trova(&r, &domanda).await? else { return Ok(al_luogo(&domanda)) };
    let layout = percorso(&r, &cammino, &r.path.clone());
    let page = pagina(&r, &cammino, &orario, &domanda, (layout, Rifiuto::default())).await?;
    Ok(pagina_con(StatusCode::OK, page))
}

fn al_luogo(domanda: &Domanda) -> Response {
    let to = super::domanda::href(&format!("{INIZIO}/luogo"), &domanda.fissi());
    Redirect::to(&to).into_response()
}

/// The way of a new booking and the office; none when the address names none that offers it.
async fn trova(r: &Richiesta, domanda: &Domanda) -> Result<Option<(Cammino, Arc<Orario>)>, Errore> {
    let Some(prenotabile) = domanda.prenotabile(r) else { return Ok(None) };
    let office = domanda.ufficio().and_then(|ufficio| r.web.app.orario(&r.ctx, &ufficio));
    let Some(orario) = office.filter(|orario| orario.offre(&prenotabile.codice)) else { return Ok(None) };
    let mut cammino = Cammino::nuovo(prenotabile, domanda);
    let now = r.web.app.clock().now();
    let begun = flusso::trova(r, &domanda.flusso).await?.filter(|flusso| flusso.vivo(now));
    cammino.tenuto = begun.map(|flusso| (flusso.slot, flusso.scade));
    cammino.invia = cammino.href_orario(&[("ufficio", orario.ufficio.to_string())]);
    Ok(Some((cammino, orario)))
}

/// The page, of a booking or of a move.
pub async fn pagina(
    r: &Richiesta,
    cammino: &Cammino,
    orario: &Orario,
    domanda: &Domanda,
    (layout, rifiuto): (Layout, Rifiuto),
) -> Result<PaginaOrario, Errore> {
    let proposto = domanda.slot().filter(|slot| slot.ufficio == orario.ufficio);
    let wanted = domanda.giorno().or_else(|| proposto.as_ref().map(SlotId::giorno));
    let (dal, al, oltre) = finestra(r, cammino, orario, (domanda, wanted)).await?;
    let slot = liberi(r, cammino, orario, domanda, (dal, al)).await?;
    let mut giorni: BTreeMap<Date, Vec<SlotOfferto>> = BTreeMap::new();
    for one in slot {
        giorni.entry(termini::data_locale(one.inizio)).or_default().push(one);
    }
    let giorno = wanted.filter(|day| giorni.contains_key(day)).or_else(|| giorni.keys().next().copied());
    let scelto = cammino.tenuto.as_ref().map(|(slot, _)| slot).or(proposto.as_ref());
    let orari = giorno.and_then(|day| giorni.get(&day)).into_iter().flatten();
    let orari: Vec<OrarioVista> = orari.map(|one| vista(one, scelto, cammino)).collect();
    let here = ("ufficio", orario.ufficio.to_string());
    let altrove = |dal: Date| cammino.href_orario(&[here.clone(), ("dal", dal.to_string())]);
    let oggi = termini::data_locale(r.web.app.clock().now());
    let prima = dal.saturating_sub(limits::GIORNI.days()).max(oggi);
    let scaduto = domanda.scaduto == "si" && cammino.tenuto.is_none();
    let nessuno = scaduto && !orari.iter().any(|one| one.scelto);
    Ok(PaginaOrario {
        layout,
        c: super::vista::Cornice { errori: rifiuto.errori, ..cammino.cornice(2) },
        sede: sede(orario, &cammino.prenotabile.codice),
        cambia: cammino.href_luogo(&[]),
        giorni: giorni.iter().map(|(day, slot)| vista_giorno(cammino, orario, (*day, slot), giorno, dal)).collect(),
        prima: (dal > oggi).then(|| altrove(prima)),
        dopo: oltre.then(|| altrove(al.saturating_add(1.days()))),
        periodo: ta("prenota-periodo", &[("dal", &formato::data(dal)), ("al", &formato::data(al))]),
        giorno: giorno.map(formato::data_con_giorno).unwrap_or_default(),
        orari,
        invia: cammino.invia.clone(),
        metodo: cammino.metodo,
        avviso: avviso(scaduto, nessuno),
        alternative: rifiuto.alternative.iter().map(|slot| alternativa(r, cammino, slot)).collect(),
        anonimo: r.utente().is_none(),
        attesa: cammino.prenotabile.lista_attesa,
        nuovo: cammino.escluso.is_none(),
    })
}

fn avviso(scaduto: bool, nessuno: bool) -> String {
    match (scaduto, nessuno) {
        (false, _) => String::new(),
        (true, false) => t("prenota-scaduto-libero"),
        (true, true) => t("prenota-scaduto"),
    }
}

/// The days shown, and whether there are more: from the one asked for, or from the first with something free.
async fn finestra(
    r: &Richiesta,
    cammino: &Cammino,
    orario: &Orario,
    (domanda, wanted): (&Domanda, Option<Date>),
) -> Result<(Date, Date, bool), Errore> {
    let oggi = termini::data_locale(r.web.app.clock().now());
    let ultimo = oggi.saturating_add(i32::from(cammino.prenotabile.orizzonte_giorni).days());
    let inside = |day: &Date| (oggi..=ultimo).contains(day);
    let dal = if let Some(day) = domanda.dal().or(wanted).filter(inside) {
        day
    } else {
        let codes = [orario.ufficio.clone()];
        let first = primi(r, &cammino.prenotabile, &codes, &domanda.bisogni()).await?;
        first.values().next().map_or(oggi, |slot| termini::data_locale(slot.inizio))
    };
    let al = dal.saturating_add((limits::GIORNI - 1).days()).min(ultimo);
    Ok((dal, al, al < ultimo))
}

/// What is free, and what is held for this person.
async fn liberi(
    r: &Richiesta,
    cammino: &Cammino,
    orario: &Orario,
    domanda: &Domanda,
    giorni: (Date, Date),
) -> Result<Vec<SlotOfferto>, Errore> {
    let codes = [orario.ufficio.clone()];
    let codice = &cammino.prenotabile.codice;
    let found = r.web.app.disponibilita_per(&r.ctx, codice, Some(&codes), giorni, domanda.bisogni()).await?;
    let mut slot: Vec<SlotOfferto> = found.into_iter().flat_map(|d| d.slot).collect();
    slot.retain(|one| cammino.escluso.as_ref() != Some(&one.id));
    let held = cammino.tenuto.as_ref().map(|(held, _)| held);
    let mine = held.filter(|held| held.ufficio == orario.ufficio && held.servizio == *codice);
    let shown = mine.filter(|held| (giorni.0..=giorni.1).contains(&held.giorno()));
    if let Some(held) = shown.filter(|held| !slot.iter().any(|one| one.id == **held)) {
        let minutes = i64::from(cammino.prenotabile.durata_minuti);
        let fine = held.inizio.checked_add(minutes.minutes()).unwrap_or(held.inizio);
        slot.push(SlotOfferto { id: held.clone(), inizio: held.inizio, fine, liberi: 1 });
        slot.sort_by_key(|one| one.inizio);
    }
    Ok(slot)
}

fn vista(one: &SlotOfferto, scelto: Option<&SlotId>, cammino: &Cammino) -> OrarioVista {
    let mine = cammino.tenuto.as_ref().is_some_and(|(held, _)| *held == one.id);
    OrarioVista {
        slot: one.id.to_string(),
        ora: parole::ora(one.inizio),
        aiuto: match one.liberi {
            _ if mine => t("prenota-tenuto-per-te"),
            1 => ta("prenota-fino-alle", &[("fine", &parole::ora(one.fine))]),
            n => ta("prenota-fino-alle-posti", &[("fine", &parole::ora(one.fine)), ("n", &n.to_string())]),
        },
        scelto: scelto == Some(&one.id),
    }
}

fn vista_giorno(
    cammino: &Cammino,
    orario: &Orario,
    (day, slot): (Date, &Vec<SlotOfferto>),
    scelto: Option<Date>,
    dal: Date,
) -> GiornoVista {
    let posti: u32 = slot.iter().map(|one| u32::from(one.liberi)).sum();
    let address = [("ufficio", orario.ufficio.to_string()), ("dal", dal.to_string()), ("giorno", day.to_string())];
    GiornoVista {
        // The times are what was asked for: the page opens there.
        href: format!("{}#orari", cammino.href_orario(&address)),
        nome: formato::data_con_giorno(day),
        breve: formato::data_breve(day),
        liberi: match posti {
            1 => t("prenota-un-posto"),
            n => ta("prenota-posti", &[("n", &n.to_string())]),
        },
        scelto: scelto == Some(day),
    }
}

fn alternativa(r: &Richiesta, cammino: &Cammino, slot: &SlotId) -> Voce {
    let address = [("ufficio", slot.ufficio.to_string()), ("slot", slot.to_string())];
    let dove = r.web.app.orario(&r.ctx, &slot.ufficio).map(|orario| orario.luogo.nome.clone()).unwrap_or_default();
    let args = [("quando", parole::quando(slot.inizio)), ("dove", dove)];
    let args: Vec<(&str, &str)> = args.iter().map(|(nome, valore)| (*nome, valore.as_str())).collect();
    Voce::new(cammino.href_orario(&address), ta("prenota-quando-dove", &args))
}

/// The time that was chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Scelta {
    slot: String,
}

/// `POST /prenota-appuntamento/orario`: holds the time, then asks for the rest.
pub async fn scegli(
    r: Richiesta,
    Query(mut domanda): Query<Domanda>,
    Form(scelta): Form<Scelta>,
) -> Result<Response, Errore> {
    let Some((cammino, orario)) = trova(&r, &domanda).await? else { return Ok(al_luogo(&domanda)) };
    let chosen = scelta.slot.parse::<SlotId>().ok();
    let chosen = chosen.filter(|slot| slot.servizio == cammino.prenotabile.codice && slot.ufficio == orario.ufficio);
    let rifiuto = match &chosen {
        None => Rifiuto::testo(t("prenota-scegli-orario")),
        Some(slot) => {
            domanda.slot = slot.to_string();
            let Some(utente) = r.utente() else {
                // The sign-in leads back here, with the time proposed.
                let here = [("ufficio", orario.ufficio.to_string()), ("slot", slot.to_string())];
                return Err(Errore::Accedi { torna: cammino.href_orario(&here) });
            };
            if utente.ruolo != Ruolo::Cittadino {
                return Ok(pagina_con(StatusCode::FORBIDDEN, non_cittadino(&r, cammino.titolo.clone())));
            }
            match tieni(&r, &domanda, slot).await {
                Ok(flusso) => return Ok(Redirect::to(&prossimo(&flusso, &cammino)).into_response()),
                Err(AppError::Rifiutato(errori)) => Rifiuto::di(&errori),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let layout = percorso(&r, &cammino, &r.path.clone());
    let page = pagina(&r, &cammino, &orario, &domanda, (layout, rifiuto)).await?;
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// Where a booking goes on whose time is held: to what is still missing.
fn prossimo(flusso: &Flusso, cammino: &Cammino) -> String {
    let passo = match (flusso.con_dettagli(&cammino.prenotabile), flusso.con_recapito()) {
        (false, _) => "dettagli",
        // Contacts are filled in beforehand where they are known; the summary shows them before anything is sent.
        (true, false) => "richiedente",
        (true, true) => "riepilogo",
    };
    flusso.href(passo)
}

/// Holds a time for the booking that was begun, or for a new one; the time held before is given back.
async fn tieni(r: &Richiesta, domanda: &Domanda, slot: &SlotId) -> Result<Flusso, AppError> {
    let now = r.web.app.clock().now();
    let stored = |error: Errore| AppError::non_disponibile(error);
    let begun = flusso::trova(r, &domanda.flusso).await.map_err(stored)?;
    let mut flusso = begun.unwrap_or_else(|| Flusso::nuovo(r, slot.clone(), domanda.pratica()));
    let bisogni = domanda.bisogni();
    if !(flusso.vivo(now) && flusso.slot == *slot) {
        let chiave = r.web.app.ids().uuid(now).to_string();
        let blocco = r.web.app.blocca_slot_per(&r.ctx, &chiave, slot.clone(), bisogni).await?;
        if let Some(old) = flusso.blocco.filter(|_| flusso.vivo(now)) {
            // It ends by itself in any case.
            if let Err(error) = r.web.app.libera_slot(&r.ctx, &flusso.slot, old).await {
                tracing::debug!(%error, "a hold was not given back");
            }
        }
        flusso.tieni(&blocco);
    }
    domanda.accessibile.clone_into(&mut flusso.accessibile);
    domanda.lingua.clone_into(&mut flusso.lingua);
    flusso::salva(r, &flusso).await.map_err(stored)?;
    Ok(flusso)
}

/// The page of times for a booking whose time was refused at the end.
pub async fn di_nuovo(r: &Richiesta, flusso: &Flusso, errori: &[app::ErroreCampo]) -> Result<Response, Errore> {
    let domanda = Domanda {
        servizio: flusso.slot.servizio.clone(),
        ufficio: flusso.slot.ufficio.to_string(),
        pratica: flusso.pratica.map(|id| id.to_string()).unwrap_or_default(),
        flusso: flusso.id.clone(),
        giorno: flusso.slot.giorno().to_string(),
        accessibile: flusso.accessibile.clone(),
        lingua: flusso.lingua.clone(),
        ..Domanda::default()
    };
    let Some((cammino, orario)) = trova(r, &domanda).await? else { return Ok(al_luogo(&domanda)) };
    let layout = percorso(r, &cammino, &flusso.orario(false));
    let page = pagina(r, &cammino, &orario, &domanda, (layout, Rifiuto::di(errori))).await?;
    Ok(pagina_con(StatusCode::UNPROCESSABLE_ENTITY, page))
}
