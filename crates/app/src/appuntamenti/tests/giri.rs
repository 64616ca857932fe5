//! What time does to appointments.

use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, pratica, slot};
use crate::Contesto;
use crate::appuntamenti::{Giro, IscriviAttesa, Memoria, ProcessoAppuntamenti, limits, sequenza_promemoria};
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use domain::pratica::StatoPratica;
use domain::prenotabile::SlotId;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

pub struct Processo<'a> {
    sala: &'a Sala,
    memoria: Memoria,
    pub tutto: ProcessoAppuntamenti,
}

impl<'a> Processo<'a> {
    pub fn nuovo(sala: &'a Sala) -> Self {
        let tutto = ProcessoAppuntamenti { app: sala.app.clone(), avvisa: true, nodo: "uno".into() };
        Self { sala, memoria: Memoria::default(), tutto }
    }

    pub async fn giro(&mut self, adesso: Timestamp) -> Giro {
        self.sala.adesso(adesso);
        self.sala.letture().await;
        let giro = self.tutto.giro(&mut self.memoria, &CancellationToken::new()).await;
        self.sala.letture().await;
        giro
    }

    fn coda(&self, motivo: Motivo) -> Vec<String> {
        let coda = self.sala.mondo.lavoro.coda.lock().unwrap();
        coda.iter().filter(|notice| notice.motivo == motivo).map(|notice| notice.dedupe.clone()).collect()
    }
}

fn ore(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub async fn stato(sala: &Sala, id: PraticaId) -> (StatoPratica, Timestamp) {
    let (pratica, _) = sala.app.appuntamento(ENTE, id).await.unwrap().unwrap();
    (pratica.base.stato, pratica.dettaglio.posto.inizio)
}

#[tokio::test]
async fn reminders_are_queued_at_their_hours_once_and_anew_after_a_move() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let booked = sala.prenota(&me, "p", slot(MARTEDI, 9, 0)).await.unwrap();
    let (id, start) = (booked.caso.base().id, pratica(&booked).dettaglio.posto.inizio);
    let mut processo = Processo::nuovo(&sala);
    assert_eq!(processo.giro(start - ore(48) - SignedDuration::from_secs(1)).await.promemoria, 0);
    assert_eq!(processo.giro(start - ore(48)).await.promemoria, 1);
    assert_eq!(processo.coda(Motivo::Promemoria), [format!("promemoria:{id}:0:48")]);
    processo.giro(start - ore(47)).await;
    // Moved to the afternoon before it: of the two hours that is near is the one that counts.
    sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 15, 0), None).await.unwrap();
    processo.giro(start - ore(47)).await;
    assert_eq!(processo.coda(Motivo::Promemoria).len(), 1, "48 hours before the new start are still to come");
    let (_, start) = stato(&sala, id).await;
    processo.giro(start - ore(48)).await;
    processo.giro(start - ore(3)).await;
    processo.giro(start - ore(3) + SignedDuration::from_mins(5)).await;
    processo.giro(start + ore(1)).await;
    let expected = [(0, 48), (1, 48), (1, 3)].map(|(sequence, hours)| format!("promemoria:{id}:{sequence}:{hours}"));
    assert_eq!(processo.coda(Motivo::Promemoria), expected);
    assert_eq!(sequenza_promemoria(&expected[2]), Some(1));
    assert_eq!(sequenza_promemoria("offerta:1:2"), None);
}

