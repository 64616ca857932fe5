//! The day of an office, as its officers see it.

use super::limits;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::agenda::{Chiusura, EsitoTurno, Giornata, Posto, StatoTurno, Turno, fuori_orario};
use domain::appuntamento::Dettaglio;
use domain::ente::CodiceUfficio;
use domain::ids::{CodicePratica, PraticaId};
use domain::pratica::{Pratica, StatoPratica};
use domain::prenotabile::{Canale, Intervallo, Orario, aperture};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::AppuntamentoRow;
use std::collections::HashSet;
use std::sync::Arc;

/// When a desk is open that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AperturaSportello {
    /// Code of the desk.
    pub sportello: String,
    /// In order of time; empty: closed that day.
    pub aperture: Vec<Intervallo>,
}

/// A booking in the day of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppuntamentoAgenda {
    /// The case.
    pub id: PraticaId,
    /// Its code.
    pub codice: CodicePratica,
    /// Code of what is booked.
    pub servizio: String,
    /// Its name.
    pub nome_servizio: String,
    /// Code of the desk.
    pub sportello: String,
    /// Start.
    pub inizio: Timestamp,
    /// End.
    pub fine: Timestamp,
    /// First instant at which who is not there counts as absent.
    pub assente_dal: Timestamp,
    /// Where it stands.
    pub stato: StatoPratica,
    /// Whether the office has still to confirm it.
    pub da_confermare: bool,
    /// Through which channel it was booked.
    pub canale: Canale,
    /// Who comes, while their data is kept.
    pub richiedente: Option<String>,
    /// Where to reach them.
    pub email: Option<String>,
    /// Where to reach them.
    pub telefono: Option<String>,
    /// What it is about.
    pub motivo: Option<String>,
    /// In more words.
    pub dettagli: Option<String>,
    /// Number taken on arrival, and when.
    pub presentato: Option<(u16, Timestamp)>,
    /// Desk to which they were called, and when.
    pub chiamato: Option<(String, Timestamp)>,
    /// Case it is about.
    pub collegata: Option<PraticaId>,
    /// Its seat no longer fits the opening hours, or the day was closed after it was booked: to be moved or cancelled.
    pub fuori_orario: bool,
}

/// A number that was taken that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnoAgenda {
    /// Number.
    pub turno: u16,
    /// The booking; none for who came without one.
    pub appuntamento: Option<PraticaId>,
    /// Code of what they came for.
    pub servizio: String,
    /// When it was taken.
    pub preso: Timestamp,
    /// Desk to which it was called, and when.
    pub chiamato: Option<(String, Timestamp)>,
    /// When it was done with.
    pub concluso: Option<Timestamp>,
    /// Whether they were there when it was called; none before it is done with.
    pub servito: Option<bool>,
}

/// A closure of that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChiusuraAgenda {
    /// Codes of the desks; empty: all.
    pub sportelli: Vec<String>,
    /// Why, for citizens.
    pub motivo: String,
}

/// The day of an office.
#[derive(Debug, Clone)]
pub struct AgendaGiorno {
    /// The office.
    pub orario: Arc<Orario>,
    /// The day.
    pub giorno: Date,
    /// Its desks.
    pub sportelli: Vec<AperturaSportello>,
    /// Bookings by start and desk, at most [`limits::POSTI_AGENDA`].
    pub appuntamenti: Vec<AppuntamentoAgenda>,
    /// Bookings of the day that are not among them: those with a later start.
    pub altri: usize,
    /// Numbers in order.
    pub turni: Vec<TurnoAgenda>,
    /// Closures in force.
    pub chiusure: Vec<ChiusuraAgenda>,
    /// Slots that are held right now.
    pub bloccati: usize,
}

