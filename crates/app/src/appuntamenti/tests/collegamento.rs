//! The signed link.

use super::sala::{ENTE, LUNEDI, MARTEDI, Sala, input, pratica, slot};
use crate::Canale;
use crate::appuntamenti::collegamento::CARATTERI;
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
    let (link, id) = sala.app.appuntamento_da_collegamento(&nobody, &token).await.unwrap();
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
async fn no_other_words_open_it_and_it_ends_with_the_start() {
    let sala = Sala::nuova().await;
    let (me, nobody) = (sala.cittadino(1), sala.mondo.nessuno());
    let booked = sala.prenota(&me, "p", slot(LUNEDI, 9, 0)).await.unwrap();
    let start = pratica(&booked).dettaglio.posto.inizio;
    let token = sala.app.token_appuntamento(&me.ente, pratica(&booked)).unwrap();
    let closed = async |token: &str| {
        matches!(sala.app.appuntamento_da_collegamento(&nobody, token).await, Err(AppError::NonTrovato))
    };
    for place in 0..token.len() - 1 {
        let changed = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        assert!(closed(&format!("{}{changed}{}", &token[..place], &token[place + 1..])).await, "{place}");
    }
    for bad in ["", "a", &token[1..], &format!("{token}A"), &"è".repeat(CARATTERI / 2)] {
        assert!(closed(bad).await, "{bad}");
    }
    sala.adesso(start - SignedDuration::from_secs(1));
    assert!(!closed(&token).await);
    sala.adesso(start);
    assert!(closed(&token).await);
    assert!(sala.app.token_appuntamento(&me.ente, pratica(&booked)).is_none());
}
