use super::*;
use domain::Sample;
use domain::registro::ProtocolloRegistrato;

fn entry() -> Registrazione {
    let entrata = ProtocolloRegistrato::sample();
    Registrazione { assegnazione: entrata.assegnazione.clone(), classifica: entrata.classifica, entrata }
}

#[test]
fn only_digits_name_an_entry() {
    let at = |anno: &str, n: &str| numero((anno.into(), n.into())).ok();
    assert_eq!(at("2026", "0000012"), Some((2026, 12)));
    for (anno, n) in [("2026", "+1"), ("-1", "1"), ("2026", "x"), ("99999", "1"), ("2026", "")] {
        assert_eq!(at(anno, n), None, "{anno}/{n}");
    }
}

#[test]
fn a_class_is_read_from_what_the_list_offers() {
    assert_eq!(codice_classe("VI.8 Servizi pubblici"), "VI.8");
    assert_eq!(codice_classe(" VI.8 "), "VI.8");
    assert_eq!(codice_classe(""), "");
}

#[test]
fn the_page_shows_files_with_hashes_and_old_beside_new() {
    let change = cambio("protocollo-assegnazione-cambiata", &registro::AssegnazioneModificata::sample(), |c| {
        format!("Ufficio {c}")
    });
    let page = PaginaRegistrazione {
        layout: Layout::new("Comune di Prova", "Registrazione 0000012/2026", "/protocollo/2026/12"),
        azione: "/protocollo/2026/12".into(),
        dati: vec![Riga::new("Oggetto", "Segnalazione: Illuminazione pubblica")],
        pratica: pratica(&entry()),
        file: file(&entry()),
        passi: vec![Passo { quando: "9 marzo 2026".into(), posizione: 44, hash: "ff".repeat(32), ..change }],
        audit: Vec::new(),
        uffici: vec![Opzione::new("ambiente", "Ambiente"), Opzione::new("urp", "URP")],
        classi: titolario::tutte().map(|c| Opzione::new(c.to_string(), classe(c))).collect(),
        modulo: Modulo { assegnazione: "urp".into(), chiave: "k".into(), ..Modulo::default() },
        errori: vec![ErroreCampo::new("motivo", "Scrivi il motivo.")],
        conflitto: "Nel frattempo qualcuno ha cambiato.".into(),
    };
    let text = page.render().unwrap();
    let html = scraper::Html::parse_document(&text);
    let count = |css: &str| html.select(&scraper::Selector::parse(css).unwrap()).count();
    assert_eq!(count("h1"), 1);
    assert_eq!(count("datalist option"), 126);
    assert_eq!(count("select[name=assegnazione] option[selected][value=urp]"), 1);
    assert_eq!(count("input[name=chiave][value=k]"), 1);
    assert_eq!(count("#errore-motivo"), 1);
    for part in ["Ufficio urp", "Ufficio ambiente", "lampione.jpg", &"ab".repeat(32), &"ff".repeat(32), "Nel frattempo"]
    {
        assert!(text.contains(part), "{part}");
    }
}
