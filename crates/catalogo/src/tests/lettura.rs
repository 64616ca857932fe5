use super::*;
use crate::{MASSIMO_BYTE, MASSIMO_ERRORI, MASSIMO_NODI, MASSIMO_PROFONDITA, impronta, yaml};
use proptest::prelude::*;

#[test]
fn a_good_file_is_read() {
    let servizio = leggi(BUONA, "schemas/servizi/prova.yaml").unwrap();
    assert_eq!((servizio.codice.as_str(), servizio.termine_giorni), ("prova", 30));
    assert_eq!(servizio.modulo.campo("vero").unwrap().etichetta, "Dichiaro che è vero");
    assert_eq!(servizio.bollo.unwrap().importo.testo(2), "16.00");
}

#[test]
fn json_is_read_by_the_same_reader() {
    let servizio = leggi(BUONA, "prova.yaml").unwrap();
    let json = serde_json::to_string_pretty(&servizio).unwrap();
    assert_eq!(leggi(&json, "prova.json").unwrap(), servizio);
    assert_eq!(leggi(&yaml(&servizio), "prova.yaml").unwrap(), servizio, "{}", yaml(&servizio));
    let crlf = format!("\u{feff}{}", BUONA.replace('\n', "\r\n"));
    assert_eq!(leggi(&crlf, "prova.yaml").unwrap(), servizio);
}

#[test]
fn each_mistake_has_its_line() {
    for (prima, dopo, riga, percorso, codice) in [
        ("archetipo: permesso", "archetipo: altro", 4, "archetipo", "parola"),
        ("categoria: Ambiente", "categoria: ambiente", 5, "categoria", "categoria"),
        ("[Acqua, Aria]", "[Acqua, Fuoco]", 6, "argomenti[1]", "argomento"),
        ("[Acqua, Aria]", "[Acqua, Acqua]", 6, "argomenti[1]", "ripetuto"),
        ("[Acqua, Aria]", "[]", 6, "argomenti", "quanti"),
        ("tempi: Entro 30 giorni.", "tempi: \"\"", 15, "scheda.tempi", "obbligatorio"),
        ("  costi: Una marca da bollo.\n", "", 7, "scheda.costi", "obbligatorio"),
        ("termineGiorni: 30", "termineGiorni: 181", 20, "termineGiorni", "limite"),
        ("termineGiorni: 30", "termineGiorni: trenta", 20, "termineGiorni", "tipo"),
        ("classifica: VI.9", "classifica: VI.99", 23, "classifica", "classifica"),
        ("livelloIdentita: 2", "livelloIdentita: 1", 24, "livelloIdentita", "livello"),
        ("\"16.00\"", "\"16.005\"", 27, "bollo.importo", "importo"),
        ("valore: aria", "valore: acqua", 38, "modulo.passi[0].campi[0].opzioni[1].valore", "ripetuto"),
        ("uguale: acqua", "uguale: fuoco", 42, "modulo.passi[0].campi[1].se", "opzione"),
        (
            "se: { campo: genere, uguale: acqua }",
            "se: { campo: vero, uguale: true }",
            42,
            "modulo.passi[0].campi[1].se",
            "dopo",
        ),
        ("articolo: 46", "articolo: 48", 45, "modulo.passi[0].campi[2].articolo", "parola"),
        ("riservato: false", "riservato: no", 25, "riservato", "tipo"),
        ("preavviso: true", "preavviso: true\nurgente: true", 23, "urgente", "chiave"),
        ("  condizioni: Nessuna.\n", "", 7, "scheda", "manca"),
        ("nome: Servizio di prova", "nome:", 3, "nome", "tipo"),
        ("norme: [\"Legge 241/1990\"]", "norme: Legge 241/1990", 18, "norme", "tipo"),
        (
            "          etichetta: Dove\n",
            "          etichetta: Dove\n          opzioni: []\n",
            39,
            "modulo.passi[0].campi[1]",
            "valore",
        ),
    ] {
        assert_eq!(errori(&con(prima, dopo)), [(riga, percorso.to_owned(), codice)], "{dopo}");
    }
}

