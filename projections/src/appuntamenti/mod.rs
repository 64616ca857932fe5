//! `appuntamenti`: bookings, what is taken and closed on each day of each office, the numbers called there, and who waits
//! for an earlier slot. Feeds the search for free slots, the office's day, reminders and the waiting list.

mod agenda;
mod appuntamento;
mod assenti;
mod attesa;
#[cfg(test)]
mod kit;
mod query;
#[cfg(test)]
mod tests;

pub use agenda::{ChiusuraRow, OccupatoRow, TurnoRow};
pub use appuntamento::AppuntamentoRow;
pub use attesa::{AttesaRow, OffertaRow, Uscita};
pub use query::{AgendaRow, MAX_ATTESE, MAX_COPPIE, MAX_GIORNATA, MAX_GIORNI, MAX_LOTTO, Occupati, PostoDiLista};

use crate::projection::{ApplyError, Projection, Tx};
use domain::Evento;
use eventstore::Record;
use futures_core::future::BoxFuture;

/// The read model.
pub struct Appuntamenti;

const NAME: &str = "appuntamenti";

impl Projection for Appuntamenti {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        2
    }

    fn tables(&self) -> &'static str {
        include_str!("tables.sql")
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx<'_>, page: &'a [(Record, Evento)]) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            appuntamento::apply(tx, page).await?;
            agenda::apply(tx, page).await?;
            attesa::apply(tx, page).await
        })
    }
}
