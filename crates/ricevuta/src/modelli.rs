//! Templates and typefaces: the embedded ones, and what a municipality's own folder puts in their place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use typst::foundations::Bytes;
use typst::text::Font;

/// Files of a municipality's own folder.
pub const MASSIMO_FILE: usize = 64;
/// Bytes of all of them.
pub const MASSIMO_CARTELLA: u64 = 16 * 1024 * 1024;

/// Template of the request, also of its copy with the segnatura.
pub(crate) const ISTANZA: &str = "istanza.typ";
/// Template of the receipt.
pub(crate) const RICEVUTA: &str = "ricevuta.typ";
/// The document's data, given to each composition.
pub(crate) const DATI: &str = "dati.json";
/// The QR code, given to each composition of a receipt.
pub(crate) const QR: &str = "qr.svg";

const INCORPORATI: [(&str, &str); 3] = [
    ("base.typ", include_str!("../templates/base.typ")),
    (ISTANZA, include_str!("../templates/istanza.typ")),
    (RICEVUTA, include_str!("../templates/ricevuta.typ")),
];

const CARATTERI: [&[u8]; 5] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/titillium-regular.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/titillium-italic.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/titillium-600.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/titillium-700.ttf")),
    include_bytes!(concat!(env!("OUT_DIR"), "/roboto-mono-regular.ttf")),
];

/// A folder of templates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CartellaError {
    /// The folder or a file of it cannot be read.
    #[error("the templates in {path} cannot be read: {source}")]
    Lettura {
        /// Folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// More files than a folder of templates may have.
    #[error("{path} has more than {MASSIMO_FILE} templates, images and typefaces")]
    TroppiFile {
        /// The folder.
        path: PathBuf,
    },
    /// More bytes than a folder of templates may have.
    #[error("the templates, images and typefaces in {path} have more than {MASSIMO_CARTELLA} bytes")]
    TroppoGrande {
        /// The folder.
        path: PathBuf,
    },
    /// A template is not text, a typeface is not a typeface, or a name is taken.
    #[error("{path}: {motivo}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        motivo: &'static str,
    },
}

/// All that compositions can read, by name.
pub(crate) struct Modelli {
    /// Templates.
    pub testi: BTreeMap<String, String>,
    /// Images.
    pub immagini: BTreeMap<String, Vec<u8>>,
    /// Typefaces.
    pub caratteri: Vec<Font>,
}

impl Modelli {
    /// The embedded ones.
    pub fn incorporati() -> Self {
        Self {
            testi: INCORPORATI.iter().map(|(nome, testo)| ((*nome).to_owned(), (*testo).to_owned())).collect(),
            immagini: BTreeMap::new(),
            caratteri: CARATTERI.iter().flat_map(|byte| Font::iter(Bytes::new(*byte))).collect(),
        }
    }

    /// Puts the files of a folder in place of the embedded ones of the same name, or beside them. Not its subfolders.
    pub fn aggiungi(&mut self, cartella: &Path) -> Result<(), CartellaError> {
        let lettura = |path: &Path| {
            let path = path.to_owned();
            move |source| CartellaError::Lettura { path, source }
        };
        let (mut file, mut byte) = (0, 0);
        for voce in std::fs::read_dir(cartella).map_err(lettura(cartella))? {
            let path = voce.map_err(lettura(cartella))?.path();
            let Some(tipo) = Tipo::of(&path) else { continue };
            file += 1;
            if file > MASSIMO_FILE {
                return Err(CartellaError::TroppiFile { path: cartella.to_owned() });
            }
            // Before reading: a film under the name of an image must not fill the memory.
            byte += std::fs::metadata(&path).map_err(lettura(&path))?.len();
            if byte > MASSIMO_CARTELLA {
                return Err(CartellaError::TroppoGrande { path: cartella.to_owned() });
            }
            let contenuto = std::fs::read(&path).map_err(lettura(&path))?;
            self.accogli(tipo, &path, contenuto).map_err(|motivo| CartellaError::File { path, motivo })?;
        }
        Ok(())
    }

    fn accogli(&mut self, tipo: Tipo, path: &Path, contenuto: Vec<u8>) -> Result<(), &'static str> {
        let nome = path.file_name().and_then(|n| n.to_str()).ok_or("the name is not text")?.to_owned();
        match tipo {
            Tipo::Testo => {
                let testo = String::from_utf8(contenuto).map_err(|_| "a template must be UTF-8 text")?;
                self.testi.insert(nome, testo);
            }
            Tipo::Immagine if nome == QR => return Err("this name is taken by the QR code of each receipt"),
            Tipo::Immagine => {
                self.immagini.insert(nome, contenuto);
            }
            Tipo::Carattere => {
                let prima = self.caratteri.len();
                self.caratteri.extend(Font::iter(Bytes::new(contenuto)));
                if self.caratteri.len() == prima {
                    return Err("not an OpenType or TrueType typeface");
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Tipo {
    Testo,
    Immagine,
    Carattere,
}

impl Tipo {
    /// By the extension; what else lies in the folder (a note, a backup) is left alone.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "typ" => Some(Self::Testo),
            "svg" | "png" | "jpg" | "jpeg" => Some(Self::Immagine),
            "ttf" | "otf" => Some(Self::Carattere),
            _ => None,
        }
    }
}
