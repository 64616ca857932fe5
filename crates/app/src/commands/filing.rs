//! A command that takes a number of the register: decided, numbered and stored in one commit.

use super::sealed::{Shell, documento};
use super::{Esito, meta};
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::SOGGETTO_REGISTRO;
use domain::allegato::Impronta;
use domain::ids::PersonaId;
use domain::persona::Attore;
use domain::registro::{self, CODICE_REGISTRO, Protocollo, Registra};
use domain::{Caso, Ctx, Evento, Refused, termini};
use eventstore::{AppendError, Appended, Expected, Idempotency, Item, Meta, NewEvent, Registration, RegistroKey, Slot};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// A decision that wants a number: pure, so that it can be taken once to seal and once more under the lock.
pub(super) type Decide = Arc<dyn Fn(&Ctx) -> Result<Vec<Evento>, Refused> + Send + Sync>;

/// The entry of the register, from the events that go with it.
pub(super) type Entry = Box<dyn FnOnce(&[Evento]) -> Result<Registra, AppError> + Send>;

/// What is to be filed or sent under a number.
pub(super) struct Filing {
    /// Stream of the case and what is expected of it.
    pub stream: String,
    /// Condition on the stream.
    pub expected: Expected,
    /// The case before.
    pub before: Option<Caso>,
    /// Whose data it is.
    pub titolare: PersonaId,
    /// Entry of the register, from the events that go with it.
    pub entry: Entry,
    /// The decision.
    pub decide: Decide,
}

/// Everything the engine needs under the lock.
struct Registered {
    attore: Attore,
    impronta: Impronta,
    registra: Registra,
    decide: Decide,
    stream: String,
    expected: Expected,
    entry: Shell,
    shells: Vec<Shell>,
    idempotency: Idempotency,
    meta: Meta,
}

impl Registered {
    fn ctx(&self, numero: u64, at: Timestamp) -> Ctx {
        ctx(&self.attore, &self.impronta, numero, at)
    }

    fn events(&self, ctx: &Ctx) -> Result<(Evento, Vec<Evento>), Refused> {
        let entry = registro::registra(self.registra.clone(), ctx)?;
        Ok((Evento::Registro(entry.into()), (self.decide)(ctx)?))
    }
}

fn ctx(attore: &Attore, impronta: &Impronta, numero: u64, at: Timestamp) -> Ctx {
    let protocollo = Protocollo {
        registro: CODICE_REGISTRO.to_owned(),
        anno: termini::anno_di_registrazione(at),
        numero,
        data: at,
        impronta: impronta.clone(),
    };
    Ctx { at, attore: attore.clone(), protocollo: Some(protocollo) }
}

impl Registration for Registered {
    fn registro(&self, at: Timestamp) -> RegistroKey {
        RegistroKey { codice: CODICE_REGISTRO.to_owned(), anno: termini::anno_di_registrazione(at) }
    }

    fn build(&self, slot: &Slot) -> Result<Vec<Item>, Value> {
        let refuse = |refused: Refused| serde_json::to_value(refused).unwrap_or(Value::Null);
        let (entry, events) = self.events(&self.ctx(slot.numero, slot.at)).map_err(refuse)?;
        let wrapped: Result<Vec<NewEvent>, _> =
            self.shells.iter().zip(&events).map(|(shell, event)| shell.wrap(event)).collect();
        let (Ok(entry), Ok(events)) = (self.entry.wrap(&entry), wrapped) else {
            return Err(Value::Null);
        };
        // The n-th event of a register's stream is its entry number n.
        let last = slot.numero - 1;
        Ok(vec![
            Item {
                stream: registro::stream_registro(&slot.registro.codice, slot.registro.anno),
                expected: if last == 0 { Expected::NoStream } else { Expected::Exact(last) },
                events: vec![entry],
            },
            Item { stream: self.stream.clone(), expected: self.expected, events },
        ])
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        Some(&self.idempotency)
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }
}

impl App {
    /// Files under a number.
    pub(super) async fn file(
        &self,
        ctx_: &Contesto,
        attore: Attore,
        idempotency: Idempotency,
        chiave: &str,
        filing: Filing,
    ) -> Result<Esito, AppError> {
        let ente = ctx_.codice_ente();
        let now = self.parts.clock.now();
        let before = filing.before.clone();
        // Decided once with a number that will not be: refusals come back before anything is queued, and what is
        // personal can be sealed outside the write transaction, because it does not depend on the number.
        let trial = ctx(&attore, &Impronta::from_bytes([0; 32]), 1, now);
        let events = (filing.decide)(&trial)?;
        let text = match events.first() {
            Some(first) => documento(first)?.unwrap_or_default(),
            None => return Err(AppError::Interno("a decision without events".into())),
        };
        let impronta = Impronta::from_bytes(eventstore::hash::sha256(text.as_bytes()));
        let person = self.key_of(ente, filing.titolare.0).await?;
        let register = self.key_of(ente, SOGGETTO_REGISTRO).await?;
        let registra = (filing.entry)(&events)?;
        let entry = Evento::Registro(registro::registra(registra.clone(), &trial)?.into());
        let registration = Arc::new(Registered {
            entry: self.shell(ente, &register, now, &entry)?,
            shells: events.iter().map(|event| self.shell(ente, &person, now, event)).collect::<Result<_, _>>()?,
            meta: meta(ctx_, &attore, Some(chiave)),
            attore,
            impronta,
            registra,
            decide: filing.decide,
            stream: filing.stream,
            expected: filing.expected,
            idempotency,
        });
        match self.parts.store.append_registered(ente, registration.clone()).await {
            Ok(appended) => registration.outcome(before, &appended),
            Err(AppendError::AlreadyApplied { first, last }) => self.repeated(ente, first, last).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The outcome of a command that had been carried out before.
    pub(super) async fn repeated(&self, ente: &str, first: u64, last: u64) -> Result<Esito, AppError> {
        let limit = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let records = self.parts.store.read_all(ente, first - 1, limit).await?;
        let record = records
            .iter()
            .find(|record| domain::evento::pratica_di(&record.stream).is_some())
            .ok_or_else(|| AppError::Interno(format!("no case at positions {first} to {last}")))?;
        let numbered = records.iter().find(|record| record.category() == "registro");
        let protocollo = match numbered.map(|record| self.parts.opener.open(record)).transpose()? {
            Some(Evento::Registro(registro::Event::ProtocolloRegistrato(entry))) => Some(entry.protocollo),
            _ => None,
        };
        // The case as it was right after the command, so that a repeat answers what the first call answered.
        let history = self.stream(ente, &record.stream).await?;
        let caso = Caso::fold(history.iter().filter(|(r, _)| r.position <= last).map(|(_, evento)| evento))
            .ok_or_else(|| AppError::Interno(format!("the stream {} does not fold", record.stream)))?;
        let protocollo = protocollo.or_else(|| caso.base().protocollo.clone());
        Ok(Esito { caso, protocollo, posizione: last })
    }
}

impl Registered {
    /// Decided again with the number that was given: the same input gives the same events as those stored.
    fn outcome(&self, before: Option<Caso>, appended: &Appended) -> Result<Esito, AppError> {
        let (_, numero) = appended.numero.clone().ok_or_else(|| AppError::Interno("no number was given".into()))?;
        let ctx = self.ctx(numero, appended.recorded_at);
        let events = (self.decide)(&ctx)?;
        let caso = events
            .iter()
            .fold(before, Caso::evolve)
            .ok_or_else(|| AppError::Interno("the decision does not make a case".into()))?;
        Ok(Esito { caso, protocollo: ctx.protocollo, posizione: appended.last })
    }
}
