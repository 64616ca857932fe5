use crate::{SqlWorkState, limits};
use app::ports::{Consegna, StatoConsegna, Upload, WorkState};
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId, PraticaId};
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

const ENTE: &str = "c_x000";

async fn open() -> (TempDir, SqlWorkState) {
    let dir = tempfile::tempdir().unwrap();
    let state = reopen(&dir).await;
    (dir, state)
}

async fn reopen(dir: &TempDir) -> SqlWorkState {
    SqlWorkState::open(&format!("sqlite://{}", dir.path().join("lavoro.db").display())).await.unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

fn upload(n: u128) -> Upload {
    Upload {
        id: AllegatoId(Uuid::from_u128(n)),
        ente: ENTE.into(),
        proprietario: PersonaId(Uuid::from_u128(77)),
        nome: "foto dell'albero.jpg".into(),
        formato: "image/jpeg".into(),
        dimensione: 10_485_760,
        impronta: Impronta::from_bytes([n as u8; 32]),
        caricato_il: at(0) + SignedDuration::from_micros(123_456),
    }
}

fn consegna(n: u128) -> Consegna {
    Consegna {
        dedupe: format!("{}:email", Uuid::from_u128(n)),
        ente: ENTE.into(),
        pratica: PraticaId(Uuid::from_u128(1_000 + n)),
        tipo: TipoPratica::Lettera,
        causa: Uuid::from_u128(n),
        motivo: Motivo::PresaInCarico,
        tentativi: 0,
        prossimo: at(0),
        creata: at(0),
        stato: StatoConsegna::InCoda,
        errore: None,
    }
}

fn of(ente: &str, n: u128) -> Consegna {
    Consegna { ente: ente.into(), ..consegna(n) }
}

#[tokio::test]
async fn uploads_come_back_as_they_were_in_the_order_asked_and_only_to_their_ente() {
    let (_dir, state) = open().await;
    for n in 1..=3 {
        state.put_upload(upload(n)).await.unwrap();
    }
    let ids = [3, 9, 1].map(|n| AllegatoId(Uuid::from_u128(n)));
    assert_eq!(state.uploads(ENTE, &ids).await.unwrap(), [upload(3), upload(1)]);
    assert_eq!(state.uploads("c_y000", &ids).await.unwrap(), []);
}

#[tokio::test]
async fn an_upload_is_written_once() {
    let (_dir, state) = open().await;
    state.put_upload(upload(1)).await.unwrap();
    state.put_upload(Upload { nome: "altro.png".into(), ..upload(1) }).await.unwrap();
    assert_eq!(state.uploads(ENTE, &[upload(1).id]).await.unwrap(), [upload(1)]);
}

#[tokio::test]
async fn uploads_asked_for_at_once_are_limited() {
    let (_dir, state) = open().await;
    let ids = vec![AllegatoId(Uuid::nil()); limits::UPLOADS + 1];
    assert!(state.uploads(ENTE, &ids[1..]).await.unwrap().is_empty());
    assert!(state.uploads(ENTE, &ids).await.unwrap_err().to_string().contains("at most 100"));
}

#[tokio::test]
async fn a_session_lives_until_it_expires_or_ends_and_survives_a_restart() {
    let (dir, state) = open().await;
    state.save_session("k1".into(), vec![0, 255, 7], at(10)).await.unwrap();
    state.save_session("k2".into(), vec![1], at(20)).await.unwrap();
    assert_eq!(state.session("k1", at(9)).await.unwrap(), Some(vec![0, 255, 7]));
    assert_eq!(state.session("k1", at(10)).await.unwrap(), None);
    state.save_session("k1".into(), vec![8], at(30)).await.unwrap();
    state.close().await;
    let state = reopen(&dir).await;
    assert_eq!(state.session("k1", at(10)).await.unwrap(), Some(vec![8]));
    assert_eq!(state.session("unknown", at(0)).await.unwrap(), None);
    assert_eq!(state.purge_sessions(at(20)).await.unwrap(), 1);
    assert_eq!(state.session("k2", at(0)).await.unwrap(), None);
    state.delete_session("k1").await.unwrap();
    assert_eq!(state.session("k1", at(0)).await.unwrap(), None);
    state.delete_session("k1").await.unwrap();
}

#[tokio::test]
async fn a_session_has_a_size_limit() {
    let (_dir, state) = open().await;
    let most = vec![b'x'; limits::SESSION_BYTES];
    state.save_session("k".into(), most.clone(), at(10)).await.unwrap();
    assert_eq!(state.session("k", at(0)).await.unwrap(), Some(most.clone()));
    let more = [most, vec![b'x']].concat();
    assert!(state.save_session("k".into(), more, at(10)).await.unwrap_err().to_string().contains("at most 65536"));
}

#[tokio::test]
async fn a_process_moves_on_together_with_what_it_queued() {
    let (_dir, state) = open().await;
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 0);
    state.enqueue("notifiche", ENTE, 12, vec![consegna(1), consegna(2)]).await.unwrap();
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 12);
    assert_eq!(state.process_position("notifiche", "c_y000").await.unwrap(), 0);
    assert_eq!(state.process_position("termini", ENTE).await.unwrap(), 0);
    // The second notice does not belong there: neither it nor the first nor the position is kept.
    let wrong = vec![consegna(3), of("c_y000", 4)];
    state.enqueue("notifiche", ENTE, 20, wrong).await.unwrap_err();
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 12);
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(1), consegna(2)]);
}

