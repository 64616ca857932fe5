//! Citizens and officers who want the same few seats, and go on asking when a server goes away under them.

use super::nodes::Nodes;
use super::outcome::{Outcome, Wait, Work};
use super::requests::{self, Answer, Place, Slot};
use crate::Failure;
use crate::http::Client;
use crate::server;
use bytes::Bytes;
use domain::prenotabile::SlotId;
use eventstore::{Clock as _, SystemClock};
use hyper::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a client asks again for one answer; then the run is given up.
const PATIENCE: Duration = Duration::from_mins(2);
/// Before it asks another node.
const PAUSE: Duration = Duration::from_millis(20);
/// Of so many clients one is a citizen.
const CITIZEN: u16 = 8;
/// What an officer gives as the reason of a change.
const MOTIVO: &str = "Chiesto dal cittadino al telefono";
/// Rounds of filling what is left: a hold that ends in between frees a seat again.
const ROUNDS: usize = 20;

/// One client.
struct One {
    nodes: Arc<Nodes>,
    work: Option<Arc<Work>>,
    slots: Arc<Vec<Slot>>,
    number: u16,
    token: String,
    officer: bool,
    motivo: String,
    random: ChaCha8Rng,
    /// Where it asks.
    node: usize,
    /// The connection, and in which life of the node it was made.
    http: Option<(u64, Client)>,
    /// Own bookings that stand, the oldest first.
    seats: VecDeque<(String, SlotId)>,
    /// When it last sent something.
    sent: Timestamp,
    /// The last booking that was answered, to be sent once more.
    last: Option<(Bytes, String)>,
    keys: u64,
    outcome: Outcome,
}

/// Lets the clients work until all attempts are answered.
///
/// # Errors
/// When a client saw what no client should see, or no answer at all.
pub async fn drive(
    nodes: &Arc<Nodes>,
    place: &Place,
    slots: &Arc<Vec<Slot>>,
    work: &Arc<Work>,
    (clients, seed): (u16, u64),
) -> Result<Outcome, Failure> {
    let motivo = motivo(nodes, place).await?;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..clients {
        let mut one = One::new(nodes, slots, number, &motivo)?;
        one.work = Some(work.clone());
        one.random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(10_007).wrapping_add(u64::from(number)));
        running.spawn(one.run());
    }
    let mut all = Outcome::default();
    while let Some(outcome) = running.join_next().await {
        match outcome? {
            Ok(outcome) => all.add(outcome)?,
            Err(error) => {
                work.end();
                return Err(error);
            }
        }
    }
    Ok(all)
}

/// What is free in a span of days, as the office sees it once the lists hold the whole log.
///
/// # Errors
/// When the answer is none.
pub async fn free(nodes: &Arc<Nodes>, place: &Place, days: (Date, Date)) -> Result<Vec<Slot>, Failure> {
    let mut one = One::new(nodes, &Arc::default(), 0, "")?;
    let (_, first) = nodes.address(0).ok_or("the first server is away")?;
    server::settle(&first, PATIENCE).await?;
    let answer = one.ask(&requests::disponibilita(place, days)).await?;
    let found = answer["data"]["disponibilita"][0]["slot"].as_array().ok_or_else(|| answer.to_string())?;
    let slot = |slot: &serde_json::Value| -> Result<Slot, Failure> {
        let liberi = slot["liberi"].as_u64().ok_or("a slot says how many are free")?;
        Ok(Slot { id: slot["id"].as_str().unwrap_or_default().parse()?, liberi: usize::try_from(liberi)? })
    };
    found.iter().map(slot).collect()
}

/// One of the reasons for which the service can be booked.
async fn motivo(nodes: &Arc<Nodes>, place: &Place) -> Result<String, Failure> {
    let answer = One::new(nodes, &Arc::default(), 0, "")?.ask(&requests::motivi()).await?;
    let all = answer["data"]["prenotabili"].as_array().ok_or_else(|| answer.to_string())?;
    let service = all.iter().find(|service| service["codice"] == place.servizio.as_str());
    let motivo = service.and_then(|service| service["motivi"][0].as_str());
    Ok(motivo.ok_or_else(|| format!("{} cannot be booked", place.servizio))?.to_owned())
}

/// The day of the office as its screen shows it.
///
/// # Errors
/// When it shows none.
pub async fn agenda(nodes: &Arc<Nodes>, place: &Place, giorno: Date) -> Result<serde_json::Value, Failure> {
    let answer = One::new(nodes, &Arc::default(), 0, "")?.ask(&requests::agenda(place, giorno)).await?;
    Some(answer["data"]["agenda"].clone()).filter(serde_json::Value::is_object).ok_or_else(|| answer.to_string().into())
}

