//! What is taken, what is not, and why.

use super::campioni::{docx, elf, heic, jpeg, odt, p7m, p7m_ber, padded, pdf, pdf_firmato, png, webp, zip, zip_bomb};
use super::{Banco, LIMIT, MIB, arrivo, nuovo, pieces};
use app::ports::{DocumentError, DocumentStore as _, Firma};
use bytes::Bytes;
use domain::allegato::Impronta;
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const P7M: &str = "application/pkcs7-mime";

/// Name, type and bytes as sent; type and signature as recognised.
type Caso = (&'static str, &'static str, Vec<u8>, &'static str, Option<Firma>);

#[tokio::test]
async fn what_is_accepted_is_kept_as_it_came() {
    let banco = Banco::new();
    let long = "Chiedo la riparazione. È urgente.\r\n".repeat(9_000);
    let cases: [Caso; 19] = [
        ("foto.jpg", "image/jpeg", jpeg(100_000), "image/jpeg", None),
        ("FOTO.JPEG", "image/jpg", jpeg(9_000), "image/jpeg", None),
        ("schema.png", "image/png", png(5_000), "image/png", None),
        ("foto.webp", "image/webp", webp(), "image/webp", None),
        ("IMG_0001.HEIC", "image/heic", heic(), "image/heif", None),
        ("domanda.pdf", "application/pdf", pdf(30_000), "application/pdf", None),
        ("firmata.pdf", "application/pdf", pdf_firmato(), "application/pdf", Some(Firma::Pades)),
        ("senza-estensione", "", png(300), "image/png", None),
        ("verbale.2026", "application/octet-stream", pdf(200), "application/pdf", None),
        ("foto.jpg", "application/x-qualcosa; a=b", jpeg(70), "image/jpeg", None),
        ("lettera.docx", DOCX, docx(), DOCX, None),
        ("lettera.docx", "application/zip", docx(), DOCX, None),
        ("lettera.odt", ODT, odt(), ODT, None),
        ("domanda.pdf.p7m", P7M, p7m(&pdf(500)), P7M, Some(Firma::Cades)),
        ("grande.pdf.p7m", "application/x-pkcs7-mime", p7m(&pdf(200_000)), P7M, Some(Firma::Cades)),
        ("due.pdf.p7m.p7m", "", p7m(&p7m(&pdf(500))), P7M, Some(Firma::Cades)),
        ("ber.pdf.p7m", "", p7m_ber(&pdf(90)), P7M, Some(Firma::Cades)),
        ("nota.txt", "text/plain; charset=utf-8", long.into_bytes(), "text/plain", None),
        ("Leggimi.TXT", "", b"perch\xe9 no, 5 < 7".to_vec(), "text/plain", None),
    ];
    for (nome, formato, bytes, expected, firma) in cases {
        let (id, stored) = banco.put(nome, formato, &bytes).await.unwrap_or_else(|e| panic!("{nome} {formato}: {e}"));
        assert_eq!((stored.formato.as_str(), stored.firma), (expected, firma), "{nome}");
        assert_eq!(stored.impronta, Impronta::from_bytes(Sha256::digest(&bytes).into()));
        assert_eq!((stored.dimensione, stored.posizione_tolta), (bytes.len() as u64, false));
        assert!(banco.read(id, &stored.impronta).await == bytes, "{nome}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_refused_and_not_kept() {
    let banco = Banco::new();
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
    let cases: [(&str, &str, Vec<u8>, &str); 16] = [
        ("foto.jpg", "image/jpeg", elf(), "jpg"),
        ("foto", "image/jpeg", elf(), "image/jpeg"),
        ("relazione.pdf", "", padded(b"MZ\x90\0\x03\0\0\0", 9_000), "pdf"),
        ("foto.png", "image/png", html.clone(), "png"),
        ("foto.png", "image/jpeg", png(500), "image/jpeg"),
        ("foto.jpg", "image/png", png(500), "jpg"),
        ("foto.exe", "image/png", png(500), "exe"),
        ("foto.png", "text/html", png(500), "text/html"),
        ("domanda.pdf", "application/pdf", jpeg(500), "pdf"),
        ("domanda.pdf", "", [b"\n\n%PDF-1.7\n".to_vec(), html.clone()].concat(), "pdf"),
        ("foto.png", "", [b"\x89PNG\r\n\x1a\n".to_vec(), html.clone()].concat(), "png"),
        ("foto.jpg", "", [b"\xff\xd8\xff".to_vec(), html.clone()].concat(), "jpg"),
        ("foto.jpg", "", [b"\xff\xd8\xff\xe0\x00\x05abc".to_vec(), html].concat(), "jpg"),
        ("lettera.docx", "", odt(), "docx"),
        ("lettera.odt", "", docx(), "odt"),
        ("firmata.p7m", "", pdf(500), "p7m"),
    ];
    for (nome, formato, bytes, said) in cases {
        match banco.put(nome, formato, &bytes).await {
            Err(DocumentError::Mismatch { declared, .. }) => assert_eq!(declared, said, "{nome} {formato}"),
            other => panic!("{nome} {formato}: {other:?}"),
        }
    }
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn other_formats_and_empty_files_are_refused() {
    let banco = Banco::new();
    for (nome, formato, bytes) in [
        ("programma", "application/octet-stream", elf()),
        ("immagine.gif", "image/gif", padded(b"GIF89a\x10\0\x10\0", 900)),
        ("archivio.zip", "application/zip", zip(&[("a.pdf", &pdf(500))])),
        ("archivio", "", zip(&[("a.pdf", &pdf(500))])),
        ("dati.csv", "", b"nome;cognome\n".to_vec()),
        ("senza-nome", "", b"una nota che non dice di esserlo".to_vec()),
        ("pagina.txt", "", b"<!DOCTYPE html><html><body>ciao</body></html>".to_vec()),
        ("comando.sh", "", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        ("largo.txt", "text/plain", b"\xff\xfec\0i\0a\0o\0".to_vec()),
    ] {
        let refused = banco.put(nome, formato, &bytes).await;
        let known = matches!(refused, Err(DocumentError::NotAccepted | DocumentError::Mismatch { .. }));
        assert!(known, "{nome}: {refused:?}");
    }
    assert!(matches!(banco.put("vuoto.pdf", "", b"").await, Err(DocumentError::Empty)));
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn two_files_in_one_and_hidden_programs_are_refused() {
    let banco = Banco::new();
    let archive = zip(&[("a.exe", &elf())]);
    let behind = |head: Vec<u8>| [head, archive.clone()].concat();
    let mut page = jpeg(500);
    page[300..300 + 29].copy_from_slice(b"<ScRiPt>alert('x')</script>  ");
    let mut hidden_pdf = jpeg(2_000);
    hidden_pdf[700..708].copy_from_slice(b"%PDF-1.7");
    let text = [&b"Gentile ufficio,\n".repeat(9_000)[..], b"<SCRIPT>alert(1)</SCRIPT>"].concat();
    let macros = zip(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")]);
    let program = zip(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x"), ("word/a.EXE", b"x")]);
    for (nome, bytes) in [
        ("foto.jpg", behind(jpeg(90_000))),
        ("foto.png", behind(png(5_000))),
        ("domanda.pdf", behind(pdf(90_000))),
        ("foto.jpg", page),
        ("foto.jpg", hidden_pdf),
        ("nota.txt", text),
        ("lettera.docx", macros),
        ("lettera.docx", program),
        ("conto.p7m", p7m(&elf())),
        ("conto.p7m", p7m_ber(b"MZ\x90\0 un programma")),
    ] {
        let refused = banco.put(nome, "", &bytes).await;
        assert!(matches!(refused, Err(DocumentError::Suspicious(_))), "{nome}: {refused:?}");
    }
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn archives_that_grow_are_refused_by_their_list() {
    let banco = Banco::new();
    for (unpacked, taken) in [((16 << 20) - 100, true), (17 << 20, false), (300 << 20, false), (u32::MAX - 1, false)] {
        let answer = banco.put("lettera.docx", "", &zip_bomb(unpacked)).await;
        assert_eq!(answer.is_ok(), taken, "{unpacked}: {answer:?}");
        assert!(taken || matches!(answer, Err(DocumentError::Suspicious(_))));
    }
    let names: Vec<String> = (0..4_097).map(|n| format!("{n}.xml")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(matches!(banco.put("l.docx", "", &zip(&members)).await, Err(DocumentError::Suspicious(_))));
}

#[tokio::test]
async fn broken_containers_are_damaged() {
    let banco = Banco::new();
    let (docx, envelope) = (docx(), p7m(&pdf(500)));
    for (nome, bytes) in
        [("lettera.docx", docx[..docx.len() - 30].to_vec()), ("domanda.p7m", envelope[..envelope.len() - 30].to_vec())]
    {
        let refused = banco.put(nome, "", &bytes).await;
        assert!(matches!(refused, Err(DocumentError::Damaged)) || nome == "domanda.p7m", "{nome}: {refused:?}");
    }
    let mut endless = pdf(100);
    for _ in 0..=crate::riconosci::MAX_BUSTE {
        endless = p7m(&endless);
    }
    assert!(matches!(banco.put("m.p7m", "", &endless).await, Err(DocumentError::Suspicious(_))));
}

#[tokio::test]
async fn a_file_has_at_most_the_limit() {
    let banco = Banco::new();
    let with = |limite| app::ports::Arrivo { limite, ..arrivo(nuovo(), "a.png", "") };
    let exact = banco.store.put(with(5_000), pieces(&png(5_000), 512)).await.unwrap();
    assert_eq!(exact.dimensione, 5_000);
    let more = banco.store.put(with(5_000), pieces(&png(5_001), 512)).await;
    assert!(matches!(more, Err(DocumentError::TooLarge { limit: 5_000 })));
    assert_eq!(banco.files().len(), 1);
}

#[tokio::test]
async fn a_large_stream_is_refused_at_the_limit_without_being_read_to_its_end() {
    let banco = Banco::new();
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    // Thirty megabytes, made while they are asked for.
    let body = stream::iter(0..30 * 16).map(move |n| {
        let chunk = if n == 0 { jpeg(65_536) } else { vec![n as u8; 65_536] };
        counter.fetch_add(chunk.len() as u64, Ordering::SeqCst);
        Ok(Bytes::from(chunk))
    });
    let refused = banco.store.put(arrivo(nuovo(), "grande.jpg", "image/jpeg"), body.boxed()).await;
    assert!(matches!(refused, Err(DocumentError::TooLarge { limit: LIMIT })));
    assert_eq!(sent.load(Ordering::SeqCst), 10 * MIB + 65_536, "nothing is read beyond the first chunk over the limit");
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn what_is_not_accepted_is_refused_before_it_has_all_arrived() {
    let banco = Banco::new();
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let body = stream::iter(0..100).map(move |n| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(Bytes::from(if n == 0 { elf() } else { vec![0; 20_000] }))
    });
    let refused = banco.store.put(arrivo(nuovo(), "foto.jpg", ""), body.boxed()).await;
    assert!(matches!(refused, Err(DocumentError::Mismatch { .. })));
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}
