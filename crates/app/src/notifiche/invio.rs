//! From the queue to the outer world, and the outcome back to the log.

use super::turno::Turno;
use super::{CANALE, Notifiche, NotificheError, PROCESSO, count, limits, messaggio};
use crate::enti::Ente;
use crate::error::AppError;
use crate::ports::{Accluso, Consegna, MailError, Messaggio, StatoConsegna};
use domain::notifica::{self, Motivo, NotificaConsegnata, NotificaFallita};
use domain::{Caso, Evento};
use eventstore::{AppendError, Batch, Expected, Idempotency, Item, Meta, NewEvent, ReadError, hash};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};

/// The beat at which messages leave.
pub(super) type Pace = Mutex<Interval>;

/// What the log knows of a notice.
enum Known {
    Nothing,
    Delivered,
    GivenUp,
}

/// What came of preparing a message.
enum Prepared {
    Message(Box<Messaggio>),
    /// There is nobody to write to.
    Nobody,
    /// It cannot be written now; said as a failed attempt, so that it ends before an operator and not in a loop.
    Failed(String),
}

impl Notifiche {
    /// Sends what is due while the turn lasts.
    pub(super) async fn deliver(&self, queued: &Notify, turno: &Turno) {
        let pace = self.pace();
        while !turno.ended.is_cancelled() {
            // Over and not ended: the next renewal says which it is.
            let batch = if turno.over(self.clock.now()) { None } else { Some(self.batch(&pace, turno).await) };
            let healthy = match batch {
                Some(Ok(0)) => true,
                Some(Ok(_)) => continue,
                Some(Err(error)) => {
                    tracing::warn!(%error, "notices cannot be sent now");
                    false
                }
                None => false,
            };
            tokio::select! {
                () = turno.ended.cancelled() => {}
                () = queued.notified(), if healthy => {}
                () = sleep(limits::POLL) => {}
            }
        }
    }

    pub(super) fn pace(&self) -> Pace {
        let mut interval = interval(Duration::from_secs(1) / self.config.al_secondo.max(1));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Mutex::new(interval)
    }

    /// Takes one batch and deals with each notice; says how many were taken.
    pub(super) async fn batch(&self, pace: &Pace, turno: &Turno) -> Result<usize, NotificheError> {
        let now = self.clock.now();
        let lease = now + limits::LEASE;
        let taken = self.work.lease_due(now, lease, limits::BATCH).await?;
        let results: Vec<Result<(), NotificheError>> = stream::iter(taken)
            .map(|consegna| self.one(consegna, lease, pace, turno))
            .buffer_unordered(limits::PARALLEL)
            .collect()
            .await;
        let taken = results.len();
        results.into_iter().collect::<Result<(), _>>().map(|()| taken)
    }

