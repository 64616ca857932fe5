//! Keeps the read models up to date: one loop an ente.
//!
//! A page of records is read and opened once and given to every read model that stands at the same place; their rows and
//! checkpoints are one transaction, so each record takes effect exactly once. Nothing is skipped: each record must follow
//! the last one folded, by position and by hash.
//!
//! Of several nodes on one database one folds an ente (see [`crate::turns`]); the loops of the others follow its
//! checkpoints. Should two fold for a moment, the checkpoint of each page makes one of them begin anew.

use crate::catalog::{self, Build, Mark, Snapshot};
use crate::ente::{Ente, Group, PAGE, Place, pause};
use crate::error::{RunError, chain};
use crate::pools::{ANSWER, Dialect, lost, settle};
use crate::projection::{ApplyError, Tx};
use crate::read_models::{Live, ReadModels};
use domain::Evento;
use eventstore::Record;
use sqlx::{AnyConnection, Connection as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A look at the log without being woken: a safety net for engines whose announcements may be lost between nodes.
const POLL: Duration = Duration::from_secs(5);

/// Where another node folds: a look at its checkpoints without being told, and while somebody waits for a position.
const FOLLOW: Duration = Duration::from_secs(1);
const FOLLOW_AWAITED: Duration = Duration::from_millis(25);

/// Longest pause after an error of a database that several nodes share: when it comes back, nobody waits long.
const SHARED_PAUSE: Duration = Duration::from_secs(2);

/// Longest time for one page: beyond it the database is taken to be gone.
const FOLD: Duration = Duration::from_mins(1);

/// Pages below this size are opened in place; larger ones, off the asynchronous threads.
const SMALL_PAGE: usize = 64;

/// Records in a page from which the log counts as busy.
const BUSY: usize = 64;
/// How long new records may gather then: far below what a person notices.
const GATHER: Duration = Duration::from_millis(25);

/// Records with their events.
pub(crate) type Page = Vec<(Record, Evento)>;

impl ReadModels {
    /// Starts the loops; they end soon after `stop` is cancelled, and the handle with them. Where several nodes share the
    /// database they agree on who folds; when that one goes, another takes over within seconds.
    pub fn spawn(self: &Arc<Self>, stop: CancellationToken) -> JoinHandle<()> {
        let mut loops = JoinSet::new();
        if let Some(url) = self.pools.shared.clone() {
            let (models, url_too, stop_too) = (self.clone(), url.clone(), stop.clone());
            loops.spawn(async move { models.keep_turns(&url_too, stop_too).await });
            let (models, stop_too) = (self.clone(), stop.clone());
            loops.spawn(async move { models.listen(&url, stop_too).await });
        }
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

    /// Folds what the log of each ente holds now, whoever else folds. For commands that run without the loops.
    ///
    /// # Errors
    /// The first [`RunError`].
    pub async fn catch_up(&self) -> Result<(), RunError> {
        for ente in self.enti.values() {
            self.advance(ente, true).await?;
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
            let folds = ente.folds();
            let work = async { if folds { self.advance(ente, false).await } else { self.follow(ente).await } };
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                done = work => done,
            };
            let pause = match done {
                Ok(()) => {
                    failures = 0;
                    if folds { ente.next_retry().unwrap_or(POLL).min(POLL) } else { FOLLOW }
                }
                Err(error) => {
                    failures += 1;
                    self.stand_still(ente, &error, failures).await;
                    if self.pools.shared.is_some() { pause(failures).min(SHARED_PAUSE) } else { pause(failures) }
                }
            };
            let pause = if !folds && ente.awaited() { pause.min(FOLLOW_AWAITED) } else { pause };
            tokio::select! {
                () = stop.cancelled() => return,
                changed = wake.changed(), if failures == 0 && wakes && folds => wakes = changed.is_ok(),
                () = ente.nudge.notified(), if failures == 0 => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Folds until nothing is left, or until it is another node's turn.
    async fn advance(&self, ente: &Ente, whoever_folds: bool) -> Result<(), RunError> {
        if ente.stale.swap(false, Ordering::SeqCst) {
            self.reload(ente, true).await.inspect_err(|_| ente.stale.store(true, Ordering::SeqCst))?;
        }
        self.aim(ente).await?;
        loop {
            self.complete().await?;
            if !(whoever_folds || ente.folds()) {
                return Ok(());
            }
            let live = self.live.read().await;
            let Some(group) = ente.group(&live) else { return Ok(()) };
            let Some((page, to)) = self.page(&ente.code, group.from, group.limit).await? else {
                drop(live);
                self.advanced(ente, &group, group.from).await;
                return self.at_end(ente, &group).await;
            };
            let folded = self.fold(&ente.code, &group.builds, group.from, to, &page, true).await;
            drop(live);
            match folded {
                Ok(()) => {
                    self.advanced(ente, &group, to).await;
                    self.measure(ente);
                    // Under load the log grows faster than small pages are folded, and each page costs a transaction:
                    // what gathers in a moment is folded with one. A single filing never waits, nor does a catch-up.
                    if (BUSY..PAGE).contains(&page.len()) {
                        tokio::time::sleep(GATHER).await;
                    }
                }
                Err(RunError::Moved) => self.reload(ente, true).await?,
                Err(RunError::Apply { name, source }) => {
                    let error = chain(&source);
                    tracing::error!(ente = ente.code, projection = name, error, "a read model stands still");
                    let Some(index) = group.builds.iter().position(|build| build.name == name) else { continue };
                    ente.blocked(group.indices[index], error.clone());
                    self.tell(ente, &group.builds[index..=index], Some(&error)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Learns how far the node that folds has come.
    async fn follow(&self, ente: &Ente) -> Result<(), RunError> {
        ente.stale.store(false, Ordering::SeqCst);
        self.reload(ente, true).await?;
        self.aim(ente).await?;
        self.measure(ente);
        self.complete().await
    }

    /// A group has come so far; what stood still goes on.
    async fn advanced(&self, ente: &Ente, group: &Group, to: Mark) {
        let stood_still = ente.advanced(&group.indices, to);
        if stood_still {
            self.tell(ente, &group.builds, None).await;
        }
    }

    /// All read models of an ente stand still.
    async fn stand_still(&self, ente: &Ente, error: &RunError, failures: u32) {
        let error = chain(error);
        tracing::error!(ente = ente.code, error, failures, "the read models stand still");
        ente.failed(&error);
        // The commit may have taken place all the same.
        ente.stale.store(true, Ordering::SeqCst);
        if ente.folds() {
            let builds: Vec<Build> = self.live.read().await.iter().map(|live| live.build).collect();
            self.tell(ente, &builds, Some(&error)).await;
        }
    }

    /// Tells the other nodes, who cannot see it, why read models stand still or that they go on.
    async fn tell(&self, ente: &Ente, builds: &[Build], error: Option<&str>) {
        if self.pools.shared.is_none() {
            return;
        }
        let told = async {
            let mut connection = self.pools.writer().await?;
            let noted = catalog::note(&mut connection, self.pools.dialect, &ente.code, builds, error);
            let noted = timeout(ANSWER, noted).await;
            settle::<_, sqlx::Error>(connection, noted)
        };
        if let Err(error) = told.await {
            tracing::debug!(error = chain(&error), "the other nodes are not told");
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
        let open = move || opener.open_all(records);
        // Keys on a server are asked for over the network: never on the asynchronous threads.
        let at_hand = self.pools.dialect == Dialect::Sqlite;
        let page = if at_hand && last.position - from.position <= SMALL_PAGE as u64 {
            open()?
        } else {
            tokio::task::spawn_blocking(open).await.map_err(|e| RunError::Cut(e.to_string()))??
        };
        Ok(Some((page, last)))
    }

    /// Rows and checkpoints of one page in one transaction; `serving` when other nodes answer from these tables.
    pub(crate) async fn fold(
        &self,
        ente: &str,
        builds: &[Build],
        from: Mark,
        to: Mark,
        page: &[(Record, Evento)],
        serving: bool,
    ) -> Result<(), RunError> {
        let mut connection = self.pools.writer().await?;
        let work = self.fold_on(&mut connection, ente, builds, (from, to), page, serving);
        let folded = timeout(FOLD, work).await;
        settle(connection, folded)
    }

    async fn fold_on(
        &self,
        connection: &mut AnyConnection,
        ente: &str,
        builds: &[Build],
        (from, to): (Mark, Mark),
        page: &[(Record, Evento)],
        serving: bool,
    ) -> Result<(), RunError> {
        let dialect = self.pools.dialect;
        let mut tx = connection.begin_with(dialect.begin()).await?;
        if serving {
            catalog::announce(&mut tx, dialect, ente).await?;
        }
        if !catalog::advance(&mut tx, dialect, ente, builds, (from, to), serving).await? {
            return Err(RunError::Moved);
        }
        for build in builds {
            let Some(projection) = self.projections.iter().find(|p| p.name() == build.name) else { continue };
            let Build { name, version, generation } = *build;
            let mut into = Tx { connection: &mut tx, dialect, ente, version, generation };
            projection.apply(&mut into, page).await.map_err(|source| match source {
                // It is not this read model that failed.
                ApplyError::Database(error) if lost(&error) => RunError::Database(error),
                source => RunError::Apply { name, source },
            })?;
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
        let tx = catalog::begin(&self.pools).await?;
        if !catalog::go_live(tx, self.pools.dialect, &new).await? {
            return Err(RunError::Moved);
        }
        for live in live.iter_mut().filter(|live| new.contains(&live.build)) {
            live.complete = true;
            tracing::info!(projection = live.build.name, version = live.build.version, "the read model is complete");
        }
        drop(live);
        if let Err(error) = catalog::sweep(&self.pools).await {
            tracing::warn!(error = chain(&error), "old tables of read models stay until the next start or rebuild");
        }
        Ok(())
    }

    /// Reads from the read database what is live and how far it has come: another node or command may have changed it.
    /// With `mend`, tables that someone took away are made anew.
    pub(crate) async fn reload(&self, ente: &Ente, mend: bool) -> Result<(), RunError> {
        let mut connection = self.pools.writer().await?;
        let found = timeout(ANSWER, catalog::snapshot(&mut connection, self.pools.dialect, &ente.code)).await;
        let found = settle::<_, sqlx::Error>(connection, found)?;
        let live = self.adopt(&found).await;
        let mut places = Vec::new();
        for (projection, live) in self.projections.iter().zip(&live) {
            let Build { name, version, .. } = live.build;
            let in_service = found.live.get(name).map(|(version, _)| *version);
            places.push(match (found.marks.get(&live.key()), in_service) {
                (Some(mark), _) => Place::At(*mark, found.errors.get(&(name.to_owned(), version)).cloned()),
                (None, Some(other)) if other != version => {
                    Place::Superseded(chain(&RunError::Superseded { name, version: other }))
                }
                (None, _) => {
                    if mend {
                        // Someone emptied the read database: begin anew.
                        catalog::init(&self.pools).await?;
                        let mut tx = catalog::begin(&self.pools).await?;
                        let enti = self.enti.keys().map(String::as_str);
                        catalog::create(&mut tx, self.pools.dialect, &**projection, live.build, enti).await?;
                        catalog::index(&mut tx, self.pools.dialect, &**projection, live.build).await?;
                        tx.commit().await?;
                    }
                    Place::At(Mark::START, None)
                }
            });
        }
        ente.placed(places, ente.folds());
        Ok(())
    }

    /// Takes over the tables that another process put into service.
    async fn adopt(&self, found: &Snapshot) -> Vec<Live> {
        let current = |live: &Live| match found.live.get(live.build.name) {
            Some((version, generation)) if *version == live.build.version => {
                Live { build: Build { generation: *generation, ..live.build }, complete: true }
            }
            _ => *live,
        };
        let (now, changed) = {
            let live = self.live.read().await;
            let now: Vec<Live> = live.iter().map(current).collect();
            let changed = now.iter().zip(live.iter()).any(|(now, live)| now != live);
            (now, changed)
        };
        if changed {
            self.live.write().await.clone_from(&now);
            for ente in self.enti.values() {
                ente.doubt();
            }
        }
        now
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
