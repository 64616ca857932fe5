//! The 64 topics of the model (C.SI.1.5), and what there is about each.

use super::servizi::{Scheda, schede};
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Voce};
use crate::richiesta::Richiesta;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use domain::servizio::argomenti;

/// The name as a part of an address: `mobilita-sostenibile`.
fn slug(name: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        'à' => 'a',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    name.chars().map(plain).collect()
}

/// Path of a topic.
pub fn href(name: &str) -> String {
    format!("/argomenti/{}", slug(name))
}

#[derive(Template)]
#[template(path = "pubbliche/argomenti.html")]
struct Argomenti {
    layout: Layout,
    argomenti: Vec<Voce>,
}

fn voci() -> Vec<Voce> {
    argomenti().iter().map(|name| Voce::new(href(name), *name)).collect()
}

/// `GET /argomenti`.
pub async fn elenco(r: Richiesta) -> Result<Response, Errore> {
    let titolo = crate::t("argomenti-titolo");
    let layout = r.layout(titolo.clone()).con_percorso([("/argomenti", titolo.as_str())]);
    Ok(Pagina(Argomenti { layout: Layout { feedback: true, ..layout }, argomenti: voci() }).into_response())
}

#[derive(Template)]
#[template(path = "pubbliche/argomento.html")]
struct Argomento {
    layout: Layout,
    servizi: Vec<Scheda>,
}

/// `GET /argomenti/{argomento}`.
pub async fn mostra(r: Richiesta, Path(argomento): Path<String>) -> Result<Response, Errore> {
    let name = argomenti().iter().copied().find(|name| slug(name) == argomento).ok_or(Errore::NonTrovato)?;
    let all = crate::t("argomenti-titolo");
    let layout = r.layout(name).con_percorso([("/argomenti", all.as_str()), (href(name).as_str(), name)]);
    let servizi = schede(&r).into_iter().filter(|s| s.argomenti.iter().any(|other| other == name)).collect();
    Ok(Pagina(Argomento { layout: Layout { feedback: true, ..layout }, servizi }).into_response())
}

#[cfg(test)]
mod tests {
    use super::super::servizi::tutte;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn addresses_are_plain_and_all_different() {
        assert_eq!(slug("Mobilità sostenibile"), "mobilita-sostenibile");
        let all: HashSet<String> = argomenti().iter().map(|name| slug(name)).collect();
        assert_eq!(all.len(), 64);
        assert!(all.iter().all(|slug| slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    }

    #[test]
    fn services_name_only_topics_of_the_model() {
        for servizio in tutte() {
            assert!(
                servizio.argomenti.iter().all(|name| argomenti().contains(&name.as_str())),
                "{:?}",
                servizio.argomenti
            );
        }
    }

    #[test]
    fn the_page_lists_all_topics() {
        let layout = Layout::new("Comune di Prova", "Argomenti", "/argomenti");
        let html = Argomenti { layout: layout.clone(), argomenti: voci() }.render().unwrap();
        assert_eq!(html.matches("data-element=\"topic-element\"").count(), 64);
        let empty = Argomento { layout: layout.clone(), servizi: Vec::new() }.render().unwrap();
        assert!(empty.contains(&crate::t("argomento-vuoto")));
        let one = Argomento { layout, servizi: tutte() }.render().unwrap();
        assert!(one.contains("/servizi/richiesta-generica"));
    }
}
