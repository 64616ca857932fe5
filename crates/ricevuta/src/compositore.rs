//! Composes the documents.

use crate::dati::Documento;
use crate::limiti::{DatiError, MASSIMO_PAGINE, controlla};
use crate::modelli::{CartellaError, ISTANZA, Modelli, RICEVUTA};
use crate::mondo::{Base, Mondo, file_id};
use crate::{prova, vista};
use jiff::{Timestamp, tz::TimeZone};
use qrcode::{EcLevel, QrCode, render::svg};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use typst::WorldExt as _;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Compositions between two clean-ups of the typesetter's cache: it keeps what it has laid out, and nothing bounds it.
const PULIZIA_OGNI: usize = 4;
/// Clean-ups that an entry of the cache survives without being used: templates and typefaces are used each time.
const PULIZIA_ETA: usize = 2;
/// Errors of a template that are told; the first is the one to mend.
const MASSIMO_ERRORI: usize = 5;

/// Composes receipts and requests as PDF/A-2a and PDF/UA-1. Make one at start and share it: it holds the typefaces, the
/// parsed templates and the typesetter's library.
pub struct Compositore {
    base: Base,
    standard: PdfStandards,
    composti: AtomicUsize,
}

/// Templates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelliError {
    /// The folder or a file in it.
    #[error(transparent)]
    Cartella(#[from] CartellaError),
    /// A name that no file of a template can have.
    #[error("a file's name in the folder of templates has a character that no file of a template may have")]
    Nome,
    /// A sample could not be composed.
    #[error("the template of {documento} does not work: {source}")]
    Prova {
        /// Which document.
        documento: &'static str,
        /// Why.
        source: ComponiError,
    },
    /// A sample was composed, but what has to be on it is not.
    #[error("the template of {documento} leaves out: {}", .mancano.join(", "))]
    Omette {
        /// Which document.
        documento: &'static str,
        /// The members of the data that were not found in its text.
        mancano: Vec<&'static str>,
    },
}

/// A document that could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComponiError {
    /// The data.
    #[error(transparent)]
    Dati(#[from] DatiError),
    /// The template, or the data in the template.
    #[error("{}", elenco(.0))]
    Modello(Vec<ErroreModello>),
    /// Longer than a document may be.
    #[error("the document has {0} pages, at most {MASSIMO_PAGINE} are allowed")]
    Pagine(usize),
    /// The typesetter's own limits.
    #[error("the document cannot be made: {0}")]
    Interno(String),
}

/// What is wrong in a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErroreModello {
    /// File, line and column, from 1; none where the error has no place of its own.
    pub dove: Option<(String, usize, usize)>,
    /// In English, as the typesetter says it.
    pub messaggio: String,
}

impl fmt::Display for ErroreModello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, riga, colonna)) = &self.dove {
            write!(f, "{file}:{riga}:{colonna}: ")?;
        }
        f.write_str(&self.messaggio)
    }
}

