//! The office's day: closures, arrivals, numbers; the waiting list.

use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, codice, ora, pratica, rifiuto, slot, ufficio};
use crate::appuntamenti::{ChiudiGiornata, IscriviAttesa};
use crate::error::AppError;
use domain::pratica::StatoPratica;
use domain::termini::apertura;
use jiff::SignedDuration;
use jiff::civil::time;

fn chiudi(annulla_prenotati: bool, sportelli: &[&str]) -> ChiudiGiornata {
    ChiudiGiornata {
        ufficio: ufficio(),
        giorno: LUNEDI,
        sportelli: sportelli.iter().map(|s| (*s).to_owned()).collect(),
        motivo: "Assemblea del personale".into(),
        annulla_prenotati,
    }
}

#[tokio::test]
async fn a_closure_cancels_those_who_are_booked_and_the_day_can_be_opened_again() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let mut booked = Vec::new();
    for n in 0..3 {
        let esito = sala.prenota(&sala.cittadino(n), "p", slot(LUNEDI, 9, 0)).await;
        booked.extend(esito.ok().map(|esito| esito.caso.base().id));
    }
    booked.push(sala.prenota(&sala.cittadino(7), "p", slot(LUNEDI, 11, 0)).await.unwrap().caso.base().id);
    assert_eq!(booked.len(), 3);
    let stranger = sala.app.chiudi_giornata(&sala.operatore("ambiente"), "x", chiudi(true, &[])).await;
    assert!(matches!(stranger, Err(AppError::NonTrovato)));
    assert_eq!(codice(sala.app.chiudi_giornata(&officer, "x", chiudi(true, &["s9"])).await), "sportello-sconosciuto");
    let mut closed = sala.app.chiudi_giornata(&officer, "c", chiudi(true, &[])).await.unwrap();
    closed.annullati.sort_unstable();
    booked.sort_unstable();
    assert_eq!((&closed.annullati, closed.rimasti.len()), (&booked, 0));
    assert!(sala.giornata(LUNEDI).await.posti.is_empty());
    // The same request once more finds nothing left to do.
    assert!(sala.app.chiudi_giornata(&officer, "c", chiudi(true, &[])).await.unwrap().annullati.is_empty());
    sala.letture().await;
    let refused = rifiuto(sala.prenota(&sala.cittadino(1), "q", slot(LUNEDI, 9, 0)).await);
    assert_eq!(refused.codice, "giornata-chiusa");
    assert_eq!(refused.alternative(), [slot(MARTEDI, 9, 0)]);
    assert!(refused.messaggio.contains("martedì 10 marzo 2026, ore 9:00"), "{}", refused.messaggio);
    sala.app.riapri_giornata(&officer, "r", (&ufficio(), LUNEDI), Vec::new()).await.unwrap();
    sala.prenota(&sala.cittadino(1), "q", slot(LUNEDI, 9, 0)).await.unwrap();
}

#[tokio::test]
async fn a_closure_that_leaves_the_bookings_flags_them() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let first = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let second = sala.prenota(&sala.cittadino(2), "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    let closed = sala.app.chiudi_giornata(&officer, "c", chiudi(false, &["s1"])).await.unwrap();
    assert_eq!((closed.annullati.len(), closed.rimasti), (0, vec![first]));
    let day = sala.app.agenda_del_giorno(&officer, &ufficio(), LUNEDI).await.unwrap();
    let flags: Vec<_> = day.appuntamenti.iter().map(|a| (a.id, a.sportello.as_str(), a.fuori_orario)).collect();
    assert_eq!(flags, [(first, "s1", true), (second, "s2", false)]);
    assert_eq!(day.chiusure[0].motivo, "Assemblea del personale");
    assert_eq!(day.appuntamenti[0].richiedente.as_deref(), Some("Mario Rossi"));
    assert_eq!(day.sportelli.iter().map(|s| s.aperture.len()).collect::<Vec<_>>(), [1, 1]);
    let stranger = sala.app.agenda_del_giorno(&sala.cittadino(1), &ufficio(), LUNEDI).await;
    assert!(matches!(stranger, Err(AppError::NonTrovato)));
}

