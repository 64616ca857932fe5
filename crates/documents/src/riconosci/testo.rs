//! Plain text, and pages that pass for something else.

use crate::sigillo::Lettore;
use app::ports::DocumentError;
use memchr::{memchr_iter, memmem};

/// What makes a browser take a file for a page or a server for a program, wherever it stands. In lower case.
const PAGINE: [&[u8]; 9] =
    [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<svg", b"<?php", b"<?xml"];
/// The longest of them.
const LONGEST: usize = 9;
/// Bytes searched at once.
const STRETCH: usize = 64 * 1024;

/// Whether `needle` stands anywhere in `bytes`.
pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memmem::find(bytes, needle).is_some()
}

fn page(bytes: &[u8]) -> bool {
    // The first character is looked for first: nearly no byte is one.
    memchr_iter(b'<', bytes).any(|at| {
        let rest = &bytes[at..bytes.len().min(at + LONGEST)];
        PAGINE.iter().any(|mark| rest.len() >= mark.len() && rest[..mark.len()].eq_ignore_ascii_case(mark))
    })
}

/// Characters of a text: no control characters but tab, line and page ends. Bytes above 127 are letters in any of the old
/// encodings; UTF-16 is not taken, its zeros are.
fn words(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}

/// Whether the first bytes may begin a text. `infer` knows pages and scripts by their beginning.
pub(super) fn comincia(head: &[u8]) -> bool {
    !head.is_empty() && words(head) && infer::get(head).is_none() && !head.starts_with(b"#!") && !page(head)
}

/// Reads a text to its end. Blocks.
pub(super) fn esamina(file: &Lettore) -> Result<(), DocumentError> {
    let mut from = 0;
    while from < file.len() {
        let bytes = file.stretch(from, STRETCH + LONGEST).map_err(DocumentError::Unavailable)?;
        if !words(&bytes) {
            return Err(DocumentError::NotAccepted);
        }
        if page(&bytes) {
            return Err(DocumentError::Suspicious("a page inside a text"));
        }
        from += STRETCH as u64;
    }
    Ok(())
}

/// A picture whose first bytes are also a page, a program or a PDF.
pub(super) fn nessuna_pagina(head: &[u8]) -> Result<(), DocumentError> {
    let lower = head.to_ascii_lowercase();
    let page = [&b"<script"[..], b"<html", b"<!doctype html", b"<?php"].iter().any(|mark| contains(&lower, mark));
    if page {
        return Err(DocumentError::Suspicious("a page inside a picture"));
    }
    // Readers of PDF look for its header in the first 1,024 bytes.
    if contains(&head[..head.len().min(1024)], b"%PDF-") {
        return Err(DocumentError::Suspicious("a PDF inside a picture"));
    }
    Ok(())
}
