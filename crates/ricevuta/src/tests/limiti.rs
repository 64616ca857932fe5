//! What is refused, and what one too many is.

use super::{compositore, ricevuta};
use crate::testo::{MASSIMO_PAROLA, SPEZZA, spezzabile, stampabile};
use crate::vista::dimensione;
use crate::{
    ComponiError, DatiError, Documento, MASSIMO_INDIRIZZO, MASSIMO_PAGINE, MASSIMO_TESTO, MASSIMO_VOCI, Ricevuta, Riga,
};

fn rifiuto(cambia: impl FnOnce(&mut Ricevuta)) -> DatiError {
    let mut data = ricevuta();
    cambia(&mut data);
    match compositore().componi(Documento::Ricevuta(&data)) {
        Err(ComponiError::Dati(errore)) => errore,
        altro => panic!("not refused: {altro:?}"),
    }
}

#[test]
fn too_much_text_is_refused_before_any_work() {
    let errore = rifiuto(|r| r.rimedi = "a".repeat(MASSIMO_TESTO));
    assert!(matches!(errore, DatiError::Testo { byte } if byte > MASSIMO_TESTO), "{errore}");
    let riga = Riga { etichetta: "a".into(), valore: "b".into() };
    let errore = rifiuto(|r| r.istanza.sezioni[0].righe = vec![riga.clone(); MASSIMO_VOCI]);
    assert!(matches!(errore, DatiError::Voci { voci } if voci > MASSIMO_VOCI), "{errore}");
    let errore = rifiuto(|r| r.ufficio.contatti = vec![riga; MASSIMO_VOCI + 1]);
    assert!(matches!(errore, DatiError::Voci { .. }), "{errore}");
}

#[test]
fn too_many_pages_are_refused() {
    let mut data = ricevuta();
    data.istanza.dichiarazioni = vec!["a\nb".repeat(60); 80];
    let errore = compositore().componi(Documento::Istanza(&data.istanza)).unwrap_err();
    assert!(matches!(errore, ComponiError::Pagine(n) if n > MASSIMO_PAGINE), "{errore}");
    assert!(errore.to_string().contains("at most 40"), "{errore}");
}

#[test]
fn the_most_that_is_allowed_is_composed_or_refused_but_ends() {
    let mut data = ricevuta();
    data.istanza.sezioni[0].righe = vec![Riga { etichetta: "a".into(), valore: "b".into() }; MASSIMO_VOCI - 20];
    compositore().componi(Documento::Istanza(&data.istanza)).unwrap();
}

#[test]
fn a_malformed_address_or_hash_is_refused() {
    let lungo = format!("https://x.example/{}", "a".repeat(MASSIMO_INDIRIZZO));
    for indirizzo in
        ["", "javascript:alert(1)", "file:///etc/passwd", "https://x.example/a b", "https://x.example/è", &lungo]
    {
        assert_eq!(rifiuto(|r| r.indirizzo = indirizzo.into()), DatiError::Indirizzo, "{indirizzo}");
    }
    for impronta in ["", &"A".repeat(64), &"a".repeat(63), &"g".repeat(64)] {
        assert_eq!(rifiuto(|r| r.impronta = impronta.into()), DatiError::Impronta("impronta".into()));
        let errore = rifiuto(|r| r.istanza.allegati[1].sha256 = impronta.into());
        assert_eq!(errore, DatiError::Impronta("fotografia della facciata.jpg".into()));
    }
}

#[test]
fn what_the_law_asks_for_may_not_be_empty() {
    assert_eq!(rifiuto(|r| r.rimedi = " \n".into()), DatiError::Vuoto("rimedi"));
    assert_eq!(rifiuto(|r| r.protocollo.numero.clear()), DatiError::Vuoto("protocollo.numero"));
    assert_eq!(rifiuto(|r| r.istanza.oggetto.clear()), DatiError::Vuoto("oggetto"));
    let errore = rifiuto(|r| r.ufficio.unita.clear());
    assert_eq!(errore.to_string(), "ufficio.unita is empty");
}

#[test]
fn text_is_made_printable() {
    let ascii = |c: char| c.is_ascii_graphic() || c == 'è';
    for (dato, atteso) in [
        ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
        ("a\tb\u{3000}c\u{a0}d", "a b c\u{a0}d"),
        ("e\u{300}", "è"),
        ("a\u{200b}\u{ad}\u{feff}b", "ab"),
        ("\u{202e}x\u{7}", "[U+202E]x[U+0007]"),
        ("1\u{2011}2", "1-2"),
    ] {
        assert_eq!(stampabile(dato, ascii), atteso, "{dato:?}");
    }
}

#[test]
fn long_runs_may_be_broken_and_short_ones_may_not() {
    let giusta = "è".repeat(MASSIMO_PAROLA);
    assert_eq!(spezzabile(&format!("{giusta} {giusta}")), format!("{giusta} {giusta}"));
    assert_eq!(spezzabile(&format!("{giusta}{giusta}x")), format!("{giusta}{SPEZZA}{giusta}{SPEZZA}x"));
}

#[test]
fn sizes_read_as_people_write_them() {
    for (byte, atteso) in [
        (0, "0 byte"),
        (999, "999 byte"),
        (1_000, "1,0 kB"),
        (999_999, "999,9 kB"),
        (1_254_300, "1,2 MB"),
        (u64::MAX, "18446744073,7 GB"),
    ] {
        assert_eq!(dimensione(byte), atteso);
    }
}

/// Megabytes that the process holds.
fn memoria() -> u64 {
    let pagine = std::fs::read_to_string("/proc/self/statm").unwrap();
    pagine.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096 / 1_000_000
}

#[test]
fn memory_does_not_grow_with_the_documents() {
    let mut data = ricevuta();
    compositore();
    let prima = memoria();
    for n in 0..60 {
        data.istanza.oggetto = format!("Oggetto {n}");
        data.istanza.istante.nome = format!("Persona {n}");
        data.istanza.sezioni[0].righe[2].valore = format!("Testo {n} ").repeat(20);
        data.protocollo.numero = format!("{n:07}/2026");
        compositore().componi(Documento::Istanza(&data.istanza)).unwrap();
        compositore().componi(Documento::Ricevuta(&data)).unwrap();
    }
    // Without cleaning up it is about 150.
    let cresciuta = memoria().saturating_sub(prima);
    assert!(cresciuta < 90, "{cresciuta} MB more after 120 documents");
}
