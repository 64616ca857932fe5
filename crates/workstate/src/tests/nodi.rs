//! Three handles on one database, as three nodes have it.

use super::{Banco, ENTE, at, consegna, larga, on_both_engines, upload};
use crate::{SqlWorkState, limits};
use app::ports::{Consegna, StatoConsegna, WorkState};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

on_both_engines![
    nodes_that_open_an_empty_database_at_once_agree_on_its_tables,
    what_one_node_saves_the_others_have,
    a_session_that_ends_on_one_node_is_not_brought_back_by_another,
    no_notice_is_handed_to_two_nodes,
    nodes_that_queue_the_same_at_once_queue_it_once_and_go_forward,
    of_nodes_that_ask_at_once_one_holds_the_process,
    of_operators_that_retry_at_once_one_succeeds,
    nodes_that_clean_up_at_once_remove_each_ended_session_once,
];

async fn nodes_that_open_an_empty_database_at_once_agree_on_its_tables(banco: Banco) {
    let mut opening = JoinSet::new();
    for _ in 0..6 {
        let url = banco.url.clone();
        opening.spawn(async move { SqlWorkState::open(&url).await.unwrap() });
    }
    for (n, state) in opening.join_all().await.into_iter().enumerate() {
        state.save_session("k".into(), vec![n as u8], at(10)).await.unwrap();
        assert_eq!(state.session("k", at(0)).await.unwrap(), Some(vec![n as u8]));
    }
}

async fn what_one_node_saves_the_others_have(banco: Banco) {
    let [a, b, c] = banco.three().await;
    a.save_session("k".into(), vec![1], at(10)).await.unwrap();
    assert_eq!(b.session("k", at(0)).await.unwrap(), Some(vec![1]));
    c.delete_session("k").await.unwrap();
    assert_eq!(b.session("k", at(0)).await.unwrap(), None);
    assert!(b.put_upload(upload(1), larga()).await.unwrap());
    assert_eq!(c.uploads(ENTE, &[upload(1).id]).await.unwrap(), [upload(1)]);
    c.enqueue("notifiche", ENTE, 7, vec![consegna(1)]).await.unwrap();
    assert_eq!(a.process_position("notifiche", ENTE).await.unwrap(), 7);
    let [leased] = <[_; 1]>::try_from(a.lease_due(at(0), at(120), 20).await.unwrap()).unwrap();
    a.settle(Consegna { stato: StatoConsegna::Fallita, ..leased }, at(120)).await.unwrap();
    assert_eq!(b.dead_letters(ENTE).await.unwrap().1, 1);
    assert!(b.retry(ENTE, &consegna(1).dedupe, at(50)).await.unwrap());
    assert_eq!(c.lease_due(at(50), at(170), 20).await.unwrap().len(), 1);
}

async fn a_session_that_ends_on_one_node_is_not_brought_back_by_another(banco: Banco) {
    let [a, b, c] = banco.three().await;
    for round in 0..20 {
        let key = format!("k{round}");
        a.save_session(key.clone(), vec![0], at(10)).await.unwrap();
        let mut renewing = JoinSet::new();
        for state in [b.clone(), c.clone()] {
            let key = key.clone();
            renewing.spawn(async move {
                // Until the session is gone, which it is soon.
                let mut renewed = 0_u32;
                while state.renew_session(&key, vec![1], at(20), at(0)).await.unwrap() {
                    renewed += 1;
                    assert!(renewed < 100_000, "the session does not end");
                }
            });
        }
        a.delete_session(&key).await.unwrap();
        renewing.join_all().await;
        assert_eq!(a.session(&key, at(0)).await.unwrap(), None);
    }
}

async fn no_notice_is_handed_to_two_nodes(banco: Banco) {
    const TOTAL: u128 = 600;
    let nodes = banco.three().await;
    for first in (0..TOTAL).step_by(200) {
        nodes[0].enqueue("notifiche", ENTE, 1, (first..first + 200).map(consegna).collect()).await.unwrap();
    }
    let mut leasing = JoinSet::new();
    // Two at once on each node, and one that gives back what it took: its rows go round.
    for (n, state) in nodes.iter().cycle().take(6).cloned().enumerate() {
        leasing.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = at(120 + n as i64);
                let taken = state.lease_due(at(0), lease, 15).await.unwrap();
                if taken.is_empty() {
                    return mine;
                }
                for (row, consegna) in taken.into_iter().enumerate() {
                    if row % 5 == 4 {
                        state.settle(consegna, lease).await.unwrap();
                    } else {
                        let noted = state.note_attempt(&Consegna { tentativi: 1, ..consegna.clone() }, lease).await;
                        assert!(noted.unwrap(), "another node took what is mine");
                        mine.push(consegna.dedupe);
                    }
                }
                assert!(mine.len() <= TOTAL as usize, "notices are handed out for ever");
            }
        });
    }
    let taken = leasing.join_all().await.concat();
    let left = nodes[0].lease_due(at(0), at(120), limits::LEASE).await.unwrap().len();
    let distinct: BTreeSet<_> = taken.iter().collect();
    assert_eq!((distinct.len(), taken.len() + left), (taken.len(), TOTAL as usize));
}

