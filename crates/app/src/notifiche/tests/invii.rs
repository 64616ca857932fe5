//! What is sent, when, how often, and what the log says of it.

use super::finti::{ENTE, Scena, stream};
use crate::notifiche::turno::Turno;
use crate::notifiche::{Config, limits};
use crate::ports::{BoxFuture, MailError, Mailer, Messaggio, StatoConsegna, WorkState};
use domain::Sample;
use domain::notifica::{Event, Motivo};
use domain::pratica::{Conclusione, LavorazioneAvviata};
use domain::segnalazione;
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

fn alone() -> Turno {
    Turno::alone(&CancellationToken::new())
}

fn delivered(event: &Event) -> bool {
    matches!(event, Event::NotificaConsegnata(_))
}

fn temporary() -> MailError {
    MailError::Temporary("the server answered 451".into())
}

#[tokio::test]
async fn one_mail_for_each_thing_that_happens_and_one_event_for_each_mail() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.run().await;
    scena.prendi_in_carico(1).await;
    let steps: [segnalazione::Event; 2] = [
        segnalazione::Event::LavorazioneAvviata(LavorazioneAvviata::sample()),
        segnalazione::Event::SegnalazioneRisolta(Conclusione::sample()),
    ];
    scena.append(&stream(1), steps.into_iter().map(Into::into).collect()).await;
    scena.run().await;
    scena.run().await;
    let motives: Vec<Motivo> = scena
        .esiti(1)
        .await
        .into_iter()
        .map(|event| match event {
            Event::NotificaConsegnata(e) => e.motivo,
            Event::NotificaFallita(e) => panic!("{e:?}"),
        })
        .collect();
    assert_eq!(motives.len(), 3);
    for motive in [Motivo::Ricevuta, Motivo::PresaInCarico, Motivo::Conclusione] {
        assert!(motives.contains(&motive), "{motive:?}");
    }
    let mut ids: Vec<String> = scena.buca.sent.lock().unwrap().iter().map(|m| m.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn the_outcome_names_its_cause_and_carries_no_person() {
    let scena = Scena::new();
    let causa = scena.segnala(1).await;
    scena.run().await;
    let esito = scena.consegnata(1).await;
    assert_eq!((esito.causa, esito.tentativi, esito.canale.as_str()), (causa, 1, "email"));
    let records = eventstore::EventStore::read_all(&*scena.store, ENTE, 3, 10).await.unwrap();
    let [record] = <[_; 1]>::try_from(records).unwrap();
    assert_eq!(record.meta().unwrap().causation, Some(causa));
    for secret in ["Rossi", "mario", "RSSMRA"] {
        assert!(!record.payload.contains(secret) && !record.meta.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_crash_after_the_log_knows_sends_nothing_twice() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.work.settle_fails.store(1, Ordering::SeqCst);
    scena.notifiche().run_until_idle().await.unwrap_err();
    assert_eq!((scena.sent(), scena.only().stato), (1, StatoConsegna::InCoda));
    scena.run().await;
    assert_eq!(scena.only().stato, StatoConsegna::InCoda, "the lease still holds");
    scena.later(limits::LEASE);
    scena.run().await;
    assert_eq!((scena.sent(), scena.only().stato), (1, StatoConsegna::Consegnata));
    assert_eq!(scena.esiti(1).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_refuses_outcomes_for_days_gets_one_event_of_one_mail() {
    let scena = Scena::new();
    scena.segnala(1).await;
    let sent_at = eventstore::Clock::now(&*scena.clock);
    scena.store.append_fails.store(u32::MAX, Ordering::SeqCst);
    scena.notifiche().run_until_idle().await.unwrap_err();
    for _ in 0..2 * limits::ATTEMPTS {
        scena.later(SignedDuration::from_hours(5));
        scena.notifiche().run_until_idle().await.unwrap_err();
    }
    assert_eq!((scena.sent(), scena.only().tentativi, scena.only().affidata), (1, 1, Some(sent_at)));
    assert_eq!((scena.only().stato, scena.esiti(1).await.len()), (StatoConsegna::InCoda, 0));
    scena.store.append_fails.store(0, Ordering::SeqCst);
    scena.later(limits::LEASE);
    scena.run().await;
    let esito = scena.consegnata(1).await;
    assert_eq!((esito.il, esito.tentativi), (sent_at, 1), "the instant of the mail, not of its outcome");
    assert_eq!((scena.sent(), scena.only().stato), (1, StatoConsegna::Consegnata));
}

/// A process that ends between the hand-over and its note: the one window in which a mail is repeated.
async fn crash_after_the_mail(scena: &Scena) {
    scena.work.notes_fail.store(u32::MAX, Ordering::SeqCst);
    scena.store.append_fails.store(u32::MAX, Ordering::SeqCst);
    let (before, notifiche) = (scena.sent(), scena.notifiche());
    let running = tokio::spawn(async move { notifiche.run_until_idle().await });
    while scena.sent() == before {
        assert!(!running.is_finished(), "nothing was sent");
        tokio::task::yield_now().await;
    }
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    scena.work.notes_fail.store(0, Ordering::SeqCst);
    scena.store.append_fails.store(0, Ordering::SeqCst);
}

#[tokio::test]
async fn a_crash_before_anybody_knows_repeats_the_same_mail_and_one_event() {
    let scena = Scena::new();
    scena.segnala(1).await;
    crash_after_the_mail(&scena).await;
    scena.later(limits::LEASE);
    scena.run().await;
    let sent = scena.buca.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1], "the same message with the same id");
    assert_eq!(scena.consegnata(1).await.tentativi, 2);
    assert_eq!(scena.only().stato, StatoConsegna::Consegnata);
}

#[tokio::test]
async fn attempts_are_limited_even_if_each_ends_in_a_crash() {
    let scena = Scena::new();
    scena.segnala(1).await;
    for _ in 0..limits::ATTEMPTS {
        crash_after_the_mail(&scena).await;
        scena.later(limits::LEASE);
    }
    scena.run().await;
    assert_eq!((scena.sent(), scena.only().stato), (limits::ATTEMPTS as usize, StatoConsegna::Fallita));
    let esito = scena.fallita(1).await;
    assert_eq!((esito.tentativi, esito.errore.as_str()), (8, "the outcome of the last attempt is unknown"));
}

#[tokio::test(start_paused = true)]
async fn while_neither_database_takes_the_note_it_is_tried_again_and_not_the_mail() {
    for (notes, appends) in [(limits::NOTES - 1, u32::MAX), (u32::MAX, (limits::NOTES - 1) * limits::APPENDS)] {
        let scena = Scena::new();
        scena.segnala(1).await;
        scena.work.notes_fail.store(notes, Ordering::SeqCst);
        scena.store.append_fails.store(appends, Ordering::SeqCst);
        let ended = scena.notifiche().run_until_idle().await;
        assert_eq!((ended.is_err(), scena.only().affidata.is_some()), (appends == u32::MAX, notes != u32::MAX));
        scena.store.append_fails.store(0, Ordering::SeqCst);
        scena.later(limits::LEASE);
        scena.run().await;
        assert_eq!((scena.sent(), scena.esiti(1).await.len()), (1, 1));
    }
    // One round more than it is tried.
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.work.notes_fail.store(limits::NOTES, Ordering::SeqCst);
    scena.store.append_fails.store(u32::MAX, Ordering::SeqCst);
    scena.notifiche().run_until_idle().await.unwrap_err();
    assert_eq!((scena.sent(), scena.only().affidata), (1, None));
}

#[tokio::test]
async fn a_notice_that_somebody_else_has_or_handed_over_is_not_sent() {
    let scena = Scena::new();
    scena.segnala(1).await;
    let notifiche = scena.notifiche();
    notifiche.read(ENTE, &mut None).await.unwrap();
    let now = eventstore::Clock::now(&*scena.clock);
    let (pace, turno) = (notifiche.pace(), alone());
    let [mine] = <[_; 1]>::try_from(scena.work.lease_due(now, now + limits::LEASE, 20).await.unwrap()).unwrap();
    // A clock that is ahead: another worker takes the notice while this one believes its lease to hold.
    let ahead = now + limits::LEASE * 2;
    let [theirs] = <[_; 1]>::try_from(scena.work.lease_due(ahead, ahead + limits::LEASE, 20).await.unwrap()).unwrap();
    notifiche.one(mine.clone(), now + limits::LEASE, &pace, &turno).await.unwrap();
    assert_eq!((scena.sent(), scena.work.leased(), scena.only().tentativi), (0, 1, 0));
    // What left late all the same is known to whoever has it now.
    scena.work.note_handed_over(&mine, now).await.unwrap();
    notifiche.one(theirs, ahead + limits::LEASE, &pace, &turno).await.unwrap();
    assert_eq!((scena.sent(), scena.only().affidata), (0, Some(now)));
}

#[tokio::test]
async fn a_log_that_answers_at_the_last_try_needs_no_second_mail() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.store.append_fails.store(limits::APPENDS - 1, Ordering::SeqCst);
    scena.run().await;
    assert_eq!((scena.sent(), scena.esiti(1).await.len()), (1, 1));
}

#[tokio::test]
async fn a_lost_working_database_sends_nothing_again() {
    let mut scena = Scena::new();
    scena.segnala(1).await;
    *scena.buca.always.lock().unwrap() = Some(MailError::Permanent("the server answered 550".into()));
    scena.run().await;
    *scena.buca.always.lock().unwrap() = None;
    scena.segnala(2).await;
    scena.run().await;
    scena.work = Arc::default();
    scena.later(SignedDuration::from_secs(10));
    scena.run().await;
    assert_eq!(scena.sent(), 1);
    let states: Vec<_> = scena.work.consegne().into_iter().map(|c| c.stato).collect();
    assert!(states.contains(&StatoConsegna::Consegnata) && states.contains(&StatoConsegna::Fallita), "{states:?}");
    assert_eq!((scena.esiti(1).await.len(), scena.esiti(2).await.len()), (1, 1));
}

#[tokio::test]
async fn failed_attempts_are_repeated_at_growing_intervals() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.buca.answers.lock().unwrap().extend([temporary(), temporary()]);
    scena.run().await;
    assert_eq!((scena.sent(), scena.only().tentativi), (0, 1));
    assert_eq!(scena.only().errore.as_deref(), Some("the server answered 451"));
    scena.later(SignedDuration::from_secs(59));
    scena.run().await;
    assert_eq!(scena.only().tentativi, 1);
    scena.later(SignedDuration::from_secs(1));
    scena.run().await;
    assert_eq!(scena.only().tentativi, 2);
    scena.later(SignedDuration::from_mins(5));
    scena.run().await;
    assert_eq!((scena.sent(), scena.only().tentativi), (1, 3));
    let esito = scena.consegnata(1).await;
    assert_eq!(esito.tentativi, 3);
}

#[tokio::test]
async fn after_eight_attempts_a_notice_is_given_up_and_an_operator_can_retry_it() {
    let scena = Scena::new();
    scena.segnala(1).await;
    *scena.buca.always.lock().unwrap() = Some(temporary());
    scena.run().await;
    for wait in limits::BACKOFF {
        assert_eq!(scena.only().stato, StatoConsegna::InCoda);
        scena.later(wait);
        scena.run().await;
    }
    let (dead, count) = scena.work.dead_letters(ENTE).await.unwrap();
    assert_eq!((count, dead[0].tentativi), (1, limits::ATTEMPTS));
    let esito = scena.fallita(1).await;
    assert_eq!((esito.tentativi, esito.errore.as_str()), (8, "the server answered 451"));
    // Retried by an operator it fails again, is given up again, and then gets through.
    scena.later(SignedDuration::from_hours(100));
    *scena.buca.always.lock().unwrap() = Some(MailError::Permanent("the server answered 550".into()));
    assert!(scena.work.retry(ENTE, &dead[0].dedupe, eventstore::Clock::now(&*scena.clock)).await.unwrap());
    scena.run().await;
    assert_eq!(scena.esiti(1).await.len(), 2);
    scena.later(SignedDuration::from_hours(1));
    *scena.buca.always.lock().unwrap() = None;
    assert!(scena.work.retry(ENTE, &dead[0].dedupe, eventstore::Clock::now(&*scena.clock)).await.unwrap());
    scena.run().await;
    assert_eq!((scena.sent(), scena.esiti(1).await.iter().filter(|e| delivered(e)).count()), (1, 1));
    assert_eq!(scena.work.dead_letters(ENTE).await.unwrap().1, 0);
}

#[tokio::test]
async fn no_attempt_follows_after_three_days() {
    let scena = Scena::new();
    scena.segnala(1).await;
    // The program stood still meanwhile: the first attempt is made all the same, and no other.
    scena.later(limits::EXPIRY);
    scena.buca.answers.lock().unwrap().push_back(temporary());
    scena.run().await;
    assert_eq!(scena.only().stato, StatoConsegna::Fallita);
    let esito = scena.fallita(1).await;
    assert_eq!(esito.tentativi, 1);
}

#[tokio::test]
async fn a_permanent_failure_is_given_up_at_once_without_naming_the_address() {
    let scena = Scena::new();
    scena.segnala(1).await;
    let said = "550 5.1.1 <mario.rossi@example.org> unknown";
    scena.buca.answers.lock().unwrap().push_back(MailError::Permanent(said.into()));
    scena.run().await;
    let esito = scena.fallita(1).await;
    assert_eq!((esito.tentativi, esito.errore.as_str()), (1, "550 5.1.1 [indirizzo] unknown"));
    assert_eq!(scena.only().stato, StatoConsegna::Fallita);
    scena.later(SignedDuration::from_hours(48));
    scena.run().await;
    assert_eq!((scena.sent(), scena.esiti(1).await.len()), (0, 1));
}

#[tokio::test]
async fn who_gave_no_address_or_was_forgotten_gets_nothing_and_leaves_no_event() {
    let scena = Scena::new();
    scena.segnala_come(1, |e| e.personale.0.as_mut().unwrap().autore.email = None).await;
    scena.segnala_come(2, |e| e.personale.0.as_mut().unwrap().autore.email = Some("  ".into())).await;
    scena.segnala_come(3, |e| e.personale.0 = None).await;
    scena.run().await;
    assert_eq!(scena.sent(), 0);
    assert!(scena.work.consegne().iter().all(|c| c.stato == StatoConsegna::Consegnata));
    for n in 1..=3 {
        assert_eq!(scena.esiti(n).await, []);
    }
}

#[tokio::test]
async fn a_notice_of_an_ente_that_is_gone_waits_and_holds_up_nobody() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.segnala(2).await;
    scena.run().await;
    let mut stray = scena.work.consegne().remove(0);
    (stray.ente, stray.stato, stray.tentativi, stray.affidata) = ("c_gone".into(), StatoConsegna::InCoda, 0, None);
    scena.work.enqueue("notifiche", "c_gone", 1, vec![stray]).await.unwrap();
    scena.segnala(3).await;
    scena.run().await;
    assert_eq!(scena.sent(), 3);
    let gone = scena.work.consegne().into_iter().find(|c| c.ente == "c_gone").unwrap();
    assert_eq!((gone.stato, gone.tentativi), (StatoConsegna::InCoda, 1));
}

