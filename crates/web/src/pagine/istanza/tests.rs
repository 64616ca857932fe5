//! Every step of every shipped form with sample data; reading what is posted; steps and widgets.

use super::campi::{Aspetto, CampoVista, Forma, Quadro, RADIO, TENDINA, aspetto, nome_html};
use super::giro::errori_di;
use super::leggi::{Azione, INDIRIZZO, Inviato, ids, metti_ids, raccogli, raccogli_parte};
use super::passi::{Tappa, dopo, prima, segmento, tappe};
use super::vista::{
    Cornice, PaginaDati, PaginaPasso, PaginaPrivacy, PaginaRiepilogo, PaginaRiprendi, PaginaSessione, SchedaBozza,
    Sezione,
};
use crate::layout::{ErroreCampo, Passo, Riga, Voce};
use crate::pagine::area_personale::tests::{layout, salva};
use crate::pagine::invio::{FileCaricato, Nota};
use askama::Template;
use domain::modulo::{ContestoModulo, Esame, Modulo};
use domain::servizio::{LimitiAllegati, Servizio};
use jiff::civil::{Date, date};
use scraper::{Html, Selector};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const OGGI: Date = date(2026, 11, 22);
const FILE: &str = "0192f00d-0000-7000-8000-000000000a11";

fn servizio(codice: &str) -> &'static Servizio {
    catalogo::spediti().iter().find(|servizio| servizio.codice == codice).unwrap()
}

fn esame(modulo: &Modulo, valori: &Map<String, Value>) -> Esame {
    modulo.esamina(&Value::Object(valori.clone()), &ContestoModulo { oggi: OGGI })
}

fn file() -> BTreeMap<String, FileCaricato> {
    let uno = FileCaricato { id: FILE.into(), nome: "contratto.pdf".into(), dimensione: "120 kB".into() };
    BTreeMap::from([(FILE.to_owned(), uno)])
}

