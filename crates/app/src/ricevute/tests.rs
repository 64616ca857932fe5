//! One receipt for each case, formed once, whoever asks and however many at once.

use super::*;
use crate::bozze::tests::mondo::{ENTE, Mondo, ora};
use crate::ports::{DocumentStore, RicevutaError, Ricevute, Stored};
use crate::{InviaSegnalazione, Parts};
use domain::evento::Evento;
use domain::pratica::{PresaInCarico, TipoPratica};
use domain::{Sample as _, segnalazione};
use eventstore::{AppendError, Appended, EventStore, KeyStore as _};
use futures_util::future;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

/// Files in memory.
#[derive(Default)]
struct Deposito {
    files: Mutex<BTreeMap<AllegatoId, Bytes>>,
    distrutta: Mutex<bool>,
    guasto: Mutex<bool>,
}

impl DocumentStore for Deposito {
    fn put<'a>(&'a self, arrivo: Arrivo<'a>, bytes: ByteStream<'a>) -> BoxFuture<'a, Result<Stored, DocumentError>> {
        Box::pin(async move {
            if *self.guasto.lock().unwrap() {
                return Err(DocumentError::Unavailable(io::Error::other("arranged")));
            }
            assert_eq!((arrivo.posizione, arrivo.limite), (Posizione::Mantieni, MAX_BYTES));
            let chunks: Vec<Bytes> = bytes.try_collect().await.unwrap();
            let bytes = Bytes::from(chunks.concat());
            let impronta = Impronta::from_bytes(eventstore::hash::sha256(&bytes));
            let dimensione = bytes.len() as u64;
            self.files.lock().unwrap().insert(arrivo.id, bytes);
            let formato = arrivo.declared.formato.unwrap();
            Ok(Stored { impronta, dimensione, formato, firma: None, posizione_tolta: false })
        })
    }
    fn get<'a>(
        &'a self,
        _: &'a str,
        id: AllegatoId,
        _: &'a Impronta,
    ) -> BoxFuture<'a, Result<ByteStream<'static>, DocumentError>> {
        let found = match self.files.lock().unwrap().get(&id).cloned() {
            _ if *self.distrutta.lock().unwrap() => Err(DocumentError::Destroyed),
            None => Err(DocumentError::NotFound),
            // In two pieces, as a larger one comes.
            Some(bytes) => Ok(stream::iter([Ok(bytes.slice(..3)), Ok(bytes.slice(3..))]).boxed()),
        };
        Box::pin(future::ready(found))
    }
    fn remove<'a>(&'a self, _: &'a str, id: AllegatoId) -> BoxFuture<'a, Result<(), DocumentError>> {
        self.files.lock().unwrap().remove(&id);
        Box::pin(future::ready(Ok(())))
    }
    fn list(&self, _: &str) -> stream::BoxStream<'static, Result<AllegatoId, DocumentError>> {
        stream::empty().boxed()
    }
    fn tidy(&self, _: Timestamp) -> BoxFuture<'_, Result<u64, DocumentError>> {
        Box::pin(future::ready(Ok(0)))
    }
}

/// Says something else each time, so that two receipts would show; notes how many were composed at once, and how.
#[derive(Default)]
struct Compone {
    volte: AtomicUsize,
    insieme: AtomicUsize,
    piu: AtomicUsize,
    cortesia: Mutex<Vec<i32>>,
    panico: AtomicU32,
}

