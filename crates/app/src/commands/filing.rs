//! Decisions and their one commit: over one stream or several, with a number of a register or without.

use super::sealed::{Shell, documento};
use super::{Esito, meta};
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::SOGGETTO_REGISTRO;
use domain::allegato::Impronta;
use domain::ids::PersonaId;
use domain::persona::Attore;
use domain::registro::{self, Protocollo, Registra};
use domain::{Caso, Ctx, Evento, Refused, termini};
use eventstore::{
    AppendError, Appended, Batch, DataKey, Expected, Idempotency, Item, Meta, Registration, RegistroKey, Slot,
};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// A decision about one stream: pure, so that it can be taken once to seal and once more under the lock.
pub(super) type Decide = Arc<dyn Fn(&Ctx) -> Result<Vec<Evento>, Refused> + Send + Sync>;

/// A decision about several streams: the events of each, in the order of the streams. A stream that nothing happens to has
/// none.
pub(crate) type DecideInsieme = Arc<dyn Fn(&Ctx) -> Result<Vec<Vec<Evento>>, Refused> + Send + Sync>;

/// A decision about one stream as one about several.
pub(super) fn sola(decide: Decide) -> DecideInsieme {
    Arc::new(move |ctx| Ok(vec![decide(ctx)?]))
}

/// A stream and what is expected of it.
pub(crate) type Attesa = (String, Expected);

/// What `build` answers when the decision under the lock is not the one that was prepared: the command begins again.
const CAMBIATA: &str = "decided-otherwise";

/// The entry of the register, from the events that go with it.
pub(crate) type Entry = Box<dyn FnOnce(&[Evento]) -> Result<Registra, AppError> + Send>;

/// What is to be filed or sent under a number.
pub(crate) struct Filing {
    /// Code of the register.
    pub registro: &'static str,
    /// The streams; the first one is that of the case, and its first event is the document.
    pub streams: Vec<Attesa>,
    /// The case before.
    pub before: Option<Caso>,
    /// Whose data it is.
    pub titolare: PersonaId,
    /// Entry of the register, from the events of the case.
    pub entry: Entry,
    /// The decision.
    pub decide: DecideInsieme,
}

/// Everything the engine needs under the lock.
struct Registered {
    attore: Attore,
    impronta: Impronta,
    registra: Registra,
    registro: &'static str,
    decide: DecideInsieme,
    streams: Vec<Attesa>,
    entry: Shell,
    shells: Vec<Vec<Shell>>,
    idempotency: Idempotency,
    meta: Meta,
}

impl Registered {
    fn ctx(&self, numero: u64, at: Timestamp) -> Ctx {
        ctx(&self.attore, (self.registro, &self.impronta), numero, at)
    }

    fn events(&self, ctx: &Ctx) -> Result<(Evento, Vec<Vec<Evento>>), Refused> {
        let entry = registro::registra(self.registra.clone(), ctx)?;
        Ok((Evento::Registro(entry.into()), (self.decide)(ctx)?))
    }
}

fn ctx(attore: &Attore, (registro, impronta): (&str, &Impronta), numero: u64, at: Timestamp) -> Ctx {
    let protocollo = Protocollo {
        registro: registro.to_owned(),
        anno: termini::anno_di_registrazione(at),
        numero,
        data: at,
        impronta: impronta.clone(),
    };
    Ctx { at, attore: attore.clone(), protocollo: Some(protocollo) }
}

/// The items of a batch; none when the events are not those that the shells were made for.
fn items(streams: &[Attesa], shells: &[Vec<Shell>], events: &[Vec<Evento>]) -> Option<Vec<Item>> {
    let same = streams.len() == events.len() && shells.iter().map(Vec::len).eq(events.iter().map(Vec::len));
    if !same {
        return None;
    }
    let all = streams.iter().zip(shells).zip(events).filter(|(_, events)| !events.is_empty());
    all.map(|(((stream, expected), shells), events)| {
        let events = shells.iter().zip(events).map(|(shell, event)| shell.wrap(event).ok());
        Some(Item { stream: stream.clone(), expected: *expected, events: events.collect::<Option<_>>()? })
    })
    .collect()
}

impl Registration for Registered {
    fn registro(&self, at: Timestamp) -> RegistroKey {
        RegistroKey { codice: self.registro.to_owned(), anno: termini::anno_di_registrazione(at) }
    }

