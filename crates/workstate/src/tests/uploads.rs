//! Uploads: quotas, what was filed, what is forgotten.

use super::{Banco, ENTE, at, on_both_engines, upload};
use crate::limits;
use app::ports::{Quota, Upload, UsoUpload, WorkState as _};
use domain::ids::{AllegatoId, PersonaId};
use uuid::Uuid;

on_both_engines![
    a_person_stays_within_number_and_bytes,
    what_was_filed_no_longer_counts_and_is_never_forgotten,
    only_old_uploads_that_nobody_filed_are_forgotten,
    limits_of_one_call,
];

/// The n-th upload, of so many bytes.
fn of(n: u128, dimensione: u64) -> Upload {
    Upload { dimensione, ..upload(n) }
}

fn quota(numero: u64, byte: u64) -> Quota {
    Quota { dal: at(0), numero, byte }
}

fn id(n: u128) -> AllegatoId {
    AllegatoId(Uuid::from_u128(n))
}

async fn a_person_stays_within_number_and_bytes(banco: Banco) {
    let state = banco.open().await;
    assert!(state.put_upload(of(1, 60), quota(3, 100)).await.unwrap());
    assert!(!state.put_upload(of(2, 41), quota(3, 100)).await.unwrap());
    assert!(state.put_upload(of(2, 40), quota(3, 100)).await.unwrap());
    assert!(state.put_upload(of(3, 1), quota(3, 101)).await.unwrap());
    assert!(!state.put_upload(of(4, 1), quota(3, 1_000)).await.unwrap());
    // A repeat is the same upload.
    assert!(state.put_upload(of(1, 60), quota(0, 0)).await.unwrap());
    let other = Upload { proprietario: PersonaId(Uuid::from_u128(78)), ..of(5, 100) };
    assert!(state.put_upload(other.clone(), quota(3, 100)).await.unwrap());
    let used = state.upload_use(ENTE, upload(1).proprietario, at(0)).await.unwrap();
    assert_eq!(used, UsoUpload { numero: 3, byte: 101 });
    let later = state.upload_use(ENTE, upload(1).proprietario, at(1)).await.unwrap();
    assert_eq!(later, UsoUpload { numero: 0, byte: 101 });
    assert_eq!(state.upload_use("c_y000", other.proprietario, at(0)).await.unwrap(), UsoUpload::default());
}

async fn what_was_filed_no_longer_counts_and_is_never_forgotten(banco: Banco) {
    let state = banco.open().await;
    assert!(state.put_upload(of(1, 100), quota(9, 100)).await.unwrap());
    assert!(!state.put_upload(of(2, 100), quota(9, 100)).await.unwrap());
    for _ in 0..2 {
        state.note_filed("allegati", ENTE, 7, vec![id(1), id(99)]).await.unwrap();
    }
    assert_eq!(state.process_position("allegati", ENTE).await.unwrap(), 7);
    assert!(state.put_upload(of(2, 100), quota(9, 100)).await.unwrap());
    assert_eq!(state.forget_uploads(ENTE, at(1_000)).await.unwrap(), 1);
    let mut known = state.known_files(ENTE, &[id(1), id(2), id(99), id(100)]).await.unwrap();
    known.sort();
    assert_eq!(known, [id(1), id(99)]);
    assert!(state.known_files("c_y000", &[id(1), id(99)]).await.unwrap().is_empty());
    assert_eq!(state.uploads(ENTE, &[id(1)]).await.unwrap().len(), 1);
}

async fn only_old_uploads_that_nobody_filed_are_forgotten(banco: Banco) {
    let state = banco.open().await;
    assert!(state.put_upload(of(1, 1), quota(9, 100)).await.unwrap());
    assert!(state.put_upload(Upload { caricato_il: at(500), ..of(2, 1) }, quota(9, 100)).await.unwrap());
    assert_eq!(state.forget_uploads("c_y000", at(100)).await.unwrap(), 0);
    assert_eq!(state.forget_uploads(ENTE, at(100)).await.unwrap(), 1);
    assert_eq!(state.forget_uploads(ENTE, at(100)).await.unwrap(), 0);
    assert_eq!(state.known_files(ENTE, &[id(1), id(2)]).await.unwrap(), [id(2)]);
}

async fn limits_of_one_call(banco: Banco) {
    let state = banco.open().await;
    let many: Vec<_> = (0..=limits::FILED as u128).map(id).collect();
    state.note_filed("allegati", ENTE, 1, many.clone()).await.unwrap_err();
    state.note_filed("allegati", ENTE, 1, many[1..].to_vec()).await.unwrap();
    state.known_files(ENTE, &many[..=limits::UPLOADS]).await.unwrap_err();
    assert_eq!(state.known_files(ENTE, &many[1..=limits::UPLOADS]).await.unwrap().len(), limits::UPLOADS);
    assert!(state.known_files(ENTE, &[]).await.unwrap().is_empty());
}
