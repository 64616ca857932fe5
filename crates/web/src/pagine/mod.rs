//! The pages, a file or folder each.

pub mod accesso;
pub mod api;
pub mod appuntamenti;
pub mod area_personale;
pub mod elenco;
pub mod invio;
pub mod istanza;
pub mod lettera;
pub mod posta;
pub mod profilo;
pub mod protocollo;
pub mod pubbliche;
pub mod salute;
pub mod segnalazione;
pub mod ufficio;
