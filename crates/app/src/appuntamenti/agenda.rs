//! The day of an office, as its officers see it.

use super::limits;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::agenda::{Chiusura, EsitoTurno, StatoTurno, Turno, fuori_orario};
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
    /// Bookings by start and desk.
    pub appuntamenti: Vec<AppuntamentoAgenda>,
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
        let seats: Vec<PraticaId> =
            giornata.posti.iter().take(limits::POSTI_AGENDA).map(|posto| posto.appuntamento).collect();
        let read = |id| async move { self.appuntamento(ctx.codice_ente(), id).await };
        let found: Vec<Option<(Pratica<Dettaglio>, u64)>> =
            stream::iter(seats).map(read).buffered(limits::LETTURE_INSIEME).try_collect().await?;
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
