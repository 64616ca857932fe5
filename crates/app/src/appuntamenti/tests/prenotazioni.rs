//! Holding and booking, one at a time.

use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, codice, input, ora, pratica, rifiuto, slot, ufficio};
use crate::appuntamenti::{PrenotaAppuntamento, Richiedente};
use crate::error::AppError;
use domain::agenda::DURATA_BLOCCO;
use domain::ids::BloccoId;
use domain::pratica::StatoPratica;
use domain::prenotabile::Canale;
use domain::termini::apertura;
use jiff::SignedDuration;
use jiff::civil::time;
use uuid::Uuid;

#[tokio::test]
async fn a_booking_is_a_case_with_a_number_of_its_own_register() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let esito = sala.prenota(&me, "una", slot(LUNEDI, 9, 0)).await.unwrap();
    let protocollo = esito.protocollo.clone().unwrap();
    assert_eq!((protocollo.registro.as_str(), protocollo.numero), ("APP", 1));
    let case = pratica(&esito);
    assert_eq!((case.base.stato, case.base.titolare), (StatoPratica::Prenotata, me.utente.as_ref().unwrap().id));
    assert_eq!(case.base.protocollo, esito.protocollo);
    assert_eq!(case.dettaglio.posto.inizio, apertura(LUNEDI, time(9, 0, 0, 0)));
    assert_eq!(case.dettaglio.posto.sede.nome, "Ufficio anagrafe");
    assert_eq!(case.dettaglio.documento.get().unwrap().email.as_deref(), Some("mario.rossi@example.org"));
    // The case is found as every other, and the same request answers the same.
    let shown = sala.app.pratica(&me, case.base.id, None, Some(esito.posizione)).await.unwrap().unwrap();
    assert_eq!(shown.caso.base().protocollo, esito.protocollo);
    let again = sala.prenota(&me, "una", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!((again.caso, again.protocollo, again.posizione), (esito.caso, esito.protocollo, esito.posizione));
    assert_eq!(codice(sala.prenota(&me, "una", slot(LUNEDI, 9, 30)).await), "chiave-riusata");
}

#[tokio::test]
async fn a_hold_keeps_its_seat_for_ten_minutes_and_is_used_by_the_booking() {
    let sala = Sala::nuova().await;
    let (mario, maria, luca) = (sala.cittadino(1), sala.cittadino(2), sala.cittadino(3));
    let nine = slot(LUNEDI, 9, 0);
    let held = sala.app.blocca_slot(&mario, "b", nine.clone()).await.unwrap();
    assert_eq!((held.scade, &held.slot), (ora() + DURATA_BLOCCO, &nine));
    assert_eq!(sala.app.blocca_slot(&mario, "b", nine.clone()).await.unwrap(), held);
    sala.prenota(&maria, "m", nine.clone()).await.unwrap();
    let refused = rifiuto(sala.prenota(&luca, "l", nine.clone()).await);
    assert_eq!(refused.codice, "slot-non-disponibile");
    assert_eq!(refused.alternative()[0], slot(LUNEDI, 9, 30));
    assert!(refused.messaggio.contains("9:30"), "{}", refused.messaggio);
    let booked = sala.prenota(&mario, "p", nine.clone()).await.unwrap();
    assert_eq!(pratica(&booked).dettaglio.posto.sportello, "s1");
    let giornata = sala.giornata(LUNEDI).await;
    assert_eq!((giornata.posti.len(), giornata.blocchi.len()), (2, 0));
}

#[tokio::test]
async fn a_hold_ends_by_itself_or_when_it_is_given_up() {
    let sala = Sala::nuova().await;
    let nine = slot(LUNEDI, 9, 0);
    let (mario, maria, luca) = (sala.cittadino(1), sala.cittadino(2), sala.cittadino(3));
    let first = sala.app.blocca_slot(&mario, "b", nine.clone()).await.unwrap();
    sala.app.blocca_slot(&maria, "b", nine.clone()).await.unwrap();
    assert_eq!(codice(sala.app.blocca_slot(&luca, "b", nine.clone()).await), "slot-non-disponibile");
    let other = sala.app.libera_slot(&maria, &nine, first.id).await;
    assert!(matches!(other, Err(AppError::NonTrovato)), "{other:?}");
    sala.app.libera_slot(&mario, &nine, first.id).await.unwrap();
    // Given up twice, or never held: nothing happens.
    sala.app.libera_slot(&mario, &nine, first.id).await.unwrap();
    sala.app.libera_slot(&mario, &nine, BloccoId(Uuid::nil())).await.unwrap();
    sala.prenota(&luca, "p", nine.clone()).await.unwrap();
    sala.adesso(ora() + DURATA_BLOCCO + SignedDuration::from_secs(1));
    sala.prenota(&sala.cittadino(4), "p", nine).await.unwrap();
    assert_eq!(sala.giornata(LUNEDI).await.blocchi.len(), 0);
}

