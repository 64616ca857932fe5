//! Builds read models again from the log, beside those in service, and swaps them.

use crate::catalog::{self, Build, Mark};
use crate::error::RunError;
use crate::read_models::{Live, ReadModels};
use std::collections::BTreeMap;

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
    /// being kept up to date; then swaps them in one transaction and drops the old ones. Reads the log once.
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
        let mut builds = Vec::new();
        for index in &chosen {
            builds.push(self.begin(*index).await?);
        }
        let built = self.build(&chosen, &builds, progress).await;
        if built.is_err() {
            let mut connection = self.pools.write.acquire().await?;
            for build in builds {
                catalog::discard(&mut connection, self.pools.dialect, build).await?;
            }
        }
        built
    }

    /// Empty tables of a new generation.
    async fn begin(&self, index: usize) -> Result<Build, RunError> {
        let projection = &*self.projections[index];
        let (name, version) = (projection.name(), projection.version());
        let known = {
            let mut connection = self.pools.write.acquire().await?;
            catalog::builds(&mut connection, self.pools.dialect, name).await?
        };
        let generation = known.iter().map(|(_, generation)| *generation).max().unwrap_or(0) + 1;
        let build = Build { name, version, generation };
        catalog::create(&self.pools, projection, build, self.enti.keys().map(String::as_str)).await?;
        Ok(build)
    }

    async fn build(&self, chosen: &[usize], builds: &[Build], progress: OnProgress<'_>) -> Result<Rebuilt, RunError> {
        let mut courses: BTreeMap<&str, Course> = BTreeMap::new();
        for ente in self.enti.keys() {
            let start = Course { mark: Mark::START, folded: 0 };
            courses.insert(ente, self.fold_log(ente, builds, start, progress).await?);
        }
        // From here on nobody folds and nobody asks, until the swap: only what was stored meanwhile is left, a page or so.
        let mut live = self.live.write().await;
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
        catalog::go_live(&self.pools, builds).await?;
        for (index, build) in chosen.iter().zip(builds) {
            live[*index] = Live { build: *build, complete: true };
            for (ente, course) in &courses {
                if let Some(ente) = self.enti.get(*ente) {
                    ente.replaced(*index, course.mark);
                }
            }
        }
        // Nobody asks now: the pages of the old tables can leave the file for good.
        if let Err(error) = self.pools.flush().await {
            tracing::warn!(error = crate::error::chain(&error), "old pages stay in the file until the next rebuild");
        }
        let names: Vec<&'static str> = builds.iter().map(|build| build.name).collect();
        tracing::info!(?names, events, "the read models were rebuilt");
        Ok(Rebuilt { names, events })
    }

    /// Folds an ente's log up to its head of now.
    async fn fold_log(
        &self,
        ente: &str,
        builds: &[Build],
        mut course: Course,
        progress: OnProgress<'_>,
    ) -> Result<Course, RunError> {
        let head = self.store.head(ente).await?.position;
        while course.mark.position < head {
            let left = usize::try_from(head - course.mark.position).unwrap_or(usize::MAX);
            let Some((page, to)) = self.page(ente, course.mark, left).await? else {
                return Err(RunError::Hole { expected: course.mark.position + 1, found: head });
            };
            self.fold(ente, builds, course.mark, to, &page).await?;
            course = Course { mark: to, folded: course.folded + page.len() as u64 };
            progress(Progress { ente: ente.to_owned(), position: to.position, head });
        }
        Ok(course)
    }
}
