//! The services and their sheets, with the voices of the model of the Modello Comuni in its order (C.SI.1.3).

use super::argomenti;
use crate::errore::{Errore, Pagina};
use crate::layout::{Layout, Opzione, Voce};
use crate::richiesta::Richiesta;
use app::{Ente, Ufficio};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use domain::ente::CodiceUfficio;
use domain::servizio::catalogo;
use serde::Deserialize;
use serde_json::json;

/// Code of the report of a fault among the services.
const SEGNALAZIONE: &str = "segnalazione-disservizio";
/// Code of the letter to the mayor among the services.
const LETTERA: &str = "lettera-al-sindaco";

/// A service, as its sheet shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheda {
    pub codice: String,
    pub nome: String,
    pub descrizione: String,
    /// One of the fifteen categories of the model.
    pub categoria: String,
    /// Topics of the model.
    pub argomenti: Vec<&'static str>,
    /// Where it begins.
    pub inizio: String,
    /// Office that answers, by code.
    pub ufficio: String,
    /// Days for the answer.
    pub giorni: u16,
}

impl Scheda {
    /// Path of the sheet.
    pub fn href(&self) -> String {
        format!("/servizi/{}", self.codice)
    }

    /// A voice of the sheet: of this service, or the one that holds for all.
    fn voce(&self, name: &str) -> String {
        let giorni = self.giorni.to_string();
        let say = |key: &str| crate::ta(key, &[("giorni", giorni.as_str())]);
        let key = format!("servizio-{}-{name}", self.codice);
        let own = say(&key);
        // A key that the catalogue does not know comes back as it is.
        if own == key { say(&format!("servizio-comune-{name}")) } else { own }
    }
}

/// All services: the two that are no istanza, then the catalogue.
pub fn schede() -> Vec<Scheda> {
    let one = |codice: &str, inizio: &str, ufficio: &str, giorni, argomenti: &[&'static str]| Scheda {
        nome: crate::t(&format!("servizio-{codice}-nome")),
        descrizione: crate::t(&format!("servizio-{codice}-descrizione")),
        categoria: crate::t(&format!("servizio-{codice}-categoria")),
        codice: codice.to_owned(),
        argomenti: argomenti.to_vec(),
        inizio: inizio.to_owned(),
        ufficio: ufficio.to_owned(),
        giorni,
    };
    let istanza = |s: &domain::servizio::Servizio| Scheda {
        categoria: crate::t("servizio-comune-categoria"),
        argomenti: vec!["Accesso all'informazione", "Trasparenza amministrativa"],
        inizio: format!("/servizi/{}/richiedi", s.codice),
        ufficio: s.ufficio.to_string(),
        giorni: s.termine_giorni,
        codice: s.codice.clone(),
        nome: s.nome.clone(),
        descrizione: s.descrizione.clone(),
    };
    let giorni = domain::segnalazione::limiti::GIORNI;
    let mut all = vec![
        one(SEGNALAZIONE, "/segnala", "urp", giorni, &["Igiene pubblica", "Spazio Verde"]),
        one(
            LETTERA,
            "/scrivi-al-sindaco",
            "segreteria-sindaco",
            domain::lettera::limiti::GIORNI,
            &["Comunicazione istituzionale", "Accesso all'informazione"],
        ),
    ];
    all.extend(catalogo().iter().map(istanza));
    all
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    testo: String,
    categoria: String,
}

#[derive(Template)]
#[template(path = "pubbliche/servizi.html")]
struct Catalogo {
    layout: Layout,
    domanda: Domanda,
    categorie: Vec<Opzione>,
    servizi: Vec<Scheda>,
}

fn cerca(all: Vec<Scheda>, domanda: &Domanda) -> Vec<Scheda> {
    let text = domanda.testo.trim().to_lowercase();
    let fits = |s: &Scheda| {
        let words = format!("{} {} {}", s.nome, s.descrizione, s.argomenti.join(" ")).to_lowercase();
        words.contains(&text) && (domanda.categoria.is_empty() || s.categoria == domanda.categoria)
    };
    all.into_iter().filter(fits).collect()
}

/// Categories that have a service, in the order of the alphabet.
fn categorie(all: &[Scheda]) -> Vec<Opzione> {
    let mut names: Vec<&str> = all.iter().map(|s| s.categoria.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| Opzione::new(urlencoding::encode(name), name)).collect()
}

/// `GET /servizi`.
pub async fn elenco(r: Richiesta, Query(domanda): Query<Domanda>) -> Result<Response, Errore> {
    let titolo = crate::t("servizi-titolo");
    let all = schede();
    let page = Catalogo {
        layout: Layout { feedback: true, ..r.layout(titolo.clone()).con_percorso([("/servizi", titolo.as_str())]) },
        categorie: categorie(&all),
        servizi: cerca(all, &domanda),
        domanda,
    };
    Ok(Pagina(page).into_response())
}

/// The words of a sheet.
struct Voci {
    rivolto: String,
    come: String,
    serve: String,
    ottiene: String,
    tempi: String,
}