impl App {
    /// The day of an office, from the log itself: officers see at once what they just did.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others than officers of the office, or when it does not receive by appointment.
    pub async fn agenda_del_giorno(
        &self,
        ctx: &Contesto,
        ufficio: &CodiceUfficio,
        giorno: Date,
    ) -> Result<AgendaGiorno, AppError> {
        let orario = self.dell_ufficio(ctx, ufficio)?;
        let (giornata, _) = self.giornata(ctx.codice_ente(), ufficio, giorno).await?;
        let calendario = ctx.ente.calendario();
        let fuori: HashSet<PraticaId> = fuori_orario(&giornata, giorno, &orario, &calendario)
            .into_iter()
            .map(|fuori| fuori.posto.appuntamento)
            .collect();
        let (seats, altri) = mostrati(&giornata);
        let found = insieme(seats, |id| self.appuntamento(ctx.codice_ente(), id)).await?;
        let mut appuntamenti: Vec<AppuntamentoAgenda> = found
            .into_iter()
            .flatten()
            .map(|(pratica, _)| AppuntamentoAgenda::di(&pratica, fuori.contains(&pratica.base.id)))
            .collect();
        appuntamenti.sort_by(|a, b| (a.inizio, &a.sportello).cmp(&(b.inizio, &b.sportello)));
        let adesso = self.parts.clock.now();
        let sportelli = orario.sportelli.iter().map(|sportello| AperturaSportello {
            sportello: sportello.codice.clone(),
            aperture: aperture(&orario, sportello, giorno, &calendario),
        });
        Ok(AgendaGiorno {
            sportelli: sportelli.collect(),
            giorno,
            appuntamenti,
            altri,
            turni: giornata.turni.iter().map(TurnoAgenda::di).collect(),
            chiusure: giornata.chiusure.iter().map(ChiusuraAgenda::di).collect(),
            bloccati: giornata.blocchi.iter().filter(|blocco| blocco.vivo(adesso)).count(),
            orario,
        })
    }

    /// The numbers of an office's day, for the public display: no names, nobody need have signed in.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] when the office does not receive by appointment.
    pub async fn turni_del_giorno(
        &self,
        ctx: &Contesto,
        ufficio: &CodiceUfficio,
        giorno: Date,
    ) -> Result<(Arc<Orario>, Vec<TurnoAgenda>), AppError> {
        let orario = self.orario(ctx, ufficio).ok_or(AppError::NonTrovato)?;
        let (giornata, _) = self.giornata(ctx.codice_ente(), ufficio, giorno).await?;
        Ok((orario, giornata.turni.iter().map(TurnoAgenda::di).collect()))
    }

    /// Bookings that are about a case, in order of time, for who may read the case.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others, or when there is no such case.
    pub async fn appuntamenti_della_pratica(
        &self,
        ctx: &Contesto,
        id: PraticaId,
    ) -> Result<Vec<AppuntamentoRow>, AppError> {
        let (caso, _) = self.caso(ctx, id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await?;
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.appuntamenti_di_pratica(ctx.codice_ente(), id).await?)
    }
}

/// The bookings of a day that the screen shows, the earliest first, and how many more there are.
fn mostrati(giornata: &Giornata) -> (Vec<PraticaId>, usize) {
    let mut seats: Vec<&Posto> = giornata.posti.iter().collect();
    seats.sort_by(|a, b| (a.preso.inizio, &a.preso.sportello).cmp(&(b.preso.inizio, &b.preso.sportello)));
    let shown: Vec<PraticaId> = seats.iter().take(limits::POSTI_AGENDA).map(|posto| posto.appuntamento).collect();
    let altri = seats.len() - shown.len();
    (shown, altri)
}

/// Reads one by one what has these ids, so many at a time, and keeps their order.
pub(super) async fn insieme<T, F>(ids: Vec<PraticaId>, read: impl Fn(PraticaId) -> F) -> Result<Vec<T>, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    stream::iter(ids).map(read).buffered(limits::LETTURE_INSIEME).try_collect().await
}