#[tokio::test]
async fn who_arrives_gets_a_number_and_is_called_and_served() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let id = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    assert_eq!(codice(sala.app.registra_arrivo(&officer, "a", id).await), "altro-giorno");
    sala.adesso(apertura(LUNEDI, time(8, 50, 0, 0)));
    let arrived = sala.app.registra_arrivo(&officer, "a", id).await.unwrap();
    assert_eq!(pratica(&arrived).dettaglio.presentato, Some((1, apertura(LUNEDI, time(8, 50, 0, 0)))));
    let walked_in = sala.app.accogli_senza_prenotazione(&officer, "w", &ufficio(), SERVIZIO).await.unwrap();
    assert_eq!((walked_in.turno, walked_in.caso.is_none()), (2, true));
    let day = (&ufficio(), LUNEDI);
    assert_eq!(codice(sala.app.chiama_turno(&officer, "c", day, 7, "s1").await), "turno-inesistente");
    let called = sala.app.chiama_turno(&officer, "c", day, 1, "s1").await.unwrap();
    assert_eq!(called.caso.as_ref().unwrap().base().stato, StatoPratica::PresaInCarico);
    sala.app.chiama_turno(&officer, "d", day, 2, "s2").await.unwrap();
    let (_, numbers) = sala.app.turni_del_giorno(&sala.mondo.nessuno(), &ufficio(), LUNEDI).await.unwrap();
    assert_eq!(numbers.iter().map(|n| n.chiamato.as_ref().unwrap().0.as_str()).collect::<Vec<_>>(), ["s1", "s2"]);
    let served = sala.app.concludi_turno(&officer, "e", day, 1, (true, Some("Fatto".into()))).await.unwrap();
    assert_eq!(served.caso.unwrap().base().stato, StatoPratica::Conclusa);
    let gone = sala.app.concludi_turno(&officer, "f", day, 2, (false, None)).await.unwrap();
    assert_eq!((gone.turno, gone.caso.is_none()), (2, true));
    let again = sala.app.concludi_turno(&officer, "f", day, 2, (false, None)).await.unwrap();
    assert_eq!((again.turno, again.posizione), (gone.turno, gone.posizione));
    let (_, numbers) = sala.app.turni_del_giorno(&sala.mondo.nessuno(), &ufficio(), LUNEDI).await.unwrap();
    assert_eq!(numbers.iter().map(|n| n.servito).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

#[tokio::test]
async fn who_did_not_come_is_absent_after_the_tolerance() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let id = booked.caso.base().id;
    sala.adesso(pratica(&booked).dettaglio.posto.fine);
    assert_eq!(codice(sala.app.segna_assente(&officer, "a", id).await), "ancora-atteso");
    sala.adesso(pratica(&booked).dettaglio.assente_dal());
    let system = crate::Contesto { utente: None, canale: crate::Canale::Sistema, ..sala.mondo.nessuno() };
    assert!(matches!(sala.app.segna_assente(&sala.mondo.nessuno(), "a", id).await, Err(AppError::AccessoRichiesto)));
    let absent = sala.app.segna_assente(&system, "a", id).await.unwrap();
    assert_eq!(absent.caso.base().stato, StatoPratica::NonPresentata);
}

#[tokio::test]
async fn who_does_not_answer_the_call_can_be_called_again_and_is_absent_after_the_tolerance() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let (id, from) = (booked.caso.base().id, pratica(&booked).dettaglio.assente_dal());
    let day = (&ufficio(), LUNEDI);
    sala.adesso(apertura(LUNEDI, time(8, 50, 0, 0)));
    sala.app.registra_arrivo(&officer, "a", id).await.unwrap();
    assert_eq!(codice(sala.app.segna_assente(&officer, "x0", id).await), "ancora-in-sala");
    sala.app.chiama_turno(&officer, "c", day, 1, "s1").await.unwrap();
    assert_eq!(codice(sala.app.segna_assente(&officer, "x1", id).await), "ancora-in-sala");
    let unanswered = sala.app.concludi_turno(&officer, "n", day, 1, (false, None)).await.unwrap();
    assert_eq!(unanswered.caso.unwrap().base().stato, StatoPratica::PresaInCarico);
    assert_eq!(codice(sala.app.segna_assente(&officer, "x2", id).await), "ancora-atteso");
    // Called once more, at another desk; nobody either.
    sala.app.chiama_turno(&officer, "c2", day, 1, "s2").await.unwrap();
    sala.adesso(from);
    assert_eq!(codice(sala.app.segna_assente(&officer, "x3", id).await), "ancora-in-sala");
    sala.app.concludi_turno(&officer, "n2", day, 1, (false, None)).await.unwrap();
    let stranger = sala.app.segna_assente(&sala.operatore("ambiente"), "x4", id).await;
    assert!(matches!(stranger, Err(AppError::NonTrovato)));
    let absent = sala.app.segna_assente(&officer, "x5", id).await.unwrap();
    assert_eq!(absent.caso.base().stato, StatoPratica::NonPresentata);
    assert_eq!(sala.app.segna_assente(&officer, "x5", id).await.unwrap().posizione, absent.posizione, "once");
    let late = rifiuto(sala.app.chiama_turno(&officer, "c3", day, 1, "s1").await);
    assert_eq!((late.codice.as_str(), late.valori["stato"].as_str()), ("stato-non-ammesso", "non-presentata"));
}

