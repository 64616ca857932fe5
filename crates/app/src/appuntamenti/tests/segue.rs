//! What frees a seat is followed, and nothing is done without end.

use super::giri::{Processo, lista, offerto};
use super::limiti::SenzaFine;
use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, orario, slot, ufficio};
use crate::appuntamenti::promemoria::DaRicordare;
use crate::appuntamenti::segue::{Interesse, Segnali};
use crate::appuntamenti::{Giro, IscriviAttesa, ProcessoAppuntamenti, limits};
use crate::error::AppError;
use crate::ports::BoxFuture;
use crate::{App, Canale, Contesto};
use domain::Sample as _;
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use domain::prenotabile::{Orario, Prenotabile, SlotId, Sportello};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use projections::AppuntamentoRow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long a seat that became free may be nobody's.
const SUBITO: Duration = Duration::from_secs(1);

fn processo(sala: &Sala, nodo: &str) -> ProcessoAppuntamenti {
    ProcessoAppuntamenti { app: sala.app.clone(), avvisa: true, nodo: nodo.into() }
}

/// The process and the read models as they run, until the value is dropped; the first round is over.
async fn avvia(sala: &Sala) -> DropGuard {
    let stop = CancellationToken::new();
    drop(sala.app.parts.reads.spawn(stop.clone()));
    drop(processo(sala, "uno").spawn(stop.clone()));
    while sala.mondo.lavoro.restituiti.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    // The pause after the round.
    sleep(limits::RESPIRO * 2).await;
    stop.drop_guard()
}

