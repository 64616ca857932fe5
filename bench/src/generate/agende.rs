//! Appointments of a generated town: who books when, and what comes of it, through the commands that everybody uses.

use super::bulk::BulkStore;
use super::people;
use super::sedi;
use super::sources::Seeded;
use super::town::Parts;
use crate::Failure;
use app::appuntamenti::{PrenotaAppuntamento, Richiedente};
use app::persone::Persone;
use app::ports::Ids as _;
use app::{App, AppError, Canale, Contesto, Ente, Utente};
use domain::agenda::{self, Domanda, Esigenze, Giornata, slot_del_giorno};
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::impegni;
use domain::pratica::TipoPratica;
use domain::prenotabile::{self, Orario, Prenotabile, SlotId, giorno_chiuso};
use domain::termini::{CalendarioUfficio, data_locale, inizio_giornata};
use eventstore::{Clock as _, ManualClock};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

/// Years of the past.
const YEARS: i32 = 2;
/// Days ahead that are booked, half of their seats.
pub const AHEAD: i32 = 31;
/// Days before it on which the first seat of a day is taken.
const LEAD: i32 = 40;
/// People who are tried for a seat: one who has a booking that day gets no other.
const TRIES: u32 = 20;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// How many, and when.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Bookings of the past.
    pub appuntamenti: u64,
    /// Offices.
    pub uffici: u64,
    /// Citizens who book.
    pub persone: u64,
    /// The day on which the past ends.
    pub oggi: Date,
}

/// Appointments in the making.
pub struct Agende {
    app: App,
    store: Arc<BulkStore>,
    clock: Arc<ManualClock>,
    random: Seeded,
    ente: Arc<Ente>,
    persone: Persone,
    operatore: Arc<Utente>,
    prenotabile: Prenotabile,
    orari: Vec<Orario>,
    calendario: CalendarioUfficio,
    size: Size,
    /// Working days, and how many of the bookings of the past stand on them and before.
    past_days: u64,
    planned: u64,
    /// The next day whose bookings are drawn.
    next_day: Date,
    days_done: u64,
    booked: u64,
    /// What is to happen, the earliest first.
    next: BinaryHeap<Reverse<(i64, u64, Step)>>,
    open: BTreeMap<u64, Open>,
    /// Streams to which nothing more happens after a day.
    ends: BTreeMap<Date, Vec<String>>,
    number: u64,
}

/// What happens to a booking, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Booked,
    Cancelled,
    Arrived,
    Called,
    Ended,
    Missed,
}

/// What becomes of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Cancelled,
    Missed,
    /// Lies ahead.
    Open,
}

struct Open {
    office: usize,
    slot: SlotId,
    fine: Timestamp,
    fate: Fate,
    case: Option<(PraticaId, Arc<Utente>)>,
    turno: u16,
    /// The desk that was booked.
    sportello: String,
}

fn working(calendario: &CalendarioUfficio, day: Date) -> bool {
    !giorno_chiuso(calendario, day) && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day < to)
}

/// The bookings of a day are drawn before the first of them is made.
fn drawn_at(day: Date) -> i64 {
    inizio_giornata(day.saturating_sub(LEAD.days())).as_microsecond()
}

impl Agende {
    /// Publishes what can be booked and where; nobody has booked yet.
    pub async fn new(parts: Parts, size: Size) -> Result<Self, Failure> {
        let Parts { app, store, clock, random, ente } = parts;
        let persone = app.persone().clone();
        let calendario = ente.calendario();
        let first = size.oggi.saturating_sub(YEARS.years());
        let past_days = days(first, size.oggi).filter(|day| working(&calendario, *day)).count() as u64;
        let a_day = size.appuntamenti.div_ceil((past_days * size.uffici).max(1));
        let desks = sedi::sportelli(a_day);
        let orari: Vec<Orario> =
            (0..size.uffici).map(|number| sedi::orario(number, desks)).collect::<Result<_, _>>()?;
        let prenotabile = sedi::prenotabile();
        // Before everything else that happens, cases included.
        clock.set(clock.now().min(inizio_giornata(first.saturating_sub((LEAD + 1).days()))));
        let code = ente.codice.as_str();
        app.pubblica_prenotabile(code, &prenotabile).await?;
        for orario in &orari {
            app.pubblica_orario(code, orario).await?;
        }
        let personas = identity::personas();
        let operatore = personas.iter().find(|p| p.chiave == "operatore").ok_or("a persona is missing")?;
        let mut operatore = persone.utente(code, operatore.identita.clone());
        operatore.uffici = orari.iter().map(|orario| orario.ufficio.clone()).collect();
        Ok(Self {
            app,
            store,
            clock,
            random,
            persone,
            operatore: Arc::new(operatore),
            prenotabile,
            orari,
            calendario,
            past_days,
            planned: 0,
            next_day: first,
            days_done: 0,
            booked: 0,
            next: BinaryHeap::new(),
            open: BTreeMap::new(),
            ends: BTreeMap::new(),
            number: 0,
            ente,
            size,
        })
    }

    /// Bookings made so far.
    pub fn booked(&self) -> u64 {
        self.booked
    }

