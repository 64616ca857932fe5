//! A small world for tests: a log in memory, keys, cases with realistic histories. Fictional persons only.

use crate::decode::Opener;
use crate::pagina::Pagina;
use crate::projection::Projection;
use crate::read_models::ReadModels;
use crate::sql::Sql;
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::persona::Operatore;
use domain::pratica::{
    Conclusione, Deposito, LavorazioneAvviata, Messaggio, PresaInCarico, RicevutaEmessa, TermineCalcolato, TipoPratica,
};
use domain::registro::{
    CODICE_REGISTRO, Flusso, Protocollo, ProtocolloRegistrato, stream_registrazione, stream_registro,
};
use domain::{Evento, Sample, accesso, istanza, lettera, registro, segnalazione};
use eventstore::sealing::{PERSONALE, seal};
use eventstore::{
    Batch, Clock, EventStore, Expected, Item, KeyStore, ManualClock, MemoryKeyStore, MemoryStore, Meta, NewEvent,
    Position, ReadError, Record, hash, system_random,
};
use futures_core::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection as _, PgConnection, Row};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use test_postgres::TestDatabase;
use uuid::Uuid;

pub const ENTE: &str = "c_a000";
pub const ALTRO: &str = "c_b000";

pub struct World {
    pub store: Arc<MemoryStore>,
    pub keys: Arc<MemoryKeyStore>,
    clock: Arc<ManualClock>,
    next: AtomicU64,
    numbers: Mutex<BTreeMap<String, u64>>,
    pub letture: Letture,
}

/// The read database of a test, empty at first and gone with the value.
pub enum Letture {
    Sqlite(TempDir),
    Postgres(TestDatabase),
}

impl Letture {
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub async fn postgres() -> Self {
        Self::Postgres(TestDatabase::create().await)
    }

    /// What [`ReadModels::open`] takes.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => self.file().unwrap().to_str().unwrap().to_owned(),
            Self::Postgres(database) => database.url().to_owned(),
        }
    }

    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(folder) => Some(folder.path().join("con spazi e 100%?.db")),
            Self::Postgres(_) => None,
        }
    }

    /// One statement on PostgreSQL, from outside; rows touched or found.
    pub async fn execute(&self, sql: &'static str) -> u64 {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let done = sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected();
        connection.close().await.unwrap();
        done
    }

    /// Throws everything away.
    pub async fn wipe(&self) {
        match self {
            Self::Sqlite(_) => std::fs::remove_file(self.file().unwrap()).unwrap(),
            Self::Postgres(_) => drop(self.execute("DROP SCHEMA letture CASCADE").await),
        }
    }
}

/// Each test on each engine: a function of a [`World`].
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            use crate::kit::{Letture, World};
            $(#[tokio::test] async fn $test() { super::$test(World::new(Letture::sqlite())).await; })+
        }
        mod postgres {
            use crate::kit::{Letture, World};
            $(#[tokio::test] async fn $test() { super::$test(World::new(Letture::postgres().await)).await; })+
        }
    };
}
pub(crate) use on_both;

/// What a test chooses of a case.
pub struct Caso {
    pub tipo: TipoPratica,
    pub titolare: PersonaId,
    pub titolo: &'static str,
    pub ufficio: &'static str,
}

impl Caso {
    pub fn new(tipo: TipoPratica, titolare: u128, titolo: &'static str, ufficio: &'static str) -> Self {
        Self { tipo, titolare: persona(titolare), titolo, ufficio }
    }
}

pub fn persona(n: u128) -> PersonaId {
    PersonaId(Uuid::from_u128(n))
}

pub fn prima(primi: u32) -> Pagina {
    Pagina::prima(primi)
}

impl World {
    pub fn new(letture: Letture) -> Self {
        let clock = Arc::new(ManualClock::new("2026-03-06T09:30:00Z".parse().unwrap()));
        Self {
            store: Arc::new(MemoryStore::new(clock.clone())),
            keys: Arc::new(MemoryKeyStore::new(system_random())),
            clock,
            next: AtomicU64::new(1),
            numbers: Mutex::default(),
            letture,
        }
    }

    pub fn opener(&self) -> Arc<Opener> {
        Arc::new(Opener::new(self.keys.clone()))
    }

