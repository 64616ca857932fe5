//! Where files stand, what is left of broken uploads, and what is swept.

use super::campioni::{pdf, png};
use super::{Banco, ENTE, arrivo, files, nuovo, pieces};
use crate::{Deposito, Documenti, S3, limits};
use app::ports::{Arrivo, DocumentError, DocumentStore as _};
use bytes::Bytes;
use domain::allegato::Impronta;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let banco = Banco::new();
    let gone = io::Error::new(io::ErrorKind::ConnectionReset, "gone");
    let body = stream::iter([Ok(Bytes::from(png(50_000))), Err(gone)]).boxed();
    let broken = banco.store.put(arrivo(nuovo(), "a.png", ""), body).await;
    assert!(matches!(broken, Err(DocumentError::Interrupted(_))));
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn an_upload_whose_request_is_dropped_leaves_nothing_not_even_under_way() {
    let banco = Banco::new();
    let body = stream::iter([Ok(Bytes::from(pdf(500_000)))]).chain(stream::pending()).boxed();
    let upload = banco.store.put(arrivo(nuovo(), "a.pdf", ""), body);
    assert!(tokio::time::timeout(Duration::from_millis(200), upload).await.is_err());
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn a_file_is_found_under_its_id_listed_and_removed() {
    let banco = Banco::new();
    let (id, stored) = banco.put("../../a.png", "", &png(5_000)).await.unwrap();
    let name = id.to_string();
    let path = banco.dir.path().join("documenti").join(ENTE).join(&name[name.len() - 2..]).join(&name);
    assert!(path.is_file(), "{}", path.display());
    let listed: Vec<_> = banco.store.list(ENTE).try_collect().await.unwrap();
    assert_eq!(listed, [id]);
    assert!(banco.store.list("c_y000").try_collect::<Vec<_>>().await.unwrap().is_empty());
    for _ in 0..2 {
        banco.store.remove(ENTE, id).await.unwrap();
    }
    assert!(matches!(banco.store.get(ENTE, id, &stored.impronta).await, Err(DocumentError::NotFound)));
    assert!(banco.files().is_empty());
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder_and_no_ente_sees_the_files_of_another() {
    let banco = Banco::new();
    let (id, stored) = banco.put("a.png", "", &png(5_000)).await.unwrap();
    for ente in ["..", "", "c_x000/..", "/etc", ".arrivo", "C_X000", "c_y000"] {
        let missing = banco.store.get(ente, id, &stored.impronta).await;
        assert!(matches!(missing, Err(DocumentError::NotFound)), "{ente}");
    }
    for ente in ["..", "", "c_x000/../..", "/tmp"] {
        let arrivo = Arrivo { ente, ..arrivo(nuovo(), "a.png", "") };
        let refused = banco.store.put(arrivo, pieces(&png(500), 100)).await;
        assert!(matches!(refused, Err(DocumentError::Unavailable(_))), "{ente}");
    }
    assert_eq!(banco.files().len(), 1);
    let unknown = banco.store.get(ENTE, nuovo(), &Impronta::from_bytes([7; 32])).await;
    assert!(matches!(unknown, Err(DocumentError::NotFound)));
}

#[tokio::test]
async fn what_broken_writes_left_behind_is_tidied_and_the_rest_stays() {
    let banco = Banco::new();
    let (id, stored) = banco.put("a.png", "", &png(5_000)).await.unwrap();
    let half = banco.files().remove(0).with_file_name(format!("{}#1", nuovo()));
    std::fs::write(&half, b"half a file").unwrap();
    let now = Timestamp::try_from(half.metadata().unwrap().modified().unwrap()).unwrap();
    let now = now + jiff::SignedDuration::from_secs(1);
    assert_eq!(banco.store.tidy("2020-01-01T00:00:00Z".parse().unwrap()).await.unwrap(), 0);
    assert_eq!(banco.store.tidy(now).await.unwrap(), 1);
    assert!(!half.exists());
    assert_eq!(banco.read(id, &stored.impronta).await, png(5_000));
}

#[tokio::test]
async fn a_disk_that_does_not_answer_is_unavailable() {
    let banco = Banco::new();
    std::fs::remove_dir_all(banco.dir.path().join("arrivo")).unwrap();
    assert!(matches!(banco.put("a.png", "", &png(500)).await, Err(DocumentError::Unavailable(_))));
    let banco = Banco::new();
    // Where the file should go stands something else: naming it fails after it has arrived whole.
    std::fs::write(banco.dir.path().join("documenti").join(ENTE), b"in the way").unwrap();
    assert!(matches!(banco.put("a.png", "", &png(500)).await, Err(DocumentError::Unavailable(_))));
    assert_eq!(banco.files().len(), 1);
}

#[tokio::test]
async fn folders_are_the_services_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let banco = Banco::new();
    banco.put("a.png", "", &png(500)).await.unwrap();
    let folder = banco.dir.path().join("documenti");
    let [file] = <[PathBuf; 1]>::try_from(files(&folder)).unwrap();
    for path in file.ancestors().skip(1).take_while(|path| path.starts_with(&folder)) {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

#[tokio::test]
async fn no_more_files_than_the_limit_arrive_at_once_and_the_others_are_not_read() {
    let banco = Banco::new();
    let silent = || stream::iter([Ok(Bytes::from(png(500)))]).chain(stream::pending()).boxed();
    let mut held: Vec<_> =
        (0..limits::ARRIVALS).map(|_| banco.store.put(arrivo(nuovo(), "a.png", ""), silent())).collect();
    for upload in &mut held {
        assert!(tokio::time::timeout(Duration::from_millis(5), upload).await.is_err());
    }
    let next = banco.store.put(arrivo(nuovo(), "b.png", ""), pieces(&png(500), 100));
    tokio::pin!(next);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut next).await.is_err(), "it waits");
    held.pop();
    next.await.unwrap();
}

/// One bucket that keeps what is put, by the letters of S3 that `object_store` uses.
#[tokio::test]
async fn a_bucket_is_asked_over_http() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|w| w == b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        let text = String::from_utf8(head).unwrap();
        let length =
            text.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let mut body = vec![0; length.unwrap().trim().parse().unwrap()];
        socket.read_exact(&mut body).await.unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        (text, body)
    });
    let dir = tempfile::tempdir().unwrap();
    let s3 = S3 {
        endpoint: Some(endpoint),
        region: "it-1".into(),
        bucket: "documenti".into(),
        chiavi: Some(("id".into(), "segreto".into())),
    };
    let chiavi = std::sync::Arc::new(super::Chiavi::default());
    let store = Documenti::open(Deposito::S3(s3), dir.path().join("arrivo"), chiavi, None).unwrap();
    let id = nuovo();
    store.put(arrivo(id, "a.png", ""), pieces(&png(500), 100)).await.unwrap();
    let (text, body) = seen.await.unwrap();
    let place = format!("PUT /documenti/{ENTE}/{}/{id} ", &id.to_string()[34..]);
    assert!(text.starts_with(&place) && text.contains("AWS4-HMAC-SHA256"), "{text}");
    assert_eq!(body.len(), 56 + 500 + 16);
    assert!(!body.windows(8).any(|w| w == b"\x89PNG\r\n\x1a\n"));
}
