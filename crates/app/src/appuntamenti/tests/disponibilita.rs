//! What is free, as people are told.

use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, codice, ora, orario, slot, ufficio};
use crate::appuntamenti::{Bisogni, limits};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Orario, Prenotabile};
use jiff::ToSpan as _;
use jiff::civil::date;

async fn posti(sala: &Sala, ctx: &crate::Contesto) -> u16 {
    sala.letture().await;
    let found = sala.app.disponibilita(ctx, SERVIZIO, None, LUNEDI, LUNEDI).await.unwrap();
    found[0].slot.iter().map(|slot| slot.liberi).sum()
}

#[tokio::test]
async fn what_is_taken_or_held_is_not_free() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    assert_eq!(posti(&sala, &nobody).await, 12);
    sala.app.blocca_slot(&me, "b", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!(posti(&sala, &nobody).await, 11);
    let id = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    assert_eq!(posti(&sala, &nobody).await, 11);
    sala.app.annulla_appuntamento(&me, "a", id, None).await.unwrap();
    assert_eq!(posti(&sala, &nobody).await, 12);
}

#[tokio::test]
async fn what_is_at_hand_is_what_is_read() {
    let sala = Sala::nuova().await;
    let (me, nobody, officer) = (sala.cittadino(1), sala.mondo.nessuno(), sala.operatore("urp"));
    let free = async |ctx: &crate::Contesto| {
        sala.letture().await;
        // A node that has nothing at hand says the same.
        let other = crate::App::new((*sala.app.parts).clone());
        other.aggiorna::<Prenotabile>(ENTE).await.unwrap();
        other.aggiorna::<Orario>(ENTE).await.unwrap();
        let mut seats = 0;
        for bisogni in [Bisogni::default(), Bisogni { accessibile: true, lingua: Some("it".into()) }] {
            let days = (LUNEDI, MARTEDI);
            let [kept, read] =
                [&sala.app, &other].map(|app| app.disponibilita_per(ctx, SERVIZIO, None, days, bisogni.clone()));
            let (kept, read) = (kept.await.unwrap(), read.await.unwrap());
            assert_eq!(kept[0].slot, read[0].slot);
            seats = seats.max(kept[0].slot.iter().map(|slot| slot.liberi).sum::<u16>());
        }
        seats
    };
    assert_eq!((free(&nobody).await, free(&nobody).await), (12 + 16, 12 + 16));
    sala.app.blocca_slot(&me, "b", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!(free(&nobody).await, 27);
    // The hold ends by itself: nothing is written.
    let later = ora() + jiff::SignedDuration::from_mins(11);
    sala.adesso(later);
    assert_eq!(free(&nobody).await, 28);
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 30)).await.unwrap().caso.base().id;
    assert_eq!(free(&nobody).await, 27);
    sala.app.sposta_appuntamento(&me, "s", booked, slot(MARTEDI, 9, 0), None).await.unwrap();
    assert_eq!(free(&nobody).await, 27);
    // Other hours: one desk alone, whatever is at hand.
    let mut narrow = Orario { versione: 91, ..orario() };
    narrow.sportelli.truncate(1);
    sala.app.pubblica_orario(ENTE, &narrow).await.unwrap();
    let one = free(&nobody).await;
    assert!(one < 27, "{one}");
    // Notice is a citizen's: on the day itself an officer finds what they no longer do.
    sala.adesso(slot(LUNEDI, 8, 30).inizio);
    let [citizen, office] = [free(&nobody).await, free(&officer).await];
    assert!(citizen < one && citizen < office, "{citizen} {office}");
    // A language that nobody speaks.
    let bisogni = Bisogni { accessibile: false, lingua: Some("xx".into()) };
    let found = sala.app.disponibilita_per(&nobody, SERVIZIO, None, (LUNEDI, MARTEDI), bisogni).await.unwrap();
    assert!(found[0].slot.is_empty());
}

#[tokio::test]
async fn questions_are_limited_and_name_what_exists() {
    let sala = Sala::nuova().await;
    sala.letture().await;
    let me = sala.mondo.nessuno();
    let app = &sala.app;
    let last = LUNEDI.checked_add((limits::GIORNI_DISPONIBILITA - 1).days()).unwrap();
    assert_eq!(app.disponibilita(&me, SERVIZIO, None, LUNEDI, last).await.unwrap().len(), 1);
    let beyond = last.tomorrow().unwrap();
    assert_eq!(codice(app.disponibilita(&me, SERVIZIO, None, LUNEDI, beyond).await), "periodo-troppo-lungo");
    assert_eq!(codice(app.disponibilita(&me, SERVIZIO, None, MARTEDI, LUNEDI).await), "periodo-non-valido");
    assert_eq!(codice(app.disponibilita(&me, "altro", None, LUNEDI, LUNEDI).await), "servizio-sconosciuto");
    let unknown = [CodiceUfficio::new("ambiente")];
    assert_eq!(codice(app.disponibilita(&me, SERVIZIO, Some(&unknown), LUNEDI, LUNEDI).await), "ufficio-sconosciuto");
    // What is over is nobody's question.
    let past = app.disponibilita(&me, SERVIZIO, None, date(2026, 1, 10), date(2026, 2, 20)).await.unwrap();
    assert!(past[0].slot.is_empty());
}

#[tokio::test]
async fn a_need_leaves_the_desks_that_meet_it() {
    let sala = Sala::nuova().await;
    sala.letture().await;
    let me = sala.cittadino(1);
    let wheelchair = Bisogni { accessibile: true, lingua: None };
    let found = sala.app.disponibilita_per(&me, SERVIZIO, None, (LUNEDI, LUNEDI), wheelchair.clone()).await.unwrap();
    assert_eq!(found[0].slot.iter().map(|slot| slot.liberi).sum::<u16>(), 6);
    // The hold takes such a desk, and the booking keeps it.
    sala.prenota(&sala.cittadino(2), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let held = sala.app.blocca_slot_per(&me, "b", slot(LUNEDI, 9, 0), wheelchair).await;
    assert_eq!(codice(held), "slot-non-disponibile");
}

#[tokio::test]
async fn the_first_free_slot_is_found_over_days() {
    let sala = Sala::nuova().await;
    sala.letture().await;
    let me = sala.mondo.nessuno();
    // Friday, half past ten in Italy: two hours of notice leave nothing of the morning.
    let (office, first) = sala.app.primo_slot_libero(&me, SERVIZIO, None).await.unwrap().unwrap();
    assert_eq!((office.ufficio.clone(), first.id), (ufficio(), slot(LUNEDI, 9, 0)));
    // An officer of the office needs no notice.
    let officer = sala.operatore("urp");
    let (_, first) = sala.app.primo_slot_libero(&officer, SERVIZIO, None).await.unwrap().unwrap();
    assert_eq!(first.id, slot(domain::termini::data_locale(ora()), 10, 30));
}
