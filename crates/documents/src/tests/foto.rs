//! Positions leave photos; pictures, orientations and dates stay.

use super::campioni::heic;
use super::{Banco, arrivo, nuovo, pieces};
use app::ports::{Arrivo, DocumentError, DocumentStore as _, Posizione};
use bytes::Bytes;
use exif::{Exif, In, Tag};
use img_parts::ImageEXIF as _;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::webp::WebP;

/// A TIFF block: orientation 6, a date, and 45 degrees north when asked for.
fn tiff(little: bool, gps: bool) -> Vec<u8> {
    let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&short(tag)[..], &short(kind), &long(count), &value].concat()
    };
    let first = |n: u16| [short(n)[0], short(n)[1], 0, 0];
    let entries = if gps { 3_u32 } else { 2 };
    let data = 8 + 2 + 12 * entries + 4;
    let mut out = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    out.extend(long(8));
    out.extend(short(entries as u16));
    out.extend(entry(0x0112, 3, 1, first(6)));
    out.extend(entry(0x0132, 2, 20, long(data)));
    if gps {
        out.extend(entry(0x8825, 4, 1, long(data + 20)));
    }
    out.extend(long(0));
    out.extend_from_slice(b"2026:11:22 10:00:00\0");
    if gps {
        let degrees = data + 20 + 2 + 24 + 4;
        out.extend(short(2));
        out.extend(entry(1, 2, 2, *b"N\0\0\0"));
        out.extend(entry(2, 5, 3, long(degrees)));
        out.extend(long(0));
        for n in [45_u32, 1, 30, 1, 15, 1] {
            out.extend(long(n));
        }
    }
    out
}

fn jpeg(exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut photo = Jpeg::from_bytes(Bytes::from_static(
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xda\x00\x04ab\x01\x02\x03\xff\xd9",
    ))
    .unwrap();
    photo.set_exif(exif.map(Bytes::from));
    photo.encoder().bytes().to_vec()
}

fn png(exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let chunks = [(*b"IHDR", &b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"[..]), (*b"IDAT", b"abc"), (*b"IEND", b"")];
    for (kind, content) in chunks {
        bytes.extend_from_slice(&PngChunk::new(kind, Bytes::copy_from_slice(content)).encoder().bytes());
    }
    let mut photo = Png::from_bytes(Bytes::from(bytes)).unwrap();
    photo.set_exif(exif.map(Bytes::from));
    photo.encoder().bytes().to_vec()
}

fn webp(exif: Option<Vec<u8>>) -> Vec<u8> {
    let head = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut photo = WebP::from_bytes(Bytes::from_static(head)).unwrap();
    photo.set_exif(exif.map(Bytes::from));
    photo.encoder().bytes().to_vec()
}

fn heif(exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = heic();
    bytes.extend_from_slice(b"\0\0\0\x06Exif\0\0");
    bytes.extend(exif.unwrap_or_default());
    bytes.extend_from_slice(&[7; 3_000]);
    bytes
}

/// The block inside a photo, read by somebody else.
fn read(bytes: &[u8]) -> Exif {
    let at = bytes.windows(4).position(|w| w == b"II*\0" || w == b"MM\0*").expect("a block");
    exif::Reader::new().read_raw(bytes[at..].to_vec()).expect("it can be read")
}

/// A photo with these bytes as its EXIF block.
type Foto = fn(Option<Vec<u8>>) -> Vec<u8>;

#[tokio::test]
async fn the_position_goes_and_nothing_else() {
    let banco = Banco::new();
    let kinds: [(&str, Foto); 4] = [("foto.jpg", jpeg), ("foto.png", png), ("foto.webp", webp), ("foto.heic", heif)];
    for (nome, photo) in kinds {
        for little in [true, false] {
            let sent = photo(Some(tiff(little, true)));
            assert!(read(&sent).get_field(Tag::GPSLatitude, In::PRIMARY).is_some(), "{nome}");
            let (id, stored) = banco.put(nome, "", &sent).await.unwrap_or_else(|e| panic!("{nome}: {e}"));
            assert!(stored.posizione_tolta, "{nome}");
            let kept = banco.read(id, &stored.impronta).await;
            assert_eq!(kept.len() as u64, stored.dimensione);
            let exif = read(&kept);
            assert!(exif.fields().all(|field| field.tag.context() != exif::Context::Gps), "{nome}");
            let degrees = if little { [45, 0, 0, 0, 1, 0, 0, 0] } else { [0, 0, 0, 45, 0, 0, 0, 1] };
            assert!(!kept.windows(8).any(|w| w == degrees), "{nome}: the numbers are still there");
            let orientation = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|f| f.value.get_uint(0));
            assert_eq!(orientation, Some(6), "{nome}");
            assert!(exif.get_field(Tag::DateTime, In::PRIMARY).is_some(), "{nome}");
            assert_eq!(kept.len(), sent.len(), "{nome}: nothing moved");
        }
    }
}

#[tokio::test]
async fn photos_without_a_position_and_photos_that_keep_it_are_not_touched() {
    let banco = Banco::new();
    for photo in [jpeg(None), jpeg(Some(tiff(true, false)))] {
        let (id, stored) = banco.put("a.jpg", "", &photo).await.unwrap();
        assert!(!stored.posizione_tolta);
        assert_eq!(banco.read(id, &stored.impronta).await, photo);
    }
    let photo = jpeg(Some(tiff(true, true)));
    let id = nuovo();
    let keep = Arrivo { posizione: Posizione::Mantieni, ..arrivo(id, "a.jpg", "") };
    let stored = banco.store.put(keep, pieces(&photo, 100)).await.unwrap();
    assert!(!stored.posizione_tolta);
    assert_eq!(banco.read(id, &stored.impronta).await, photo);
}

#[tokio::test]
async fn xmp_that_names_a_place_goes_too() {
    let banco = Banco::new();
    let mut photo = Jpeg::from_bytes(Bytes::from(jpeg(None))).unwrap();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='45,30.25N'/>";
    photo.segments_mut().insert(1, JpegSegment::new_with_contents(markers::APP1, Bytes::from_static(xmp)));
    let sent = photo.encoder().bytes();
    let (id, stored) = banco.put("a.jpg", "", &sent).await.unwrap();
    assert!(stored.posizione_tolta);
    assert_eq!(banco.read(id, &stored.impronta).await, jpeg(None));
}

#[tokio::test]
async fn a_block_that_cannot_be_read_goes_and_a_photo_that_cannot_be_taken_apart_is_refused() {
    let banco = Banco::new();
    // The first directory points to itself, and to nowhere.
    let endless = [&b"II*\0\x08\0\0\0\0\0\x08\0\0\0"[..]].concat();
    let nowhere = b"II*\0\xff\xff\0\0".to_vec();
    for block in [endless, nowhere, b"no block".to_vec()] {
        let (id, stored) = banco.put("a.jpg", "", &jpeg(Some(block))).await.unwrap();
        assert!(stored.posizione_tolta);
        assert_eq!(banco.read(id, &stored.impronta).await, jpeg(None));
    }
    let mut cut = jpeg(Some(tiff(true, true)));
    cut.truncate(60);
    let refused = banco.put("a.jpg", "", &cut).await;
    assert!(matches!(refused, Err(DocumentError::Damaged)), "{refused:?}");
}
