//! Moving and cancelling.

use super::sala::{LUNEDI, MARTEDI, Sala, codice, pratica, rifiuto, slot};
use crate::error::AppError;
use domain::appuntamento::Parte;
use domain::pratica::StatoPratica;
use domain::termini::data_locale;
use jiff::SignedDuration;

#[tokio::test]
async fn a_move_leaves_one_seat_and_takes_another_in_one_commit() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let moved = sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 15, 0), None).await.unwrap();
    let case = pratica(&moved);
    assert_eq!((case.dettaglio.sequenza, data_locale(case.dettaglio.posto.inizio)), (1, MARTEDI));
    assert!(sala.giornata(LUNEDI).await.posti.is_empty());
    assert_eq!(sala.giornata(MARTEDI).await.posti.len(), 1);
    // The person's days follow: Monday is free for them again, Tuesday is not.
    sala.prenota(&me, "q", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!(codice(sala.prenota(&me, "r", slot(MARTEDI, 9, 0)).await), "prenotazione-gia-attiva");
    // Asked again, the same answer.
    let again = sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 15, 0), None).await.unwrap();
    assert_eq!((again.caso, again.posizione), (moved.caso, moved.posizione));
    // Within one day too, also to a slot that it touches itself.
    let moved = sala.app.sposta_appuntamento(&me, "t", id, slot(MARTEDI, 15, 30), None).await.unwrap();
    assert_eq!(pratica(&moved).dettaglio.sequenza, 2);
    assert_eq!(sala.giornata(MARTEDI).await.posti.len(), 1);
    assert_eq!(codice(sala.app.sposta_appuntamento(&me, "u", id, slot(MARTEDI, 15, 30), None).await), "stesso-orario");
}

#[tokio::test]
async fn a_move_that_is_refused_leaves_everything_as_it_was() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    for n in 2..4 {
        sala.prenota(&sala.cittadino(n), "p", slot(MARTEDI, 9, 0)).await.unwrap();
    }
    let refused = rifiuto(sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 9, 0), None).await);
    assert_eq!(refused.codice, "slot-non-disponibile");
    assert_eq!(refused.alternative()[0], slot(MARTEDI, 9, 30));
    let (case, _) = sala.app.appuntamento(super::sala::ENTE, id).await.unwrap().unwrap();
    assert_eq!((case.dettaglio.sequenza, data_locale(case.dettaglio.posto.inizio)), (0, LUNEDI));
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 1);
    let other = sala.app.sposta_appuntamento(&sala.cittadino(9), "s", id, slot(MARTEDI, 10, 0), None).await;
    assert!(matches!(other, Err(AppError::NonTrovato)));
}

#[tokio::test]
async fn after_the_cut_off_only_the_office_moves_and_cancels_and_says_why() {
    let sala = Sala::nuova().await;
    let (me, officer) = (sala.cittadino(1), sala.operatore("urp"));
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let id = booked.caso.base().id;
    sala.adesso(pratica(&booked).dettaglio.posto.inizio - SignedDuration::from_hours(23));
    assert_eq!(codice(sala.app.annulla_appuntamento(&me, "a", id, None).await), "disdetta-scaduta");
    assert_eq!(codice(sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 9, 0), None).await), "disdetta-scaduta");
    let silent = rifiuto(sala.app.annulla_appuntamento(&officer, "b", id, None).await);
    assert_eq!(silent.campo.as_deref(), Some("motivo"));
    let stranger = sala.app.annulla_appuntamento(&sala.operatore("ambiente"), "c", id, Some("Perché sì".into())).await;
    assert!(matches!(stranger, Err(AppError::NonTrovato)));
    let why = Some("Lo sportello è guasto".to_owned());
    let moved = sala.app.sposta_appuntamento(&officer, "d", id, slot(MARTEDI, 9, 0), why.clone()).await.unwrap();
    assert_eq!((pratica(&moved).dettaglio.sequenza, pratica(&moved).dettaglio.spostamenti), (1, 0));
    let ended = sala.app.annulla_appuntamento(&officer, "e", id, why).await.unwrap();
    let case = pratica(&ended);
    assert_eq!((case.base.stato, case.dettaglio.sequenza), (StatoPratica::Annullata, 2));
    assert_eq!(case.dettaglio.annullamento.as_ref().unwrap().chi, Parte::Ufficio);
    assert!(sala.giornata(MARTEDI).await.posti.is_empty());
    assert_eq!(codice(sala.app.annulla_appuntamento(&me, "f", id, None).await), "stato-non-ammesso");
}
