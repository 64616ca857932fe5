//! What a file is, judged by its first bytes; what its sender says is only compared with that.

use app::ports::{Declared, DocumentError};

/// Bytes looked at. The headers of all accepted formats end long before.
pub(crate) const HEAD: usize = 8 * 1024;

/// An accepted format (a part of the "generic" ones of Linee guida AgID, Allegato 2: what telephones and scanners make).
struct Formato {
    /// Media type under which it is kept; as `infer` names it.
    mime: &'static str,
    /// Other media types senders use for it.
    alias: &'static [&'static str],
    /// Extensions of its file names.
    estensioni: &'static [&'static str],
    /// Whether the first bytes are really the beginning of such a file, beyond the magic number.
    coerente: fn(&[u8]) -> bool,
}

const FORMATI: [Formato; 5] = [
    Formato {
        mime: "image/jpeg",
        alias: &["image/jpg", "image/pjpeg"],
        estensioni: &["jpg", "jpeg", "jpe", "jfif"],
        coerente: jpeg,
    },
    Formato { mime: "image/png", alias: &["image/x-png"], estensioni: &["png"], coerente: png },
    Formato { mime: "image/webp", alias: &[], estensioni: &["webp"], coerente: webp },
    Formato {
        mime: "image/heif",
        alias: &["image/heic", "image/heic-sequence", "image/heif-sequence"],
        estensioni: &["heic", "heif", "hif"],
        coerente: heif,
    },
    Formato { mime: "application/pdf", alias: &["application/x-pdf"], estensioni: &["pdf"], coerente: pdf },
];

/// Extensions of other well-known formats. Anything else after a dot (`verbale.2026`) says nothing.
const ALTRE_ESTENSIONI: [&str; 47] = [
    "7z", "apk", "app", "avi", "bat", "bmp", "cmd", "com", "css", "csv", "dll", "doc", "docm", "docx", "eml", "exe",
    "gif", "gz", "hta", "htm", "html", "jar", "js", "lnk", "mov", "mp3", "mp4", "msi", "odt", "p7m", "php", "ppt",
    "pptx", "ps1", "rar", "rtf", "scr", "sh", "svg", "tif", "tiff", "txt", "vbs", "xls", "xlsx", "xml", "zip",
];

/// The media type of a file from its first bytes.
///
/// # Errors
/// [`DocumentError::Mismatch`] when it was declared as something it is not, [`DocumentError::NotAccepted`] when it is
/// none of the accepted formats.
pub(crate) fn riconosci(head: &[u8], declared: &Declared) -> Result<&'static str, DocumentError> {
    let kind = infer::get(head).map_or("application/octet-stream", |kind| kind.mime_type());
    let found = FORMATI.iter().find(|f| f.mime == kind && (f.coerente)(head));
    let claims = [estensione(&declared.nome), tipo_dichiarato(declared.formato.as_deref())];
    for claim in claims.into_iter().flatten() {
        if claim.formato != found.map(|f| f.mime) && (found.is_some() || claim.formato.is_some()) {
            return Err(DocumentError::Mismatch { declared: claim.text, found: kind.to_owned() });
        }
    }
    found.map(|f| f.mime).ok_or(DocumentError::NotAccepted)
}

/// Something said of a file: the words, and the accepted format they mean (none: another format).
struct Claim {
    text: String,
    formato: Option<&'static str>,
}

/// What the extension says, when it is one that says anything.
fn estensione(nome: &str) -> Option<Claim> {
    let text = nome.rsplit_once('.')?.1.trim().to_ascii_lowercase();
    let formato = FORMATI.iter().find(|f| f.estensioni.contains(&text.as_str())).map(|f| f.mime);
    (formato.is_some() || ALTRE_ESTENSIONI.contains(&text.as_str())).then_some(Claim { text, formato })
}

/// What the media type says. Senders put `application/octet-stream` and worse where they do not know.
fn tipo_dichiarato(formato: Option<&str>) -> Option<Claim> {
    let text = formato?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let formato = FORMATI.iter().find(|f| f.mime == text || f.alias.contains(&text.as_str())).map(|f| f.mime);
    let family = text.split('/').next().unwrap_or_default();
    (formato.is_some() || ["image", "text", "video", "audio"].contains(&family)).then_some(Claim { text, formato })
}

/// SOI, then a segment: a marker that may stand first, with a length that leads to the next marker.
fn jpeg(head: &[u8]) -> bool {
    let [0xff, 0xd8, 0xff, marker, high, low, ..] = head else { return false };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    // C0-CF frames and tables, DA-DF scan and tables, E0-EF application data, FE comment.
    matches!(marker, 0xc0..=0xcf | 0xda..=0xdf | 0xe0..=0xef | 0xfe)
        && length >= 2
        && head.get(4 + length).is_none_or(|next| *next == 0xff)
}

/// The signature, then the chunk IHDR of 13 bytes with a width and a height.
fn png(head: &[u8]) -> bool {
    head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
        && head.get(16..24).is_some_and(|size| size[..4] != [0; 4] && size[4..] != [0; 4])
}

/// RIFF, a size, WEBP, and one of its three kinds of first chunk.
fn webp(head: &[u8]) -> bool {
    head.starts_with(b"RIFF")
        && head.get(8..12) == Some(b"WEBP")
        && head.get(12..16).is_some_and(|chunk| [b"VP8 ", b"VP8L", b"VP8X"].iter().any(|kind| *kind == chunk))
}

/// The box `ftyp` comes first; its brand was read by `infer`.
fn heif(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp")
}

/// The header stands at the very beginning, with a digit as its major version.
fn pdf(head: &[u8]) -> bool {
    head.starts_with(b"%PDF-") && head.get(5).is_some_and(u8::is_ascii_digit)
}
