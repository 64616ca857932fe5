//! The documents are read back with the tools of readers: Debian's poppler-utils and qpdf.

mod aspetto;
mod contenuto;
mod limiti;
mod modelli;
mod strumenti;

use crate::{Compositore, Documento, Ricevuta};
use std::sync::OnceLock;

/// The sample that template authors see, too.
fn ricevuta() -> Ricevuta {
    serde_json::from_str(include_str!("../examples/ricevuta.json")).unwrap()
}

/// One for the tests of a process, as a server has one.
fn compositore() -> &'static Compositore {
    static UNO: OnceLock<Compositore> = OnceLock::new();
    UNO.get_or_init(|| Compositore::new(None).unwrap())
}

/// Both documents of a receipt, by name.
fn documenti(ricevuta: &Ricevuta) -> [(&'static str, Vec<u8>); 2] {
    let componi = |documento| compositore().componi(documento).unwrap();
    [("istanza", componi(Documento::Istanza(&ricevuta.istanza))), ("ricevuta", componi(Documento::Ricevuta(ricevuta)))]
}
