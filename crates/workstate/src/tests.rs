//! The working database on SQLite and PostgreSQL: the same tests on both.

mod bozze;
mod dati;
mod nodi;
mod tabelle;
mod uploads;

use crate::SqlWorkState;
use app::ports::{Consegna, Quota, StatoConsegna, Upload};
use domain::allegato::Impronta;
use domain::ids::{AllegatoId, PersonaId, PraticaId};
use domain::notifica::Motivo;
use domain::pratica::TipoPratica;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use test_postgres::TestDatabase;
use uuid::Uuid;

const ENTE: &str = "c_x000";

/// A database of an engine, empty at first, gone with the value.
struct Banco {
    url: String,
    _place: Place,
}

enum Place {
    Folder { _dir: TempDir },
    Cluster { _database: TestDatabase },
}

impl Banco {
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("lavoro.db").display());
        Self { url, _place: Place::Folder { _dir: dir } }
    }

    async fn postgres() -> Self {
        let database = TestDatabase::create().await;
        Self { url: database.url().to_owned(), _place: Place::Cluster { _database: database } }
    }

    /// One more handle on it, as one more node has it.
    async fn open(&self) -> SqlWorkState {
        SqlWorkState::open(&self.url).await.unwrap()
    }

    async fn three(&self) -> [SqlWorkState; 3] {
        [self.open().await, self.open().await, self.open().await]
    }
}

/// Makes of each function a test on SQLite and one on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
            async fn $test() {
                super::$test(crate::tests::Banco::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
            async fn $test() {
                super::$test(crate::tests::Banco::postgres().await).await;
            })*
        }
    };
}
use on_both_engines;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// Room for everything.
fn larga() -> Quota {
    Quota { dal: at(0), numero: 1_000, byte: 1 << 40 }
}

fn upload(n: u128) -> Upload {
    Upload {
        id: AllegatoId(Uuid::from_u128(n)),
        ente: ENTE.into(),
        proprietario: PersonaId(Uuid::from_u128(77)),
        nome: "foto dell'albero.jpg".into(),
        formato: "image/jpeg".into(),
        dimensione: 10_485_760,
        impronta: Impronta::from_bytes([n as u8; 32]),
        caricato_il: at(0) + SignedDuration::from_micros(123_456),
    }
}

fn consegna(n: u128) -> Consegna {
    Consegna {
        dedupe: format!("{}:email", Uuid::from_u128(n)),
        ente: ENTE.into(),
        pratica: PraticaId(Uuid::from_u128(1_000 + n)),
        tipo: TipoPratica::Lettera,
        causa: Uuid::from_u128(n),
        motivo: Motivo::PresaInCarico,
        tentativi: 0,
        prossimo: at(0),
        creata: at(0),
        stato: StatoConsegna::InCoda,
        errore: None,
        affidata: None,
    }
}

/// The n-th notice, of another ente.
fn of(ente: &str, n: u128) -> Consegna {
    Consegna { ente: ente.into(), ..consegna(n) }
}
