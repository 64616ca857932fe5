//! The day of an office: what is taken, what is closed, which numbers were called.
//!
//! A seat that is left and a hold that ended leave no row: what is taken is looked for by office and day, and nothing else
//! lies there.

use crate::json::truth;
use crate::projection::{ApplyError, Tx};
use crate::sql::{Riga, Valore};
use crate::upsert::Tabella;
use domain::Evento;
use domain::agenda::{
    Blocco, EsitoTurno, Event, Giornata, GiornataChiusa, Posto, PostoPrenotato, Preso, SlotBloccato, TurnoAssegnato,
    TurnoChiamato, di_stream,
};
use domain::ente::CodiceUfficio;
use domain::ids::{BloccoId, PersonaId, PraticaId};
use domain::prenotabile::Canale;
use eventstore::Record;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::serde::timestamp::microsecond;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A stretch of a desk's day that is taken: a seat, or a hold. The order of the fields is that of [`IN_JSON`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OccupatoRow {
    /// The booking, or the hold.
    pub chiave: Uuid,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    #[serde(with = "microsecond::required")]
    pub inizio: Timestamp,
    /// End.
    #[serde(with = "microsecond::required")]
    pub fine: Timestamp,
    /// When the desk is free again.
    #[serde(with = "microsecond::required")]
    pub libero_dal: Timestamp,
    /// Code of the bookable service.
    pub servizio: String,
    /// Through which channel.
    pub canale: Canale,
    /// For whom.
    pub persona: PersonaId,
    /// When a hold ends by itself; none: it is a booking.
    #[serde(with = "microsecond::optional")]
    pub scade: Option<Timestamp>,
    /// Held for an offer of the waiting list.
    #[serde(deserialize_with = "truth")]
    pub offerta: bool,
}

/// The columns of [`OccupatoRow`] as a list brings them.
pub(super) const IN_JSON: [&str; 10] =
    ["chiave", "sportello", "inizio", "fine", "libero_dal", "servizio", "canale", "persona", "scade", "offerta"];

/// As much of [`OccupatoRow`] as the search for free slots needs, for a month of many offices is thousands of them: whose
/// it is stays where it is. The order of the fields is that of [`BREVE_IN_JSON`].
#[derive(Deserialize)]
pub(super) struct Breve {
    sportello: String,
    #[serde(with = "microsecond::required")]
    inizio: Timestamp,
    #[serde(with = "microsecond::required")]
    fine: Timestamp,
    #[serde(with = "microsecond::required")]
    libero_dal: Timestamp,
    servizio: String,
    canale: Canale,
    #[serde(with = "microsecond::optional")]
    scade: Option<Timestamp>,
}

/// The columns of [`Breve`] as a list brings them.
pub(super) const BREVE_IN_JSON: [&str; 7] =
    ["sportello", "inizio", "fine", "libero_dal", "servizio", "canale", "scade"];

impl Breve {
    /// Puts it where the agenda has it.
    pub(super) fn siede(self, giornata: &mut Giornata) {
        const NESSUNO: Uuid = Uuid::nil();
        let Self { sportello, inizio, fine, libero_dal, servizio, canale, scade } = self;
        let preso = Preso { servizio, sportello, inizio, fine, libero_dal, canale, persona: PersonaId(NESSUNO) };
        match scade {
            None => giornata.posti.push(Posto { appuntamento: PraticaId(NESSUNO), preso }),
            Some(scade) => {
                giornata.blocchi.push(Blocco { blocco: BloccoId(NESSUNO), preso, scade, offerta: false });
            }
        }
    }
}

/// A closure of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChiusuraRow {
    /// Office.
    pub ufficio: CodiceUfficio,
    /// Day.
    pub giorno: Date,
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Why, for citizens.
    pub motivo: String,
    /// Name of who closed it.
    pub operatore: String,
    /// When it was closed.
    pub il: Timestamp,
    /// Position of the event.
    pub posizione: u64,
}

/// A number of an office and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnoRow {
    /// Number, from 1.
    pub turno: u16,
    /// The booking; none for who came without one.
    pub appuntamento: Option<PraticaId>,
    /// Code of the bookable service.
    pub servizio: String,
    /// When it was taken.
    pub assegnato_il: Timestamp,
    /// Code of the desk to which it was called.
    pub sportello: Option<String>,
    /// Name of who called.
    pub operatore: Option<String>,
    /// When it was called, the first time.
    pub chiamato_il: Option<Timestamp>,
    /// When it was done with.
    pub concluso_il: Option<Timestamp>,
    /// What came of it.
    pub esito: Option<EsitoTurno>,
}

