//! What a file is, judged by its bytes; what its sender says is only compared with that.
//!
//! First by its first bytes, while it still arrives ([`a_prima_vista`]); then, whole, by what only its end or its inside
//! can tell ([`riconosci`]).

mod busta;
mod formati;
mod pdf;
mod testo;
mod zip;

use crate::sigillo::Lettore;
use app::ports::{Declared, DocumentError, Firma};
#[cfg(test)]
pub(crate) use busta::MAX_BUSTE;
use formati::{FORMATI, Formato};
pub(crate) use formati::{HEIF, JPEG, PNG, WEBP};

/// Bytes looked at first. The headers of all accepted formats end long before.
pub(crate) const HEAD: usize = 8 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Riconosciuto {
    /// Media type.
    pub mime: &'static str,
    /// A signature that it carries.
    pub firma: Option<Firma>,
}

/// What the first bytes leave possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Famiglia {
    /// One format, by its own signature.
    Certa(&'static str),
    /// ODT or DOCX, or any archive.
    Zip,
    /// A signed envelope.
    Busta,
    /// Words, if it says it is.
    Testo,
    /// None of ours.
    Altro,
}

impl Famiglia {
    fn of(head: &[u8]) -> (Self, &'static str) {
        let kind = infer::get(head).map_or("application/octet-stream", |kind| kind.mime_type());
        let certa = || FORMATI.iter().find(|f| f.mime == kind && f.coerente.is_some_and(|coherent| coherent(head)));
        let family = if head.starts_with(b"PK\x03\x04") {
            Self::Zip
        } else if busta::comincia(head) {
            Self::Busta
        } else if let Some(formato) = certa() {
            Self::Certa(formato.mime)
        } else if testo::comincia(head) {
            Self::Testo
        } else {
            Self::Altro
        };
        (family, kind)
    }

    fn candidati(self) -> &'static [&'static str] {
        match self {
            Self::Certa(mime) => FORMATI.iter().find(|f| f.mime == mime).map_or(&[], |f| std::slice::from_ref(&f.mime)),
            Self::Zip => &[formati::ODT, formati::DOCX],
            Self::Busta => &[formati::P7M],
            Self::Testo => &[formati::TXT],
            Self::Altro => &[],
        }
    }
}

/// Refuses by the first bytes what cannot be accepted.
///
/// # Errors
/// [`DocumentError::Mismatch`] when it was declared as something it is not, [`DocumentError::NotAccepted`] when it is
/// none of the accepted formats.
pub(crate) fn a_prima_vista(head: &[u8], declared: &Declared) -> Result<(), DocumentError> {
    let (family, kind) = Famiglia::of(head);
    confronta(family.candidati(), matches!(family, Famiglia::Certa(_)), kind, declared)?;
    // Words are only taken from who says so: any program and any page is text as well.
    if family == Famiglia::Testo && !dichiara(declared, formati::TXT) {
        return Err(DocumentError::NotAccepted);
    }
    Ok(())
}

/// The media type of a whole file. Blocks.
///
/// # Errors
/// As [`a_prima_vista`]; [`DocumentError::Suspicious`] for two files in one and for what hides in a container.
pub(crate) fn riconosci(file: &Lettore, declared: &Declared) -> Result<Riconosciuto, DocumentError> {
    let head = file.stretch(0, HEAD).map_err(DocumentError::Unavailable)?;
    a_prima_vista(&head, declared)?;
    let (family, _) = Famiglia::of(&head);
    let found = match family {
        Famiglia::Zip => Riconosciuto { mime: zip::documento(file, &head)?, firma: None },
        Famiglia::Busta => {
            busta::esamina(file, &head)?;
            Riconosciuto { mime: formati::P7M, firma: Some(Firma::Cades) }
        }
        Famiglia::Certa(formati::PDF) => {
            zip::nessuno_in_coda(file)?;
            Riconosciuto { mime: formati::PDF, firma: pdf::firmato(file)?.then_some(Firma::Pades) }
        }
        Famiglia::Certa(mime) => {
            zip::nessuno_in_coda(file)?;
            testo::nessuna_pagina(&head)?;
            Riconosciuto { mime, firma: None }
        }
        Famiglia::Testo => {
            zip::nessuno_in_coda(file)?;
            testo::esamina(file)?;
            Riconosciuto { mime: formati::TXT, firma: None }
        }
        Famiglia::Altro => return Err(DocumentError::NotAccepted),
    };
    confronta(&[found.mime], true, found.mime, declared)?;
    Ok(found)
}

/// Compares what is said of a file with what it may be.
fn confronta(candidati: &[&str], certo: bool, kind: &str, declared: &Declared) -> Result<(), DocumentError> {
    for claim in claims(declared) {
        let fits = claim.formato.is_some_and(|said| candidati.contains(&said));
        match claim.formato {
            _ if fits => {}
            // Another format that is known by name: an archive that says so is not lying, it is not accepted.
            None if !certo => return Err(DocumentError::NotAccepted),
            _ => return Err(DocumentError::Mismatch { declared: claim.text, found: kind.to_owned() }),
        }
    }
    if candidati.is_empty() { Err(DocumentError::NotAccepted) } else { Ok(()) }
}

fn dichiara(declared: &Declared, mime: &str) -> bool {
    claims(declared).any(|claim| claim.formato == Some(mime))
}

/// Something said of a file: the words, and the accepted format they mean (none: another format).
struct Claim {
    text: String,
    formato: Option<&'static str>,
}

fn claims(declared: &Declared) -> impl Iterator<Item = Claim> {
    [estensione(&declared.nome), tipo_dichiarato(declared.formato.as_deref())].into_iter().flatten()
}

/// What the extension says, when it is one that says anything.
fn estensione(nome: &str) -> Option<Claim> {
    let text = nome.rsplit_once('.')?.1.trim().to_ascii_lowercase();
    let formato = cerca(|f| f.estensioni.contains(&text.as_str()));
    (formato.is_some() || formati::ALTRE_ESTENSIONI.contains(&text.as_str())).then_some(Claim { text, formato })
}

/// What the media type says. Senders put `application/octet-stream` and worse where they do not know.
fn tipo_dichiarato(formato: Option<&str>) -> Option<Claim> {
    let text = formato?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let formato = cerca(|f| f.mime == text || f.alias.contains(&text.as_str()));
    let family = text.split('/').next().unwrap_or_default();
    (formato.is_some() || ["image", "text", "video", "audio"].contains(&family)).then_some(Claim { text, formato })
}

fn cerca(which: impl Fn(&Formato) -> bool) -> Option<&'static str> {
    FORMATI.iter().find(|formato| which(formato)).map(|formato| formato.mime)
}
