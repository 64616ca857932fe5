//! The years of a town: who files when, and what its offices make of it, through the commands that everybody uses.

use super::bulk::BulkStore;
use super::people;
use super::sources::Seeded;
use super::texts;
use crate::Failure;
use app::notifiche::{CANALE, PROCESSO};
use app::persone::Persone;
use app::ports::Ids as _;
use app::{App, AppError, Canale, Contesto, Ente, Esito, Utente};
use domain::Evento;
use domain::ids::PraticaId;
use domain::notifica::{self, Motivo, NotificaConsegnata, NotificaFallita};
use domain::pratica::TipoPratica;
use eventstore::{Batch, EventStore as _, Expected, Idempotency, Item, ManualClock, Meta, NewEvent, hash};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use uuid::Uuid;

/// Cases of the persona `cittadino`: a full page of the personal area, whatever the size of the town.
pub const OWN: u64 = 20;
const MINUTE: u64 = 60_000_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How large, and when.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Cases.
    pub pratiche: u64,
    /// Citizens who file, besides the persona.
    pub persone: u64,
    /// First filing.
    pub from: Timestamp,
    /// Last filing.
    pub to: Timestamp,
}

/// A town in the making.
pub struct Town {
    app: App,
    store: Arc<BulkStore>,
    clock: Arc<ManualClock>,
    random: Seeded,
    ente: Arc<Ente>,
    persone: Persone,
    operatore: Arc<Utente>,
    segreteria: Arc<Utente>,
    cittadino: Arc<Utente>,
    size: Size,
    filed: u64,
    /// What is to happen to cases that were filed, the earliest first; cases are told apart by their number.
    next: BinaryHeap<Reverse<(i64, u64, Step)>>,
    open: BTreeMap<u64, Open>,
}

/// What happens to a case after it was filed, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Receipt,
    Taken,
    TakenNotice,
    Begun,
    Ended,
    EndedNotice,
}

/// A case to which something is still to happen.
struct Open {
    id: PraticaId,
    tipo: TipoPratica,
    /// Last step.
    until: Step,
    /// Event that the next notice is about.
    causa: Uuid,
}

/// Parts of a town, made by the caller.
#[derive(Clone)]
pub struct Parts {
    /// The application over `store`.
    pub app: App,
    /// The log.
    pub store: Arc<BulkStore>,
    /// The clock of both.
    pub clock: Arc<ManualClock>,
    /// Randomness, also of the application's ids.
    pub random: Seeded,
    /// The ente.
    pub ente: Arc<Ente>,
}

impl Town {
    /// Before anything happened.
    pub fn new(parts: Parts, size: Size) -> Result<Self, Failure> {
        let Parts { app, store, clock, random, ente } = parts;
        let persone = app.persone().clone();
        let personas = identity::personas();
        let persona = |key: &str| -> Result<Arc<Utente>, Failure> {
            let found = personas.iter().find(|persona| persona.chiave == key).ok_or("a persona is missing")?;
            Ok(Arc::new(persone.utente(ente.codice.as_str(), found.identita.clone())))
        };
        let (operatore, segreteria, cittadino) = (persona("operatore")?, persona("sindaco")?, persona("cittadino")?);
        Ok(Self {
            app,
            store,
            clock,
            random,
            ente,
            persone,
            operatore,
            segreteria,
            cittadino,
            size,
            filed: 0,
            next: BinaryHeap::new(),
            open: BTreeMap::new(),
        })
    }

    /// Lets the next thing happen; false when there is nothing left.
    pub async fn advance(&mut self) -> Result<bool, Failure> {
        let filing = (self.filed < self.size.pratiche).then(|| self.instant(self.filed));
        let due = self.next.peek().map(|Reverse((at, _, _))| *at);
        match (filing, due) {
            (Some(at), due) if due.is_none_or(|due| at <= due) => {
                self.clock.set(Timestamp::from_microsecond(at)?);
                self.file(self.filed, at).await?;
                self.filed += 1;
            }
            (_, None) => return Ok(false),
            (_, Some(_)) => {
                let Some(Reverse((at, number, step))) = self.next.pop() else { return Ok(false) };
                self.clock.set(Timestamp::from_microsecond(at)?);
                self.step(number, step, at).await?;
            }
        }
        Ok(true)
    }

