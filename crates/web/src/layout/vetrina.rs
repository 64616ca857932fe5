//! Renders every macro and component with sample data: they compile, they keep their promises, and `target/vetrina/` holds the page
//! for looking at it in a browser.

use askama::Template;
use scraper::{Html, Selector};

use super::*;

#[derive(Template)]
#[template(path = "vetrina.html")]
struct Vetrina {
    layout: Layout,
    opzioni: Vec<Opzione>,
    scelti: Vec<String>,
    errori: Vec<ErroreCampo>,
    nome: String,
    passi: Vec<Passo>,
    tappe: Vec<Tappa>,
    pratiche: Vec<SchedaPratica>,
    righe: Vec<Riga>,
    pagine: Paginazione,
}

fn sample(signed_in: bool) -> Vetrina {
    let mut layout = Layout::new("Comune di Borgo Chiaro", "Vetrina dei componenti", "/servizi/vetrina")
        .con_percorso([("/servizi", "Servizi"), ("/servizi/vetrina", "Vetrina dei componenti")]);
    layout.ente_tagline = "Un comune da vivere".into();
    layout.regione = "Regione Esempio".into();
    layout.demo = true;
    layout.demo_posta_href = Some("/demo/posta".into());
    layout.conferma = Some("La tua richiesta è stata inviata.".into());
    layout.feedback = true;
    layout.recapiti = Recapiti {
        indirizzo: "Piazza del Municipio 1, 00000 Borgo Chiaro".into(),
        telefono: "05 0505".into(),
        email: "urp@comune.example".into(),
        pec: "protocollo@pec.comune.example".into(),
        codice_fiscale: "00000000000".into(),
    };
    if signed_in {
        layout.utente = Some(UtenteMenu {
            nome_visualizzato: "Chiara <Bianchi>".into(),
            ruolo: "Cittadina".into(),
            voci: vec![Voce::new("/area-personale", "La tua area personale"), Voce::new("/esci", "Esci")],
        });
    }
    let stati = [
        ("In lavorazione", Tono::InCorso),
        ("Servono documenti", Tono::Attenzione),
        ("Accolta", Tono::Positivo),
        ("Respinta", Tono::Negativo),
        ("Bozza", Tono::Neutro),
    ];
    Vetrina {
        layout,
        opzioni: ["Buca sulla strada", "Lampione spento", "Rifiuti abbandonati"]
            .map(|t| Opzione::new(t.to_lowercase(), t))
            .into(),
        scelti: vec!["lampione spento".into()],
        errori: vec![
            ErroreCampo::new("email", "Scrivi l'indirizzo completo, per esempio nome@dominio.it."),
            ErroreCampo::new("tipo", "Scegli il tipo di problema."),
        ],
        nome: "Chiara".into(),
        passi: vec![
            Passo::new("Informativa", "/passo/1"),
            Passo::new("I tuoi dati", "/passo/2"),
            Passo::new("Dati specifici", ""),
            Passo::new("Riepilogo", ""),
        ],
        tappe: vec![
            Tappa {
                data: "3 marzo 2026, ore 10:12".into(),
                titolo: "Richiesta presentata".into(),
                testo: "Protocollo 1204/2026".into(),
                avvenuta: true,
            },
            Tappa {
                data: "4 marzo 2026".into(),
                titolo: "Presa in carico".into(),
                testo: "Ufficio Anagrafe".into(),
                avvenuta: true,
            },
            Tappa {
                data: "2 aprile 2026".into(),
                titolo: "Conclusione al più tardi".into(),
                testo: String::new(),
                avvenuta: false,
            },
        ],
        pratiche: stati
            .iter()
            .map(|(testo, tono)| SchedaPratica {
                href: "/area-personale/pratiche/1".into(),
                titolo: "Iscrizione alla mensa scolastica".into(),
                numero: "Prot. 1204/2026".into(),
                data: "Presentata il 3 marzo 2026".into(),
                stato: Stato::new(*testo, *tono),
                azione: if *tono == Tono::Attenzione { "Rispondi entro il 10 marzo".into() } else { String::new() },
            })
            .collect(),
        righe: vec![
            Riga::new("Nome e cognome", "Chiara Bianchi"),
            Riga::modificabile("Indirizzo", "Via Roma 12\n00000 Borgo Chiaro", "/modifica"),
            Riga::modificabile("Telefono", "", "/modifica"),
        ],
        pagine: Paginazione {
            precedente: Some("?pagina=1".into()),
            successiva: Some("?pagina=3".into()),
            dove: "Pagina 2 di 7".into(),
        },
    }
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).collect()
}

