//! Who did not come: from the end of the appointment and its tolerance on.

use super::limits;
use super::processo::{Giro, ProcessoAppuntamenti};
use crate::contesto::Contesto;
use crate::error::AppError;
use tokio_util::sync::CancellationToken;

impl ProcessoAppuntamenti {
    /// Marks who is missing, as far as the read models know; whether they are is decided on the log.
    pub(super) async fn segna_assenti(
        &self,
        ctx: &Contesto,
        giro: &mut Giro,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        let adesso = self.app.parts.clock.now();
        let missing = self.app.parts.reads.da_segnare_assenti(ctx.codice_ente(), adesso, limits::LOTTO).await?;
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
