//! What the clients ask, and what the answers say.

use crate::Failure;
use bytes::Bytes;
use domain::prenotabile::SlotId;
use jiff::civil::Date;
use serde_json::{Value, json};

/// What a command on a booking answers.
const CASE: &str = "pratica { id } errori { codice alternative }";

/// Where everybody goes, and for what.
#[derive(Debug, Clone)]
pub struct Place {
    /// Code of the office.
    pub ufficio: String,
    /// Code of the bookable service.
    pub servizio: String,
}

/// A slot that is fought over.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its name.
    pub id: SlotId,
    /// Desks that were free when nobody had booked yet.
    pub liberi: usize,
}

impl Slot {
    /// The day of whose agenda it is.
    pub fn giorno(&self) -> Date {
        self.id.giorno()
    }
}

fn body(query: &str, variables: Value) -> Bytes {
    json!({ "query": query, "variables": variables }).to_string().into()
}

/// A mutation with its input.
fn mutation(name: &str, answer: &str, input: Value) -> Bytes {
    let kind = name[..1].to_uppercase() + &name[1..];
    body(
        &format!("mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {answer} }} }}"),
        json!({ "input": input }),
    )
}

/// Holds a slot.
pub fn blocca(key: &str, slot: &SlotId) -> Bytes {
    let input = json!({ "chiaveIdempotenza": key, "slotId": slot.to_string() });
    mutation("bloccaSlot", "blocco { id slotId } errori { codice alternative }", input)
}

/// Gives a hold up.
pub fn libera(slot: &SlotId, blocco: &str) -> Bytes {
    mutation("liberaSlot", "errori { codice alternative }", json!({ "slotId": slot.to_string(), "bloccoId": blocco }))
}

/// Books a slot for somebody of whom the desk knows a name and a telephone number. `motivo` is one that the service offers.
pub fn prenota(key: &str, slot: &SlotId, motivo: &str) -> Bytes {
    let input = json!({
        "chiaveIdempotenza": key, "slotId": slot.to_string(), "servizio": slot.servizio, "motivo": motivo,
        "richiedente": { "nome": "Ada", "cognome": "Prova", "telefono": "0187 555 0100" },
    });
    mutation("prenotaAppuntamento", CASE, input)
}

/// Moves a booking. `motivo` is for the office, which owes one.
pub fn sposta(key: &str, id: &str, slot: &SlotId, motivo: Option<&str>) -> Bytes {
    let input = json!({ "chiaveIdempotenza": key, "praticaId": id, "slotId": slot.to_string(), "motivo": motivo });
    mutation("spostaAppuntamento", CASE, input)
}

/// Cancels a booking.
pub fn annulla(key: &str, id: &str, motivo: Option<&str>) -> Bytes {
    mutation("annullaAppuntamento", CASE, json!({ "chiaveIdempotenza": key, "praticaId": id, "motivo": motivo }))
}

/// What is free, as of the end of the log.
pub fn disponibilita(place: &Place, (dal, al): (Date, Date)) -> Bytes {
    let query = "query($servizio: String!, $ufficio: ID!, $dal: Date!, $al: Date!) {
        disponibilita(servizio: $servizio, ufficio: $ufficio, dal: $dal, al: $al) { slot { id liberi } } }";
    body(query, json!({ "servizio": place.servizio, "ufficio": place.ufficio, "dal": dal, "al": al }))
}

/// What a service may be about.
pub fn motivi() -> Bytes {
    body("{ prenotabili { codice motivi } }", json!({}))
}

/// The day of the office, from the log.
pub fn agenda(place: &Place, giorno: Date) -> Bytes {
    let query = "query($ufficio: ID!, $giorno: Date!) { agenda(ufficio: $ufficio, giorno: $giorno) {
        bloccati appuntamenti { praticaId servizio sportello inizio fine } } }";
    body(query, json!({ "ufficio": place.ufficio, "giorno": giorno }))
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Carried out: the id of the case or of the hold.
    Done(String),
    /// Refused: the first code, and what is free instead.
    Refused(String, Vec<SlotId>),
    /// Not now; the server says to ask again.
    Busy,
}

impl Answer {
    /// The answer to one mutation.
    ///
    /// # Errors
    /// What no client should ever see, in the words of the server.
    pub fn read(answer: &[u8]) -> Result<Self, Failure> {
        let answer: Value = serde_json::from_slice(answer).map_err(|_| shown(answer))?;
        if answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE" {
            return Ok(Self::Busy);
        }
        let payload = answer["data"].as_object().and_then(|data| data.values().next());
        let payload = payload.filter(|_| answer.get("errors").is_none()).ok_or_else(|| answer.to_string())?;
        let Some(refused) = payload["errori"].get(0) else {
            let id = payload["pratica"]["id"].as_str().or(payload["blocco"]["id"].as_str());
            return Ok(Self::Done(id.unwrap_or_default().to_owned()));
        };
        let code = refused["codice"].as_str().ok_or_else(|| answer.to_string())?;
        let free = refused["alternative"].as_array().ok_or_else(|| answer.to_string())?;
        let free = free.iter().map(|slot| slot.as_str().unwrap_or_default().parse()).collect::<Result<_, _>>()?;
        Ok(Self::Refused(code.to_owned(), free))
    }
}

/// The beginning of what cannot be read.
pub fn shown(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).chars().take(400).collect()
}
