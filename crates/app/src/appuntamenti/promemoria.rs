//! Reminders: at the hours that the service names, before the start and never after it. They are queued from the read
//! model; whether the appointment still stands as it did is asked of the log when one leaves.

use super::limits;
use super::processo::{Giro, Memoria, ProcessoAppuntamenti};
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::{BoxFuture, Consegna};
use domain::ids::PraticaId;
use domain::notifica::Motivo;
use jiff::{SignedDuration, Timestamp};
use projections::{AppuntamentoRow, ReadModels};
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

/// The name of a reminder in the queue: one for each hour and each time that the appointment was given.
pub(super) fn dedupe(id: PraticaId, sequenza: u32, ore: u16) -> String {
    format!("promemoria:{id}:{sequenza}:{ore}")
}

/// Of which change of its appointment a reminder speaks.
pub(crate) fn sequenza_promemoria(dedupe: &str) -> Option<u32> {
    dedupe.strip_prefix("promemoria:")?.split(':').nth(1)?.parse().ok()
}

fn ore_di(ore: u16) -> SignedDuration {
    SignedDuration::from_hours(ore.into())
}

/// The reminder that is due: of those whose hour has come since the appointment was given this time, the last one.
fn dovuto(row: &AppuntamentoRow, ore: &[u16], adesso: Timestamp) -> Option<u16> {
    // A move gives an appointment anew; what else happens to it does not.
    let since = if row.sequenza == 0 { row.prenotato_il } else { row.aggiornato_il };
    let due = |ore: u16| row.inizio.checked_sub(ore_di(ore)).ok().filter(|at| *at <= adesso);
    let last = ore.iter().copied().filter(|ore| due(*ore).is_some()).min()?;
    let enough = row.inizio.duration_since(adesso) >= limits::PROMEMORIA_ALMENO;
    (enough && due(last)? > since).then_some(last)
}

impl ProcessoAppuntamenti {
    /// Queues the reminders whose hour came since the last round; after a start, those that were missed meanwhile.
    pub(super) async fn ricorda(
        &self,
        ctx: &Contesto,
        memoria: &mut Memoria,
        giro: &mut Giro,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        if !self.avvisa || !self.tocca_a_noi(stop).await? {
            return Ok(());
        }
        let (ente, adesso) = (ctx.codice_ente(), self.app.parts.clock.now());
        let services = self.app.prenotabili(ctx);
        let hours: BTreeSet<u16> = services.iter().flat_map(|service| service.promemoria_ore.iter().copied()).collect();
        let before = memoria.ricordati.get(ente).map(|last| *last - limits::RIPASSO_PROMEMORIA);
        for ore in hours {
            let first = adesso + limits::PROMEMORIA_ALMENO;
            let dal = before.map_or(first, |before| (before + ore_di(ore)).max(first));
            let al = adesso + ore_di(ore) + SignedDuration::from_secs(1);
            if dal < al {
                giro.promemoria += self.ricorda_fra(ctx, ore, (dal, al), stop).await?;
            }
        }
        memoria.ricordati.insert(ente.to_owned(), adesso);
        Ok(())
    }

    async fn ricorda_fra(
        &self,
        ctx: &Contesto,
        ore: u16,
        fra: (Timestamp, Timestamp),
        stop: &CancellationToken,
    ) -> Result<u64, AppError> {
        self.ricorda_da(&*self.app.parts.reads, ctx, ore, fra, stop).await
    }

    /// Queues the reminders of what a source has, page by page.
    pub(super) async fn ricorda_da(
        &self,
        fonte: &dyn DaRicordare,
        ctx: &Contesto,
        ore: u16,
        fra: (Timestamp, Timestamp),
        stop: &CancellationToken,
    ) -> Result<u64, AppError> {
        let (ente, adesso) = (ctx.codice_ente(), self.app.parts.clock.now());
        let (mut after, mut queued) = (None, 0);
        for _ in 0..limits::PAGINE_PROMEMORIA {
            let page = fonte.pagina(ente, fra, after).await?;
            let Some(last) = page.last() else { return Ok(queued) };
            after = Some((last.inizio, last.id));
            let due = |row: &&AppuntamentoRow| {
                let service = self.app.prenotabile(ctx, &row.servizio);
                service.is_some_and(|service| dovuto(row, &service.promemoria_ore, adesso) == Some(ore))
            };
            let notices: Vec<Consegna> = page
                .iter()
                .filter(due)
                .map(|row| self.avviso(ente, row.id, Motivo::Promemoria, dedupe(row.id, row.sequenza, ore)))
                .collect();
            queued += notices.len() as u64;
            self.accoda(ente, notices).await?;
            if page.len() < limits::LOTTO as usize || !self.tocca_a_noi(stop).await? {
                return Ok(queued);
            }
        }
        tracing::warn!(ente, ore, "more reminders at once than a round looks at");
        Ok(queued)
    }
}

/// Where bookings to be reminded of come from.
pub(super) trait DaRicordare: Sync {
    /// Bookings that still stand and start between two instants, after the last one of the page before; at most
    /// [`limits::LOTTO`].
    fn pagina<'a>(
        &'a self,
        ente: &'a str,
        fra: (Timestamp, Timestamp),
        dopo: Option<(Timestamp, PraticaId)>,
    ) -> BoxFuture<'a, Result<Vec<AppuntamentoRow>, AppError>>;
}

impl DaRicordare for ReadModels {
    fn pagina<'a>(
        &'a self,
        ente: &'a str,
        (dal, al): (Timestamp, Timestamp),
        dopo: Option<(Timestamp, PraticaId)>,
    ) -> BoxFuture<'a, Result<Vec<AppuntamentoRow>, AppError>> {
        Box::pin(async move { Ok(self.da_ricordare(ente, dal, al, dopo, limits::LOTTO).await?) })
    }
}