    /// Read models of both enti, not running.
    pub async fn models(&self) -> Arc<ReadModels> {
        self.models_of(self.store.clone(), crate::projections()).await
    }

    pub async fn models_of(
        &self,
        store: Arc<dyn EventStore>,
        projections: Vec<Box<dyn Projection>>,
    ) -> Arc<ReadModels> {
        let enti = vec![ENTE.to_owned(), ALTRO.to_owned()];
        ReadModels::open_with(&self.letture.url(), store, self.opener(), enti, projections).await.unwrap()
    }

    pub fn uuid(&self) -> Uuid {
        Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(self.next.fetch_add(1, Ordering::Relaxed)),
        )
    }

    /// An hour later.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now() + SignedDuration::from_hours(1);
        self.clock.set(now);
        now
    }

    fn number(&self, ente: &str) -> Protocollo {
        self.number_in(ente, CODICE_REGISTRO)
    }

    /// The next number of a register.
    pub fn number_in(&self, ente: &str, registro: &str) -> Protocollo {
        let mut numbers = self.numbers.lock().unwrap();
        let numero = numbers.entry(format!("{ente}/{registro}")).or_default();
        *numero += 1;
        Protocollo { registro: registro.into(), numero: *numero, data: self.clock.now(), ..Protocollo::sample() }
    }

    /// An event as it is stored: personal data sealed with the key of `subject`.
    pub fn event(
        &self,
        ente: &str,
        subject: Uuid,
        kind: &str,
        version: u32,
        mut payload: serde_json::Value,
    ) -> NewEvent {
        let event_id = self.uuid();
        if let Some(part) = payload.get_mut(PERSONALE).filter(|part| !part.is_null()) {
            let key = self.keys.key_of(ente, subject).unwrap();
            let sealed = seal(&key, ente, event_id, &[7; 24], &hash::canonical(part).unwrap());
            *part = serde_json::to_value(sealed).unwrap();
        }
        let payload = hash::canonical(&payload).unwrap();
        NewEvent { event_id, kind: kind.to_owned(), schema_version: version, payload }
    }

    pub async fn append(&self, ente: &str, items: Vec<(String, Vec<NewEvent>)>) -> u64 {
        let item = |(stream, events)| Item { stream, expected: Expected::Any, events };
        let meta = Meta {
            actor: "0192f00d-0000-8000-8000-000000000001".into(),
            role: "cittadino".into(),
            identity_level: Some(2),
            channel: "portale".into(),
            ..Meta::default()
        };
        let batch = Batch { items: items.into_iter().map(item).collect(), idempotency: None, meta };
        self.store.append(ente, batch).await.unwrap().last
    }

    async fn one(&self, ente: &str, stream: String, subject: Uuid, evento: Evento) -> u64 {
        let event = self.event(ente, subject, evento.kind(), evento.version(), evento.payload());
        self.append(ente, vec![(stream, vec![event])]).await
    }

    /// Files a case: entry of the register, filing, receipt, term.
    pub async fn file(&self, ente: &str, caso: &Caso) -> PraticaId {
        let id = PraticaId(self.uuid());
        let at = self.now();
        let protocollo = self.number(ente);
        let (stream, subject) = (caso.tipo.stream(id), caso.titolare.0);
        let deposito = |sample: Deposito| Deposito {
            pratica: id,
            codice: caso.tipo.codice(id),
            titolare: caso.titolare,
            ufficio: CodiceUfficio::new(caso.ufficio),
            inviata_il: at,
            ..sample
        };
        let (filed, oggetto): (Evento, String) = match caso.tipo {
            TipoPratica::Segnalazione => {
                let mut e = segnalazione::SegnalazioneInviata::sample();
                e.deposito = deposito(e.deposito);
                e.personale.0.as_mut().unwrap().titolo = caso.titolo.into();
                (segnalazione::Event::from(e.clone()).into(), e.deposito.oggetto)
            }
            TipoPratica::Lettera => {
                let mut e = lettera::LetteraInviata::sample();
                e.deposito = deposito(e.deposito);
                e.personale.0.as_mut().unwrap().oggetto = caso.titolo.into();
                (lettera::Event::from(e.clone()).into(), e.deposito.oggetto)
            }
            TipoPratica::Istanza => {
                let mut e = istanza::IstanzaPresentata::sample();
                e.deposito = deposito(e.deposito);
                let modulo = serde_json::json!({ "oggetto": caso.titolo, "richiesta": "Per favore." });
                e.personale.0.as_mut().unwrap().modulo = serde_json::from_value(modulo).unwrap();
                (istanza::Event::from(e.clone()).into(), e.deposito.oggetto)
            }
            TipoPratica::Appuntamento => panic!("an appointment is booked together with its agenda"),
        };
        let entry = ProtocolloRegistrato {
            protocollo: protocollo.clone(),
            pratica: id,
            tipo_pratica: caso.tipo.as_str().into(),
            oggetto: oggetto.clone(),
            assegnazione: CodiceUfficio::new(caso.ufficio),
            riservato: caso.tipo == TipoPratica::Lettera,
            ..ProtocolloRegistrato::sample()
        };
        let entry: Evento = registro::Event::from(entry).into();
        let codice = caso.tipo.codice(id);
        let receipt = RicevutaEmessa { pratica: id, codice, protocollo, oggetto, ufficio: caso.ufficio.into() };
        let term = TermineCalcolato { pratica: id, ..TermineCalcolato::sample() };
        let event = |subject, kind: &str, payload| self.event(ente, subject, kind, 1, payload);
        let events = vec![
            event(subject, filed.kind(), filed.payload()),
            event(subject, "RicevutaEmessa", serde_json::to_value(receipt).unwrap()),
            event(subject, "TermineCalcolato", serde_json::to_value(term).unwrap()),
        ];
        let entry = vec![event(register(), entry.kind(), entry.payload())];
        self.append(ente, vec![(stream_registro(CODICE_REGISTRO, 2026), entry), (stream, events)]).await;
        id
    }

    /// Carries a case to its end; letters and requests are answered with a number of their own.
    pub async fn conclude(&self, ente: &str, caso: &Caso, id: PraticaId) {
        let (stream, subject) = (caso.tipo.stream(id), caso.titolare.0);
        let operatore = Operatore::sample();
        let (first, last, protocollo) = match caso.tipo {
            TipoPratica::Segnalazione => ("SegnalazionePresaInCarico", "SegnalazioneRisolta", None),
            TipoPratica::Lettera => ("LetteraPresaInCarico", "RispostaInviata", Some(self.number(ente))),
            TipoPratica::Istanza => ("IstanzaPresaInCarico", "IstanzaConclusa", Some(self.number(ente))),
            TipoPratica::Appuntamento => panic!("an appointment has steps of its own"),
        };
        let taken = PresaInCarico { pratica: id, operatore: operatore.clone(), il: self.now() };
        let begun =
            LavorazioneAvviata { pratica: id, operatore: operatore.clone(), il: self.now(), ..Sample::sample() };
        let personale = Messaggio { messaggio: Some("Fatto.".into()) }.into();
        let done = Conclusione { pratica: id, operatore, il: self.now(), protocollo: protocollo.clone(), personale };
        let event = |kind: &str, payload| self.event(ente, subject, kind, 1, payload);
        let mut items = vec![(
            stream,
            vec![
                event(first, serde_json::to_value(taken).unwrap()),
                event("LavorazioneAvviata", serde_json::to_value(begun).unwrap()),
                event(last, serde_json::to_value(done).unwrap()),
            ],
        )];
        if let Some(protocollo) = protocollo {
            let entry = ProtocolloRegistrato {
                protocollo,
                flusso: Flusso::U,
                pratica: id,
                tipo_pratica: caso.tipo.as_str().into(),
                primario: Some(Protocollo::sample()),
                ..ProtocolloRegistrato::sample()
            };
            let entry: Evento = registro::Event::from(entry).into();
            let entry = self.event(ente, register(), entry.kind(), 1, entry.payload());
            items.insert(0, (stream_registro(CODICE_REGISTRO, 2026), vec![entry]));
        }
        self.append(ente, items).await;
    }

    /// Assigns an entry to another office.
    pub async fn reassign(&self, ente: &str, numero: u64, nuova: &str) -> u64 {
        self.now();
        let change = registro::AssegnazioneModificata {
            numero,
            nuova: CodiceUfficio::new(nuova),
            ..registro::AssegnazioneModificata::sample()
        };
        let evento = registro::Event::AssegnazioneModificata(change).into();
        self.one(ente, stream_registrazione(CODICE_REGISTRO, 2026, numero), register(), evento).await
    }

    pub async fn sign_in(&self, ente: &str) -> u64 {
        let evento = accesso::Event::from(accesso::AccessoEffettuato::sample()).into();
        self.one(ente, "accesso-2026-03-06".into(), Uuid::nil(), evento).await
    }

    /// So many sign-ins, in full batches.
    pub async fn sign_ins(&self, ente: &str, n: usize) {
        let payload = serde_json::to_value(accesso::AccessoEffettuato::sample()).unwrap();
        let all: Vec<NewEvent> =
            (0..n).map(|_| self.event(ente, Uuid::nil(), "AccessoEffettuato", 1, payload.clone())).collect();
        for events in all.chunks(64) {
            self.append(ente, vec![("accesso-2026-03-06".into(), events.to_vec())]).await;
        }
    }

    /// A few cases of each kind in both enti, some concluded, an entry reassigned.
    pub async fn histories(&self) {
        use TipoPratica::{Istanza, Lettera, Segnalazione};
        for ente in [ENTE, ALTRO] {
            for n in 1..=4 {
                for (tipo, titolo, ufficio) in [
                    (Segnalazione, "Lampione spento", "lavori-pubblici"),
                    (Lettera, "Il parco", "segreteria-sindaco"),
                    (Istanza, "Panchina", "urp"),
                ] {
                    let caso = Caso::new(tipo, n, titolo, ufficio);
                    let id = self.file(ente, &caso).await;
                    if n % 2 == 0 {
                        self.conclude(ente, &caso, id).await;
                    }
                }
                self.sign_in(ente).await;
            }
            self.reassign(ente, 2, "ambiente").await;
        }
    }
}

