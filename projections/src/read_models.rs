//! The read models of an installation: opened once, shared by everything that asks.

use crate::catalog::{self, Build, Key, Mark};
use crate::decode::Opener;
use crate::ente::Ente;
use crate::error::{RunError, chain};
use crate::pools::Pools;
use crate::projection::Projection;
use eventstore::EventStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, RwLock};

/// Tables folded from the log, and the queries on them. Every query names an ente and sees nothing of the others.
pub struct ReadModels {
    pub(crate) pools: Pools,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) opener: Arc<Opener>,
    pub(crate) projections: Vec<Box<dyn Projection>>,
    /// Which tables are in use, one for each of `projections`. Whoever folds a page or asks a question of a database of
    /// this node's own holds it for reading; whoever swaps tables, for writing.
    pub(crate) live: RwLock<Vec<Live>>,
    /// One rebuild at a time.
    pub(crate) rebuilding: Mutex<()>,
    pub(crate) enti: BTreeMap<String, Ente>,
}

/// The tables of a read model that pages go into and questions are asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) build: Build,
    /// Whether they hold the whole log; until then questions about an ente that is behind are not answered.
    pub(crate) complete: bool,
}

/// How one read model stands with one ente.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionStatus {
    /// Whose.
    pub ente: String,
    /// Name of the read model.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// Last position folded.
    pub position: u64,
    /// Last position of the log.
    pub head: u64,
    /// Why it stands still or gives no answers yet.
    pub error: Option<String>,
}

impl ReadModels {
    /// Opens the read database: a SQLite file by path (made when it is not there), or a PostgreSQL database by URL, which
    /// any number of nodes may share. A read model of a new version, or with no tables yet, is built by
    /// [`ReadModels::spawn`]; until it holds the whole log, questions to it give [`crate::QueryError::Building`]. Tables of
    /// an old version are kept until then and dropped after the swap.
    ///
    /// # Errors
    /// [`RunError::Database`].
    pub async fn open(
        url_or_path: &str,
        store: Arc<dyn EventStore>,
        opener: Arc<Opener>,
        enti: Vec<String>,
    ) -> Result<Arc<Self>, RunError> {
        Self::open_with(url_or_path, store, opener, enti, crate::projections()).await
    }

    pub(crate) async fn open_with(
        url_or_path: &str,
        store: Arc<dyn EventStore>,
        opener: Arc<Opener>,
        enti: Vec<String>,
        projections: Vec<Box<dyn Projection>>,
    ) -> Result<Arc<Self>, RunError> {
        let pools = Pools::open(url_or_path).await?;
        catalog::init(&pools).await?;
        let live = choose_all(&pools, &projections, &enti).await?;
        // What a process that died in the middle of a swap left behind.
        if let Err(error) = catalog::sweep(&pools).await {
            tracing::warn!(error = chain(&error), "old tables of read models stay until the next start or rebuild");
        }
        let alone = pools.shared.is_none();
        let mut states = BTreeMap::new();
        for code in enti {
            let mut connection = pools.writer().await?;
            let found = catalog::snapshot(&mut connection, pools.dialect, &code).await?;
            connection.give_back();
            let mark = |live: &Live| found.marks.get(&live.key()).copied().unwrap_or(Mark::START);
            let ente = Ente::new(&code, live.iter().map(mark).collect(), store.wake(&code), alone);
            states.insert(code, ente);
        }
        let (live, rebuilding) = (RwLock::new(live), Mutex::default());
        Ok(Arc::new(Self { pools, store, opener, projections, live, rebuilding, enti: states }))
    }

    /// Whether all read models have folded `position` of the ente; waits for it, at most `timeout`. Answers `false` at
    /// once when one of them stands still on an error and the others have come so far: waiting would not help. Where
    /// another node folds, this one hears of it or looks every few milliseconds while somebody waits.
    pub async fn wait_for(&self, ente: &str, position: u64, timeout: Duration) -> bool {
        let Some(ente) = self.enti.get(ente) else { return false };
        let mut reached = ente.reached.subscribe();
        if reached.borrow_and_update().all >= position {
            return true;
        }
        let _waiting = ente.wait();
        let waited = tokio::time::timeout(timeout, reached.wait_for(|reached| reached.healthy >= position)).await;
        waited.is_ok_and(|reached| reached.is_ok_and(|reached| reached.all >= position))
    }

    /// How far each read model has come with each ente.
    pub async fn status(&self) -> Vec<ProjectionStatus> {
        let mut all = Vec::new();
        let complete: Vec<bool> = self.live.read().await.iter().map(|live| live.complete).collect();
        for ente in self.enti.values() {
            let head = self.store.head(&ente.code).await;
            for ((projection, state), complete) in self.projections.iter().zip(ente.states().iter()).zip(&complete) {
                let building = (!complete && !state.ready).then(|| "it is being built".to_owned());
                let away = head.as_ref().err().map(|e| crate::error::chain(e));
                all.push(ProjectionStatus {
                    ente: ente.code.clone(),
                    name: projection.name(),
                    version: projection.version(),
                    position: state.mark.position,
                    head: head.as_ref().map_or(state.mark.position, |head| head.position),
                    error: state.error.clone().or(away).or(building),
                });
            }
        }
        all
    }
}

impl Live {
    pub(crate) fn key(&self) -> Key {
        (self.build.name.to_owned(), self.build.version, self.build.generation)
    }
}

/// The tables to fold into, made where they are not there. Nodes that start together choose the same.
async fn choose_all(
    pools: &Pools,
    projections: &[Box<dyn Projection>],
    enti: &[String],
) -> Result<Vec<Live>, sqlx::Error> {
    let mut tx = catalog::begin(pools).await?;
    let in_service = catalog::live(&mut tx, pools.dialect).await?;
    let mut all = Vec::new();
    for projection in projections {
        let builds = catalog::builds(&mut tx, pools.dialect, projection.name()).await?;
        let chosen = choose(&**projection, in_service.get(projection.name()).copied(), &builds);
        let enti = enti.iter().map(String::as_str);
        catalog::create(&mut tx, pools.dialect, &**projection, chosen.build, enti).await?;
        catalog::index(&mut tx, pools.dialect, &**projection, chosen.build).await?;
        all.push(chosen);
    }
    tx.commit().await?;
    Ok(all)
}

/// Those in service, when they are of this version; else those that were begun; else new ones.
fn choose(projection: &dyn Projection, live: Option<(u32, u32)>, builds: &[(u32, u32)]) -> Live {
    let (name, version) = (projection.name(), projection.version());
    if let Some((_, generation)) = live.filter(|(in_service, _)| *in_service == version) {
        return Live { build: Build { name, version, generation }, complete: true };
    }
    let begun = builds.iter().filter(|(v, _)| *v == version).map(|(_, g)| *g).max();
    let next = builds.iter().map(|(_, g)| *g).max().unwrap_or(0) + 1;
    Live { build: Build { name, version, generation: begun.unwrap_or(next) }, complete: false }
}
