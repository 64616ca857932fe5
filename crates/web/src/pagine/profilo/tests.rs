//! The pages of the profile with sample data, and the forms of its groups.

use super::gruppi::{modulo, passo, righe, valori};
use super::vista::{Offerta, PaginaElimina, PaginaGruppo, PaginaProfilo, Scheda};
use super::{identita, indirizzo};
use crate::pagine::area_personale::tests::{layout, salva};
use crate::pagine::istanza::campi::{Forma, Quadro};
use crate::pagine::istanza::giro::errori_di;
use crate::pagine::istanza::leggi::{Azione, Inviato, raccogli};
use askama::Template;
use domain::Sample as _;
use domain::modulo::{
    Azienda, Componente, ContestoModulo, Decimale, GruppoProfilo, Immobile, Indirizzo, Isee, Nascita, Profilo, Veicolo,
};
use domain::persona::Anagrafica;
use domain::servizio::LimitiAllegati;
use jiff::civil::{Date, date};
use scraper::{Html, Selector};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const OGGI: Date = date(2026, 11, 22);

fn casa() -> Indirizzo {
    let [via, civico, cap, comune, provincia] = ["Via Roma", "1/B", "19100", "Montelume", "SP"].map(str::to_owned);
    Indirizzo { via, civico, cap, comune, provincia }
}

fn pieno() -> Profilo {
    let chi = Anagrafica::sample();
    Profilo {
        nascita: Some(Nascita { data: date(1980, 1, 1), luogo: Some("Roma".into()) }),
        residenza: Some(casa()),
        email: Some("mario@example.org".into()),
        telefono: Some("0187 555 0100".into()),
        nucleo: vec![Componente {
            nome: "Anna <b>".into(),
            cognome: "Rossi".into(),
            codice_fiscale: chi.codice_fiscale,
            data_nascita: Some(date(2015, 3, 1)),
            parentela: Some("figlia".into()),
        }],
        isee: Some(Isee { valore: Decimale::intero(9000).unwrap(), scadenza: Some(date(2027, 1, 15)) }),
        immobili: vec![Immobile {
            foglio: "12".into(),
            particella: "7".into(),
            subalterno: None,
            indirizzo: Some(casa()),
        }],
        veicoli: vec![Veicolo { targa: "AB123CD".into(), descrizione: Some("Panda".into()) }],
        iban: Some("IT60X0542811101000000123456".into()),
        azienda: Some(Azienda {
            partita_iva: domain::codice_fiscale::PartitaIva::parse("12345678903").unwrap(),
            denominazione: Some("Rossi srl".into()),
        }),
    }
}

fn esamina(gruppo: GruppoProfilo, valori: &Map<String, Value>) -> domain::modulo::Esame {
    modulo(gruppo).esamina(&Value::Object(valori.clone()), &ContestoModulo { oggi: OGGI })
}

/// The page of a group with these values, checked as all pages are.
fn pagina(gruppo: GruppoProfilo, valori: &Map<String, Value>, controlla: bool, nome: &str) -> Html {
    let esame = esamina(gruppo, valori);
    let errori = if controlla {
        errori_di(&passo(gruppo).campi, esame.rifiuti.iter().map(|(_, r)| r.clone().into()).collect())
    } else {
        crate::pagine::istanza::giro::Errori::default()
    };
    let quadro = Quadro {
        modulo: modulo(gruppo),
        limiti: LimitiAllegati::default(),
        valori,
        esame: &esame,
        file: &BTreeMap::new(),
        errori: &errori.campi,
        oggi: OGGI,
    };
    let page = PaginaGruppo {
        layout: layout(&passo(gruppo).titolo, &format!("/profilo/{}", gruppo.as_str())),
        gruppo: gruppo.as_str(),
        titolo: passo(gruppo).titolo.clone(),
        testo: Vec::new(),
        campi: quadro.passo(0),
        errori: errori.sommario,
        qualcosa: true,
    };
    let html = salva(nome, &page.render().unwrap());
    let all = |css: &str| html.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    for link in all(".riepilogo-errori a") {
        let target = link.value().attr("href").unwrap().trim_start_matches('#');
        assert!(all("[id]").iter().any(|e| e.value().attr("id") == Some(target)), "{nome}: nothing at {target}");
    }
    html
}

/// What a browser sends for a page as it stands.
fn inviato(html: &Html) -> Inviato {
    let inputs = Selector::parse("main form input[name]").unwrap();
    let pair = |e: scraper::ElementRef<'_>| {
        let attr = |name| e.value().attr(name).unwrap_or_default().to_owned();
        (attr("name"), attr("value"))
    };
    Inviato(html.select(&inputs).map(pair).collect())
}