async fn entro(sala: &Sala, place: &(Contesto, PraticaId), limit: Duration) -> Option<SlotId> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(slot) = offerto(sala, place).await {
            return Some(slot);
        }
        sleep(Duration::from_millis(10)).await;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_becomes_free_is_offered_within_a_second() {
    let sala = Sala::nuova().await;
    let (taken, waiting) = lista(&sala).await;
    let _process = avvia(&sala).await;
    // A cancellation.
    sala.app.annulla_appuntamento(&taken[0].0, "a", taken[0].1, None).await.unwrap();
    assert!(entro(&sala, &waiting[0], SUBITO).await.is_some());
    // A move: the seat goes to the next.
    sala.app.sposta_appuntamento(&taken[1].0, "s", taken[1].1, slot(MARTEDI, 15, 0), None).await.unwrap();
    assert!(entro(&sala, &waiting[1], SUBITO).await.is_some());
    // What the first declines goes to the third.
    let declined = offerto(&sala, &waiting[0]).await;
    sala.app.rifiuta_offerta(&waiting[0].0, "n", waiting[0].1).await.unwrap();
    assert_eq!(entro(&sala, &waiting[2], SUBITO).await, declined);
    // The notices are queued.
    let told = || sala.mondo.lavoro.coda.lock().unwrap().iter().filter(|n| n.motivo == Motivo::Offerta).count();
    sleep(limits::RESPIRO).await;
    assert_eq!(told(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_opened_again_is_offered_within_a_second() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let closed = crate::appuntamenti::ChiudiGiornata {
        ufficio: ufficio(),
        giorno: LUNEDI,
        sportelli: Vec::new(),
        motivo: "Assemblea".into(),
        annulla_prenotati: true,
    };
    sala.app.chiudi_giornata(&officer, "c", closed).await.unwrap();
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    let _process = avvia(&sala).await;
    let wish = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: LUNEDI, entro: LUNEDI };
    let place = (me.clone(), id);
    sala.app.iscrivi_attesa(&me, "i", wish).await.unwrap();
    sleep(limits::RESPIRO * 2).await;
    assert_eq!(offerto(&sala, &place).await, None);
    sala.app.riapri_giornata(&officer, "r", (&ufficio(), LUNEDI), Vec::new()).await.unwrap();
    assert!(entro(&sala, &place, SUBITO).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_ends_by_itself_is_offered_within_a_second() {
    let sala = Sala::nuova().await;
    let (taken, waiting) = lista(&sala).await;
    let now = super::sala::ora();
    // Nobody waits as yet for the seat that is held.
    for (person, id) in &waiting {
        sala.app.lascia_attesa(person, "l", *id).await.unwrap();
    }
    let seat = sala.app.appuntamento(ENTE, taken[0].1).await.unwrap().unwrap().0.dettaglio.posto.inizio;
    sala.app.annulla_appuntamento(&taken[0].0, "a", taken[0].1, None).await.unwrap();
    let _process = avvia(&sala).await;
    let held = SlotId { inizio: seat, ..slot(LUNEDI, 9, 0) };
    sala.app.blocca_slot(&sala.cittadino(300), "b", held.clone()).await.unwrap();
    let (me, id) = &waiting[0];
    let wish = IscriviAttesa { appuntamento: *id, uffici: Vec::new(), dal: LUNEDI, entro: LUNEDI };
    sala.app.iscrivi_attesa(me, "di-nuovo", wish).await.unwrap();
    sleep(limits::RESPIRO * 2).await;
    assert_eq!(offerto(&sala, &waiting[0]).await, None);
    // The clock of this test moves only when it is told to: shortly before the end something else wakes the process.
    let end = now + domain::agenda::DURATA_BLOCCO;
    sala.adesso(end - SignedDuration::from_millis(400));
    let other = sala.app.blocca_slot(&sala.cittadino(301), "b", slot(MARTEDI, 15, 0)).await.unwrap();
    sala.app.libera_slot(&sala.cittadino(301), &other.slot, other.id).await.unwrap();
    sleep(limits::RESPIRO * 2).await;
    assert_eq!(offerto(&sala, &waiting[0]).await, None);
    sala.adesso(end);
    assert_eq!(entro(&sala, &waiting[0], SUBITO).await, Some(held));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_never_rests_costs_few_looks_and_one_that_rests_none() {
    let sala = Sala::nuova().await;
    lista(&sala).await;
    let _process = avvia(&sala).await;
    let looks = || sala.mondo.lavoro.restituiti.load(Ordering::SeqCst);
    let (before, begun) = (looks(), Instant::now());
    let mut n = 0;
    while begun.elapsed() < limits::RESPIRO * 8 {
        n += 1;
        let me = sala.cittadino(1_000 + n);
        let held = sala.app.blocca_slot(&me, "b", slot(MARTEDI, 15, 0)).await.unwrap();
        sala.app.libera_slot(&me, &held.slot, held.id).await.unwrap();
    }
    let done = looks() - before;
    assert!((2..=10).contains(&done), "{done} looks at {n} seats that became free");
    sleep(limits::RESPIRO * 3).await;
    let rested = looks();
    sleep(limits::RESPIRO * 4).await;
    assert_eq!(looks(), rested);
    assert_eq!((limits::RESPIRO.as_millis(), limits::GIRO.as_secs()), (200, 10));
}

#[test]
fn what_is_noted_for_later_is_due_then_and_has_a_limit() {
    let now: Timestamp = "2026-03-09T08:15:00.5Z".parse().unwrap();
    let segnali = Segnali::default();
    assert_eq!(segnali.fra(now), None);
    segnali.nota(ENTE, Interesse::tutto(), Some(now));
    assert_eq!(segnali.fra(now), Some(SignedDuration::from_millis(500)), "from the whole second on");
    assert!(segnali.prendi(now).is_empty());
    let then = now + SignedDuration::from_millis(500);
    assert_eq!(segnali.prendi(then), [(ENTE.to_owned(), Interesse::tutto())].into());
    for n in 0..=limits::SCADENZE {
        let at = then + SignedDuration::from_secs(i64::try_from(n).unwrap());
        segnali.nota(ENTE, Interesse::tutto(), Some(at));
        segnali.nota(ENTE, Interesse::tutto(), Some(at));
    }
    assert_eq!((segnali.scadenze(), limits::SCADENZE), (4_000, 4_000));
    segnali.nota(ENTE, Interesse::tutto(), None);
    assert_eq!(segnali.fra(now), Some(SignedDuration::ZERO));
}

#[tokio::test]
async fn the_log_is_followed_in_pages_to_its_end() {
    let sala = Sala::nuova().await;
    let mut n = 0;
    while sala.app.parts.store.head(ENTE).await.unwrap().position <= limits::PAGINA_SEGUITA as u64 {
        n += 1;
        let me = sala.cittadino(n);
        let held = sala.app.blocca_slot(&me, "b", slot(MARTEDI, 15, 0)).await.unwrap();
        sala.app.libera_slot(&me, &held.slot, held.id).await.unwrap();
    }
    let mut parts = (*sala.app.parts).clone();
    let store = SenzaFine::sopra(parts.store);
    parts.store = store.clone();
    let reader = ProcessoAppuntamenti { app: App::new(parts), avvisa: false, nodo: "uno".into() };
    let (segnali, mut letto) = (Segnali::default(), Some(0));
    reader.leggi_nuovi(ENTE, &mut letto, &segnali).await.unwrap();
    let head = sala.app.parts.store.head(ENTE).await.unwrap().position;
    let pages = usize::try_from(head).unwrap() / limits::PAGINA_SEGUITA + 1;
    assert_eq!((letto, store.tutto.load(Ordering::SeqCst)), (Some(head), pages));
    assert!(segnali.fra(super::sala::ora()).is_some_and(|left| left.is_zero()), "definitions were published");
}

#[tokio::test]
async fn a_round_makes_so_many_offers_and_the_next_one_goes_on() {
    let desks = (1..=9).map(|n| Sportello { codice: format!("s{n}"), ..orario().sportelli[0].clone() });
    let big = Orario { sportelli: desks.collect(), ..orario() };
    let sala = Sala::con(big, Prenotabile { lista_attesa: true, ..Prenotabile::sample() }).await;
    let wanted = limits::OFFERTE + 1;
    for n in 0..wanted {
        let (person, minutes) = (sala.cittadino(n as u128), 30 * i64::try_from(n / 9).unwrap());
        let first = slot(MARTEDI, 9, 0);
        let seat = SlotId { inizio: first.inizio + SignedDuration::from_mins(minutes), ..first };
        let id = sala.prenota(&person, "p", seat).await.unwrap().caso.base().id;
        let wish = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: LUNEDI, entro: LUNEDI };
        sala.app.iscrivi_attesa(&person, "i", wish).await.unwrap();
    }
    let mut processo = Processo::nuovo(&sala);
    assert_eq!(processo.giro(super::sala::ora()).await.offerte, 50);
    let open = |lista: &domain::attesa::Lista| lista.iscrizioni.iter().filter(|place| place.offerta.is_some()).count();
    assert_eq!(open(&sala.app.lista(ENTE, SERVIZIO).await.unwrap().0), limits::OFFERTE);
    assert_eq!(processo.giro(super::sala::ora()).await.offerte, 1);
}

/// As many bookings as somebody likes to read.
struct Fonte {
    riga: AppuntamentoRow,
    per_pagina: usize,
    letture: AtomicUsize,
}

impl DaRicordare for Fonte {
    fn pagina<'a>(
        &'a self,
        _: &'a str,
        _: (Timestamp, Timestamp),
        _: Option<(Timestamp, PraticaId)>,
    ) -> BoxFuture<'a, Result<Vec<AppuntamentoRow>, AppError>> {
        self.letture.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(vec![self.riga.clone(); self.per_pagina])))
    }
}