    /// Deals with one notice that was leased until `lease`.
    pub(super) async fn one(
        &self,
        mut consegna: Consegna,
        lease: Timestamp,
        pace: &Pace,
        turno: &Turno,
    ) -> Result<(), NotificheError> {
        match self.known(&consegna).await? {
            Known::Delivered => return self.settle(consegna, StatoConsegna::Consegnata, lease).await,
            Known::GivenUp => return self.settle(consegna, StatoConsegna::Fallita, lease).await,
            Known::Nothing => {}
        }
        if let Some(at) = consegna.affidata {
            return self.delivered(consegna, at, lease, turno).await;
        }
        if consegna.tentativi >= limits::ATTEMPTS {
            // Whoever made it crashed before its outcome was written down anywhere.
            let unknown = MailError::Permanent("the outcome of the last attempt is unknown".into());
            return self.not_sent(consegna, unknown, lease).await;
        }
        let prepared = tokio::select! {
            prepared = self.prepare(&consegna) => prepared?,
            // A receipt that is being composed is finished by whoever has the notice next.
            () = turno.ended.cancelled() => return self.give_back(consegna, lease).await,
        };
        let message = match prepared {
            Prepared::Message(message) => message,
            Prepared::Nobody => {
                count(&consegna.ente, "senza-indirizzo", 1);
                return self.settle(consegna, StatoConsegna::Consegnata, lease).await;
            }
            Prepared::Failed(reason) => {
                consegna.tentativi += 1;
                return self.not_sent(consegna, MailError::Temporary(reason), lease).await;
            }
        };
        pace.lock().await.tick().await;
        let now = self.clock.now();
        if turno.over(now) || lease.duration_since(now) < limits::LEFT {
            // Sent now, it might be sent by another worker too.
            return self.give_back(consegna, lease).await;
        }
        consegna.tentativi += 1;
        if !self.work.note_attempt(&consegna, lease).await? {
            return Ok(());
        }
        let sent = timeout(limits::SEND.unsigned_abs(), self.mailer.send(&message)).await;
        match sent.unwrap_or_else(|_| Err(MailError::Temporary("no answer in time".into()))) {
            Ok(()) => self.delivered(consegna, self.clock.now(), lease, turno).await,
            Err(error) => self.not_sent(consegna, error, lease).await,
        }
    }

    /// Puts a notice back as it was taken. Within the lease it is still ours to give back.
    async fn give_back(&self, consegna: Consegna, lease: Timestamp) -> Result<(), NotificheError> {
        if lease <= self.clock.now() {
            return Ok(());
        }
        Ok(self.work.settle(consegna, lease).await?)
    }

    /// Notes that the message was handed over at an instant: in the queue, so that it never leaves again, and in the log.
    /// While neither can be written it is tried again here, where it is known; once the queue has it, what the log lacks
    /// is left to the next lease.
    async fn delivered(
        &self,
        consegna: Consegna,
        at: Timestamp,
        lease: Timestamp,
        turno: &Turno,
    ) -> Result<(), NotificheError> {
        for round in 1.. {
            let noted = self.work.note_handed_over(&consegna, at).await;
            let key = format!("notifica:{}", consegna.dedupe);
            let Err(error) = self.append(&consegna, key, delivered(&consegna, at).into(), at).await else { break };
            if noted.is_ok() || round == limits::NOTES || turno.ended.is_cancelled() {
                return Err(error);
            }
            sleep(Duration::from_secs(1)).await;
        }
        count(&consegna.ente, "consegnata", 1);
        self.settle(consegna, StatoConsegna::Consegnata, lease).await
    }

    /// Notes that an attempt failed: another one later, or the end of it, first in the log and then in the queue.
    async fn not_sent(&self, mut consegna: Consegna, error: MailError, lease: Timestamp) -> Result<(), NotificheError> {
        let now = self.clock.now();
        let (reason, next) = match error {
            MailError::Temporary(reason) => (reason, next_attempt(consegna.tentativi, now, consegna.creata)),
            MailError::Permanent(reason) => (reason, None),
        };
        let reason = without_addresses(&reason);
        consegna.errore = Some(reason.clone());
        tracing::warn!(
            ente = consegna.ente,
            notice = consegna.dedupe,
            attempt = consegna.tentativi,
            reason,
            "not sent"
        );
        if let Some(next) = next {
            count(&consegna.ente, "rimandata", 1);
            consegna.prossimo = next;
            return self.settle(consegna, StatoConsegna::InCoda, lease).await;
        }
        // The instant of queueing tells this failure from the one before an operator's retry.
        let key = format!("notifica-fallita:{}:{}", consegna.dedupe, consegna.creata.as_microsecond());
        self.append(&consegna, key, given_up(&consegna, now, reason).into(), now).await?;
        count(&consegna.ente, "fallita", 1);
        self.settle(consegna, StatoConsegna::Fallita, lease).await
    }

    async fn settle(
        &self,
        mut consegna: Consegna,
        stato: StatoConsegna,
        lease: Timestamp,
    ) -> Result<(), NotificheError> {
        consegna.stato = stato;
        Ok(self.work.settle(consegna, lease).await?)
    }

