//! How far the read models have come with one ente.

use crate::catalog::{Build, Mark};
use crate::read_models::Live;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Records folded together, at most. Larger pages gain little and hold the writer longer.
pub(crate) const PAGE: usize = 2_000;

pub(crate) struct Ente {
    pub(crate) code: String,
    states: Mutex<Vec<State>>,
    pub(crate) reached: watch::Sender<Reached>,
    /// Last position that the log announced.
    pub(crate) announced: watch::Receiver<u64>,
    /// What stands here may differ from the read database: read it again before going on.
    pub(crate) stale: AtomicBool,
    pub(crate) nudge: Notify,
    /// Whether this node folds; where several share the database, one of them does.
    turn: AtomicBool,
    /// How many wait for a position just now.
    waiting: AtomicUsize,
    /// Head of the log when this program first looked.
    target: OnceLock<u64>,
}

/// How far one read model has come.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) mark: Mark,
    /// Holds what the log held when this program first looked.
    pub(crate) ready: bool,
    pub(crate) error: Option<String>,
    /// Tables of another version, which this program cannot read, took the place of its own.
    pub(crate) superseded: bool,
    failures: u32,
    retry_at: Option<Instant>,
}

/// Where the read database says that a read model stands.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Here, and why no further, when it stands still.
    At(Mark, Option<String>),
    /// Nowhere: another version took its place.
    Superseded(String),
}

/// How far the read models have come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The least position of all.
    pub(crate) all: u64,
    /// The least position of those that do not stand still on an error; the greatest number when all do.
    pub(crate) healthy: u64,
}

/// Read models that stand at the same place and fold the next page together.
pub(crate) struct Group {
    /// Indices of the read models.
    pub(crate) indices: Vec<usize>,
    pub(crate) builds: Vec<Build>,
    pub(crate) from: Mark,
    /// Up to where the next group stands, so that they meet there.
    pub(crate) limit: usize,
}

impl Ente {
    pub(crate) fn new(code: &str, marks: Vec<Mark>, announced: watch::Receiver<u64>, turn: bool) -> Self {
        let states: Vec<State> = marks.into_iter().map(|mark| State::at(mark, false)).collect();
        Self {
            code: code.to_owned(),
            reached: watch::Sender::new(reached(&states)),
            states: Mutex::new(states),
            announced,
            stale: AtomicBool::new(false),
            nudge: Notify::new(),
            turn: AtomicBool::new(turn),
            waiting: AtomicUsize::new(0),
            target: OnceLock::new(),
        }
    }

    /// Whether this node folds.
    pub(crate) fn folds(&self) -> bool {
        self.turn.load(Ordering::SeqCst)
    }

    /// This node begins to fold, or ends. Another one may have folded meanwhile.
    pub(crate) fn take_turn(&self, turn: bool) {
        if self.turn.swap(turn, Ordering::SeqCst) != turn {
            self.doubt();
        }
    }

