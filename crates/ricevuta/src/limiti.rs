//! What may be asked of one composition. The text bounds the work, before any of it is done; the pages bound the result.

use crate::dati::{Documento, Istanza, Protocollo, Ricevuta, Soggetto};
use serde::Serialize;

/// Pages of one document.
pub const MASSIMO_PAGINE: usize = 40;
/// Bytes of all the text of one document, as JSON.
pub const MASSIMO_TESTO: usize = 256 * 1024;
/// Rows, files, declarations, contacts and steps of one document, together.
pub const MASSIMO_VOCI: usize = 1_500;
/// Characters of the address in the QR code: with more it could no longer be read off paper at its size.
pub const MASSIMO_INDIRIZZO: usize = 300;

/// Data that no document is composed from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatiError {
    /// More text than a document may hold.
    #[error("the document's text has {byte} bytes, at most {MASSIMO_TESTO} are allowed")]
    Testo {
        /// Bytes as JSON.
        byte: usize,
    },
    /// More rows than a document may hold.
    #[error("the document has {voci} rows, at most {MASSIMO_VOCI} are allowed")]
    Voci {
        /// How many.
        voci: usize,
    },
    /// Not an address of the web, or too long for the QR code.
    #[error(
        "the address of the case must begin with https:// or http:// and have at most {MASSIMO_INDIRIZZO} printable ASCII characters"
    )]
    Indirizzo,
    /// Not a SHA-256.
    #[error("{0}: a hash has 64 hexadecimal digits in lower case")]
    Impronta(String),
    /// A member that the law asks for is empty.
    #[error("{0} is empty")]
    Vuoto(&'static str),
}

/// Refuses what is too big, malformed or empty where the law wants something written.
pub(crate) fn controlla(documento: Documento<'_>) -> Result<(), DatiError> {
    match documento {
        Documento::Istanza(istanza) => {
            misura(istanza)?;
            controlla_istanza(istanza)
        }
        Documento::Ricevuta(ricevuta) => {
            misura(ricevuta)?;
            controlla_istanza(&ricevuta.istanza)?;
            controlla_protocollo(&ricevuta.protocollo)?;
            controlla_ricevuta(ricevuta)
        }
    }
}

fn misura(dati: &impl Serialize) -> Result<(), DatiError> {
    // Plain structs of text and numbers: writing them as JSON cannot fail.
    let byte = serde_json::to_vec(dati).map_or(usize::MAX, |json| json.len());
    if byte > MASSIMO_TESTO { Err(DatiError::Testo { byte }) } else { Ok(()) }
}

fn controlla_istanza(istanza: &Istanza) -> Result<(), DatiError> {
    let contatti = |s: &Soggetto| s.contatti.len();
    let voci = istanza.sezioni.iter().map(|s| s.righe.len() + 1).sum::<usize>()
        + istanza.dichiarazioni.len()
        + istanza.allegati.len()
        + contatti(&istanza.istante)
        + istanza.delegato.as_ref().map_or(0, contatti);
    if voci > MASSIMO_VOCI {
        return Err(DatiError::Voci { voci });
    }
    pieni(&[
        ("comune.nome", &istanza.comune.nome),
        ("comune.aoo", &istanza.comune.aoo),
        ("tipo", &istanza.tipo),
        ("pratica", &istanza.pratica),
        ("istante.nome", &istanza.istante.nome),
        ("servizio", &istanza.servizio),
        ("oggetto", &istanza.oggetto),
    ])?;
    istanza.allegati.iter().try_for_each(|allegato| sha256(&allegato.nome, &allegato.sha256))
}

fn controlla_protocollo(protocollo: &Protocollo) -> Result<(), DatiError> {
    pieni(&[("protocollo.numero", &protocollo.numero), ("protocollo.registro", &protocollo.registro)])
}

fn controlla_ricevuta(ricevuta: &Ricevuta) -> Result<(), DatiError> {
    let voci = ricevuta.passi.len() + ricevuta.ufficio.contatti.len();
    if voci > MASSIMO_VOCI {
        return Err(DatiError::Voci { voci });
    }
    pieni(&[
        ("ufficio.unita", &ricevuta.ufficio.unita),
        ("rimedi", &ricevuta.rimedi),
        ("visione", &ricevuta.visione),
        ("privacy", &ricevuta.privacy),
    ])?;
    let indirizzo = &ricevuta.indirizzo;
    let web = indirizzo.starts_with("https://") || indirizzo.starts_with("http://");
    if !web || indirizzo.len() > MASSIMO_INDIRIZZO || !indirizzo.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(DatiError::Indirizzo);
    }
    sha256("impronta", &ricevuta.impronta)
}

fn pieni(membri: &[(&'static str, &String)]) -> Result<(), DatiError> {
    match membri.iter().find(|(_, testo)| testo.trim().is_empty()) {
        Some((nome, _)) => Err(DatiError::Vuoto(nome)),
        None => Ok(()),
    }
}

fn sha256(nome: &str, testo: &str) -> Result<(), DatiError> {
    let good = testo.len() == 64 && testo.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if good { Ok(()) } else { Err(DatiError::Impronta(nome.to_owned())) }
}
