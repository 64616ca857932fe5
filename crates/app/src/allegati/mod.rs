//! Files sent before they are filed.

mod chiavi;
mod pulizia;
#[cfg(test)]
mod tests;

pub use chiavi::ChiaviDiPersone;
pub use pulizia::{Pulizia, PuliziaError};

use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::{Arrivo, ByteStream, Declared, DocumentError, Firma, Posizione, Quota, Upload};
use domain::Refusal;
use domain::allegato::TETTO_BYTES;
use domain::ids::AllegatoId;
use domain::persona::Ruolo;
use std::time::Duration;

/// Limits of files that are not filed yet. Each has a test.
pub mod limits {
    use jiff::SignedDuration;
    use std::time::Duration;

    /// Characters of a file name that are kept.
    pub const NOME: usize = 120;
    /// Files of one person in [`GIORNO`], at most: ten large filings a day, with second thoughts.
    pub const AL_GIORNO: u64 = 200;
    /// The day of [`AL_GIORNO`].
    pub const GIORNO: SignedDuration = SignedDuration::from_hours(24);
    /// Bytes of one person's files that are not filed, at most: the largest request that a service may ask for.
    pub const IN_ATTESA: u64 = 1024 * 1024 * 1024;
    /// How long a file waits to be filed; then it is forgotten.
    pub const ATTESA: SignedDuration = SignedDuration::from_hours(24);
    /// How long a forgotten file still stands: far longer than a filing that had just looked it up may take.
    pub const RESPIRO: SignedDuration = SignedDuration::from_hours(1);
    /// How often files are swept.
    pub const GIRO: Duration = Duration::from_hours(1);
    /// How often the log is asked what was filed: by then a filed file no longer counts as waiting.
    pub const LETTURA: Duration = Duration::from_secs(30);
    /// How long the right of a node to do both lasts without being renewed.
    pub const TURNO: SignedDuration = SignedDuration::from_mins(10);
    /// Records of the log read at once.
    pub const PAGE: usize = 500;
    /// Files looked up at once.
    pub const NOTI: usize = 100;
}

/// How long somebody waits whose file could not be shown to the antivirus.
const RIPROVA: Duration = Duration::from_secs(30);

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caricato {
    /// The upload.
    pub upload: Upload,
    /// A signature that the file carries: present, not validated.
    pub firma: Option<Firma>,
    /// Its position was taken out.
    pub posizione_tolta: bool,
}

