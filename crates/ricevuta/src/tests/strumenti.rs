//! Programs that read PDF files, and what they say.

use std::process::{Command, Stdio};

/// Runs a program on a file with these bytes; its standard output.
fn leggi(pdf: &[u8], programma: &str, prima: &[&str], dopo: &[&str]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = Command::new(programma)
        .args(prima)
        .arg(file.path())
        .args(dopo)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{programma}: {e}. These tests need Debian's packages poppler-utils and qpdf"));
    assert!(output.status.success(), "{programma}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn testo(byte: Vec<u8>) -> String {
    String::from_utf8(byte).unwrap()
}

/// The text that a reader copies out, with every run of white space as one space.
pub fn parole(pdf: &[u8]) -> String {
    let testo = testo(leggi(pdf, "pdftotext", &["-enc", "UTF-8"], &["-"])).replace(crate::testo::SPEZZA, "");
    testo.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text with runs of white space as one space, as [`parole`] gives it.
pub fn piano(testo: &str) -> String {
    testo.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Left and right edge of every word, and the page's width, in points.
pub fn bordi(pdf: &[u8]) -> (Vec<(f64, f64)>, f64) {
    let html = testo(leggi(pdf, "pdftotext", &["-bbox"], &["-"]));
    let numero = |riga: &str, nome: &str| -> Option<f64> {
        let da = riga.find(&format!("{nome}=\""))? + nome.len() + 2;
        riga[da..].split('"').next()?.parse().ok()
    };
    let parole =
        html.lines().filter(|r| r.contains("<word")).map(|r| (numero(r, "xMin").unwrap(), numero(r, "xMax").unwrap()));
    let larghezza = html.lines().find(|r| r.contains("<page")).and_then(|r| numero(r, "width")).unwrap();
    (parole.collect(), larghezza)
}

/// What `pdfinfo` says under a name.
pub fn info(pdf: &[u8], nome: &str) -> String {
    let tutto = testo(leggi(pdf, "pdfinfo", &["-isodates"], &[]));
    let riga = tutto.lines().find(|r| r.starts_with(&format!("{nome}:"))).unwrap_or_else(|| panic!("{nome}: {tutto}"));
    riga[nome.len() + 1..].trim().to_owned()
}

/// How many pages.
pub fn pagine(pdf: &[u8]) -> usize {
    info(pdf, "Pages").parse().unwrap()
}

/// The XMP packet.
pub fn xmp(pdf: &[u8]) -> String {
    testo(leggi(pdf, "pdfinfo", &["-meta"], &[]))
}

/// Names of the typefaces, and whether each is embedded, a subset and has a table to Unicode.
pub fn caratteri(pdf: &[u8]) -> Vec<(String, [bool; 3])> {
    let tavola = testo(leggi(pdf, "pdffonts", &[], &[]));
    tavola
        .lines()
        .skip(2)
        .map(|riga| {
            let colonne: Vec<_> = riga.split_whitespace().collect();
            // From the right: object id and generation, then uni, sub, emb; the type on the left has spaces.
            let n = colonne.len();
            let yes = |i: usize| colonne[n - i] == "yes";
            (colonne[0].to_owned(), [yes(5), yes(4), yes(3)])
        })
        .collect()
}

/// Fails unless the file's structure is sound.
pub fn controlla(pdf: &[u8]) {
    let detto = testo(leggi(pdf, "qpdf", &["--check"], &[]));
    assert!(detto.contains("No syntax or stream encoding errors found"), "{detto}");
}

/// The file with nothing compressed, as text.
pub fn aperto(pdf: &[u8]) -> String {
    let byte = leggi(pdf, "qpdf", &["--qdf", "--object-streams=disable"], &["-"]);
    String::from_utf8_lossy(&byte).into_owned()
}

/// A page in grey: width, height, one byte for each point.
pub fn immagine(pdf: &[u8], pagina: usize) -> (usize, usize, Vec<u8>) {
    let n = pagina.to_string();
    let pgm = leggi(pdf, "pdftoppm", &["-gray", "-r", "300", "-f", &n, "-l", &n], &[]);
    let mut resto = &pgm[..];
    let mut parola = || {
        let fine = resto.iter().position(u8::is_ascii_whitespace).unwrap();
        let parola = String::from_utf8(resto[..fine].to_vec()).unwrap();
        resto = &resto[fine + 1..];
        parola
    };
    assert_eq!(parola(), "P5");
    let (larghezza, altezza) = (parola().parse().unwrap(), parola().parse().unwrap());
    assert_eq!(parola(), "255");
    (larghezza, altezza, resto.to_vec())
}
