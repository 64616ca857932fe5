//! What the files are: standard, metadata, typefaces, code, page.

use super::strumenti::{aperto, bordi, caratteri, controlla, immagine, info, pagine, parole, xmp};
use super::{compositore, documenti, ricevuta};
use crate::{Allegato, Compositore, Documento};

/// Left and right margin of the embedded templates, 2 cm, in points.
const MARGINE: f64 = 56.6;

#[test]
fn they_are_sound_tagged_and_identified_as_pdf_a_and_pdf_ua() {
    for (nome, pdf) in documenti(&ricevuta()) {
        controlla(&pdf);
        let xmp = xmp(&pdf);
        for voluto in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
            assert!(xmp.contains(voluto), "{nome}: {voluto} is missing from {xmp}");
        }
        let file = aperto(&pdf);
        for voluto in
            ["/OutputIntents", "/Marked true", "/StructTreeRoot", "/DisplayDocTitle true", "/S /TH", "/S /H1", "/S /H2"]
        {
            assert!(file.contains(voluto), "{nome}: {voluto} is missing");
        }
        assert!(file.contains("/Lang (it-IT)") || file.contains("/Lang (it)"), "{nome}: no language");
        assert_eq!(info(&pdf, "Encrypted"), "no");
    }
}

#[test]
fn the_metadata_come_from_the_data() {
    let [(_, istanza), (_, ricevuta)] = documenti(&ricevuta());
    assert_eq!(info(&istanza, "Title"), "Istanza IS-7K3M-Q2XF-9D4C: Occupazione di suolo pubblico");
    assert_eq!(info(&ricevuta, "Title"), "Ricevuta di protocollo n. 0001234/2026, pratica IS-7K3M-Q2XF-9D4C");
    for pdf in [istanza, ricevuta] {
        assert_eq!(info(&pdf, "Author"), "Comune di Montelume");
        assert_eq!(info(&pdf, "CreationDate"), "2026-11-22T09:30:05Z");
        assert_eq!(info(&pdf, "Tagged"), "yes");
    }
}

#[test]
fn every_typeface_is_embedded() {
    for (nome, pdf) in documenti(&ricevuta()) {
        let caratteri = caratteri(&pdf);
        assert!(caratteri.iter().any(|(n, _)| n.contains("TitilliumWeb")), "{nome}: {caratteri:?}");
        for (carattere, come) in &caratteri {
            assert!(carattere.contains("TitilliumWeb") || carattere.contains("RobotoMono"), "{nome}: {carattere}");
            assert_eq!(*come, [true; 3], "{nome}: {carattere}");
        }
    }
}

#[test]
fn the_qr_code_leads_to_the_case() {
    let mut data = ricevuta();
    for indirizzo in
        [data.indirizzo.clone(), format!("https://x.example/{}", "a".repeat(crate::MASSIMO_INDIRIZZO - 18))]
    {
        data.indirizzo.clone_from(&indirizzo);
        let pdf = compositore().componi(Documento::Ricevuta(&data)).unwrap();
        let (larghezza, altezza, punti) = immagine(&pdf, 1);
        let mut foglio =
            rqrr::PreparedImage::prepare_from_greyscale(larghezza, altezza, |x, y| punti[y * larghezza + x]);
        let letti: Vec<_> = foglio.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, t)| t).collect();
        assert_eq!(letti, [indirizzo]);
    }
}

#[test]
fn equal_data_give_equal_bytes() {
    let data = ricevuta();
    let prima = documenti(&data);
    let mut altra = ricevuta();
    altra.istanza.oggetto.push('!');
    assert_ne!(documenti(&altra)[0], prima[0]);
    comemo::evict(0);
    assert_eq!(documenti(&data), prima);
    // As after a restart, and from several threads at once.
    let nuovo = Compositore::new(None).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(nuovo.componi(Documento::Ricevuta(&data)).unwrap(), prima[1].1));
        }
    });
}

#[test]
fn two_hundred_files_and_words_without_end_stay_on_the_page() {
    let mut data = ricevuta();
    let lungo = "Donaudampfschifffahrt".repeat(12);
    data.istanza.oggetto = lungo.clone();
    data.istanza.servizio = lungo.clone();
    data.istanza.istante.nome = lungo.clone();
    data.istanza.istante.contatti[0].valore = format!("{lungo}@pec.example");
    data.istanza.sezioni[0].righe[0].etichetta = lungo.clone();
    data.istanza.sezioni[0].righe[0].valore = "W".repeat(2_000);
    data.rimedi = lungo.clone();
    data.istanza.allegati = (1..=200)
        .map(|n| Allegato { nome: format!("{n}-{}.pdf", "X_".repeat(120)), byte: n, sha256: format!("{n:064x}") })
        .collect();
    for (nome, pdf) in documenti(&data) {
        controlla(&pdf);
        let (parole_sul_foglio, larghezza) = bordi(&pdf);
        for (da, a) in parole_sul_foglio {
            assert!(da >= MARGINE - 1.0 && a <= larghezza - MARGINE + 1.0, "{nome}: from {da} to {a} of {larghezza}");
        }
        let testo = parole(&pdf);
        assert!(testo.contains(&format!("{:064x}", 200)), "{nome}: the last file is missing");
        let n = pagine(&pdf);
        assert!((10..=30).contains(&n), "{nome}: {n} pages");
        for pagina in 1..=n {
            assert!(testo.contains(&format!("Pagina {pagina} di {n}")), "{nome}: page {pagina}");
        }
        // The head of the table is repeated on each page it runs over.
        assert!(testo.matches("Documento e impronta").count() >= n - 2, "{nome}");
    }
}

#[test]
fn a_short_request_is_one_page() {
    let [(_, istanza), (_, ricevuta)] = documenti(&ricevuta());
    assert_eq!((pagine(&istanza), pagine(&ricevuta)), (1, 2));
    for pdf in [istanza, ricevuta] {
        assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
    }
}