#[tokio::test]
async fn after_a_gap_the_last_reminder_is_sent_while_there_is_time_and_never_for_what_is_cancelled() {
    for (left, expected) in [(31, vec!["3"]), (29, vec![])] {
        let sala = Sala::nuova().await;
        let booked = sala.prenota(&sala.cittadino(1), "p", slot(MARTEDI, 9, 0)).await.unwrap();
        let gone = sala.prenota(&sala.cittadino(2), "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
        sala.app.annulla_appuntamento(&sala.cittadino(2), "a", gone, None).await.unwrap();
        let start = pratica(&booked).dettaglio.posto.inizio;
        let mut processo = Processo::nuovo(&sala);
        processo.giro(start - SignedDuration::from_mins(left)).await;
        let queued = processo.coda(Motivo::Promemoria);
        let hours: Vec<_> = queued.iter().map(|name| name.rsplit(':').next().unwrap()).collect();
        assert_eq!(hours, expected);
    }
    assert_eq!(limits::PROMEMORIA_ALMENO.as_mins(), 30);
}

#[tokio::test]
async fn what_is_booked_late_is_not_reminded_of_hours_that_were_over() {
    let sala = Sala::nuova().await;
    let start = slot(LUNEDI, 9, 0).inizio;
    sala.adesso(start - ore(20));
    sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let mut processo = Processo::nuovo(&sala);
    processo.giro(start - ore(19)).await;
    assert!(processo.coda(Motivo::Promemoria).is_empty());
    processo.giro(start - ore(3)).await;
    assert_eq!(processo.coda(Motivo::Promemoria).len(), 1);
}

#[tokio::test]
async fn who_does_not_come_is_absent_from_the_end_and_the_tolerance_on() {
    let sala = Sala::nuova().await;
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let here = sala.prenota(&sala.cittadino(2), "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let (id, from) = (booked.caso.base().id, pratica(&booked).dettaglio.assente_dal());
    let mut processo = Processo::nuovo(&sala);
    sala.adesso(from - SignedDuration::from_mins(30));
    sala.app.registra_arrivo(&sala.operatore("urp"), "k", here).await.unwrap();
    assert_eq!(processo.giro(from - SignedDuration::from_secs(1)).await.assenti, 0);
    assert_eq!(processo.giro(from).await.assenti, 1);
    assert_eq!(processo.giro(from + ore(1)).await.assenti, 0, "once");
    assert_eq!(stato(&sala, id).await.0, StatoPratica::NonPresentata);
    assert_eq!(stato(&sala, here).await.0, StatoPratica::PresaInCarico);
}

#[tokio::test]
async fn who_did_not_answer_the_call_is_absent_when_the_day_is_over() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let day = (&super::sala::ufficio(), LUNEDI);
    let mut ids = Vec::new();
    for (n, hour) in [(1, 9), (2, 9), (3, 10), (4, 10)] {
        ids.push(sala.prenota(&sala.cittadino(n), "p", slot(LUNEDI, hour, 0)).await.unwrap().caso.base().id);
    }
    sala.adesso(slot(LUNEDI, 9, 0).inizio);
    for (turno, id) in (1..).zip(&ids) {
        sala.app.registra_arrivo(&officer, &format!("a{turno}"), *id).await.unwrap();
    }
    // The first is forgotten at the desk, the second and the third do not answer, the third comes back and is served;
    // the fourth is never called.
    for (turno, desk) in [(1, "s1"), (2, "s2")] {
        sala.app.chiama_turno(&officer, &format!("c{turno}"), day, turno, desk).await.unwrap();
    }
    sala.app.concludi_turno(&officer, "n2", day, 2, (false, None)).await.unwrap();
    sala.app.chiama_turno(&officer, "c3", day, 3, "s2").await.unwrap();
    sala.app.concludi_turno(&officer, "n3", day, 3, (false, None)).await.unwrap();
    sala.app.chiama_turno(&officer, "c3b", day, 3, "s2").await.unwrap();
    sala.app.concludi_turno(&officer, "f3", day, 3, (true, None)).await.unwrap();
    let mut processo = Processo::nuovo(&sala);
    let midnight = domain::termini::inizio_giornata(MARTEDI);
    assert_eq!(processo.giro(midnight - SignedDuration::from_secs(1)).await.assenti, 0, "they may come back");
    assert_eq!(processo.giro(midnight).await.assenti, 1);
    assert_eq!(processo.giro(midnight + ore(1)).await, Giro::default(), "once");
    let mut states = Vec::new();
    for id in ids {
        states.push(stato(&sala, id).await.0);
    }
    let (here, absent) = (StatoPratica::PresaInCarico, StatoPratica::NonPresentata);
    assert_eq!(states, [here, absent, StatoPratica::Conclusa, here]);
}

/// Fills the Monday, and lets three persons with a seat on Tuesday wait for one there.
pub async fn lista(sala: &Sala) -> (Vec<(Contesto, PraticaId)>, Vec<(Contesto, PraticaId)>) {
    let (mut taken, mut waiting) = (Vec::new(), Vec::new());
    let ctx = sala.mondo.nessuno();
    sala.letture().await;
    let free = sala.app.disponibilita(&ctx, SERVIZIO, None, LUNEDI, LUNEDI).await.unwrap();
    let slots: Vec<SlotId> =
        free.iter().flat_map(|d| &d.slot).flat_map(|s| std::iter::repeat_n(s.id.clone(), s.liberi.into())).collect();
    for (n, slot) in slots.into_iter().enumerate() {
        let person = sala.cittadino(100 + n as u128);
        let id = sala.prenota(&person, "p", slot).await.unwrap().caso.base().id;
        taken.push((person, id));
    }
    for n in 0..3_u8 {
        let person = sala.cittadino(u128::from(n));
        let id = sala.prenota(&person, "p", slot(MARTEDI, 9 + n as i8, 0)).await.unwrap().caso.base().id;
        let input = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: LUNEDI, entro: LUNEDI };
        sala.app.iscrivi_attesa(&person, "i", input).await.unwrap();
        waiting.push((person, id));
    }
    (taken, waiting)
}

