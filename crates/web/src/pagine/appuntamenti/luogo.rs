//! First step: the place. Each office with its first free time, and the first one anywhere.

use super::INIZIO;
use super::cammino::Cammino;
use super::domanda::{Domanda, href};
use super::limits;
use super::vista::{PaginaLuogo, PrimoLibero, VistaUfficio, lingua, sede};
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Opzione};
use crate::richiesta::Richiesta;
use crate::{t, ta};
use app::appuntamenti::{Bisogni, Disponibilita, SlotOfferto, parole};
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile};
use domain::termini;
use jiff::ToSpan as _;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `GET /prenota-appuntamento/luogo`.
pub async fn mostra(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let Some(prenotabile) = domanda.prenotabile(&r) else { return Ok(Redirect::to(INIZIO).into_response()) };
    let cammino = Cammino::nuovo(prenotabile, &domanda);
    let qui = cammino.href_luogo(&[]);
    let layout = percorso(&r, &cammino, &qui);
    Ok(Pagina(pagina(&r, &cammino, &domanda, layout).await?).into_response())
}

/// The frame of the first two steps of a new booking.
pub fn percorso(r: &Richiesta, cammino: &Cammino, qui: &str) -> Layout {
    let corrente = cammino.prenotabile.nome.as_str();
    let titolo = t("prenota-titolo");
    r.layout(ta("prenota-titolo-di", &[("cosa", corrente)])).con_percorso([(INIZIO, titolo.as_str()), (qui, corrente)])
}

/// The page, of a booking or of a move.
pub async fn pagina(
    r: &Richiesta,
    cammino: &Cammino,
    domanda: &Domanda,
    layout: Layout,
) -> Result<PaginaLuogo, Errore> {
    let codice = &cammino.prenotabile.codice;
    let all = r.web.app.uffici_che_offrono(&r.ctx, codice);
    let here = domanda.ufficio().filter(|ufficio| all.len() > 1 && all.iter().any(|o| o.ufficio == *ufficio));
    let shown: Vec<Arc<Orario>> =
        all.iter().filter(|orario| here.as_ref().is_none_or(|ufficio| orario.ufficio == *ufficio)).cloned().collect();
    let bisogni = domanda.bisogni();
    let codes: Vec<CodiceUfficio> = shown.iter().map(|orario| orario.ufficio.clone()).collect();
    let primi = primi(r, &cammino.prenotabile, &codes, &bisogni).await?;
    let mut uffici: Vec<(Option<jiff::Timestamp>, VistaUfficio)> = shown
        .iter()
        .map(|orario| {
            let primo = primi.get(&orario.ufficio);
            (primo.map(|slot| slot.inizio), ufficio(cammino, orario, primo))
        })
        .collect();
    // Those with nothing free stand last; otherwise as the offices are listed.
    uffici.sort_by_key(|(primo, _)| primo.is_none());
    let first = primi.values().min_by_key(|slot| slot.inizio).filter(|_| shown.len() > 1);
    Ok(PaginaLuogo {
        layout,
        c: cammino.cornice(1),
        descrizione: cammino.prenotabile.descrizione.clone(),
        durata: cammino.prenotabile.durata_minuti.to_string(),
        primo: first.map(|slot| primo(cammino, &shown, slot)),
        uffici: uffici.into_iter().map(|(_, ufficio)| ufficio).collect(),
        lingue: lingue(&all, codice),
        lingua: domanda.lingua.clone(),
        accessibile: bisogni.accessibile,
        luogo: cammino.luogo.clone(),
        nascosti: fissi(cammino),
        tutti: here.map(|_| cammino.href_luogo(&[])),
        altro: href(INIZIO, &[]),
        nuovo: cammino.escluso.is_none(),
        vuoto: primi.is_empty(),
    })
}

/// What the filter carries along: not the needs, which it asks for.
fn fissi(cammino: &Cammino) -> Vec<(String, String)> {
    let kept = cammino.fissi.iter().filter(|(nome, _)| !["lingua", "accessibile"].contains(nome));
    kept.map(|(nome, valore)| ((*nome).to_owned(), valore.clone())).collect()
}

/// The first free time of each office, as far ahead as the service can be booked.
pub async fn primi(
    r: &Richiesta,
    prenotabile: &Prenotabile,
    uffici: &[CodiceUfficio],
    bisogni: &Bisogni,
) -> Result<BTreeMap<CodiceUfficio, SlotOfferto>, Errore> {
    let oggi = termini::data_locale(r.web.app.clock().now());
    let ultimo = oggi.saturating_add(i32::from(prenotabile.orizzonte_giorni).days());
    let mut found = BTreeMap::new();
    let (mut dal, mut missing) = (oggi, uffici.to_vec());
    for _ in 0..limits::GIRI_PRIMO {
        if missing.is_empty() || dal > ultimo {
            break;
        }
        let al = dal.saturating_add((limits::GIORNI_PRIMO - 1).days()).min(ultimo);
        let codice = &prenotabile.codice;
        let some: Vec<Disponibilita> =
            r.web.app.disponibilita_per(&r.ctx, codice, Some(&missing), (dal, al), bisogni.clone()).await?;
        found.extend(some.into_iter().filter_map(|d| Some((d.orario.ufficio.clone(), d.slot.into_iter().next()?))));
        missing.retain(|ufficio| !found.contains_key(ufficio));
        dal = al.saturating_add(1.days());
    }
    Ok(found)
}

fn ufficio(cammino: &Cammino, orario: &Orario, primo: Option<&SlotOfferto>) -> VistaUfficio {
    let codice = orario.ufficio.to_string();
    VistaUfficio {
        sede: sede(orario, &cammino.prenotabile.codice),
        primo: primo.map(|slot| parole::quando(slot.inizio)).unwrap_or_default(),
        href: cammino.href_orario(&[("ufficio", codice)]),
    }
}

fn primo(cammino: &Cammino, orari: &[Arc<Orario>], slot: &SlotOfferto) -> PrimoLibero {
    let office = orari.iter().find(|orario| orario.ufficio == slot.id.ufficio);
    PrimoLibero {
        quando: parole::quando(slot.inizio),
        dove: office.map(|orario| orario.luogo.nome.clone()).unwrap_or_default(),
        href: cammino.href_orario(&[("ufficio", slot.id.ufficio.to_string()), ("slot", slot.id.to_string())]),
    }
}

/// Languages that one can ask for: those of the desks beside Italian.
fn lingue(orari: &[Arc<Orario>], codice: &str) -> Vec<Opzione> {
    let desks = orari.iter().flat_map(|orario| &orario.sportelli).filter(|sportello| sportello.serve(codice));
    let mut codes: Vec<&String> = desks.flat_map(|sportello| &sportello.lingue).filter(|code| *code != "it").collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().map(|code| Opzione::new(code.as_str(), lingua(code))).collect()
}