#[test]
fn each_group_has_a_form_that_holds_what_is_kept() {
    let (profilo, chi) = (pieno(), Anagrafica::sample());
    for gruppo in GruppoProfilo::ALL {
        let word = gruppo.as_str();
        assert_eq!(modulo(gruppo).controlla(), [], "{word}");
        assert!(
            valori(gruppo, &Profilo::default(), &chi, OGGI).is_empty(),
            "{word}: what the sign-in says is not kept"
        );
        let html = pagina(gruppo, &valori(gruppo, &profilo, &chi, OGGI), true, &format!("profilo-{word}.html"));
        assert_eq!(html.select(&Selector::parse(".riepilogo-errori").unwrap()).count(), 0, "{word}");
        let mut again = Map::new();
        raccogli(passo(gruppo), &inviato(&html), &mut again);
        let esame = esamina(gruppo, &again);
        assert!(esame.rifiuti.is_empty(), "{word}: {:?}", esame.rifiuti);
        assert_eq!(modulo(gruppo).profilo(&esame.valori), profilo.solo(gruppo), "{word}: nothing is lost on the way");
        assert!(!righe(gruppo, &profilo, &chi, OGGI).is_empty(), "{word}");
    }
}

#[test]
fn what_is_wrong_stands_beside_its_field() {
    let mut valori = Map::new();
    let sent = Inviato(vec![("m.iban".into(), "IT00".into())]);
    raccogli(passo(GruppoProfilo::Iban), &sent, &mut valori);
    let html = pagina(GruppoProfilo::Iban, &valori, true, "profilo-iban-errore.html");
    let text = |css: &str| -> String {
        html.select(&Selector::parse(css).unwrap()).flat_map(|e| e.text().collect::<Vec<_>>()).collect()
    };
    assert!(text("[id='errore-m.iban']").contains(&crate::t("rifiuto-iban-non-valido")));
    assert!(text(".riepilogo-errori").contains("IBAN"));
    let input = Selector::parse("input[name='m.iban'][value='IT00']").unwrap();
    assert_eq!(html.select(&input).count(), 1, "as written");
}

#[test]
fn people_are_added_without_scripts() {
    let gruppo = GruppoProfilo::Nucleo;
    let mut valori = Map::new();
    let html = pagina(gruppo, &valori, false, "profilo-nucleo-vuoto.html");
    raccogli(passo(gruppo), &inviato(&html), &mut valori);
    Azione::parse("aggiungi.nucleo").applica(passo(gruppo), &mut valori);
    let esame = esamina(gruppo, &valori);
    let (file, errori) = (BTreeMap::new(), Vec::new());
    let quadro = Quadro {
        modulo: modulo(gruppo),
        limiti: LimitiAllegati::default(),
        valori: &valori,
        esame: &esame,
        file: &file,
        errori: &errori,
        oggi: OGGI,
    };
    let Forma::Gruppo { voci, .. } = &quadro.passo(0)[0].forma else { panic!() };
    assert_eq!(voci.len(), 2);
    assert!(voci.iter().all(|voce| voce.si_toglie));
}

#[test]
fn the_list_says_what_it_is_for_and_how_to_forget_it() {
    let (profilo, chi) = (pieno(), Anagrafica::sample());
    let page = |profilo: &Profilo, nome: &str| {
        let scheda = |gruppo: GruppoProfilo| Scheda {
            gruppo: gruppo.as_str(),
            titolo: passo(gruppo).titolo.clone(),
            righe: righe(gruppo, profilo, &chi, OGGI),
        };
        let page = PaginaProfilo {
            layout: layout("I miei dati", "/profilo"),
            chi: identita(&chi),
            schede: GruppoProfilo::ALL.map(scheda).into(),
            qualcosa: *profilo != Profilo::default(),
        };
        salva(nome, &page.render().unwrap())
    };
    let forget = Selector::parse("a[href='/profilo/elimina']").unwrap();
    let full = page(&profilo, "profilo.html");
    assert_eq!(full.select(&forget).count(), 1);
    let html = full.html();
    for words in ["profilo-uso", "profilo-inviate", "profilo-identita-aiuto"] {
        assert!(full.root_element().text().collect::<String>().contains(&crate::t(words)), "{words}");
    }
    assert!(html.contains("IT60 X054") && html.contains("Panda") && !html.contains("Anna <b>"));
    let empty = page(&Profilo::default(), "profilo-vuoto.html");
    assert_eq!(empty.select(&forget).count(), 0);
    assert_eq!(empty.select(&Selector::parse("a[href^='/profilo/']").unwrap()).count(), GruppoProfilo::ALL.len());
    let page = PaginaElimina { layout: layout("Cancella", "/profilo/elimina") };
    let html = salva("profilo-elimina.html", &page.render().unwrap());
    assert_eq!(html.select(&Selector::parse("form[action='/profilo/elimina']").unwrap()).count(), 1);
}

#[test]
fn a_request_offers_what_it_says_anew() {
    #[derive(Template)]
    #[template(source = r#"{% include "profilo/_offerta.html" %}"#, ext = "html")]
    struct Pezzo {
        offerta: Offerta,
    }
    let (profilo, chi) = (pieno(), Anagrafica::sample());
    let gruppo = GruppoProfilo::Residenza;
    let scheda = Scheda { gruppo: gruppo.as_str(), titolo: "Casa".into(), righe: righe(gruppo, &profilo, &chi, OGGI) };
    let pezzo = Pezzo { offerta: Offerta { azione: "/profilo/da-richiesta/1".into(), schede: vec![scheda] } };
    let html = Html::parse_fragment(&pezzo.render().unwrap());
    let box_ = Selector::parse("input[name=gruppo][value=residenza][checked]").unwrap();
    assert_eq!(html.select(&box_).count(), 1);
    assert!(html.html().contains(&indirizzo(&casa())), "{}", html.html());
}
