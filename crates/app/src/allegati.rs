//! Files sent before they are filed.

use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::{ByteStream, Declared, DocumentError, Upload};
use domain::Refusal;
use domain::allegato::MAX_BYTES;
use domain::ids::AllegatoId;
use domain::persona::Ruolo;

/// Characters of a file name that are kept.
const MAX_NOME: usize = 120;

/// The name without folders and without what could mislead: control characters, separators, quotes.
pub fn nome_pulito(nome: &str) -> String {
    let last = nome.rsplit(['/', '\\']).next().unwrap_or(nome);
    let clean: String =
        last.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')).collect();
    let clean = clean.trim().trim_start_matches('.');
    let count = clean.chars().count();
    let kept: String = clean.chars().skip(count.saturating_sub(MAX_NOME)).collect();
    if kept.is_empty() { "allegato".into() } else { kept }
}

impl App {
    /// Takes a file while it arrives and gives its id. At most [`MAX_BYTES`]; photos and PDF.
    pub async fn carica(&self, ctx: &Contesto, declared: Declared, bytes: ByteStream<'_>) -> Result<Upload, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if utente.ruolo != Ruolo::Cittadino {
            return Err(AppError::rifiuto(Refusal::whole("non-autorizzato")));
        }
        let nome = nome_pulito(&declared.nome);
        let ente = ctx.codice_ente();
        let declared = Declared { nome: nome.clone(), ..declared };
        let stored = self.parts.documents.put(ente, declared, MAX_BYTES, bytes).await.map_err(rifiuto)?;
        let now = self.parts.clock.now();
        let upload = Upload {
            id: AllegatoId(self.parts.ids.uuid(now)),
            ente: ente.to_owned(),
            proprietario: utente.id,
            nome,
            formato: stored.formato,
            dimensione: stored.dimensione,
            impronta: stored.impronta,
            caricato_il: now,
        };
        self.parts.work.put_upload(upload.clone()).await?;
        Ok(upload)
    }

    /// Uploads of the person who asks, for pages that show them again.
    pub async fn caricati(&self, ctx: &Contesto, ids: &[AllegatoId]) -> Result<Vec<Upload>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let mut uploads = self.parts.work.uploads(ctx.codice_ente(), ids).await?;
        uploads.retain(|upload| upload.proprietario == utente.id);
        Ok(uploads)
    }
}

fn rifiuto(error: DocumentError) -> AppError {
    let refusal = match error {
        DocumentError::TooLarge { limit } => {
            Refusal::field("allegati", "file-troppo-grande").with("max", limit / (1024 * 1024))
        }
        DocumentError::Empty => Refusal::field("allegati", "file-vuoto"),
        DocumentError::NotAccepted => Refusal::field("allegati", "formato-non-ammesso"),
        DocumentError::Mismatch { declared, .. } => {
            Refusal::field("allegati", "formato-non-corrispondente").with("dichiarato", declared)
        }
        DocumentError::Interrupted(_) => Refusal::field("allegati", "caricamento-interrotto"),
        error @ (DocumentError::Unavailable(_) | DocumentError::NotFound) => {
            return AppError::non_disponibile(error);
        }
    };
    AppError::rifiuto(refusal)
}
