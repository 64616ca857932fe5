//! The form language: what a service asks, as data. Closed by design: no scripts, no expressions to parse, nothing whose
//! cost is not counted beforehand.
//!
//! A [`Modulo`] is read from a definition, checked once by [`Modulo::controlla`], and then checks what citizens fill in
//! ([`Modulo::valida`]). The same definition makes the JSON Schema of the answers, the rows of a summary, the values known
//! beforehand, and carries a draft from one version to the next.

mod condizione;
mod confronta;
mod controlla;
mod decimale;
mod formula;
mod giorno;
mod grezzo;
mod iban;
pub mod limiti;
mod lingua;
mod precompila;
mod profilo;
mod prospetto;
mod schema;
mod valida;
mod valori;

#[cfg(test)]
mod tests;

pub use condizione::{Ambito, Condizione, Confronto, Letterale, Operando, RiferimentoCampo};
pub use confronta::Riporto;
pub use controlla::Problema;
pub use decimale::Decimale;
pub use formula::{Addendo, Formula, Periodo};
pub use giorno::Giorno;
pub use iban::Iban;
pub use lingua::{
    Articolo, Campo, Fonte, FormatoFile, FormatoTesto, Modulo, Opzione, Passo, PosizioneFoto, Regola, Tipo, TipoCampo,
};
pub use precompila::{Azienda, Componente, Immobile, Indirizzo, Isee, Nascita, Profilo, Veicolo};
pub use profilo::GruppoProfilo;
pub use prospetto::Sezione;
pub use valida::{AllegatoRichiesto, ContestoModulo, Esame, ModuloValido};
pub use valori::{email, telefono};

pub(crate) use controlla::{Controllo, testo as controlla_testo};