#[tokio::test]
async fn the_waiting_list_keeps_its_order_and_is_left() {
    let sala = Sala::nuova().await;
    let mut booked = Vec::new();
    for n in 0..2 {
        let me = sala.cittadino(n);
        let id = sala.prenota(&me, "p", slot(MARTEDI, 15, 0).clone()).await;
        let id = match id {
            Ok(esito) => esito.caso.base().id,
            Err(_) => sala.prenota(&me, "p2", slot(MARTEDI, 16, 0)).await.unwrap().caso.base().id,
        };
        let today = domain::termini::data_locale(ora());
        let wish = IscriviAttesa { appuntamento: id, uffici: vec![ufficio()], dal: today, entro: MARTEDI };
        let (place, _) = sala.app.iscrivi_attesa(&me, "i", wish.clone()).await.unwrap();
        assert_eq!((place.davanti, place.appuntamento, place.offerta.clone()), (n as usize, id, None));
        assert_eq!(sala.app.iscrivi_attesa(&me, "i", wish.clone()).await.unwrap().0, place);
        assert_eq!(codice(sala.app.iscrivi_attesa(&me, "j", wish).await), "gia-in-attesa");
        assert_eq!(codice(sala.app.accetta_offerta(&me, "k", id).await), "offerta-inesistente");
        assert_eq!(codice(sala.app.rifiuta_offerta(&me, "k", id).await), "offerta-inesistente");
        booked.push((me, id));
    }
    let (first, id) = &booked[0];
    let stranger = sala.app.lascia_attesa(&booked[1].0, "l", *id).await;
    assert!(matches!(stranger, Err(AppError::NonTrovato)));
    let left = sala.app.lascia_attesa(first, "l", *id).await.unwrap();
    assert_eq!(sala.app.lascia_attesa(first, "l", *id).await.unwrap(), left);
    assert_eq!(sala.app.attesa_di(first, *id).await.unwrap(), None);
    assert_eq!(sala.app.attesa_di(&booked[1].0, booked[1].1).await.unwrap().unwrap().davanti, 0);
    assert_eq!(sala.app.lista(ENTE, SERVIZIO).await.unwrap().0.iscrizioni.len(), 1);
}

#[tokio::test]
async fn an_offer_that_is_accepted_moves_the_booking() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(MARTEDI, 15, 0)).await.unwrap().caso.base().id;
    let today = domain::termini::data_locale(ora());
    let wish = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: today, entro: MARTEDI };
    sala.app.iscrivi_attesa(&me, "i", wish).await.unwrap();
    let offered = slot(LUNEDI, 9, 0);
    super::offerta::offri(&sala, &offered).await;
    let place = sala.app.attesa_di(&me, id).await.unwrap().unwrap();
    let until = ora() + domain::attesa::TEMPO_PER_ACCETTARE;
    assert_eq!(place.offerta, Some((offered.clone(), until)));
    // The seat is kept for them: of two desks one is left.
    sala.prenota(&sala.cittadino(2), "p", offered.clone()).await.unwrap();
    assert_eq!(codice(sala.prenota(&sala.cittadino(3), "p", offered.clone()).await), "slot-non-disponibile");
    let moved = sala.app.accetta_offerta(&me, "a", id).await.unwrap();
    assert_eq!(pratica(&moved).dettaglio.posto.inizio, offered.inizio);
    assert_eq!(sala.app.attesa_di(&me, id).await.unwrap(), None);
    assert_eq!(sala.giornata(LUNEDI).await.posti.len(), 2);
    assert!(sala.giornata(MARTEDI).await.posti.is_empty());
    assert_eq!(sala.app.accetta_offerta(&me, "a", id).await.unwrap().posizione, moved.posizione);
}

#[tokio::test]
async fn an_offer_that_is_declined_or_too_late_frees_the_seat() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(MARTEDI, 15, 0)).await.unwrap().caso.base().id;
    let today = domain::termini::data_locale(ora());
    let wish = IscriviAttesa { appuntamento: id, uffici: Vec::new(), dal: today, entro: MARTEDI };
    sala.app.iscrivi_attesa(&me, "i", wish).await.unwrap();
    super::offerta::offri(&sala, &slot(LUNEDI, 9, 0)).await;
    sala.app.rifiuta_offerta(&me, "r", id).await.unwrap();
    assert!(sala.giornata(LUNEDI).await.blocchi.is_empty());
    assert_eq!(sala.app.attesa_di(&me, id).await.unwrap().unwrap().offerta, None);
    super::offerta::offri(&sala, &slot(LUNEDI, 9, 30)).await;
    sala.adesso(ora() + domain::attesa::TEMPO_PER_ACCETTARE + SignedDuration::from_secs(1));
    let late = codice(sala.app.accetta_offerta(&me, "a", id).await);
    assert!(["offerta-scaduta", "blocco-scaduto"].contains(&late.as_str()), "{late}");
}
