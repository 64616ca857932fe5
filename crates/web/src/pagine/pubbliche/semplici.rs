//! Pages with nothing but the ente and words.

use super::servizi::Scheda;
use crate::errore::{Errore, Pagina};
use crate::layout::Layout;
use crate::richiesta::Richiesta;
use crate::state::Web;
use app::Ente;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

/// Questions of the page of frequent questions.
const DOMANDE: usize = 11;

#[derive(Template)]
#[template(path = "pubbliche/home.html")]
struct Home {
    layout: Layout,
    ente: Arc<Ente>,
}

async fn home(r: Richiesta) -> Result<Response, Errore> {
    let layout = Layout { feedback: true, ..r.layout(crate::t("home-titolo")) };
    Ok(Pagina(Home { layout, ente: r.ctx.ente.clone() }).into_response())
}

#[derive(Template)]
#[template(path = "pubbliche/domande.html")]
struct Domande {
    layout: Layout,
    domande: Vec<(String, String)>,
}

fn domande() -> Vec<(String, String)> {
    let one = |n| (crate::t(&format!("domanda-{n}")), crate::t(&format!("domanda-{n}-risposta")));
    (1..=DOMANDE).map(one).collect()
}

async fn domande_frequenti(r: Richiesta) -> Result<Response, Errore> {
    let layout = frame(&r, "/domande-frequenti", "domande-titolo", true);
    Ok(Pagina(Domande { layout, domande: domande() }).into_response())
}

#[derive(Template)]
#[template(path = "pubbliche/mappa_sito.html")]
struct MappaSito {
    layout: Layout,
    servizi: Vec<Scheda>,
}

async fn mappa_sito(r: Richiesta) -> Result<Response, Errore> {
    let layout = frame(&r, "/mappa-sito", "mappa-sito-titolo", false);
    Ok(Pagina(MappaSito { layout, servizi: super::servizi::schede(&r) }).into_response())
}

fn frame(r: &Richiesta, path: &str, key: &str, feedback: bool) -> Layout {
    let titolo = crate::t(key);
    Layout { feedback, ..r.layout(titolo.clone()).con_percorso([(path, titolo.as_str())]) }
}

/// A page each: name of its type, path, template, key of its title, whether it asks how clear it is,
/// and `ente` when its words name the ente.
macro_rules! pagine {
    ($($name:ident $path:literal $template:literal $key:literal $feedback:literal $($ente:ident)?;)*) => {
        $(
            #[derive(Template)]
            #[template(path = $template)]
            struct $name {
                layout: Layout,
                $($ente: Arc<Ente>,)?
            }

            impl $name {
                async fn mostra(r: Richiesta) -> Response {
                    let layout = frame(&r, $path, $key, $feedback);
                    Pagina(Self { layout, $($ente: r.ctx.ente.clone(),)? }).into_response()
                }
            }
        )*

        /// The routes.
        pub fn routes() -> Router<Web> {
            Router::new()
                .route("/", get(home))
                .route("/domande-frequenti", get(domande_frequenti))
                .route("/mappa-sito", get(mappa_sito))
                $(.route($path, get($name::mostra)))*
        }

        #[cfg(test)]
        fn tutte(ente: &Arc<Ente>) -> Vec<(&'static str, String)> {
            let layout = |path: &str, key: &str, feedback| Layout {
                feedback,
                ..Layout::new("Comune di Prova", crate::t(key), path)
            };
            vec![
                ("/", Home { layout: layout("/", "home-titolo", true), ente: ente.clone() }.render().unwrap()),
                ("/domande-frequenti", Domande {
                    layout: layout("/domande-frequenti", "domande-titolo", true),
                    domande: domande(),
                }.render().unwrap()),
                ("/mappa-sito", MappaSito {
                    layout: layout("/mappa-sito", "mappa-sito-titolo", false),
                    servizi: super::servizi::tutte(),
                }.render().unwrap()),
                $(($path, $name { layout: layout($path, $key, $feedback), $($ente: ente.clone(),)? }.render().unwrap()),)*
            ]
        }
    };
}

pagine! {
    Amministrazione "/amministrazione" "pubbliche/amministrazione.html" "amministrazione-titolo" true;
    Uffici "/uffici" "pubbliche/uffici.html" "uffici-titolo" true ente;
    Novita "/novita" "pubbliche/novita.html" "novita-titolo" true;
    Vivere "/vivere-il-comune" "pubbliche/vivere.html" "vivere-titolo" true ente;
    Assistenza "/assistenza" "pubbliche/assistenza.html" "assistenza-titolo" false ente;
    Privacy "/privacy" "pubbliche/privacy.html" "privacy-titolo" false ente;
    NoteLegali "/note-legali" "pubbliche/note_legali.html" "note-legali-titolo" false;
    Accessibilita "/accessibilita" "pubbliche/accessibilita.html" "accessibilita-titolo" false ente;
    Condizioni "/condizioni-di-servizio" "pubbliche/condizioni.html" "condizioni-titolo" false;
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn ente() -> Arc<Ente> {
        Arc::new(super::super::servizi::esempio())
    }

    fn texts(html: &str, css: &str) -> Vec<String> {
        let html = Html::parse_document(html);
        let css = Selector::parse(css).unwrap();
        let found = html.select(&css).map(|e| e.text().collect::<String>());
        found.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn every_page_has_one_title_and_words_for_all_its_keys() {
        let key = sembra_chiave;
        for (path, html) in tutte(&ente()) {
            assert_eq!(texts(&html, "h1").len(), 1, "{path}");
            let body = texts(&html, "main").join(" ");
            assert_eq!(body.split(' ').find(|word| key(word)), None, "{path} shows the key of a sentence");
        }
    }

    /// A word that looks like a key of the catalogue: `home-titolo`.
    fn sembra_chiave(word: &str) -> bool {
        let prefixes = ["home-", "uffici-", "novita-", "vivere-", "domanda-", "domande-", "assistenza-"];
        prefixes.iter().any(|prefix| word.starts_with(prefix))
    }

    #[test]
    fn the_legal_notes_have_the_wording_of_the_model() {
        let (_, html) = tutte(&ente()).into_iter().find(|(path, _)| *path == "/note-legali").unwrap();
        assert_eq!(texts(&html, "[data-element=legal-notes-section]"), ["Licenza dei contenuti"]);
        let body = texts(&html, "[data-element=legal-notes-body]").join(" ");
        assert!(body.starts_with("In applicazione del principio open by default ai sensi dell’articolo 52"), "{body}");
        assert!(body.ends_with("senza apporre restrizioni aggiuntive."), "{body}");
    }

    #[test]
    fn four_ways_lead_in_from_the_home_page() {
        let (_, html) = tutte(&ente()).into_iter().find(|(path, _)| *path == "/").unwrap();
        for href in ["/segnala", "/scrivi-al-sindaco", "/servizi/richiesta-generica/richiedi", "/prenota-appuntamento"]
        {
            let link = Selector::parse(&format!("main a[href='{href}']")).unwrap();
            assert_eq!(Html::parse_document(&html).select(&link).count(), 1, "{href}");
        }
    }
}
