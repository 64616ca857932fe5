//! What the documents are made of: plain data, already decided elsewhere. Nothing here is computed but its appearance.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Which document to compose.
#[derive(Debug, Clone, Copy)]
pub enum Documento<'a> {
    /// The request as filed: the primary document. It carries no number, because its hash is registered with the number.
    Istanza(&'a Istanza),
    /// The receipt (L. 241/1990 artt. 8 and 18-bis).
    Ricevuta(&'a Ricevuta),
}

/// The receipt: everything that L. 241/1990 artt. 8 and 18-bis ask to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ricevuta {
    /// The request it is the receipt of.
    pub istanza: Istanza,
    /// The entry in the register.
    pub protocollo: Protocollo,
    /// SHA-256 of the primary document's bytes, 64 hexadecimal digits.
    pub impronta: String,
    /// Term, due date and effect of silence; none where no term runs.
    pub termine: Option<Termine>,
    /// Who deals with it.
    pub ufficio: Ufficio,
    /// What can be done against inertia (potere sostitutivo, TAR).
    pub rimedi: String,
    /// How the file can be seen.
    pub visione: String,
    /// Reference to the privacy notice.
    pub privacy: String,
    /// What happens next, in order.
    pub passi: Vec<String>,
    /// Address of the case, `https://…`: also the content of the QR code.
    pub indirizzo: String,
}

/// The request as filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Istanza {
    /// To whom.
    pub comune: Comune,
    /// What the document calls itself, such as `Istanza` or `Segnalazione`.
    pub tipo: String,
    /// Code of the case: known before the number, because it follows from the id.
    pub pratica: String,
    /// When the person sent it. The only date in the document and in its metadata.
    pub inviata: Timestamp,
    /// Whose request it is.
    pub istante: Soggetto,
    /// Who sent it in the name of the person concerned.
    pub delegato: Option<Soggetto>,
    /// Service of the catalogue.
    pub servizio: String,
    /// Subject, as it will stand in the register.
    pub oggetto: String,
    /// The filled form.
    pub sezioni: Vec<Sezione>,
    /// What the person declared, under their responsibility or as taken note of.
    pub dichiarazioni: Vec<String>,
    /// Files that came with it.
    pub allegati: Vec<Allegato>,
}

/// The administration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comune {
    /// Such as `Comune di Montelume`.
    pub nome: String,
    /// Code in IPA, such as `c_x000`.
    pub codice: String,
    /// Homogeneous organisational area: name or code.
    pub aoo: String,
}

/// A person or a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Soggetto {
    /// Name and surname, or denomination.
    pub nome: String,
    /// Codice fiscale, when known.
    pub codice_fiscale: Option<String>,
    /// In what capacity, such as `legale rappresentante`.
    pub qualifica: Option<String>,
    /// Domicilio digitale, e-mail, telephone.
    pub contatti: Vec<Riga>,
}

/// A part of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sezione {
    /// Its heading.
    pub titolo: String,
    /// Its answers.
    pub righe: Vec<Riga>,
}

/// A label and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Riga {
    /// Label.
    pub etichetta: String,
    /// Text; empty where nothing was answered. Line breaks are kept.
    pub valore: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allegato {
    /// Name it was sent with.
    pub nome: String,
    /// Size.
    pub byte: u64,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// The entry in the register (DPR 445/2000 art. 53).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Protocollo {
    /// Number and year as written, such as `0001234/2026`.
    pub numero: String,
    /// Code of the register.
    pub registro: String,
    /// Instant of the entry; shown as date and time in Italy.
    pub data: Timestamp,
}

/// By when, and what silence means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Termine {
    /// Such as `30 giorni`.
    pub durata: String,
    /// Last useful day.
    pub scadenza: Date,
    /// What happens if nobody answers by then.
    pub silenzio: String,
}

/// The office in charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ufficio {
    /// Organisational unit.
    pub unita: String,
    /// Responsabile del procedimento; until one is named, it is the head of the office (L. 241/1990 art. 5 c.2).
    pub responsabile: Option<String>,
    /// PEC, e-mail, telephone, opening hours.
    pub contatti: Vec<Riga>,
}