/// Books what is left until nothing is, and then wants each slot once more.
///
/// # Errors
/// When that does not end.
pub async fn fill(nodes: &Arc<Nodes>, place: &Place, slots: &Arc<Vec<Slot>>) -> Result<Outcome, Failure> {
    let motivo = motivo(nodes, place).await?;
    let mut one = One::new(nodes, slots, u16::MAX, &motivo)?;
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Ok(one.outcome) };
    for _ in 0..ROUNDS {
        let left = free(nodes, place, (first.giorno(), last.giorno())).await?;
        let left: Vec<SlotId> =
            left.into_iter().map(|slot| slot.id).filter(|id| slots.iter().any(|slot| slot.id == *id)).collect();
        if left.is_empty() {
            for slot in slots.iter() {
                if one.book(&slot.id).await? {
                    one.outcome.mistake(format!("{} was free and nobody said so", slot.id));
                }
            }
            one.outcome.seats.extend(one.seats);
            return Ok(one.outcome);
        }
        for slot in &left {
            one.book(slot).await?;
        }
    }
    Err(format!("after {ROUNDS} rounds something is still free").into())
}

impl One {
    fn new(nodes: &Arc<Nodes>, slots: &Arc<Vec<Slot>>, number: u16, motivo: &str) -> Result<Self, Failure> {
        let officer = number % CITIZEN != CITIZEN - 1 || number == u16::MAX;
        let persona = match (officer, number / CITIZEN % 2) {
            (true, _) => "operatore",
            (false, 0) => "cittadino",
            (false, _) => "cittadino2",
        };
        Ok(Self {
            nodes: nodes.clone(),
            work: None,
            slots: slots.clone(),
            number,
            token: nodes.token(persona)?.to_owned(),
            officer,
            motivo: motivo.to_owned(),
            random: ChaCha8Rng::seed_from_u64(u64::from(number)),
            node: usize::from(number),
            http: None,
            seats: VecDeque::new(),
            sent: Timestamp::UNIX_EPOCH,
            last: None,
            keys: 0,
            outcome: Outcome::default(),
        })
    }

    async fn run(mut self) -> Result<Outcome, Failure> {
        while let Some(attempt) = self.work.as_ref().and_then(|work| work.take()) {
            if self.officer {
                self.at_the_counter(attempt).await?;
            } else {
                self.at_home(attempt).await?;
            }
            if let Some(work) = &self.work {
                work.answered();
            }
        }
        self.outcome.seats.extend(self.seats);
        Ok(self.outcome)
    }

    /// An officer books for somebody; now and then holds the slot first, moves or cancels what was booked before.
    async fn at_the_counter(&mut self, attempt: u64) -> Result<(), Failure> {
        let wanted = self.any_slot();
        let held = if attempt.is_multiple_of(10) { self.hold(&wanted).await? } else { None };
        self.book(&wanted).await?;
        if let Some(blocco) = held {
            self.release(&wanted, &blocco).await?;
        }
        match attempt % 12 {
            3 | 9 => self.cancel().await?,
            6 => self.shift().await?,
            1 => self.again().await?,
            _ => {}
        }
        Ok(())
    }

    /// A citizen holds a slot and books it; moves it, and keeps it for a while.
    async fn at_home(&mut self, attempt: u64) -> Result<(), Failure> {
        let wanted = self.any_slot();
        let held = self.hold(&wanted).await?;
        self.book(&wanted).await?;
        if let Some(blocco) = held {
            self.release(&wanted, &blocco).await?;
        }
        match attempt % 4 {
            0 | 1 => self.shift().await?,
            2 => self.cancel().await?,
            _ => self.again().await?,
        }
        Ok(())
    }

    fn any_slot(&mut self) -> SlotId {
        let index = self.random.next_u64() % self.slots.len().max(1) as u64;
        self.slots[index as usize].id.clone()
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("contesa-{}-{}", self.number, self.keys)
    }

    /// Whether it is held, and by which hold.
    async fn hold(&mut self, wanted: &SlotId) -> Result<Option<String>, Failure> {
        let body = requests::blocca(&self.key(), wanted);
        match self.answer("hold", &body).await? {
            Answer::Done(id) => Ok(Some(id)),
            Answer::Refused(code, free) => {
                self.outcome.refusal(wanted, code, &free);
                Ok(None)
            }
            Answer::Busy => Err("asked again until it was answered".into()),
        }
    }

    async fn release(&mut self, slot: &SlotId, blocco: &str) -> Result<(), Failure> {
        match self.answer("release", &requests::libera(slot, blocco)).await? {
            Answer::Done(_) => Ok(()),
            other => Err(format!("a hold cannot be given up: {other:?}").into()),
        }
    }

    /// Whether it was booked.
    async fn book(&mut self, wanted: &SlotId) -> Result<bool, Failure> {
        let body = requests::prenota(&self.key(), wanted, &self.motivo);
        match self.answer("book", &body).await? {
            Answer::Done(id) => {
                // Its id carries the moment at which a server began with it.
                self.outcome.recovered += u64::from(drawn(&id)? < self.sent.as_millisecond());
                self.outcome.booked.push(id.clone());
                self.seats.push_back((id.clone(), wanted.clone()));
                self.last = Some((body, id));
                Ok(true)
            }
            Answer::Refused(code, free) => {
                self.outcome.refusal(wanted, code, &free);
                Ok(false)
            }
            Answer::Busy => Err("asked again until it was answered".into()),
        }
    }

