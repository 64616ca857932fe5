//! What mutations take: one `input` each, with the caller's key.

use crate::scalars::{Date, DateTime};
use app::AppError;
use async_graphql::{ID, InputObject};
use domain::Refusal;
use domain::ids::{AllegatoId, PraticaId};
use serde_json::Value;

/// Where it is (WGS 84).
#[derive(Debug, InputObject)]
pub struct LuogoInput {
    /// Street and number, or a description.
    pub indirizzo: String,
    /// Degrees, -90 to 90; with `longitudine` or not at all.
    pub latitudine: Option<f64>,
    /// Degrees, -180 to 180; with `latitudine` or not at all.
    pub longitudine: Option<f64>,
}

/// A report to file.
#[derive(Debug, InputObject)]
pub struct InviaSegnalazioneInput {
    /// Key drawn by the caller, up to 160 characters: the same key and content are filed once, however often they are
    /// sent; the same key with other content is refused.
    pub chiave_idempotenza: ID,
    /// Code or name of the category (`categorie`).
    pub categoria: String,
    /// In a few words.
    pub titolo: String,
    /// In more words.
    pub dettagli: String,
    /// Where.
    pub luogo: LuogoInput,
    /// Ids of files uploaded before, at most five.
    pub allegati: Option<Vec<ID>>,
}

/// A letter to the mayor to file.
#[derive(Debug, InputObject)]
pub struct ScriviAlSindacoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// Subject.
    pub oggetto: String,
    /// The letter.
    pub testo: String,
    /// Ids of files uploaded before, at most five.
    pub allegati: Option<Vec<ID>>,
}

/// How a person wants to be reached about one request.
#[derive(Debug, InputObject)]
pub struct ContattiInput {
    /// Where the courtesy copy and the notices go; without it there are none.
    pub email: Option<String>,
    /// Where the office calls.
    pub telefono: Option<String>,
}

impl From<ContattiInput> for app::Contatti {
    fn from(input: ContattiInput) -> Self {
        Self { email: input.email, telefono: input.telefono }
    }
}

/// A request to file (L. 241/1990 art. 2; CAD art. 65).
#[derive(Debug, InputObject)]
pub struct PresentaIstanzaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// Code of the service (`servizi`).
    pub servizio: String,
    /// Version of the service whose form was filled in; without it, the one in force.
    pub versione: Option<i32>,
    /// The form filled in: an object with its fields by name (`servizio.moduloSchema`). Fields of files hold their ids.
    pub modulo: Value,
    /// Ids of files uploaded before that no field of the form names (`servizio.limitiAllegati`).
    pub allegati: Option<Vec<ID>>,
    /// How the person wants to be reached; without it, at the address that the sign-in gave.
    pub contatti: Option<ContattiInput>,
    /// The earlier istanza of one's own that it was written from, if any.
    pub da_pratica: Option<ID>,
    /// Draft it was prepared in: deleted once the request is filed. One that is gone already is no mistake.
    pub bozza: Option<ID>,
}

/// A draft to save: what is not given stays as it is.
#[derive(Debug, InputObject)]
pub struct SalvaBozzaInput {
    /// The draft; without it a new one is opened.
    pub id: Option<ID>,
    /// Code of the service; needed to open one.
    pub servizio: Option<String>,
    /// All answers so far: an object with the fields by name. They need not be right yet. In a new draft they are put over
    /// what is known of the person already.
    pub valori: Option<Value>,
    /// Ids of files uploaded before that no field of the form names.
    pub allegati: Option<Vec<ID>>,
    /// How the person wants to be reached about this request.
    pub contatti: Option<ContattiInput>,
    /// Name of the step where one stands.
    pub passo: Option<String>,
    /// When it was saved last, as read: if it was saved meanwhile from elsewhere, this is refused.
    pub aggiornata: Option<DateTime>,
}

/// Taking charge of a case.
#[derive(Debug, InputObject)]
pub struct PrendiInCaricoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The case.
    pub pratica_id: ID,
}

/// Beginning to work on a case.
#[derive(Debug, InputObject)]
pub struct AvviaLavorazioneInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The case.
    pub pratica_id: ID,
    /// What the citizen is told, if anything.
    pub messaggio: Option<String>,
}

/// Ending a case.
#[derive(Debug, InputObject)]
pub struct ConcludiInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The case.
    pub pratica_id: ID,
    /// The answer to the citizen.
    pub messaggio: String,
}

/// Asking for documents.
#[derive(Debug, InputObject)]
pub struct RichiediIntegrazioneInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The istanza.
    pub pratica_id: ID,
    /// What is missing: 1 to 20 items of 3 to 300 characters.
    pub voci: Vec<String>,
    /// Last day to send it: 1 to 30 days from today.
    pub entro: Date,
    /// What the citizen is told, if anything.
    pub messaggio: Option<String>,
}

/// Adding what was asked for: files, words, or both.
#[derive(Debug, InputObject)]
pub struct PresentaIntegrazioneInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The istanza.
    pub pratica_id: ID,
    /// Words for the office.
    pub testo: Option<String>,
    /// Ids of files uploaded before, at most five.
    pub allegati: Option<Vec<ID>>,
}

/// Withdrawing an istanza.
#[derive(Debug, InputObject)]
pub struct RinunciaIstanzaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The istanza.
    pub pratica_id: ID,
    /// Why, if one likes to say.
    pub motivo: Option<String>,
}

/// A change of an entry of the register: of its assignment, its class, or both (Linee guida AgID 3.1.5).
#[derive(Debug, InputObject)]
pub struct ModificaRegistrazioneInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// Year of the entry.
    pub anno: i32,
    /// Number of the entry.
    pub numero: i32,
    /// New office, by id.
    pub assegnazione: Option<ID>,
    /// New class of the titolario, such as `VI.8`.
    pub classifica: Option<String>,
    /// Why.
    pub motivo: String,
}

/// The files that a filing names. What is no id of a file was never uploaded.
pub(crate) fn allegati(ids: Option<Vec<ID>>) -> Result<Vec<AllegatoId>, AppError> {
    let unknown = || AppError::rifiuto(Refusal::field("allegati", "allegato-sconosciuto"));
    ids.unwrap_or_default().iter().map(|id| id.parse().map_err(|_| unknown())).collect()
}

/// The case that a step names. What is no id names no case.
pub(crate) fn pratica(id: &ID) -> Result<PraticaId, AppError> {
    id.parse().map_err(|_| AppError::NonTrovato)
}