#[tokio::test]
async fn more_filings_than_a_page_and_a_batch_all_get_their_mail() {
    let scena = Scena::new();
    let total = limits::PAGE as u128 / 3 + 10;
    assert!(total * 3 > limits::PAGE as u128 && total > u128::from(limits::BATCH));
    for n in 1..=total {
        scena.segnala(n).await;
    }
    scena.run().await;
    assert_eq!(scena.sent() as u128, total);
    let position = scena.work.process_position("notifiche", ENTE).await.unwrap();
    assert_eq!(u128::from(position), total * 3);
}

#[tokio::test]
async fn a_log_that_ends_before_the_position_is_followed_from_its_end() {
    let scena = Scena::new();
    scena.segnala(1).await;
    scena.work.enqueue("notifiche", ENTE, 100, vec![]).await.unwrap();
    scena.run().await;
    scena.segnala(2).await;
    scena.run().await;
    assert_eq!((scena.sent(), scena.esiti(2).await.len()), (1, 1));
}

#[tokio::test]
async fn mail_leaves_no_faster_than_configured() {
    let scena = Scena::new();
    for n in 1..=11 {
        scena.segnala(n).await;
    }
    let mut notifiche = scena.notifiche();
    notifiche.config = Config { al_secondo: 20, ..Config::default() };
    let began = Instant::now();
    notifiche.run_until_idle().await.unwrap();
    assert_eq!(scena.sent(), 11);
    assert!(began.elapsed() >= Duration::from_millis(490), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_running_process_is_woken_by_the_log_and_stops_when_told() {
    let scena = Scena::new();
    let stop = CancellationToken::new();
    let running = scena.notifiche().spawn(stop.clone());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = Instant::now();
    scena.segnala(1).await;
    while scena.esiti(1).await.is_empty() {
        assert!(began.elapsed() < limits::POLL / 2, "it was not woken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(2), running).await.unwrap().unwrap();
}

#[tokio::test]
async fn told_to_stop_it_gives_back_what_it_has_not_sent() {
    let scena = Scena::new();
    for n in 1..=5 {
        scena.segnala(n).await;
    }
    let notifiche = scena.notifiche();
    notifiche.read(ENTE, &mut None).await.unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    notifiche.batch(&notifiche.pace(), &Turno::alone(&stop)).await.unwrap();
    assert_eq!((scena.sent(), scena.work.leased()), (0, 0));
    scena.run().await;
    assert_eq!(scena.sent(), 5);
}

#[tokio::test]
async fn a_notice_whose_lease_is_nearly_over_is_given_back_unsent() {
    let scena = Scena::new();
    scena.segnala(1).await;
    let notifiche = scena.notifiche();
    notifiche.read(ENTE, &mut None).await.unwrap();
    let (pace, turno) = (notifiche.pace(), alone());
    for (left, sent) in [(limits::LEFT - SignedDuration::from_micros(1), 0), (limits::LEFT, 1)] {
        let now = eventstore::Clock::now(&*scena.clock);
        let [taken] = <[_; 1]>::try_from(scena.work.lease_due(now, now + left, 20).await.unwrap()).unwrap();
        notifiche.one(taken, now + left, &pace, &turno).await.unwrap();
        assert_eq!((scena.sent(), scena.work.leased()), (sent, 0));
    }
}

/// Takes its time and remembers how many messages it had at once.
#[derive(Default)]
struct Lenta {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Mailer for Lenta {
    fn send<'a>(&'a self, _: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async {
            self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_few_messages_are_under_way_at_once_and_no_more() {
    let scena = Scena::new();
    for n in 1..=12 {
        scena.segnala(n).await;
    }
    let lenta = Arc::new(Lenta::default());
    let mut notifiche = scena.notifiche();
    notifiche.mailer = lenta.clone();
    notifiche.run_until_idle().await.unwrap();
    assert_eq!(lenta.most.load(Ordering::SeqCst), limits::PARALLEL);
}