    /// What earlier runs wrote to the log of this notice.
    async fn known(&self, consegna: &Consegna) -> Result<Known, NotificheError> {
        let stream = notifica::stream(consegna.pratica);
        let records = self.store.read_stream(&consegna.ente, &stream, 0, eventstore::limits::PAGE).await?;
        let mut known = Known::Nothing;
        for record in &records {
            match self.opener.open(record) {
                Ok(Evento::Notifica(notifica::Event::NotificaConsegnata(e)))
                    if e.causa == consegna.causa && e.canale == CANALE =>
                {
                    return Ok(Known::Delivered);
                }
                Ok(Evento::Notifica(notifica::Event::NotificaFallita(e)))
                    if e.causa == consegna.causa && e.canale == CANALE && e.il >= consegna.creata =>
                {
                    known = Known::GivenUp;
                }
                Ok(_) => {}
                Err(error) => {
                    let (position, reason) = (record.position, error.cause.to_string());
                    return Err(ReadError::Corrupt { position, reason }.into());
                }
            }
        }
        Ok(known)
    }

    async fn prepare(&self, consegna: &Consegna) -> Result<Prepared, NotificheError> {
        let Some(ente) = self.enti.iter().find(|ente| ente.codice.as_str() == consegna.ente) else {
            return Ok(Prepared::Failed("the ente is not configured".into()));
        };
        let stream = consegna.tipo.stream(consegna.pratica);
        let records = self.store.read_stream(&consegna.ente, &stream, 0, eventstore::limits::PAGE).await?;
        let events: Vec<Evento> = match records.iter().map(|record| self.opener.open(record)).collect() {
            Ok(events) => events,
            Err(error) => return Ok(Prepared::Failed(format!("{error}: {}", error.cause))),
        };
        let Some(caso) = Caso::fold(&events) else {
            return Ok(Prepared::Failed("the case is not in the log".into()));
        };
        let composed = match &caso {
            Caso::Appuntamento(pratica) => {
                let cause = records.iter().position(|record| record.event_id == consegna.causa);
                let cause = cause.and_then(|index| events.get(index));
                match self.di_appuntamento(ente, pratica, cause, consegna).await {
                    Ok(composed) => composed,
                    Err(error) => return Ok(Prepared::Failed(error.to_string())),
                }
            }
            _ => messaggio::componi(ente, &caso, consegna, &self.config),
        };
        let Some(mut message) = composed else {
            return Ok(Prepared::Nobody);
        };
        if matches!(consegna.motivo, Motivo::Ricevuta | Motivo::Prenotazione) {
            match self.receipt(ente, &caso).await {
                Ok(receipt) => message.acclusi.extend(receipt),
                Err(reason) => return Ok(Prepared::Failed(format!("the receipt: {reason}"))),
            }
        }
        Ok(Prepared::Message(Box::new(message)))
    }

    /// The receipt of a case, to go with the message; none where there are none, or where there can be none any more.
    async fn receipt(&self, ente: &Arc<Ente>, caso: &Caso) -> Result<Option<Accluso>, String> {
        let Some(ricevute) = &self.ricevute else { return Ok(None) };
        let formed = timeout(limits::RECEIPT.unsigned_abs(), ricevute.pdf(ente, caso.base().id)).await;
        let bytes = match formed.map_err(|_| "not composed in time".to_owned())? {
            Ok(bytes) => bytes,
            Err(AppError::Rifiutato(_)) => None,
            Err(error) => return Err(error.to_string()),
        };
        let nome = format!("ricevuta-{}.pdf", caso.base().codice);
        Ok(bytes.map(|bytes| Accluso { nome, formato: "application/pdf", bytes }))
    }

