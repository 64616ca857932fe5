//! Settling a group of appends in memory.
//!
//! Under the lock of its enti, an engine hands the waiting requests to [`settle`] together with a way to look up heads
//! ([`Heads`]). Out come the answer to each request and everything to be written, chained and numbered, as if the requests
//! had run one after the other: conflicts, repeats and refusals take nothing. The engine writes the [`Plan`] in one
//! transaction and answers after the commit; if that fails nothing has happened, and the same requests can be settled again.

use eventstore::clock::instant_after;
use eventstore::hash;
use eventstore::{
    AppendError, Appended, Batch, Clock, Expected, Idempotency, Item, Meta, Position, Record, Registration,
    RegistroKey, Slot, check_items, check_key,
};
use jiff::Timestamp;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// One append, checked and ready for the writer: what could be done outside the lock is done.
pub struct Request {
    ente: String,
    /// Canonical JSON.
    meta: String,
    idempotency: Option<Idempotency>,
    work: Work,
}

enum Work {
    Items(Vec<Item>),
    Registration(Arc<dyn Registration>),
}

impl Request {
    /// A plain append.
    ///
    /// # Errors
    /// [`AppendError::Invalid`] when the batch breaks a limit.
    pub fn batch(ente: &str, batch: Batch) -> Result<Self, AppendError> {
        check_items(&batch.items)?;
        Self::new(ente, &batch.meta, batch.idempotency, Work::Items(batch.items))
    }

    /// An append that takes a number.
    ///
    /// # Errors
    /// [`AppendError::Invalid`] when its idempotency key breaks the limit.
    pub fn registered(ente: &str, registration: Arc<dyn Registration>) -> Result<Self, AppendError> {
        let idempotency = registration.idempotency().cloned();
        Self::new(ente, registration.meta(), idempotency, Work::Registration(registration.clone()))
    }

    fn new(ente: &str, meta: &Meta, idempotency: Option<Idempotency>, work: Work) -> Result<Self, AppendError> {
        check_key(idempotency.as_ref())?;
        let meta = hash::canonical(meta).map_err(|error| AppendError::Invalid(error.to_string()))?;
        Ok(Self { ente: ente.to_owned(), meta, idempotency, work })
    }

    /// Code of the ente whose log is written.
    pub fn ente(&self) -> &str {
        &self.ente
    }
}

/// End of the log of one ente, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnteHead {
    /// Last position; 0 when empty.
    pub position: Position,
    /// Hash of the last record; zeros when empty.
    pub hash: [u8; 32],
    /// Instant of the last record, microseconds since the epoch; the least value when empty.
    pub recorded_at: i64,
}

impl EnteHead {
    /// Before the first record.
    pub const EMPTY: Self = Self { position: 0, hash: hash::GENESIS, recorded_at: i64::MIN };
}

/// What an idempotency key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// SHA-256 of the command's content.
    pub fingerprint: [u8; 32],
    /// First position of its batch.
    pub first: Position,
    /// Last position of its batch.
    pub last: Position,
}

/// Look-ups in the write transaction. Each is asked at most once a group for the same thing.
///
/// An engine for which a look-up is a round trip answers from what it fetched beforehand, notes what it did not have,
/// answers that as absent, fetches it and settles again: registrations are pure, so that settling twice is harmless.
pub trait Heads {
    /// Failure of the database; ends the group.
    type Error;

    /// Told the items of each request before their streams are asked for one by one, so that they can be fetched together.
    fn batch(&mut self, _items: &[Item]) {}
    /// End of the log of an ente; [`EnteHead::EMPTY`] when it has none.
    fn ente(&mut self, ente: &str) -> Result<EnteHead, Self::Error>;
    /// Last version of a stream; 0 when it does not exist.
    fn stream(&mut self, ente: &str, stream: &str) -> Result<u64, Self::Error>;
    /// Last number of a register; 0 when it has none.
    fn registro(&mut self, ente: &str, registro: &RegistroKey) -> Result<u64, Self::Error>;
    /// What an idempotency key did before.
    fn applied(&mut self, ente: &str, key: &str) -> Result<Option<Applied>, Self::Error>;
}

/// A value looked up, and whether the group changed it.
#[derive(Debug, Clone, Copy)]
struct Tracked<T> {
    value: T,
    changed: bool,
}

