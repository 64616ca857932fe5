//! Each limit of the questions about days, kept.

use super::sala::{ENTE, LUNEDI, SERVIZIO, Sala, codice, ora, orario, slot, ufficio};
use crate::appuntamenti::giornate::Giornate;
use crate::appuntamenti::liberi::{Domandato, Fonte, Liberi};
use crate::appuntamenti::{Bisogni, limits};
use crate::error::AppError;
use crate::{App, Contesto, Enti, Ufficio};
use domain::Sample as _;
use domain::agenda::{Giornata, SlotDelGiorno};
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Canale, Orario, Prenotabile, Sede};
use domain::termini::data_locale;
use eventstore::{EventStore, Position, ReadError, Record};
use futures_core::future::BoxFuture;
use jiff::{Timestamp, ToSpan as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn a_question_looks_at_so_many_offices() {
    let sala = Sala::nuova().await;
    let known = sala.app.enti().all()[0].clone();
    let names: Vec<CodiceUfficio> =
        (0..=limits::UFFICI_DISPONIBILITA).map(|n| CodiceUfficio::new(format!("sede-{n}"))).collect();
    let office = |codice: &CodiceUfficio| Ufficio { codice: codice.clone(), ..known.uffici[0].clone() };
    let uffici = known.uffici.iter().cloned().chain(names.iter().map(office)).collect();
    let mut parts = (*sala.app.parts).clone();
    parts.enti = Arc::new(Enti::new(vec![crate::Ente { uffici, ..(*known).clone() }]).unwrap());
    let app = App::new(parts);
    app.aggiorna::<Prenotabile>(ENTE).await.unwrap();
    for ufficio in &names {
        // By name the one office of these tests comes after them.
        let luogo = Sede { nome: format!("A {ufficio}"), ..Sede::sample() };
        app.pubblica_orario(ENTE, &Orario { ufficio: ufficio.clone(), luogo, ..orario() }).await.unwrap();
    }
    let ctx = Contesto { ente: app.enti().all()[0].clone(), ..sala.mondo.nessuno() };
    sala.letture().await;
    let found = app.disponibilita(&ctx, SERVIZIO, None, LUNEDI, LUNEDI).await.unwrap();
    assert_eq!(found.len(), limits::UFFICI_DISPONIBILITA);
    assert!(found.iter().all(|office| office.slot.len() == 6));
    let found = app.disponibilita(&ctx, SERVIZIO, Some(&names), LUNEDI, LUNEDI).await.unwrap();
    assert_eq!(found.len(), limits::UFFICI_DISPONIBILITA);
}

#[tokio::test]
async fn a_question_spans_so_many_days() {
    let sala = Sala::nuova().await;
    sala.letture().await;
    let ctx = sala.mondo.nessuno();
    let last = LUNEDI.saturating_add((limits::GIORNI_DISPONIBILITA - 1).days());
    sala.app.disponibilita(&ctx, SERVIZIO, None, LUNEDI, last).await.unwrap();
    let beyond = sala.app.disponibilita(&ctx, SERVIZIO, None, LUNEDI, last.tomorrow().unwrap()).await;
    assert_eq!(codice(beyond), "periodo-troppo-lungo");
}

#[tokio::test]
async fn the_search_for_the_first_slot_looks_at_so_many_days_at_once() {
    let sala = Sala::nuova().await;
    sala.letture().await;
    let ctx = sala.mondo.nessuno();
    let looked = || i32::try_from(sala.app.giornate.liberi.tenuti()).unwrap();
    sala.app.primo_slot_libero(&ctx, SERVIZIO, None).await.unwrap().unwrap();
    assert_eq!(looked(), limits::GIORNI_RICERCA, "the first stretch has one");
    // All of it is closed: the second stretch is looked at, and no third.
    let officer = sala.operatore("urp");
    let today = data_locale(ora());
    for day in 0..limits::GIORNI_RICERCA {
        let giorno = today.saturating_add(day.days());
        let chiudi = crate::appuntamenti::ChiudiGiornata {
            ufficio: ufficio(),
            giorno,
            sportelli: Vec::new(),
            motivo: "Lavori".into(),
            annulla_prenotati: false,
        };
        sala.app.chiudi_giornata(&officer, &format!("c{day}"), chiudi).await.unwrap();
    }
    sala.letture().await;
    let (_, first) = sala.app.primo_slot_libero(&ctx, SERVIZIO, None).await.unwrap().unwrap();
    assert_eq!(first.id, slot(today.saturating_add(limits::GIORNI_RICERCA.days()), 9, 0));
    assert_eq!(looked(), 2 * limits::GIORNI_RICERCA);
}

#[tokio::test]
async fn what_is_free_instead_holds_for_a_moment() {
    let giornate = Giornate::default();
    let key = || (ENTE.to_owned(), SERVIZIO.to_owned(), false, None);
    tokio::time::pause();
    giornate.tieni_primo(key(), vec![slot(LUNEDI, 9, 0)]);
    tokio::time::advance(limits::ALTERNATIVA_VALE * 9 / 10).await;
    assert_eq!(giornate.primo(&key()), Some(vec![slot(LUNEDI, 9, 0)]));
    tokio::time::advance(limits::ALTERNATIVA_VALE / 10).await;
    assert_eq!(giornate.primo(&key()), None);
}

#[test]
fn so_many_days_are_kept_at_hand() {
    let giornate = Giornate::default();
    for n in 0..=limits::GIORNATE {
        giornate.tieni((ENTE.into(), format!("agenda-urp-{n}")), &(Arc::new(Giornata::default()), 1));
        assert!(giornate.tenute() <= limits::GIORNATE, "{n}");
    }
    assert_eq!(giornate.tenute(), limits::GIORNATE);
}

#[test]
fn so_many_days_of_slots_are_kept_at_hand() {
    let liberi = Liberi::default();
    let domandato = Arc::new(Domandato {
        ente: ENTE.into(),
        ufficio: ufficio(),
        servizio: SERVIZIO.into(),
        canale: Canale::Portale,
        bisogni: Bisogni::default(),
    });
    let (orario, prenotabile) = (Arc::new(orario()), Arc::new(Prenotabile::sample()));
    for n in 0..=limits::GIORNI_LIBERI {
        let fonte = Fonte { posizione: 1, orario: orario.clone(), prenotabile: prenotabile.clone() };
        let giorno = LUNEDI.saturating_add(i32::try_from(n).unwrap().days());
        let slots = SlotDelGiorno { slot: Vec::new(), fino: Timestamp::MAX };
        liberi.tieni(&domandato, giorno, fonte, ora(), slots);
        assert!(liberi.tenuti() <= limits::GIORNI_LIBERI, "{n}");
    }
    assert_eq!(liberi.tenuti(), limits::GIORNI_LIBERI);
}

/// A log in which a stream never ends: each page is full, of the last event that it has.
pub struct SenzaFine {
    below: Arc<dyn EventStore>,
    /// Pages read of streams.
    pub pages: AtomicUsize,
    /// Pages read of the whole, which ends.
    pub tutto: AtomicUsize,
}

impl SenzaFine {
    pub fn sopra(below: Arc<dyn EventStore>) -> Arc<Self> {
        Arc::new(Self { below, pages: AtomicUsize::new(0), tutto: AtomicUsize::new(0) })
    }
}

impl eventstore::Layer for SenzaFine {
    fn below(&self) -> &dyn EventStore {
        &*self.below
    }

    fn read_stream<'a>(
        &'a self,
        ente: &'a str,
        stream: &'a str,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Box::pin(async move {
            self.pages.fetch_add(1, Ordering::SeqCst);
            let records = self.below.read_stream(ente, stream, 0, limit).await?;
            let again = |n: u64| Record { version: after + n, ..records[records.len() - 1].clone() };
            Ok((1..=limit as u64).map(again).collect())
        })
    }

    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        self.tutto.fetch_add(1, Ordering::SeqCst);
        self.below.read_all(ente, after, limit)
    }
}

#[tokio::test]
async fn the_fold_of_a_day_takes_so_many_pages() {
    let sala = Sala::nuova().await;
    // Lifting closures changes nothing, however often it is folded.
    let officer = sala.operatore("urp");
    let chiudi = crate::appuntamenti::ChiudiGiornata {
        ufficio: ufficio(),
        giorno: LUNEDI,
        sportelli: Vec::new(),
        motivo: "Lavori".into(),
        annulla_prenotati: false,
    };
    sala.app.chiudi_giornata(&officer, "c", chiudi).await.unwrap();
    sala.app.riapri_giornata(&officer, "r", (&ufficio(), LUNEDI), Vec::new()).await.unwrap();
    let mut parts = (*sala.app.parts).clone();
    let endless = SenzaFine::sopra(parts.store);
    parts.store = endless.clone();
    let folded = App::new(parts).giornata(ENTE, &ufficio(), LUNEDI).await;
    assert!(matches!(folded, Err(AppError::Interno(_))), "{folded:?}");
    assert_eq!(endless.pages.load(Ordering::SeqCst), limits::PAGINE_GIORNATA);
}
