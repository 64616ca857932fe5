//! Every page with sample data, written to `target/pagine` for looking at it in a browser.

use super::dettaglio::{PaginaPratica, Passato};
use super::elenco::{Domanda, Elenco, Scheda, stati, tipi};
use super::fatto::{PaginaFatto, passi, righe};
use super::vista::{VistaPratica, nuove};
use crate::formato;
use crate::layout::{ErroreCampo, Layout, Paginazione, UtenteMenu, Voce};
use app::{DettaglioPratica, Ente, Ufficio};
use askama::Template;
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::ids::PraticaId;
use domain::istanza::IstanzaPresentata;
use domain::lettera::LetteraInviata;
use domain::pratica::{Conclusione, LavorazioneAvviata, PresaInCarico, RicevutaEmessa, StatoPratica, TermineCalcolato};
use domain::segnalazione::{self, SegnalazioneInviata};
use domain::{Caso, Evento, Personale, Sample, istanza, lettera};
use jiff::Timestamp;
use projections::PassoStoria;
use scraper::{Html, Selector};

pub fn ente() -> Ente {
    let ufficio = |codice: &str, nome: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: nome.into(),
        email: format!("{codice}@comune.example"),
        telefono: "0187 555 0101".into(),
    };
    Ente {
        codice: CodiceEnte::parse("c_x000").unwrap(),
        denominazione: "Comune di Montelume".into(),
        nome: "Montelume".into(),
        motto: "Un paese da vivere".into(),
        regione: "Regione Esempio".into(),
        aoo: "AOO0001".into(),
        host: vec!["montelume.localhost".into()],
        base_url: "https://servizi.comune.montelume.example".into(),
        email: "info@comune.example".into(),
        pec: "protocollo@pec.comune.example".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza della Fonte 1, Montelume".into(),
        centro: ("44.1".into(), "8.25".into()),
        strade: None,
        patrono: None,
        uffici: vec![
            ufficio("lavori-pubblici", "Lavori pubblici"),
            ufficio("segreteria-sindaco", "Segreteria del Sindaco"),
            ufficio("urp", "Ufficio relazioni con il pubblico"),
            ufficio("polizia-locale", "Polizia locale"),
        ],
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn passo(evento: &Evento) -> PassoStoria {
    PassoStoria {
        pratica: PraticaId::sample(),
        posizione: 1,
        event_id: uuid::Uuid::nil(),
        evento: evento.kind().to_owned(),
        quando: at("2026-03-06T09:30:00Z"),
        registrato_il: at("2026-03-06T09:30:00Z"),
        attore: Some("Giulia Bianchi".into()),
        messaggio: (evento.kind() == "LavorazioneAvviata").then(|| "La squadra interviene giovedì.".to_owned()),
        segnatura: Some("0000012/2026".into()),
        scadenza: Some(jiff::civil::date(2026, 4, 7)),
        parametri: [("giorni", "30"), ("motivo", "ricevuta")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
    }
}

fn dettaglio(eventi: &[Evento]) -> DettaglioPratica {
    DettaglioPratica {
        caso: Caso::fold(eventi).unwrap(),
        storia: eventi.iter().map(passo).collect(),
        personale: true,
        lavorabile: false,
        disponibile: true,
        posizione: 3,
    }
}

pub fn segnalazione_conclusa() -> Vec<Evento> {
    let events: Vec<segnalazione::Event> = vec![
        SegnalazioneInviata::sample().into(),
        RicevutaEmessa::sample().into(),
        TermineCalcolato::sample().into(),
        segnalazione::Event::SegnalazionePresaInCarico(PresaInCarico::sample()),
        LavorazioneAvviata::sample().into(),
        segnalazione::Event::SegnalazioneRisolta(Conclusione::sample()),
    ];
    events.into_iter().map(Evento::from).collect()
}

fn lettera_nuova() -> Vec<Evento> {
    let events: Vec<lettera::Event> =
        vec![LetteraInviata::sample().into(), RicevutaEmessa::sample().into(), TermineCalcolato::sample().into()];
    events.into_iter().map(Evento::from).collect()
}

fn istanza_nuova() -> Vec<Evento> {
    let events: Vec<istanza::Event> =
        vec![IstanzaPresentata::sample().into(), RicevutaEmessa::sample().into(), TermineCalcolato::sample().into()];
    events.into_iter().map(Evento::from).collect()
}

pub fn layout(titolo: &str, path: &str) -> Layout {
    let mut layout = Layout::new("Comune di Montelume", titolo, path)
        .con_percorso([("/area-personale", "Area personale"), (path, titolo)]);
    layout.regione = "Regione Esempio".into();
    layout.utente = Some(UtenteMenu {
        nome_visualizzato: "Mario Rossi".into(),
        ruolo: "Cittadino".into(),
        voci: vec![Voce::new("/area-personale", "Area personale"), Voce::new("/esci", "Esci")],
    });
    layout
}

/// Checks what holds for every page, and keeps it for the eye.
pub fn salva(nome: &str, html: &str) -> Html {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pagine");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(nome), html).unwrap();
    let page = Html::parse_document(html);
    let select = |s: &str| page.select(&Selector::parse(s).unwrap()).count();
    assert_eq!(select("h1"), 1, "{nome}: one first heading");
    assert_eq!(select("[style], style, script:not([src]), [onclick]"), 0, "{nome}: nothing inline");
    let all = Selector::parse("[id]").unwrap();
    let mut ids: Vec<&str> = page.select(&all).filter_map(|e| e.value().attr("id")).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{nome}: an id occurs twice");
    for attribute in ["for", "aria-describedby", "aria-labelledby"] {
        for e in page.select(&Selector::parse(&format!("[{attribute}]")).unwrap()) {
            for name in e.value().attr(attribute).unwrap().split_whitespace() {
                assert!(ids.contains(&name), "{nome}: nothing has the id {name}");
            }
        }
    }
    let main = page.select(&Selector::parse("main").unwrap()).next().unwrap();
    let text: String = main.text().collect();
    for key in
        ["area-", "invio-", "segnala-", "lettera-", "istanza-", "stato-", "tipo-", "storia-", "richiesta-", "modulo-"]
    {
        let unknown = text.split_whitespace().find(|word| word.starts_with(key));
        assert!(unknown.is_none(), "{nome}: no words for {unknown:?}");
    }
    page
}

fn testo(page: &Html) -> String {
    page.root_element().text().collect::<Vec<_>>().join(" ")
}

fn pratica(eventi: &[Evento], al: &str, passato: Passato) -> PaginaPratica {
    let v = VistaPratica::new(&dettaglio(eventi), &ente(), at(al));
    let centro = "44.1,8.25".into();
    PaginaPratica { layout: layout(&v.titolo, "/pratiche/1"), centro, v, passato, ritirabile: true, ripetibile: true }
}

#[test]
fn a_closed_report_shows_its_answer_and_nothing_ahead() {
    let page = pratica(&segnalazione_conclusa(), "2026-03-20T10:00:00Z", Passato::default());
    assert!(page.v.tappe.iter().all(|tappa| tappa.avvenuta) && page.v.rimane.is_empty());
    let html = salva("pratica-conclusa.html", &page.render().unwrap());
    let text = testo(&html);
    for words in ["Il lampione è stato riparato.", "0000012/2026", "Via dei Tigli 12", "lampione.jpg", "482 kB"] {
        assert!(text.contains(words), "{words}");
    }
    let link = Selector::parse("a[href$='/allegati/1']").unwrap();
    assert_eq!(html.select(&link).count(), 1);
}

#[test]
fn an_open_case_says_what_is_still_to_come_and_how_long_it_may_take() {
    let page = pratica(&lettera_nuova(), "2026-03-20T10:00:00Z", Passato::default());
    let ahead: Vec<&str> = page.v.tappe.iter().filter(|t| !t.avvenuta).map(|t| t.titolo.as_str()).collect();
    assert_eq!(ahead, ["Presa in carico", "In lavorazione", "Risposta"]);
    assert_eq!(page.v.rimane, "Mancano 18 giorni al termine per la risposta");
    salva("pratica-aperta.html", &page.render().unwrap());
    let words = |al: &str| pratica(&lettera_nuova(), al, Passato::default()).v.rimane;
    assert_eq!(words("2026-04-07T10:00:00Z"), "La risposta è attesa entro oggi");
    assert_eq!(words("2026-04-06T10:00:00Z"), "La risposta è attesa entro domani");
    assert_eq!(words("2026-04-08T10:00:00Z"), "Il termine per la risposta è scaduto ieri");
    assert_eq!(words("2026-04-10T10:00:00Z"), "Il termine per la risposta è scaduto da 3 giorni");
}

#[test]
fn the_past_is_announced_and_a_wrong_moment_explained() {
    let quando = "6 marzo 2026, ore 10:31".to_owned();
    let passato =
        Passato { quando, campo: "2026-03-06T10:31".into(), massimo: "2026-03-20T11:00".into(), errori: vec![] };
    let page = pratica(&istanza_nuova(), "2026-03-06T09:31:00Z", passato);
    assert!(
        testo(&salva("pratica-passato.html", &page.render().unwrap())).contains("com'era registrata: 6 marzo 2026")
    );
    let errori = vec![ErroreCampo::new("alla", "Scegli un giorno e un'ora del passato.")];
    let page = pratica(&istanza_nuova(), "2026-03-06T09:31:00Z", Passato { errori, ..Passato::default() });
    let html = salva("pratica-errore.html", &page.render().unwrap());
    assert_eq!(html.select(&Selector::parse("a[href='#campo-alla']").unwrap()).count(), 1);
}

#[test]
fn who_may_not_see_personal_data_sees_none() {
    let mut dettaglio = dettaglio(&segnalazione_conclusa());
    dettaglio.personale = false;
    let v = VistaPratica::new(&dettaglio, &ente(), at("2026-03-20T10:00:00Z"));
    let page = PaginaPratica {
        layout: layout(&v.titolo, "/x"),
        centro: String::new(),
        v,
        passato: Passato::default(),
        ritirabile: false,
        ripetibile: false,
    };
    let main = salva("pratica-senza-dati.html", &page.render().unwrap());
    let main = main.select(&Selector::parse("main").unwrap()).next().unwrap().inner_html();
    for words in ["Mario", "RSSMRA80A01H501U", "Lampione spento", "Via dei Tigli", "è stato riparato", "/allegati/1"] {
        assert!(!main.contains(words), "{words}");
    }
}

#[test]
fn a_person_who_was_forgotten_leaves_a_page_that_says_so() {
    let mut eventi = lettera_nuova();
    if let Evento::Lettera(lettera::Event::LetteraInviata(inviata)) = &mut eventi[0] {
        inviata.personale = Personale(None);
    }
    let page = pratica(&eventi, "2026-03-20T10:00:00Z", Passato::default());
    assert_eq!(page.v.titolo, "Lettera al Sindaco");
    let html = salva("pratica-cancellata.html", &page.render().unwrap());
    assert!(testo(&html).contains("I dati personali di questa pratica sono stati cancellati."));
}

#[test]
fn the_page_after_a_filing_holds_what_the_citizen_needs() {
    for (nome, eventi, tipo) in [
        ("segnalazione", &segnalazione_conclusa()[..3], "segnalazione"),
        ("lettera", &lettera_nuova()[..], "lettera"),
        ("istanza", &istanza_nuova()[..], "istanza"),
    ] {
        let v = VistaPratica::new(&dettaglio(eventi), &ente(), at("2026-03-06T10:00:00Z"));
        let titolo = crate::t(&format!("area-fatto-{tipo}"));
        let page = PaginaFatto {
            offerta: None,
            layout: Layout { feedback: true, feedback_servizio: true, ..layout(&titolo, "/pratiche/1/fatto") },
            titolo,
            copia: crate::ta("area-fatto-copia", &[("email", "mario.rossi@example.org")]),
            righe: righe(&v),
            passi: passi(&v, tipo),
            nota: crate::pagine::segnalazione::emergenza("strade", &ente()).filter(|_| tipo == "segnalazione"),
            elenco: "/area-personale?dopo=3".into(),
            v,
        };
        let html = salva(&format!("fatto-{nome}.html"), &page.render().unwrap());
        let text = testo(&html);
        for words in ["0000012/2026", "6 marzo 2026, ore 10:30", "martedì 7 aprile 2026", "mario.rossi@example.org"] {
            assert!(text.contains(words), "{nome}: {words}");
        }
        assert!(text.contains("Quanto è stato facile usare questo servizio?"));
        let stars = Selector::parse("form[action='/valutazione'] input[name=voto]").unwrap();
        assert_eq!(html.select(&stars).count(), 5);
    }
}

#[test]
fn the_receipt_holds_all_that_the_law_asks() {
    for (nome, eventi) in [("segnalazione", segnalazione_conclusa()), ("istanza", istanza_nuova())] {
        let dettaglio = dettaglio(&eventi);
        let v = VistaPratica::new(&dettaglio, &ente(), at("2026-03-20T10:00:00Z"));
        let layout = layout("Ricevuta", "/pratiche/1/ricevuta");
        let page = super::ricevuta::pagina(layout, v, &dettaglio, &ente(), "20 marzo 2026, ore 11:00".into());
        let text = testo(&salva(&format!("ricevuta-{nome}.html"), &page.render().unwrap()));
        let impronte = ["5a".repeat(32), "ab".repeat(32)];
        let needed = [
            "Comune di Montelume",
            "AOO0001",
            "PROT",
            "0000012/2026",
            "6 marzo 2026, ore 10:30",
            "Mario Rossi",
            "RSSMRA80A01H501U",
            "30 giorni",
            "martedì 7 aprile 2026",
            "@comune.example",
            "0187 555 0101",
            "18-bis",
            "/pratiche/",
            &impronte[0],
            &impronte[1],
        ];
        for words in needed {
            assert!(text.contains(words), "{nome}: {words}");
        }
        assert_eq!(text.contains("potere sostitutivo"), nome == "istanza");
    }
}

fn elenco(schede: Vec<Scheda>, filtrata: bool) -> Elenco {
    Elenco {
        layout: layout("Area personale", "/area-personale"),
        nome: "Mario".into(),
        chi: crate::pagine::invio::anagrafica(&domain::persona::Anagrafica::sample()),
        domanda: Domanda { tipo: if filtrata { "lettera".into() } else { String::new() }, ..Domanda::default() },
        tipi: tipi(),
        stati: stati(),
        filtrata,
        in_ritardo: filtrata,
        risultati: crate::pagine::elenco::risultati(schede.len() as u64),
        schede,
        pagine: Paginazione::default(),
        nuove: nuove(),
        bozze: Vec::new(),
    }
}

#[test]
fn the_empty_list_offers_the_ways_in() {
    let html = salva("area-vuota.html", &elenco(Vec::new(), false).render().unwrap());
    for path in ["/segnala", "/scrivi-al-sindaco", "/servizi/richiesta-generica/richiedi", "/servizi"] {
        let link = Selector::parse(&format!("main .griglia a[href='{path}']")).unwrap();
        assert_eq!(html.select(&link).count(), 1, "{path}");
    }
    assert!(catalogo::spediti().iter().any(|servizio| servizio.codice == "richiesta-generica"));
    let filtered = salva("area-filtrata.html", &elenco(Vec::new(), true).render().unwrap());
    let tipo = Selector::parse("select[name=tipo] option[selected]").unwrap();
    assert_eq!(filtered.select(&tipo).next().unwrap().value().attr("value"), Some("lettera"));
}

#[test]
fn cards_show_where_each_case_stands() {
    let card = |stato: StatoPratica, titolo: &str| Scheda {
        href: "/pratiche/1".into(),
        tipo: "Segnalazione".into(),
        titolo: titolo.into(),
        codice: "SG-7K3M-Q2XF-9D4C".into(),
        protocollo: "0000012/2026".into(),
        data: "Inviata il 6 marzo 2026".into(),
        entro: "Risposta entro il 7 aprile 2026".into(),
        stato: formato::stato(stato),
    };
    let cards = vec![
        card(StatoPratica::Protocollata, "Lampione spento"),
        card(StatoPratica::PresaInCarico, "Buca profonda davanti alla scuola elementare di via dei Tigli"),
        card(StatoPratica::Conclusa, "Panchina <rotta>"),
    ];
    let html = salva("area.html", &elenco(cards, false).render().unwrap());
    assert_eq!(html.select(&Selector::parse("main article.scheda-pratica").unwrap()).count(), 3);
    assert!(testo(&html).contains("Panchina <rotta>"));
}