/// The state of one ente as the group goes on.
struct EnteState {
    head: EnteHead,
    /// The group's instant, or why none can be given.
    at: Result<Timestamp, AppendError>,
    streams: HashMap<String, Tracked<u64>>,
    registri: HashMap<RegistroKey, Tracked<u64>>,
    keys: HashMap<String, Option<Tracked<Applied>>>,
}

/// A number given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumeroTaken {
    /// Whose register.
    pub ente: String,
    /// Which register.
    pub registro: RegistroKey,
    /// The number.
    pub numero: u64,
    /// First position of the batch that holds it.
    pub position: Position,
}

/// What a settled group asks an engine to write, and the answers to give once it is durable.
pub struct Plan {
    /// Records in order, chained.
    pub records: Vec<Record>,
    /// Numbers given out.
    pub numeri: Vec<NumeroTaken>,
    /// One answer per request, in the order of the requests.
    pub answers: Vec<Result<Appended, AppendError>>,
    enti: HashMap<String, EnteState>,
}

impl Plan {
    /// New ends of the logs that grew.
    pub fn heads(&self) -> impl Iterator<Item = (&str, &EnteHead)> {
        let grown = self.enti.iter().filter(|(_, state)| state.streams.values().any(|stream| stream.changed));
        grown.map(|(ente, state)| (ente.as_str(), &state.head))
    }

    /// New last versions of the streams that grew: ente, stream, version.
    pub fn streams(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.enti.iter().flat_map(|(ente, state)| {
            let changed = state.streams.iter().filter(|(_, version)| version.changed);
            changed.map(move |(stream, version)| (ente.as_str(), stream.as_str(), version.value))
        })
    }

    /// New last numbers of the registers that grew: ente, register, number.
    pub fn registri(&self) -> impl Iterator<Item = (&str, &RegistroKey, u64)> {
        self.enti.iter().flat_map(|(ente, state)| {
            let changed = state.registri.iter().filter(|(_, numero)| numero.changed);
            changed.map(move |(registro, numero)| (ente.as_str(), registro, numero.value))
        })
    }

    /// Idempotency keys used: ente, key, what it did.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str, &Applied)> {
        self.enti.iter().flat_map(|(ente, state)| {
            let used = state.keys.iter().filter_map(|(key, applied)| Some((key, applied.as_ref()?)));
            used.filter(|(_, applied)| applied.changed)
                .map(move |(key, applied)| (ente.as_str(), key.as_str(), &applied.value))
        })
    }
}

/// Settles the requests in their order. The clock is asked once: a group is one instant for each of its enti.
///
/// # Errors
/// What a look-up failed with; then nothing is settled.
pub fn settle<'a, H: Heads>(
    requests: impl Iterator<Item = &'a Request>,
    clock: &dyn Clock,
    heads: &mut H,
) -> Result<Plan, H::Error> {
    let now = clock.now();
    let mut plan = Plan { records: Vec::new(), numeri: Vec::new(), answers: Vec::new(), enti: HashMap::new() };
    for request in requests {
        if !plan.enti.contains_key(&request.ente) {
            let head = heads.ente(&request.ente)?;
            plan.enti.insert(request.ente.clone(), EnteState::new(head, now));
        }
        let state = plan.enti.get_mut(&request.ente).expect("it was inserted above");
        let answer = state.settle(request, heads, &mut plan.records)?;
        if let Ok(Appended { first, numero: Some((registro, numero)), .. }) = &answer {
            let (ente, registro) = (request.ente.clone(), registro.clone());
            plan.numeri.push(NumeroTaken { ente, registro, numero: *numero, position: *first });
        }
        plan.answers.push(answer);
    }
    Ok(plan)
}

/// `return Ok(Err(..))`: the request is answered, the group goes on.
macro_rules! answered {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        }
    };
}

impl EnteState {
    fn new(head: EnteHead, now: Timestamp) -> Self {
        let at = instant_after(head.recorded_at, now);
        Self { head, at, streams: HashMap::new(), registri: HashMap::new(), keys: HashMap::new() }
    }

