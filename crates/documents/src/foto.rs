//! Positions taken out of photos, and nothing else: the picture, its orientation and its date stay as they were.
//!
//! Exif keeps the place in a directory of its own (`GPS IFD`), to which one entry of the first directory points. That
//! entry is taken out and what it pointed to is overwritten; XMP packets that name a place are dropped. A JPEG, PNG or
//! WebP is taken apart and put together by `img-parts`; in a HEIF, whose parts are found by their place in the file, the
//! same bytes are overwritten where they stand.

use crate::riconosci::{HEIF, JPEG, PNG, WEBP};
use crate::sigillo::Lettore;
use app::ports::DocumentError;
use bytes::Bytes;
use img_parts::ImageEXIF;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;

/// Directories of one Exif block that are followed.
pub(crate) const MAX_IFD: usize = 8;
/// Entry that points to the GPS directory.
const GPS: u16 = 0x8825;
/// What begins an Exif block inside a HEIF.
const EXIF: &[u8] = b"Exif\0\0";

/// The photo without its position; none when it has none. Blocks, and holds the photo in memory.
///
/// # Errors
/// [`DocumentError::Damaged`] when it seems to hold a position and cannot be taken apart.
pub(crate) fn senza_posizione(mime: &str, file: &Lettore) -> Result<Option<Vec<u8>>, DocumentError> {
    if ![JPEG, PNG, WEBP, HEIF].contains(&mime) {
        return Ok(None);
    }
    pulisci(mime, file.whole().map_err(DocumentError::Unavailable)?)
}

