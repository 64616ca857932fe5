//! Read models: facts become tables, tables answer questions.
//!
//! A [`Projection`] folds the log of an ente into tables of the read database; [`ReadModels`] keeps them up to date,
//! builds them again on demand ([`ReadModels::rebuild`]) and answers queries. Nothing here writes to the log or reaches
//! out, and everything here can be deleted: the log gives it back.
//!
//! A new read model is a folder beside the others, with `tables.sql`, its fold, its questions and their tests, and one
//! line in [`projections`].

mod catalog;
mod ente;
mod error;
mod json;
mod pools;
mod rebuild;
mod runner;
mod sql;
mod turns;
mod upsert;
mod view;

#[cfg(test)]
mod kit;
#[cfg(test)]
mod prova;
#[cfg(test)]
mod tests;

pub mod appuntamenti;
pub mod audit;
pub mod decode;
pub mod pagina;
pub mod pratiche;
pub mod projection;
pub mod read_models;
pub mod registro;
pub mod storia;

pub use appuntamenti::{AgendaRow, AppuntamentoRow, AttesaRow, ChiusuraRow, OccupatoRow, TurnoRow};
pub use audit::{AuditRow, FiltroAudit};
pub use decode::{OpenCause, OpenError, Opener};
pub use error::RunError;
pub use pagina::{Cursore, Elenco, MAX_PAGINA, Pagina, QueryError};
pub use pratiche::{Corredo, FiltroPratiche, PraticaConStoria, PraticaRow};
pub use projection::{ApplyError, Projection, Tx};
pub use read_models::{ProjectionStatus, ReadModels};
pub use rebuild::{OnProgress, Progress, Rebuilt};
pub use registro::{FiltroRegistro, ModificaRow, RegistrazioneRow};
pub use sql::Valore;
pub use storia::{PassoStoria, passo};
pub use upsert::Tabella;

/// All read models, one line each.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(pratiche::Pratiche),
        Box::new(storia::Storia),
        Box::new(registro::Registro),
        Box::new(audit::Audit),
        Box::new(appuntamenti::Appuntamenti),
    ]
}