    /// When the next thing happens, microseconds; none when nothing is left.
    pub fn due(&self) -> Option<i64> {
        let drawn = (self.next_day <= self.last_day()).then(|| drawn_at(self.next_day));
        let step = self.next.peek().map(|Reverse((at, ..))| *at);
        drawn.into_iter().chain(step).min()
    }

    fn last_day(&self) -> Date {
        self.size.oggi.saturating_add(AHEAD.days())
    }

    /// Lets the next thing happen.
    pub async fn advance(&mut self) -> Result<(), Failure> {
        let Some(at) = self.due() else { return Ok(()) };
        if self.next_day <= self.last_day() && at == drawn_at(self.next_day) {
            let day = self.next_day;
            self.next_day = day.tomorrow()?;
            self.close_before(data_locale(Timestamp::from_microsecond(at)?));
            if day != self.size.oggi && working(&self.calendario, day) {
                self.draw(day);
            }
            return Ok(());
        }
        let Some(Reverse((at, number, step))) = self.next.pop() else { return Ok(()) };
        self.clock.set(Timestamp::from_microsecond(at)?);
        self.step(number, step, at).await
    }

    /// Streams of past days are never read again.
    fn close_before(&mut self, day: Date) {
        let later = self.ends.split_off(&day);
        for stream in std::mem::replace(&mut self.ends, later).into_values().flatten() {
            self.store.close_stream(&stream);
        }
    }

    /// Draws who takes which seats of a day.
    fn draw(&mut self, day: Date) {
        let past = day < self.size.oggi;
        self.days_done += u64::from(past);
        for office in 0..self.orari.len() {
            let mut seats = self.seats(office, day);
            let wanted = if past {
                // Evenly over days and offices, so that they come to what was asked for.
                let units = (self.days_done - 1) * self.size.uffici + office as u64 + 1;
                let total = u128::from(self.size.appuntamenti) * u128::from(units);
                let until = (total / u128::from((self.past_days * self.size.uffici).max(1))) as u64;
                let some = until.saturating_sub(self.planned);
                self.planned = until;
                some as usize
            } else {
                seats.len() / 2
            };
            for _ in 0..wanted.min(seats.len()) {
                let (inizio, fine) = seats.swap_remove(self.random.below(seats.len() as u64) as usize);
                self.book_later(office, day, inizio, fine);
            }
        }
        let ended = self.orari.iter().map(|orario| agenda::stream(&orario.ufficio, day));
        self.ends.entry(day).or_default().extend(ended);
    }

    /// The seats of an office on a day on which nobody has booked yet.
    fn seats(&self, office: usize, day: Date) -> Vec<(Timestamp, Timestamp)> {
        let domanda = Domanda {
            orario: &self.orari[office],
            prenotabile: &self.prenotabile,
            calendario: &self.calendario,
            adesso: Timestamp::UNIX_EPOCH,
            canale: prenotabile::Canale::Portale,
            esigenze: Esigenze::default(),
        };
        let free = slot_del_giorno(&domanda, day, &Giornata::default()).slot;
        let each = |slot: &domain::agenda::SlotLibero| vec![(slot.inizio, slot.fine); usize::from(slot.liberi)];
        free.iter().flat_map(each).collect()
    }

    fn book_later(&mut self, office: usize, day: Date, inizio: Timestamp, fine: Timestamp) {
        let past = day < self.size.oggi;
        let fate = match self.random.below(100) {
            _ if !past => Fate::Open,
            0..10 => Fate::Cancelled,
            10..17 => Fate::Missed,
            _ => Fate::Kept,
        };
        // From the day on which they are drawn until two days before: who cancels has time for it.
        let first = drawn_at(day) + 7 * HOUR;
        let last = (inizio.as_microsecond() - 48 * HOUR).min(inizio_giornata(self.size.oggi).as_microsecond() - HOUR);
        let at = first + self.random.below((last - first).max(1) as u64) as i64;
        let slot = SlotId { ufficio: self.orari[office].ufficio.clone(), servizio: sedi::SERVIZIO.into(), inizio };
        self.number += 1;
        self.open
            .insert(self.number, Open { office, slot, fine, fate, case: None, turno: 0, sportello: String::new() });
        self.next.push(Reverse((at, self.number, Step::Booked)));
    }

    async fn step(&mut self, number: u64, step: Step, at: i64) -> Result<(), Failure> {
        let Some(mut open) = self.open.remove(&number) else { return Err("a step of a booking that is over".into()) };
        let next = match step {
            Step::Booked => self.book(&mut open, at).await?,
            _ => self.go_on(&mut open, step, at).await?,
        };
        if let Some((at, step)) = next {
            self.next.push(Reverse((at, number, step)));
            self.open.insert(number, open);
        }
        Ok(())
    }

