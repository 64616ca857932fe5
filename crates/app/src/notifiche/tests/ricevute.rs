//! The receipt goes with the copy of a filing.

use super::finti::{ENTE, Scena};
use crate::enti::Ente;
use crate::error::AppError;
use crate::notifiche::turno::Turno;
use crate::notifiche::{Notifiche, limits};
use crate::ports::{BoxFuture, StatoConsegna, WorkState as _};
use crate::ricevute::RicevuteDiPratiche;
use bytes::Bytes;
use domain::Refusal;
use domain::ids::PraticaId;
use domain::notifica::Event;
use jiff::SignedDuration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What comes of forming a receipt.
enum Esito {
    Pronta,
    Errore(AppError),
    Mai,
}

/// Gives each case a receipt of its own, after what was arranged.
#[derive(Default)]
struct Formate {
    esiti: Mutex<VecDeque<Esito>>,
    chieste: Mutex<Vec<PraticaId>>,
}

impl RicevuteDiPratiche for Formate {
    fn pdf<'a>(&'a self, ente: &'a Arc<Ente>, pratica: PraticaId) -> BoxFuture<'a, Result<Option<Bytes>, AppError>> {
        assert_eq!(ente.codice.as_str(), ENTE);
        self.chieste.lock().unwrap().push(pratica);
        let esito = self.esiti.lock().unwrap().pop_front().unwrap_or(Esito::Pronta);
        Box::pin(async move {
            match esito {
                Esito::Pronta => Ok(Some(format!("%PDF {pratica}").into())),
                Esito::Errore(error) => Err(error),
                Esito::Mai => std::future::pending().await,
            }
        })
    }
}

fn con(scena: &Scena, esiti: impl IntoIterator<Item = Esito>) -> (Notifiche, Arc<Formate>) {
    let formate = Arc::new(Formate { esiti: Mutex::new(esiti.into_iter().collect()), ..Formate::default() });
    (Notifiche { ricevute: Some(formate.clone()), ..scena.notifiche() }, formate)
}

#[tokio::test]
async fn the_copy_of_a_filing_carries_its_receipt_and_no_other_notice_does() {
    let scena = Scena::new();
    let (process, formate) = con(&scena, []);
    scena.segnala(1).await;
    process.run_until_idle().await.unwrap();
    scena.prendi_in_carico(1).await;
    process.run_until_idle().await.unwrap();
    let sent = scena.buca.sent.lock().unwrap().clone();
    let [receipt] = &sent[0].acclusi[..] else { panic!("{:?}", sent[0].acclusi) };
    let codice = receipt.nome.strip_prefix("ricevuta-").and_then(|nome| nome.strip_suffix(".pdf")).unwrap();
    assert!(codice.starts_with("SG-") && sent[0].oggetto.contains(codice), "{codice}: {}", sent[0].oggetto);
    let id = PraticaId(Uuid::from_u128(1));
    assert_eq!((receipt.formato, &receipt.bytes[..]), ("application/pdf", format!("%PDF {id}").as_bytes()));
    assert_eq!((sent[1].acclusi.len(), formate.chieste.lock().unwrap().clone()), (0, vec![id]));
}

#[tokio::test]
async fn while_the_receipt_cannot_be_formed_the_copy_waits_its_turns() {
    let scena = Scena::new();
    let failure = || Esito::Errore(AppError::non_disponibile("the disk is full"));
    let (process, formate) = con(&scena, (0..limits::ATTEMPTS).map(|_| failure()));
    scena.segnala(1).await;
    process.run_until_idle().await.unwrap();
    assert_eq!((scena.sent(), scena.only().tentativi, scena.only().stato), (0, 1, StatoConsegna::InCoda));
    let error = scena.only().errore.unwrap();
    assert!(error.contains("the receipt") && error.contains("the disk is full"), "{error}");
    process.run_until_idle().await.unwrap();
    assert_eq!(formate.chieste.lock().unwrap().len(), 1, "not before its time");
    for wait in limits::BACKOFF {
        scena.later(wait);
        process.run_until_idle().await.unwrap();
    }
    assert_eq!((scena.sent(), scena.only().stato), (0, StatoConsegna::Fallita));
    assert!(matches!(scena.esiti(1).await[..], [Event::NotificaFallita(_)]));
    // An operator tries again once the disk has room.
    scena.later(SignedDuration::from_hours(1));
    let now = eventstore::Clock::now(&*scena.clock);
    assert!(scena.work.retry(ENTE, &scena.only().dedupe, now).await.unwrap());
    process.run_until_idle().await.unwrap();
    assert_eq!((scena.sent(), scena.buca.sent.lock().unwrap()[0].acclusi.len()), (1, 1));
}

#[tokio::test]
async fn where_there_can_be_no_receipt_the_copy_goes_without() {
    let scena = Scena::new();
    let gone = AppError::rifiuto(Refusal::whole("dato-non-piu-disponibile"));
    let (process, _) = con(&scena, [Esito::Errore(gone)]);
    scena.segnala(1).await;
    process.run_until_idle().await.unwrap();
    assert_eq!((scena.sent(), scena.buca.sent.lock().unwrap()[0].acclusi.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_does_not_come_holds_the_copy_up_for_a_while_only() {
    let scena = Scena::new();
    let (process, _) = con(&scena, [Esito::Mai]);
    scena.segnala(1).await;
    let began = tokio::time::Instant::now();
    process.run_until_idle().await.unwrap();
    assert_eq!(began.elapsed().as_secs(), limits::RECEIPT.unsigned_abs().as_secs());
    assert_eq!((scena.sent(), scena.only().tentativi), (0, 1));
    assert!(limits::RECEIPT + limits::LEFT < limits::LEASE, "what came in time is still ours to send");
}

#[tokio::test]
async fn told_to_stop_it_waits_for_no_receipt() {
    let scena = Scena::new();
    let (process, formate) = con(&scena, [Esito::Mai]);
    scena.segnala(1).await;
    process.read(ENTE, &mut None).await.unwrap();
    let stop = CancellationToken::new();
    let (pace, turno) = (process.pace(), Turno::alone(&stop));
    let stopping = async {
        while formate.chieste.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (sent, ()) = tokio::join!(process.batch(&pace, &turno), stopping);
    assert_eq!((sent.unwrap(), scena.sent(), scena.work.leased(), scena.only().tentativi), (1, 0, 0, 0));
}
