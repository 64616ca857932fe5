//! What is known of an ente while a group is settled: heads that were fetched beforehand.

use crate::group::{Applied, EnteHead, Heads, Plan, Request, settle};
use eventstore::{Clock, Expected, Item, RegistroKey};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Decode, Postgres, Row, Type};
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

/// End of the log of an ente as it is stored, with its fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) head: EnteHead,
    /// Raised when the outcome of a write is not known.
    pub(super) fence: i64,
}

/// What settling asked for.
#[derive(Default)]
struct Asked {
    streams: HashSet<String>,
    registri: HashSet<RegistroKey>,
    keys: HashSet<String>,
    /// A stream that should exist already is not known.
    guessed: bool,
}

/// Heads of one ente. What is not known is answered as absent, and noted.
#[derive(Default)]
pub(super) struct Known {
    /// `None` when it is not known, or the ente has no log yet.
    pub(super) stored: Option<Stored>,
    streams: HashMap<String, u64>,
    registri: HashMap<RegistroKey, u64>,
    keys: HashMap<String, Option<Applied>>,
    asked: Asked,
    /// From the database during this attempt, not left over from the last group.
    fresh: bool,
}

impl Known {
    /// What a stored plan leaves behind: the next group needs no look-up for it, as long as no other node writes.
    pub(super) fn after(plan: &Plan, fence: i64) -> Option<Self> {
        let (_, head) = plan.heads().next()?;
        Some(Self {
            stored: Some(Stored { head: *head, fence }),
            streams: plan.streams().map(|(_, stream, version)| (stream.to_owned(), version)).collect(),
            registri: plan.registri().map(|(_, registro, numero)| (registro.clone(), numero)).collect(),
            ..Self::default()
        })
    }

    /// Settles a group on what is known, noting everything it asks for.
    pub(super) fn settle<'a>(&mut self, requests: impl Iterator<Item = &'a Request>, clock: &dyn Clock) -> Plan {
        self.asked = Asked::default();
        let Ok(plan) = settle(requests, clock, self);
        plan
    }

    /// Whether everything that was asked for was fetched.
    pub(super) fn is_complete(&self) -> bool {
        self.fresh && self.knows_registri() && self.new_streams().next().is_none() && self.new_keys().next().is_none()
    }

    /// Whether the plan may be tried on what is known: a write can verify by itself that streams and keys are new, but
    /// nobody is refused on what may be out of date.
    pub(super) fn is_enough(&self, plan: &Plan) -> bool {
        let assumable = self.stored.is_some() && self.knows_registri() && !self.asked.guessed;
        self.is_complete() || (assumable && plan.answers.iter().all(Result::is_ok))
    }

    /// Whether this comes from the database, not from the last group.
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }

    fn knows_registri(&self) -> bool {
        self.asked.registri.iter().all(|registro| self.registri.contains_key(registro))
    }

    /// Streams taken for new without having looked.
    pub(super) fn new_streams(&self) -> impl Iterator<Item = &str> {
        self.asked.streams.iter().filter(|stream| !self.streams.contains_key(*stream)).map(String::as_str)
    }

    /// Idempotency keys taken for unused without having looked.
    pub(super) fn new_keys(&self) -> impl Iterator<Item = &str> {
        self.asked.keys.iter().filter(|key| !self.keys.contains_key(*key)).map(String::as_str)
    }

    /// Fetches everything that was asked for, in one snapshot.
    pub(super) async fn look_up(self, conn: &mut PgConnection, ente: &str) -> Result<Self, sqlx::Error> {
        let Asked { streams, registri, keys, .. } = self.asked;
        let rows = sqlx::query(include_str!("sql/lookup.sql"))
            .bind(ente)
            .bind(streams.iter().collect::<Vec<_>>())
            .bind(registri.iter().map(|registro| registro.codice.as_str()).collect::<Vec<_>>())
            .bind(registri.iter().map(|registro| i64::from(registro.anno)).collect::<Vec<_>>())
            .bind(keys.iter().collect::<Vec<_>>())
            .fetch_all(conn)
            .await?;
        // What was asked for and is not found does not exist.
        let mut known = Self {
            streams: streams.into_iter().map(|stream| (stream, 0)).collect(),
            registri: registri.into_iter().map(|registro| (registro, 0)).collect(),
            keys: keys.into_iter().map(|key| (key, None)).collect(),
            fresh: true,
            ..Self::default()
        };
        for row in &rows {
            known.take(row)?;
        }
        Ok(known)
    }

    fn take(&mut self, row: &PgRow) -> Result<(), sqlx::Error> {
        let (name, n): (String, i64) = (field(row, 1)?, field(row, 2)?);
        let (first, last): (i64, i64) = (field(row, 3)?, field(row, 4)?);
        match field::<i64>(row, 0)? {
            0 => {
                let head = EnteHead { position: first as u64, hash: field(row, 5)?, recorded_at: last };
                self.stored = Some(Stored { head, fence: n });
            }
            1 => drop(self.streams.insert(name, first as u64)),
            2 => {
                let anno = i16::try_from(n).map_err(|error| sqlx::Error::Decode(error.into()))?;
                self.registri.insert(RegistroKey { codice: name, anno }, first as u64);
            }
            _ => {
                let applied = Applied { fingerprint: field(row, 5)?, first: first as u64, last: last as u64 };
                self.keys.insert(name, Some(applied));
            }
        }
        Ok(())
    }
}

fn field<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, index: usize) -> Result<T, sqlx::Error> {
    row.try_get(index)
}

impl Heads for Known {
    type Error = Infallible;

    fn ente(&mut self, _: &str) -> Result<EnteHead, Infallible> {
        Ok(self.stored.map_or(EnteHead::EMPTY, |stored| stored.head))
    }

    fn batch(&mut self, items: &[Item]) {
        for Item { stream, expected, .. } in items {
            if !self.asked.streams.contains(stream) {
                self.asked.streams.insert(stream.clone());
                self.asked.guessed |= *expected != Expected::NoStream && !self.streams.contains_key(stream);
            }
        }
    }

    fn stream(&mut self, _: &str, stream: &str) -> Result<u64, Infallible> {
        Ok(self.streams.get(stream).copied().unwrap_or(0))
    }

    fn registro(&mut self, _: &str, registro: &RegistroKey) -> Result<u64, Infallible> {
        self.asked.registri.insert(registro.clone());
        Ok(self.registri.get(registro).copied().unwrap_or(0))
    }

    fn applied(&mut self, _: &str, key: &str) -> Result<Option<Applied>, Infallible> {
        self.asked.keys.insert(key.to_owned());
        Ok(self.keys.get(key).copied().flatten())
    }
}