    /// Moves the oldest own booking.
    async fn shift(&mut self) -> Result<(), Failure> {
        let Some((id, from)) = self.seats.pop_front() else { return Ok(()) };
        let wanted = self.any_slot();
        let motivo = self.officer.then_some(MOTIVO);
        let body = requests::sposta(&self.key(), &id, &wanted, motivo);
        match self.answer("move", &body).await? {
            Answer::Done(same) if same == id => self.seats.push_back((id, wanted)),
            Answer::Done(other) => self.outcome.mistake(format!("{id} was moved and {other} answered")),
            Answer::Refused(code, free) => {
                self.outcome.refusal(&wanted, code, &free);
                self.seats.push_back((id, from));
            }
            Answer::Busy => return Err("asked again until it was answered".into()),
        }
        Ok(())
    }

    /// Cancels the oldest own booking.
    async fn cancel(&mut self) -> Result<(), Failure> {
        let Some((id, _)) = self.seats.pop_front() else { return Ok(()) };
        let motivo = self.officer.then_some(MOTIVO);
        let body = requests::annulla(&self.key(), &id, motivo);
        match self.answer("cancel", &body).await? {
            Answer::Done(same) if same == id => Ok(()),
            other => Err(format!("{id} cannot be cancelled: {other:?}").into()),
        }
    }

    /// Sends the last booking once more: it is the same one, whatever became of it and of the servers.
    async fn again(&mut self) -> Result<(), Failure> {
        let Some((body, id)) = self.last.clone() else { return Ok(()) };
        self.outcome.repeated += 1;
        match self.answer("the same again", &body).await? {
            Answer::Done(same) if same == id => {}
            other => self.outcome.mistake(format!("{id} asked for again is {other:?}")),
        }
        Ok(())
    }

    /// Asks until there is an answer that is one.
    async fn answer(&mut self, name: &'static str, body: &Bytes) -> Result<Answer, Failure> {
        let begun = Instant::now();
        for times in 1.. {
            let sent = Instant::now();
            if let Some((status, answer)) = self.exchange(body).await? {
                let read = Answer::read(&answer).map_err(|error| format!("{name}: {status}: {error}"))?;
                if read != Answer::Busy && status == StatusCode::OK {
                    self.outcome.answered(name, sent.elapsed(), Wait { time: begun.elapsed(), times, name })?;
                    return Ok(read);
                }
                if read != Answer::Busy {
                    return Err(format!("{name}: {status}: {}", requests::shown(&answer)).into());
                }
                self.outcome.busy += 1;
            }
            self.wait(begun).await?;
        }
        Err("sent without end".into())
    }

    /// A question that must be answered with data.
    async fn ask(&mut self, body: &Bytes) -> Result<serde_json::Value, Failure> {
        let begun = Instant::now();
        loop {
            if let Some((StatusCode::OK, answer)) = self.exchange(body).await? {
                return Ok(serde_json::from_slice(&answer)?);
            }
            self.wait(begun).await?;
        }
    }

    /// Goes on to the next node after a while, until nobody wants to wait any more.
    async fn wait(&mut self, begun: Instant) -> Result<(), Failure> {
        if begun.elapsed() > PATIENCE || self.work.as_ref().is_some_and(|work| work.ended()) {
            return Err(format!("no answer after {:.0} s", begun.elapsed().as_secs_f64()).into());
        }
        tokio::time::sleep(PAUSE).await;
        self.node += 1;
        self.http = None;
        Ok(())
    }

    /// Sends once to the node of the moment; none when it is away or goes away.
    async fn exchange(&mut self, body: &Bytes) -> Result<Option<(StatusCode, Bytes)>, Failure> {
        let node = self.node % self.nodes.count();
        let Some((life, address)) = self.nodes.address(node) else { return Ok(None) };
        let http = match self.http.take() {
            Some((known, client)) if known == life => client,
            _ => Client::new(&address, Some(&self.token))?,
        };
        let (_, http) = self.http.insert((life, http));
        self.sent = SystemClock.now();
        let answer = http.graphql(body.clone()).await.ok();
        self.outcome.lost += u64::from(answer.is_none());
        Ok(answer)
    }
}

/// When an id was drawn, milliseconds (RFC 9562, 5.7).
pub(super) fn drawn(id: &str) -> Result<i64, Failure> {
    let at = id.parse::<uuid::Uuid>()?.get_timestamp().ok_or_else(|| format!("{id} carries no instant"))?;
    let (seconds, nanos) = at.to_unix();
    Ok(i64::try_from(seconds)? * 1_000 + i64::from(nanos / 1_000_000))
}