fn pulisci(mime: &str, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, DocumentError> {
    if mime == HEIF {
        return Ok(heif(bytes));
    }
    let bytes = Bytes::from(bytes);
    let clean = match mime {
        JPEG => Jpeg::from_bytes(bytes.clone()).map(|photo| clean_jpeg(photo).map(|p| p.encoder().bytes())),
        PNG => Png::from_bytes(bytes.clone()).map(|photo| clean_png(photo).map(|p| p.encoder().bytes())),
        _ => WebP::from_bytes(bytes.clone()).map(|photo| clean_webp(photo).map(|p| p.encoder().bytes())),
    };
    match clean {
        Ok(clean) => Ok(clean.map(Vec::from)),
        // What cannot be taken apart and has no place for a position is kept as it came.
        Err(_) if find(&bytes, EXIF).is_none() && !names_a_place(&bytes) => Ok(None),
        Err(_) => Err(DocumentError::Damaged),
    }
}

fn clean_jpeg(mut photo: Jpeg) -> Option<Jpeg> {
    let exif = clean_exif(&mut photo);
    let before = photo.segments().len();
    photo.segments_mut().retain(|segment| segment.marker() != markers::APP1 || !names_a_place(segment.contents()));
    (exif || photo.segments().len() < before).then_some(photo)
}

fn clean_png(mut photo: Png) -> Option<Png> {
    let exif = clean_exif(&mut photo);
    let before = photo.chunks().len();
    photo.chunks_mut().retain(|chunk| {
        let text = [*b"tEXt", *b"iTXt", *b"zTXt"].contains(&chunk.kind());
        // Some programs keep whole blocks of Exif or XMP, packed, in a comment.
        !(text && (names_a_place(chunk.contents()) || chunk.contents().starts_with(b"Raw profile type")))
    });
    (exif || photo.chunks().len() < before).then_some(photo)
}

fn clean_webp(mut photo: WebP) -> Option<WebP> {
    let exif = clean_exif(&mut photo);
    let xmp = photo.chunk_by_id(*b"XMP ").and_then(|chunk| chunk.content().data().map(|text| names_a_place(text)));
    let place = xmp.unwrap_or(false);
    if place {
        photo.remove_chunks_by_id(*b"XMP ");
    }
    (exif || place).then_some(photo)
}

/// Takes the position out of the Exif block; says whether there was one.
fn clean_exif(photo: &mut impl ImageEXIF) -> bool {
    let Some(exif) = photo.exif() else { return false };
    let mut tiff = exif.to_vec();
    match senza_gps(&mut tiff) {
        Some(false) => false,
        Some(true) => {
            photo.set_exif(Some(Bytes::from(tiff)));
            true
        }
        // A block that cannot be read may say anything.
        None => {
            photo.set_exif(None);
            true
        }
    }
}

fn heif(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (mut from, mut changed) = (0, false);
    while let Some(at) = find(&bytes[from..], EXIF) {
        let start = from + at + EXIF.len();
        changed |= senza_gps(&mut bytes[start..]) == Some(true);
        from = start;
    }
    changed.then_some(bytes)
}

/// XMP writes places under these names.
fn names_a_place(bytes: &[u8]) -> bool {
    find(bytes, b"GPSLatitude").is_some() || find(bytes, b"GPSLongitude").is_some()
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

/// Numbers of a TIFF, in its order of bytes.
#[derive(Clone, Copy)]
struct Ordine {
    little: bool,
}

impl Ordine {
    fn of(tiff: &[u8]) -> Option<Self> {
        match tiff.get(..4)? {
            b"II*\0" => Some(Self { little: true }),
            b"MM\0*" => Some(Self { little: false }),
            _ => None,
        }
    }

    fn short(self, tiff: &[u8], at: usize) -> Option<u16> {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(self, tiff: &[u8], at: usize) -> Option<usize> {
        let bytes: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(number).ok()
    }

    fn put_short(self, tiff: &mut [u8], at: usize, value: u16) {
        let bytes = if self.little { value.to_le_bytes() } else { value.to_be_bytes() };
        tiff[at..at + 2].copy_from_slice(&bytes);
    }
}

/// Takes the GPS directory out of a TIFF block, whose length stays; whether there was one, none when it is no TIFF.
fn senza_gps(tiff: &mut [u8]) -> Option<bool> {
    let order = Ordine::of(tiff)?;
    let mut ifd = order.long(tiff, 4)?;
    let mut found = false;
    for _ in 0..MAX_IFD {
        if ifd == 0 {
            return Some(found);
        }
        let count = usize::from(order.short(tiff, ifd)?);
        let end = ifd + 2 + 12 * count;
        let next = order.long(tiff, end)?;
        let at = (0..count).map(|n| ifd + 2 + 12 * n).find(|at| order.short(tiff, *at) == Some(GPS));
        if let Some(at) = at {
            let gps = order.long(tiff, at + 8)?;
            blank(tiff, order, gps);
            // The entries behind it move up, and the pointer to the next directory with them.
            tiff.copy_within(at + 12..end + 4, at);
            tiff[end + 4 - 12..end + 4].fill(0);
            order.put_short(tiff, ifd, count as u16 - 1);
            found = true;
        }
        ifd = next;
    }
    // A chain without end.
    None
}

/// Overwrites a directory and what its entries point to.
fn blank(tiff: &mut [u8], order: Ordine, ifd: usize) {
    const SIZES: [usize; 13] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
    let Some(count) = order.short(tiff, ifd) else { return };
    for at in (0..usize::from(count)).map(|n| ifd + 2 + 12 * n) {
        let (Some(kind), Some(values)) = (order.short(tiff, at + 2), order.long(tiff, at + 4)) else { return };
        let size = SIZES.get(usize::from(kind)).copied().unwrap_or(0).saturating_mul(values);
        if size > 4
            && let Some(data) = order.long(tiff, at + 8)
            && let Some(data) = tiff.get_mut(data..data.saturating_add(size))
        {
            data.fill(0);
        }
        if let Some(entry) = tiff.get_mut(at..at + 12) {
            entry.fill(0);
        }
    }
    if let Some(count) = tiff.get_mut(ifd..ifd + 2) {
        count.fill(0);
    }
}
