//! The list of services, whole, by words or by category.

use super::{Scheda, schede};
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Voce};
use crate::richiesta::Richiesta;
use app::cerca;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use domain::servizio::categorie;
use serde::Deserialize;

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    testo: String,
}

#[derive(Template)]
#[template(path = "pubbliche/servizi.html")]
pub(super) struct Catalogo {
    pub layout: Layout,
    pub testo: String,
    /// The categories of the model, with what each holds.
    pub categorie: Vec<(Voce, String)>,
    pub quanti: String,
    pub servizi: Vec<Scheda>,
}

#[derive(Template)]
#[template(path = "pubbliche/categoria.html")]
pub(super) struct PaginaCategoria {
    pub layout: Layout,
    pub quanti: String,
    pub servizi: Vec<Scheda>,
}

/// Services that hold all the words looked for.
pub(super) fn trovati(all: Vec<Scheda>, testo: &str) -> Vec<Scheda> {
    let parole = cerca::Parole::new(testo);
    let fits = |s: &Scheda| parole.trova_in((&s.nome, &s.descrizione), &s.argomenti, &s.categoria);
    all.into_iter().filter(fits).collect()
}

/// A name as a part of an address: `mobilita-e-trasporti`.
pub(super) fn slug(name: &str) -> String {
    cerca::piano(name).split_whitespace().collect::<Vec<_>>().join("-")
}

/// Page of a category.
pub(super) fn href(categoria: &str) -> String {
    format!("/servizi/categoria/{}", slug(categoria))
}

pub(super) fn quanti(servizi: &[Scheda]) -> String {
    match servizi.len() {
        1 => crate::t("servizi-uno"),
        n => crate::ta("servizi-quanti", &[("quanti", &n.to_string())]),
    }
}

/// All categories of the model, in the order of the alphabet.
pub(super) fn voci(all: &[Scheda]) -> Vec<(Voce, String)> {
    let voce = |name: &&str| {
        let there: Vec<Scheda> = all.iter().filter(|s| s.categoria == *name).cloned().collect();
        (Voce::new(href(name), *name), quanti(&there))
    };
    categorie().iter().map(voce).collect()
}

/// `GET /servizi`.
pub async fn elenco(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let titolo = crate::t("servizi-titolo");
    let all = schede(&r);
    let testo: String = domanda.testo.trim().chars().take(cerca::MAX_TESTO).collect();
    let categorie = voci(&all);
    let servizi = trovati(all, &testo);
    let page = Catalogo {
        layout: Layout { feedback: true, ..r.layout(titolo.clone()).con_percorso([("/servizi", titolo.as_str())]) },
        quanti: quanti(&servizi),
        categorie,
        servizi,
        testo,
    };
    Ok(Pagina(page).into_response())
}

/// `GET /servizi/categoria/{categoria}`.
pub async fn categoria(r: Richiesta, Path(categoria): Path<String>) -> Result<Response, Errore> {
    let name = categorie().iter().find(|name| slug(name) == categoria).ok_or(Errore::NonTrovato)?;
    let all = crate::t("servizi-titolo");
    let layout = r.layout(*name).con_percorso([("/servizi", all.as_str()), (href(name).as_str(), name)]);
    let servizi: Vec<Scheda> = schede(&r).into_iter().filter(|s| s.categoria == **name).collect();
    let page = PaginaCategoria { layout: Layout { feedback: true, ..layout }, quanti: quanti(&servizi), servizi };
    Ok(Pagina(page).into_response())
}