async fn nodes_that_queue_the_same_at_once_queue_it_once_and_go_forward(banco: Banco) {
    let nodes = banco.three().await;
    let mut queueing = JoinSet::new();
    for (n, state) in nodes.iter().cloned().enumerate() {
        queueing.spawn(async move {
            // Each reads the same log in steps of its own.
            let step = [7, 10, 13][n];
            for from in (0..200).step_by(step) {
                let to = (from + step).min(200);
                let notices = (from..to).map(|n| consegna(n as u128)).collect();
                state.enqueue("notifiche", ENTE, to as u64, notices).await.unwrap();
                let position = state.process_position("notifiche", ENTE).await.unwrap();
                assert!(position >= to as u64, "back at {position}");
            }
        });
    }
    queueing.join_all().await;
    assert_eq!(nodes[2].process_position("notifiche", ENTE).await.unwrap(), 200);
    assert_eq!(nodes[1].lease_due(at(0), at(120), limits::LEASE).await.unwrap().len(), 200);
}

async fn of_nodes_that_ask_at_once_one_holds_the_process(banco: Banco) {
    let nodes = banco.three().await;
    for round in 0..30 {
        // Every other round finds the lease given back, the others find it ended.
        let (now, until) = (at(round * 10), at(round * 10 + 8));
        let mut asking = JoinSet::new();
        for (name, state) in ["a", "b", "c"].into_iter().zip(nodes.iter().cloned()) {
            asking.spawn(async move { (name, state.hold("notifiche", name, now, until).await.unwrap()) });
        }
        let holders: Vec<_> = asking.join_all().await.into_iter().filter(|(_, held)| *held).collect();
        let [(holder, _)] = holders[..] else { panic!("{holders:?}") };
        if round % 2 == 0 {
            nodes[0].release("notifiche", holder).await.unwrap();
        }
    }
}

async fn of_operators_that_retry_at_once_one_succeeds(banco: Banco) {
    let nodes = banco.three().await;
    let failed = |n| Consegna { stato: StatoConsegna::Fallita, ..consegna(n) };
    nodes[0].enqueue("notifiche", ENTE, 1, (0..20).map(failed).collect()).await.unwrap();
    for n in 0..20 {
        let mut retrying = JoinSet::new();
        for state in nodes.clone() {
            retrying.spawn(async move { state.retry(ENTE, &consegna(n).dedupe, at(50)).await.unwrap() });
        }
        assert_eq!(retrying.join_all().await.into_iter().filter(|done| *done).count(), 1);
    }
    assert_eq!(nodes[1].dead_letters(ENTE).await.unwrap().1, 0);
}

async fn nodes_that_clean_up_at_once_remove_each_ended_session_once(banco: Banco) {
    const ENDED: u64 = 150;
    let nodes = banco.three().await;
    for n in 0..ENDED {
        nodes[0].save_session(format!("ended-{n}"), vec![1], at((n % 10) as i64)).await.unwrap();
    }
    nodes[0].save_session("alive".into(), vec![2], at(20)).await.unwrap();
    let mut cleaning = JoinSet::new();
    for state in nodes.clone() {
        cleaning.spawn(async move {
            let mut removed = 0;
            for _ in 0..5 {
                removed += state.purge_sessions(at(10)).await.unwrap();
                assert!(state.renew_session("alive", vec![2], at(20), at(10)).await.unwrap());
            }
            removed
        });
    }
    assert_eq!(cleaning.join_all().await.into_iter().sum::<u64>(), ENDED);
    assert_eq!(nodes[1].session("alive", at(10)).await.unwrap(), Some(vec![2]));
}

/// On PostgreSQL alone: SQLite has no locks on rows.
#[tokio::test]
async fn a_row_that_another_node_is_changing_makes_nobody_wait() {
    let banco = Banco::postgres().await;
    let [a, b, _] = banco.three().await;
    a.enqueue("notifiche", ENTE, 1, (0..10).map(consegna).collect()).await.unwrap();
    a.save_session("k1".into(), vec![1], at(5)).await.unwrap();
    a.save_session("k2".into(), vec![1], at(5)).await.unwrap();
    let mut transaction = a.pool.begin().await.unwrap();
    let busy = [
        sqlx::query("UPDATE consegna SET errore = 'busy' WHERE dedupe = $1").bind(consegna(3).dedupe),
        sqlx::query("UPDATE session SET scade = scade WHERE chiave = $1").bind("k1"),
    ];
    for statement in busy {
        assert_eq!(statement.execute(&mut *transaction).await.unwrap().rows_affected(), 1);
    }
    // Those who waited would be told so by the limit of a statement.
    let taken = b.lease_due(at(0), at(120), 20).await.unwrap();
    assert_eq!((taken.len(), b.purge_sessions(at(10)).await.unwrap()), (9, 1));
    transaction.rollback().await.unwrap();
    assert_eq!(b.lease_due(at(0), at(120), 20).await.unwrap(), [consegna(3)]);
}
