//! The form language: what a definition says.

use super::condizione::Condizione;
use super::decimale::Decimale;
use super::formula::Formula;
use super::giorno::Giorno;
use super::grezzo::CampoGrezzo;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A form: steps of fields and what must hold between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Modulo {
    /// Steps, shown as pages after the identity data.
    pub passi: Vec<Passo>,
    /// Rules across fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regole: Vec<Regola>,
}

/// A page of fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Passo {
    /// Name, unique in the form.
    pub nome: String,
    /// Title.
    pub titolo: String,
    /// Introduction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testo: Option<String>,
    /// Fields.
    pub campi: Vec<Campo>,
}

/// What must hold between fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Regola {
    /// The condition; a rule that looks at something empty holds.
    pub verifica: Condizione,
    /// The field where the error stands; `gruppo.campo` makes it a rule about each item of the group.
    pub campo: String,
    /// What the citizen reads.
    pub errore: String,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CampoGrezzo", into = "CampoGrezzo")]
pub struct Campo {
    /// Name, unique in the form, or in the group.
    pub nome: String,
    /// Label, question or statement.
    pub etichetta: String,
    /// Help under the label.
    pub aiuto: Option<String>,
    /// May stay empty.
    pub facoltativo: bool,
    /// The field exists only then.
    pub se: Option<Condizione>,
    /// Where its first value comes from.
    pub precompila: Option<Fonte>,
    /// What it holds, with its own limits.
    pub tipo: TipoCampo,
}

impl JsonSchema for Campo {
    fn schema_name() -> Cow<'static, str> {
        "Campo".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        CampoGrezzo::json_schema(generator)
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TipoCampo {
    /// One line.
    Testo {
        /// Characters, at least.
        minimo: u32,
        /// Characters, at most.
        massimo: u32,
        /// A known shape.
        formato: Option<FormatoTesto>,
    },
    /// Many lines.
    TestoLungo {
        /// Characters, at least.
        minimo: u32,
        /// Characters, at most.
        massimo: u32,
    },
    /// A number.
    Numero {
        /// Least.
        minimo: Option<Decimale>,
        /// Greatest.
        massimo: Option<Decimale>,
        /// Decimals, at most.
        decimali: u8,
        /// Unit, such as `m²`.
        unita: Option<String>,
    },
    /// An amount in euro, with two decimals.
    Importo {
        /// Least.
        minimo: Option<Decimale>,
        /// Greatest.
        massimo: Option<Decimale>,
    },
    /// A day.
    Data {
        /// First.
        minimo: Option<Giorno>,
        /// Last.
        massimo: Option<Giorno>,
    },
    /// One of some values.
    Scelta {
        /// The values.
        opzioni: Vec<Opzione>,
    },
    /// Several of some values.
    Scelte {
        /// The values.
        opzioni: Vec<Opzione>,
        /// How many, at least.
        minimo: Option<u32>,
        /// How many, at most.
        massimo: Option<u32>,
    },
    /// A box that may stay off.
    Casella,
    /// A statement that must be ticked.
    Dichiarazione {
        /// Under which article.
        articolo: Articolo,
    },
    /// A codice fiscale.
    CodiceFiscale,
    /// A partita IVA.
    PartitaIva,
    /// An IBAN.
    Iban,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Telefono,
    /// An Italian address.
    Indirizzo,
    /// Uploaded files.
    Allegato {
        /// Formats that are taken.
        formati: Vec<FormatoFile>,
        /// Files, at most.
        massimo: u32,
        /// Megabytes of one file, at most; the service's limit without it.
        megabyte: Option<u32>,
        /// What becomes of the place where a photograph was taken.
        posizione: PosizioneFoto,
    },
    /// Items that repeat.
    Gruppo {
        /// Name of one item.
        voce: String,
        /// Items, at least.
        minimo: u32,
        /// Items, at most.
        massimo: u32,
        /// Fields of an item.
        campi: Vec<Campo>,
    },
    /// A number made from others.
    Calcolo {
        /// How.
        formula: Formula,
        /// Decimals it is rounded to.
        decimali: u8,
        /// Unit.
        unita: Option<String>,
    },
    /// Text between fields.
    Nota,
}

/// The word for each type of field, as definitions write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words of `TipoCampo`, documented there")]
pub enum Tipo {
    Testo,
    TestoLungo,
    Numero,
    Importo,
    Data,
    Scelta,
    Scelte,
    Casella,
    Dichiarazione,
    CodiceFiscale,
    PartitaIva,
    Iban,
    Email,
    Telefono,
    Indirizzo,
    Allegato,
    Gruppo,
    Calcolo,
    Nota,
}

/// A value of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Opzione {
    /// What is stored.
    pub valore: String,
    /// What people read.
    pub testo: String,
}

/// Shapes of one line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FormatoTesto {
    /// Plate of a vehicle.
    Targa,
    /// Italian postal code.
    Cap,
    /// Number and year of a protocol entry: `1234/2026`.
    Protocollo,
}

/// What a statement is under DPR 445/2000, or that a notice was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Articolo {
    /// Certification (art. 46): states, residence, family, income, titles.
    #[serde(rename = "46")]
    Certificazione,
    /// Affidavit (art. 47): facts.
    #[serde(rename = "47")]
    Notorieta,
    /// A notice was read.
    #[serde(rename = "presaVisione")]
    PresaVisione,
}