impl TurnoRow {
    fn chiamato(&mut self, e: &TurnoChiamato) {
        // Called again, the wait was over the first time; called back after it was done with, it begins anew.
        if self.concluso_il.take().is_some() || self.chiamato_il.is_none() {
            (self.chiamato_il, self.esito) = (Some(e.il), None);
        }
        self.sportello = Some(e.sportello.clone());
        self.operatore = Some(e.operatore.nome.clone());
    }
}

/// Office and day.
type Giorno = (CodiceUfficio, Date);

pub(super) const OCCUPATO: &str = "occupato";
pub(super) const CHIUSURA: &str = "chiusura";
pub(super) const TURNO: &str = "turno";
pub(super) const GIORNATA: &str = "giornata";

const OCCUPATI: Tabella = Tabella {
    columns: &[
        "ente",
        "ufficio",
        "giorno",
        "chiave",
        "sportello",
        "inizio",
        "fine",
        "libero_dal",
        "servizio",
        "canale",
        "persona",
        "scade",
        "offerta",
    ],
    key: &["ente", "ufficio", "giorno", "chiave"],
};

const CHIUSURE: Tabella = Tabella {
    columns: &["ente", "ufficio", "giorno", "posizione", "sportelli", "motivo", "operatore", "il"],
    key: &["ente", "ufficio", "giorno", "posizione"],
};

const TURNI: Tabella = Tabella {
    columns: &[
        "ente",
        "ufficio",
        "giorno",
        "turno",
        "appuntamento",
        "servizio",
        "assegnato_il",
        "sportello",
        "operatore",
        "chiamato_il",
        "concluso_il",
        "esito",
    ],
    key: &["ente", "ufficio", "giorno", "turno"],
};

const GIORNATE: Tabella =
    Tabella { columns: &["ente", "ufficio", "giorno", "posizione"], key: &["ente", "ufficio", "giorno"] };

/// What a page changes of the days it touches.
#[derive(Default)]
struct Pagina {
    /// Position of the last event that changed what is free; numbers do not.
    giornate: BTreeMap<Giorno, u64>,
    /// What is taken; none: no longer.
    occupati: BTreeMap<(Giorno, Uuid), Option<OccupatoRow>>,
    /// Whole days of closures.
    chiusure: BTreeMap<Giorno, Vec<ChiusuraRow>>,
    turni: BTreeMap<(Giorno, u16), TurnoRow>,
}

pub(super) async fn apply(tx: &mut Tx<'_>, page: &[(Record, Evento)]) -> Result<(), ApplyError> {
    let mut events = Vec::new();
    for (record, evento) in page {
        let Evento::Agenda(event) = evento else { continue };
        let giorno = di_stream(&record.stream).ok_or_else(|| ApplyError::Corrupt {
            position: record.position,
            reason: format!("{} is not the agenda of an office and day", record.stream),
        })?;
        events.push((record, event, giorno));
    }
    if events.is_empty() {
        return Ok(());
    }
    let mut pagina = known(tx, &events).await?;
    for (record, event, giorno) in events {
        pagina.fold(record, event, giorno)?;
    }
    pagina.write(tx).await
}

/// Closures and numbers that the page is about and that are in the tables.
async fn known(tx: &mut Tx<'_>, events: &[(&Record, &Event, Giorno)]) -> Result<Pagina, ApplyError> {
    let (mut closed, mut called) = (BTreeSet::new(), BTreeSet::new());
    for (_, event, giorno) in events {
        match event {
            Event::GiornataChiusa(_) | Event::GiornataRiaperta(_) => drop(closed.insert(giorno.clone())),
            Event::TurnoChiamato(e) => drop(called.insert((giorno.clone(), e.turno))),
            Event::TurnoConcluso(e) => drop(called.insert((giorno.clone(), e.turno))),
            Event::SlotBloccato(_)
            | Event::SlotLiberato(_)
            | Event::PostoPrenotato(_)
            | Event::PostoLasciato(_)
            | Event::TurnoAssegnato(_) => {}
        }
    }
    let mut pagina = Pagina::default();
    let keys = closed.iter().map(key).collect();
    let mut chiusure = tx.load_by(CHIUSURA, &["ufficio", "giorno"], keys, read_chiusura).await?;
    chiusure.sort_unstable_by_key(|row| row.posizione);
    for row in chiusure {
        pagina.chiusure.entry((row.ufficio.clone(), row.giorno)).or_default().push(row);
    }
    let keys = called.iter().map(|(giorno, turno)| with(key(giorno), u32::from(*turno))).collect();
    let turni =
        tx.load_by(TURNO, &["ufficio", "giorno", "turno"], keys, |row| Ok((read_giorno(row)?, read_turno(row)?)));
    pagina.turni = turni.await?.into_iter().map(|(giorno, row)| ((giorno, row.turno), row)).collect();
    Ok(pagina)
}