    fn settle<H: Heads>(
        &mut self,
        request: &Request,
        heads: &mut H,
        records: &mut Vec<Record>,
    ) -> Result<Result<Appended, AppendError>, H::Error> {
        let Request { ente, meta, idempotency, work } = request;
        if let Some(Idempotency { key, fingerprint }) = idempotency {
            if !self.keys.contains_key(key) {
                let applied = heads.applied(ente, key)?.map(|value| Tracked { value, changed: false });
                self.keys.insert(key.clone(), applied);
            }
            if let Some(Tracked { value: Applied { fingerprint: known, first, last }, .. }) = self.keys[key] {
                let repeat = known == *fingerprint;
                let answer = if repeat { AppendError::AlreadyApplied { first, last } } else { AppendError::KeyReused };
                return Ok(Err(answer));
            }
        }
        let at = answered!(self.at.clone());
        let (items, numero) = match work {
            Work::Items(items) => (items.clone(), None),
            Work::Registration(registration) => {
                let slot = answered!(self.slot(ente, &**registration, at, heads)?);
                let items = answered!(build(&**registration, &slot));
                answered!(check_items(&items));
                (items, Some((slot.registro, slot.numero)))
            }
        };
        answered!(self.check_versions(ente, &items, heads)?);

        // Nothing was changed so far; from here on nothing can fail.
        let first = self.head.position + 1;
        self.chain(ente, meta, items, at, records);
        let last = self.head.position;
        if let Some((registro, numero)) = &numero {
            self.registri.insert(registro.clone(), Tracked { value: *numero, changed: true });
        }
        if let Some(Idempotency { key, fingerprint }) = idempotency {
            let value = Applied { fingerprint: *fingerprint, first, last };
            self.keys.insert(key.clone(), Some(Tracked { value, changed: true }));
        }
        Ok(Ok(Appended { first, last, recorded_at: at, numero }))
    }

    /// The next number of the register that the registration chooses for the group's instant.
    fn slot<H: Heads>(
        &mut self,
        ente: &str,
        registration: &dyn Registration,
        at: Timestamp,
        heads: &mut H,
    ) -> Result<Result<Slot, AppendError>, H::Error> {
        let registro = answered!(guarded(|| registration.registro(at)));
        let last = if let Some(last) = self.registri.get(&registro) {
            last.value
        } else {
            let value = heads.registro(ente, &registro)?;
            self.registri.insert(registro.clone(), Tracked { value, changed: false });
            value
        };
        Ok(Ok(Slot { registro, numero: last + 1, at }))
    }

    /// Conditions hold in the order of the items: an item sees what those before it would store.
    fn check_versions<H: Heads>(
        &mut self,
        ente: &str,
        items: &[Item],
        heads: &mut H,
    ) -> Result<Result<(), AppendError>, H::Error> {
        heads.batch(items);
        for (index, Item { stream, expected, .. }) in items.iter().enumerate() {
            if !self.streams.contains_key(stream) {
                let value = heads.stream(ente, stream)?;
                self.streams.insert(stream.clone(), Tracked { value, changed: false });
            }
            let before =
                items[..index].iter().filter(|item| item.stream == *stream).map(|item| item.events.len() as u64);
            let actual = self.streams[stream].value + before.sum::<u64>();
            let holds = match expected {
                Expected::NoStream => actual == 0,
                Expected::Exact(version) => actual == *version,
                Expected::Any => true,
            };
            if !holds {
                return Ok(Err(AppendError::Conflict { stream: stream.clone(), expected: *expected, actual }));
            }
        }
        Ok(Ok(()))
    }

    fn chain(&mut self, ente: &str, meta: &str, items: Vec<Item>, at: Timestamp, records: &mut Vec<Record>) {
        for Item { stream, events, .. } in items {
            let head = self.streams.get_mut(&stream).expect("its version was checked");
            for event in events {
                head.value += 1;
                head.changed = true;
                self.head.position += 1;
                let mut record = Record {
                    ente: ente.to_owned(),
                    stream: stream.clone(),
                    version: head.value,
                    position: self.head.position,
                    event_id: event.event_id,
                    kind: event.kind,
                    schema_version: event.schema_version,
                    payload: event.payload,
                    meta: meta.to_owned(),
                    recorded_at: at,
                    prev_hash: self.head.hash,
                    hash: [0; 32],
                };
                record.hash = hash::chain(&record);
                self.head.hash = record.hash;
                records.push(record);
            }
        }
        self.head.recorded_at = at.as_microsecond();
    }
}

fn build(registration: &dyn Registration, slot: &Slot) -> Result<Vec<Item>, AppendError> {
    guarded(|| registration.build(slot))?.map_err(AppendError::Refused)
}

/// Runs a registration's code; its panic is the caller's mistake and must not sink the group.
fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, AppendError> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|_| AppendError::Invalid("the registration panicked".into()))
}
