//! Receipts, as little as these tests need.

use app::Ente;
use app::ports::{RicevutaError, Ricevute};
use domain::Caso;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Composes something else each time.
#[derive(Default)]
pub struct Composes(pub AtomicUsize);

impl Ricevute for Composes {
    fn ricevuta(&self, _: &Ente, caso: &Caso) -> Result<Vec<u8>, RicevutaError> {
        let time = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(format!("%PDF {time} {}", caso.base().codice).into_bytes())
    }
}