#[tokio::test]
async fn reminders_are_read_in_pages_and_so_many_pages() {
    let sala = Sala::nuova().await;
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    sala.letture().await;
    let riga = sala.app.parts.reads.appuntamento(ENTE, booked).await.unwrap().unwrap();
    let ctx = Contesto { utente: None, canale: Canale::Sistema, ..sala.mondo.nessuno() };
    let (lotto, now) = (limits::LOTTO as usize, super::sala::ora());
    // A page that is not full is the last; without end it is left after so many.
    for (per_pagina, expected) in [(0, 1), (lotto - 1, 1), (lotto, limits::PAGINE_PROMEMORIA)] {
        let fonte = Fonte { riga: riga.clone(), per_pagina, letture: AtomicUsize::new(0) };
        let stop = CancellationToken::new();
        let queued = processo(&sala, "uno").ricorda_da(&fonte, &ctx, 48, (now, now), &stop).await.unwrap();
        assert_eq!((queued, fonte.letture.into_inner()), (0, expected));
    }
    assert_eq!((limits::PAGINE_PROMEMORIA, lotto), (200, 500));
}

#[tokio::test]
async fn the_read_models_hand_out_one_page_of_those_to_be_reminded() {
    let desks = (1..=40).map(|n| Sportello { codice: format!("s{n}"), ..orario().sportelli[0].clone() });
    let sala = Sala::con(Orario { sportelli: desks.collect(), ..orario() }, Prenotabile::sample()).await;
    let days = [date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)];
    let wanted = limits::LOTTO as usize + 1;
    for n in 0..wanted {
        let first = slot(days[n / 240], 9, 0);
        let minutes = 30 * i64::try_from(n % 240 / 40).unwrap();
        let seat = SlotId { inizio: first.inizio + SignedDuration::from_mins(minutes), ..first };
        sala.prenota(&sala.cittadino(n as u128), "p", seat).await.unwrap();
    }
    sala.letture().await;
    let (dal, al) = (super::sala::ora(), super::sala::ora() + SignedDuration::from_hours(24 * 10));
    let first = DaRicordare::pagina(&*sala.app.parts.reads, ENTE, (dal, al), None).await.unwrap();
    let last = first.last().map(|row| (row.inizio, row.id));
    let second = DaRicordare::pagina(&*sala.app.parts.reads, ENTE, (dal, al), last).await.unwrap();
    assert_eq!((first.len(), second.len()), (500, wanted - 500));
    // All of them in one round.
    let round = Processo::nuovo(&sala).giro(slot(days[0], 9, 0).inizio - SignedDuration::from_hours(3)).await;
    assert!(round.promemoria > 200, "{round:?}");
    assert!(sala.mondo.lavoro.accodati.lock().unwrap().iter().all(|size| *size <= limits::AVVISI));
}

