//! Stand-ins for the outside.

use crate::enti::{Ente, Ufficio};
use crate::notifiche::{Config, Notifiche};
use crate::ports::{
    BoxFuture, Bozze, Consegna, Ids, MailError, Mailer, Messaggio, Quota, StatoConsegna, SystemIds, Upload, UsoUpload,
    WorkError, WorkState,
};
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::evento::pratica_di;
use domain::ids::{AllegatoId, PersonaId, PraticaId};
use domain::notifica::{NotificaConsegnata, NotificaFallita};
use domain::pratica::{PresaInCarico, RicevutaEmessa, TermineCalcolato, TipoPratica};
use domain::segnalazione::SegnalazioneInviata;
use domain::{Evento, Sample, notifica, segnalazione};
use eventstore::{
    AppendError, Appended, Batch, Clock, EventStore, Expected, Item, ManualClock, MemoryKeyStore, MemoryStore, Meta,
    NewEvent, Record, hash, system_random,
};
use jiff::{SignedDuration, Timestamp};
use projections::decode::Opener;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub const ENTE: &str = "c_x000";

/// Notices by ente and dedupe key, each with the end of its lease.
type Rows = BTreeMap<(String, String), (Consegna, Option<Timestamp>)>;

/// The queue, as `workstate` keeps it, in memory.
#[derive(Default)]
pub struct Lavoro {
    positions: Mutex<BTreeMap<(String, String), u64>>,
    rows: Mutex<Rows>,
    /// Who has the turn, and until when.
    turn: Mutex<Option<(String, Timestamp)>>,
    /// So many calls of `settle` fail from now on.
    pub settle_fails: AtomicU32,
    /// So many calls of `note_handed_over` fail from now on.
    pub notes_fail: AtomicU32,
    /// So many calls of `hold` fail from now on.
    pub holds_fail: AtomicU32,
}

impl Lavoro {
    pub fn consegne(&self) -> Vec<Consegna> {
        self.rows.lock().unwrap().values().map(|(consegna, _)| consegna.clone()).collect()
    }

