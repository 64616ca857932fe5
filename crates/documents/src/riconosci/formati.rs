//! The accepted formats: a part of the "generic" ones of Linee guida AgID, Allegato 2, what telephones, scanners, offices
//! and signing programs make.

pub(crate) const JPEG: &str = "image/jpeg";
pub(crate) const PNG: &str = "image/png";
pub(crate) const WEBP: &str = "image/webp";
pub(crate) const HEIF: &str = "image/heif";
pub(super) const PDF: &str = "application/pdf";
pub(super) const P7M: &str = "application/pkcs7-mime";
pub(super) const ODT: &str = "application/vnd.oasis.opendocument.text";
pub(super) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(super) const TXT: &str = "text/plain";

/// An accepted format.
pub(super) struct Formato {
    /// Media type under which it is kept; as `infer` names it, where that judges.
    pub(super) mime: &'static str,
    /// Other media types senders use for it.
    pub(super) alias: &'static [&'static str],
    /// Extensions of its file names.
    pub(super) estensioni: &'static [&'static str],
    /// Whether the first bytes are really the beginning of such a file, beyond the magic number. Without it, `infer` is
    /// not asked.
    pub(super) coerente: Option<fn(&[u8]) -> bool>,
}

pub(super) const FORMATI: &[Formato] = &[
    Formato {
        mime: JPEG,
        alias: &["image/jpg", "image/pjpeg"],
        estensioni: &["jpg", "jpeg", "jpe", "jfif"],
        coerente: Some(jpeg),
    },
    Formato { mime: PNG, alias: &["image/x-png"], estensioni: &["png"], coerente: Some(png) },
    Formato { mime: WEBP, alias: &[], estensioni: &["webp"], coerente: Some(webp) },
    Formato {
        mime: HEIF,
        alias: &["image/heic", "image/heic-sequence", "image/heif-sequence"],
        estensioni: &["heic", "heif", "hif"],
        coerente: Some(heif),
    },
    Formato { mime: PDF, alias: &["application/x-pdf"], estensioni: &["pdf"], coerente: Some(pdf) },
    Formato { mime: P7M, alias: &["application/x-pkcs7-mime"], estensioni: &["p7m"], coerente: None },
    Formato { mime: ODT, alias: &[], estensioni: &["odt"], coerente: None },
    Formato { mime: DOCX, alias: &[], estensioni: &["docx"], coerente: None },
    Formato { mime: TXT, alias: &[], estensioni: &["txt"], coerente: None },
];

/// Extensions of other well-known formats. Anything else after a dot (`verbale.2026`) says nothing.
pub(super) const ALTRE_ESTENSIONI: [&str; 44] = [
    "7z", "apk", "app", "avi", "bat", "bmp", "cmd", "com", "css", "csv", "dll", "doc", "docm", "eml", "exe", "gif",
    "gz", "hta", "htm", "html", "jar", "js", "lnk", "mov", "mp3", "mp4", "msi", "odm", "php", "ppt", "pptx", "ps1",
    "rar", "rtf", "scr", "sh", "svg", "tif", "tiff", "vbs", "xls", "xlsx", "xml", "zip",
];

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
