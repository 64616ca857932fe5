//! Drafts and profiles, on both engines.

use super::{Banco, ENTE, at, larga, on_both_engines, upload};
use crate::{SqlWorkState, limits};
use app::ports::{BozzaChiusa, Bozze as _, ProfiloChiuso, WorkState as _};
use domain::ids::{AllegatoId, PersonaId};
use jiff::Timestamp;
use uuid::Uuid;

on_both_engines![
    a_draft_comes_back_as_it_was_and_only_to_its_person,
    a_person_has_a_limited_number_of_drafts,
    of_two_devices_that_save_at_once_one_is_told,
    an_expired_draft_is_nobodys_and_is_found_to_be_removed,
    a_person_is_told_once_of_each_expiry,
    drafts_about_to_expire_come_in_pages,
    files_of_a_draft_wait_as_long_as_it_does,
    sealed_bytes_and_files_are_limited,
    a_profile_belongs_to_one_key_at_a_time,
];

const MARIO: PersonaId = PersonaId(Uuid::from_u128(77));
const MARIA: PersonaId = PersonaId(Uuid::from_u128(78));
const MANY: u64 = 1_000;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// The n-th draft of Mario, expiring in a thousand seconds and n.
fn draft(n: u128) -> BozzaChiusa {
    let n_seconds = i64::try_from(n).unwrap();
    BozzaChiusa {
        id: id(n),
        ente: ENTE.into(),
        proprietario: MARIO,
        dati: vec![0, 255, 7],
        creata: at(0),
        aggiornata: at(n_seconds),
        scade: at(1_000 + n_seconds),
    }
}

async fn drafts(state: &SqlWorkState, now: Timestamp) -> Vec<BozzaChiusa> {
    state.drafts(ENTE, MARIO, now).await.unwrap()
}

async fn a_draft_comes_back_as_it_was_and_only_to_its_person(banco: Banco) {
    let state = banco.open().await;
    for n in [2, 1, 3] {
        assert!(state.add_draft(draft(n), vec![], MANY).await.unwrap());
    }
    assert_eq!(drafts(&state, at(5)).await, [draft(3), draft(2), draft(1)]);
    assert_eq!(banco.open().await.draft(ENTE, MARIO, id(2), at(5)).await.unwrap(), Some(draft(2)));
    assert_eq!(state.draft(ENTE, MARIA, id(2), at(5)).await.unwrap(), None);
    assert_eq!(state.draft("c_y000", MARIO, id(2), at(5)).await.unwrap(), None);
    assert_eq!(state.drafts(ENTE, MARIA, at(5)).await.unwrap(), []);
    // Nor can another person write to it.
    let foreign = BozzaChiusa { proprietario: MARIA, ..draft(2) };
    assert!(!state.save_draft(foreign, vec![], at(2), at(5)).await.unwrap());
    assert!(state.delete_draft(ENTE, id(2)).await.unwrap());
    assert!(!state.delete_draft(ENTE, id(2)).await.unwrap());
    assert_eq!(drafts(&state, at(5)).await, [draft(3), draft(1)]);
}

async fn a_person_has_a_limited_number_of_drafts(banco: Banco) {
    let state = banco.open().await;
    assert!(state.add_draft(draft(1), vec![], 2).await.unwrap());
    assert!(state.add_draft(draft(2), vec![], 2).await.unwrap());
    assert!(!state.add_draft(draft(3), vec![AllegatoId(id(9))], 2).await.unwrap());
    assert!(state.add_draft(BozzaChiusa { proprietario: MARIA, ..draft(4) }, vec![], 2).await.unwrap());
    // One that has expired is not counted, even before it is removed.
    let later = BozzaChiusa { creata: draft(1).scade, scade: at(9_000), ..draft(5) };
    assert!(state.add_draft(later, vec![], 2).await.unwrap());
}

