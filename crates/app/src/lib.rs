//! The imperative shell: runs commands against the log, answers questions from it, and sends what follows from it.
//!
//! Doors (`web`, `graphql`) translate to and from this crate and know nothing else. What the outside offers arrives
//! through [`ports`].

pub mod allegati;
mod app;
pub mod autorizzazione;
pub mod bozze;
mod commands;
pub mod contesto;
pub mod enti;
pub mod error;
pub mod letture;
pub mod notifiche;
pub mod persone;
pub mod ports;
pub mod profilo;
mod scritture;
mod servizi;
pub mod storia;
pub mod testi;

pub use app::{App, Parts};
pub use bozze::Bozza;
pub use commands::{Esito, InviaSegnalazione, ModificaRegistrazione, PresentaIstanza, ScriviAlSindaco};
pub use contesto::{Canale, Contesto, Utente};
pub use enti::{Ente, Enti, Ufficio};
pub use error::{AppError, ErroreCampo};
pub use letture::{DettaglioPratica, DettaglioRegistrazione, Documento};
pub use scritture::Sorvegliato;
pub use servizi::PubblicaError;
