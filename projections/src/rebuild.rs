//! Builds read models again from the log, beside those in service, and swaps them.

use crate::catalog::{self, Build, Mark};
use crate::error::{RunError, chain};
use crate::pools::{ANSWER, Dialect, Lent, settle};
use crate::read_models::{Live, ReadModels};
use crate::sql::{Riga, Sql};
use std::collections::BTreeMap;
use tokio::time::timeout;

/// Of several processes on one database one rebuilds.
const LOCK: &str = "hashtextextended('letture/ricostruzione', 0)";

/// Tries to drop old tables: together longer than the longest question.
const DROPS: usize = 6;

/// How far a rebuild has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whose log is being read.
    pub ente: String,
    /// Events folded.
    pub position: u64,
    /// Events the log held when last asked.
    pub head: u64,
}

/// Called after each page.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Read models that were built.
    pub names: Vec<&'static str>,
    /// Events folded, over all enti; as many as the logs held at the swap.
    pub events: u64,
}

/// Where a build stands with one ente, and how many events it was given.
#[derive(Clone, Copy)]
struct Course {
    mark: Mark,
    folded: u64,
}

impl ReadModels {
    /// Builds one read model, or all, from the first record on, beside the tables in service, which go on serving and
    /// being kept up to date, here and on other nodes; then swaps them in one transaction and drops the old ones. Reads the
    /// log once.
    ///
    /// # Errors
    /// [`RunError`]; the tables in service stay as they are.
    pub async fn rebuild(&self, name: Option<&str>, progress: OnProgress<'_>) -> Result<Rebuilt, RunError> {
        let _one = self.rebuilding.lock().await;
        let chosen: Vec<usize> = (0..self.projections.len())
            .filter(|i| name.is_none_or(|name| self.projections[*i].name() == name))
            .collect();
        if chosen.is_empty() {
            return Err(RunError::UnknownProjection(name.unwrap_or_default().to_owned()));
        }
        let alone = self.alone().await?;
        let mut builds = Vec::new();
        for index in &chosen {
            builds.push(self.begin(*index).await?);
        }
        let built = self.build(&chosen, &builds, progress).await;
        if built.is_err() {
            for Build { name, version, generation } in builds {
                catalog::discard(&self.pools, &(name.to_owned(), version, generation)).await?;
            }
        }
        if let Some(mut connection) = alone {
            let freed =
                Sql::new(self.pools.dialect, format!("SELECT pg_advisory_unlock({LOCK})::int::bigint AS freed"));
            let freed = timeout(ANSWER, freed.rows(&mut *connection)).await;
            if let Err(error) = settle::<_, sqlx::Error>(connection, freed) {
                tracing::debug!(error = chain(&error), "the lock of rebuilds goes with its connection");
            }
        }
        built
    }

    /// Keeps other processes from rebuilding while it is held.
    async fn alone(&self) -> Result<Option<Lent>, RunError> {
        if self.pools.dialect == Dialect::Sqlite {
            return Ok(None);
        }
        let mut connection = self.pools.writer().await?;
        let text = format!("SELECT pg_try_advisory_lock({LOCK})::int::bigint AS held");
        let rows = Sql::new(self.pools.dialect, text).rows(&mut *connection).await?;
        let held = rows.first().is_some_and(|row| Riga(row).truth("held").unwrap_or(false));
        if held {
            return Ok(Some(connection));
        }
        connection.give_back();
        Err(RunError::Rebuilding)
    }

    /// Empty tables of a new generation.
    async fn begin(&self, index: usize) -> Result<Build, RunError> {
        let projection = &*self.projections[index];
        let (name, version) = (projection.name(), projection.version());
        let mut tx = catalog::begin(&self.pools).await?;
        let known = catalog::builds(&mut tx, self.pools.dialect, name).await?;
        let generation = known.iter().map(|(_, generation)| *generation).max().unwrap_or(0) + 1;
        let build = Build { name, version, generation };
        let enti = self.enti.keys().map(String::as_str);
        catalog::create(&mut tx, self.pools.dialect, projection, build, enti).await?;
        tx.commit().await?;
        Ok(build)
    }

