//! Many want few seats at once.

use super::sala::{ENTE, LUNEDI, MARTEDI, Sala, codice, orario, slot, ufficio};
use crate::appuntamenti::limits;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::Sample as _;
use domain::agenda;
use domain::prenotabile::{Prenotabile, REGISTRO_APPUNTAMENTI};
use domain::registro::stream_registro;
use eventstore::{AppendError, Appended, Batch, EventStore, Expected, Registration};
use jiff::ToSpan as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Clients at once.
const CLIENTI: u128 = 64;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_want_twelve_seats_and_twelve_get_one() {
    let sala = Arc::new(Sala::nuova().await);
    sala.letture().await;
    let mut clients = JoinSet::new();
    for n in 0..CLIENTI {
        let sala = sala.clone();
        clients.spawn(async move {
            let start = slot(LUNEDI, 9 + (n % 6) as i8 / 2, (n % 2) as i8 * 30);
            sala.prenota(&sala.cittadino(n), "una", start).await
        });
    }
    let (mut numbers, mut refused) = (Vec::new(), Vec::new());
    for outcome in clients.join_all().await {
        match outcome {
            Ok(esito) => numbers.push(esito.protocollo.unwrap().numero),
            Err(AppError::Rifiutato(mut errors)) => refused.push(errors.remove(0)),
            Err(other) => panic!("{other:?}"),
        }
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<u64>>());
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 12);
    sala.senza_sovrapposizioni(LUNEDI).await;
    assert_eq!(refused.len(), 52);
    assert!(refused.iter().all(|error| error.codice == "slot-non-disponibile"), "{refused:?}");
    // What is free instead: of the same day while there was something, of another then.
    let free: Vec<_> = refused.iter().map(|error| (error.alternative(), error.messaggio.clone())).collect();
    assert!(free.iter().all(|(slots, words)| !slots.is_empty() && words.contains("Orari ancora liberi")), "{free:?}");
    let register = stream_registro(REGISTRO_APPUNTAMENTI, 2026);
    let entries = sala.app.parts.store.read_stream(ENTE, &register, 0, 100).await.unwrap();
    assert_eq!(entries.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_and_bookings_of_many_never_take_more_than_there_is() {
    let sala = Arc::new(
        Sala::con(orario(), Prenotabile { protocolla: domain::prenotabile::Protocolla::No, ..Prenotabile::sample() })
            .await,
    );
    let mut clients = JoinSet::new();
    for n in 0..CLIENTI {
        let sala = sala.clone();
        clients.spawn(async move {
            let me = sala.cittadino(n);
            let wanted = slot(LUNEDI, 9 + (n % 3) as i8, 0);
            match sala.app.blocca_slot(&me, "blocco", wanted.clone()).await {
                Ok(held) => {
                    let booked = sala.prenota(&me, "prenota", wanted).await.unwrap();
                    assert!(booked.protocollo.is_none() && booked.posizione > held.posizione);
                    true
                }
                Err(error) => {
                    assert_eq!(codice::<()>(Err(error)), "slot-non-disponibile");
                    false
                }
            }
        });
    }
    let taken = clients.join_all().await.into_iter().filter(|taken| *taken).count();
    assert_eq!(taken, 6);
    let giornata = sala.giornata(LUNEDI).await;
    assert_eq!((giornata.posti.len(), giornata.blocchi.len()), (6, 0));
    sala.senza_sovrapposizioni(LUNEDI).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_from_everywhere_at_once_is_one_booking() {
    let sala = Arc::new(Sala::nuova().await);
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let sala = sala.clone();
        clients.spawn(async move { sala.prenota(&sala.cittadino(1), "la-stessa", slot(LUNEDI, 9, 0)).await.unwrap() });
    }
    let all = clients.join_all().await;
    assert!(
        all.iter().all(|esito| esito.caso.base().id == all[0].caso.base().id && esito.posizione == all[0].posizione)
    );
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_swap_days_do_not_wait_for_each_other_for_ever() {
    let sala = Arc::new(Sala::nuova().await);
    let (a, b) = (sala.cittadino(1), sala.cittadino(2));
    let first = sala.prenota(&a, "1", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let second = sala.prenota(&b, "2", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    for round in 0..10 {
        let key = format!("giro-{round}");
        let (there, back) = if round % 2 == 0 { (MARTEDI, LUNEDI) } else { (LUNEDI, MARTEDI) };
        let one = Box::pin(sala.app.sposta_appuntamento(&a, &key, first, slot(there, 10, 0), None));
        let other = Box::pin(sala.app.sposta_appuntamento(&b, &key, second, slot(back, 10, 0), None));
        let (one, other) =
            tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(one, other) }).await.unwrap();
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(sala.giornata(LUNEDI).await.posti.len() + sala.giornata(MARTEDI).await.posti.len(), 2);
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_sent_away_for_now() {
    let sala = Sala::nuova().await;
    let days = [agenda::stream(&ufficio(), LUNEDI)];
    let taken = sala.app.giornate.in_turno(ENTE, &days).await.unwrap();
    assert!(sala.app.giornate.subito(ENTE, &days).is_none());
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let waited = sala.app.giornate.in_turno(ENTE, &days).await;
    assert!(matches!(waited, Err(AppError::NonDisponibile { .. })));
    assert!(begun.elapsed() >= limits::ATTESA_TURNO);
    drop(taken);
    assert!(sala.app.giornate.subito(ENTE, &days).is_some());
}

#[tokio::test]
async fn days_at_hand_are_limited() {
    let sala = Sala::nuova().await;
    let first = sala.giornata(LUNEDI).await;
    assert!(first.posti.is_empty());
    sala.prenota(&sala.cittadino(1), "una", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 1);
    for n in 0..limits::GIORNATE + 10 {
        let giorno = LUNEDI.checked_add(i32::try_from(n).unwrap().days()).unwrap();
        sala.app.giornata(ENTE, &ufficio(), giorno).await.unwrap();
    }
    // Days of which nothing was ever written are not kept.
    assert!(sala.app.giornate.tenute() <= limits::GIORNATE);
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 1);
}

/// A log in which somebody else always writes first.
struct SempreAltri(Arc<dyn EventStore>);

impl eventstore::Layer for SempreAltri {
    fn below(&self) -> &dyn EventStore {
        &*self.0
    }

    fn append<'a>(&'a self, _: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        let stream = batch.items[0].stream.clone();
        Box::pin(async move { Err(AppendError::Conflict { stream, expected: Expected::NoStream, actual: 1 }) })
    }

    fn append_registered<'a>(
        &'a self,
        _: &'a str,
        _: Arc<dyn Registration>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async { Err(AppendError::Conflict { stream: "x".into(), expected: Expected::NoStream, actual: 1 }) })
    }
}

#[tokio::test]
async fn a_day_to_which_others_write_without_end_is_given_up_for_now() {
    let sala = Sala::nuova().await;
    let mut parts = (*sala.app.parts).clone();
    parts.store = Arc::new(SempreAltri(parts.store));
    let app = crate::App::new(parts);
    // It reads what was published through the same log.
    app.aggiorna::<Prenotabile>(ENTE).await.unwrap();
    app.aggiorna::<domain::prenotabile::Orario>(ENTE).await.unwrap();
    let me = sala.cittadino(1);
    let held = app.blocca_slot(&me, "b", slot(LUNEDI, 9, 0)).await;
    assert!(matches!(held, Err(AppError::NonDisponibile { .. })), "{held:?}");
    let booked = app.prenota_appuntamento(&me, "p", super::sala::input(slot(LUNEDI, 9, 0))).await;
    assert!(matches!(booked, Err(AppError::NonDisponibile { .. })), "{booked:?}");
}