#[tokio::test]
async fn a_notice_is_queued_once() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    let [leased] = <[_; 1]>::try_from(state.lease_due(at(0), at(120), 20).await.unwrap()).unwrap();
    let done = Consegna { stato: StatoConsegna::Consegnata, tentativi: 1, ..leased };
    state.settle(done).await.unwrap();
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1), consegna(2)]).await.unwrap();
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(2)]);
}

#[tokio::test]
async fn notices_queued_at_once_are_limited() {
    let (_dir, state) = open().await;
    let many: Vec<_> = (0..=limits::ENQUEUE as u128).map(consegna).collect();
    state.enqueue("notifiche", ENTE, 1, many.clone()).await.unwrap_err();
    state.enqueue("notifiche", ENTE, 1, many[1..].to_vec()).await.unwrap();
}

#[tokio::test]
async fn a_leased_notice_is_nobody_elses_until_the_lease_ends() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(1)]);
    assert_eq!(state.lease_due(at(119), at(300), 20).await.unwrap(), []);
    assert_eq!(state.lease_due(at(120), at(240), 20).await.unwrap(), [consegna(1)]);
}

#[tokio::test]
async fn workers_at_the_same_time_never_take_the_same_notice() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, (0..60).map(consegna).collect()).await.unwrap();
    let state = Arc::new(state);
    let workers: Vec<_> = (0..6)
        .map(|_| {
            let state = state.clone();
            tokio::spawn(async move { state.lease_due(at(0), at(120), 15).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap().into_iter().map(|c| c.dedupe));
    }
    taken.sort();
    let total = taken.len();
    taken.dedup();
    assert_eq!((total, taken.len()), (60, 60));
}

#[tokio::test]
async fn a_settled_notice_waits_for_its_next_attempt() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    state.lease_due(at(0), at(120), 20).await.unwrap();
    let later =
        Consegna { tentativi: 1, prossimo: at(60), errore: Some("the server answered 451".into()), ..consegna(1) };
    state.settle(later.clone()).await.unwrap();
    assert_eq!(state.lease_due(at(59), at(180), 20).await.unwrap(), []);
    assert_eq!(state.lease_due(at(60), at(180), 20).await.unwrap(), [later]);
}

#[tokio::test]
async fn what_was_delivered_stays_delivered() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    state.settle(Consegna { stato: StatoConsegna::Consegnata, ..consegna(1) }).await.unwrap();
    state.settle(consegna(1)).await.unwrap();
    assert_eq!(state.lease_due(at(1_000), at(1_120), 20).await.unwrap(), []);
    assert!(!state.retry(ENTE, &consegna(1).dedupe, at(1_000)).await.unwrap());
}

