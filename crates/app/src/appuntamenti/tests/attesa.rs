//! Who waits, and what takes them out of the list.

use super::giri::{Processo, lista, offerto, stato};
use super::limiti::SenzaFine;
use super::sala::{ENTE, LUNEDI, MARTEDI, SERVIZIO, Sala, codice, orario, slot};
use crate::appuntamenti::liste::Liste;
use crate::appuntamenti::{IscriviAttesa, limits};
use crate::error::AppError;
use crate::{App, Contesto};
use domain::Sample as _;
use domain::ids::PraticaId;
use domain::pratica::StatoPratica;
use domain::prenotabile::{Prenotabile, SlotId};
use jiff::SignedDuration;
use std::sync::atomic::Ordering;

fn desiderio(appuntamento: PraticaId) -> IscriviAttesa {
    IscriviAttesa { appuntamento, uffici: Vec::new(), dal: LUNEDI, entro: LUNEDI }
}

/// Kinds of what is committed after a position.
async fn dopo(sala: &Sala, position: u64) -> Vec<String> {
    let records = sala.app.parts.store.read_all(ENTE, position, 100).await.unwrap();
    records.into_iter().map(|record| record.kind).collect()
}

async fn testa(sala: &Sala) -> u64 {
    sala.app.parts.store.head(ENTE).await.unwrap().position
}

/// A Monday that is full but for one seat, which is offered to the first who waits.
async fn con_offerta(sala: &Sala) -> (Vec<(Contesto, PraticaId)>, SlotId) {
    let (taken, waiting) = lista(sala).await;
    sala.app.annulla_appuntamento(&taken[0].0, "a", taken[0].1, None).await.unwrap();
    Processo::nuovo(sala).giro(super::sala::ora()).await;
    let offered = offerto(sala, &waiting[0]).await.expect("it is offered");
    (waiting, offered)
}

async fn in_lista(sala: &Sala) -> Vec<PraticaId> {
    sala.app.lista(ENTE, SERVIZIO).await.unwrap().0.iscrizioni.iter().map(|place| place.appuntamento).collect()
}

#[tokio::test]
async fn a_cancellation_leaves_the_list_and_frees_the_offer_in_one_commit() {
    let sala = Sala::nuova().await;
    let (waiting, offered) = con_offerta(&sala).await;
    let ((first, id), before) = (&waiting[0], testa(&sala).await);
    let done = sala.app.annulla_appuntamento(first, "via", *id, None).await.unwrap();
    let kinds = ["AppuntamentoAnnullato", "PostoLasciato", "ImpegnoLasciato", "SlotLiberato", "AttesaLasciata"];
    assert_eq!(dopo(&sala, before).await, kinds);
    assert_eq!((done.posizione, in_lista(&sala).await.len()), (before + kinds.len() as u64, 2));
    assert!(sala.giornata(offered.giorno()).await.blocchi.is_empty());
    let records = sala.app.parts.store.read_all(ENTE, before, 100).await.unwrap();
    assert!(records.iter().all(|record| record.recorded_at == records[0].recorded_at), "one commit");
    // The same request once more answers the same.
    assert_eq!(sala.app.annulla_appuntamento(first, "via", *id, None).await.unwrap().posizione, done.posizione);
}

#[tokio::test]
async fn a_move_within_the_day_of_the_offer_writes_to_that_day_once() {
    let sala = Sala::nuova().await;
    let (waiting, offered) = con_offerta(&sala).await;
    let (first, id) = &waiting[0];
    // A second seat of that Monday becomes free, and is wanted by hand.
    let officer = sala.operatore("urp");
    let day = sala.giornata(LUNEDI).await;
    let other = day.posti.iter().find(|posto| posto.preso.inizio > offered.inizio).unwrap();
    let to = SlotId { inizio: other.preso.inizio, ..offered.clone() };
    let off = Some("Serve il posto".to_owned());
    sala.app.annulla_appuntamento(&officer, "o", other.appuntamento, off).await.unwrap();
    let before = testa(&sala).await;
    sala.app.sposta_appuntamento(first, "m", *id, to.clone(), None).await.unwrap();
    let kinds = dopo(&sala, before).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "SlotLiberato").count(), 1, "{kinds:?}");
    assert_eq!(kinds.last().unwrap(), "AttesaLasciata");
    assert!(sala.giornata(LUNEDI).await.blocchi.is_empty());
    assert_eq!(stato(&sala, *id).await.1, to.inizio);
    assert!(!in_lista(&sala).await.contains(id));
    sala.senza_sovrapposizioni(LUNEDI).await;
}

#[tokio::test]
async fn to_move_by_hand_where_an_offer_is_open_is_to_accept_it() {
    let sala = Sala::nuova().await;
    let (waiting, offered) = con_offerta(&sala).await;
    let ((first, id), before) = (&waiting[0], testa(&sala).await);
    sala.app.sposta_appuntamento(first, "m", *id, offered.clone(), None).await.unwrap();
    let kinds = dopo(&sala, before).await;
    assert_eq!(kinds.last().unwrap(), "OffertaAccettata", "{kinds:?}");
    assert!(!kinds.contains(&"AttesaLasciata".to_owned()));
    assert_eq!(stato(&sala, *id).await.1, offered.inizio);
    sala.senza_sovrapposizioni(LUNEDI).await;
}