impl Ricevute for Compone {
    fn ricevuta(&self, _: &Ente, caso: &Caso) -> Result<Vec<u8>, RicevutaError> {
        let volta = self.volte.fetch_add(1, Ordering::SeqCst);
        assert!(
            self.panico.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err(),
            "arranged"
        );
        self.piu.fetch_max(self.insieme.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        self.cortesia.lock().unwrap().push(rustix::process::getpriority_process(None).unwrap());
        std::thread::sleep(Duration::from_millis(20));
        self.insieme.fetch_sub(1, Ordering::SeqCst);
        let base = caso.base();
        Ok(format!("%PDF {volta} {:?} {}", base.stato, base.presa_in_carico.is_some()).into_bytes())
    }
}

/// A log to whose cases somebody else writes right before the receipt, so many times.
struct Conteso {
    log: Arc<dyn EventStore>,
    passi: AtomicU32,
    ignoti: AtomicU32,
}

impl eventstore::Layer for Conteso {
    fn below(&self) -> &dyn EventStore {
        &*self.log
    }

    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        Box::pin(async move {
            let receipt = batch.items[0].events[0].kind == "RicevutaFormata";
            let take = |left: &AtomicU32| {
                receipt && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
            };
            if take(&self.passi) {
                let mut step = batch.clone();
                let event = segnalazione::Event::SegnalazionePresaInCarico(PresaInCarico::sample());
                let events = &mut step.items[0].events[0];
                events.kind = event.kind().into();
                events.event_id = uuid::Uuid::from_u128(events.event_id.as_u128() + 1);
                events.payload = eventstore::hash::canonical(&event.payload()).unwrap();
                self.log.append(ente, step).await?;
            }
            let done = self.log.append(ente, batch).await?;
            if take(&self.ignoti) { Err(AppendError::Unknown("arranged".into())) } else { Ok(done) }
        })
    }
}

struct Scena {
    mondo: Mondo,
    app: App,
    deposito: Arc<Deposito>,
    compone: Arc<Compone>,
    log: Arc<Conteso>,
}

impl Scena {
    async fn nuova() -> Self {
        let mondo = Mondo::nuovo().await;
        let (deposito, compone) = (Arc::new(Deposito::default()), Arc::new(Compone::default()));
        let log = mondo.app.parts.store.clone();
        let log = Arc::new(Conteso { log, passi: AtomicU32::new(0), ignoti: AtomicU32::new(0) });
        let parts = Parts { documents: deposito.clone(), store: log.clone(), ..(*mondo.app.parts).clone() };
        let app = App::new(parts).con_ricevute(compone.clone());
        Self { mondo, app, deposito, compone, log }
    }

    async fn segnala(&self, chiave: &str) -> PraticaId {
        let input = InviaSegnalazione {
            categoria: "illuminazione".into(),
            titolo: "Lampione spento".into(),
            dettagli: "Il lampione davanti al civico 12 è spento.".into(),
            indirizzo: "Via dei Tigli 12".into(),
            ..InviaSegnalazione::default()
        };
        self.app.invia_segnalazione(&self.mondo.mario(), chiave, input).await.unwrap().caso.base().id
    }

    async fn scarica(&self, id: PraticaId) -> Bytes {
        let documento = self.app.ricevuta(&self.mondo.mario(), id).await.unwrap().expect("a receipt");
        let chunks: Vec<Bytes> = documento.bytes.try_collect().await.unwrap();
        let bytes = Bytes::from(chunks.concat());
        assert_eq!(documento.impronta, Impronta::from_bytes(eventstore::hash::sha256(&bytes)).to_string());
        assert_eq!(documento.formato, "application/pdf");
        assert!(documento.nome.starts_with("ricevuta-SG-"), "{}", documento.nome);
        bytes
    }

    async fn posta(&self, id: PraticaId) -> Result<Option<Bytes>, AppError> {
        self.app.pdf(&self.app.enti().all()[0].clone(), id).await
    }

    /// Files that events say are receipts of a case.
    async fn formate(&self, id: PraticaId) -> Vec<Allegato> {
        let events = self.app.stream(ENTE, &TipoPratica::Segnalazione.stream(id)).await.unwrap();
        let of = |(_, evento): (Record, Evento)| match evento {
            Evento::Segnalazione(segnalazione::Event::RicevutaFormata(e)) => Some(e.file),
            _ => None,
        };
        events.into_iter().filter_map(of).collect()
    }

    fn file(&self) -> Vec<AllegatoId> {
        self.deposito.files.lock().unwrap().keys().copied().collect()
    }
}

