//! The pages' files (styles, scripts, fonts, icons) inside the binary, served under `/static/` by content-hashed names.
//!
//! `cargo xtask assets` builds them into `assets/dist` together with `manifest.json` (logical name -> hashed file) and their
//! brotli and gzip forms, so that nothing is compressed while answering. A hashed name never changes its content: it is cached for ever.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "assets/dist"]
struct Dist;

/// One entry of the manifest.
#[derive(Debug, Deserialize)]
struct Entry {
    /// Hashed file name inside `assets/dist`.
    file: String,
    /// Content type with charset.
    mime: String,
}

/// Logical name -> entry.
static MANIFEST: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let file = Dist::get("manifest.json").expect("build.rs refuses to build without the manifest");
    serde_json::from_slice(&file.data).expect("the manifest is written by build.mjs in this shape")
});

/// Hashed file name -> content type; only these are served.
static FILES: LazyLock<HashMap<&'static str, HeaderValue>> = LazyLock::new(|| {
    MANIFEST
        .values()
        .map(|e| (e.file.as_str(), HeaderValue::from_str(&e.mime).expect("content types are plain ASCII")))
        .collect()
});

/// Path of the asset with logical name `name` (`sportello.css` -> `/static/sportello-1a2b3c4d5e.css`).
///
/// A name that was never built is answered with `/static/<name>`, which answers 404: the test on templates finds it.
pub fn url(name: &str) -> String {
    let file = MANIFEST.get(name).map_or(name, |e| e.file.as_str());
    format!("/static/{file}")
}

/// Whether an asset of this logical name was built.
pub fn exists(name: &str) -> bool {
    MANIFEST.contains_key(name)
}

/// `/static/{file}` for any application state.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{file}", get(serve))
}

/// Content-Security-Policy of every page but GraphiQL: nothing inline, nothing foreign.
pub const CSP: &str = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; \
                       base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Content-Security-Policy of the GraphiQL page alone: its editor writes `<style>` elements and runs workers.
pub const CSP_GRAPHIQL: &str = "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; \
                                script-src 'self'; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
                                frame-ancestors 'none'; form-action 'self'";

/// Encodings in the order we prefer them, with the suffix of the file that holds them.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response<Body> {
    let Some((&file, mime)) = FILES.get_key_value(file.as_str()) else {
        return with_status(StatusCode::NOT_FOUND);
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let compressed = ENCODINGS
        .iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, suffix)| Dist::get(&format!("{file}{suffix}")).map(|found| (*name, found)));
    let (encoding, content) = match compressed {
        Some((name, found)) => (name, found),
        None => match Dist::get(file) {
            Some(found) => ("", found),
            None => return with_status(StatusCode::NOT_FOUND),
        },
    };
    // The name carries the hash, so name + encoding identify the bytes.
    let etag = format!("\"{file}{}{encoding}\"", if encoding.is_empty() { "" } else { "." });
    let fresh = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|list| {
        list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
    });
    let mut response = if fresh { with_status(StatusCode::NOT_MODIFIED) } else { Response::new(body(content.data)) };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !fresh {
        out.insert(header::CONTENT_TYPE, mime.clone());
        if !encoding.is_empty() {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
}

fn with_status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// Whether an `Accept-Encoding` value admits `coding` (RFC 9110, 12.5.3: `q=0` refuses; `*` admits what is not named).
fn accepts(accept_encoding: &str, coding: &str) -> bool {
    let mut star = false;
    for part in accept_encoding.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let refused = pieces
            .filter_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
            .any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        if name.eq_ignore_ascii_case(coding) {
            return !refused;
        }
        star |= name == "*" && !refused;
    }
    star
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn ask(path: &str, extra: &[(header::HeaderName, &str)]) -> Response<Body> {
        let mut request = Request::get(path);
        for (name, value) in extra {
            request = request.header(name, *value);
        }
        routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn stylesheet_is_served_brotli_first_and_for_ever() {
        let response = ask(&url("sportello.css"), &[(header::ACCEPT_ENCODING, "gzip, deflate, br")]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let brotli = to_bytes(response.into_body(), 1 << 20).await.unwrap();

        let plain = ask(&url("sportello.css"), &[(header::ACCEPT_ENCODING, "br;q=0, identity")]).await;
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        let text = to_bytes(plain.into_body(), 1 << 20).await.unwrap();
        assert!(brotli.len() * 2 < text.len(), "brotli {} of {}", brotli.len(), text.len());
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert!(text.contains(":root{--bootstrap-italia-version"), "C.SI.1.2 reads this variable");
        assert!(!text.contains('\u{feff}') && !text.contains("\\feff"), "a byte order mark spoils the rule after it");
        assert!(text.contains("Titillium Web"));
    }

    #[tokio::test]
    async fn known_etag_answers_not_modified() {
        let first = ask(&url("sportello.js"), &[]).await;
        let etag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = ask(&url("sportello.js"), &[(header::IF_NONE_MATCH, &etag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let compressed =
            ask(&url("sportello.js"), &[(header::IF_NONE_MATCH, &etag), (header::ACCEPT_ENCODING, "gzip")]).await;
        assert_eq!(compressed.status(), StatusCode::OK, "another encoding is another representation");
        assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
    }

    #[tokio::test]
    async fn only_manifest_files_are_reachable() {
        for path in ["/static/manifest.json", "/static/sportello.css", "/static/..%2Fmanifest.json"] {
            assert_eq!(ask(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let css = format!("{}.br", url("sportello.css"));
        assert_eq!(ask(&css, &[]).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn every_asset_and_icon_that_templates_name_was_built() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let sprite = Dist::get(url("icons.svg").trim_start_matches("/static/")).unwrap();
        let sprite = String::from_utf8(sprite.data.to_vec()).unwrap();
        let mut folders = vec![root];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for item in std::fs::read_dir(folder).unwrap().map(|i| i.unwrap().path()) {
                if item.is_dir() {
                    folders.push(item);
                    continue;
                }
                let text = std::fs::read_to_string(&item).unwrap();
                for rest in text.split("assets::url(\"").skip(1) {
                    let name = rest.split('"').next().unwrap();
                    assert!(exists(name), "{}: asset {name} is not built", item.display());
                    seen += 1;
                }
                for rest in text.split("icona(\"").skip(1) {
                    let name = rest.split('"').next().unwrap();
                    assert!(sprite.contains(&format!("id=\"{name}\"")), "{}: icon {name}", item.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "only {seen} names found");
    }

    #[test]
    fn accept_encoding_is_read_as_the_rfc_says() {
        assert!(accepts("gzip, br", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        assert!(accepts("*", "gzip"));
        assert!(!accepts("br;q=0, *", "br"));
        assert!(!accepts("", "br"));
        assert!(!accepts("brotli", "br"));
    }

    #[test]
    fn policy_forbids_inline_and_foreign_scripts() {
        assert!(CSP.contains("script-src 'self';") && CSP.contains("style-src 'self';"));
        assert!(!CSP.contains("unsafe"));
        assert!(CSP_GRAPHIQL.contains("script-src 'self';"));
    }
}
