//! The signed link.

use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, input, pratica, slot};
use crate::Canale;
use crate::appuntamenti::collegamento::{CARATTERI, Collegamento, Fine};
use crate::error::AppError;
use domain::pratica::{StatoPratica, TipoPratica};
use jiff::SignedDuration;

#[tokio::test]
async fn its_holder_sees_moves_and_cancels_that_one_appointment() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let other = sala.prenota(&me, "q", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    let token = sala.app.token_appuntamento(&me.ente, pratica(&booked)).unwrap();
    assert_eq!(token.len(), CARATTERI);
    let (link, id) = sala.app.appuntamento_da_collegamento(&nobody, &token).await.unwrap().aperto().unwrap();
    assert_eq!((id, link.canale), (booked.caso.base().id, Canale::Collegamento(id)));
    assert!(sala.app.pratica(&link, id, None, None).await.unwrap().unwrap().disponibile);
    sala.app.sposta_appuntamento(&link, "s", id, slot(MARTEDI, 15, 0), None).await.unwrap_err();
    sala.app.annulla_appuntamento(&me, "x", other, None).await.unwrap();
    let moved = sala.app.sposta_appuntamento(&link, "s2", id, slot(MARTEDI, 15, 0), None).await.unwrap();
    assert_eq!(pratica(&moved).dettaglio.sequenza, 1);
    // No other case, and nothing new.
    assert!(sala.app.pratica(&link, other, None, None).await.unwrap().is_none());
    let third = sala.prenota(&me, "r", slot(LUNEDI, 9, 0)).await.unwrap().caso.base().id;
    assert!(matches!(sala.app.annulla_appuntamento(&link, "y", third, None).await, Err(AppError::NonTrovato)));
    let new = sala.app.prenota_appuntamento(&link, "z", input(slot(LUNEDI, 10, 0))).await;
    assert!(matches!(new, Err(AppError::AccessoRichiesto)));
    let gone = sala.app.annulla_appuntamento(&link, "a", id, None).await.unwrap();
    assert_eq!(gone.caso.base().stato, StatoPratica::Annullata);
    let records = sala.app.stream(ENTE, &TipoPratica::Appuntamento.stream(id)).await.unwrap();
    let (last, _) = records.last().unwrap();
    let meta: serde_json::Value = serde_json::from_str(&last.meta).unwrap();
    assert_eq!(meta["channel"], "collegamento");
    assert!(meta.get("identityLevel").or(meta.get("identity_level")).is_none_or(serde_json::Value::is_null), "{meta}");
    assert_eq!(meta["actor"], me.utente.as_ref().unwrap().id.to_string());
}

#[tokio::test]
async fn no_other_words_open_it() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let token = sala.app.token_appuntamento(&me.ente, pratica(&booked)).unwrap();
    let closed = async |token: &str| {
        matches!(sala.app.appuntamento_da_collegamento(&nobody, token).await, Err(AppError::NonTrovato))
    };
    for place in 0..token.len() {
        let changed = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        assert!(closed(&format!("{}{changed}{}", &token[..place], &token[place + 1..])).await, "{place}");
    }
    for bad in ["", "a", &token[1..], &format!("{token}A"), &"è".repeat(CARATTERI / 2)] {
        assert!(closed(bad).await, "{bad}");
    }
    assert!(!closed(&token).await);
}

#[tokio::test]
async fn it_lasts_as_long_as_its_appointment_is_to_come_and_then_says_so() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let id = booked.caso.base().id;
    let token = sala.app.token_appuntamento(&me.ente, pratica(&booked)).unwrap();
    let link = async || sala.app.appuntamento_da_collegamento(&nobody, &token).await.unwrap();
    let fine = async || match link().await {
        Collegamento::Chiuso(chiuso) => Some(chiuso.fine),
        Collegamento::Aperto(..) => None,
    };
    let moved = sala.app.sposta_appuntamento(&me, "s", id, slot(MARTEDI, 15, 0), None).await.unwrap();
    assert_eq!(
        sala.app.token_appuntamento(&me.ente, pratica(&moved)),
        Some(token.clone()),
        "one address for the whole life"
    );
    // Past the hour for which it was sent.
    let (first, posto) = (pratica(&booked).dettaglio.posto.fine, pratica(&moved).dettaglio.posto.clone());
    sala.adesso(first + SignedDuration::from_hours(1));
    assert_eq!(fine().await, None);
    sala.adesso(posto.inizio - SignedDuration::from_secs(1));
    assert_eq!(fine().await, None);
    sala.adesso(posto.inizio);
    assert_eq!(fine().await, Some(Fine::Iniziato));
    assert!(sala.app.token_appuntamento(&me.ente, pratica(&moved)).is_none());
    sala.adesso(posto.fine);
    match link().await {
        Collegamento::Chiuso(chiuso) => {
            let said = (chiuso.fine, chiuso.inizio, chiuso.servizio.as_str());
            assert_eq!(said, (Fine::Concluso, posto.inizio, SERVIZIO));
        }
        Collegamento::Aperto(..) => panic!("it is over"),
    }
    sala.adesso(posto.fine + SignedDuration::from_hours(12));
    sala.app.segna_assente(&sala.operatore("urp"), "n", id).await.unwrap();
    assert_eq!(fine().await, Some(Fine::NonPresentato));
}

#[tokio::test]
async fn what_was_cancelled_can_be_seen_until_its_hour_and_is_over_afterwards() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let token = sala.app.token_appuntamento(&me.ente, pratica(&booked)).unwrap();
    sala.app.annulla_appuntamento(&me, "a", booked.caso.base().id, None).await.unwrap();
    assert!(sala.app.appuntamento_da_collegamento(&nobody, &token).await.unwrap().aperto().is_some());
    sala.adesso(pratica(&booked).dettaglio.posto.inizio);
    match sala.app.appuntamento_da_collegamento(&nobody, &token).await.unwrap() {
        Collegamento::Chiuso(chiuso) => assert_eq!(chiuso.fine, Fine::Annullato),
        Collegamento::Aperto(..) => panic!("its hour has come"),
    }
}
