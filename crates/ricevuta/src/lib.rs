//! PDF receipts: the request as filed and the receipt, as PDF/A-2a (tagged) and PDF/UA-1, set with typst as a library.
//!
//! The order matters. The request is composed and hashed **before** the number is taken, because the register keeps the
//! hash of bytes that already exist; so the request never shows its number. The receipt shows the segnatura and the hash.
//!
//! Templates are files that a municipality can replace ([`Compositore::new`]). They see one JSON object and nothing else:
//! no file system, no packages, no clock. Equal data and templates give equal bytes.

mod adattatore;
mod compositore;
mod dati;
mod limiti;
mod modelli;
mod mondo;
mod prova;
mod testo;
#[cfg(test)]
mod tests;
mod vista;

pub use compositore::{ComponiError, Compositore, ErroreModello, ModelliError};
pub use dati::{Allegato, Comune, Documento, Istanza, Protocollo, Ricevuta, Riga, Sezione, Soggetto, Termine, Ufficio};
pub use limiti::{DatiError, MASSIMO_INDIRIZZO, MASSIMO_PAGINE, MASSIMO_TESTO, MASSIMO_VOCI};
pub use modelli::{CartellaError, MASSIMO_CARTELLA, MASSIMO_FILE};