impl Pagina {
    fn fold(&mut self, record: &Record, event: &Event, giorno: Giorno) -> Result<(), ApplyError> {
        let number = matches!(event, Event::TurnoAssegnato(_) | Event::TurnoChiamato(_) | Event::TurnoConcluso(_));
        if !number {
            self.giornate.insert(giorno.clone(), record.position);
        }
        match event {
            Event::SlotBloccato(e) => drop(self.occupati.insert((giorno, e.blocco.0), Some(blocco(e)))),
            Event::SlotLiberato(e) => drop(self.occupati.insert((giorno, e.blocco.0), None)),
            Event::PostoPrenotato(e) => drop(self.occupati.insert((giorno, e.appuntamento.0), Some(posto(e)))),
            Event::PostoLasciato(e) => drop(self.occupati.insert((giorno, e.appuntamento.0), None)),
            Event::GiornataChiusa(e) => self.chiusure.entry(giorno).or_default().push(chiusura(record, e)),
            Event::GiornataRiaperta(e) => riapri(self.chiusure.entry(giorno).or_default(), &e.sportelli),
            Event::TurnoAssegnato(e) => drop(self.turni.insert((giorno, e.turno), turno(e))),
            Event::TurnoChiamato(e) => {
                let row = self.turni.get_mut(&(giorno, e.turno)).ok_or_else(|| ApplyError::orphan(record))?;
                row.chiamato(e);
            }
            Event::TurnoConcluso(e) => {
                let row = self.turni.get_mut(&(giorno, e.turno)).ok_or_else(|| ApplyError::orphan(record))?;
                (row.concluso_il, row.esito) = (Some(e.il), Some(e.esito));
            }
        }
        Ok(())
    }

    async fn write(self, tx: &mut Tx<'_>) -> Result<(), ApplyError> {
        let ente = tx.ente().to_owned();
        let (mut taken, mut left) = (Vec::new(), Vec::new());
        for ((giorno, chiave), row) in self.occupati {
            match row {
                Some(row) => taken.push(occupato_values(&ente, &giorno, &row)),
                None => left.push(with(key(&giorno), chiave.to_string())),
            }
        }
        tx.delete(OCCUPATO, &["ufficio", "giorno", "chiave"], left).await?;
        tx.upsert(OCCUPATO, OCCUPATI, taken).await?;
        let giornate = self.giornate.iter().map(|(giorno, posizione)| giornata_values(&ente, giorno, *posizione));
        tx.upsert(GIORNATA, GIORNATE, giornate.collect()).await?;
        tx.delete(CHIUSURA, &["ufficio", "giorno"], self.chiusure.keys().map(key).collect()).await?;
        let chiusure = self.chiusure.values().flatten().map(|row| chiusura_values(&ente, row)).collect();
        tx.insert(CHIUSURA, CHIUSURE, chiusure).await?;
        let turni = self.turni.iter().map(|((giorno, _), row)| turno_values(&ente, giorno, row)).collect();
        Ok(tx.upsert(TURNO, TURNI, turni).await?)
    }
}

fn blocco(e: &SlotBloccato) -> OccupatoRow {
    OccupatoRow {
        chiave: e.blocco.0,
        sportello: e.sportello.clone(),
        inizio: e.inizio,
        fine: e.fine,
        libero_dal: e.libero_dal,
        servizio: e.servizio.clone(),
        canale: e.canale,
        persona: e.persona,
        scade: Some(e.scade),
        offerta: e.offerta,
    }
}

fn posto(e: &PostoPrenotato) -> OccupatoRow {
    OccupatoRow {
        chiave: e.appuntamento.0,
        sportello: e.sportello.clone(),
        inizio: e.inizio,
        fine: e.fine,
        libero_dal: e.libero_dal,
        servizio: e.servizio.clone(),
        canale: e.canale,
        persona: e.persona,
        scade: None,
        offerta: false,
    }
}

fn chiusura(record: &Record, e: &GiornataChiusa) -> ChiusuraRow {
    ChiusuraRow {
        ufficio: e.ufficio.clone(),
        giorno: e.giorno,
        sportelli: e.sportelli.clone(),
        motivo: e.motivo.clone(),
        operatore: e.operatore.nome.clone(),
        il: e.il,
        posizione: record.position,
    }
}

