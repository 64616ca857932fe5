//! Who did not come: from the end of the appointment and its tolerance on. Who took a number and did not answer its call
//! may have gone out for a moment: they have until the end of the day.

use super::limits;
use super::processo::{Giro, ProcessoAppuntamenti};
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::termini::data_locale;
use tokio_util::sync::CancellationToken;

impl ProcessoAppuntamenti {
    /// Marks who is missing, as far as the read models know; whether they are is decided on the log.
    pub(super) async fn segna_assenti(
        &self,
        ctx: &Contesto,
        giro: &mut Giro,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        let (reads, ente, adesso) = (&self.app.parts.reads, ctx.codice_ente(), self.app.parts.clock.now());
        let mut missing = reads.da_segnare_assenti(ente, adesso, limits::LOTTO).await?;
        missing.extend(reads.senza_risposta(ente, data_locale(adesso), limits::LOTTO).await?);
        for row in missing {
            if !self.tocca_a_noi(stop).await? {
                return Ok(());
            }
            let chiave = format!("assente:{}:{}", row.id, row.sequenza);
            match self.app.segna_assente(ctx, &chiave, row.id).await {
                Ok(_) => giro.assenti += 1,
                // They came meanwhile, or it was moved: the read models will know.
                Err(AppError::Rifiutato(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
