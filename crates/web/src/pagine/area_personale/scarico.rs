//! Downloads: the document as filed and its files, byte for byte.

use crate::errore::Errore;
use crate::pagine::api::Noto;
use app::{AppError, Documento};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `GET /pratiche/{id}/documento`: the bytes whose hash stands in the register.
pub async fn documento(r: Noto, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Errore> {
    let found = r.web.app.documento(&r.ctx, super::id(&id)?).await?;
    rispondi(found.ok_or(Errore::NonTrovato)?, &headers)
}

/// `GET /pratiche/{id}/ricevuta.pdf`: the receipt as a document, the same bytes each time.
pub async fn ricevuta(r: Noto, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Errore> {
    scarica(r.web.app.ricevuta(&r.ctx, super::id(&id)?).await, &headers)
}

/// `GET /pratiche/{id}/allegati/{n}`, counted from 1.
pub async fn allegato(r: Noto, Path((id, n)): Path<(String, usize)>, headers: HeaderMap) -> Result<Response, Errore> {
    let indice = n.checked_sub(1).ok_or(Errore::NonTrovato)?;
    scarica(r.web.app.allegato(&r.ctx, super::id(&id)?, indice).await, &headers)
}

fn scarica(found: Result<Option<Documento>, AppError>, headers: &HeaderMap) -> Result<Response, Errore> {
    match found {
        Ok(found) => rispondi(found.ok_or(Errore::NonTrovato)?, headers),
        // The key of its person was destroyed: it was there, and never will be again.
        Err(AppError::Rifiutato(errori)) if errori.iter().any(|e| e.codice == "dato-non-piu-disponibile") => {
            Ok((StatusCode::GONE, Errore::from(AppError::Rifiutato(errori))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What a download may be called. What is not listed has no name that a browser would act on.
fn tipo(formato: &str) -> &'static str {
    match formato {
        "image/jpeg" => "image/jpeg",
        "image/png" => "image/png",
        "image/webp" => "image/webp",
        "image/heif" => "image/heif",
        "application/pdf" => "application/pdf",
        "application/json" => "application/json",
        "application/pkcs7-mime" => "application/pkcs7-mime",
        "application/vnd.oasis.opendocument.text" => "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
        "text/plain" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Always a download, never shown in place: a file of a stranger must not run under our name.
fn rispondi(documento: Documento, headers: &HeaderMap) -> Result<Response, Errore> {
    let etag = format!("\"{}\"", documento.impronta);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from_stream(documento.bytes).into_response()
    };
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| Errore::Interno(e.to_string()));
    let out = response.headers_mut();
    out.insert(header::ETAG, value(&etag)?);
    // Asked again each time: whether the person may still see it is decided here.
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-transform"));
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Whoever shows it all the same shows it without scripts, without forms, and as nobody's page.
    out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if !known {
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(tipo(&documento.formato)));
        out.insert(header::CONTENT_DISPOSITION, value(&disposizione(&documento.nome))?);
    }
    Ok(response)
}

/// RFC 6266: the name in ASCII for old readers, and whole.
pub fn disposizione(nome: &str) -> String {
    let plain: String =
        nome.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", urlencoding::encode(nome))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::StreamExt;

    fn sample() -> Documento {
        let bytes = futures_util::stream::once(async { Ok(Bytes::from_static(b"{\"a\":1}")) }).boxed();
        Documento {
            nome: "perché \"no\".json".into(),
            formato: "application/json".into(),
            impronta: "ab".repeat(32),
            bytes,
        }
    }

    #[tokio::test]
    async fn bytes_come_as_they_are_and_as_a_download() {
        let response = rispondi(sample(), &HeaderMap::new()).unwrap();
        assert_eq!(response.headers()[header::ETAG], format!("\"{}\"", "ab".repeat(32)));
        assert_eq!(
            response.headers()[header::CONTENT_DISPOSITION],
            "attachment; filename=\"perch___no_.json\"; filename*=UTF-8''perch%C3%A9%20%22no%22.json"
        );
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(&body[..], b"{\"a\":1}");
    }

    #[test]
    fn only_known_types_keep_their_name() {
        for formato in ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "IMAGE/PNG", ""] {
            assert_eq!(tipo(formato), "application/octet-stream", "{formato}");
        }
        assert_eq!(tipo("text/plain"), "text/plain; charset=utf-8");
    }

    #[test]
    fn a_known_document_is_not_sent_again() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, format!("\"x\", W/\"{}\"", "ab".repeat(32)).parse().unwrap());
        assert_eq!(rispondi(sample(), &headers).unwrap().status(), StatusCode::NOT_MODIFIED);
        headers.insert(header::IF_NONE_MATCH, "\"x\"".parse().unwrap());
        assert_eq!(rispondi(sample(), &headers).unwrap().status(), StatusCode::OK);
    }
}