/// Does something with the widgets of a form.
fn con<T>(
    modulo: &Modulo,
    valori: &Map<String, Value>,
    errori: &[ErroreCampo],
    fai: impl FnOnce(&Quadro<'_>) -> T,
) -> T {
    let (esame, file) = (esame(modulo, valori), file());
    let limiti = LimitiAllegati::default();
    fai(&Quadro { modulo, limiti, valori, esame: &esame, file: &file, errori, oggi: OGGI })
}

fn cornice(servizio: &Servizio, errori: Vec<ErroreCampo>) -> Cornice {
    let base = format!("/servizi/{}/richiedi/{FILE}", servizio.codice);
    let passi = servizio.modulo.passi.iter().map(|passo| Passo::new(passo.titolo.clone(), "/x"));
    Cornice {
        titolo: servizio.nome.clone(),
        passi: [Passo::new("Privacy", "/x"), Passo::new("I tuoi dati", "/x")].into_iter().chain(passi).collect(),
        corrente: 3,
        azione: format!("{base}/x"),
        indietro: format!("{base}/dati"),
        avanti: crate::t("richiesta-avanti"),
        errori,
        salva: format!("{base}/salva"),
        aiuto: vec![Voce::new("/appuntamenti", crate::t("richiesta-aiuto-prenota"))],
        scheda: format!("/servizi/{}", servizio.codice),
        ..Cornice::default()
    }
}

/// The page of a step, checked as all pages are, and its labels.
fn pagina(servizio: &Servizio, index: usize, valori: &Map<String, Value>, nome: &str) -> Html {
    let passo = &servizio.modulo.passi[index];
    let found = esame(&servizio.modulo, valori).rifiuti;
    let errori: Vec<ErroreCampo> = found
        .into_iter()
        .filter(|(at, _)| *at == index)
        .map(|(_, refusal)| app::ErroreCampo::from(refusal))
        .map(|e| ErroreCampo::new(nome_html(&e.campo.unwrap_or_default()), e.messaggio))
        .collect();
    let page = PaginaPasso {
        layout: layout(&servizio.nome, "/servizi/x/richiedi"),
        titolo: passo.titolo.clone(),
        testo: Vec::new(),
        campi: con(&servizio.modulo, valori, &errori, |quadro| quadro.passo(index)),
        con_file: true,
        segmento: segmento(passo),
        c: cornice(servizio, errori),
    };
    let html = salva(nome, &page.render().unwrap());
    let all = |css: &str| html.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
    let labels: Vec<&str> = all("main label[for]").iter().filter_map(|e| e.value().attr("for")).collect();
    for input in all("main input:not([type=hidden]), main select, main textarea") {
        let id = input.value().attr("id").unwrap_or_else(|| panic!("{nome}: an input without id"));
        assert!(labels.contains(&id), "{nome}: no label for {id}");
    }
    for link in all(".riepilogo-errori a") {
        let target = link.value().attr("href").unwrap().trim_start_matches('#');
        assert!(all("[id]").iter().any(|e| e.value().attr("id") == Some(target)), "{nome}: nothing at {target}");
    }
    let words: String = all("main")[0].text().collect();
    assert!(!words.contains("rifiuto-"), "{nome}: a reason without words");
    html
}

/// Something for every field, right or wrong, so that every widget shows a value.
fn qualcosa(modulo: &Modulo) -> Map<String, Value> {
    use domain::modulo::{Campo, TipoCampo};
    fn di(campo: &Campo) -> Option<Value> {
        Some(match &campo.tipo {
            TipoCampo::Scelta { opzioni } => json!(opzioni.last()?.valore),
            TipoCampo::Scelte { opzioni, .. } => json!([opzioni.first()?.valore]),
            TipoCampo::Casella | TipoCampo::Dichiarazione { .. } => json!(true),
            TipoCampo::Numero { .. } | TipoCampo::Importo { .. } => json!("12,5"),
            TipoCampo::Data { .. } => json!("2026-11-30"),
            TipoCampo::Indirizzo => json!({"via": "Via Roma", "civico": "1", "cap": "1"}),
            TipoCampo::Allegato { massimo: 1, .. } => json!(FILE),
            TipoCampo::Allegato { .. } => json!([FILE]),
            TipoCampo::Gruppo { campi, .. } => {
                let item: Map<String, Value> =
                    campi.iter().filter_map(|campo| Some((campo.nome.clone(), di(campo)?))).collect();
                json!([item, {}])
            }
            TipoCampo::Calcolo { .. } | TipoCampo::Nota => return None,
            _ => json!("qualcosa <b>&"),
        })
    }
    modulo.campi().filter_map(|campo| Some((campo.nome.clone(), di(campo)?))).collect()
}

#[test]
fn every_step_of_every_shipped_form_is_a_sound_page() {
    let mut count = 0;
    for servizio in catalogo::spediti() {
        let some = qualcosa(&servizio.modulo);
        for index in 0..servizio.modulo.passi.len() {
            pagina(servizio, index, &Map::new(), &format!("richiesta-{}-{index}-vuota.html", servizio.codice));
            pagina(servizio, index, &some, &format!("richiesta-{}-{index}.html", servizio.codice));
            count += 1;
        }
    }
    assert!(count >= 40, "{count}");
}

#[test]
fn what_was_written_comes_back_as_written() {
    // Whatever a page shows, posting it again says the same.
    for servizio in catalogo::spediti() {
        let some = qualcosa(&servizio.modulo);
        for (index, passo) in servizio.modulo.passi.iter().enumerate() {
            let html = pagina(servizio, index, &some, &format!("richiesta-{}-{index}.html", servizio.codice));
            let mut again = some.clone();
            raccogli(passo, &inviato_da(&html), &mut again);
            let clean = |valori: &Map<String, Value>| {
                let mut valori = valori.clone();
                valori.retain(|nome, _| passo.campi.iter().any(|campo| &campo.nome == nome));
                serde_json::to_string(&valori).unwrap().replace("\"oltre35\":false,", "")
            };
            let (before, after) = (esame(&servizio.modulo, &some).valori, esame(&servizio.modulo, &again).valori);
            assert_eq!(clean(&before), clean(&after), "{} {index}", servizio.codice);
        }
    }
}

/// What a browser sends for a page as it stands.
fn inviato_da(html: &Html) -> Inviato {
    let mut pairs = Vec::new();
    for e in html.select(&Selector::parse("main form input, main form select, main form textarea").unwrap()) {
        let Some(nome) = e.value().attr("name").map(str::to_owned) else { continue };
        let valore = match (e.value().name(), e.value().attr("type").unwrap_or("text")) {
            ("input", "file") => continue,
            ("input", "checkbox" | "radio") if e.value().attr("checked").is_none() => continue,
            ("select", _) => {
                let chosen = Selector::parse("option[selected]").unwrap();
                e.select(&chosen).next().and_then(|o| o.value().attr("value")).unwrap_or_default().to_owned()
            }
            ("textarea", _) => e.text().collect(),
            _ => e.value().attr("value").unwrap_or_default().to_owned(),
        };
        pairs.push((nome, valore));
    }
    Inviato(pairs)
}

fn posted(pairs: &[(&str, &str)]) -> Inviato {
    Inviato(pairs.iter().map(|(nome, valore)| ((*nome).to_owned(), (*valore).to_owned())).collect())
}

#[test]
fn groups_addresses_and_choices_are_read_by_their_names() {
    let ztl = servizio("permesso-ztl");
    let mut valori = Map::new();
    valori.insert("tipoGarage".into(), json!("affitto"));
    let sent = posted(&[
        ("m.categoria", "ho un GARAGE o un posto auto nella zona"),
        ("m.spiegazione", " \r\n"),
        ("n.immobili", "2"),
        ("m.immobili.0.foglio", "12"),
        ("m.immobili.0.indirizzo.via", "Via Roma"),
        ("m.immobili.0.indirizzo.cap", ""),
        ("m.immobili.1.foglio", ""),
        ("m.immobili.7.foglio", "99"),
        ("altro", "x"),
    ]);
    raccogli(&ztl.modulo.passi[0], &sent, &mut valori);
    let expected = json!({
        "categoria": "garage",
        "immobili": [{"foglio": "12", "indirizzo": {"via": "Via Roma"}}, {}],
    });
    assert_eq!(Value::Object(valori), expected);
    let mut veicoli = Map::new();
    let sent = posted(&[("n.veicoli", "999"), ("m.veicoli.0.oltre35", "si"), ("m.veicoliDiAltri", "")]);
    raccogli(&ztl.modulo.passi[2], &sent, &mut veicoli);
    let items = veicoli["veicoli"].as_array().unwrap();
    assert_eq!(items.len(), 10, "never more than the form allows");
    assert_eq!((&items[0]["oltre35"], &items[1]["oltre35"]), (&json!(true), &json!(false)));
    assert!(!veicoli.contains_key("veicoliDiAltri"));
    let mut accesso = Map::new();
    let sent = posted(&[("m.fasce", "sera"), ("m.fasce", "notte"), ("m.giorni", "99")]);
    raccogli(&ztl.modulo.passi[1], &sent, &mut accesso);
    assert_eq!(Value::Object(accesso), json!({"fasce": ["sera", "notte"]}), "computed values are not read");
}

#[test]
fn files_stay_when_words_are_posted_and_go_by_their_button() {
    let ztl = servizio("permesso-ztl");
    let passo = &ztl.modulo.passi[2];
    let campo = passo.campi.iter().find(|campo| campo.nome == "titoloUso").unwrap();
    let mut valori = Map::new();
    metti_ids(campo, &[FILE.parse().unwrap()], &mut valori);
    assert_eq!(valori["titoloUso"], json!([FILE]));
    raccogli(passo, &posted(&[("m.titoloUso", "tampered")]), &mut valori);
    assert_eq!(ids(valori.get("titoloUso")).len(), 1);
    let azione = Azione::parse(&format!("file.titoloUso.{FILE}"));
    assert_eq!(azione.applica(passo, &mut valori).as_deref(), Some("campo-m.titoloUso"));
    assert!(!valori.contains_key("titoloUso"));
}

#[test]
fn items_are_added_and_taken_away_within_the_limits() {
    let passo = &servizio("permesso-ztl").modulo.passi[2];
    let mut valori = Map::new();
    let add = Azione::parse("aggiungi.veicoli");
    assert_eq!(add.applica(passo, &mut valori).as_deref(), Some("voce-m.veicoli.1"), "one is shown already");
    for _ in 0..30 {
        add.applica(passo, &mut valori);
    }
    assert_eq!(valori["veicoli"].as_array().unwrap().len(), 10);
    valori["veicoli"][1]["targa"] = json!("AB123CD");
    Azione::parse("togli.veicoli.0").applica(passo, &mut valori);
    assert_eq!(valori["veicoli"][0]["targa"], json!("AB123CD"));
    Azione::parse("togli.veicoli.77").applica(passo, &mut valori);
    assert_eq!(valori["veicoli"].as_array().unwrap().len(), 9);
    assert_eq!(Azione::parse("aggiungi.inventato").applica(passo, &mut valori), None);
    assert_eq!(Azione::parse("qualunque"), Azione::Avanti);
    assert_eq!(posted(&[("azione", "avanti"), ("azione", "dopo")]).azione(), "dopo");
}

#[test]
fn choices_are_radios_to_five_a_select_to_ten_and_a_search_above() {
    use Aspetto::{Radio, Ricerca, Tendina};
    let looks = [1, 5, 6, 10, 11, 60].map(aspetto);
    assert_eq!((RADIO, TENDINA), (5, 10));
    assert_eq!(looks, [Radio, Radio, Tendina, Tendina, Ricerca, Ricerca]);
}

#[test]
fn steps_with_nothing_to_ask_are_skipped() {
    let mut ztl = servizio("permesso-ztl").clone();
    let solo = serde_json::from_value(json!({
        "nome": "dati", "titolo": "Solo per il garage",
        "campi": [{"nome": "chiave", "tipo": "testo", "etichetta": "Chiave", "se": {"campo": "categoria", "uguale": "garage"}}],
    }));
    ztl.modulo.passi.insert(1, solo.unwrap());
    let steps = |categoria: &str| {
        let valori = json!({"categoria": categoria}).as_object().unwrap().clone();
        con(&ztl.modulo, &valori, &[], tappe)
    };
    assert!(steps("garage").contains(&Tappa::Modulo(1)));
    let without = steps("residente");
    assert!(!without.contains(&Tappa::Modulo(1)));
    assert_eq!(dopo(&without, Tappa::Modulo(0)), Tappa::Modulo(2));
    assert_eq!(prima(&without, Tappa::Modulo(2)), Tappa::Modulo(0));
    assert_eq!(prima(&without, Tappa::Modulo(0)), Tappa::Dati);
    assert_eq!(dopo(&without, Tappa::Modulo(4)), Tappa::Riepilogo);
    // A step called as a page of the frame has an address of its own.
    assert_eq!(segmento(&ztl.modulo.passi[1]), "passo-dati");
    assert_eq!(Tappa::trova(&ztl.modulo, "passo-dati"), Some(Tappa::Modulo(1)));
    assert_eq!(Tappa::trova(&ztl.modulo, "dati"), Some(Tappa::Dati));
    assert_eq!(Tappa::trova(&ztl.modulo, "inventato"), None);
}

#[test]
fn no_two_steps_of_a_shipped_form_share_an_address() {
    for servizio in catalogo::spediti() {
        for (index, passo) in servizio.modulo.passi.iter().enumerate() {
            assert_eq!(
                Tappa::trova(&servizio.modulo, &segmento(passo)),
                Some(Tappa::Modulo(index)),
                "{}",
                servizio.codice
            );
        }
        // The summary finds its step by title.
        let titles: std::collections::BTreeSet<_> = servizio.modulo.passi.iter().map(|passo| &passo.titolo).collect();
        assert_eq!(titles.len(), servizio.modulo.passi.len(), "{}: two steps with one title", servizio.codice);
    }
}

#[test]
fn what_depends_on_an_answer_waits_for_it() {
    let ztl = servizio("permesso-ztl");
    let show = |valori: Value| -> Vec<CampoVista> {
        con(&ztl.modulo, valori.as_object().unwrap(), &[], |quadro| quadro.passo(0))
    };
    let there = |campi: &[CampoVista], nome: &str| campi.iter().find(|c| c.nome == nome).unwrap().visibile;
    let empty = show(json!({}));
    assert!(there(&empty, "m.categoria") && !there(&empty, "m.partitaIva") && !there(&empty, "m.immobili"));
    assert!(empty[0].controlla && !empty[1].controlla);
    let garage = show(json!({"categoria": "garage"}));
    assert!(there(&garage, "m.immobili"));
    let Forma::Gruppo { voci, .. } = &garage.iter().find(|c| c.nome == "m.immobili").unwrap().forma else { panic!() };
    assert_eq!(voci.len(), 1, "the least number of items is shown");
    assert!(!voci[0].si_toglie);
    let Forma::Indirizzo { parti } = &voci[0].campi[3].forma else { panic!() };
    let names: Vec<&str> = parti.iter().map(|parte| parte.nome.as_str()).collect();
    assert_eq!(names, INDIRIZZO.map(|key| format!("m.immobili.0.indirizzo.{key}")));
}

#[test]
fn computed_values_and_paths_are_shown() {
    let ztl = servizio("permesso-ztl");
    let valori = json!({"categoria": "trasloco", "durata": "temporanea", "dal": "2026-11-25", "al": "2026-11-27"});
    let campi = con(&ztl.modulo, valori.as_object().unwrap(), &[], |quadro| quadro.passo(1));
    let giorni = campi.iter().find(|c| c.nome == "m.giorni").unwrap();
    assert!(matches!(&giorni.forma, Forma::Calcolo { valore } if valore == "3 giorni"), "{giorni:?}");
    assert_eq!(nome_html("modulo.figli[1].residenza.via"), "m.figli.1.residenza.via");
}

#[test]
fn the_frame_has_its_pages() {
    let ztl = servizio("permesso-ztl");
    let layout = || layout(&ztl.nome, "/servizi/permesso-ztl/richiedi");
    let page = PaginaPrivacy {
        layout: layout(),
        c: cornice(ztl, vec![ErroreCampo::new("privacy", crate::t("invio-privacy-manca"))]),
        finalita: crate::ta("richiesta-finalita", &[("conservazione", "2 anni")]),
        riservata: true,
        pec: "pec@comune.example".into(),
        spuntata: false,
    };
    salva("richiesta-privacy.html", &page.render().unwrap());
    let chi = vec![Riga::new("Nome e cognome", "Mario Rossi")];
    let page = PaginaDati {
        layout: layout(),
        c: Cornice { cambiamenti: vec!["C'è una nuova domanda.".into()], ..cornice(ztl, Vec::new()) },
        chi: chi.clone(),
        email: "mario@".into(),
        telefono: "0187 555 0100".into(),
        tempi: String::new(),
    };
    assert!(salva("richiesta-dati.html", &page.render().unwrap()).html().contains("C'è una nuova domanda."));
    let page = PaginaRiepilogo {
        layout: layout(),
        c: Cornice { altrove: vec![Voce::new("/x", "I veicoli: manca la targa")], ..cornice(ztl, Vec::new()) },
        sezioni: vec![Sezione { titolo: "Il motivo".into(), righe: chi, modifica: "/x/motivo".into() }],
        nota: Nota { titolo: crate::t("istanza-dichiarazione-titolo"), ..Nota::default() },
        pagamenti: vec!["Marca da bollo".into()],
        dopo: crate::t("istanza-dopo"),
    };
    let html = salva("richiesta-riepilogo.html", &page.render().unwrap());
    assert_eq!(html.select(&Selector::parse("a[href='/x/motivo']").unwrap()).count(), 1);
    let page = PaginaSessione {
        layout: layout(),
        azione: "/servizi/permesso-ztl/richiedi/1/motivo".into(),
        accedi: "/accedi".into(),
        nascosti: vec![("m.fasce".into(), "sera".into()), ("m.fasce".into(), "notte".into())],
    };
    let html = salva("richiesta-sessione.html", &page.render().unwrap());
    assert_eq!(html.select(&Selector::parse("input[name='m.fasce']").unwrap()).count(), 2);
    let page = PaginaRiprendi {
        layout: layout(),
        servizio: ztl.nome.clone(),
        azione: "/servizi/permesso-ztl/richiedi".into(),
        bozze: vec![SchedaBozza { id: FILE.into(), riprendi: "/x".into(), ..SchedaBozza::default() }],
    };
    let html = salva("richiesta-riprendi.html", &page.render().unwrap());
    assert_eq!(html.select(&Selector::parse("form input[name=bozza]").unwrap()).count(), 1);
}

#[test]
fn a_post_that_broke_off_takes_nothing_away() {
    let ztl = servizio("permesso-ztl");
    let passo = &ztl.modulo.passi[0];
    let before = json!({
        "categoria": "garage", "tipoGarage": "affitto", "spiegazione": "prima",
        "immobili": [{"foglio": "12", "particella": "7", "indirizzo": {"via": "Via Roma", "cap": "19100"}}, {"foglio": "13"}],
    });
    let mut valori = before.as_object().unwrap().clone();
    let sent = posted(&[
        ("m.categoria", "garage"),
        ("m.spiegazione", "dopo"),
        ("n.immobili", "2"),
        ("m.immobili.0.foglio", "99"),
        ("m.immobili.0.indirizzo.via", "Via Verdi"),
    ]);
    raccogli_parte(passo, &sent, &mut valori);
    let after = json!({
        "categoria": "garage", "tipoGarage": "affitto", "spiegazione": "dopo",
        "immobili": [{"foglio": "99", "particella": "7", "indirizzo": {"via": "Via Verdi", "cap": "19100"}}, {"foglio": "13"}],
    });
    assert_eq!(Value::Object(valori.clone()), after);
    raccogli_parte(passo, &posted(&[]), &mut valori);
    assert_eq!(Value::Object(valori.clone()), after, "nothing arrived, nothing changes");
    raccogli(passo, &sent, &mut valori);
    assert!(!valori.contains_key("tipoGarage"), "a whole post says what is empty");
}

#[test]
fn what_a_number_is_made_from_is_known_to_the_page() {
    let modulo: Modulo = serde_json::from_value(json!({ "passi": [{ "nome": "uno", "titolo": "Uno", "campi": [
        { "nome": "lati", "tipo": "gruppo", "voce": "Lato", "etichetta": "Lati", "campi": [
            { "nome": "metri", "tipo": "numero", "etichetta": "Metri" }] },
        { "nome": "largo", "tipo": "numero", "etichetta": "Largo" },
        { "nome": "altro", "tipo": "numero", "etichetta": "Altro" },
        { "nome": "somma", "tipo": "calcolo", "etichetta": "Somma", "formula": { "somma": ["lati.metri", "largo"] } }
    ] }] }))
    .unwrap();
    let campi = con(&modulo, &Map::new(), &[], |quadro| quadro.passo(0));
    let marked: Vec<&str> = campi.iter().filter(|c| c.calcola).map(|c| c.nome.as_str()).collect();
    assert_eq!(marked, ["m.lati", "m.largo"]);
    assert!(campi.iter().all(|c| !c.controlla), "no button is needed for them");
    assert!(campi[0].to_string().contains(" data-calcola"));
}

#[test]
fn the_page_says_what_becomes_of_the_place_of_a_photograph() {
    let help = |keys: Value| {
        let mut campo = json!({ "nome": "foto", "tipo": "allegato", "etichetta": "Foto" });
        campo.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        let modulo: Modulo =
            serde_json::from_value(json!({ "passi": [{ "nome": "uno", "titolo": "Uno", "campi": [campo] }] })).unwrap();
        con(&modulo, &Map::new(), &[], |quadro| quadro.passo(0)[0].aiuto.clone())
    };
    let (away, kept) = (crate::t("modulo-file-posizione-togli"), crate::t("modulo-file-posizione-mantieni"));
    assert!(help(json!({})).contains(&away));
    let keeps = help(json!({ "posizione": "mantieni" }));
    assert!(keeps.contains(&kept) && !keeps.contains(&away));
    let pdf = help(json!({ "formati": ["pdf"] }));
    assert!(!pdf.contains(&away) && !pdf.contains(&kept));
}

#[test]
fn what_is_missing_is_asked_for_in_the_words_of_its_kind() {
    let modulo: Modulo = serde_json::from_value(json!({ "passi": [{ "nome": "uno", "titolo": "Uno", "campi": [
        { "nome": "zona", "tipo": "scelta", "etichetta": "Zona", "opzioni": [
            { "valore": "a", "testo": "A" }, { "valore": "b", "testo": "B" }] },
        { "nome": "foto", "tipo": "allegato", "etichetta": "Foto" },
        { "nome": "nome", "tipo": "testo", "etichetta": "Nome" },
        { "nome": "figli", "tipo": "gruppo", "voce": "Figlio", "etichetta": "Figli", "campi": [
            { "nome": "scuole", "tipo": "scelte", "etichetta": "Scuole", "opzioni": [
                { "valore": "a", "testo": "A" }, { "valore": "b", "testo": "B" }] }] }
    ] }] }))
    .unwrap();
    let valori = json!({ "figli": [{}] });
    let found = esame(&modulo, valori.as_object().unwrap()).rifiuti;
    let found = found.into_iter().map(|(_, refusal)| app::ErroreCampo::from(refusal)).collect();
    let errori = errori_di(&modulo.passi[0].campi, found);
    let words: Vec<(&str, &str)> = errori.campi.iter().map(|e| (e.campo.as_str(), e.testo.as_str())).collect();
    let [zona, foto, scuole] = ["modulo-manca-scelta", "modulo-manca-file", "modulo-manca-scelte"].map(crate::t);
    assert_eq!(words[0], ("m.zona", zona.as_str()));
    assert_eq!(words[1], ("m.foto", foto.as_str()));
    assert_eq!(words[2], ("m.nome", crate::t("rifiuto-obbligatorio").as_str()));
    assert_eq!(words[3], ("m.figli.0.scuole", scuole.as_str()));
}
