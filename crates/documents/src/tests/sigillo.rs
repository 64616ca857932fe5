//! Nothing readable stands on the disk, and nothing that was changed is handed out.

use super::campioni::{pdf, png};
use super::{ANNA, Banco, ENTE, MARIO, arrivo, collect, nuovo, pieces};
use app::ports::{Arrivo, DocumentError, DocumentStore as _};
use domain::allegato::Impronta;
use futures_util::StreamExt as _;
use std::sync::atomic::Ordering;

/// A piece sealed: 64 KiB and its tag; before the first stand 56 bytes.
const SEALED: usize = 65_536 + 16;
const HEAD: usize = 56;

#[tokio::test]
async fn any_length_comes_back_whole() {
    let banco = Banco::new();
    for total in [1, 65_535, 65_536, 65_537, 131_072, 300_000, 6_000_000] {
        let bytes = if total == 1 { b"a".to_vec() } else { pdf(total) };
        let nome = if total == 1 { "a.txt" } else { "a.pdf" };
        let (id, stored) = banco.put(nome, "", &bytes).await.unwrap();
        assert!(banco.read(id, &stored.impronta).await == bytes, "{total}");
    }
}

#[tokio::test]
async fn the_same_file_of_two_people_is_two_files_and_neither_can_be_read_or_guessed() {
    let banco = Banco::new();
    let bytes = b"RSSMRA80A01H501U\n".repeat(500);
    let (first, second) = (nuovo(), nuovo());
    let one = banco.store.put(arrivo(first, "a.txt", ""), pieces(&bytes, 900)).await.unwrap();
    let other = Arrivo { proprietario: ANNA, ..arrivo(second, "a.txt", "") };
    let two = banco.store.put(other, pieces(&bytes, 900)).await.unwrap();
    assert_eq!(one.impronta, two.impronta);
    let [a, b] = <[_; 2]>::try_from(banco.files()).unwrap();
    assert_ne!(std::fs::read(&a).unwrap()[HEAD..], std::fs::read(&b).unwrap()[HEAD..]);
    for path in [a, b] {
        let kept = std::fs::read(&path).unwrap();
        assert!(!kept.windows(16).any(|window| window == b"RSSMRA80A01H501U"));
        assert!(!path.to_string_lossy().contains(one.impronta.as_str()), "{}", path.display());
    }
    // Neither opens in the other's place.
    assert!(banco.store.get("c_y000", first, &one.impronta).await.is_err());
}

#[tokio::test]
async fn a_destroyed_key_takes_its_files_with_it() {
    let banco = Banco::new();
    let (id, stored) = banco.put("a.pdf", "", &pdf(9_000)).await.unwrap();
    banco.chiavi.distrutte.store(true, Ordering::SeqCst);
    let gone = banco.store.get(ENTE, id, &stored.impronta).await.err();
    assert!(matches!(gone, Some(DocumentError::Destroyed)), "{gone:?}");
    assert!(matches!(banco.put("b.pdf", "", &pdf(9_000)).await, Err(DocumentError::Destroyed)));
}

#[tokio::test]
async fn whatever_is_changed_moved_or_cut_off_breaks_off_before_its_end() {
    let banco = Banco::new();
    let bytes = pdf(200_000);
    let (id, stored) = banco.put("a.pdf", "", &bytes).await.unwrap();
    let path = banco.files().remove(0);
    let good = std::fs::read(&path).unwrap();
    let flip = |at: usize| {
        let mut changed = good.clone();
        changed[at] ^= 1;
        changed
    };
    let mut swapped = good.clone();
    let (left, right) = swapped[HEAD..].split_at_mut(SEALED);
    left.swap_with_slice(&mut right[..SEALED]);
    let cases = [
        flip(0),
        flip(10),
        flip(30),
        flip(HEAD),
        flip(HEAD + 2 * SEALED),
        flip(good.len() - 1),
        good[..HEAD + SEALED].to_vec(),
        good[..HEAD + 2 * SEALED].to_vec(),
        good[..good.len() - 1].to_vec(),
        good[..20].to_vec(),
        [&good[..], b"x"].concat(),
        swapped,
        Vec::new(),
    ];
    for (n, changed) in cases.into_iter().enumerate() {
        std::fs::write(&path, changed).unwrap();
        match banco.store.get(ENTE, id, &stored.impronta).await {
            Err(error) => assert!(matches!(error, DocumentError::Unavailable(_)), "{n}: {error:?}"),
            Ok(out) => {
                let pieces: Vec<_> = out.collect().await;
                let given: usize = pieces.iter().flatten().map(bytes::Bytes::len).sum();
                assert!(pieces.last().is_some_and(Result::is_err) && given < bytes.len(), "{n}: {given} bytes");
            }
        }
    }
    // Whole again, but not what the register names.
    std::fs::write(&path, &good).unwrap();
    let other = Impronta::from_bytes([1; 32]);
    let out = banco.store.get(ENTE, id, &other).await.unwrap();
    assert!(collect(out).await.is_err());
    assert_eq!(banco.read(id, &stored.impronta).await, bytes);
}

#[tokio::test]
async fn a_file_in_another_files_place_does_not_open() {
    let banco = Banco::new();
    let (one, _) = banco.put("a.png", "", &png(500)).await.unwrap();
    let first = banco.files().remove(0);
    let (two, stored) = banco.put("b.png", "", &png(900)).await.unwrap();
    let second = banco.files().into_iter().find(|path| *path != first).unwrap();
    assert!(second.to_string_lossy().contains(&two.to_string()) && one != two);
    std::fs::copy(first, second).unwrap();
    assert!(banco.store.get(ENTE, two, &stored.impronta).await.is_err());
    assert_eq!(MARIO, arrivo(two, "", "").proprietario);
}