    /// When the next thing happens, microseconds; none when nothing is left.
    pub fn due(&self) -> Option<i64> {
        let filing = (self.filed < self.size.pratiche).then(|| self.instant(self.filed));
        filing.into_iter().chain(self.next.peek().map(|Reverse((at, ..))| *at)).min()
    }

    /// Cases filed so far.
    pub fn filed(&self) -> u64 {
        self.filed
    }

    /// When a case is filed: evenly over the years.
    fn instant(&self, number: u64) -> i64 {
        let (from, to) = (self.size.from.as_microsecond(), self.size.to.as_microsecond());
        from + (i128::from(to - from) * i128::from(number) / i128::from(self.size.pratiche)) as i64
    }

    fn who(&self, number: u64) -> Result<Arc<Utente>, Failure> {
        // Spread over the years: the persona files each time this quotient grows.
        let share = |n: u64| u128::from(n) * u128::from(OWN) / u128::from(self.size.pratiche.max(OWN));
        let own = if self.size.pratiche <= OWN { true } else { share(number + 1) > share(number) };
        if own {
            return Ok(self.cittadino.clone());
        }
        let person = people::citizen(self.random.below(self.size.persone))?;
        Ok(Arc::new(self.persone.utente(self.ente.codice.as_str(), person)))
    }

    fn ctx(&self, utente: Arc<Utente>, at: i64, canale: Canale) -> Result<Contesto, Failure> {
        let correlazione = self.random.uuid(Timestamp::from_microsecond(at)?);
        Ok(Contesto { ente: self.ente.clone(), utente: Some(utente), canale, correlazione })
    }

    /// A key as a form draws it.
    fn key(&self, at: i64) -> Result<String, Failure> {
        Ok(self.random.uuid(Timestamp::from_microsecond(at)?).to_string())
    }

    async fn file(&mut self, number: u64, at: i64) -> Result<(), Failure> {
        let canale = if self.random.below(10) == 0 { Canale::Graphql } else { Canale::Portale };
        let (ctx, key) = (self.ctx(self.who(number)?, at, canale)?, self.key(at)?);
        let random = self.random.clone();
        let esito = match random.below(20) {
            0..12 => self.app.invia_segnalazione(&ctx, &key, texts::report(&random)).await,
            12..15 => self.app.scrivi_al_sindaco(&ctx, &key, texts::letter(&random)).await,
            _ => self.app.presenta_istanza(&ctx, &key, texts::request(&random)).await,
        };
        let esito = said(esito)?;
        let base = esito.caso.base();
        // Most cases are ended; some stand where they were left.
        let until = match random.below(20) {
            0 => Step::Receipt,
            1 | 2 => Step::TakenNotice,
            3 | 4 => Step::Begun,
            _ => Step::EndedNotice,
        };
        let causa = self.store.first_event(&base.tipo.stream(base.id)).ok_or("a filing without events")?;
        self.open.insert(number, Open { id: base.id, tipo: base.tipo, until, causa });
        self.plan(number, Step::Receipt, at, MINUTE / 2, 2 * MINUTE);
        Ok(())
    }

    /// Between `least` and `least + spread` microseconds from now.
    fn plan(&mut self, number: u64, step: Step, now: i64, least: u64, spread: u64) {
        let wait = least + self.random.below(spread);
        self.next.push(Reverse((now + wait as i64, number, step)));
    }