#[tokio::test]
async fn so_many_notices_are_queued_at_once() {
    let sala = Sala::nuova().await;
    let processo = processo(&sala, "uno");
    let id = PraticaId::sample();
    let one = |n: usize| processo.avviso(ENTE, id, Motivo::Promemoria, format!("prova:{n}"));
    processo.accoda(ENTE, (0..250).map(one).collect()).await.unwrap();
    assert_eq!(*sala.mondo.lavoro.accodati.lock().unwrap(), [100, 100, 50]);
    assert_eq!(sala.mondo.lavoro.coda.lock().unwrap().len(), 250);
}

#[tokio::test]
async fn the_turn_of_a_node_that_went_away_ends_by_itself() {
    let sala = Sala::nuova().await;
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let from = super::sala::pratica(&booked).dettaglio.assente_dal();
    let (uno, stop) = (processo(&sala, "uno"), CancellationToken::new());
    let mut altro = Processo::nuovo(&sala);
    altro.tutto.nodo = "due".into();
    sala.adesso(from);
    assert!(uno.tocca_a_noi(&stop).await.unwrap());
    // It renews the turn once, in the middle of its round, and is never heard of again.
    let half = from + limits::TURNO / 2;
    assert_eq!(altro.giro(half).await, Giro::default());
    assert!(uno.tocca_a_noi(&stop).await.unwrap());
    let over = half + limits::TURNO;
    assert_eq!(altro.giro(over - SignedDuration::from_secs(1)).await, Giro::default());
    assert_eq!(altro.giro(over).await.assenti, 1);
    assert!(!uno.tocca_a_noi(&stop).await.unwrap(), "the turn is the other's");
    assert_eq!(limits::TURNO.as_secs(), 60);
}