pub async fn offerto(sala: &Sala, (person, id): &(Contesto, PraticaId)) -> Option<SlotId> {
    sala.app.attesa_di(person, *id).await.unwrap().and_then(|place| place.offerta).map(|(slot, _)| slot)
}

#[tokio::test]
async fn seats_go_to_those_who_wait_in_their_order_and_an_offer_never_overtakes() {
    let sala = Sala::nuova().await;
    let (taken, waiting) = lista(&sala).await;
    let mut processo = Processo::nuovo(&sala);
    let now = super::sala::ora();
    assert_eq!(processo.giro(now).await, Giro::default(), "nothing is free");
    for (person, id) in &taken[..2] {
        sala.app.annulla_appuntamento(person, "a", *id, None).await.unwrap();
    }
    assert_eq!(processo.giro(now).await.offerte, 2);
    let offered = [offerto(&sala, &waiting[0]).await, offerto(&sala, &waiting[1]).await];
    assert!(offered.iter().all(Option::is_some) && offerto(&sala, &waiting[2]).await.is_none(), "{offered:?}");
    assert_eq!(processo.coda(Motivo::Offerta).len(), 2);
    assert_eq!(processo.giro(now).await.offerte, 0, "held for them");
    // The first accepts: the seat they leave on Tuesday is not what the others wait for.
    let (first, id) = &waiting[0];
    sala.app.accetta_offerta(first, "ok", *id).await.unwrap();
    assert_eq!(stato(&sala, *id).await.1, offered[0].as_ref().unwrap().inizio);
    // The second does not answer: the third is asked, and nobody twice.
    let giro = processo.giro(now + ore(2)).await;
    assert_eq!((giro.scadute, giro.offerte), (1, 1));
    assert_eq!(offerto(&sala, &waiting[1]).await, None);
    assert_eq!(offerto(&sala, &waiting[2]).await, offered[1]);
    assert_eq!(processo.coda(Motivo::Offerta).len(), 3);
    sala.senza_sovrapposizioni(LUNEDI).await;
}

#[tokio::test]
async fn who_cancelled_is_no_longer_in_the_list() {
    let sala = Sala::nuova().await;
    let (taken, waiting) = lista(&sala).await;
    let (first, id) = &waiting[0];
    sala.app.annulla_appuntamento(first, "a", *id, None).await.unwrap();
    sala.app.annulla_appuntamento(&taken[0].0, "a", taken[0].1, None).await.unwrap();
    let mut processo = Processo::nuovo(&sala);
    let giro = processo.giro(super::sala::ora()).await;
    assert_eq!((giro.usciti, giro.offerte), (0, 1));
    assert!(offerto(&sala, &waiting[1]).await.is_some());
    let (lista, _) = sala.app.lista(ENTE, SERVIZIO).await.unwrap();
    assert_eq!(lista.iscrizioni.len(), 2);
}

#[tokio::test]
async fn a_node_whose_turn_it_is_not_does_nothing() {
    let sala = Sala::nuova().await;
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    *sala.mondo.lavoro.altrui.lock().unwrap() = true;
    let mut processo = Processo::nuovo(&sala);
    let from = pratica(&booked).dettaglio.assente_dal();
    assert_eq!(processo.giro(from).await, Giro::default());
}