    async fn build(&self, chosen: &[usize], builds: &[Build], progress: OnProgress<'_>) -> Result<Rebuilt, RunError> {
        let mut courses: BTreeMap<&str, Course> = BTreeMap::new();
        for ente in self.enti.keys() {
            let start = Course { mark: Mark::START, folded: 0 };
            courses.insert(ente, self.fold_log(ente, builds, start, progress).await?);
        }
        for (index, build) in chosen.iter().zip(builds) {
            let (projection, mut connection) = (&*self.projections[*index], self.pools.writer().await?);
            catalog::index(&mut connection, self.pools.dialect, projection, *build).await?;
            catalog::analyze(&mut connection, self.pools.dialect, projection, *build).await?;
            connection.give_back();
        }
        // From here on nobody folds and nobody asks, until the swap: only what was stored meanwhile is left, a page or so.
        // Other nodes' folds wait in the database.
        let mut live = self.live.write().await;
        let held = catalog::hold(&self.pools).await?;
        let mut events = 0;
        for (ente, course) in &mut courses {
            *course = self.fold_log(ente, builds, *course, progress).await?;
            let held = self.store.head(ente).await?.position;
            let (folded, position) = (course.folded, course.mark.position);
            if folded != position || position > held {
                return Err(RunError::Skipped { ente: (*ente).to_owned(), folded, held });
            }
            events += folded;
        }
        let tx = match held {
            Some(tx) => tx,
            None => catalog::begin(&self.pools).await?,
        };
        if !catalog::go_live(tx, self.pools.dialect, builds).await? {
            return Err(RunError::Moved);
        }
        for (index, build) in chosen.iter().zip(builds) {
            live[*index] = Live { build: *build, complete: true };
            for (ente, course) in &courses {
                if let Some(ente) = self.enti.get(*ente) {
                    ente.replaced(*index, course.mark);
                }
            }
        }
        self.drop_old().await;
        let names: Vec<&'static str> = builds.iter().map(|build| build.name).collect();
        tracing::info!(?names, events, "the read models were rebuilt");
        Ok(Rebuilt { names, events })
    }

    /// Nobody asks this process now: the pages of the old tables can leave the file for good. Other nodes' questions may
    /// hold a table for a while.
    async fn drop_old(&self) {
        let mut dropped = Ok(());
        for _ in 0..DROPS {
            dropped = catalog::sweep(&self.pools).await;
            if dropped.is_ok() {
                dropped = self.pools.flush().await;
                break;
            }
        }
        if let Err(error) = dropped {
            tracing::warn!(error = chain(&error), "old tables or their pages stay until the next start or rebuild");
        }
    }

    /// Folds an ente's log up to its head of now. The next page is read and opened while one is written.
    async fn fold_log(
        &self,
        ente: &str,
        builds: &[Build],
        mut course: Course,
        progress: OnProgress<'_>,
    ) -> Result<Course, RunError> {
        let head = self.store.head(ente).await?.position;
        let next = async |mark: Mark| match usize::try_from(head.saturating_sub(mark.position)) {
            Ok(0) => Ok(None),
            left => match self.page(ente, mark, left.unwrap_or(usize::MAX)).await? {
                Some(page) => Ok(Some(page)),
                None => Err(RunError::Hole { expected: mark.position + 1, found: head }),
            },
        };
        let mut page = next(course.mark).await?;
        while let Some((records, to)) = page.take() {
            let fold = self.fold(ente, builds, course.mark, to, &records, false);
            let (folded, following) = tokio::join!(fold, next(to));
            folded?;
            course = Course { mark: to, folded: course.folded + records.len() as u64 };
            progress(Progress { ente: ente.to_owned(), position: to.position, head });
            page = following?;
        }
        Ok(course)
    }
}
