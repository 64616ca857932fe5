//! A municipality's own templates.

use super::strumenti::parole;
use super::{compositore, ricevuta};
use crate::{CartellaError, Compositore, Documento, MASSIMO_CARTELLA, MASSIMO_FILE, ModelliError};
use std::path::Path;

const RICEVUTA: &str = include_str!("../../templates/ricevuta.typ");
const BASE: &str = include_str!("../../templates/base.typ");

fn cartella(file: &[(&str, &str)]) -> tempfile::TempDir {
    let cartella = tempfile::tempdir().unwrap();
    for (nome, testo) in file {
        std::fs::write(cartella.path().join(nome), testo).unwrap();
    }
    cartella
}

fn errore(file: &[(&str, &str)]) -> String {
    let cartella = cartella(file);
    match Compositore::new(Some(cartella.path())) {
        Err(errore) => errore.to_string(),
        Ok(_) => panic!("taken"),
    }
}

#[test]
fn a_file_of_the_folder_takes_the_place_of_the_embedded_one() {
    let stemma = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>"#;
    let base = BASE.replacen(
        "  linebreak()\n",
        "  linebreak()\n  image(\"/stemma.svg\", width: 1cm, alt: \"Stemma\")\n  [Medaglia al valor civile]\n",
        1,
    );
    assert_ne!(base, BASE);
    let cartella = cartella(&[("base.typ", &base), ("stemma.svg", stemma), ("LEGGIMI.txt", "note")]);
    let proprio = Compositore::new(Some(cartella.path())).unwrap();
    let data = ricevuta();
    for documento in [Documento::Istanza(&data.istanza), Documento::Ricevuta(&data)] {
        assert!(parole(&proprio.componi(documento).unwrap()).contains("Medaglia al valor civile"));
        assert!(!parole(&compositore().componi(documento).unwrap()).contains("Medaglia"));
    }
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let rotto = RICEVUTA.replacen("#r.visione", "#r.visone", 1);
    let riga = rotto.lines().position(|r| r == "#r.visone").unwrap() + 1;
    let detto = errore(&[("ricevuta.typ", &rotto)]);
    assert!(detto.contains("the template of the receipt does not work"), "{detto}");
    assert!(detto.contains(&format!("ricevuta.typ:{riga}:")) && detto.contains("visone"), "{detto}");
    let detto = errore(&[("istanza.typ", "#show: (")]);
    assert!(detto.contains("the template of the request") && detto.contains("istanza.typ:1:"), "{detto}");
}

#[test]
fn a_template_that_leaves_something_out_is_told_what() {
    let rotto = RICEVUTA.replacen("#r.rimedi", "", 1).replacen("r.termine.silenzio", "[]", 1);
    let detto = errore(&[("ricevuta.typ", &rotto)]);
    assert_eq!(detto, "the template of the receipt leaves out: ricevuta.termine.silenzio, ricevuta.rimedi");
    let istanza = include_str!("../../templates/istanza.typ").replacen("=== #sezione.titolo", "", 1);
    let detto = errore(&[("istanza.typ", &istanza)]);
    assert_eq!(detto, "the template of the request leaves out: istanza.sezioni.titolo");
}

#[test]
fn a_template_reaches_nothing_outside() {
    for riga in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../../etc/passwd\")",
        "#image(\"/qr.svg\", alt: \"\")",
        "#import \"@preview/cetz:0.3.0\"",
        "#import \"altrove.typ\"",
    ] {
        let detto = errore(&[("istanza.typ", &format!("\n{riga}"))]);
        assert!(detto.contains("istanza.typ:2:"), "{riga}: {detto}");
        assert!(detto.contains("denied") || detto.contains("escape") || detto.contains("outside"), "{riga}: {detto}");
    }
}

#[test]
fn a_template_without_end_is_stopped() {
    let detto = errore(&[("istanza.typ", "#let x = 0\n#while x < 1 { x = x * 2 }")]);
    assert!(detto.contains("infinite"), "{detto}");
}

#[test]
fn what_the_standards_or_the_page_miss_is_told() {
    let muta = BASE.replacen("  linebreak()\n", "  linebreak()\n  image(\"/stemma.svg\")\n", 1);
    let stemma = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>"#;
    let detto = errore(&[("base.typ", &muta), ("stemma.svg", stemma)]);
    assert!(detto.contains("alt"), "{detto}");
    let detto = errore(&[("base.typ", &BASE.replacen("Titillium Web", "Comic Sans MS", 1))]);
    assert!(detto.contains("unknown font family"), "{detto}");
}

#[test]
fn a_folder_that_cannot_be_used_is_told() {
    assert!(matches!(
        Compositore::new(Some(Path::new("/no/such/folder"))),
        Err(ModelliError::Cartella(CartellaError::Lettura { .. }))
    ));
    assert!(errore(&[("qr.svg", "<svg/>")]).contains("taken by the QR code"));
    assert!(errore(&[("mio.ttf", "no typeface")]).contains("not an OpenType"));

    let latin1 = tempfile::tempdir().unwrap();
    std::fs::write(latin1.path().join("base.typ"), b"perch\xe9").unwrap();
    assert!(Compositore::new(Some(latin1.path())).err().unwrap().to_string().contains("UTF-8"));

    let tanti: Vec<_> = (0..=MASSIMO_FILE).map(|n| format!("{n}.svg")).collect();
    let tanti: Vec<_> = tanti.iter().map(|nome| (nome.as_str(), "<svg/>")).collect();
    assert!(errore(&tanti).contains("more than 64"));

    let grande = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(grande.path().join("film.png")).unwrap();
    file.set_len(MASSIMO_CARTELLA + 1).unwrap();
    assert!(matches!(
        Compositore::new(Some(grande.path())),
        Err(ModelliError::Cartella(CartellaError::TroppoGrande { .. }))
    ));
}
