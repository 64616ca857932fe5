//! The addresses of an office's calendar: opened, read, revoked, over.

use super::calendario::{detto, letto};
use super::sala::{ENTE, LUNEDI, Sala, codice, ora, slot, ufficio};
use crate::Contesto;
use crate::appuntamenti::{Feed, Sottoscrizione, limits};
use crate::error::AppError;
use domain::calendario::{self, MAX_SOTTOSCRIZIONI, VALIDITA};
use domain::ids::{PersonaId, SottoscrizioneId};
use jiff::SignedDuration;
use std::sync::Arc;
use uuid::Uuid;

/// Another officer of the same office.
fn collega(sala: &Sala) -> Contesto {
    let ctx = sala.operatore("urp");
    let mut utente = (*ctx.utente.clone().unwrap()).clone();
    utente.id = PersonaId(Uuid::from_u128(0x21));
    utente.anagrafica.nome = "Livia".into();
    Contesto { utente: Some(Arc::new(utente)), ..ctx }
}

async fn apri(sala: &Sala, ctx: &Contesto, chiave: &str, dispositivo: &str) -> Sottoscrizione {
    sala.app.apri_calendario(ctx, chiave, &ufficio(), Some(dispositivo.to_owned())).await.unwrap()
}

/// What whoever has the address reads; none once it is over.
async fn leggi(sala: &Sala, token: &str) -> Option<String> {
    sala.letture().await;
    match sala.app.feed_agenda(&sala.mondo.nessuno(), token).await.unwrap() {
        Feed::Calendario(text) => Some(text),
        Feed::Cessato => None,
    }
}

#[tokio::test]
async fn an_officer_opens_one_for_a_device_and_a_program_reads_the_agenda() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let booked = sala.prenota(&sala.cittadino(1), "p", slot(LUNEDI, 9, 0)).await.unwrap();
    sala.letture().await;
    assert!(sala.app.calendari_aperti(&officer, &ufficio()).await.unwrap().is_empty());
    let opened = apri(&sala, &officer, "a", "Telefono").await;
    assert_eq!(apri(&sala, &officer, "a", "Telefono").await, opened, "the same request once more");
    let text = leggi(&sala, opened.token.as_deref().unwrap()).await.unwrap();
    let (method, event) = letto(&text);
    let name = booked.caso.base().richiedente.get().unwrap().nome_completo();
    assert_eq!(method, "PUBLISH");
    assert!(detto(&event, "SUMMARY").ends_with(&name));
    let listed = sala.app.calendari_aperti(&officer, &ufficio()).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&opened));
    assert_eq!((opened.chi.as_str(), opened.dispositivo.as_deref()), ("Matteo Martini", Some("Telefono")));
    let stored = sala.mondo.app.parts.store.read_stream(ENTE, &calendario::stream(&ufficio()), 0, 10).await.unwrap();
    assert!(!stored[0].payload.contains("Telefono"), "what people write is sealed");
}

#[tokio::test]
async fn each_is_revoked_alone_and_by_any_colleague() {
    let sala = Sala::nuova().await;
    let (one, other) = (sala.operatore("urp"), collega(&sala));
    let (mine, lost) = (apri(&sala, &one, "a", "Computer").await, apri(&sala, &one, "b", "Telefono").await);
    let theirs = apri(&sala, &other, "c", "").await;
    let seen = sala.app.calendari_aperti(&other, &ufficio()).await.unwrap();
    let known: Vec<_> = seen.iter().map(|s| (s.id, s.token.is_some())).collect();
    assert_eq!(known, [(mine.id, false), (lost.id, false), (theirs.id, true)], "no address but one's own");
    sala.app.revoca_calendario(&other, "r", &ufficio(), lost.id).await.unwrap();
    sala.app.revoca_calendario(&other, "r", &ufficio(), lost.id).await.unwrap();
    let token = |s: &Sottoscrizione| s.token.clone().unwrap();
    assert_eq!(leggi(&sala, &token(&lost)).await, None);
    assert!(leggi(&sala, &token(&mine)).await.is_some() && leggi(&sala, &token(&theirs)).await.is_some());
    let again = sala.app.revoca_calendario(&one, "r2", &ufficio(), lost.id).await;
    assert_eq!(codice(again), "calendario-inesistente");
    let kinds: Vec<_> = sala.app.stream(ENTE, &calendario::stream(&ufficio())).await.unwrap();
    let kinds: Vec<_> = kinds.iter().map(|(record, _)| record.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["CalendarioSottoscritto", "CalendarioSottoscritto", "CalendarioSottoscritto", "CalendarioRevocato"]
    );
}

#[tokio::test]
async fn nobody_else_opens_sees_or_revokes_one() {
    let sala = Sala::nuova().await;
    let mine = apri(&sala, &sala.operatore("urp"), "a", "Telefono").await;
    for stranger in [sala.operatore("polizia-locale"), sala.cittadino(1)] {
        let opened = sala.app.apri_calendario(&stranger, "x", &ufficio(), None).await;
        assert!(matches!(opened, Err(AppError::NonTrovato)), "{opened:?}");
        assert!(matches!(sala.app.calendari_aperti(&stranger, &ufficio()).await, Err(AppError::NonTrovato)));
        let ended = sala.app.revoca_calendario(&stranger, "y", &ufficio(), mine.id).await;
        assert!(matches!(ended, Err(AppError::NonTrovato)), "{ended:?}");
    }
    let nobody = sala.mondo.nessuno();
    let opened = sala.app.apri_calendario(&nobody, "x", &ufficio(), None).await;
    assert!(matches!(opened, Err(AppError::AccessoRichiesto)), "{opened:?}");
    // A name that was never sealed is none of ours, whether or not there is such a subscription.
    let token = mine.token.unwrap();
    let invented = sala.app.token_agenda("altro", &ufficio(), mine.id);
    for bad in [format!("A{}", &token[1..]), token[..20].to_owned(), "A".repeat(limits::CARATTERI_FEED + 4), invented] {
        assert!(matches!(sala.app.feed_agenda(&nobody, &bad).await, Err(AppError::NonTrovato)), "{bad}");
    }
    let longest = sala.app.token_agenda(ENTE, &domain::ente::CodiceUfficio::new("u".repeat(64)), mine.id);
    assert!(longest.len() <= limits::CARATTERI_FEED, "{}", longest.len());
    let unknown = sala.app.token_agenda(ENTE, &ufficio(), SottoscrizioneId(Uuid::nil()));
    assert_eq!(leggi(&sala, &unknown).await, None);
}

#[tokio::test]
async fn it_ends_by_itself_and_an_office_has_so_many() {
    let sala = Sala::nuova().await;
    let officer = sala.operatore("urp");
    let first = apri(&sala, &officer, "0", "").await;
    for n in 1..MAX_SOTTOSCRIZIONI {
        apri(&sala, &officer, &n.to_string(), "").await;
    }
    let more = sala.app.apri_calendario(&officer, "x", &ufficio(), None).await;
    assert_eq!(codice(more), "troppi-calendari");
    let token = first.token.unwrap();
    let days = |days: i32| ora() + SignedDuration::from_hours(24 * i64::from(days));
    sala.adesso(days(VALIDITA - 1));
    assert!(leggi(&sala, &token).await.is_some());
    sala.adesso(days(VALIDITA));
    assert_eq!(leggi(&sala, &token).await, None);
    assert!(sala.app.calendari_aperti(&officer, &ufficio()).await.unwrap().is_empty());
    apri(&sala, &officer, "y", "").await;
}
