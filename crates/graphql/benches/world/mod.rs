//! A small town with cases, in this process.

use crate::ports::{Documents, Work};
use app::ports::{SystemIds, VerifiedIdentity};
use app::{App, Canale, Contesto, Ente, Enti, InviaSegnalazione, Parts, Ufficio, Utente, persone::Persone};
use async_graphql::{Request, Variables};
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::{CodiceEnte, CodiceUfficio};
use domain::persona::{LivelloIdentita, Ruolo};
use eventstore::{ManualClock, MemoryKeyStore, MemoryStore, system_random};
use graphql::Schema;
use projections::{Opener, ReadModels};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{AssertSqlSafe, Executor, PgPool, SqlitePool};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

const ENTE: &str = "c_x000";
/// The document whose speed is measured, the same as in the load test.
const QUERY: &str = include_str!("../../../../bench/area_personale.graphql");
const INVIA: &str = "mutation($input: InviaSegnalazioneInput!) { inviaSegnalazione(input: $input) {
  pratica { id codice stato } protocollo { segnatura data impronta } posizione errori { campo codice messaggio } } }";
/// Cases of each citizen.
const EACH: usize = 20;

enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

pub struct World {
    schema: Schema,
    app: App,
    citizen: Arc<Utente>,
    raw: Raw,
    statement: String,
    next: AtomicU64,
}

fn ente() -> Ente {
    let office = |codice: &str, nome: &str| Ufficio {
        codice: CodiceUfficio::new(codice),
        nome: nome.into(),
        email: format!("{codice}@comune.example"),
        telefono: "0187 555 0100".into(),
    };
    Ente {
        codice: CodiceEnte::parse(ENTE).expect("a code"),
        denominazione: "Comune di Montelume".into(),
        nome: "Montelume".into(),
        motto: "Il Comune vicino".into(),
        regione: "Liguria".into(),
        aoo: "AX000".into(),
        host: vec!["montelume.example".into()],
        base_url: "https://montelume.example".into(),
        email: "sportello@montelume.example".into(),
        pec: "pec@montelume.example".into(),
        telefono: "0187 555 0100".into(),
        indirizzo: "Piazza della Fonte 1".into(),
        centro: ("44.1".into(), "8.2".into()),
        strade: None,
        patrono: None,
        uffici: vec![
            office("lavori-pubblici", "Lavori pubblici"),
            office("ambiente", "Ambiente"),
            office("polizia-locale", "Polizia locale"),
            office("urp", "Ufficio relazioni con il pubblico"),
            office("segreteria-sindaco", "Segreteria del Sindaco"),
        ],
    }
}

/// What the personal area shows, by hand: list and last steps in one statement, as one text.
fn statement(tables: (&str, &str), persona: &str, postgres: bool) -> String {
    let (array, object) =
        if postgres { ("json_agg", "json_build_object") } else { ("json_group_array", "json_object") };
    let text = if postgres { "::text" } else { "" };
    let (pratica, storia) = tables;
    format!(
        "SELECT {array}({object}('id', id, 'codice', codice, 'tipo', tipo, 'stato', stato, 'oggetto', oggetto,
           'titolo', titolo, 'inviataIl', inviata_il, 'scadenza', scadenza, 'anno', anno, 'numero', numero,
           'protocollataIl', protocollata_il, 'ufficio', ufficio, 'storia', passi)){text}
         FROM (SELECT p.*, (SELECT {array}({object}('evento', evento, 'quando', quando, 'attore', attore,
             'messaggio', messaggio, 'segnatura', segnatura, 'scadenza', scadenza, 'parametri', parametri))
           FROM (SELECT * FROM {storia} s WHERE s.ente = '{ENTE}' AND s.pratica = p.id
             ORDER BY posizione DESC LIMIT 5) AS ultimi) AS passi
           FROM {pratica} p WHERE ente = '{ENTE}' AND titolare = '{persona}' ORDER BY posizione DESC LIMIT 20) AS righe"
    )
}

impl World {
    /// So many cases, each carried to its end, in read models at a path or an address.
    pub async fn new(reads_at: &str, cases: usize) -> Self {
        let clock = Arc::new(ManualClock::new("2026-03-06T09:30:00Z".parse().expect("an instant")));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let keys = Arc::new(MemoryKeyStore::new(system_random()));
        let opener = Arc::new(Opener::new(keys.clone()));
        let reads = ReadModels::open(reads_at, store.clone(), opener.clone(), vec![ENTE.into()]).await.expect("tables");
        let app = App::new(Parts {
            store,
            keys,
            opener,
            reads: reads.clone(),
            work: Arc::new(Work::default()),
            documents: Arc::new(Documents::default()),
            clock,
            ids: Arc::new(SystemIds),
            enti: Arc::new(Enti::new(vec![ente()]).expect("an ente")),
            persone: Persone::new([7; 32]),
        });
        let people: Vec<_> = (0..cases.div_ceil(EACH)).map(|n| person(&app, n, Ruolo::Cittadino)).collect();
        let (raw, tables) = open(reads_at).await;
        let statement = statement((&tables.0, &tables.1), &people[0].id.to_string(), matches!(raw, Raw::Postgres(_)));
        let (schema, citizen) = (graphql::schema(app.clone()), people[0].clone());
        let world = Self { schema, app, citizen, raw, statement, next: AtomicU64::new(0) };
        let official = person(&world.app, people.len(), Ruolo::Operatore);
        for n in 0..cases {
            world.case(&people[n % people.len()], &official).await;
        }
        reads.catch_up().await.expect("the read models catch up");
        world
    }

