//! From the application's errors to GraphQL's.

use crate::codes;
use app::{AppError, ErroreCampo, testi};
use async_graphql::{Error, ErrorExtensions, ServerError};
use std::collections::BTreeMap;

/// An error with its code.
pub(crate) fn coded(code: &str, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// Gives a code to an error that has none.
pub(crate) fn or_code(mut error: ServerError, code: &str) -> ServerError {
    if error.extensions.as_ref().and_then(|e| e.get("code")).is_none() {
        error.extensions.get_or_insert_default().set("code", code);
    }
    error
}

/// An error of a question, or one of a command that is not a refusal. What went wrong inside is logged, not shown.
pub(crate) fn of_app(error: AppError) -> Error {
    match error {
        AppError::AccessoRichiesto => coded(codes::UNAUTHENTICATED, testi::it("api-accesso-richiesto")),
        AppError::NonTrovato => coded(codes::NOT_FOUND, testi::it("api-non-trovato")),
        AppError::Conflitto => coded(codes::CONFLICT, testi::it("api-conflitto")),
        AppError::Rifiutato(errori) => {
            let messages: Vec<String> = errori.into_iter().map(|e| e.messaggio).collect();
            coded(codes::BAD_USER_INPUT, messages.join(" "))
        }
        AppError::NonDisponibile { motivo, riprova_tra } => {
            tracing::warn!(motivo, "unavailable");
            let seconds = riprova_tra.as_secs().max(1);
            coded(codes::UNAVAILABLE, testi::it("api-non-disponibile"))
                .extend_with(|_, extensions| extensions.set("retryAfter", seconds))
        }
        AppError::Interno(details) => {
            tracing::error!(details, "internal error");
            coded(codes::INTERNAL, testi::it("api-interno"))
        }
    }
}

/// What a mutation answers as data; anything else is an error of the request.
///
/// # Errors
/// When it is no refusal. `subject` is the input field that named what was not found.
pub(crate) fn refusals(error: AppError, subject: Option<&str>) -> Result<Vec<ErroreCampo>, Error> {
    let one = |campo: Option<&str>, codice: &str| {
        let messaggio = testi::it(&format!("api-{codice}"));
        let (campo, codice) = (campo.map(str::to_owned), codice.to_owned());
        Ok(vec![ErroreCampo { campo, codice, messaggio, valori: BTreeMap::new() }])
    };
    match error {
        AppError::Rifiutato(errori) => Ok(errori),
        AppError::NonTrovato => one(subject, "non-trovato"),
        AppError::Conflitto => one(None, "conflitto"),
        error => Err(of_app(error)),
    }
}