#[test]
fn frame_carries_the_elements_of_the_conformity_criteria() {
    let page = Html::parse_document(&sample(false).render().unwrap());
    let menu: Vec<String> = ["management", "news", "all-services", "live"]
        .iter()
        .map(|e| select(&page, &format!("[data-element=main-navigation] [data-element={e}]"))[0].text().collect())
        .collect();
    assert_eq!(menu, ["Amministrazione", "Novità", "Servizi", "Vivere il Comune"]);
    for element in ["faq", "report-inefficiency", "privacy-policy-link", "legal-notes", "accessibility-link"] {
        assert_eq!(select(&page, &format!("footer a[data-element={element}]")).len(), 1, "{element}");
    }
    assert_eq!(select(&page, "footer [data-element=report-inefficiency]")[0].inner_html(), "Segnala disservizio");
    for element in ["personal-area-login", "all-topics", "breadcrumb", "page-name", "contacts", "appointment-booking"] {
        assert!(!select(&page, &format!("[data-element={element}]")).is_empty(), "{element}");
    }
    for rate in 1..=5 {
        let label = select(&page, &format!("[data-element=feedback] [data-element=feedback-rate-{rate}]"))[0];
        let target = label.value().attr("for").unwrap();
        assert_eq!(select(&page, &format!("input#{target}[type=radio]")).len(), 1);
    }
    for sign in ["positive", "negative"] {
        assert_eq!(
            select(&page, &format!("[data-element=feedback-rating-{sign}] [data-element=feedback-rating-answer]"))
                .len(),
            5
        );
    }
}

#[test]
fn nothing_inline_and_no_id_twice() {
    for signed_in in [false, true] {
        let html = sample(signed_in).render().unwrap();
        let page = Html::parse_document(&html);
        assert!(select(&page, "[style], style, script:not([src]), [onclick], [onsubmit]").is_empty());
        let mut ids: Vec<_> = select(&page, "[id]").iter().map(|e| e.value().attr("id").unwrap().to_owned()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id occurs twice");
        for link in select(&page, "[aria-describedby], [for]") {
            let names = link.value().attr("aria-describedby").or(link.value().attr("for")).unwrap();
            for name in names.split_whitespace() {
                assert!(ids.binary_search(&name.to_owned()).is_ok(), "nothing has the id {name}");
            }
        }
        assert!(!html.contains("<Bianchi>"), "names are escaped");
    }
}

#[test]
fn errors_lead_to_their_fields() {
    let page = Html::parse_document(&sample(false).render().unwrap());
    let links = select(&page, "[role=alert] a[href^='#campo-']");
    assert_eq!(links.len(), 2);
    for link in links {
        assert_eq!(select(&page, link.value().attr("href").unwrap()).len(), 1);
    }
    let email = select(&page, "#campo-email")[0];
    assert_eq!(email.value().attr("aria-invalid"), Some("true"));
    assert!(email.value().attr("aria-describedby").unwrap().contains("errore-email"));
}

#[test]
fn signing_out_is_a_post() {
    let page = Html::parse_document(&sample(true).render().unwrap());
    assert_eq!(select(&page, "form[method=post][action='/esci'] button").len(), 1);
    assert!(select(&page, "a[href='/esci'], a[href='/accedi']").is_empty());
}

#[test]
fn showcase_is_written_for_looking_at_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/vetrina");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, signed_in) in [("ospite.html", false), ("utente.html", true)] {
        let html = sample(signed_in).render().unwrap();
        // The frame is a small part of the 200 kB a page may weigh: its markup stays well under.
        assert!(html.len() < 80_000, "{name}: {} bytes", html.len());
        std::fs::write(folder.join(name), html).unwrap();
    }
    let graphiql = crate::graphiql::Pagina::new("Comune di Borgo Chiaro", "/graphql");
    std::fs::write(folder.join("graphiql.html"), graphiql.render().unwrap()).unwrap();
}