#[tokio::test]
async fn a_receipt_is_formed_once_and_stays_as_it_is() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    assert_eq!(scena.file(), [], "nobody asked yet");
    let first = scena.scarica(id).await;
    scena.mondo.dopo(ora(), SignedDuration::from_hours(24 * 365 * 10));
    assert_eq!((scena.scarica(id).await, scena.posta(id).await.unwrap()), (first.clone(), Some(first.clone())));
    assert_eq!(scena.compone.volte.load(Ordering::SeqCst), 1);
    let [file] = <[_; 1]>::try_from(scena.formate(id).await).unwrap();
    assert_eq!((scena.file(), file.dimensione), (vec![file.id], first.len() as u64));
    let impronta = scena.app.impronta_ricevuta(&scena.mondo.mario(), id).await.unwrap();
    assert_eq!(impronta, Some(file.impronta));
    // Stored, it needs nothing that composes.
    let other = App::new((*scena.app.parts).clone());
    assert!(other.ricevuta(&scena.mondo.mario(), id).await.unwrap().is_some());
}

#[tokio::test]
async fn the_log_says_that_the_system_formed_it_and_the_history_nothing() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    let before = scena.app.pratica(&scena.mondo.mario(), id, None, None).await.unwrap().unwrap().storia;
    scena.scarica(id).await;
    let after = scena.app.pratica(&scena.mondo.mario(), id, None, None).await.unwrap().unwrap();
    assert_eq!(after.storia, before);
    let (record, _) = scena.app.stream(ENTE, &TipoPratica::Segnalazione.stream(id)).await.unwrap().pop().unwrap();
    let meta = record.meta().unwrap();
    assert_eq!((meta.actor.as_str(), meta.role.as_str(), meta.channel.as_str()), ("ricevute", "sistema", "sistema"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_get_the_same_bytes_of_one_event() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    let people = future::join_all((0..8).map(|_| scena.scarica(id)));
    let (bytes, mail) = tokio::join!(people, scena.posta(id));
    assert!(bytes.iter().all(|other| *other == bytes[0]) && mail.unwrap() == Some(bytes[0].clone()));
    let [file] = <[_; 1]>::try_from(scena.formate(id).await).unwrap();
    assert_eq!(scena.file(), [file.id], "those that came second are gone");
    assert!(scena.compone.piu.load(Ordering::SeqCst) <= limits::INSIEME + limits::IN_CALMA);
}

#[tokio::test]
async fn who_writes_to_the_case_meanwhile_costs_no_second_composition() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    scena.log.passi.store(limits::TENTATIVI - 1, Ordering::SeqCst);
    let bytes = scena.scarica(id).await;
    assert!(!bytes.is_empty() && scena.compone.volte.load(Ordering::SeqCst) == 1);
    assert_eq!((scena.formate(id).await.len(), scena.file().len()), (1, 1));
    // Once more than it is tried.
    let id = scena.segnala("due").await;
    scena.log.passi.store(limits::TENTATIVI, Ordering::SeqCst);
    let refused = scena.app.ricevuta(&scena.mondo.mario(), id).await.err();
    assert!(matches!(refused, Some(AppError::Conflitto)), "{refused:?}");
    assert_eq!((scena.formate(id).await.len(), scena.file().len()), (0, 1), "nothing is left behind");
}

#[tokio::test]
async fn an_unknown_outcome_keeps_the_file_that_the_log_may_name() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    scena.log.ignoti.store(1, Ordering::SeqCst);
    assert!(scena.app.ricevuta(&scena.mondo.mario(), id).await.is_err());
    assert!(scena.scarica(id).await.starts_with(b"%PDF 0 "), "it was written down all the same");
}

