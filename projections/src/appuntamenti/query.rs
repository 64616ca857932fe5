//! Questions about appointments.

use super::agenda::{BREVE_IN_JSON, Breve, CHIUSURA, GIORNATA, IN_JSON, OCCUPATO, TURNO, read_chiusura, read_turno};
use super::{AppuntamentoRow, AttesaRow, ChiusuraRow, NAME, OccupatoRow, TurnoRow, appuntamento, attesa};
use crate::json;
use crate::pagina::{Elenco, Pagina, QueryError};
use crate::read_models::ReadModels;
use crate::sql::{Riga, Sql};
use crate::view::View;
use domain::agenda::{Chiusura, Giornata};
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, PraticaId};
use domain::pratica::StatoPratica;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Days of one question about what is taken, at most; later ones are left out. More than the longest horizon of a service.
pub const MAX_GIORNI: u16 = 200;

/// Bookings, numbers or closures in one answer, at most: as many as a day of an office may have numbers.
pub const MAX_GIORNATA: u32 = domain::agenda::MAX_TURNI as u32;

/// Days that are looked up one by one; of more, whole stretches are read.
pub const MAX_COPPIE: usize = 64;

/// Rows of one round of a process, at most.
pub const MAX_LOTTO: u32 = 500;

/// Places of one waiting list that are looked at, at most: the first ones.
pub const MAX_ATTESE: u32 = 1_000;

/// What is taken, by office and day; those with nothing taken are left out.
pub type Occupati = BTreeMap<(CodiceUfficio, Date), Vec<OccupatoRow>>;

/// The day of an office.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgendaRow {
    /// Bookings in order of time; cancelled ones are left out.
    pub appuntamenti: Vec<AppuntamentoRow>,
    /// Numbers in their order, also of who came without a booking.
    pub turni: Vec<TurnoRow>,
    /// Closures of the day.
    pub chiusure: Vec<ChiusuraRow>,
}

/// A place in a waiting list, and how many wait before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostoDiLista {
    /// The place.
    pub attesa: AttesaRow,
    /// Places before it in the list of the service that were not left.
    pub davanti: u64,
}

fn between(sql: &mut Sql, uffici: &[CodiceUfficio], dal: Date, al: Date) {
    let last = dal.saturating_add(i32::from(MAX_GIORNI - 1).days());
    if uffici.is_empty() {
        // PostgreSQL knows no empty list.
        sql.push(" AND 1 = 0");
        return;
    }
    sql.push(" AND ufficio IN ").list(uffici.iter().map(CodiceUfficio::as_str));
    sql.push(" AND giorno >= ").bind(dal).push(" AND giorno <= ").bind(al.min(last));
}

/// Rows with the names of columns, as one list.
fn list_of(view: &View<'_>, columns: &[&str]) -> String {
    let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let rows = view.dialect().all(&view.dialect().array(&columns));
    format!("CAST({rows} AS TEXT) AS righe")
}

/// What is taken, a row a day, so that reading does not cost a row a seat.
pub(super) fn taken(view: &View<'_>, columns: &[&str], uffici: &[CodiceUfficio], dal: Date, al: Date) -> Sql {
    let mut sql = view.select(&format!("ufficio, giorno, {}", list_of(view, columns)), OCCUPATO);
    between(&mut sql, uffici, dal, al);
    sql.push(" GROUP BY ufficio, giorno");
    sql
}

/// The same of days named one by one.
pub(super) fn taken_on(view: &View<'_>, columns: &[&str], giorni: &[(CodiceUfficio, Date)]) -> Sql {
    let mut sql = view.select(&format!("ufficio, giorno, {}", list_of(view, columns)), OCCUPATO);
    sql.push(" AND (ufficio, giorno) IN (VALUES ");
    for (i, (ufficio, giorno)) in giorni.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" }).list([ufficio.to_string(), giorno.to_string()]);
    }
    sql.push(") GROUP BY ufficio, giorno");
    sql
}

/// When each day changed last, a row an office.
pub(super) fn changed(view: &View<'_>, uffici: &[CodiceUfficio], dal: Date, al: Date) -> Sql {
    let mut sql = view.select(&format!("ufficio, {}", list_of(view, &["giorno", "posizione"])), GIORNATA);
    between(&mut sql, uffici, dal, al);
    sql.push(" GROUP BY ufficio");
    sql
}

/// A day of [`taken`].
fn read_taken<T: DeserializeOwned>(row: &Riga<'_>) -> Result<((CodiceUfficio, Date), Vec<T>), sqlx::Error> {
    let day = (CodiceUfficio::new(row.text("ufficio")?), row.parse("giorno")?);
    Ok((day, json::rows(&row.text("righe")?)?))
}