    fn contesto(&self, who: &Arc<Utente>) -> Contesto {
        Contesto {
            ente: self.app.enti().all()[0].clone(),
            utente: Some(who.clone()),
            canale: Canale::Graphql,
            correlazione: Uuid::nil(),
        }
    }

    fn key(&self) -> String {
        format!("chiave-{}", self.next.fetch_add(1, Ordering::Relaxed))
    }

    async fn case(&self, citizen: &Arc<Utente>, official: &Arc<Utente>) {
        let desk = self.contesto(official);
        let filed = self.app.invia_segnalazione(&self.contesto(citizen), &self.key(), report()).await.expect("filed");
        let id = filed.caso.base().id;
        self.app.prendi_in_carico(&desk, &self.key(), id).await.expect("taken");
        let words = "La squadra arriva giovedì mattina.".to_owned();
        self.app.avvia_lavorazione(&desk, &self.key(), id, Some(words)).await.expect("begun");
        self.app.concludi(&desk, &self.key(), id, "Il lampione è stato riparato.".into()).await.expect("ended");
    }

    /// The personal area as JSON text, as a door sends it.
    pub async fn area_personale(&self) -> String {
        let answer = self.schema.execute(Request::new(QUERY).data(self.contesto(&self.citizen))).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        serde_json::to_string(&answer).expect("JSON")
    }

    /// The same rows by one statement.
    pub async fn raw(&self) -> String {
        let sql = AssertSqlSafe(self.statement.as_str());
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
            Raw::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
        }
        .expect("rows")
    }

    /// A filing as a command.
    pub async fn file(&self) {
        let filed = self.app.invia_segnalazione(&self.contesto(&self.citizen), &self.key(), report()).await;
        assert!(filed.is_ok());
    }

    /// A filing as a mutation, answered as JSON text.
    pub async fn file_by_graphql(&self) {
        let InviaSegnalazione { categoria, titolo, dettagli, indirizzo, latitudine, longitudine, .. } = report();
        let luogo = serde_json::json!({ "indirizzo": indirizzo, "latitudine": latitudine, "longitudine": longitudine });
        let input = serde_json::json!({ "chiaveIdempotenza": self.key(), "categoria": categoria, "titolo": titolo,
            "dettagli": dettagli, "luogo": luogo });
        let variables = Variables::from_json(serde_json::json!({ "input": input }));
        let request = Request::new(INVIA).variables(variables).data(self.contesto(&self.citizen));
        let text = serde_json::to_string(&self.schema.execute(request).await).expect("JSON");
        assert!(text.contains("segnatura"), "{text}");
    }
}

fn report() -> InviaSegnalazione {
    InviaSegnalazione {
        categoria: "illuminazione".into(),
        titolo: "Lampione spento in via dei Tigli".into(),
        dettagli: "Il lampione davanti al civico 12 è spento da lunedì; la strada è buia e poco sicura.".into(),
        indirizzo: "Via dei Tigli 12".into(),
        latitudine: Some(44.1),
        longitudine: Some(8.2),
        allegati: Vec::new(),
    }
}

fn person(app: &App, n: usize, ruolo: Ruolo) -> Arc<Utente> {
    let uffici = if ruolo == Ruolo::Operatore { vec![CodiceUfficio::new("lavori-pubblici")] } else { Vec::new() };
    let identity = VerifiedIdentity {
        fornitore: "prova".into(),
        codice_fiscale: CodiceFiscale::parse("RSSMRA80A01H501U").expect("a code"),
        nome: "Mario".into(),
        cognome: "Rossi".into(),
        email: None,
        livello: LivelloIdentita::L2,
        ruolo,
        uffici,
        ambiti: Vec::new(),
    };
    let mut utente = app.persone().utente(ENTE, identity);
    // One code serves for all: their ids differ.
    utente.id.0 = Uuid::from_u128(utente.id.0.as_u128() ^ n as u128);
    Arc::new(utente)
}

/// A pool for the hand-written statement, set up as the program's own, and the tables in service.
async fn open(reads_at: &str) -> (Raw, (String, String)) {
    const SET: &str = "SET search_path = letture, public";
    let names = "SELECT name FROM projection_table WHERE projection IN ('pratiche', 'storia') ORDER BY name";
    let (raw, names): (Raw, Vec<String>) = if reads_at.starts_with("postgres") {
        let options = PgPoolOptions::new().max_connections(8).test_before_acquire(false);
        let options =
            options.after_connect(|connection, _| Box::pin(async { connection.execute(SET).await.map(|_| ()) }));
        let pool = options.connect(reads_at).await.expect("a database");
        let names = sqlx::query_scalar(names).fetch_all(&pool).await.expect("names");
        (Raw::Postgres(pool), names)
    } else {
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect(&format!("sqlite://{reads_at}"))
            .await;
        let pool = pool.expect("a database");
        let names = sqlx::query_scalar(names).fetch_all(&pool).await.expect("names");
        (Raw::Sqlite(pool), names)
    };
    let [pratica, storia]: [String; 2] = names.try_into().expect("two tables");
    (raw, (pratica, storia))
}