    pub fn leased(&self) -> usize {
        self.rows.lock().unwrap().values().filter(|(_, lease)| lease.is_some()).count()
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(std::future::ready(value))
}

/// One failure of those that were arranged.
fn take_one(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}

impl WorkState for Lavoro {
    fn bozze(&self) -> &dyn Bozze {
        unreachable!("not of this process")
    }
    fn put_upload(&self, _: Upload, _: Quota) -> BoxFuture<'_, Result<bool, WorkError>> {
        unreachable!("not of this process")
    }
    fn upload_use<'a>(&'a self, _: &'a str, _: PersonaId, _: Timestamp) -> BoxFuture<'a, Result<UsoUpload, WorkError>> {
        unreachable!("not of this process")
    }
    fn note_filed<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: u64,
        _: Vec<AllegatoId>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        unreachable!("not of this process")
    }
    fn forget_uploads<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<u64, WorkError>> {
        unreachable!("not of this process")
    }
    fn known_files<'a>(&'a self, _: &'a str, _: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<AllegatoId>, WorkError>> {
        unreachable!("not of this process")
    }
    fn uploads<'a>(&'a self, _: &'a str, _: &'a [AllegatoId]) -> BoxFuture<'a, Result<Vec<Upload>, WorkError>> {
        unreachable!("not of this process")
    }
    fn save_session(&self, _: String, _: Vec<u8>, _: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        unreachable!("not of this process")
    }
    fn renew_session<'a>(
        &'a self,
        _: &'a str,
        _: Vec<u8>,
        _: Timestamp,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        unreachable!("not of this process")
    }
    fn session<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<Option<Vec<u8>>, WorkError>> {
        unreachable!("not of this process")
    }
    fn delete_session<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        unreachable!("not of this process")
    }
    fn purge_sessions(&self, _: Timestamp) -> BoxFuture<'_, Result<u64, WorkError>> {
        unreachable!("not of this process")
    }

    fn hold<'a>(
        &'a self,
        _: &'a str,
        node: &'a str,
        now: Timestamp,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<bool, WorkError>> {
        if take_one(&self.holds_fail) {
            return ready(Err(WorkError("arranged".into())));
        }
        let mut turn = self.turn.lock().unwrap();
        let free = turn.as_ref().is_none_or(|(holder, end)| holder == node || *end <= now);
        if free {
            *turn = Some((node.to_owned(), until));
        }
        ready(Ok(free))
    }

    fn release<'a>(&'a self, _: &'a str, node: &'a str) -> BoxFuture<'a, Result<(), WorkError>> {
        self.turn.lock().unwrap().take_if(|(holder, _)| holder == node);
        ready(Ok(()))
    }

    fn process_position<'a>(&'a self, process: &'a str, ente: &'a str) -> BoxFuture<'a, Result<u64, WorkError>> {
        let key = (process.to_owned(), ente.to_owned());
        ready(Ok(self.positions.lock().unwrap().get(&key).copied().unwrap_or(0)))
    }

    fn enqueue<'a>(
        &'a self,
        process: &'a str,
        ente: &'a str,
        position: u64,
        consegne: Vec<Consegna>,
    ) -> BoxFuture<'a, Result<(), WorkError>> {
        let mut positions = self.positions.lock().unwrap();
        let kept = positions.entry((process.to_owned(), ente.to_owned())).or_default();
        *kept = position.max(*kept);
        let mut rows = self.rows.lock().unwrap();
        for consegna in consegne {
            rows.entry((consegna.ente.clone(), consegna.dedupe.clone())).or_insert((consegna, None));
        }
        ready(Ok(()))
    }

    fn rewind<'a>(&'a self, process: &'a str, ente: &'a str, position: u64) -> BoxFuture<'a, Result<(), WorkError>> {
        self.positions.lock().unwrap().insert((process.to_owned(), ente.to_owned()), position);
        ready(Ok(()))
    }

    fn lease_due(
        &self,
        now: Timestamp,
        lease: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Consegna>, WorkError>> {
        let mut taken = Vec::new();
        for (consegna, held) in self.rows.lock().unwrap().values_mut() {
            let due = consegna.stato == StatoConsegna::InCoda && consegna.prossimo <= now;
            if due && held.is_none_or(|until| until <= now) && taken.len() < limit as usize {
                *held = Some(lease);
                taken.push(consegna.clone());
            }
        }
        ready(Ok(taken))
    }

    fn note_attempt<'a>(&'a self, consegna: &'a Consegna, lease: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        let mut rows = self.rows.lock().unwrap();
        let (row, held) = rows.get_mut(&(consegna.ente.clone(), consegna.dedupe.clone())).unwrap();
        let mine = *held == Some(lease) && row.affidata.is_none() && row.stato == StatoConsegna::InCoda;
        if mine {
            row.tentativi = consegna.tentativi;
        }
        ready(Ok(mine))
    }

    fn note_handed_over<'a>(&'a self, consegna: &'a Consegna, at: Timestamp) -> BoxFuture<'a, Result<(), WorkError>> {
        if take_one(&self.notes_fail) {
            return ready(Err(WorkError("arranged".into())));
        }
        let mut rows = self.rows.lock().unwrap();
        let (row, _) = rows.get_mut(&(consegna.ente.clone(), consegna.dedupe.clone())).unwrap();
        row.affidata.get_or_insert(at);
        ready(Ok(()))
    }

    fn settle(&self, consegna: Consegna, lease: Timestamp) -> BoxFuture<'_, Result<(), WorkError>> {
        if take_one(&self.settle_fails) {
            return ready(Err(WorkError("arranged".into())));
        }
        let mut rows = self.rows.lock().unwrap();
        let (row, held) = rows.get_mut(&(consegna.ente.clone(), consegna.dedupe.clone())).unwrap();
        if held.take_if(|end| *end == lease).is_some() {
            *row = Consegna { affidata: row.affidata, ..consegna };
        }
        ready(Ok(()))
    }

    fn dead_letters<'a>(&'a self, ente: &'a str) -> BoxFuture<'a, Result<(Vec<Consegna>, u64), WorkError>> {
        let dead: Vec<_> =
            self.consegne().into_iter().filter(|c| c.ente == ente && c.stato == StatoConsegna::Fallita).collect();
        let count = dead.len() as u64;
        ready(Ok((dead, count)))
    }

    fn retry<'a>(&'a self, ente: &'a str, dedupe: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool, WorkError>> {
        let mut rows = self.rows.lock().unwrap();
        let Some((consegna, _)) = rows.get_mut(&(ente.to_owned(), dedupe.to_owned())) else { return ready(Ok(false)) };
        (consegna.stato, consegna.tentativi) = (StatoConsegna::InCoda, 0);
        (consegna.prossimo, consegna.creata) = (now, now);
        ready(Ok(true))
    }
}

