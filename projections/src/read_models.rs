//! The read models of an installation: opened once, shared by everything that asks.

use crate::catalog::{self, Build, Mark};
use crate::decode::Opener;
use crate::ente::Ente;
use crate::error::RunError;
use crate::pagina::{Cursore, Elenco, Pagina, QueryError};
use crate::projection::{Projection, suffix};
use crate::sql::{Pools, Riga, Sql};
use eventstore::EventStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, RwLock, RwLockReadGuard};

/// Tables folded from the log, and the queries on them. Every query names an ente and sees nothing of the others.
pub struct ReadModels {
    pub(crate) pools: Pools,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) opener: Arc<Opener>,
    pub(crate) projections: Vec<Box<dyn Projection>>,
    /// Which tables are in use, one for each of `projections`. Whoever folds a page or asks a question holds it for
    /// reading; whoever swaps tables, for writing.
    pub(crate) live: RwLock<Vec<Live>>,
    /// One rebuild at a time.
    pub(crate) rebuilding: Mutex<()>,
    pub(crate) enti: BTreeMap<String, Ente>,
}

/// The tables of a read model that pages go into and questions are asked of.
#[derive(Debug, Clone, Copy)]
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
    /// Why it stands still, when it does.
    pub error: Option<String>,
}

impl ReadModels {
    /// Opens the read database, a SQLite file by path (made when it is not there) or a database by URL. A read model of a
    /// new version, or with no tables yet, is built by [`ReadModels::spawn`]; until it holds the whole log, questions to
    /// it give [`QueryError::Building`]. Tables of an old version are kept until then and dropped with the swap.
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
        let in_service = catalog::live(&pools).await?;
        let mut live = Vec::new();
        for projection in &projections {
            let chosen = choose(&pools, &**projection, in_service.get(projection.name()).copied()).await?;
            catalog::create(&pools, &**projection, chosen.build, enti.iter().map(String::as_str)).await?;
            live.push(chosen);
        }
        let mut states = BTreeMap::new();
        for code in enti {
            let marks = catalog::marks(&pools, &code).await?;
            let mark = |live: &Live| marks.get(&live.key()).copied().unwrap_or(Mark::START);
            let ente = Ente::new(&code, live.iter().map(mark).collect(), store.wake(&code));
            states.insert(code, ente);
        }
        let (live, rebuilding) = (RwLock::new(live), Mutex::default());
        Ok(Arc::new(Self { pools, store, opener, projections, live, rebuilding, enti: states }))
    }

    /// Whether all read models have folded `position` of the ente; waits for it, at most `timeout`. Answers `false` at
    /// once when one of them stands still on an error and the others have come so far: waiting would not help.
    pub async fn wait_for(&self, ente: &str, position: u64, timeout: Duration) -> bool {
        let Some(ente) = self.enti.get(ente) else { return false };
        let mut reached = ente.reached.subscribe();
        let waited = tokio::time::timeout(timeout, reached.wait_for(|reached| reached.healthy >= position)).await;
        waited.is_ok_and(|reached| reached.is_ok_and(|reached| reached.all >= position))
    }

    /// How far each read model has come with each ente.
    pub async fn status(&self) -> Vec<ProjectionStatus> {
        let mut all = Vec::new();
        for ente in self.enti.values() {
            let head = self.store.head(&ente.code).await;
            for (projection, state) in self.projections.iter().zip(ente.states().iter()) {
                let away = head.as_ref().err().map(|e| crate::error::chain(e));
                all.push(ProjectionStatus {
                    ente: ente.code.clone(),
                    name: projection.name(),
                    version: projection.version(),
                    position: state.mark.position,
                    head: head.as_ref().map_or(state.mark.position, |head| head.position),
                    error: state.error.clone().or(away),
                });
            }
        }
        all
    }

    /// The tables of a read model, held in place while a question is asked.
    pub(crate) async fn view<'a>(&'a self, name: &'static str, ente: &'a str) -> Result<View<'a>, QueryError> {
        let state = self.enti.get(ente).ok_or_else(|| QueryError::UnknownEnte(ente.to_owned()))?;
        let all = self.live.read().await;
        let found = all.iter().enumerate().find(|(_, live)| live.build.name == name);
        let (index, live) = found.map(|(i, live)| (i, *live)).ok_or(QueryError::Building { name })?;
        if !live.complete && !state.states()[index].ready {
            return Err(QueryError::Building { name });
        }
        Ok(View { pools: &self.pools, ente: state, live, _held: all })
    }
}

impl Live {
    pub(crate) fn key(&self) -> (String, u32, u32) {
        (self.build.name.to_owned(), self.build.version, self.build.generation)
    }
}

/// The tables to fold into: those in service, when they are of this version; else those that were begun; else new ones.
async fn choose(pools: &Pools, projection: &dyn Projection, live: Option<(u32, u32)>) -> Result<Live, sqlx::Error> {
    let (name, version) = (projection.name(), projection.version());
    if let Some((_, generation)) = live.filter(|(in_service, _)| *in_service == version) {
        return Ok(Live { build: Build { name, version, generation }, complete: true });
    }
    let builds = catalog::builds(&mut *pools.write.acquire().await?, pools.dialect, name).await?;
    let begun = builds.iter().filter(|(v, _)| *v == version).map(|(_, g)| *g).max();
    let next = builds.iter().map(|(_, g)| *g).max().unwrap_or(0) + 1;
    Ok(Live { build: Build { name, version, generation: begun.unwrap_or(next) }, complete: false })
}

/// A read model as one question sees it.
pub(crate) struct View<'a> {
    pools: &'a Pools,
    ente: &'a Ente,
    live: Live,
    _held: RwLockReadGuard<'a, Vec<Live>>,
}

impl View<'_> {
    /// `SELECT columns FROM table WHERE ente = …`, to be continued with ` AND …`.
    pub(crate) fn select(&self, columns: &str, base: &str) -> Sql {
        let Build { version, generation, .. } = self.live.build;
        let table = format!("{base}_{}", suffix(version, generation));
        let mut sql = Sql::new(self.pools.dialect, format!("SELECT {columns} FROM {table} WHERE ente = "));
        sql.bind(self.ente.code.as_str());
        sql
    }

    pub(crate) async fn all<T>(
        &self,
        sql: Sql,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, QueryError> {
        let rows = sql.rows(&self.pools.read).await.inspect_err(|_| self.ente.doubt())?;
        Ok(rows.iter().map(|row| read(&Riga(row))).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn one<T>(
        &self,
        sql: Sql,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, QueryError> {
        Ok(self.all(sql, read).await?.into_iter().next())
    }

    /// A page in descending order of `posizione`; `count` selects the number of all rows as `n`.
    pub(crate) async fn page<T: Cursore>(
        &self,
        mut sql: Sql,
        count: Sql,
        pagina: Pagina,
        read: impl Fn(&Riga<'_>) -> Result<T, sqlx::Error>,
    ) -> Result<Elenco<T>, QueryError> {
        if let Some(dopo) = pagina.dopo {
            sql.push(" AND posizione < ").bind(dopo);
        }
        sql.push(" ORDER BY posizione DESC LIMIT ").bind(pagina.limit() + 1);
        let righe = self.all(sql, read).await?;
        let limit = pagina.limit() as usize;
        // A first page that is not full is the whole list.
        let totale = if pagina.dopo.is_none() && righe.len() <= limit {
            righe.len() as u64
        } else {
            self.one(count, |row| row.int("n")).await?.unwrap_or(0)
        };
        Ok(Elenco::cut(righe, pagina.limit(), totale))
    }
}