#[derive(Template)]
#[template(path = "pubbliche/scheda.html")]
struct PaginaScheda {
    layout: Layout,
    servizio: Scheda,
    voci: Voci,
    argomenti: Vec<Voce>,
    ufficio: Option<Ufficio>,
    indirizzo: String,
    /// Structured data, safe inside a script element.
    metatag: String,
}

/// `GET /servizi/{codice}`.
pub async fn scheda(r: Richiesta, Path(codice): Path<String>) -> Result<Response, Errore> {
    let servizio = schede().into_iter().find(|s| s.codice == codice).ok_or(Errore::NonTrovato)?;
    let (elenco, href) = (crate::t("servizi-titolo"), servizio.href());
    let categoria = format!("/servizi?categoria={}", urlencoding::encode(&servizio.categoria));
    let layout = r.layout(servizio.nome.clone()).con_percorso([
        ("/servizi", elenco.as_str()),
        (categoria.as_str(), servizio.categoria.as_str()),
        (href.as_str(), servizio.nome.as_str()),
    ]);
    Ok(Pagina(pagina(Layout { feedback: true, ..layout }, servizio, &r.ctx.ente)).into_response())
}

fn pagina(layout: Layout, servizio: Scheda, ente: &Ente) -> PaginaScheda {
    PaginaScheda {
        layout,
        voci: Voci {
            rivolto: servizio.voce("rivolto"),
            come: servizio.voce("come"),
            serve: servizio.voce("serve"),
            ottiene: servizio.voce("ottiene"),
            tempi: servizio.voce("tempi"),
        },
        argomenti: servizio.argomenti.iter().map(|name| Voce::new(argomenti::href(name), *name)).collect(),
        ufficio: ente.ufficio(&CodiceUfficio::new(servizio.ufficio.clone())).cloned(),
        indirizzo: ente.indirizzo.clone(),
        metatag: metatag(&servizio, ente),
        servizio,
    }
}

/// `schema.org/GovernmentService` (R.SI.1.1).
fn metatag(servizio: &Scheda, ente: &Ente) -> String {
    let office = ente.nome_ufficio(&CodiceUfficio::new(servizio.ufficio.clone())).to_owned();
    let (street, cap) = indirizzo(&ente.indirizzo);
    let data = json!({
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": servizio.nome,
        "serviceType": servizio.categoria,
        "serviceOperator": { "@type": "GovernmentOrganization", "name": ente.denominazione },
        "areaServed": { "@type": "AdministrativeArea", "name": ente.nome },
        "audience": { "@type": "Audience", "audienceType": servizio.voce("rivolto") },
        "availableChannel": {
            "@type": "ServiceChannel",
            "name": office,
            "serviceUrl": format!("{}{}", ente.base_url, servizio.inizio),
            "serviceLocation": {
                "@type": "Place",
                "name": office,
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": street,
                    "postalCode": cap,
                    "addressLocality": ente.nome,
                },
            },
        },
    });
    // `</script>` in a text would end the element.
    data.to_string().replace('<', "\\u003c")
}

/// Street and postal code of an address on one line (`Piazza della Fonte 1, 00000 Montelume`).
fn indirizzo(line: &str) -> (String, String) {
    let street = line.split(',').next().unwrap_or(line).trim();
    let cap = |word: &&str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    let cap = line.split([' ', ',']).find(cap).unwrap_or("00000");
    (street.to_owned(), cap.to_owned())
}

#[cfg(test)]
pub(super) fn esempio() -> Ente {
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
        uffici: ["urp", "segreteria-sindaco"].map(office).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn html(servizio: &Scheda) -> String {
        let layout = Layout::new("Comune di Prova", servizio.nome.clone(), servizio.href());
        pagina(Layout { feedback: true, ..layout }, servizio.clone(), &esempio()).render().unwrap()
    }

    #[test]
    fn each_sheet_has_the_voices_of_the_model_in_order() {
        for servizio in schede() {
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
        let servizio = &schede()[0];
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
    fn services_are_found_by_word_and_category() {
        let find = |testo: &str, categoria: &str| {
            let domanda = Domanda { testo: testo.into(), categoria: categoria.into() };
            cerca(schede(), &domanda).len()
        };
        assert_eq!(find("", ""), schede().len());
        assert_eq!(find("SINDAC", ""), 1);
        assert_eq!(find("", &schede()[0].categoria), 1);
        assert_eq!(find("xyzxyz", ""), 0);
    }

    #[test]
    fn the_list_links_every_sheet() {
        let all = schede();
        let page = Catalogo {
            layout: Layout::new("Comune di Prova", "Servizi", "/servizi"),
            domanda: Domanda::default(),
            categorie: categorie(&all),
            servizi: all.clone(),
        };
        let html = Html::parse_document(&page.render().unwrap());
        let links = Selector::parse("a[data-element=service-link]").unwrap();
        assert_eq!(html.select(&links).count(), all.len());
        let categories = Selector::parse("a[data-element=service-category-link]").unwrap();
        assert_eq!(html.select(&categories).count(), categorie(&all).len());
    }
}