fn turno(e: &TurnoAssegnato) -> TurnoRow {
    TurnoRow {
        turno: e.turno,
        appuntamento: e.appuntamento,
        servizio: e.servizio.clone(),
        assegnato_il: e.il,
        sportello: None,
        operatore: None,
        chiamato_il: None,
        concluso_il: None,
        esito: None,
    }
}

fn key((ufficio, giorno): &Giorno) -> Vec<Valore> {
    vec![ufficio.as_str().into(), (*giorno).into()]
}

fn with(mut key: Vec<Valore>, more: impl Into<Valore>) -> Vec<Valore> {
    key.push(more.into());
    key
}

fn giornata_values(ente: &str, (ufficio, giorno): &Giorno, posizione: u64) -> Vec<Valore> {
    vec![ente.into(), ufficio.as_str().into(), (*giorno).into(), posizione.into()]
}

fn occupato_values(ente: &str, (ufficio, giorno): &Giorno, row: &OccupatoRow) -> Vec<Valore> {
    vec![
        ente.into(),
        ufficio.as_str().into(),
        (*giorno).into(),
        row.chiave.to_string().into(),
        (&row.sportello).into(),
        row.inizio.into(),
        row.fine.into(),
        row.libero_dal.into(),
        (&row.servizio).into(),
        row.canale.as_str().into(),
        row.persona.to_string().into(),
        row.scade.into(),
        row.offerta.into(),
    ]
}

fn chiusura_values(ente: &str, row: &ChiusuraRow) -> Vec<Valore> {
    vec![
        ente.into(),
        row.ufficio.as_str().into(),
        row.giorno.into(),
        row.posizione.into(),
        serde_json::json!(row.sportelli).to_string().into(),
        (&row.motivo).into(),
        (&row.operatore).into(),
        row.il.into(),
    ]
}

fn turno_values(ente: &str, (ufficio, giorno): &Giorno, row: &TurnoRow) -> Vec<Valore> {
    vec![
        ente.into(),
        ufficio.as_str().into(),
        (*giorno).into(),
        u32::from(row.turno).into(),
        row.appuntamento.map(|id| id.to_string()).into(),
        (&row.servizio).into(),
        row.assegnato_il.into(),
        (&row.sportello).into(),
        (&row.operatore).into(),
        row.chiamato_il.into(),
        row.concluso_il.into(),
        row.esito.map(|esito| esito.as_str().to_owned()).into(),
    ]
}

fn read_giorno(row: &Riga<'_>) -> Result<Giorno, sqlx::Error> {
    Ok((CodiceUfficio::new(row.text("ufficio")?), row.parse("giorno")?))
}

pub(super) fn read_chiusura(row: &Riga<'_>) -> Result<ChiusuraRow, sqlx::Error> {
    let (ufficio, giorno) = read_giorno(row)?;
    Ok(ChiusuraRow {
        ufficio,
        giorno,
        sportelli: row.json("sportelli")?,
        motivo: row.text("motivo")?,
        operatore: row.text("operatore")?,
        il: row.instant("il")?,
        posizione: row.int("posizione")?,
    })
}

pub(super) fn read_turno(row: &Riga<'_>) -> Result<TurnoRow, sqlx::Error> {
    Ok(TurnoRow {
        turno: row.int("turno")?,
        appuntamento: row.opt_parse("appuntamento")?,
        servizio: row.text("servizio")?,
        assegnato_il: row.instant("assegnato_il")?,
        sportello: row.opt_text("sportello")?,
        operatore: row.opt_text("operatore")?,
        chiamato_il: row.opt_instant("chiamato_il")?,
        concluso_il: row.opt_instant("concluso_il")?,
        esito: row.map("esito", |text| {
            [EsitoTurno::Servito, EsitoTurno::Assente].into_iter().find(|esito| esito.as_str() == text)
        })?,
    })
}

/// What a day's opening lifts.
fn riapri(chiusure: &mut Vec<ChiusuraRow>, sportelli: &[String]) {
    if sportelli.is_empty() {
        chiusure.clear();
        return;
    }
    // A closure of the whole office is lifted whole; of one that names desks those go that open, and it with the last.
    chiusure.retain_mut(|chiusura| {
        let whole = chiusura.sportelli.is_empty();
        chiusura.sportelli.retain(|codice| !sportelli.contains(codice));
        whole || !chiusura.sportelli.is_empty()
    });
}
