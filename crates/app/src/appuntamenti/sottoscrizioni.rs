//! The addresses under which programs of calendars read an office's agenda: an officer opens one for a device, all officers
//! of the office see them and can revoke each.
//!
//! That somebody opened one is a fact; the address itself is not kept. It is computed from the fact and the installation's
//! key, and shown to none but who opened it.

use super::cambia::chiamata;
use super::comando::{Mossa, Passo};
use super::limits;
use super::voluto::attesa;
use crate::app::App;
use crate::commands::DecideInsieme;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::BoxFuture;
use domain::Evento;
use domain::calendario::{self, Calendari, Command, Event};
use domain::ente::CodiceUfficio;
use domain::ids::{PersonaId, SottoscrizioneId};
use domain::termini::data_locale;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// A subscription that is in force, as an officer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sottoscrizione {
    /// The subscription.
    pub id: SottoscrizioneId,
    /// Name of who opened it.
    pub chi: String,
    /// Name of the device, if it has one.
    pub dispositivo: Option<String>,
    /// When it was opened.
    pub il: Timestamp,
    /// Last day on which it is good.
    pub fino_al: Date,
    /// The token of its address, `/calendari/<token>.ics`, where who asks is who opened it.
    pub token: Option<String>,
}

impl App {
    /// Opens an address of the agenda of an office, for a device that may have a name.
    ///
    /// # Errors
    /// `troppi-calendari`; `testo-lungo`, `caratteri-non-ammessi` about `dispositivo`; [`AppError::NonTrovato`] for others
    /// than officers of the office.
    pub async fn apri_calendario(
        &self,
        ctx: &Contesto,
        chiave: &str,
        ufficio: &CodiceUfficio,
        dispositivo: Option<String>,
    ) -> Result<Sottoscrizione, AppError> {
        let chiamata = chiamata(self, ctx, ("apriCalendario", chiave), &(ufficio, &dispositivo))?;
        self.dell_ufficio(ctx, ufficio)?;
        let sottoscrizione = SottoscrizioneId(self.parts.ids.uuid(self.parts.clock.now()));
        let command = Command::Sottoscrivi { sottoscrizione, ufficio: ufficio.clone(), dispositivo };
        let (ente, titolare) = (ctx.codice_ente(), chiamata.attore.id);
        let fatto = self.compi(&chiamata, &SuiCalendari { ente, ufficio, titolare, command }).await?;
        let (events, _) = self.eventi(ente, fatto).await?;
        let opened = events.iter().find_map(|evento| match evento {
            Evento::Calendario(event @ Event::CalendarioSottoscritto(_)) => Some(event),
            _ => None,
        });
        let state = opened.map(|event| calendario::evolve(Calendari::default(), event)).unwrap_or_default();
        let one = state.sottoscrizioni.first();
        let one = one.ok_or_else(|| AppError::Interno("a calendar was opened without its event".into()))?;
        Ok(self.sottoscrizione(ctx, ufficio, one))
    }

    /// The subscriptions of an office that are in force, in the order in which they were opened.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn calendari_aperti(
        &self,
        ctx: &Contesto,
        ufficio: &CodiceUfficio,
    ) -> Result<Vec<Sottoscrizione>, AppError> {
        self.dell_ufficio(ctx, ufficio)?;
        let (state, _) = self.calendari(ctx.codice_ente(), ufficio).await?;
        let oggi = data_locale(self.parts.clock.now());
        Ok(state.vive(oggi).map(|one| self.sottoscrizione(ctx, ufficio, one)).collect())
    }

    /// Ends a subscription, one's own or a colleague's: whoever has its address reads nothing any more.
    ///
    /// # Errors
    /// `calendario-inesistente`; [`AppError::NonTrovato`] for others than officers of the office.
    pub async fn revoca_calendario(
        &self,
        ctx: &Contesto,
        chiave: &str,
        ufficio: &CodiceUfficio,
        sottoscrizione: SottoscrizioneId,
    ) -> Result<(), AppError> {
        let chiamata = chiamata(self, ctx, ("revocaCalendario", chiave), &(ufficio, sottoscrizione))?;
        self.dell_ufficio(ctx, ufficio)?;
        let (ente, titolare) = (ctx.codice_ente(), chiamata.attore.id);
        let command = Command::Revoca { sottoscrizione };
        self.compi(&chiamata, &SuiCalendari { ente, ufficio, titolare, command }).await?;
        Ok(())
    }

    fn sottoscrizione(
        &self,
        ctx: &Contesto,
        ufficio: &CodiceUfficio,
        one: &calendario::Sottoscrizione,
    ) -> Sottoscrizione {
        let mine = ctx.utente.as_ref().is_some_and(|utente| utente.id == one.operatore.id);
        Sottoscrizione {
            id: one.sottoscrizione,
            chi: one.operatore.nome.clone(),
            dispositivo: one.dispositivo.clone(),
            il: one.il,
            fino_al: one.scade.yesterday().unwrap_or(one.scade),
            token: mine.then(|| self.token_agenda(ctx.codice_ente(), ufficio, one.sottoscrizione)),
        }
    }

    /// The subscriptions of an office and the version of their stream.
    pub(super) async fn calendari(&self, ente: &str, ufficio: &CodiceUfficio) -> Result<(Calendari, u64), AppError> {
        let stream = calendario::stream(ufficio);
        let (mut state, mut version) = (Calendari::default(), 0);
        for _ in 0..limits::PAGINE_GIORNATA {
            let records = self.parts.store.read_stream(ente, &stream, version, eventstore::limits::PAGE).await?;
            for record in &records {
                version = record.version;
                if let Evento::Calendario(event) = self.parts.opener.open(record)? {
                    state = calendario::evolve(state, &event);
                }
            }
            if records.len() < eventstore::limits::PAGE {
                return Ok((state, version));
            }
        }
        Err(AppError::Interno(format!("{stream} has more events than any office opens calendars")))
    }
}

/// Something about the calendars of an office alone.
struct SuiCalendari<'a> {
    ente: &'a str,
    ufficio: &'a CodiceUfficio,
    /// Whose key seals the name of the device.
    titolare: PersonaId,
    command: Command,
}

impl Mossa for SuiCalendari<'_> {
    fn giorni(&self) -> Vec<String> {
        vec![calendario::stream(self.ufficio)]
    }

    fn prepara<'a>(&'a self, app: &'a App) -> BoxFuture<'a, Result<Passo, AppError>> {
        Box::pin(async move {
            let (state, version) = app.calendari(self.ente, self.ufficio).await?;
            let command = self.command.clone();
            let decide: DecideInsieme = Arc::new(move |ctx| {
                let events = calendario::decide(&state, command.clone(), ctx)?;
                Ok(vec![events.into_iter().map(Evento::Calendario).collect()])
            });
            let streams = vec![(calendario::stream(self.ufficio), attesa(version))];
            Ok(Passo { streams, decide, before: None, titolare: self.titolare, registro: None })
        })
    }
}