impl AppuntamentoAgenda {
    fn di(Pratica { base, dettaglio }: &Pratica<Dettaglio>, fuori_orario: bool) -> Self {
        let documento = dettaglio.documento.get();
        let posto = &dettaglio.posto;
        Self {
            id: base.id,
            codice: base.codice.clone(),
            servizio: dettaglio.servizio.clone(),
            nome_servizio: dettaglio.nome_servizio.clone(),
            sportello: posto.sportello.clone(),
            inizio: posto.inizio,
            fine: posto.fine,
            assente_dal: dettaglio.assente_dal(),
            stato: base.stato,
            da_confermare: dettaglio.da_confermare,
            canale: dettaglio.canale,
            richiedente: documento.map(|d| d.autore.nome_completo()),
            email: documento.and_then(|d| d.email.clone()),
            telefono: documento.and_then(|d| d.telefono.clone()),
            motivo: documento.map(|d| d.motivo.clone()),
            dettagli: documento.map(|d| d.dettagli.clone()).filter(|words| !words.is_empty()),
            presentato: dettaglio.presentato,
            chiamato: dettaglio.chiamato.clone(),
            collegata: dettaglio.collegata,
            fuori_orario,
        }
    }
}

impl TurnoAgenda {
    fn di(turno: &Turno) -> Self {
        let (chiamato, concluso, servito) = match &turno.stato {
            StatoTurno::Atteso => (None, None, None),
            StatoTurno::Chiamato { sportello, dal } => (Some((sportello.clone(), *dal)), None, None),
            StatoTurno::Concluso { esito, il } => (None, Some(*il), Some(*esito == EsitoTurno::Servito)),
        };
        Self {
            turno: turno.turno,
            appuntamento: turno.appuntamento,
            servizio: turno.servizio.clone(),
            preso: turno.il,
            chiamato,
            concluso,
            servito,
        }
    }
}

impl ChiusuraAgenda {
    fn di(chiusura: &Chiusura) -> Self {
        Self { sportelli: chiusura.sportelli.clone(), motivo: chiusura.motivo.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::agenda::Preso;
    use domain::ids::PersonaId;
    use jiff::SignedDuration;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use uuid::Uuid;

    fn posto(n: usize) -> Posto {
        let start: Timestamp = "2026-03-10T08:00:00Z".parse().unwrap();
        let after = |minutes: usize| start + SignedDuration::from_mins(i64::try_from(minutes).unwrap());
        let preso = Preso {
            servizio: "carta-identita".into(),
            sportello: "s1".into(),
            inizio: after(n),
            fine: after(n + 1),
            libero_dal: after(n + 1),
            canale: Canale::Portale,
            persona: PersonaId(Uuid::nil()),
        };
        Posto { appuntamento: PraticaId(Uuid::from_u128(n as u128)), preso }
    }

    #[test]
    fn a_day_shows_so_many_bookings_at_most_the_earliest_and_says_how_many_more_there_are() {
        // In the order in which they were booked: the last hours first.
        let day = |count: usize| Giornata { posti: (0..count).rev().map(posto).collect(), ..Giornata::default() };
        let first = |count: usize| (0..count).map(|n| PraticaId(Uuid::from_u128(n as u128))).collect::<Vec<_>>();
        assert_eq!(limits::POSTI_AGENDA, 1_000);
        for (booked, shown, altri) in [(0, 0, 0), (999, 999, 0), (1_000, 1_000, 0), (1_234, 1_000, 234)] {
            assert_eq!(mostrati(&day(booked)), (first(shown), altri));
        }
    }

    #[tokio::test]
    async fn so_many_cases_are_read_at_a_time_at_most_and_come_in_their_order() {
        let (running, most) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
        let read = |id: PraticaId| async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Each ends at its own time.
            for _ in 0..=id.0.as_u128() % 5 {
                tokio::task::yield_now().await;
            }
            running.fetch_sub(1, Ordering::SeqCst);
            Ok(id)
        };
        let ids: Vec<PraticaId> = (0..100).map(|n| PraticaId(Uuid::from_u128(n))).collect();
        assert_eq!(insieme(ids.clone(), read).await.unwrap(), ids);
        assert_eq!((most.load(Ordering::SeqCst), limits::LETTURE_INSIEME), (limits::LETTURE_INSIEME, 16));
    }
}