    async fn step(&mut self, number: u64, step: Step, at: i64) -> Result<(), Failure> {
        let Some(open) = self.open.get(&number) else { return Err("a step of a case that is closed".into()) };
        let (id, tipo, until, causa) = (open.id, open.tipo, open.until, open.causa);
        let motivo = match step {
            Step::Receipt => Some(Motivo::Ricevuta),
            Step::TakenNotice => Some(Motivo::PresaInCarico),
            Step::EndedNotice => Some(Motivo::Conclusione),
            Step::Taken | Step::Begun | Step::Ended => None,
        };
        if let Some(motivo) = motivo {
            self.notice(id, causa, motivo, at).await?;
        } else {
            self.work(id, tipo, step, at).await?;
            // The step itself is the last event of the case: the entry of the register, if any, is in another stream.
            let causa = self.store.last_event(&tipo.stream(id)).ok_or("a case without events")?;
            if let Some(open) = self.open.get_mut(&number) {
                open.causa = causa;
            }
        }
        if step >= until {
            self.open.remove(&number);
            self.store.close_stream(&tipo.stream(id));
            self.store.close_stream(&notifica::stream(id));
            return Ok(());
        }
        match step {
            Step::Receipt => self.plan(number, Step::Taken, at, HOUR, 2 * DAY),
            Step::Taken => self.plan(number, Step::TakenNotice, at, MINUTE / 2, 2 * MINUTE),
            Step::TakenNotice => self.plan(number, Step::Begun, at, HOUR, 3 * DAY),
            Step::Begun => self.plan(number, Step::Ended, at, DAY, 8 * DAY),
            Step::Ended => self.plan(number, Step::EndedNotice, at, MINUTE / 2, 2 * MINUTE),
            Step::EndedNotice => {}
        }
        Ok(())
    }

    async fn work(&self, id: PraticaId, tipo: TipoPratica, step: Step, at: i64) -> Result<(), Failure> {
        let official = if tipo == TipoPratica::Lettera { &self.segreteria } else { &self.operatore };
        let (ctx, key) = (self.ctx(official.clone(), at, Canale::Portale)?, self.key(at)?);
        said(match step {
            Step::Begun => {
                let message = (self.random.below(2) == 0).then(|| texts::begun(&self.random));
                self.app.avvia_lavorazione(&ctx, &key, id, message).await
            }
            Step::Ended => self.app.concludi(&ctx, &key, id, texts::answer(&self.random)).await,
            _ => self.app.prendi_in_carico(&ctx, &key, id).await,
        })
        .map(drop)
    }

    /// What became of a notice, as the process that sends them appends it.
    async fn notice(&self, pratica: PraticaId, causa: Uuid, motivo: Motivo, at: i64) -> Result<(), Failure> {
        let il = Timestamp::from_microsecond(at)?;
        let canale = CANALE.to_owned();
        let event = if self.random.below(50) == 0 {
            let errore = "550 5.1.1 mailbox unavailable".into();
            notifica::Event::from(NotificaFallita { pratica, causa, motivo, canale, tentativi: 8, il, errore })
        } else {
            NotificaConsegnata { pratica, causa, motivo, canale, tentativi: 1, il }.into()
        };
        let event = Evento::Notifica(event);
        let key = format!("notifica:{causa}:{CANALE}");
        let new = NewEvent {
            event_id: self.random.uuid(il),
            kind: event.kind().to_owned(),
            schema_version: event.version(),
            payload: hash::canonical(&event.payload())?,
        };
        let meta = Meta {
            actor: PROCESSO.into(),
            role: "sistema".into(),
            channel: "sistema".into(),
            causation: Some(causa),
            idempotency_key: Some(key.clone()),
            ..Meta::default()
        };
        let items = vec![Item { stream: notifica::stream(pratica), expected: Expected::Any, events: vec![new] }];
        let idempotency = Some(Idempotency { fingerprint: hash::sha256(key.as_bytes()), key });
        self.store.append(self.ente.codice.as_str(), Batch { items, idempotency, meta }).await?;
        Ok(())
    }
}

/// The outcome of a command; what was refused is a mistake here.
fn said(outcome: Result<Esito, AppError>) -> Result<Esito, Failure> {
    outcome.map_err(|error| match error {
        AppError::Rifiutato(reasons) => format!("a command was refused: {reasons:?}").into(),
        error => error.to_string().into(),
    })
}
