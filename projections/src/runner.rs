//! Keeps the read models up to date: one loop an ente.
//!
//! A page of records is read and opened once and given to every read model that stands at the same place; their rows and
//! checkpoints are one transaction, so each record takes effect exactly once. Nothing is skipped: each record must follow
//! the last one folded, by position and by hash.

use crate::catalog::{self, Build, Mark};
use crate::ente::{Ente, Group, PAGE, pause};
use crate::error::{RunError, chain};
use crate::projection::Tx;
use crate::read_models::{Live, ReadModels};
use domain::Evento;
use eventstore::Record;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// A look at the log without being woken: a safety net for engines whose announcements may be lost between nodes.
const POLL: Duration = Duration::from_secs(5);

/// Pages below this size are opened in place; larger ones, off the asynchronous threads.
const SMALL_PAGE: usize = 64;

/// Records in a page from which the log counts as busy.
const BUSY: usize = 64;
/// How long new records may gather then: far below what a person notices.
const GATHER: Duration = Duration::from_millis(25);

/// Records with their events.
pub(crate) type Page = Vec<(Record, Evento)>;

impl ReadModels {
    /// Starts the loops; they end soon after `stop` is cancelled, and the handle with them.
    pub fn spawn(self: &Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        let mut loops = JoinSet::new();
        for code in self.enti.keys() {
            let (models, code, stop) = (self.clone(), code.clone(), stop.clone());
            loops.spawn(async move { models.run(&code, stop).await });
        }
        tokio::spawn(async move {
            while let Some(ended) = loops.join_next().await {
                if let Err(error) = ended {
                    tracing::error!(error = chain(&error), "a loop of the read models ended badly");
                }
            }
        })
    }

    /// Folds what the log of each ente holds now. For commands that run without the loops.
    ///
    /// # Errors
    /// The first [`RunError`].
    pub async fn catch_up(&self) -> Result<(), RunError> {
        for ente in self.enti.values() {
            self.advance(ente).await?;
        }
        Ok(())
    }