    /// Somebody waits for a position, until the value is dropped.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        if !self.folds() {
            // Who follows another node looks again at once.
            self.nudge.notify_one();
        }
        Waiting(self)
    }

    /// Whether somebody waits for a position.
    pub(crate) fn awaited(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn states(&self) -> MutexGuard<'_, Vec<State>> {
        // Each change is one assignment after another: a panic leaves nothing half done that matters.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, f: impl FnOnce(&mut Vec<State>)) {
        let mut states = self.states();
        f(&mut states);
        if let Some(target) = self.target.get() {
            for state in states.iter_mut() {
                state.ready |= state.mark.position >= *target;
            }
        }
        let now = reached(&states);
        self.reached.send_if_modified(|reached| std::mem::replace(reached, now) != now);
    }

    /// The read models that are furthest behind and not in a pause.
    pub(crate) fn group(&self, live: &[Live]) -> Option<Group> {
        let now = Instant::now();
        let states = self.states();
        let awake: Vec<usize> = (0..states.len()).filter(|i| states[*i].retry_at.is_none_or(|at| at <= now)).collect();
        let from = awake.iter().map(|i| states[*i].mark).min_by_key(|mark| mark.position)?;
        let (indices, ahead): (Vec<usize>, Vec<usize>) = awake.iter().partition(|i| states[**i].mark == from);
        let next = ahead.iter().map(|i| states[*i].mark.position).min();
        // Two that stand at one position with different hashes: one of them folded another log. It will find out.
        let limit = next.map_or(PAGE, |next| PAGE.min((next - from.position).max(1) as usize));
        let builds = indices.iter().map(|i| live[*i].build).collect();
        Some(Group { indices, builds, from, limit })
    }

    /// The group has come up to `to`, and what failed before has come right. Whether one of them had stood still.
    pub(crate) fn advanced(&self, indices: &[usize], to: Mark) -> bool {
        let mut stood_still = false;
        self.change(|states| {
            for index in indices {
                let state = &mut states[*index];
                stood_still |= state.error.is_some();
                (state.mark, state.error, state.failures, state.retry_at) = (to, None, 0, None);
            }
        });
        stood_still
    }

    /// Where all stand, as the read database says it. Who folds knows better than the database why one stands still.
    pub(crate) fn placed(&self, places: Vec<Place>, folds: bool) {
        self.change(|states| {
            for (state, place) in states.iter_mut().zip(places) {
                match place {
                    Place::At(mark, error) => {
                        state.mark = mark;
                        if !folds || std::mem::take(&mut state.superseded) {
                            (state.error, state.retry_at, state.superseded) = (error, None, false);
                        }
                    }
                    Place::Superseded(why) => {
                        (state.error, state.superseded) = (Some(why), true);
                        state.retry_at = Some(Instant::now() + MAX_PAUSE);
                    }
                }
            }
        });
    }

    /// New tables with the whole log took the place of the old.
    pub(crate) fn replaced(&self, index: usize, mark: Mark) {
        self.change(|states| states[index] = State::at(mark, true));
    }

    /// One read model failed: it pauses, the others go on.
    pub(crate) fn blocked(&self, index: usize, error: String) {
        self.change(|states| {
            let state = &mut states[index];
            state.failures += 1;
            state.retry_at = Some(Instant::now() + pause(state.failures));
            state.error = Some(error);
        });
    }

    /// All stand still.
    pub(crate) fn failed(&self, error: &str) {
        self.change(|states| {
            for state in states {
                state.error = Some(error.to_owned());
            }
        });
    }

    /// The head of the log was found to be here: whoever holds that much can answer.
    pub(crate) fn aim(&self, target: u64) {
        if self.target.set(target).is_ok() {
            self.change(|_| {});
        }
    }

    /// Whether [`Ente::aim`] was called.
    pub(crate) fn aimed(&self) -> bool {
        self.target.get().is_some()
    }

    /// When the first of those in a pause tries again.
    pub(crate) fn next_retry(&self) -> Option<Duration> {
        let states = self.states();
        states.iter().filter_map(|s| s.retry_at).min().map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// A question failed: perhaps another process swapped the tables. Look again.
    pub(crate) fn doubt(&self) {
        self.stale.store(true, Ordering::SeqCst);
        self.nudge.notify_one();
    }
}

impl State {
    fn at(mark: Mark, ready: bool) -> Self {
        Self { mark, ready, error: None, superseded: false, failures: 0, retry_at: None }
    }
}

/// See [`Ente::wait`].
pub(crate) struct Waiting<'a>(&'a Ente);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

fn reached(states: &[State]) -> Reached {
    let least = |only: &dyn Fn(&&State) -> bool| states.iter().filter(only).map(|s| s.mark.position).min();
    Reached {
        all: least(&|_| true).unwrap_or(u64::MAX),
        healthy: least(&|state| state.error.is_none()).unwrap_or(u64::MAX),
    }
}

/// 100 ms, then twice as long each time.
pub(crate) fn pause(failures: u32) -> Duration {
    Duration::from_millis(100 << failures.saturating_sub(1).min(10)).min(MAX_PAUSE)
}