async fn of_two_devices_that_save_at_once_one_is_told(banco: Banco) {
    let [first, second, third] = banco.three().await;
    assert!(first.add_draft(draft(1), vec![], MANY).await.unwrap());
    let new = |byte: u8| BozzaChiusa { dati: vec![byte], aggiornata: at(10), ..draft(1) };
    let (a, b) =
        tokio::join!(first.save_draft(new(1), vec![], at(1), at(9)), second.save_draft(new(2), vec![], at(1), at(9)),);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a ^ b, "{a} {b}");
    assert_eq!(drafts(&third, at(11)).await, [new(if a { 1 } else { 2 })]);
}

async fn an_expired_draft_is_nobodys_and_is_found_to_be_removed(banco: Banco) {
    let state = banco.open().await;
    for n in [2, 1, 50] {
        assert!(state.add_draft(draft(n), vec![], MANY).await.unwrap());
    }
    let now = at(1_002);
    assert_eq!(drafts(&state, now).await, [draft(50)]);
    assert_eq!(state.draft(ENTE, MARIO, id(2), now).await.unwrap(), None);
    assert!(!state.save_draft(BozzaChiusa { scade: at(9_000), ..draft(2) }, vec![], at(2), now).await.unwrap());
    assert_eq!(state.expired_drafts(ENTE, now, 10).await.unwrap(), [id(1), id(2)]);
    assert_eq!(state.expired_drafts(ENTE, now, 1).await.unwrap(), [id(1)]);
    assert_eq!(state.expired_drafts("c_y000", now, 10).await.unwrap(), Vec::<Uuid>::new());
}

async fn expiring(state: &SqlWorkState, now: Timestamp, until: Timestamp) -> Vec<Uuid> {
    let found = state.expiring_drafts(ENTE, (now, Uuid::nil()), until, 10).await.unwrap();
    found.into_iter().map(|draft| draft.id).collect()
}

async fn a_person_is_told_once_of_each_expiry(banco: Banco) {
    let state = banco.open().await;
    for n in [1, 2] {
        assert!(state.add_draft(draft(n), vec![], MANY).await.unwrap());
    }
    assert_eq!(expiring(&state, at(900), at(1_001)).await, [id(1)]);
    state.note_warned(ENTE, id(1), draft(1).scade, at(900)).await.unwrap();
    assert_eq!(expiring(&state, at(900), at(1_002)).await, [id(2)]);
    // Carried over to a newer form: the expiry stays, and what was said of it.
    let carried = BozzaChiusa { aggiornata: at(901), ..draft(1) };
    assert!(state.save_draft(carried, vec![], at(1), at(901)).await.unwrap());
    assert_eq!(expiring(&state, at(902), at(5_000)).await, [id(2)]);
    // Saved by its person: it expires anew.
    let saved = BozzaChiusa { aggiornata: at(903), scade: at(3_000), ..draft(1) };
    assert!(state.save_draft(saved, vec![], at(901), at(903)).await.unwrap());
    assert_eq!(expiring(&state, at(903), at(5_000)).await, [id(2), id(1)]);
    // The note of the expiry before says nothing of this one.
    state.note_warned(ENTE, id(1), draft(1).scade, at(904)).await.unwrap();
    assert_eq!(expiring(&state, at(904), at(5_000)).await, [id(2), id(1)]);
}