/// Keeps what it is given, after the failures that were arranged.
#[derive(Default)]
pub struct Buca {
    pub sent: Mutex<Vec<Messaggio>>,
    pub answers: Mutex<VecDeque<MailError>>,
    /// Answers with this whatever comes.
    pub always: Mutex<Option<MailError>>,
}

impl Mailer for Buca {
    fn send<'a>(&'a self, message: &'a Messaggio) -> BoxFuture<'a, Result<(), MailError>> {
        let failure = self.answers.lock().unwrap().pop_front().or_else(|| self.always.lock().unwrap().clone());
        if let Some(error) = failure {
            return ready(Err(error));
        }
        self.sent.lock().unwrap().push(message.clone());
        ready(Ok(()))
    }
}

/// A log that can refuse to be written.
pub struct Guasto {
    pub inner: MemoryStore,
    /// So many appends of outcomes fail from now on.
    pub append_fails: AtomicU32,
}

impl eventstore::Layer for Guasto {
    fn below(&self) -> &dyn EventStore {
        &self.inner
    }

    fn append<'a>(&'a self, ente: &'a str, batch: Batch) -> BoxFuture<'a, Result<Appended, AppendError>> {
        // What is filed has a number by now: only the outcomes of notices are refused.
        let outcome = batch.items.iter().any(|item| item.stream.starts_with("notifica-"));
        if outcome && take_one(&self.append_fails) {
            return ready(Err(AppendError::Unknown("arranged".into())));
        }
        self.inner.append(ente, batch)
    }
}

/// Everything of one installation.
pub struct Scena {
    pub clock: Arc<ManualClock>,
    pub store: Arc<Guasto>,
    pub work: Arc<Lavoro>,
    pub buca: Arc<Buca>,
}

pub fn ente() -> Ente {
    let ufficio = |codice: &str, nome: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: nome.into(),
        email: format!("{codice}@example.org"),
        telefono: "0187 555 0111".into(),
    };
    Ente {
        codice: CodiceEnte::parse(ENTE).unwrap(),
        denominazione: "Comune di Montelume".into(),
        nome: "Montelume".into(),
        motto: "Un paese di prova".into(),
        regione: "Liguria".into(),
        aoo: "AOO1".into(),
        host: vec!["sportello.example.org".into()],
        base_url: "https://sportello.example.org".into(),
        email: "sportello@comune.example.org".into(),
        pec: "protocollo@pec.example.org".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza della Fonte 1".into(),
        centro: ("44.1".into(), "8.25".into()),
        strade: None,
        patrono: None,
        uffici: vec![
            ufficio("lavori-pubblici", "Lavori pubblici"),
            ufficio("urp", "Ufficio relazioni con il pubblico"),
            ufficio("segreteria-sindaco", "Segreteria della Sindaca"),
        ],
    }
}