pub fn register() -> Uuid {
    Uuid::from_u128(0xf0)
}

/// All rows of all tables in service, by table, without the generation in the tables' names.
pub async fn dump(models: &ReadModels) -> BTreeMap<String, Vec<String>> {
    let dialect = models.pools.dialect;
    let text = "SELECT t.name FROM projection_table t JOIN projection_live l ON t.projection = l.projection
        AND t.version = l.version AND t.generation = l.generation";
    // The loops put tables into service a moment after the last page is in.
    for _ in 0..1_000 {
        let mut connection = models.pools.writer().await.unwrap();
        let live = crate::catalog::live(&mut connection, dialect).await.unwrap().len();
        connection.give_back();
        if live == models.projections.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let mut all = BTreeMap::new();
    for row in Sql::new(dialect, text).rows(&models.pools.read).await.unwrap() {
        let name: String = row.get("name");
        let rows = Sql::new(dialect, format!("SELECT * FROM {name}")).rows(&models.pools.read).await.unwrap();
        let mut rows: Vec<String> =
            rows.iter().map(|row| format!("{:?}", row.values.iter().map(|v| &v.kind).collect::<Vec<_>>())).collect();
        rows.sort();
        all.insert(name.rsplit_once("_g").unwrap().0.to_owned(), rows);
    }
    all
}

/// A log from which one record was lost, or whose reads fail.
pub struct Damaged {
    inner: Arc<MemoryStore>,
    pub lost: AtomicU64,
    pub away: AtomicBool,
}

impl Damaged {
    pub fn new(world: &World, lost: u64) -> Arc<Self> {
        Arc::new(Self { inner: world.store.clone(), lost: AtomicU64::new(lost), away: AtomicBool::new(false) })
    }
}

impl eventstore::Layer for Damaged {
    fn below(&self) -> &dyn EventStore {
        &*self.inner
    }

    fn read_all<'a>(
        &'a self,
        ente: &'a str,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, ReadError>> {
        Box::pin(async move {
            if self.away.load(Ordering::SeqCst) {
                return Err(ReadError::Unavailable("prova".into()));
            }
            let lost = self.lost.load(Ordering::SeqCst);
            let mut page = self.inner.read_all(ente, after, limit).await?;
            page.retain(|record| record.ente != ENTE || record.position != lost);
            Ok(page)
        })
    }
}
