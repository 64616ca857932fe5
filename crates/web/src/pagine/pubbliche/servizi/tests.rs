//! The services with the shipped catalogue.

use super::elenco::{Catalogo, PaginaCategoria, href, quanti, slug, trovati, voci};
use super::scheda::{apertura, pagina};
use super::*;
use crate::layout::Layout;
use app::{Ente, Ufficio};
use askama::Template;
use domain::ente::CodiceUfficio;
use domain::servizio::{Finestra, categorie};
use jiff::civil::{Date, date};
use scraper::{Html, Selector};

const OGGI: Date = date(2026, 11, 22);

pub fn esempio() -> Ente {
    let office = |codice: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: format!("Ufficio Prova {codice}"),
        email: format!("{codice}@comune.prova.example"),
        telefono: "0187 555 0101".into(),
    };
    Ente {
        codice: domain::ente::CodiceEnte::parse("c_p000").unwrap(),
        denominazione: "Comune di Prova".into(),
        nome: "Prova".into(),
        motto: String::new(),
        regione: "Regione Prova".into(),
        aoo: "AOO1".into(),
        host: vec!["localhost".into()],
        base_url: "https://comune.prova.example".into(),
        email: "urp@comune.prova.example".into(),
        pec: "pec@comune.prova.example".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza </script> 1, 19100 Prova".into(),
        centro: ("44.1".into(), "9.8".into()),
        strade: None,
        patrono: None,
        uffici: ["urp", "segreteria-sindaco", "mobilita"].map(office).to_vec(),
    }
}

fn html(servizio: &Scheda) -> String {
    let layout = Layout::new("Comune di Prova", servizio.nome.clone(), servizio.href());
    pagina(Layout { feedback: true, ..layout }, servizio.clone(), &esempio(), OGGI).render().unwrap()
}

#[test]
fn each_sheet_has_the_voices_of_the_model_in_order() {
    for servizio in tutte() {
        let html = Html::parse_document(&html(&servizio));
        let text = |css: &str| -> Vec<String> {
            html.select(&Selector::parse(css).unwrap())
                .map(|e| e.text().collect::<String>().trim().to_owned())
                .collect()
        };
        assert_eq!(
            text("[data-element=page-index] > li > a"),
            [
                "A chi è rivolto",
                "Come fare",
                "Cosa serve",
                "Cosa si ottiene",
                "Tempi e scadenze",
                "Accedi al servizio",
                "Condizioni di servizio",
                "Contatti",
            ]
        );
        for element in [
            "title",
            "description",
            "status",
            "addressed",
            "how-to",
            "needed",
            "achieved",
            "calendar-text",
            "online-access",
            "file",
            "area",
            "topic",
        ] {
            let found = text(&format!("[data-element=service-{element}]"));
            assert!(found.iter().any(|t| t.len() >= 3 && !t.contains("servizio-")), "{element}: {found:?}");
        }
        assert_eq!(text("[data-element=feedback-title]").len(), 1);
    }
}

#[test]
fn structured_data_is_whole_and_cannot_end_its_element() {
    let servizio = &tutte()[0];
    let html = html(servizio);
    let document = Html::parse_document(&html);
    let script = Selector::parse("script[data-element=metatag][type='application/ld+json']").unwrap();
    let text: String = document.select(&script).next().unwrap().text().collect();
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let place = &data["availableChannel"]["serviceLocation"];
    assert_eq!(place["address"]["postalCode"], "19100");
    assert_eq!(place["address"]["streetAddress"], "Piazza </script> 1");
    for value in [&data["name"], &data["serviceType"], &data["audience"]["audienceType"], &place["name"]] {
        assert!(value.as_str().is_some_and(|text| text.len() > 2), "{value}");
    }
}

#[test]
fn services_are_found_by_words_without_accents() {
    let find = |testo: &str| trovati(tutte(), testo).len();
    assert_eq!(find(""), tutte().len());
    assert_eq!(find("SINDAC"), 1);
    assert!(find("mobilita") >= 1 && find("Mobilità") == find("mobilita"));
    assert!(find("ztl permesso") >= 1, "words in any order");
    assert_eq!(find("xyzxyz"), 0);
}

fn catalogo_con(servizi: Vec<Scheda>, testo: &str) -> String {
    let all = tutte();
    let page = Catalogo {
        layout: Layout::new("Comune di Prova", "Servizi", "/servizi"),
        testo: testo.into(),
        categorie: voci(&all),
        quanti: quanti(&servizi),
        servizi,
    };
    page.render().unwrap()
}

#[test]
fn the_list_links_every_sheet_and_every_category() {
    let all = tutte();
    let html = Html::parse_document(&catalogo_con(all.clone(), ""));
    let links = Selector::parse("a[data-element=service-link]").unwrap();
    assert_eq!(html.select(&links).count(), all.len());
    let categories = Selector::parse("a[data-element=service-category-link]").unwrap();
    let names: Vec<String> = html.select(&categories).map(|e| e.text().collect()).collect();
    assert_eq!(names, categorie());
    assert!(catalogo_con(Vec::new(), "xyz").contains(&crate::t("servizi-vuoto")));
}

#[test]
fn categories_have_plain_addresses_and_pages() {
    assert_eq!(href("Salute, benessere e assistenza"), "/servizi/categoria/salute-benessere-e-assistenza");
    let slugs: std::collections::BTreeSet<String> = categorie().iter().map(|name| slug(name)).collect();
    assert_eq!(slugs.len(), 15);
    assert!(!slugs.contains("richiedi"));
    let known = |s: &Scheda| categorie().contains(&s.categoria.as_str());
    assert!(tutte().iter().all(known));
    let page = |servizi: Vec<Scheda>| {
        let layout = Layout::new("Comune di Prova", "Ambiente", "/servizi/categoria/ambiente");
        PaginaCategoria { layout, quanti: quanti(&servizi), servizi }.render().unwrap()
    };
    assert!(page(Vec::new()).contains(&crate::t("servizi-categoria-vuota")));
    assert!(page(tutte()).contains("/servizi/richiesta-generica"));
}

#[test]
fn outside_its_days_a_service_cannot_be_asked_for() {
    let mut servizio = catalogo::spediti()[0].clone();
    servizio.finestra = Some(Finestra { dal: date(2026, 1, 10), al: date(2026, 2, 20) });
    let on = |day| apertura(&servizio, day);
    assert!(on(date(2026, 1, 10)).aperto && on(date(2026, 2, 20)).aperto);
    assert!(!on(date(2026, 2, 21)).aperto && on(date(2026, 2, 21)).quando.contains("20 febbraio 2026"));
    assert!(on(date(2026, 1, 1)).quando.contains("10 gennaio 2026"));
    let scheda = di([Arc::new(servizio)]).pop().unwrap();
    let layout = || Layout::new("Comune di Prova", "x", scheda.href());
    let shown = |day| pagina(layout(), scheda.clone(), &esempio(), day).render().unwrap();
    let begin = format!("href=\"{}\"", scheda.inizio);
    assert!(shown(date(2026, 1, 15)).contains(&begin));
    let closed = shown(date(2026, 5, 1));
    assert!(!closed.contains(&begin) && closed.contains(&crate::t("servizi-chiuso")));
}