    async fn run(&self, code: &str, stop: CancellationToken) {
        let Some(ente) = self.enti.get(code) else { return };
        // Subscribed before the first read: what is stored in between wakes the loop again.
        let mut wake = self.store.wake(code);
        let mut failures = 0;
        let mut wakes = true;
        loop {
            wake.borrow_and_update();
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                done = self.advance(ente) => done,
            };
            let pause = match done {
                Ok(()) => {
                    failures = 0;
                    ente.next_retry().unwrap_or(POLL).min(POLL)
                }
                Err(error) => {
                    failures += 1;
                    let error = chain(&error);
                    tracing::error!(ente = code, error, failures, "the read models stand still");
                    ente.failed(&error);
                    // The commit may have taken place all the same.
                    ente.stale.store(true, Ordering::SeqCst);
                    pause(failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                changed = wake.changed(), if failures == 0 && wakes => wakes = changed.is_ok(),
                () = ente.nudge.notified(), if failures == 0 => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Folds until nothing is left.
    async fn advance(&self, ente: &Ente) -> Result<(), RunError> {
        if ente.stale.swap(false, Ordering::SeqCst) {
            self.reload(ente).await.inspect_err(|_| ente.stale.store(true, Ordering::SeqCst))?;
        }
        self.aim(ente).await?;
        loop {
            self.complete().await?;
            let live = self.live.read().await;
            let Some(group) = ente.group(&live) else { return Ok(()) };
            let Some((page, to)) = self.page(&ente.code, group.from, group.limit).await? else {
                drop(live);
                ente.at_end(&group.indices);
                return self.at_end(ente, &group).await;
            };
            let folded = self.fold(&ente.code, &group.builds, group.from, to, &page).await;
            drop(live);
            match folded {
                Ok(()) => {
                    ente.advanced(&group.indices, to);
                    self.measure(ente);
                    // Under load the log grows faster than small pages are folded, and each page costs a transaction:
                    // what gathers in a moment is folded with one. A single filing never waits, nor does a catch-up.
                    if (BUSY..PAGE).contains(&page.len()) {
                        tokio::time::sleep(GATHER).await;
                    }
                }
                Err(RunError::Moved) => self.reload(ente).await?,
                Err(RunError::Apply { name, source }) => {
                    let error = chain(&source);
                    tracing::error!(ente = ente.code, projection = name, error, "a read model stands still");
                    let index = group.builds.iter().position(|build| build.name == name);
                    if let Some(index) = index.map(|i| group.indices[i]) {
                        ente.blocked(index, error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Looks once where the log ends: no read model can stand beyond.
    async fn aim(&self, ente: &Ente) -> Result<(), RunError> {
        if ente.aimed() {
            return Ok(());
        }
        let head = self.store.head(&ente.code).await?.position;
        let ahead = ente.states().iter().map(|s| s.mark.position).find(|position| *position > head);
        if let Some(position) = ahead {
            return Err(RunError::Ahead { position, head });
        }
        ente.aim(head);
        Ok(())
    }

    /// The log had nothing more to give: its head must say so too.
    async fn at_end(&self, ente: &Ente, group: &Group) -> Result<(), RunError> {
        self.measure(ente);
        let Mark { position, .. } = group.from;
        let announced = *ente.announced.borrow();
        if announced <= position {
            return Ok(());
        }
        let head = self.store.head(&ente.code).await?.position;
        let again = self.store.read_all(&ente.code, position, 1).await?;
        if head > position && again.is_empty() {
            return Err(RunError::Hole { expected: position + 1, found: head });
        }
        // It was stored between the two reads; the announcement wakes the loop again.
        ente.nudge.notify_one();
        Ok(())
    }

    /// The next records after `from` with their events; `None` at the end of the log.
    pub(crate) async fn page(&self, ente: &str, from: Mark, limit: usize) -> Result<Option<(Page, Mark)>, RunError> {
        let records = self.store.read_all(ente, from.position, limit.min(PAGE)).await?;
        let mut last = from;
        for record in &records {
            if record.position != last.position + 1 {
                return Err(RunError::Hole { expected: last.position + 1, found: record.position });
            }
            if record.prev_hash != last.hash {
                return Err(RunError::Fork { position: record.position });
            }
            last = Mark { position: record.position, hash: record.hash };
        }
        if records.is_empty() {
            return Ok(None);
        }
        let opener = self.opener.clone();
        let open = move || {
            let open = |record: Record| opener.open(&record).map(|evento| (record, evento));
            records.into_iter().map(open).collect::<Result<Page, _>>()
        };
        let page = if last.position - from.position <= SMALL_PAGE as u64 {
            open()?
        } else {
            tokio::task::spawn_blocking(open).await.map_err(|e| RunError::Cut(e.to_string()))??
        };
        Ok(Some((page, last)))
    }

    /// Rows and checkpoints of one page in one transaction.
    pub(crate) async fn fold(
        &self,
        ente: &str,
        builds: &[Build],
        from: Mark,
        to: Mark,
        page: &[(Record, Evento)],
    ) -> Result<(), RunError> {
        let dialect = self.pools.dialect;
        let mut tx = self.pools.write.begin_with(dialect.begin()).await?;
        if !catalog::advance(&mut tx, dialect, ente, builds, from, to).await? {
            return Err(RunError::Moved);
        }
        for build in builds {
            let Some(projection) = self.projections.iter().find(|p| p.name() == build.name) else { continue };
            let Build { name, version, generation } = *build;
            let mut into = Tx { connection: &mut tx, dialect, ente, version, generation };
            projection.apply(&mut into, page).await.map_err(|source| RunError::Apply { name, source })?;
        }
        Ok(tx.commit().await?)
    }

    /// Puts read models into service that hold the whole log of every ente for the first time.
    async fn complete(&self) -> Result<(), RunError> {
        let all = |index: usize| self.enti.values().all(|ente| ente.states()[index].ready);
        let new: Vec<Build> = {
            let live = self.live.read().await;
            live.iter().enumerate().filter(|(i, live)| !live.complete && all(*i)).map(|(_, live)| live.build).collect()
        };
        if new.is_empty() {
            return Ok(());
        }
        let mut live = self.live.write().await;
        catalog::go_live(&self.pools, &new).await?;
        for live in live.iter_mut().filter(|live| new.contains(&live.build)) {
            live.complete = true;
            tracing::info!(projection = live.build.name, version = live.build.version, "the read model is complete");
        }
        Ok(())
    }

    /// Reads from the read database what is live and how far it has come: another node or command may have changed it.
    async fn reload(&self, ente: &Ente) -> Result<(), RunError> {
        let mut live = self.live.write().await;
        let in_service = catalog::live(&self.pools).await?;
        let marks = catalog::marks(&self.pools, &ente.code).await?;
        let mut places = Vec::new();
        for (projection, live) in self.projections.iter().zip(live.iter_mut()) {
            let found = in_service.get(projection.name()).copied();
            if let Some((version, generation)) = found
                && version == live.build.version
            {
                *live = Live { build: Build { generation, ..live.build }, complete: true };
            }
            let place = match (marks.get(&live.key()), found) {
                (Some(mark), _) => *mark,
                (None, Some((version, _))) if version != live.build.version => {
                    return Err(RunError::Superseded { name: live.build.name, version });
                }
                (None, _) => {
                    // Someone emptied the read database: begin anew.
                    catalog::init(&self.pools).await?;
                    let enti = self.enti.keys().map(String::as_str);
                    catalog::create(&self.pools, &**projection, live.build, enti).await?;
                    Mark::START
                }
            };
            places.push(place);
        }
        ente.placed(&places);
        Ok(())
    }

    fn measure(&self, ente: &Ente) {
        let head = *ente.announced.borrow();
        for (projection, state) in self.projections.iter().zip(ente.states().iter()) {
            let lag = head.saturating_sub(state.mark.position);
            let labels = [("ente", ente.code.clone()), ("projection", projection.name().to_owned())];
            metrics::gauge!("projection_lag_events", &labels).set(lag as f64);
        }
    }
}
