//! The attempts that clients share, and what they lived to see.

use crate::Failure;
use crate::measure::Latencies;
use domain::prenotabile::SlotId;
use indicatif::ProgressBar;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Refusals that must name something that is free.
const TAKEN: [&str; 4] = ["slot-non-disponibile", "quota-esaurita", "giornata-chiusa", "blocco-scaduto"];
/// Mistakes that are kept in words; the first says enough.
const KEPT: usize = 50;

/// The attempts that all clients share.
pub struct Work {
    total: u64,
    next: AtomicU64,
    done: AtomicU64,
    ended: AtomicBool,
    bar: ProgressBar,
}

impl Work {
    /// So many.
    pub fn new(total: u64, bar: ProgressBar) -> Self {
        Self { total, next: AtomicU64::new(0), done: AtomicU64::new(0), ended: AtomicBool::new(false), bar }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those that were answered.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Nobody goes on.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether nobody goes on.
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// The next one, while there is one.
    pub fn take(&self) -> Option<u64> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number < self.total && !self.ended()).then_some(number)
    }

    /// One more was answered.
    pub fn answered(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.bar.inc(1);
    }
}

/// What it took to get an answer, servers that were away included. The longest is the greatest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wait {
    /// Since it was first asked for.
    pub time: Duration,
    /// How often it was sent, or would have been to a server that was away.
    pub times: u32,
    /// What it was.
    pub name: &'static str,
}

/// What clients lived to see.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Ids of all bookings that were ever answered.
    #[serde(skip)]
    pub booked: Vec<String>,
    /// Bookings that stand at the end, and where.
    #[serde(skip)]
    pub seats: Vec<(String, SlotId)>,
    #[serde(skip)]
    latencies: BTreeMap<&'static str, Latencies>,
    /// Refusals because the slot was taken.
    pub refused: u64,
    /// Those of them that named nothing that is free.
    pub mute: u64,
    /// Other refusals by code.
    pub others: BTreeMap<String, u64>,
    /// Requests that lost their answer.
    pub lost: u64,
    /// Bookings that a server had stored before it was killed, so that the answer came to a later request.
    pub recovered: u64,
    /// Answers that asked to come again later.
    pub busy: u64,
    /// Keys that were sent once more after their answer.
    pub repeated: u64,
    /// Longest wait for one answer, all that came between included.
    pub longest: Wait,
    #[serde(skip)]
    wrong: Vec<String>,
}

impl Outcome {
    /// Takes in what another client saw.
    pub fn add(&mut self, other: Self) -> Result<(), Failure> {
        self.booked.extend(other.booked);
        self.seats.extend(other.seats);
        for (name, latencies) in other.latencies {
            match self.latencies.entry(name) {
                Entry::Vacant(empty) => drop(empty.insert(latencies)),
                Entry::Occupied(mut mine) => mine.get_mut().add(&latencies)?,
            }
        }
        self.refused += other.refused;
        self.mute += other.mute;
        for (code, count) in other.others {
            *self.others.entry(code).or_default() += count;
        }
        self.lost += other.lost;
        self.recovered += other.recovered;
        self.busy += other.busy;
        self.repeated += other.repeated;
        self.longest = self.longest.max(other.longest);
        self.wrong.extend(other.wrong);
        Ok(())
    }

    /// All such, in words.
    pub fn wrong(&self) -> Vec<String> {
        self.wrong.clone()
    }

    /// Latencies of each kind of command.
    pub fn latencies(&self) -> impl Iterator<Item = (&'static str, &Latencies)> {
        self.latencies.iter().map(|(name, latencies)| (*name, latencies))
    }

    /// Refusals for other reasons, for people.
    pub fn other_refusals(&self) -> String {
        let all: Vec<String> = self.others.iter().map(|(code, count)| format!("{code} {count}")).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }

    /// An answer: how long it took, and all that went before.
    pub fn answered(&mut self, name: &'static str, took: Duration, waited: Wait) -> Result<(), Failure> {
        let latencies = match self.latencies.entry(name) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(empty) => empty.insert(Latencies::new()?),
        };
        latencies.record(took);
        self.longest = self.longest.max(waited);
        Ok(())
    }

    /// Something that no client should have seen.
    pub fn mistake(&mut self, what: String) {
        if self.wrong.len() < KEPT {
            self.wrong.push(what);
        }
    }

    /// A refusal of a slot names something else that is free, or it is about something else.
    pub fn refusal(&mut self, wanted: &SlotId, code: String, free: &[SlotId]) {
        if !TAKEN.contains(&code.as_str()) {
            *self.others.entry(code).or_default() += 1;
            return;
        }
        self.refused += 1;
        if free.is_empty() {
            self.mute += 1;
            self.mistake(format!("{code} about {wanted} names nothing that is free"));
        }
        if let Some(strange) = free.iter().find(|slot| *slot == wanted || slot.servizio != wanted.servizio) {
            self.mistake(format!("{code} about {wanted} offers {strange}"));
        }
    }
}
