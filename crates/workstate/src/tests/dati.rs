//! One handle, on both engines.

use super::{Banco, ENTE, at, consegna, larga, of, on_both_engines, upload};
use crate::limits;
use app::ports::{Consegna, StatoConsegna, Upload, WorkState};
use domain::ids::AllegatoId;
use std::sync::Arc;
use uuid::Uuid;

on_both_engines![
    uploads_come_back_as_they_were_in_the_order_asked_and_only_to_their_ente,
    an_upload_is_written_once,
    uploads_asked_for_at_once_are_limited,
    a_session_lives_until_it_expires_or_ends_and_survives_a_restart,
    a_session_has_a_size_limit,
    a_process_moves_on_together_with_what_it_queued,
    a_notice_is_queued_once,
    notices_queued_at_once_are_limited,
    a_leased_notice_is_nobody_elses_until_the_lease_ends,
    workers_at_the_same_time_never_take_the_same_notice,
    a_settled_notice_waits_for_its_next_attempt,
    what_was_delivered_stays_delivered,
    an_attempt_is_noted_while_the_lease_holds_and_the_lease_stays,
    a_handed_over_notice_is_known_to_whoever_has_it,
    a_position_moves_forward_only_unless_the_log_was_set_back,
    a_process_is_held_by_one_node_until_its_lease_ends_or_is_given_back,
    only_a_session_that_is_still_there_is_renewed,
    a_limited_number_of_ended_sessions_is_removed_at_once,
    a_lease_takes_at_most_its_limit_oldest_first,
    the_long_queue_of_one_ente_does_not_make_another_wait,
    given_up_notices_are_listed_newest_first_at_most_a_hundred_and_counted,
    a_given_up_notice_can_be_queued_again_by_its_own_ente,
];

async fn uploads_come_back_as_they_were_in_the_order_asked_and_only_to_their_ente(banco: Banco) {
    let state = banco.open().await;
    for n in 1..=3 {
        assert!(state.put_upload(upload(n), larga()).await.unwrap());
    }
    let ids = [3, 9, 1].map(|n| AllegatoId(Uuid::from_u128(n)));
    assert_eq!(state.uploads(ENTE, &ids).await.unwrap(), [upload(3), upload(1)]);
    assert_eq!(state.uploads("c_y000", &ids).await.unwrap(), []);
}

async fn an_upload_is_written_once(banco: Banco) {
    let state = banco.open().await;
    assert!(state.put_upload(upload(1), larga()).await.unwrap());
    assert!(state.put_upload(Upload { nome: "altro.png".into(), ..upload(1) }, larga()).await.unwrap());
    assert_eq!(state.uploads(ENTE, &[upload(1).id]).await.unwrap(), [upload(1)]);
}

async fn uploads_asked_for_at_once_are_limited(banco: Banco) {
    let state = banco.open().await;
    let ids = vec![AllegatoId(Uuid::nil()); limits::UPLOADS + 1];
    assert!(state.uploads(ENTE, &ids[1..]).await.unwrap().is_empty());
    assert!(state.uploads(ENTE, &ids).await.unwrap_err().to_string().contains("at most 100"));
}

async fn a_session_lives_until_it_expires_or_ends_and_survives_a_restart(banco: Banco) {
    let state = banco.open().await;
    state.save_session("k1".into(), vec![0, 255, 7], at(10)).await.unwrap();
    state.save_session("k2".into(), vec![1], at(20)).await.unwrap();
    assert_eq!(state.session("k1", at(9)).await.unwrap(), Some(vec![0, 255, 7]));
    assert_eq!(state.session("k1", at(10)).await.unwrap(), None);
    state.save_session("k1".into(), vec![8], at(30)).await.unwrap();
    state.close().await;
    let state = banco.open().await;
    assert_eq!(state.session("k1", at(10)).await.unwrap(), Some(vec![8]));
    assert_eq!(state.session("unknown", at(0)).await.unwrap(), None);
    assert_eq!(state.purge_sessions(at(20)).await.unwrap(), 1);
    assert_eq!(state.session("k2", at(0)).await.unwrap(), None);
    state.delete_session("k1").await.unwrap();
    assert_eq!(state.session("k1", at(0)).await.unwrap(), None);
    state.delete_session("k1").await.unwrap();
}

async fn a_session_has_a_size_limit(banco: Banco) {
    let state = banco.open().await;
    let most = vec![b'x'; limits::SESSION_BYTES];
    state.save_session("k".into(), most.clone(), at(10)).await.unwrap();
    assert_eq!(state.session("k", at(0)).await.unwrap(), Some(most.clone()));
    let more = [most, vec![b'x']].concat();
    assert!(state.save_session("k".into(), more, at(10)).await.unwrap_err().to_string().contains("at most 65536"));
}

async fn a_process_moves_on_together_with_what_it_queued(banco: Banco) {
    let state = banco.open().await;
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

async fn a_notice_is_queued_once(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    let [leased] = <[_; 1]>::try_from(state.lease_due(at(0), at(120), 20).await.unwrap()).unwrap();
    let done = Consegna { stato: StatoConsegna::Consegnata, tentativi: 1, ..leased };
    state.settle(done, at(120)).await.unwrap();
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1), consegna(2)]).await.unwrap();
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(2)]);
}