    fn build(&self, slot: &Slot) -> Result<Vec<Item>, Value> {
        let refuse = |refused: Refused| serde_json::to_value(refused).unwrap_or(Value::Null);
        let (entry, events) = self.events(&self.ctx(slot.numero, slot.at)).map_err(refuse)?;
        let rest = items(&self.streams, &self.shells, &events).ok_or_else(|| Value::from(CAMBIATA))?;
        let Ok(entry) = self.entry.wrap(&entry) else { return Err(Value::Null) };
        // The n-th event of a register's stream is its entry number n.
        let last = slot.numero - 1;
        let entry = Item {
            stream: registro::stream_registro(&slot.registro.codice, slot.registro.anno),
            expected: if last == 0 { Expected::NoStream } else { Expected::Exact(last) },
            events: vec![entry],
        };
        Ok(std::iter::once(entry).chain(rest).collect())
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        Some(&self.idempotency)
    }

    fn meta(&self) -> &Meta {
        &self.meta
    }
}

/// Why nothing was stored.
pub(crate) enum StoreError {
    /// The log.
    Append(AppendError),
    /// Everything else.
    App(AppError),
}

impl From<AppendError> for StoreError {
    fn from(error: AppendError) -> Self {
        Self::Append(error)
    }
}

impl From<AppError> for StoreError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Append(error) => error.into(),
            StoreError::App(error) => error,
        }
    }
}

impl App {
    /// Files under a number.
    pub(crate) async fn file(
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
        let trial = ctx(&attore, (filing.registro, &Impronta::from_bytes([0; 32])), 1, now);
        let events = (filing.decide)(&trial)?;
        let case = events.first().map_or(&[][..], Vec::as_slice);
        let text = match case.first() {
            Some(first) => documento(first)?.unwrap_or_default(),
            None => return Err(AppError::Interno("a decision without events".into())),
        };
        let impronta = Impronta::from_bytes(eventstore::hash::sha256(text.as_bytes()));
        let person = self.key_of(ente, filing.titolare.0).await?;
        let register = self.key_of(ente, SOGGETTO_REGISTRO).await?;
        let registra = (filing.entry)(case)?;
        let entry = Evento::Registro(registro::registra(registra.clone(), &trial)?.into());
        let registration = Arc::new(Registered {
            entry: self.shell(ente, &register, now, &entry)?,
            shells: self.shells(ente, &person, now, &events)?,
            meta: meta(ctx_, &attore, Some(chiave)),
            attore,
            impronta,
            registra,
            registro: filing.registro,
            decide: filing.decide,
            streams: filing.streams,
            idempotency,
        });
        match self.parts.store.append_registered(ente, registration.clone()).await {
            Ok(appended) => registration.outcome(before, &appended),
            Err(AppendError::AlreadyApplied { first, last }) => self.repeated(ente, first, last).await,
            Err(AppendError::Refused(value)) if value == CAMBIATA => Err(AppError::Conflitto),
            Err(error) => Err(error.into()),
        }
    }

    fn shells(
        &self,
        ente: &str,
        key: &DataKey,
        at: Timestamp,
        events: &[Vec<Evento>],
    ) -> Result<Vec<Vec<Shell>>, AppError> {
        let one = |events: &Vec<Evento>| events.iter().map(|event| self.shell(ente, key, at, event)).collect();
        events.iter().map(one).collect()
    }

    /// Stores what was decided about several streams, without a number.
    pub(crate) async fn store(
        &self,
        ente: &str,
        titolare: PersonaId,
        streams: &[Attesa],
        events: &[Vec<Evento>],
        (idempotency, meta): (Option<Idempotency>, Meta),
    ) -> Result<Appended, StoreError> {
        let personal = events.iter().flatten().any(|event| documento(event).is_ok_and(|text| text.is_some()));
        let at = self.parts.clock.now();
        let shells = if personal {
            let key = self.key_of(ente, titolare.0).await?;
            self.shells(ente, &key, at, events)?
        } else {
            let ids = |events: &Vec<Evento>| events.iter().map(|_| self.open_shell(at)).collect();
            events.iter().map(ids).collect()
        };
        let items =
            items(streams, &shells, events).ok_or_else(|| AppError::Interno("streams without events".into()))?;
        Ok(self.parts.store.append(ente, Batch { items, idempotency, meta }).await?)
    }

    /// The outcome of a command that had been carried out before.
    pub(crate) async fn repeated(&self, ente: &str, first: u64, last: u64) -> Result<Esito, AppError> {
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
        let case = events.first().map_or(&[][..], Vec::as_slice);
        let caso = case
            .iter()
            .fold(before, Caso::evolve)
            .ok_or_else(|| AppError::Interno("the decision does not make a case".into()))?;
        Ok(Esito { caso, protocollo: ctx.protocollo, posizione: appended.last })
    }
}