#[tokio::test]
async fn one_active_booking_for_a_person_service_and_day() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let first = sala.prenota(&me, "1", slot(LUNEDI, 9, 0)).await.unwrap();
    assert_eq!(codice(sala.prenota(&me, "2", slot(LUNEDI, 10, 0)).await), "prenotazione-gia-attiva");
    sala.prenota(&me, "3", slot(MARTEDI, 10, 0)).await.unwrap();
    sala.app.annulla_appuntamento(&me, "4", first.caso.base().id, None).await.unwrap();
    sala.prenota(&me, "5", slot(LUNEDI, 10, 0)).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_booked_says_why() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let nessuno = sala.mondo.nessuno();
    assert!(matches!(sala.prenota(&nessuno, "k", slot(LUNEDI, 9, 0)).await, Err(AppError::AccessoRichiesto)));
    assert_eq!(codice(sala.prenota(&sala.operatore("ambiente"), "k", slot(LUNEDI, 9, 0)).await), "non-autorizzato");
    assert_eq!(codice(sala.prenota(&me, "k", slot(LUNEDI, 9, 1)).await), "slot-non-disponibile");
    assert_eq!(codice(sala.prenota(&me, "k", slot(LUNEDI, 14, 0)).await), "slot-non-disponibile");
    // It is Friday, half past ten in Italy: two hours of notice.
    let today = domain::termini::data_locale(ora());
    assert_eq!(codice(sala.prenota(&me, "k", slot(today, 11, 0)).await), "preavviso");
    assert_eq!(codice(sala.prenota(&me, "k", slot(today, 9, 0)).await), "slot-passato");
    let later = jiff::civil::date(2026, 9, 7);
    assert_eq!(codice(sala.prenota(&me, "k", slot(later, 9, 0)).await), "oltre-orizzonte");
    let mut wrong = input(slot(LUNEDI, 9, 0));
    wrong.motivo = "Altro ancora".into();
    assert_eq!(codice(sala.app.prenota_appuntamento(&me, "k", wrong).await), "motivo-sconosciuto");
    let mut wrong = input(slot(LUNEDI, 9, 0));
    wrong.servizio = "altro".into();
    assert_eq!(codice(sala.app.prenota_appuntamento(&me, "k", wrong).await), "servizio-sconosciuto");
    let mut wrong = input(slot(LUNEDI, 9, 0));
    wrong.slot.ufficio = domain::ente::CodiceUfficio::new("ambiente");
    assert_eq!(codice(sala.app.prenota_appuntamento(&me, "k", wrong).await), "ufficio-sconosciuto");
    assert!(sala.giornata(LUNEDI).await.posti.is_empty());
}

#[tokio::test]
async fn an_officer_books_for_someone_at_the_counter_or_on_the_telephone() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    // No notice for who can see the desk: today at noon less half an hour.
    let today = domain::termini::data_locale(ora());
    let wanted = slot(today, 11, 0);
    sala.app.blocca_slot(&officer, "b", wanted.clone()).await.unwrap();
    let someone = |nome: &str, codice: Option<&str>| Richiedente {
        nome: nome.into(),
        cognome: "Rossi".into(),
        telefono: Some("333 1234567".into()),
        codice_fiscale: codice.map(|c| domain::codice_fiscale::CodiceFiscale::parse(c).unwrap()),
        ..Richiedente::default()
    };
    let known = PrenotaAppuntamento {
        richiedente: someone("Mario", Some("RSSMRA80A01H501U")),
        canale: Some(Canale::Telefono),
        ..input(wanted)
    };
    let booked = sala.app.prenota_appuntamento(&officer, "p", known).await.unwrap();
    let mario = sala.mondo.mario();
    assert_eq!(booked.caso.base().titolare, mario.utente.as_ref().unwrap().id);
    assert_eq!(pratica(&booked).dettaglio.canale, Canale::Telefono);
    // The hold of the officer was the seat: nothing else is taken.
    let giornata = sala.giornata(today).await;
    assert_eq!((giornata.posti.len(), giornata.blocchi.len()), (1, 0));
    // Who has no codice fiscale at hand is somebody of this booking alone, and may come as often as the office wants.
    for (key, hour) in [("primo", 9), ("secondo", 10)] {
        let unknown = PrenotaAppuntamento { richiedente: someone("Anna", None), ..input(slot(LUNEDI, hour, 0)) };
        let booked = sala.app.prenota_appuntamento(&officer, key, unknown).await.unwrap();
        assert_eq!(pratica(&booked).dettaglio.canale, Canale::Sportello);
        assert_eq!(booked.caso.base().richiedente.get().unwrap().nome_completo(), "Anna Rossi");
    }
    let nobody = PrenotaAppuntamento { richiedente: someone("", None), ..input(slot(LUNEDI, 11, 0)) };
    let refused = rifiuto(sala.app.prenota_appuntamento(&officer, "c", nobody).await);
    assert_eq!(refused.campo.as_deref(), Some("richiedente.nome"));
}

#[tokio::test]
async fn what_is_offered_is_what_a_desk_of_the_ente_offers() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    assert!(sala.app.prenotabile(&me, SERVIZIO).is_some());
    assert!(sala.app.prenotabile(&me, "matrimonio-sulla-luna").is_none());
    assert!(sala.app.prenotabili(&me).iter().any(|prenotabile| prenotabile.codice == SERVIZIO));
    let offices = sala.app.uffici_che_offrono(&me, SERVIZIO);
    assert_eq!(offices.iter().map(|orario| orario.ufficio.clone()).collect::<Vec<_>>(), [ufficio()]);
    assert_eq!(sala.app.orario(&me, &ufficio()).unwrap().versione, 90);
    // The town of these tests has no such office.
    assert!(sala.app.orario(&me, &domain::ente::CodiceUfficio::new("anagrafe")).is_none());
    let again = sala.app.pubblica_orario(ENTE, &super::sala::orario()).await.unwrap();
    assert!(!again);
}