#[tokio::test]
async fn a_receipt_formed_late_says_what_the_filing_said() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    scena.mondo.dopo(ora(), SignedDuration::from_hours(1));
    let event = segnalazione::Event::SegnalazionePresaInCarico(PresaInCarico::sample());
    let item = Item {
        stream: TipoPratica::Segnalazione.stream(id),
        expected: Expected::Any,
        events: vec![scena.app.plain(ora(), &event.into()).unwrap()],
    };
    let meta = Meta { actor: "prova".into(), role: "operatore".into(), channel: "portale".into(), ..Meta::default() };
    scena.app.parts.store.append(ENTE, Batch { items: vec![item], idempotency: None, meta }).await.unwrap();
    assert_eq!(&scena.scarica(id).await[..], b"%PDF 0 Protocollata false");
}

#[tokio::test]
async fn only_who_may_read_the_case_has_its_receipt() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    let stranger = scena.mondo.maria();
    assert!(matches!(scena.app.ricevuta(&stranger, id).await.err(), Some(AppError::NonTrovato)));
    assert!(matches!(scena.app.impronta_ricevuta(&stranger, id).await.err(), Some(AppError::NonTrovato)));
    assert!(matches!(scena.app.ricevuta(&scena.mondo.nessuno(), id).await.err(), Some(AppError::AccessoRichiesto)));
    assert_eq!(scena.file(), [], "nothing is formed for them");
    let nowhere = PraticaId(uuid::Uuid::from_u128(9));
    assert!(scena.app.ricevuta(&scena.mondo.mario(), nowhere).await.unwrap().is_none());
    let without = App::new((*scena.app.parts).clone());
    assert!(without.ricevuta(&scena.mondo.mario(), id).await.unwrap().is_none());
    assert_eq!(without.pdf(&without.enti().all()[0].clone(), id).await.unwrap(), None);
}

fn non_piu(error: Option<AppError>) -> bool {
    matches!(error, Some(AppError::Rifiutato(errori)) if errori[0].codice == "dato-non-piu-disponibile")
}

#[tokio::test]
async fn with_the_key_of_its_person_the_receipt_is_gone() {
    let scena = Scena::nuova().await;
    let (formed, never) = (scena.segnala("uno").await, scena.segnala("due").await);
    scena.scarica(formed).await;
    let mario = scena.mondo.mario().utente.unwrap().id;
    scena.mondo.keys.destroy(ENTE, mario.0).unwrap();
    *scena.deposito.distrutta.lock().unwrap() = true;
    for id in [formed, never] {
        assert!(non_piu(scena.app.ricevuta(&scena.mondo.mario(), id).await.err()));
        assert!(non_piu(scena.posta(id).await.err()));
    }
    assert_eq!(scena.formate(never).await, []);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_asked_again_later() {
    let scena = Scena::nuova().await;
    let id = scena.segnala("uno").await;
    *scena.deposito.guasto.lock().unwrap() = true;
    assert!(matches!(scena.posta(id).await, Err(AppError::NonDisponibile { .. })));
    *scena.deposito.guasto.lock().unwrap() = false;
    assert!(scena.posta(id).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_mails_receipts_are_composed_one_by_one_on_threads_that_yield() {
    let scena = Scena::nuova().await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(scena.segnala(&format!("chiave-{n}")).await);
    }
    // A thread that ends in a panic takes neither the turn nor the program with it.
    scena.compone.panico.store(1, Ordering::SeqCst);
    assert!(matches!(scena.posta(ids[0]).await, Err(AppError::Interno(_))));
    let all = future::join_all(ids.iter().map(|id| scena.posta(*id))).await;
    assert!(all.into_iter().all(|pdf| pdf.unwrap().is_some()));
    assert_eq!(scena.compone.piu.load(Ordering::SeqCst), limits::IN_CALMA);
    let usual = rustix::process::getpriority_process(None).unwrap();
    let polite = (usual + limits::CORTESIA).min(19);
    assert_eq!(*scena.compone.cortesia.lock().unwrap(), [polite; 4]);
    let id = scena.segnala("ultima").await;
    scena.scarica(id).await;
    assert_eq!(scena.compone.cortesia.lock().unwrap().last(), Some(&usual), "nobody else's thread changed");
}
