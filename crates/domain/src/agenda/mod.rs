//! The agenda of one office and day: who sits at which desk when. No double booking is decided here, and nowhere else.

mod decide;
mod events;
mod giornata;
mod slot;
#[cfg(test)]
mod tests;

pub use decide::{
    Command, DURATA_BLOCCO, MAX_ALTERNATIVE, MAX_BLOCCHI, MAX_DURATA_OFFERTA, MAX_TURNI, Richiesta, decide, limiti,
};
pub use events::{
    CausaLascito, CausaLiberazione, EsitoTurno, Event, GiornataChiusa, GiornataRiaperta, PostoLasciato, PostoPrenotato,
    SlotBloccato, SlotLiberato, TurnoAssegnato, TurnoChiamato, TurnoConcluso,
};
pub use giornata::{Blocco, Chiusura, Giornata, Posto, Preso, StatoTurno, Turno, evolve};
pub use slot::{
    Domanda, Esigenze, Fuori, MAX_SLOT, PostoFuori, SlotDelGiorno, SlotLibero, fuori_orario, prima_di, slot_del_giorno,
    slot_liberi,
};

use crate::ente::CodiceUfficio;
use jiff::civil::Date;

/// Stream of an office and day.
pub fn stream(ufficio: &CodiceUfficio, giorno: Date) -> String {
    format!("{}-{ufficio}-{giorno}", Event::CATEGORY)
}

/// The office and the day of a stream, when it is an agenda.
pub fn di_stream(stream: &str) -> Option<(CodiceUfficio, Date)> {
    /// `YYYY-MM-DD`.
    const GIORNO: usize = 10;
    let rest = stream.strip_prefix(Event::CATEGORY)?.strip_prefix('-')?;
    let (ufficio, giorno) = rest.split_at_checked(rest.len().checked_sub(GIORNO)?)?;
    let ufficio = ufficio.strip_suffix('-').filter(|ufficio| !ufficio.is_empty())?;
    Some((CodiceUfficio::new(ufficio), giorno.parse().ok()?))
}