/// The name without folders and without what could mislead: control characters, separators, quotes, and the characters
/// that turn the direction of writing (`gpj.exe` shown as `exe.jpg`).
pub fn nome_pulito(nome: &str) -> String {
    let last = nome.rsplit(['/', '\\']).next().unwrap_or(nome);
    let clean: String = last.chars().filter(|c| !c.is_control() && !ingannevole(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    let count = clean.chars().count();
    let kept: String = clean.chars().skip(count.saturating_sub(limits::NOME)).collect();
    if kept.is_empty() { "allegato".into() } else { kept }
}

fn ingannevole(c: char) -> bool {
    matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl App {
    /// Takes a file while it arrives and gives its id. At most `limite` bytes, which is never taken for more than
    /// [`TETTO_BYTES`]; a photo loses the place it was taken at, unless its sender wants it to stay.
    pub async fn carica(
        &self,
        ctx: &Contesto,
        declared: Declared,
        posizione: Posizione,
        limite: u64,
        bytes: ByteStream<'_>,
    ) -> Result<Caricato, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if utente.ruolo != Ruolo::Cittadino {
            return Err(AppError::rifiuto(Refusal::whole("non-autorizzato")));
        }
        let ente = ctx.codice_ente();
        let now = self.parts.clock.now();
        let quota = Quota { dal: now - limits::GIORNO, numero: limits::AL_GIORNO, byte: limits::IN_ATTESA };
        let used = self.parts.work.upload_use(ente, utente.id, quota.dal).await?;
        if used.numero >= quota.numero {
            return Err(troppi());
        }
        let left = quota.byte.saturating_sub(used.byte);
        if left == 0 {
            return Err(troppo_spazio());
        }
        let id = AllegatoId(self.parts.ids.uuid(now));
        let nome = nome_pulito(&declared.nome);
        let declared = Declared { nome: nome.clone(), ..declared };
        let massimo = limite.min(TETTO_BYTES);
        let limite = massimo.min(left);
        let arrivo = Arrivo { ente, id, proprietario: utente.id, declared, posizione, limite };
        let stored = match self.parts.documents.put(arrivo, bytes).await {
            Ok(stored) => stored,
            Err(DocumentError::TooLarge { limit }) if limit < massimo => return Err(troppo_spazio()),
            Err(error) => return Err(rifiuto(error)),
        };
        let upload = Upload {
            id,
            ente: ente.to_owned(),
            proprietario: utente.id,
            nome,
            formato: stored.formato,
            dimensione: stored.dimensione,
            impronta: stored.impronta,
            caricato_il: now,
        };
        // Others of the same person may have arrived meanwhile.
        let kept = self.parts.work.put_upload(upload.clone(), quota).await;
        if !matches!(kept, Ok(true)) {
            // What cannot be removed now is swept later: no row names it.
            if let Err(error) = self.parts.documents.remove(ente, id).await {
                tracing::warn!(ente, %id, %error, "a file that was not taken could not be removed yet");
            }
        }
        if !kept? {
            return Err(troppo_spazio());
        }
        Ok(Caricato { upload, firma: stored.firma, posizione_tolta: stored.posizione_tolta })
    }

    /// Uploads of the person who asks, for pages that show them again.
    pub async fn caricati(&self, ctx: &Contesto, ids: &[AllegatoId]) -> Result<Vec<Upload>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let mut uploads = self.parts.work.uploads(ctx.codice_ente(), ids).await?;
        uploads.retain(|upload| upload.proprietario == utente.id);
        Ok(uploads)
    }
}

fn troppi() -> AppError {
    AppError::rifiuto(Refusal::field("allegati", "troppi-caricamenti").with("max", limits::AL_GIORNO))
}

fn troppo_spazio() -> AppError {
    let max = limits::IN_ATTESA / (1024 * 1024);
    AppError::rifiuto(Refusal::field("allegati", "spazio-esaurito").with("max", max))
}

fn rifiuto(error: DocumentError) -> AppError {
    let code = match error {
        DocumentError::TooLarge { limit } => {
            let refusal = Refusal::field("allegati", "file-troppo-grande").with("max", limit / (1024 * 1024));
            return AppError::rifiuto(refusal);
        }
        DocumentError::Mismatch { declared, .. } => {
            let refusal = Refusal::field("allegati", "formato-non-corrispondente").with("dichiarato", declared);
            return AppError::rifiuto(refusal);
        }
        DocumentError::Empty => "file-vuoto",
        DocumentError::NotAccepted => "formato-non-ammesso",
        DocumentError::Suspicious(what) => {
            tracing::info!(what, "an upload was refused");
            "file-sospetto"
        }
        DocumentError::Damaged => "file-danneggiato",
        DocumentError::Infected { .. } => "file-infetto",
        DocumentError::Interrupted(_) => "caricamento-interrotto",
        DocumentError::NotScanned(error) => {
            return AppError::NonDisponibile { motivo: format!("no antivirus: {error}"), riprova_tra: RIPROVA };
        }
        // Nobody whose key was destroyed is signed in under the same id and files again.
        DocumentError::Destroyed => "dato-non-piu-disponibile",
        error @ (DocumentError::Unavailable(_) | DocumentError::NotFound) => {
            return AppError::non_disponibile(Causa(&error));
        }
    };
    AppError::rifiuto(Refusal::field("allegati", code))
}

/// An error with what is behind it, for the operator's log.
pub(crate) struct Causa<'a>(pub &'a DocumentError);

impl std::fmt::Display for Causa<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