impl ReadModels {
    /// What is taken at some offices from one day to another, both included; holds that ended by themselves are there
    /// until the agenda records it. One walk through the index for each office: past days are not looked at.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn occupati(
        &self,
        ente: &str,
        uffici: &[CodiceUfficio],
        dal: Date,
        al: Date,
    ) -> Result<Occupati, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut found: Occupati =
            view.all(taken(&view, &IN_JSON, uffici, dal, al), read_taken).await?.into_iter().collect();
        for rows in found.values_mut() {
            rows.sort_unstable_by(|a, b| (a.inizio, &a.sportello, a.chiave).cmp(&(b.inizio, &b.sportello, b.chiave)));
        }
        Ok(found)
    }

    /// The position of the event that last changed what is free on each day of some offices, from one day to another,
    /// both included; days of which the log knows nothing are left out. Between two answers with the same position
    /// [`ReadModels::giornate`] gives the same day.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn giornate_cambiate(
        &self,
        ente: &str,
        uffici: &[CodiceUfficio],
        dal: Date,
        al: Date,
    ) -> Result<HashMap<(CodiceUfficio, Date), u64>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let read = |row: &Riga<'_>| Ok((CodiceUfficio::new(row.text("ufficio")?), row.text("righe")?));
        let mut found = HashMap::new();
        for (ufficio, righe) in view.all(changed(&view, uffici, dal, al), read).await? {
            let days = json::rows::<(Date, u64)>(&righe)?;
            found.extend(days.into_iter().map(|(giorno, posizione)| ((ufficio.clone(), giorno), posizione)));
        }
        Ok(found)
    }

    /// Some days of some offices, for [`domain::agenda::slot_liberi`]: seats, holds and closures, but not whose they are
    /// (all ids are nil), nor numbers; days with nothing of it are left out. Of many days at once it reads more than was
    /// asked for.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn giornate(
        &self,
        ente: &str,
        giorni: &[(CodiceUfficio, Date)],
    ) -> Result<HashMap<(CodiceUfficio, Date), Giornata>, QueryError> {
        let mut giornate: HashMap<(CodiceUfficio, Date), Giornata> = HashMap::new();
        let days = giorni.iter().map(|(_, giorno)| *giorno);
        let (Some(dal), Some(al)) = (days.clone().min(), days.max()) else { return Ok(giornate) };
        let uffici: BTreeSet<&CodiceUfficio> = giorni.iter().map(|(ufficio, _)| ufficio).collect();
        let uffici: Vec<CodiceUfficio> = uffici.into_iter().cloned().collect();
        let view = self.view(NAME, ente).await?;
        let question = if giorni.len() <= MAX_COPPIE {
            taken_on(&view, &BREVE_IN_JSON, giorni)
        } else {
            taken(&view, &BREVE_IN_JSON, &uffici, dal, al)
        };
        for (day, rows) in view.all(question, read_taken::<Breve>).await? {
            let giornata = giornate.entry(day).or_default();
            for row in rows {
                row.siede(giornata);
            }
        }
        for ChiusuraRow { ufficio, giorno, sportelli, motivo, .. } in self.chiusure(ente, &uffici, dal, al).await? {
            giornate.entry((ufficio, giorno)).or_default().chiusure.push(Chiusura { sportelli, motivo });
        }
        Ok(giornate)
    }

    /// Closures at some offices from one day to another, both included, in their order.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn chiusure(
        &self,
        ente: &str,
        uffici: &[CodiceUfficio],
        dal: Date,
        al: Date,
    ) -> Result<Vec<ChiusuraRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", CHIUSURA);
        between(&mut sql, uffici, dal, al);
        sql.push(&format!(" ORDER BY ufficio, giorno, posizione LIMIT {MAX_GIORNATA}"));
        view.all(sql, read_chiusura).await
    }

    /// The day of an office: bookings with names, numbers, closures.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn agenda_del_giorno(
        &self,
        ente: &str,
        ufficio: &CodiceUfficio,
        giorno: Date,
    ) -> Result<AgendaRow, QueryError> {
        Ok(AgendaRow {
            appuntamenti: self.appuntamenti_di_ufficio(ente, ufficio, giorno, giorno).await?,
            turni: self.turni(ente, ufficio, giorno).await?,
            chiusure: self.chiusure(ente, std::slice::from_ref(ufficio), giorno, giorno).await?,
        })
    }

    /// Bookings of an office from one day to another, both included, in order of time; cancelled ones are left out.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn appuntamenti_di_ufficio(
        &self,
        ente: &str,
        ufficio: &CodiceUfficio,
        dal: Date,
        al: Date,
    ) -> Result<Vec<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", appuntamento::TABLE);
        between(&mut sql, std::slice::from_ref(ufficio), dal, al);
        sql.push(" AND stato <> ").bind(StatoPratica::Annullata.as_str());
        sql.push(&format!(" ORDER BY giorno, inizio, sportello, id LIMIT {MAX_GIORNATA}"));
        view.all(sql, appuntamento::read).await
    }

    /// The numbers of an office and day, in their order.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn turni(&self, ente: &str, ufficio: &CodiceUfficio, giorno: Date) -> Result<Vec<TurnoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", TURNO);
        between(&mut sql, std::slice::from_ref(ufficio), giorno, giorno);
        sql.push(&format!(" ORDER BY turno LIMIT {MAX_GIORNATA}"));
        view.all(sql, read_turno).await
    }

    /// One booking: who may see it is not decided here.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn appuntamento(&self, ente: &str, id: PraticaId) -> Result<Option<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", appuntamento::TABLE);
        sql.push(" AND id = ").bind(id.to_string());
        view.one(sql, appuntamento::read).await
    }

    /// Bookings that are about a case, in order of time.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn appuntamenti_di_pratica(
        &self,
        ente: &str,
        pratica: PraticaId,
    ) -> Result<Vec<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", appuntamento::TABLE);
        sql.push(" AND collegata = ").bind(pratica.to_string());
        sql.push(&format!(" ORDER BY inizio, id LIMIT {MAX_LOTTO}"));
        view.all(sql, appuntamento::read).await
    }

    /// Bookings of a person, the last made first.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn appuntamenti_di(
        &self,
        ente: &str,
        persona: PersonaId,
        pagina: Pagina,
    ) -> Result<Elenco<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let whose = |columns: &str| {
            let mut sql = view.select(columns, appuntamento::TABLE);
            sql.push(" AND titolare = ").bind(persona.to_string());
            sql
        };
        view.page(whose("*"), whose("COUNT(*) AS n"), pagina, appuntamento::read).await
    }

    /// Bookings that still stand and start from `dal` on and before `al`, in order of their start; `dopo` is the start and
    /// the id of the last row of the round before. At most [`MAX_LOTTO`].
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn da_ricordare(
        &self,
        ente: &str,
        dal: Timestamp,
        al: Timestamp,
        dopo: Option<(Timestamp, PraticaId)>,
        limite: u32,
    ) -> Result<Vec<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", appuntamento::TABLE);
        sql.push(" AND stato = ").bind(StatoPratica::Prenotata.as_str());
        sql.push(" AND inizio >= ").bind(dal).push(" AND inizio < ").bind(al);
        if let Some((inizio, id)) = dopo {
            sql.push(" AND (inizio, id) > (").bind(inizio).push(", ").bind(id.to_string()).push(")");
        }
        sql.push(&format!(" ORDER BY inizio, id LIMIT {}", lotto(limite)));
        view.all(sql, appuntamento::read).await
    }

    /// Bookings to which nobody came and that count as missed before an instant, in order of their start. At most
    /// [`MAX_LOTTO`]; those that were marked are not there the next time.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn da_segnare_assenti(
        &self,
        ente: &str,
        prima_di: Timestamp,
        limite: u32,
    ) -> Result<Vec<AppuntamentoRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", appuntamento::TABLE);
        sql.push(" AND stato = ").bind(StatoPratica::Prenotata.as_str());
        // The first condition follows from the second, and is the index's.
        sql.push(" AND inizio < ").bind(prima_di).push(" AND assente_dal <= ").bind(prima_di);
        sql.push(&format!(" ORDER BY inizio, id LIMIT {}", lotto(limite)));
        view.all(sql, appuntamento::read).await
    }

    /// The waiting list of a bookable service, in its order: places that were not left.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn attese(&self, ente: &str, servizio: &str) -> Result<Vec<AttesaRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", attesa::TABLE);
        sql.push(" AND servizio = ").bind(servizio).push(" AND uscita IS NULL");
        sql.push(&format!(" ORDER BY posizione LIMIT {MAX_ATTESE}"));
        view.all(sql, attesa::read).await
    }

    /// The place of a booking in the waiting list of its service, if it was not left.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn attesa_di(&self, ente: &str, appuntamento: PraticaId) -> Result<Option<PostoDiLista>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", attesa::TABLE);
        sql.push(" AND appuntamento = ").bind(appuntamento.to_string());
        sql.push(" AND uscita IS NULL ORDER BY posizione DESC LIMIT 1");
        let Some(attesa) = view.one(sql, attesa::read).await? else { return Ok(None) };
        let mut before = view.select("COUNT(*) AS n", attesa::TABLE);
        before.push(" AND servizio = ").bind(&attesa.servizio).push(" AND uscita IS NULL AND posizione < ");
        before.bind(attesa.posizione);
        let davanti = view.one(before, |row| row.int("n")).await?.unwrap_or(0);
        Ok(Some(PostoDiLista { attesa, davanti }))
    }

    /// Places with an open offer whose time is over at an instant, the longest over first. At most [`MAX_LOTTO`].
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn offerte_scadute(
        &self,
        ente: &str,
        adesso: Timestamp,
        limite: u32,
    ) -> Result<Vec<AttesaRow>, QueryError> {
        let view = self.view(NAME, ente).await?;
        let mut sql = view.select("*", attesa::TABLE);
        sql.push(" AND scade <= ").bind(adesso);
        sql.push(&format!(" ORDER BY scade, posizione LIMIT {}", lotto(limite)));
        view.all(sql, attesa::read).await
    }
}

pub(super) fn lotto(limite: u32) -> u32 {
    limite.clamp(1, MAX_LOTTO)
}