async fn notices_queued_at_once_are_limited(banco: Banco) {
    let state = banco.open().await;
    let many: Vec<_> = (0..=limits::ENQUEUE as u128).map(consegna).collect();
    state.enqueue("notifiche", ENTE, 1, many.clone()).await.unwrap_err();
    state.enqueue("notifiche", ENTE, 1, many[1..].to_vec()).await.unwrap();
}

async fn a_leased_notice_is_nobody_elses_until_the_lease_ends(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    assert_eq!(state.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(1)]);
    assert_eq!(state.lease_due(at(119), at(300), 20).await.unwrap(), []);
    assert_eq!(state.lease_due(at(120), at(240), 20).await.unwrap(), [consegna(1)]);
}

async fn workers_at_the_same_time_never_take_the_same_notice(banco: Banco) {
    let state = banco.open().await;
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

async fn a_settled_notice_waits_for_its_next_attempt(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    state.lease_due(at(0), at(120), 20).await.unwrap();
    let later =
        Consegna { tentativi: 1, prossimo: at(60), errore: Some("the server answered 451".into()), ..consegna(1) };
    state.settle(later.clone(), at(120)).await.unwrap();
    assert_eq!(state.lease_due(at(59), at(180), 20).await.unwrap(), []);
    assert_eq!(state.lease_due(at(60), at(180), 20).await.unwrap(), [later]);
}

async fn what_was_delivered_stays_delivered(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    state.lease_due(at(0), at(120), 20).await.unwrap();
    state.settle(Consegna { stato: StatoConsegna::Consegnata, ..consegna(1) }, at(120)).await.unwrap();
    state.settle(consegna(1), at(120)).await.unwrap();
    assert_eq!(state.lease_due(at(1_000), at(1_120), 20).await.unwrap(), []);
    assert!(!state.retry(ENTE, &consegna(1).dedupe, at(1_000)).await.unwrap());
}

async fn an_attempt_is_noted_while_the_lease_holds_and_the_lease_stays(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    let first = Consegna { tentativi: 1, ..consegna(1) };
    assert!(!state.note_attempt(&first, at(120)).await.unwrap(), "nobody has it");
    state.lease_due(at(0), at(120), 20).await.unwrap();
    assert!(state.note_attempt(&first, at(120)).await.unwrap());
    assert_eq!(state.lease_due(at(119), at(300), 20).await.unwrap(), []);
    assert_eq!(state.lease_due(at(120), at(240), 20).await.unwrap(), [first]);
    // The lease that ran out is worth nothing: neither an attempt nor an outcome is taken from it.
    let second = Consegna { tentativi: 2, ..consegna(1) };
    assert!(!state.note_attempt(&second, at(120)).await.unwrap());
    state.settle(Consegna { stato: StatoConsegna::Fallita, ..second.clone() }, at(120)).await.unwrap();
    assert_eq!(state.dead_letters(ENTE).await.unwrap().1, 0);
    assert_eq!(state.lease_due(at(239), at(300), 20).await.unwrap(), []);
    assert!(state.note_attempt(&second, at(240)).await.unwrap());
}

async fn a_handed_over_notice_is_known_to_whoever_has_it(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, vec![consegna(1)]).await.unwrap();
    state.lease_due(at(0), at(120), 20).await.unwrap();
    // Late, and twice: the first instant stays.
    state.lease_due(at(120), at(240), 20).await.unwrap();
    state.note_handed_over(&consegna(1), at(130)).await.unwrap();
    state.note_handed_over(&consegna(1), at(140)).await.unwrap();
    assert!(!state.note_attempt(&Consegna { tentativi: 1, ..consegna(1) }, at(240)).await.unwrap());
    let known = Consegna { affidata: Some(at(130)), ..consegna(1) };
    // What a worker writes back that does not know of it does not undo it; nor does an operator's retry.
    state.settle(consegna(1), at(240)).await.unwrap();
    assert_eq!(state.lease_due(at(150), at(270), 20).await.unwrap(), std::slice::from_ref(&known));
    state.settle(Consegna { stato: StatoConsegna::Fallita, ..known.clone() }, at(270)).await.unwrap();
    assert!(state.retry(ENTE, &known.dedupe, at(300)).await.unwrap());
    let again = Consegna { prossimo: at(300), creata: at(300), ..known };
    assert_eq!(state.lease_due(at(300), at(420), 20).await.unwrap(), [again]);
}