    async fn book(&mut self, open: &mut Open, at: i64) -> Result<Option<(i64, Step)>, Failure> {
        let giorno = open.slot.giorno();
        for _ in 0..TRIES {
            let person = people::citizen(self.random.below(self.size.persone))?;
            let utente = Arc::new(self.persone.utente(self.ente.codice.as_str(), person));
            let ctx = self.ctx(Some(utente.clone()), at)?;
            let input = PrenotaAppuntamento {
                slot: open.slot.clone(),
                servizio: sedi::SERVIZIO.into(),
                motivo: sedi::MOTIVI[self.random.below(2) as usize].to_owned(),
                dettagli: String::new(),
                richiedente: Richiedente::default(),
                collegata: None,
                canale: None,
            };
            let key = self.key(at)?;
            let id = match self.app.prenota_appuntamento(&ctx, &key, input).await {
                Ok(esito) => esito.caso.base().id,
                Err(AppError::Rifiutato(why)) if why.iter().any(|e| e.codice == "prenotazione-gia-attiva") => continue,
                Err(error) => return Err(failed(error)),
            };
            self.booked += 1;
            self.ends
                .entry(giorno)
                .or_default()
                .extend([TipoPratica::Appuntamento.stream(id), impegni::stream(utente.id, giorno)]);
            open.case = Some((id, utente));
            return Ok(self.after(open, at));
        }
        Err("nobody is left who has no booking that day: name more --persone".into())
    }

    /// What happens next to a booking that was just made.
    fn after(&self, open: &Open, at: i64) -> Option<(i64, Step)> {
        let (inizio, fine) = (open.slot.inizio.as_microsecond(), open.fine.as_microsecond());
        match open.fate {
            Fate::Open => None,
            Fate::Cancelled => {
                let last = inizio - (i64::from(sedi::DISDETTA) + 1) * HOUR;
                Some((at + self.random.below((last - at).max(1) as u64) as i64, Step::Cancelled))
            }
            Fate::Missed => Some((fine + i64::from(sedi::TOLLERANZA) * MINUTE, Step::Missed)),
            // Small offices call no numbers.
            Fate::Kept if open.office.is_multiple_of(3) => Some((inizio - 5 * MINUTE, Step::Arrived)),
            Fate::Kept => Some((fine - 3 * MINUTE, Step::Ended)),
        }
    }

    async fn go_on(&mut self, open: &mut Open, step: Step, at: i64) -> Result<Option<(i64, Step)>, Failure> {
        let Some((id, utente)) = open.case.clone() else { return Err("a step of nobody's booking".into()) };
        let key = self.key(at)?;
        let officer = self.ctx(Some(self.operatore.clone()), at)?;
        let (office, day) = (open.slot.ufficio.clone(), open.slot.giorno());
        let fine = open.fine.as_microsecond();
        match step {
            Step::Booked => Err("a booking is made once".into()),
            Step::Cancelled => {
                let ctx = self.ctx(Some(utente), at)?;
                self.app.annulla_appuntamento(&ctx, &key, id, None).await.map_err(failed)?;
                Ok(None)
            }
            Step::Missed => {
                let ctx = Contesto { canale: Canale::Sistema, ..self.ctx(None, at)? };
                self.app.segna_assente(&ctx, &key, id).await.map_err(failed)?;
                Ok(None)
            }
            Step::Arrived => {
                let esito = self.app.registra_arrivo(&officer, &key, id).await.map_err(failed)?;
                let domain::Caso::Appuntamento(pratica) = &esito.caso else { return Err("no appointment".into()) };
                (open.turno, _) = pratica.dettaglio.presentato.ok_or("an arrival without a number")?;
                open.sportello.clone_from(&pratica.dettaglio.posto.sportello);
                Ok(Some((open.slot.inizio.as_microsecond() + 2 * MINUTE, Step::Called)))
            }
            Step::Called => {
                let day = (&office, day);
                self.app.chiama_turno(&officer, &key, day, open.turno, &open.sportello).await.map_err(failed)?;
                Ok(Some((fine - 2 * MINUTE, Step::Ended)))
            }
            Step::Ended => {
                self.end(&officer, &key, (id, &office, day), open.turno).await?;
                Ok(None)
            }
        }
    }

    async fn end(
        &self,
        officer: &Contesto,
        key: &str,
        (id, office, day): (PraticaId, &CodiceUfficio, Date),
        turno: u16,
    ) -> Result<(), Failure> {
        if turno == 0 {
            return self.app.concludi_appuntamento(officer, key, id, None).await.map(drop).map_err(failed);
        }
        let served = (true, None);
        self.app.concludi_turno(officer, key, (office, day), turno, served).await.map(drop).map_err(failed)
    }

    fn ctx(&self, utente: Option<Arc<Utente>>, at: i64) -> Result<Contesto, Failure> {
        let correlazione = self.random.uuid(Timestamp::from_microsecond(at)?);
        Ok(Contesto { ente: self.ente.clone(), utente, canale: Canale::Portale, correlazione })
    }

    fn key(&self, at: i64) -> Result<String, Failure> {
        Ok(self.random.uuid(Timestamp::from_microsecond(at)?).to_string())
    }
}

/// Why a command was not carried out: a mistake here.
fn failed(error: AppError) -> Failure {
    match error {
        AppError::Rifiutato(reasons) => format!("a command was refused: {reasons:?}").into(),
        error => error.to_string().into(),
    }
}