impl Scena {
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::new("2026-03-06T09:30:00Z".parse().unwrap()));
        let store = Guasto { inner: MemoryStore::new(clock.clone()), append_fails: AtomicU32::new(0) };
        Self { clock, store: Arc::new(store), work: Arc::default(), buca: Arc::default() }
    }

    /// The process, as a fresh start of the program has it.
    pub fn notifiche(&self) -> Notifiche {
        Notifiche {
            store: self.store.clone(),
            opener: Arc::new(Opener::new(Arc::new(MemoryKeyStore::new(system_random())))),
            work: self.work.clone(),
            mailer: self.buca.clone(),
            ricevute: None,
            app: None,
            clock: self.clock.clone(),
            ids: Arc::new(SystemIds),
            enti: vec![Arc::new(ente())],
            config: Config { al_secondo: 1_000, ..Config::default() },
            nodo: "unico".into(),
        }
    }

    pub async fn run(&self) {
        self.notifiche().run_until_idle().await.unwrap();
    }

    pub fn later(&self, by: SignedDuration) {
        self.clock.set(self.clock.now() + by);
    }

    pub fn sent(&self) -> usize {
        self.buca.sent.lock().unwrap().len()
    }

    /// Appends events to a stream of the ente, in the clear.
    pub async fn append(&self, stream: &str, events: Vec<Evento>) -> Vec<Uuid> {
        let mut ids = Vec::new();
        let events = events.into_iter().map(|event| {
            let event_id = SystemIds.uuid(self.clock.now());
            ids.push(event_id);
            let payload = hash::canonical(&event.payload()).unwrap();
            NewEvent { event_id, kind: event.kind().into(), schema_version: event.version(), payload }
        });
        let item = Item { stream: stream.into(), expected: Expected::Any, events: events.collect() };
        let meta =
            Meta { actor: "prova".into(), role: "cittadino".into(), channel: "portale".into(), ..Meta::default() };
        self.store.append(ENTE, Batch { items: vec![item], idempotency: None, meta }).await.unwrap();
        ids
    }

    /// Files the n-th report; the id of its first event.
    pub async fn segnala(&self, n: u128) -> Uuid {
        self.segnala_come(n, |_| {}).await
    }

    /// Files the n-th report, changed.
    pub async fn segnala_come(&self, n: u128, change: impl FnOnce(&mut SegnalazioneInviata)) -> Uuid {
        let mut inviata = SegnalazioneInviata::sample();
        inviata.deposito.pratica = PraticaId(Uuid::from_u128(n));
        change(&mut inviata);
        let events: [segnalazione::Event; 3] =
            [inviata.into(), RicevutaEmessa::sample().into(), TermineCalcolato::sample().into()];
        self.append(&stream(n), events.into_iter().map(Evento::from).collect()).await[0]
    }

    pub async fn prendi_in_carico(&self, n: u128) -> Uuid {
        let event = segnalazione::Event::SegnalazionePresaInCarico(PresaInCarico::sample());
        self.append(&stream(n), vec![event.into()]).await[0]
    }

    /// What the log says of the notices of the n-th report.
    pub async fn esiti(&self, n: u128) -> Vec<notifica::Event> {
        let stream = notifica::stream(PraticaId(Uuid::from_u128(n)));
        let records = self.store.read_stream(ENTE, &stream, 0, 100).await.unwrap();
        let decode = |record: &Record| notifica::Event::decode(&record.kind, record.json().unwrap()).unwrap();
        records.iter().map(decode).collect()
    }

    /// The one outcome of the n-th report, a delivery.
    pub async fn consegnata(&self, n: u128) -> NotificaConsegnata {
        match <[_; 1]>::try_from(self.esiti(n).await) {
            Ok([notifica::Event::NotificaConsegnata(esito)]) => esito,
            other => panic!("{other:?}"),
        }
    }

    /// The one outcome of the n-th report, a failure.
    pub async fn fallita(&self, n: u128) -> NotificaFallita {
        match <[_; 1]>::try_from(self.esiti(n).await) {
            Ok([notifica::Event::NotificaFallita(esito)]) => esito,
            other => panic!("{other:?}"),
        }
    }

    /// The one notice in the queue.
    pub fn only(&self) -> Consegna {
        let [only] = <[_; 1]>::try_from(self.work.consegne()).unwrap();
        only
    }
}

pub fn stream(n: u128) -> String {
    let stream = TipoPratica::Segnalazione.stream(PraticaId(Uuid::from_u128(n)));
    assert!(pratica_di(&stream).is_some());
    stream
}