#[test]
fn mistakes_in_several_places_are_told_at_once() {
    let text = con("tipo: testo", "tipo: boh")
        .replace("articolo: 46", "articolo: 48")
        .replace("versione: 1", "versione: 1\nboh: 2");
    let found: Vec<_> = errori(&text).into_iter().map(|(riga, _, codice)| (riga, codice)).collect();
    assert_eq!(found, [(3, "chiave"), (41, "parola"), (46, "parola")]);
    let text = con("categoria: Ambiente", "categoria: boh").replace("VI.9", "VI.99");
    assert_eq!(errori(&text).len(), 2);
}

#[test]
fn the_file_is_named_like_the_service() {
    assert!(leggi(BUONA, "").is_ok(), "an upload has no name");
    assert!(leggi(BUONA, "a\\b/prova.v2.yaml").is_ok());
    let errori = leggi(BUONA, "altro.yaml").unwrap_err();
    assert_eq!((errori[0].riga, errori[0].codice), (1, "nome-del-file"));
}

#[test]
fn yaml_that_does_more_than_say_is_refused() {
    for (prima, dopo, codice) in [
        ("nome: Servizio di prova", "nome: &uno Servizio di prova", "ancora"),
        ("nome: Servizio di prova", "nome: *uno", "yaml"),
        ("nome: Servizio di prova", "nome: !!str Servizio", "tag"),
        ("nome: Servizio di prova", "nome: Uno\nnome: Due", "ripetuto"),
        ("nome: Servizio di prova", "[a, b]: c", "chiave"),
        ("nome: Servizio di prova", "nome: [a", "yaml"),
        ("conservazione: 5 anni", "---\nconservazione: 5 anni", "documenti"),
    ] {
        assert_eq!(errori(&con(prima, dopo))[0].2, codice, "{dopo}");
    }
    assert_eq!(errori("")[0].2, "vuoto");
    assert_eq!(errori("# only a comment")[0].2, "vuoto");
    assert_eq!(errori("42")[0].2, "tipo");
    let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assert_eq!(errori(laughs)[0].2, "ancora");
}

#[test]
fn size_depth_and_count_have_limits() {
    assert_eq!(errori(&" ".repeat(MASSIMO_BYTE + 1))[0].2, "troppo-grande");
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(errori(&nested(MASSIMO_PROFONDITA + 1))[0].2, "profondita");
    assert_ne!(errori(&nested(MASSIMO_PROFONDITA))[0].2, "profondita");
    // The parser has a limit of its own on brackets, which comes first.
    assert_eq!(errori(&nested(100_000))[0].2, "yaml");
    assert_eq!(errori(&format!("[{}]", "1,".repeat(MASSIMO_NODI + 1)))[0].2, "troppo-grande");
    let keys: Vec<String> = (0..MASSIMO_ERRORI + 50).map(|n| format!("chiave{n}: 1")).collect();
    assert_eq!(errori(&keys.join("\n")).len(), MASSIMO_ERRORI);
}

#[test]
fn the_impronta_is_of_what_is_said_not_of_how() {
    let servizio = leggi(BUONA, "").unwrap();
    let same = leggi(&con("          tipo: testo\n", "          massimo: 100\n          tipo: testo\n"), "").unwrap();
    assert_eq!(impronta(&servizio), impronta(&same), "a default is the same when it is spelled out");
    let other = leggi(&con("etichetta: Dove", "etichetta: In che luogo"), "").unwrap();
    assert_ne!(impronta(&servizio), impronta(&other));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = leggi(&text, "prova.yaml");
    }

    #[test]
    fn no_damage_makes_the_reader_panic(at in 0..1_000_usize, piece in "[\\[\\]{}:,&*!|>\"' \\n#-]{1,4}", cut in 0..30_usize) {
        let chars: Vec<char> = BUONA.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        let text: String = chars[..at].iter().chain(piece.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
        let _ = leggi(&text, "prova.yaml");
    }
}