#[tokio::test]
async fn who_arrives_or_is_absent_waits_no_more() {
    let sala = Sala::nuova().await;
    let (_, waiting) = lista(&sala).await;
    let officer = sala.operatore("urp");
    let start = stato(&sala, waiting[0].1).await.1;
    sala.adesso(start - SignedDuration::from_mins(5));
    let before = testa(&sala).await;
    sala.app.registra_arrivo(&officer, "r", waiting[0].1).await.unwrap();
    assert_eq!(dopo(&sala, before).await, ["CittadinoPresentato", "TurnoAssegnato", "AttesaLasciata"]);
    assert_eq!(in_lista(&sala).await, [waiting[1].1, waiting[2].1]);
    sala.adesso(start + SignedDuration::from_hours(2));
    sala.app.concludi_appuntamento(&officer, "c", waiting[1].1, None).await.unwrap();
    sala.adesso(start + SignedDuration::from_hours(4));
    sala.app.segna_assente(&officer, "s", waiting[2].1).await.unwrap();
    assert_eq!(in_lista(&sala).await, []);
    assert_eq!(stato(&sala, waiting[2].1).await.0, StatoPratica::NonPresentata);
}

#[tokio::test]
async fn a_closure_takes_everybody_whom_it_hits_out_of_the_list() {
    let sala = Sala::nuova().await;
    let (_, waiting) = lista(&sala).await;
    let closed = crate::appuntamenti::ChiudiGiornata {
        ufficio: super::sala::ufficio(),
        giorno: MARTEDI,
        sportelli: Vec::new(),
        motivo: "Assemblea del personale".into(),
        annulla_prenotati: true,
    };
    let done = sala.app.chiudi_giornata(&sala.operatore("urp"), "c", closed).await.unwrap();
    assert_eq!((done.annullati.len(), in_lista(&sala).await), (waiting.len(), vec![]));
}

#[tokio::test]
async fn who_waits_nowhere_pays_nothing() {
    let sala = Sala::con(orario(), Prenotabile { lista_attesa: false, ..Prenotabile::sample() }).await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    assert_eq!(codice(sala.app.iscrivi_attesa(&me, "i", desiderio(id)).await), "attesa-non-prevista");
    let before = testa(&sala).await;
    sala.app.annulla_appuntamento(&me, "a", id, None).await.unwrap();
    assert_eq!(dopo(&sala, before).await, ["AppuntamentoAnnullato", "PostoLasciato", "ImpegnoLasciato"]);
    assert_eq!(sala.app.liste.tenute(), 0, "no list was read");
    // Beside a list that others wait in, nothing of it is written either.
    let sala = Sala::nuova().await;
    let (taken, _) = lista(&sala).await;
    let before = testa(&sala).await;
    sala.app.annulla_appuntamento(&taken[0].0, "a", taken[0].1, None).await.unwrap();
    assert_eq!(dopo(&sala, before).await, ["AppuntamentoAnnullato", "PostoLasciato", "ImpegnoLasciato"]);
}

#[tokio::test]
async fn who_could_accept_nothing_does_not_wait() {
    let sala = Sala::nuova().await;
    let me = sala.cittadino(1);
    let id = sala.prenota(&me, "p", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    let start = stato(&sala, id).await.1;
    sala.adesso(start - SignedDuration::from_hours(25));
    sala.app.iscrivi_attesa(&me, "i", desiderio(id)).await.unwrap();
    // The cut-off is a day before, and an offer of two hours would end after it: none is made, and the place ends.
    let giro = Processo::nuovo(&sala).giro(start - SignedDuration::from_hours(25)).await;
    assert_eq!((giro.offerte, giro.usciti), (0, 1));
    sala.app.annulla_appuntamento(&me, "a", id, None).await.unwrap();
    assert_eq!(codice(sala.app.iscrivi_attesa(&me, "j", desiderio(id)).await), "stato-non-ammesso");
    let late = sala.prenota(&me, "q", slot(MARTEDI, 9, 0)).await.unwrap().caso.base().id;
    sala.adesso(start - SignedDuration::from_hours(23));
    assert_eq!(codice(sala.app.iscrivi_attesa(&me, "k", desiderio(late)).await), "disdetta-scaduta");
}

#[tokio::test]
async fn so_many_lists_are_at_hand() {
    let liste = Liste::default();
    for n in 0..=limits::LISTE {
        liste.tieni((ENTE.to_owned(), n.to_string()), &Default::default());
    }
    assert_eq!((liste.tenute(), limits::LISTE), (500, 500));
}

#[tokio::test]
async fn the_fold_of_a_list_takes_so_many_pages() {
    let sala = Sala::nuova().await;
    let (_, waiting) = lista(&sala).await;
    // To leave a place that was left changes nothing, however often it is folded.
    sala.app.lascia_attesa(&waiting[0].0, "l", waiting[0].1).await.unwrap();
    let mut parts = (*sala.app.parts).clone();
    let endless = SenzaFine::sopra(parts.store);
    parts.store = endless.clone();
    let folded = App::new(parts).lista(ENTE, SERVIZIO).await;
    assert!(matches!(folded, Err(AppError::Interno(_))), "{folded:?}");
    assert_eq!(endless.pages.load(Ordering::SeqCst), limits::PAGINE_LISTA);
}