fn elenco(errori: &[ErroreModello]) -> String {
    errori.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Compositore {
    /// With the embedded templates, or with those of a municipality's own folder in place of the embedded ones of the same
    /// name (`base.typ`, `istanza.typ`, `ricevuta.typ`; also images and typefaces). Composes a sample of each document, so
    /// that a broken template is found at start and not by a citizen.
    pub fn new(cartella: Option<&Path>) -> Result<Self, ModelliError> {
        let mut modelli = Modelli::incorporati();
        if let Some(cartella) = cartella {
            modelli.aggiungi(cartella)?;
        }
        let standard = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|e| ModelliError::Prova {
            documento: "any kind",
            source: ComponiError::Interno(e.message().to_string()),
        })?;
        let base = Base::new(modelli).ok_or(ModelliError::Nome)?;
        let compositore = Self { base, standard, composti: AtomicUsize::new(0) };
        prova::prova(&compositore)?;
        Ok(compositore)
    }

    /// The document's bytes: the same for the same data and templates. Takes tens of milliseconds of a core and blocks:
    /// call it on `spawn_blocking`, as many at a time as there are cores to spare, because nothing here queues.
    pub fn componi(&self, documento: Documento<'_>) -> Result<Vec<u8>, ComponiError> {
        controlla(documento)?;
        let esito = self.impagina(documento).and_then(|(pagine, _)| self.scrivi(documento, &pagine));
        if self.composti.fetch_add(1, Ordering::Relaxed) % PULIZIA_OGNI == PULIZIA_OGNI - 1 {
            comemo::evict(PULIZIA_ETA);
        }
        esito
    }

    /// The text of a document without any white space, and what the typesetter warned of.
    pub(crate) fn testo(&self, documento: Documento<'_>) -> Result<(String, Vec<ErroreModello>), ComponiError> {
        let (pagine, avvisi) = self.impagina(documento)?;
        let mut testo = String::new();
        for pagina in pagine.pages() {
            raccogli(&pagina.frame, &mut testo);
        }
        testo.retain(|c| !c.is_whitespace() && c != crate::testo::SPEZZA);
        Ok((testo, avvisi))
    }

    fn impagina(&self, documento: Documento<'_>) -> Result<(PagedDocument, Vec<ErroreModello>), ComponiError> {
        let dati = vista::dati(documento, |c| self.base.mostra(c));
        let (nome, qr) = match documento {
            Documento::Istanza(_) => (ISTANZA, None),
            Documento::Ricevuta(ricevuta) => (RICEVUTA, Some(qr(&ricevuta.indirizzo)?)),
        };
        let mondo = Mondo {
            base: &self.base,
            main: file_id(nome).ok_or_else(|| ComponiError::Interno(nome.to_owned()))?,
            dati: Bytes::from_string(dati.to_string()),
            qr: qr.map(Bytes::from_string),
            data: data(vista::istante(documento)),
        };
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&mondo);
        let mut pagine = output.map_err(|errori| ComponiError::Modello(self.luoghi(&mondo, &errori)))?;
        if pagine.pages().len() > MASSIMO_PAGINE {
            return Err(ComponiError::Pagine(pagine.pages().len()));
        }
        // Not the template's to decide: what archives and search engines of documents go by.
        let info = pagine.info_mut();
        info.title = Some(vista::titolo(documento).into());
        info.author = vec![vista::comune(documento).nome.as_str().into()];
        info.date = Smart::Auto;
        Ok((pagine, self.luoghi(&mondo, &warnings)))
    }

    fn scrivi(&self, documento: Documento<'_>, pagine: &PagedDocument) -> Result<Vec<u8>, ComponiError> {
        let opzioni = PdfOptions {
            ident: Smart::Custom(vista::titolo(documento)),
            creator: Smart::Custom(Some("Sportello".to_owned())),
            timestamp: data(vista::istante(documento)).map(typst_pdf::Timestamp::new_utc),
            page_ranges: None,
            standards: self.standard.clone(),
            tagged: true,
            pretty: false,
        };
        typst_pdf::pdf(pagine, &opzioni).map_err(|errori| {
            let errori = errori.iter().take(MASSIMO_ERRORI).map(|e| self.luogo(e, None)).collect();
            ComponiError::Modello(errori)
        })
    }

    fn luoghi(&self, mondo: &Mondo<'_>, diagnosi: &[SourceDiagnostic]) -> Vec<ErroreModello> {
        diagnosi.iter().take(MASSIMO_ERRORI).map(|d| self.luogo(d, mondo.range(d.span))).collect()
    }

    fn luogo(&self, diagnosi: &SourceDiagnostic, tratto: Option<std::ops::Range<usize>>) -> ErroreModello {
        let dove = diagnosi.span.id().and_then(|id| {
            let (riga, colonna) = self.base.sorgente(id)?.lines().byte_to_line_column(tratto?.start)?;
            Some((id.vpath().get_without_slash().to_owned(), riga + 1, colonna + 1))
        });
        let mut messaggio = diagnosi.message.to_string();
        for hint in &diagnosi.hints {
            messaggio.push_str(": ");
            messaggio.push_str(&hint.v);
        }
        ErroreModello { dove, messaggio }
    }
}

/// In UTC, as the metadata say it.
fn data(istante: Timestamp) -> Option<Datetime> {
    let d = TimeZone::UTC.to_datetime(istante);
    let unsigned = |n: i8| n.unsigned_abs();
    Datetime::from_ymd_hms(
        i32::from(d.year()),
        unsigned(d.month()),
        unsigned(d.day()),
        unsigned(d.hour()),
        unsigned(d.minute()),
        unsigned(d.second()),
    )
}

fn qr(indirizzo: &str) -> Result<String, ComponiError> {
    let codice = QrCode::with_error_correction_level(indirizzo, EcLevel::M)
        .map_err(|e| ComponiError::Interno(format!("QR code: {e}")))?;
    Ok(codice.render::<svg::Color<'_>>().build())
}

fn raccogli(frame: &Frame, testo: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(gruppo) => raccogli(&gruppo.frame, testo),
            FrameItem::Text(parte) => testo.push_str(&parte.text),
            _ => {}
        }
    }
}
