//! Whether the log, the office's screen and what the clients were told are the same.

use super::clients;
use super::nodes::Nodes;
use super::requests::{Place, Slot};
use crate::Failure;
use domain::Evento;
use domain::agenda::{self, Giornata};
use domain::ente::CodiceUfficio;
use domain::prenotabile::SlotId;
use eventstore::{Record, SystemClock, limits, system_random};
use eventstore_sql::{Database, Sizes, load_master_key};
use jiff::civil::Date;
use projections::Opener;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What the clients were told.
pub struct Told {
    /// Seats that there are.
    pub seats: usize,
    /// All bookings ever answered.
    pub booked: Vec<String>,
    /// Those that stand at the end, and where.
    pub held: Vec<(String, SlotId)>,
}

/// What was found in the log.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// Records of the town.
    pub records: u64,
    /// Those of the days that were fought over.
    pub events: u64,
    /// Bookings ever made.
    pub bookings: usize,
    /// Seats taken at the end.
    pub seats: usize,
    /// Moments at which two had the same desk.
    pub doubles: usize,
}

/// The office's screen shows the seats that the clients hold, each once, and all days full.
///
/// # Errors
/// When it cannot be asked.
pub async fn screen(
    nodes: &Arc<Nodes>,
    place: &Place,
    slots: &[Slot],
    told: &Told,
    wrong: &mut Vec<String>,
) -> Result<(), Failure> {
    let mut shown = BTreeMap::new();
    for giorno in giorni(slots) {
        let day = clients::agenda(nodes, place, giorno).await?;
        if day["bloccati"] != 0 {
            wrong.push(format!("{giorno}: {} slots are still held", day["bloccati"]));
        }
        for seat in day["appuntamenti"].as_array().into_iter().flatten() {
            let text = |name: &str| seat[name].as_str().unwrap_or_default().to_owned();
            let start: jiff::Timestamp = text("inizio").parse()?;
            if shown.insert(text("praticaId"), start).is_some() {
                wrong.push(format!("{} is shown twice", text("praticaId")));
            }
        }
    }
    same("the office's screen", told, &shown, wrong);
    Ok(())
}

/// The days that are fought over.
fn giorni(slots: &[Slot]) -> BTreeSet<Date> {
    slots.iter().map(Slot::giorno).collect()
}

/// The seats that somebody shows are those of the clients, and so many as there are.
pub(super) fn same(who: &str, told: &Told, shown: &BTreeMap<String, jiff::Timestamp>, wrong: &mut Vec<String>) {
    if shown.len() != told.seats {
        wrong.push(format!("{who}: {} seats are taken of {}", shown.len(), told.seats));
    }
    let held: BTreeMap<&String, jiff::Timestamp> = told.held.iter().map(|(id, slot)| (id, slot.inizio)).collect();
    for (id, start) in &held {
        match shown.get(*id) {
            None => wrong.push(format!("{who}: {id} was promised and is not there")),
            Some(other) if other != start => wrong.push(format!("{who}: {id} is at {other}, promised at {start}")),
            Some(_) => {}
        }
    }
    for id in shown.keys().filter(|id| !held.contains_key(id)) {
        wrong.push(format!("{who}: nobody knows of {id}"));
    }
}

/// The log from its first record on: no desk is ever taken twice at once; what was answered is there, and nothing else; and
/// every hash is right.
///
/// # Errors
/// When it cannot be read.
pub async fn log(
    database: &Database,
    folder: &Path,
    place: &Place,
    slots: &[Slot],
    told: &Told,
    (findings, wrong): (&mut Findings, &mut Vec<String>),
) -> Result<(), Failure> {
    let random = system_random();
    let keys = database.open_keys(load_master_key(&folder.join("master.key"), &random)?, random).await?;
    let opener = Opener::new(keys);
    let ufficio = CodiceUfficio::new(place.ufficio.clone());
    let mut read = Read { days: BTreeMap::new(), booked: BTreeSet::new(), findings: Findings::default() };
    for giorno in giorni(slots) {
        read.days.insert(agenda::stream(&ufficio, giorno), Giornata::default());
    }
    let log = database.open_log(Arc::new(SystemClock), Sizes::default()).await?;
    let mut position = 0;
    loop {
        let records = log.read_all(crate::ENTE, position, limits::PAGE).await?;
        let Some(last) = records.last() else { break };
        position = last.position;
        for record in &records {
            read.take(record, &opener, wrong)?;
        }
    }
    log.close().await;
    read.compare(told, wrong);
    *findings = read.findings;
    let report = database.verify(|_| ()).await?;
    if let Some(finding) = report.finding {
        wrong.push(format!("verify: {finding}"));
    }
    Ok(())
}

/// The log as far as it was read.
struct Read {
    days: BTreeMap<String, Giornata>,
    booked: BTreeSet<String>,
    findings: Findings,
}

impl Read {
    fn take(&mut self, record: &Record, opener: &Opener, wrong: &mut Vec<String>) -> Result<(), Failure> {
        self.findings.records += 1;
        if record.kind == "AppuntamentoPrenotato" {
            let id = record.stream.split_once('-').map_or("", |(_, id)| id);
            if !self.booked.insert(id.to_owned()) {
                wrong.push(format!("{id} was booked twice"));
            }
            return Ok(());
        }
        let Some(day) = self.days.get_mut(&record.stream) else { return Ok(()) };
        if let Evento::Agenda(event) = opener.open(record)? {
            self.findings.events += 1;
            *day = agenda::evolve(std::mem::take(day), &event);
            if let Some(said) = double(day) {
                self.findings.doubles += 1;
                wrong.push(format!("{} at version {}: {said}", record.stream, record.version));
            }
        }
        Ok(())
    }

    fn compare(&mut self, told: &Told, wrong: &mut Vec<String>) {
        let mut seats = BTreeMap::new();
        for (stream, day) in &self.days {
            if !day.blocchi.is_empty() {
                wrong.push(format!("{stream}: {} holds were never ended", day.blocchi.len()));
            }
            for posto in &day.posti {
                if seats.insert(posto.appuntamento.to_string(), posto.preso.inizio).is_some() {
                    wrong.push(format!("{} has two seats", posto.appuntamento));
                }
            }
        }
        same("the log", told, &seats, wrong);
        self.findings.bookings = self.booked.len();
        self.findings.seats = seats.len();
        let answered: BTreeSet<&String> = told.booked.iter().collect();
        if answered.len() != told.booked.len() {
            wrong.push(format!("{} answers are about {} bookings", told.booked.len(), answered.len()));
        }
        for id in answered.iter().filter(|id| !self.booked.contains(**id)) {
            wrong.push(format!("{id} was answered and is not in the log"));
        }
        for id in self.booked.iter().filter(|id| !answered.contains(id)) {
            wrong.push(format!("{id} is in the log and nobody was told"));
        }
    }
}

/// Two who have the same desk at the same time, seats and holds alike.
pub(super) fn double(day: &Giornata) -> Option<String> {
    let mut desks: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    let held = day.blocchi.iter().map(|blocco| &blocco.preso);
    for preso in day.posti.iter().map(|posto| &posto.preso).chain(held) {
        desks.entry(&preso.sportello).or_default().push(preso.occupa());
    }
    desks.into_iter().find_map(|(desk, mut taken)| {
        taken.sort_unstable();
        let pair = taken.windows(2).find(|pair| pair[0].tocca(pair[1]))?;
        Some(format!("{desk} is taken from {} and from {}", pair[0].inizio, pair[1].inizio))
    })
}
