//! What for: the services that can be booked, by office, with a search.

use super::INIZIO;
use super::domanda::{Domanda, href};
use super::vista::{Gruppo, PaginaElenco, VoceServizio};
use crate::errore::{Errore, Pagina};
use crate::layout::Layout;
use crate::richiesta::Richiesta;
use crate::{t, ta};
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use domain::prenotabile::{Orario, Prenotabile};
use std::sync::Arc;

/// `GET /prenota-appuntamento`. From a sheet, a case or an office the choice is made or shorter.
pub async fn mostra(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let app = &r.web.app;
    let mut scelti = Vec::new();
    if !domanda.servizio.is_empty() {
        scelti = domanda.prenotabile(&r).map_or_else(|| app.prenotabili_di(&r.ctx, &domanda.servizio), |one| vec![one]);
    }
    if let [one] = scelti.as_slice() {
        let mut all = domanda.fissi();
        all.retain(|(nome, _)| *nome != "servizio");
        all.insert(0, ("servizio", one.codice.clone()));
        // The office of a sheet may be another one than those that receive for it.
        let there = domanda.ufficio().filter(|ufficio| offre(&r, ufficio, &one.codice));
        all.extend(there.map(|ufficio| ("ufficio", ufficio.to_string())));
        return Ok(Redirect::to(&href(&format!("{INIZIO}/luogo"), &all)).into_response());
    }
    let orari = app.orari(&r.ctx);
    let mut prenotabili = if scelti.is_empty() { app.prenotabili(&r.ctx) } else { scelti };
    let tutti = prenotabili.len() == app.prenotabili(&r.ctx).len();
    let mut ristretto = !tutti;
    if let (true, Some(ufficio)) = (tutti, domanda.ufficio()) {
        let here: Vec<_> = prenotabili.iter().filter(|one| offre(&r, &ufficio, &one.codice)).cloned().collect();
        if !here.is_empty() {
            prenotabili = here;
            ristretto = true;
        }
    }
    let trovati = cerca(&prenotabili, &domanda.cerca);
    let titolo = t("prenota-titolo");
    let layout = r.layout(titolo.clone()).con_percorso([(INIZIO, titolo.as_str())]);
    let page = PaginaElenco {
        layout: Layout { feedback: true, ..layout },
        gruppi: gruppi(&trovati, &orari, &domanda),
        trovati: quanti(trovati.len()),
        vuoto: trovati.is_empty(),
        cerca: domanda.cerca.clone(),
        nascosti: domanda.fissi().into_iter().map(|(nome, valore)| (nome.to_owned(), valore)).collect(),
        tutti: (ristretto || !domanda.cerca.is_empty()).then(|| INIZIO.to_owned()),
        uffici: r.ctx.ente.uffici.iter().filter(|ufficio| !ufficio.telefono.is_empty()).cloned().collect(),
    };
    Ok(Pagina(page).into_response())
}

fn offre(r: &Richiesta, ufficio: &domain::ente::CodiceUfficio, codice: &str) -> bool {
    r.web.app.orario(&r.ctx, ufficio).is_some_and(|orario| orario.offre(codice))
}

fn quanti(n: usize) -> String {
    match n {
        1 => t("prenota-un-servizio"),
        n => ta("prenota-servizi", &[("n", &n.to_string())]),
    }
}

/// Letters without accents and case, so that `identita` finds `Identità`.
pub(super) fn piano(testo: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' => 'a',
        'è' | 'é' => 'e',
        'ì' | 'í' => 'i',
        'ò' | 'ó' => 'o',
        'ù' | 'ú' => 'u',
        '\u{2019}' => '\'',
        c => c,
    };
    testo.to_lowercase().chars().map(plain).collect()
}

/// Those in which all words occur.
pub(super) fn cerca(tutti: &[Arc<Prenotabile>], testo: &str) -> Vec<Arc<Prenotabile>> {
    let testo: String = testo.chars().take(super::limits::VALORE).collect();
    let words: Vec<String> = piano(&testo).split_whitespace().map(str::to_owned).collect();
    let found = |one: &&Arc<Prenotabile>| {
        let all = piano(&format!("{} {} {}", one.nome, one.descrizione, one.motivi.join(" ")));
        words.iter().all(|word| all.contains(word.as_str()))
    };
    tutti.iter().filter(found).cloned().collect()
}

/// By office; what several offer stands under the first that does, with the number of the others.
pub(super) fn gruppi(tutti: &[Arc<Prenotabile>], orari: &[Arc<Orario>], domanda: &Domanda) -> Vec<Gruppo> {
    let mut gruppi: Vec<Gruppo> = Vec::new();
    for one in tutti {
        let mut offices = orari.iter().filter(|orario| orario.offre(&one.codice));
        let Some(first) = offices.next() else { continue };
        let others = offices.count();
        let mut all = domanda.fissi();
        all.retain(|(nome, _)| *nome != "servizio");
        all.insert(0, ("servizio", one.codice.clone()));
        let voce = VoceServizio {
            href: href(&format!("{INIZIO}/luogo"), &all),
            nome: one.nome.clone(),
            testo: one.descrizione.clone(),
            altrove: match others {
                0 => String::new(),
                1 => t("prenota-anche-altro-ufficio"),
                n => ta("prenota-anche-altri-uffici", &[("n", &n.to_string())]),
            },
        };
        match gruppi.iter_mut().find(|gruppo| gruppo.ufficio == first.luogo.nome) {
            Some(gruppo) => gruppo.servizi.push(voce),
            None => gruppi.push(Gruppo { ufficio: first.luogo.nome.clone(), servizi: vec![voce] }),
        }
    }
    gruppi.sort_by_key(|gruppo| piano(&gruppo.ufficio));
    gruppi
}