/// Formats of files a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormatoFile {
    /// PDF, also signed.
    Pdf,
    /// Signed envelope (`CAdES`).
    P7m,
    /// Photograph.
    Jpeg,
    /// Image.
    Png,
    /// Image.
    Webp,
    /// Photograph of a telephone.
    Heic,
    /// Text document.
    Odt,
    /// Text document.
    Docx,
    /// Plain text.
    Txt,
}

/// What becomes of the place that a photograph says it was taken at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PosizioneFoto {
    /// It is taken out: nobody asked for it (GDPR art. 25).
    #[default]
    Togli,
    /// It stays: the office needs to know where.
    Mantieni,
}

impl FormatoFile {
    /// Whether files of this format may say where they were taken.
    pub fn ha_posizione(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Heic)
    }

    /// Formats of a field that names none.
    pub const ORDINARI: [Self; 4] = [Self::Pdf, Self::P7m, Self::Jpeg, Self::Png];

    /// As people call it.
    pub fn nome(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::P7m => "P7M",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Heic => "HEIC",
            Self::Odt => "ODT",
            Self::Docx => "DOCX",
            Self::Txt => "TXT",
        }
    }

    /// Media type, as recognised from content.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::P7m => "application/pkcs7-mime",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Txt => "text/plain",
        }
    }
}

/// Where the first value of a field comes from, so that nothing is asked twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Fonte {
    /// Given name.
    #[serde(rename = "identita.nome")]
    Nome,
    /// Family name.
    #[serde(rename = "identita.cognome")]
    Cognome,
    /// Codice fiscale.
    #[serde(rename = "identita.codiceFiscale")]
    CodiceFiscale,
    /// Day of birth.
    #[serde(rename = "identita.dataNascita")]
    DataNascita,
    /// Place of birth.
    #[serde(rename = "identita.luogoNascita")]
    LuogoNascita,
    /// Residence.
    #[serde(rename = "profilo.residenza")]
    Residenza,
    /// E-mail address.
    #[serde(rename = "profilo.email")]
    Email,
    /// Telephone.
    #[serde(rename = "profilo.telefono")]
    Telefono,
    /// IBAN.
    #[serde(rename = "profilo.iban")]
    Iban,
    /// ISEE: the value.
    #[serde(rename = "profilo.isee")]
    Isee,
    /// ISEE: the day until which it is valid.
    #[serde(rename = "profilo.iseeScadenza")]
    IseeScadenza,
    /// Family.
    #[serde(rename = "profilo.nucleo")]
    Nucleo,
    /// Vehicles.
    #[serde(rename = "profilo.veicoli")]
    Veicoli,
    /// Real estate.
    #[serde(rename = "profilo.immobili")]
    Immobili,
    /// Company: its partita IVA.
    #[serde(rename = "profilo.azienda")]
    Azienda,
    /// Company: its name.
    #[serde(rename = "profilo.aziendaDenominazione")]
    AziendaDenominazione,
}

impl TipoCampo {
    /// Its word.
    pub fn tipo(&self) -> Tipo {
        match self {
            Self::Testo { .. } => Tipo::Testo,
            Self::TestoLungo { .. } => Tipo::TestoLungo,
            Self::Numero { .. } => Tipo::Numero,
            Self::Importo { .. } => Tipo::Importo,
            Self::Data { .. } => Tipo::Data,
            Self::Scelta { .. } => Tipo::Scelta,
            Self::Scelte { .. } => Tipo::Scelte,
            Self::Casella => Tipo::Casella,
            Self::Dichiarazione { .. } => Tipo::Dichiarazione,
            Self::CodiceFiscale => Tipo::CodiceFiscale,
            Self::PartitaIva => Tipo::PartitaIva,
            Self::Iban => Tipo::Iban,
            Self::Email => Tipo::Email,
            Self::Telefono => Tipo::Telefono,
            Self::Indirizzo => Tipo::Indirizzo,
            Self::Allegato { .. } => Tipo::Allegato,
            Self::Gruppo { .. } => Tipo::Gruppo,
            Self::Calcolo { .. } => Tipo::Calcolo,
            Self::Nota => Tipo::Nota,
        }
    }

    /// Values of a choice.
    pub fn opzioni(&self) -> &[Opzione] {
        match self {
            Self::Scelta { opzioni } | Self::Scelte { opzioni, .. } => opzioni,
            _ => &[],
        }
    }
}

impl Campo {
    /// Fields of an item, when the field is a group.
    pub fn campi(&self) -> &[Campo] {
        match &self.tipo {
            TipoCampo::Gruppo { campi, .. } => campi,
            _ => &[],
        }
    }

    /// Whether a citizen fills it in: not a note, not computed.
    pub fn da_compilare(&self) -> bool {
        !matches!(self.tipo, TipoCampo::Nota | TipoCampo::Calcolo { .. })
    }
}

impl Modulo {
    /// A field of the form by name; not those inside groups.
    pub fn campo(&self, nome: &str) -> Option<&Campo> {
        self.campi().find(|campo| campo.nome == nome)
    }

    /// All fields in order; not those inside groups.
    pub fn campi(&self) -> impl Iterator<Item = &Campo> {
        self.passi.iter().flat_map(|passo| &passo.campi)
    }

    /// Index of the step a field stands in; `gruppo.campo` stands where its group does.
    pub fn passo_di(&self, nome: &str) -> Option<usize> {
        let nome = nome.split('.').next().unwrap_or(nome);
        self.passi.iter().position(|passo| passo.campi.iter().any(|campo| campo.nome == nome))
    }
}
