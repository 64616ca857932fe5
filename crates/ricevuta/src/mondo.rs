//! The world that templates see: their own files, the data and the typefaces. No file system, no packages, no clock.

use crate::modelli::{DATI, Modelli, QR};
use std::collections::HashMap;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// What all compositions share: parsed templates, images, typefaces, the library. Loaded once.
pub(crate) struct Base {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    caratteri: Vec<Font>,
    sorgenti: HashMap<FileId, Source>,
    immagini: HashMap<FileId, Bytes>,
    dati: FileId,
    qr: FileId,
}

/// Identifies a file of the world by its name.
pub(crate) fn file_id(nome: &str) -> Option<FileId> {
    VirtualPath::new(nome).ok().map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl Base {
    /// From templates; none where a file's name cannot be one in the world of templates.
    pub fn new(modelli: Modelli) -> Option<Self> {
        let mut sorgenti = HashMap::new();
        for (nome, testo) in modelli.testi {
            let id = file_id(&nome)?;
            sorgenti.insert(id, Source::new(id, testo));
        }
        let mut immagini = HashMap::new();
        for (nome, byte) in modelli.immagini {
            immagini.insert(file_id(&nome)?, Bytes::new(byte));
        }
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&modelli.caratteri)),
            caratteri: modelli.caratteri,
            sorgenti,
            immagini,
            dati: file_id(DATI)?,
            qr: file_id(QR)?,
        })
    }

    /// Whether a typeface has a glyph for the character.
    pub fn mostra(&self, c: char) -> bool {
        self.caratteri.iter().any(|font| font.info().coverage.contains(u32::from(c)))
    }

    /// A template, to tell the line of an error.
    pub fn sorgente(&self, id: FileId) -> Option<&Source> {
        self.sorgenti.get(&id)
    }
}

/// The world of one composition.
pub(crate) struct Mondo<'a> {
    /// What is shared.
    pub base: &'a Base,
    /// The template to begin with.
    pub main: FileId,
    /// The document's data as JSON.
    pub dati: Bytes,
    /// The QR code as SVG.
    pub qr: Option<Bytes>,
    /// The document's own date: what a template gets when it asks for today's, so that equal data give equal bytes.
    pub data: Option<Datetime>,
}

impl World for Mondo<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.base.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.base.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.base.sorgenti.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.base.dati {
            return Ok(self.dati.clone());
        }
        if id == self.base.qr {
            return self.qr.clone().ok_or(FileError::AccessDenied);
        }
        self.base.immagini.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.base.caratteri.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.data
    }
}
