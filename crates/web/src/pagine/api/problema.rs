//! Errors of the plain HTTP edges as `application/problem+json` (RFC 9457).

use app::{AppError, ErroreCampo};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problema {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    /// A sentence that says how to mend it.
    detail: String,
    /// Stable code.
    codice: String,
    /// The field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    campo: Option<String>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problema {
    /// A problem in the words of the catalogue.
    pub fn new(status: StatusCode, codice: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:sportello:problema:{codice}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            codice: codice.to_owned(),
            campo: None,
            retry_after: None,
        }
    }

    fn refused(error: ErroreCampo) -> Self {
        let status = match error.codice.as_str() {
            "file-troppo-grande" => StatusCode::PAYLOAD_TOO_LARGE,
            "formato-non-ammesso" | "formato-non-corrispondente" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "file-sospetto" | "file-danneggiato" | "file-infetto" => StatusCode::UNPROCESSABLE_ENTITY,
            "troppi-caricamenti" | "spazio-esaurito" => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { campo: error.campo, ..Self::new(status, &error.codice, error.messaggio) }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<AppError> for Problema {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Rifiutato(errori) => match errori.into_iter().next() {
                Some(error) => Self::refused(error),
                None => Self::new(StatusCode::BAD_REQUEST, "richiesta-non-valida", crate::t("porta-illeggibile")),
            },
            AppError::AccessoRichiesto => {
                Self::new(StatusCode::UNAUTHORIZED, "accesso-richiesto", crate::t("porta-accesso"))
            }
            AppError::NonTrovato => Self::new(StatusCode::NOT_FOUND, "non-trovato", crate::t("porta-non-trovato")),
            AppError::Conflitto => Self::new(StatusCode::CONFLICT, "conflitto", crate::t("errore-conflitto")),
            AppError::NonDisponibile { motivo, riprova_tra } => {
                tracing::warn!(reason = %motivo, "the API cannot answer for now");
                let detail = crate::t("porta-non-disponibile");
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "non-disponibile", detail);
                Self { retry_after: Some(riprova_tra.as_secs().max(1)), ..problem }
            }
            AppError::Interno(reason) => {
                tracing::error!(%reason, "the API failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "interno", crate::t("errore-interno-testo"))
            }
        }
    }
}

impl IntoResponse for Problema {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Refusal;
    use std::time::Duration;

    #[test]
    fn each_refusal_has_its_status() {
        let status = |code: &str| Problema::from(AppError::rifiuto(Refusal::field("allegati", code))).status();
        assert_eq!(status("file-troppo-grande"), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status("formato-non-ammesso"), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status("formato-non-corrispondente"), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status("file-vuoto"), StatusCode::BAD_REQUEST);
        assert_eq!(Problema::from(AppError::AccessoRichiesto).status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn a_problem_names_code_field_and_what_to_do() {
        let problem = Problema::from(AppError::rifiuto(Refusal::field("allegati", "file-vuoto")));
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["codice"], "file-vuoto");
        assert_eq!(json["campo"], "allegati");
        assert_eq!(json["status"], 400);
        assert_eq!(json["type"], "urn:sportello:problema:file-vuoto");
        assert_eq!(json["detail"], crate::t("rifiuto-file-vuoto"));
    }

    #[test]
    fn when_to_try_again_is_said() {
        let error = AppError::NonDisponibile { motivo: "full".into(), riprova_tra: Duration::from_secs(5) };
        let response = Problema::from(error).into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