#[tokio::test]
async fn a_lease_takes_at_most_its_limit_oldest_first() {
    let (_dir, state) = open().await;
    let total = u128::from(limits::LEASE) + 10;
    let queue: Vec<_> = (0..total).map(|n| Consegna { prossimo: at(-(n as i64)), ..consegna(n) }).collect();
    state.enqueue("notifiche", ENTE, 1, queue).await.unwrap();
    let first = state.lease_due(at(0), at(120), 3).await.unwrap();
    let expected: Vec<_> = [1, 2, 3].map(|n| format!("{}:email", Uuid::from_u128(total - n))).into();
    assert_eq!(first.into_iter().map(|c| c.dedupe).collect::<Vec<_>>(), expected);
    assert_eq!(state.lease_due(at(0), at(120), u32::MAX).await.unwrap().len(), limits::LEASE as usize);
}

#[tokio::test]
async fn the_long_queue_of_one_ente_does_not_make_another_wait() {
    let (_dir, state) = open().await;
    state.enqueue("notifiche", ENTE, 1, (0..200).map(consegna).collect()).await.unwrap();
    let late = Consegna { prossimo: at(5), ..of("c_y000", 900) };
    state.enqueue("notifiche", "c_y000", 1, vec![late.clone()]).await.unwrap();
    assert!(state.lease_due(at(5), at(120), 2).await.unwrap().contains(&late));
}

#[tokio::test]
async fn given_up_notices_are_listed_newest_first_at_most_a_hundred_and_counted() {
    let (_dir, state) = open().await;
    let failed = |n: u128| Consegna {
        stato: StatoConsegna::Fallita,
        tentativi: 8,
        creata: at(n as i64),
        errore: Some("the server answered 550".into()),
        ..consegna(n)
    };
    state.enqueue("notifiche", ENTE, 1, (0..130).map(failed).collect()).await.unwrap();
    let other = Consegna { ente: "c_y000".into(), ..failed(500) };
    state.enqueue("notifiche", "c_y000", 1, vec![other.clone()]).await.unwrap();
    let (list, count) = state.dead_letters(ENTE).await.unwrap();
    assert_eq!((list.len(), count), (100, 130));
    assert_eq!((&list[0], &list[99]), (&failed(129), &failed(30)));
    assert_eq!(state.dead_letters("c_y000").await.unwrap(), (vec![other], 1));
    assert_eq!(state.dead_letters("c_z000").await.unwrap(), (vec![], 0));
}

#[tokio::test]
async fn a_given_up_notice_can_be_queued_again_by_its_own_ente() {
    let (_dir, state) = open().await;
    let failed = Consegna { stato: StatoConsegna::Fallita, tentativi: 8, errore: Some("550".into()), ..consegna(1) };
    state.enqueue("notifiche", ENTE, 1, vec![failed]).await.unwrap();
    assert!(!state.retry("c_y000", &consegna(1).dedupe, at(50)).await.unwrap());
    assert!(!state.retry(ENTE, "unknown", at(50)).await.unwrap());
    assert!(state.retry(ENTE, &consegna(1).dedupe, at(50)).await.unwrap());
    assert!(!state.retry(ENTE, &consegna(1).dedupe, at(50)).await.unwrap());
    assert_eq!(state.dead_letters(ENTE).await.unwrap(), (vec![], 0));
    let again = Consegna { prossimo: at(50), creata: at(50), errore: Some("550".into()), ..consegna(1) };
    assert_eq!(state.lease_due(at(50), at(170), 20).await.unwrap(), [again]);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    SqlWorkState::open(&format!("sqlite://{}", dir.path().display())).await.unwrap_err();
}

#[tokio::test]
async fn every_connection_is_durable() {
    let (_dir, state) = open().await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = state.pool.acquire().await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await.unwrap();
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"));
        held.push(connection);
    }
}
