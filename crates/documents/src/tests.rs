use crate::LocalDocuments;
use app::ports::{ByteStream, Declared, DocumentError, DocumentStore, Stored};
use bytes::Bytes;
use domain::allegato::Impronta;
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

const ENTE: &str = "c_x000";
const MIB: u64 = 1024 * 1024;
const LIMIT: u64 = 10 * MIB;

fn store() -> (TempDir, LocalDocuments) {
    let dir = tempfile::tempdir().unwrap();
    let store = LocalDocuments::open(dir.path().join("documenti")).unwrap();
    (dir, store)
}

/// All files below a folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn declared(nome: &str, formato: &str) -> Declared {
    Declared { nome: nome.into(), formato: (!formato.is_empty()).then(|| formato.to_owned()) }
}

/// In uneven pieces, as from the net.
fn pieces(bytes: &[u8], size: usize) -> ByteStream<'static> {
    let chunks: Vec<_> = bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(chunks).boxed()
}

async fn put(store: &LocalDocuments, nome: &str, formato: &str, bytes: &[u8]) -> Result<Stored, DocumentError> {
    store.put(ENTE, declared(nome, formato), LIMIT, pieces(bytes, 997)).await
}

async fn read(store: &LocalDocuments, impronta: &Impronta) -> Vec<u8> {
    let stream = store.get(ENTE, impronta).await.unwrap();
    stream
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
        .unwrap()
}

fn padded(head: &[u8], total: usize) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.extend((head.len()..total).map(|n| (n * 31 % 251) as u8));
    bytes
}

