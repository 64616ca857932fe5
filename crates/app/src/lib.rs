//! The imperative shell: runs commands against the log, answers questions from it, and sends what follows from it.
//!
//! Doors (`web`, `graphql`) translate to and from this crate and know nothing else. What the outside offers arrives
//! through [`ports`].

pub mod allegati;
mod app;
pub mod appuntamenti;
pub mod autorizzazione;
pub mod bozze;
mod commands;
pub mod contatti;
pub mod contesto;
mod definizioni;
pub mod enti;
pub mod error;
pub mod letture;
pub mod notifiche;
pub mod persone;
pub mod ports;
pub mod profilo;
pub mod ricevute;
mod scritture;
mod servizi;
pub mod storia;
pub mod testi;

pub use app::{App, Parts};
pub use bozze::Bozza;
pub use commands::{
    Esito, InviaSegnalazione, ModificaRegistrazione, PresentaIntegrazione, PresentaIstanza, RichiediIntegrazione,
    ScriviAlSindaco,
};
pub use contatti::Contatti;
pub use contesto::{Canale, Contesto, Utente};
pub use definizioni::PubblicaError;
pub use enti::{Ente, Enti, Ufficio};
pub use error::{AppError, ErroreCampo};
pub use letture::{DettaglioPratica, DettaglioRegistrazione, Documento};
pub use profilo::Novita;
pub use scritture::Sorvegliato;
pub use servizi::cerca;
