//! Inputs of the commands on appointments.

use crate::scalars::Date;
use crate::types::CanalePrenotazione;
use app::AppError;
use async_graphql::{ID, InputObject};
use domain::Refusal;
use domain::prenotabile::SlotId;

/// Holding a slot for ten minutes while the booking is filled in.
#[derive(Debug, InputObject)]
pub struct BloccaSlotInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`. Without it each request is a new one.
    pub chiave_idempotenza: Option<ID>,
    /// The slot.
    pub slot_id: ID,
    /// At a desk where this language is spoken (BCP 47).
    pub lingua: Option<String>,
    /// Only at a desk that can be used from a wheelchair.
    pub accessibile: Option<bool>,
}

/// Giving a hold up.
#[derive(Debug, InputObject)]
pub struct LiberaSlotInput {
    /// The slot.
    pub slot_id: ID,
    /// The hold.
    pub blocco_id: ID,
}

/// Who comes to an appointment. Of a citizen who signed in the name is the attested one, whatever stands here.
#[derive(Debug, InputObject)]
pub struct RichiedenteInput {
    /// Given name.
    pub nome: String,
    /// Family name.
    pub cognome: String,
    /// Where notices go; without it, the address that the sign-in gave.
    pub email: Option<String>,
    /// Telephone.
    pub telefono: Option<String>,
    /// Codice fiscale, where an officer books for someone and knows it.
    pub codice_fiscale: Option<String>,
}

/// Booking an appointment.
#[derive(Debug, InputObject)]
pub struct PrenotaAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The slot: held by who asks, or free.
    pub slot_id: ID,
    /// Code of what is booked; the one that the slot names.
    pub servizio: String,
    /// What it is about: one of the `motivi` of the service.
    pub motivo: String,
    /// In more words, at most 200 characters.
    #[graphql(default)]
    pub dettagli: String,
    /// Who comes.
    pub richiedente: RichiedenteInput,
    /// Case of the same person it is about.
    pub collegata: Option<ID>,
    /// How an officer was asked; at the counter without it. Citizens always book on the portal.
    pub canale: Option<CanalePrenotazione>,
}

/// Moving an appointment.
#[derive(Debug, InputObject)]
pub struct SpostaAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
    /// The new slot, of the same service; also of another office.
    pub slot_id: ID,
    /// Why; required of the office.
    pub motivo: Option<String>,
}

/// Cancelling an appointment.
#[derive(Debug, InputObject)]
pub struct AnnullaAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
    /// Why; required of the office.
    pub motivo: Option<String>,
}

/// Confirming an appointment, where the service wants that.
#[derive(Debug, InputObject)]
pub struct ConfermaAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// Saying which case an appointment is about.
#[derive(Debug, InputObject)]
pub struct CollegaAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
    /// The case, of the same person.
    pub collegata: ID,
}

/// Who booked has arrived.
#[derive(Debug, InputObject)]
pub struct RegistraArrivoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// Who booked did not come.
#[derive(Debug, InputObject)]
pub struct SegnaAssenteInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// Ending an appointment in an office that calls no numbers.
#[derive(Debug, InputObject)]
pub struct ConcludiAppuntamentoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
    /// What the citizen is told, if anything.
    pub messaggio: Option<String>,
}

/// Somebody came without an appointment.
#[derive(Debug, InputObject)]
pub struct AccogliSenzaPrenotazioneInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The office, by id.
    pub ufficio: ID,
    /// Code of what they came for.
    pub servizio: String,
}

/// Calling a number to a desk.
#[derive(Debug, InputObject)]
pub struct ChiamaTurnoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The office, by id.
    pub ufficio: ID,
    /// The day.
    pub giorno: Date,
    /// The number.
    pub turno: u16,
    /// The desk, by id.
    pub sportello: ID,
}

/// Ending a number.
#[derive(Debug, InputObject)]
pub struct ConcludiTurnoInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The office, by id.
    pub ufficio: ID,
    /// The day.
    pub giorno: Date,
    /// The number.
    pub turno: u16,
    /// Whether somebody came when it was called. If not, the booking after it stays as it is.
    #[graphql(default = true)]
    pub servito: bool,
    /// What the citizen who booked is told, if anything.
    pub messaggio: Option<String>,
}

/// Closing a day of an office, or of some of its desks.
#[derive(Debug, InputObject)]
pub struct ChiudiGiornataInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The office, by id.
    pub ufficio: ID,
    /// The day.
    pub giorno: Date,
    /// The desks, by id; without it or empty: all.
    pub sportelli: Option<Vec<ID>>,
    /// Why, for citizens.
    pub motivo: String,
    /// Cancel the bookings that it hits, each with this reason; otherwise they stay and are flagged.
    #[graphql(default)]
    pub annulla_prenotati: bool,
}

/// Lifting a closure.
#[derive(Debug, InputObject)]
pub struct RiapriGiornataInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The office, by id.
    pub ufficio: ID,
    /// The day.
    pub giorno: Date,
    /// The desks, by id; without it or empty: all.
    pub sportelli: Option<Vec<ID>>,
}

/// The slot that an input names. What is no id of a slot was never offered.
pub(super) fn slot(id: &ID) -> Result<SlotId, AppError> {
    id.parse().map_err(|_| AppError::rifiuto(Refusal::field("slotId", "slot-sconosciuto")))
}

/// The desks that an input names.
pub(super) fn sportelli(ids: Option<Vec<ID>>) -> Vec<String> {
    ids.unwrap_or_default().into_iter().map(|id| id.0).collect()
}