fn jpeg(total: usize) -> Vec<u8> {
    padded(b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb", total)
}

fn png(total: usize) -> Vec<u8> {
    padded(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0", total)
}

fn pdf(total: usize) -> Vec<u8> {
    padded(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", total)
}

fn webp() -> Vec<u8> {
    padded(b"RIFF\x24\x10\0\0WEBPVP8 \x18\x10\0\0", 4096)
}

fn heic() -> Vec<u8> {
    padded(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", 4096)
}

fn elf() -> Vec<u8> {
    padded(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0", 20_000)
}

#[tokio::test]
async fn stores_what_it_accepts_under_the_hash_of_its_bytes() {
    let (dir, store) = store();
    let cases: [(&str, &str, Vec<u8>, &str); 9] = [
        ("foto.jpg", "image/jpeg", jpeg(100_000), "image/jpeg"),
        ("FOTO.JPEG", "image/jpg", jpeg(9_000), "image/jpeg"),
        ("schema.png", "image/png", png(5_000), "image/png"),
        ("foto.webp", "image/webp", webp(), "image/webp"),
        ("IMG_0001.HEIC", "image/heic", heic(), "image/heif"),
        ("domanda.pdf", "application/pdf", pdf(30_000), "application/pdf"),
        ("senza-estensione", "", png(300), "image/png"),
        ("verbale.2026", "application/octet-stream", pdf(200), "application/pdf"),
        ("foto.jpg", "application/x-qualcosa; a=b", jpeg(70), "image/jpeg"),
    ];
    for (nome, formato, bytes, expected) in cases {
        let stored = put(&store, nome, formato, &bytes).await.unwrap();
        let hash = Impronta::from_bytes(Sha256::digest(&bytes).into());
        let expected = Stored { impronta: hash.clone(), dimensione: bytes.len() as u64, formato: expected.into() };
        assert_eq!(stored, expected, "{nome}");
        let kept = read(&store, &hash).await;
        assert_eq!(Impronta::from_bytes(Sha256::digest(&kept).into()), stored.impronta);
        let path = dir.path().join("documenti").join(ENTE).join(&hash.as_str()[..2]).join(hash.as_str());
        assert!(path.is_file(), "{}", path.display());
    }
}

#[tokio::test]
async fn the_same_content_twice_is_one_file() {
    let (dir, store) = store();
    let first = put(&store, "a.png", "image/png", &png(5_000)).await.unwrap();
    let second = put(&store, "b.png", "", &png(5_000)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(files(dir.path()).len(), 1);
    assert_eq!(read(&store, &first.impronta).await, png(5_000));
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_refused_and_not_kept() {
    let (dir, store) = store();
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
    let cases: [(&str, &str, Vec<u8>, &str); 12] = [
        ("foto.jpg", "image/jpeg", elf(), "jpg"),
        ("foto", "image/jpeg", elf(), "image/jpeg"),
        ("foto.png", "image/png", html.clone(), "png"),
        ("foto.png", "image/jpeg", png(500), "image/jpeg"),
        ("foto.jpg", "image/png", png(500), "jpg"),
        ("foto.exe", "image/png", png(500), "exe"),
        ("foto.png", "text/html", png(500), "text/html"),
        ("domanda.pdf", "application/pdf", jpeg(500), "pdf"),
        ("domanda.pdf", "", [b"\n\n%PDF-1.7\n".to_vec(), html.clone()].concat(), "pdf"),
        ("foto.png", "", [b"\x89PNG\r\n\x1a\n".to_vec(), html.clone()].concat(), "png"),
        ("foto.jpg", "", [b"\xff\xd8\xff".to_vec(), html.clone()].concat(), "jpg"),
        ("foto.jpg", "", [b"\xff\xd8\xff\xe0\x00\x05abc".to_vec(), html].concat(), "jpg"),
    ];
    for (nome, formato, bytes, said) in cases {
        match put(&store, nome, formato, &bytes).await {
            Err(DocumentError::Mismatch { declared, .. }) => assert_eq!(declared, said, "{nome} {formato}"),
            other => panic!("{nome} {formato}: {other:?}"),
        }
    }
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn other_formats_and_empty_files_are_refused() {
    let (dir, store) = store();
    for (nome, formato, bytes) in [
        ("nota.txt", "text/plain", b"una nota".to_vec()),
        ("programma", "application/octet-stream", elf()),
        ("immagine.gif", "image/gif", padded(b"GIF89a\x10\0\x10\0", 900)),
        ("archivio.zip", "application/zip", padded(b"PK\x03\x04", 900)),
    ] {
        assert!(matches!(put(&store, nome, formato, &bytes).await, Err(DocumentError::NotAccepted)), "{nome}");
    }
    assert!(matches!(put(&store, "vuoto.pdf", "", b"").await, Err(DocumentError::Empty)));
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_file_has_at_most_the_limit() {
    let (dir, store) = store();
    let exact = store.put(ENTE, declared("a.png", ""), 5_000, pieces(&png(5_000), 512)).await.unwrap();
    assert_eq!(exact.dimensione, 5_000);
    let more = store.put(ENTE, declared("a.png", ""), 5_000, pieces(&png(5_001), 512)).await;
    assert!(matches!(more, Err(DocumentError::TooLarge { limit: 5_000 })));
    assert_eq!(files(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_large_stream_is_refused_at_the_limit_without_being_read_to_its_end() {
    let (dir, store) = store();
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let watched = dir.path().join("documenti/.arrivo");
    let on_disk = Arc::new(AtomicU64::new(0));
    let largest = on_disk.clone();
    // Thirty megabytes, made while they are asked for.
    let body = stream::iter(0..30 * 16).map(move |n| {
        let chunk = if n == 0 { jpeg(65_536) } else { vec![n as u8; 65_536] };
        counter.fetch_add(chunk.len() as u64, Ordering::SeqCst);
        let arrived: u64 = files(&watched).iter().map(|file| file.metadata().unwrap().len()).sum();
        largest.fetch_max(arrived, Ordering::SeqCst);
        Ok(Bytes::from(chunk))
    });
    let refused = store.put(ENTE, declared("grande.jpg", "image/jpeg"), LIMIT, body.boxed()).await;
    assert!(matches!(refused, Err(DocumentError::TooLarge { limit: LIMIT })));
    assert_eq!(sent.load(Ordering::SeqCst), LIMIT + 65_536, "nothing is read beyond the first chunk over the limit");
    // Not held in memory: but for the last pieces under way, what was read stood on the disk meanwhile.
    assert!(on_disk.load(Ordering::SeqCst) > LIMIT - 3 * MIB);
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_is_not_accepted_is_refused_before_it_has_all_arrived() {
    let (_dir, store) = store();
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let body = stream::iter(0..100).map(move |n| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(Bytes::from(if n == 0 { elf() } else { vec![0; 20_000] }))
    });
    let refused = store.put(ENTE, declared("foto.jpg", ""), LIMIT, body.boxed()).await;
    assert!(matches!(refused, Err(DocumentError::Mismatch { .. })));
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (dir, store) = store();
    let gone = io::Error::new(io::ErrorKind::ConnectionReset, "gone");
    let body = stream::iter([Ok(Bytes::from(png(50_000))), Err(gone)]).boxed();
    let broken = store.put(ENTE, declared("a.png", ""), LIMIT, body).await;
    assert!(matches!(broken, Err(DocumentError::Interrupted(_))));
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn an_upload_whose_request_is_dropped_leaves_nothing() {
    let (dir, store) = store();
    let body = stream::iter([Ok(Bytes::from(png(50_000)))]).chain(stream::pending()).boxed();
    let upload = store.put(ENTE, declared("a.png", ""), LIMIT, body);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), upload).await.is_err());
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_a_crash_left_behind_is_removed_at_opening_and_the_rest_stays() {
    let (dir, store) = store();
    let kept = put(&store, "a.png", "", &png(5_000)).await.unwrap();
    let folder = dir.path().join("documenti");
    std::fs::write(folder.join(".arrivo/.tmpAbc"), b"half a file").unwrap();
    let store = LocalDocuments::open(folder).unwrap();
    assert_eq!(files(dir.path()).len(), 1);
    assert_eq!(read(&store, &kept.impronta).await, png(5_000));
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder_and_no_ente_sees_the_files_of_another() {
    let (dir, store) = store();
    let kept = put(&store, "../../a.png", "", &png(5_000)).await.unwrap();
    for ente in ["..", "", "c_x000/..", "/etc", ".arrivo", "C_X000", "c_y000"] {
        let missing = store.get(ente, &kept.impronta).await;
        assert!(matches!(missing, Err(DocumentError::NotFound)), "{ente}");
    }
    for ente in ["..", "", "c_x000/../..", "/tmp"] {
        let refused = store.put(ente, declared("a.png", ""), LIMIT, pieces(&png(500), 100)).await;
        assert!(matches!(refused, Err(DocumentError::Unavailable(_))), "{ente}");
    }
    assert_eq!(files(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_file_changed_on_the_disk_breaks_off_before_its_end() {
    let (dir, store) = store();
    for total in [2_000, 200_000] {
        let bytes = padded(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01", total);
        let stored = put(&store, "foto.png", "image/png", &bytes).await.unwrap();
        assert_eq!(read(&store, &stored.impronta).await, bytes);
        let path = files(dir.path()).into_iter().find(|p| p.ends_with(stored.impronta.as_str())).unwrap();
        let mut changed = bytes.clone();
        changed[total - 100] ^= 1;
        std::fs::write(&path, changed).unwrap();
        match store.get(ENTE, &stored.impronta).await {
            Err(error) => assert!(total < 64 * 1024 && matches!(error, DocumentError::Unavailable(_)), "{error:?}"),
            Ok(bytes) => {
                let pieces: Vec<_> = bytes.collect().await;
                let given: usize = pieces.iter().flatten().map(Bytes::len).sum();
                assert!(pieces.last().is_some_and(Result::is_err) && given < total, "{given} of {total} bytes");
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_hash_is_not_found() {
    let (_dir, store) = store();
    assert!(matches!(store.get(ENTE, &Impronta::from_bytes([7; 32])).await, Err(DocumentError::NotFound)));
}

#[tokio::test]
async fn a_disk_that_does_not_answer_is_unavailable() {
    let (dir, store) = store();
    std::fs::remove_dir_all(dir.path().join("documenti/.arrivo")).unwrap();
    assert!(matches!(put(&store, "a.png", "", &png(500)).await, Err(DocumentError::Unavailable(_))));
}

#[tokio::test]
async fn a_file_that_cannot_be_given_its_name_is_not_kept() {
    let (dir, store) = store();
    // Where the file should go stands something else: naming it fails after it has arrived whole.
    std::fs::write(dir.path().join("documenti").join(ENTE), b"in the way").unwrap();
    assert!(matches!(put(&store, "a.png", "", &png(500)).await, Err(DocumentError::Unavailable(_))));
    assert_eq!(files(dir.path()).len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn folders_and_files_are_the_services_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = store();
    put(&store, "a.png", "", &png(500)).await.unwrap();
    let folder = dir.path().join("documenti");
    let [file] = <[PathBuf; 1]>::try_from(files(&folder)).unwrap();
    for path in file.ancestors().take_while(|path| path.starts_with(&folder)) {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}