    async fn append(
        &self,
        consegna: &Consegna,
        key: String,
        event: notifica::Event,
        now: Timestamp,
    ) -> Result<(), NotificheError> {
        let payload = hash::canonical(&event.payload()).map_err(|error| AppendError::Invalid(error.to_string()))?;
        let event = NewEvent {
            event_id: self.ids.uuid(now),
            kind: event.kind().to_owned(),
            schema_version: event.version(),
            payload,
        };
        let meta = Meta {
            actor: PROCESSO.into(),
            role: "sistema".into(),
            channel: "sistema".into(),
            causation: Some(consegna.causa),
            idempotency_key: Some(key.clone()),
            ..Meta::default()
        };
        // The fingerprint leaves out instant and attempts: a repeat after a crash is the same outcome.
        let idempotency = Some(Idempotency { fingerprint: hash::sha256(key.as_bytes()), key });
        let item = Item { stream: notifica::stream(consegna.pratica), expected: Expected::Any, events: vec![event] };
        let batch = Batch { items: vec![item], idempotency, meta };
        let mut tries = 1;
        loop {
            match self.store.append(&consegna.ente, batch.clone()).await {
                Ok(_) | Err(AppendError::AlreadyApplied { .. }) => return Ok(()),
                Err(AppendError::Unavailable { .. } | AppendError::Unknown(_)) if tries < limits::APPENDS => {
                    tries += 1;
                    sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn delivered(consegna: &Consegna, now: Timestamp) -> NotificaConsegnata {
    NotificaConsegnata {
        pratica: consegna.pratica,
        causa: consegna.causa,
        motivo: consegna.motivo,
        canale: CANALE.into(),
        tentativi: consegna.tentativi,
        il: now,
    }
}

fn given_up(consegna: &Consegna, now: Timestamp, errore: String) -> NotificaFallita {
    NotificaFallita {
        pratica: consegna.pratica,
        causa: consegna.causa,
        motivo: consegna.motivo,
        canale: CANALE.into(),
        tentativi: consegna.tentativi,
        il: now,
        errore,
    }
}

/// When to try again after so many failed attempts; none when it is time to give up.
fn next_attempt(attempts: u32, now: Timestamp, queued: Timestamp) -> Option<Timestamp> {
    let wait = limits::BACKOFF.get(attempts.checked_sub(1)? as usize)?;
    let next = now.checked_add(*wait).ok()?;
    (attempts < limits::ATTEMPTS && next <= queued.checked_add(limits::EXPIRY).ok()?).then_some(next)
}

/// Servers like to quote the address they refuse; the log is no place for it.
fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if word.contains('@') { "[indirizzo]" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(limits::ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn waits_grow_and_end_after_eight_attempts() {
        let queued: Timestamp = "2026-03-09T08:15:00Z".parse().unwrap();
        let (mut now, mut waits) = (queued, Vec::new());
        for attempt in 1.. {
            let Some(next) = next_attempt(attempt, now, queued) else { break };
            waits.push(next.duration_since(now).as_mins());
            now = next;
        }
        assert_eq!(waits, [1, 5, 15, 60, 240, 720, 1440]);
        assert_eq!(waits.len() + 1, limits::ATTEMPTS as usize);
    }

    #[test]
    fn no_attempt_is_planned_after_three_days() {
        let queued: Timestamp = "2026-03-09T08:15:00Z".parse().unwrap();
        let last = queued + SignedDuration::from_hours(72) - SignedDuration::from_mins(1);
        assert!(next_attempt(1, last, queued).is_some());
        assert_eq!(next_attempt(1, last + SignedDuration::from_micros(1), queued), None);
    }

    #[test]
    fn errors_name_no_address_and_have_a_length() {
        let said = "550 5.1.1 <mario.rossi@example.org>: user unknown";
        assert_eq!(without_addresses(said), "550 5.1.1 [indirizzo] user unknown");
        assert_eq!(without_addresses(&"é".repeat(1_000)).chars().count(), limits::ERROR);
    }
}
