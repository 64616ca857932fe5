//! The 64 topics of the model (C.SI.1.5), and what there is about each.

use super::servizi::{Scheda, schede};
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Voce};
use crate::richiesta::Richiesta;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

/// The vocabulary of the model.
pub const ARGOMENTI: [&str; 64] = [
    "Accesso all'informazione",
    "Acqua",
    "Agricoltura",
    "Anagrafe",
    "Animale domestico",
    "Aria",
    "Assistenza agli invalidi",
    "Assistenza sociale",
    "Associazioni",
    "Bilancio",
    "Commercio al minuto",
    "Commercio all'ingrosso",
    "Commercio ambulante",
    "Comunicazione istituzionale",
    "Comunicazione politica",
    "Concorsi",
    "Covid-19",
    "Elezioni",
    "Energie rinnovabili",
    "Estero",
    "Foreste",
    "Formazione professionale",
    "Gemellaggi",
    "Gestione rifiuti",
    "Giustizia",
    "Igiene pubblica",
    "Immigrazione",
    "Imposte",
    "Imprese",
    "Inquinamento",
    "Integrazione sociale",
    "Isolamento termico",
    "Istruzione",
    "Lavoro",
    "Matrimonio",
    "Mercato",
    "Mobilità sostenibile",
    "Morte",
    "Nascita",
    "Parcheggi",
    "Patrimonio culturale",
    "Pesca",
    "Piano di sviluppo",
    "Pista ciclabile",
    "PNRR",
    "Politica commerciale",
    "Polizia",
    "Prodotti alimentari",
    "Protezione civile",
    "Residenza",
    "Risposta alle emergenze",
    "Sistema giuridico",
    "Spazio Verde",
    "Sport",
    "Sviluppo sostenibile",
    "Tassa sui servizi",
    "Tempo libero",
    "Trasparenza amministrativa",
    "Trasporto pubblico",
    "Turismo",
    "Urbanizzazione",
    "Viaggi",
    "Zone pedonali",
    "ZTL",
];

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
    ARGOMENTI.iter().map(|name| Voce::new(href(name), *name)).collect()
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
    let name = ARGOMENTI.into_iter().find(|name| slug(name) == argomento).ok_or(Errore::NonTrovato)?;
    let all = crate::t("argomenti-titolo");
    let layout = r.layout(name).con_percorso([("/argomenti", all.as_str()), (href(name).as_str(), name)]);
    let servizi = schede().into_iter().filter(|s| s.argomenti.contains(&name)).collect();
    Ok(Pagina(Argomento { layout: Layout { feedback: true, ..layout }, servizi }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn addresses_are_plain_and_all_different() {
        assert_eq!(slug("Mobilità sostenibile"), "mobilita-sostenibile");
        let all: HashSet<String> = ARGOMENTI.iter().map(|name| slug(name)).collect();
        assert_eq!(all.len(), 64);
        assert!(all.iter().all(|slug| slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    }

    #[test]
    fn services_name_only_topics_of_the_model() {
        for servizio in schede() {
            assert!(servizio.argomenti.iter().all(|name| ARGOMENTI.contains(name)), "{:?}", servizio.argomenti);
        }
    }

    #[test]
    fn the_page_lists_all_topics() {
        let layout = Layout::new("Comune di Prova", "Argomenti", "/argomenti");
        let html = Argomenti { layout: layout.clone(), argomenti: voci() }.render().unwrap();
        assert_eq!(html.matches("data-element=\"topic-element\"").count(), 64);
        let empty = Argomento { layout: layout.clone(), servizi: Vec::new() }.render().unwrap();
        assert!(empty.contains(&crate::t("argomento-vuoto")));
        let one = Argomento { layout, servizi: schede() }.render().unwrap();
        assert!(one.contains("/servizi/richiesta-generica"));
    }
}