async fn a_position_moves_forward_only_unless_the_log_was_set_back(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 20, vec![]).await.unwrap();
    state.enqueue("notifiche", ENTE, 12, vec![consegna(1)]).await.unwrap();
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 20);
    assert_eq!(
        state.lease_due(at(0), at(120), 20).await.unwrap(),
        [consegna(1)],
        "its notices are queued all the same"
    );
    state.rewind("notifiche", ENTE, 25).await.unwrap();
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 20);
    state.rewind("notifiche", ENTE, 7).await.unwrap();
    state.rewind("termini", ENTE, 7).await.unwrap();
    assert_eq!(state.process_position("notifiche", ENTE).await.unwrap(), 7);
    assert_eq!(state.process_position("termini", ENTE).await.unwrap(), 0);
}

async fn a_process_is_held_by_one_node_until_its_lease_ends_or_is_given_back(banco: Banco) {
    let state = banco.open().await;
    assert!(state.hold("notifiche", "a", at(0), at(8)).await.unwrap());
    assert!(!state.hold("notifiche", "b", at(7), at(15)).await.unwrap());
    assert!(state.hold("termini", "b", at(7), at(15)).await.unwrap(), "each process has its own");
    assert!(state.hold("notifiche", "a", at(7), at(15)).await.unwrap(), "renewed");
    assert!(!state.hold("notifiche", "b", at(8), at(16)).await.unwrap());
    assert!(state.hold("notifiche", "b", at(15), at(23)).await.unwrap(), "it ended");
    assert!(!state.hold("notifiche", "a", at(16), at(24)).await.unwrap());
    state.release("notifiche", "a").await.unwrap();
    assert!(!state.hold("notifiche", "a", at(16), at(24)).await.unwrap(), "nobody gives back what is another's");
    state.release("notifiche", "b").await.unwrap();
    assert!(state.hold("notifiche", "a", at(16), at(24)).await.unwrap());
}

async fn only_a_session_that_is_still_there_is_renewed(banco: Banco) {
    let state = banco.open().await;
    state.save_session("k".into(), vec![1], at(10)).await.unwrap();
    assert!(state.renew_session("k", vec![2], at(20), at(9)).await.unwrap());
    assert_eq!(state.session("k", at(19)).await.unwrap(), Some(vec![2]));
    assert!(!state.renew_session("k", vec![3], at(40), at(20)).await.unwrap(), "expired");
    state.delete_session("k").await.unwrap();
    assert!(!state.renew_session("k", vec![4], at(40), at(5)).await.unwrap(), "ended");
    assert_eq!(state.session("k", at(0)).await.unwrap(), None);
    let more = vec![b'x'; limits::SESSION_BYTES + 1];
    assert!(state.renew_session("k", more, at(40), at(5)).await.unwrap_err().to_string().contains("at most 65536"));
}

async fn a_limited_number_of_ended_sessions_is_removed_at_once(banco: Banco) {
    let state = banco.open().await;
    // More than the limit, by one statement: both engines multiply rows like this.
    let ten = "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4
                UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let many = format!(
        "INSERT INTO session (chiave, dati, scade) SELECT 'k' || a.n || b.n || c.n || d.n || e.n, 'x', 5
         FROM {ten} a, {ten} b, {ten} c, {ten} d, {ten} e WHERE e.n = 0 OR (e.n = 1 AND a.n = 0 AND b.n = 0)"
    );
    sqlx::query(sqlx::AssertSqlSafe(many.replace("'x'", "$1"))).bind(vec![1_u8]).execute(&state.pool).await.unwrap();
    assert_eq!(state.purge_sessions(at(0)).await.unwrap(), limits::PURGE as u64);
    assert_eq!(state.purge_sessions(at(0)).await.unwrap(), 100);
}

async fn a_lease_takes_at_most_its_limit_oldest_first(banco: Banco) {
    let state = banco.open().await;
    let total = u128::from(limits::LEASE) + 10;
    let queue: Vec<_> = (0..total).map(|n| Consegna { prossimo: at(-(n as i64)), ..consegna(n) }).collect();
    state.enqueue("notifiche", ENTE, 1, queue).await.unwrap();
    let first = state.lease_due(at(0), at(120), 3).await.unwrap();
    let expected: Vec<_> = [1, 2, 3].map(|n| format!("{}:email", Uuid::from_u128(total - n))).into();
    assert_eq!(first.into_iter().map(|c| c.dedupe).collect::<Vec<_>>(), expected);
    assert_eq!(state.lease_due(at(0), at(120), u32::MAX).await.unwrap().len(), limits::LEASE as usize);
}

async fn the_long_queue_of_one_ente_does_not_make_another_wait(banco: Banco) {
    let state = banco.open().await;
    state.enqueue("notifiche", ENTE, 1, (0..200).map(consegna).collect()).await.unwrap();
    let late = Consegna { prossimo: at(5), ..of("c_y000", 900) };
    state.enqueue("notifiche", "c_y000", 1, vec![late.clone()]).await.unwrap();
    assert!(state.lease_due(at(5), at(120), 2).await.unwrap().contains(&late));
}

async fn given_up_notices_are_listed_newest_first_at_most_a_hundred_and_counted(banco: Banco) {
    let state = banco.open().await;
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

async fn a_given_up_notice_can_be_queued_again_by_its_own_ente(banco: Banco) {
    let state = banco.open().await;
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