async fn drafts_about_to_expire_come_in_pages(banco: Banco) {
    let state = banco.open().await;
    let many = u128::from(limits::DRAFTS) + 1;
    for n in 1..=many {
        // Two at each instant: pages end between them.
        let scade = at(1_000 + i64::try_from(n).unwrap() / 2);
        assert!(state.add_draft(BozzaChiusa { scade, ..draft(n) }, vec![], MANY).await.unwrap());
    }
    let (mut after, mut seen) = ((at(0), Uuid::nil()), Vec::new());
    loop {
        let page = state.expiring_drafts(ENTE, after, at(9_000), 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = (last.scade, last.id);
        seen.extend(page.into_iter().map(|draft| draft.id));
    }
    assert_eq!(seen, (1..=many).map(id).collect::<Vec<_>>());
    // More than the limit is never given at once.
    let limit = limits::DRAFTS as usize;
    assert_eq!(state.expiring_drafts(ENTE, (at(0), Uuid::nil()), at(9_000), 1_000).await.unwrap().len(), limit);
    assert_eq!(state.expired_drafts(ENTE, at(9_000), 1_000).await.unwrap().len(), limit);
    assert_eq!(drafts(&state, at(0)).await.len(), limit);
}

async fn files_of_a_draft_wait_as_long_as_it_does(banco: Banco) {
    let state = banco.open().await;
    for n in 1..=3 {
        assert!(state.put_upload(upload(n), larga()).await.unwrap());
    }
    let file = |n: u128| upload(n).id;
    assert!(state.add_draft(draft(1), vec![file(1), file(2), file(2)], MANY).await.unwrap());
    assert_eq!(state.forget_uploads(ENTE, at(50)).await.unwrap(), 1);
    let left = |found: Vec<app::ports::Upload>| found.into_iter().map(|upload| upload.id).collect::<Vec<_>>();
    let all = [file(1), file(2), file(3)];
    assert_eq!(left(state.uploads(ENTE, &all).await.unwrap()), [file(1), file(2)]);
    // Taken out of the draft, one is as if it had never been named.
    let saved = BozzaChiusa { aggiornata: at(60), ..draft(1) };
    assert!(state.save_draft(saved, vec![file(2)], at(1), at(60)).await.unwrap());
    assert_eq!(state.forget_uploads(ENTE, at(70)).await.unwrap(), 1);
    assert_eq!(left(state.uploads(ENTE, &all).await.unwrap()), [file(2)]);
    assert!(state.delete_draft(ENTE, id(1)).await.unwrap());
    assert_eq!(state.forget_uploads(ENTE, at(80)).await.unwrap(), 1);
}

async fn sealed_bytes_and_files_are_limited(banco: Banco) {
    let state = banco.open().await;
    let full = BozzaChiusa { dati: vec![1; limits::SEALED_BYTES], ..draft(1) };
    let files = |n: usize| (0..n as u128).map(|n| AllegatoId(id(n))).collect::<Vec<_>>();
    assert!(state.add_draft(full.clone(), files(limits::DRAFT_FILES), MANY).await.unwrap());
    let over = vec![1; limits::SEALED_BYTES + 1];
    let large = BozzaChiusa { dati: over.clone(), ..draft(1) };
    state.save_draft(large.clone(), vec![], at(1), at(2)).await.unwrap_err();
    state.add_draft(BozzaChiusa { id: id(2), ..large }, vec![], MANY).await.unwrap_err();
    state.save_draft(full, files(limits::DRAFT_FILES + 1), at(1), at(2)).await.unwrap_err();
    let profile = ProfiloChiuso { soggetto: id(1), dati: over };
    state.save_profile(ENTE, MARIO, profile, at(0)).await.unwrap_err();
}

async fn a_profile_belongs_to_one_key_at_a_time(banco: Banco) {
    let state = banco.open().await;
    let profile = |soggetto: u128, byte: u8| ProfiloChiuso { soggetto: id(soggetto), dati: vec![byte] };
    assert_eq!(state.profile(ENTE, MARIO).await.unwrap(), None);
    assert!(state.save_profile(ENTE, MARIO, profile(1, 1), at(0)).await.unwrap());
    assert!(state.save_profile(ENTE, MARIO, profile(1, 2), at(1)).await.unwrap());
    assert!(!state.save_profile(ENTE, MARIO, profile(2, 3), at(2)).await.unwrap());
    assert!(state.save_profile(ENTE, MARIA, profile(2, 3), at(2)).await.unwrap());
    assert_eq!(banco.open().await.profile(ENTE, MARIO).await.unwrap(), Some(profile(1, 2)));
    assert_eq!(state.profile("c_y000", MARIO).await.unwrap(), None);
    assert!(!state.delete_profile(ENTE, MARIO, id(2)).await.unwrap());
    assert!(state.delete_profile(ENTE, MARIO, id(1)).await.unwrap());
    assert!(!state.delete_profile(ENTE, MARIO, id(1)).await.unwrap());
    assert!(state.save_profile(ENTE, MARIO, profile(3, 3), at(3)).await.unwrap());
}
