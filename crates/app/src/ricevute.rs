//! The receipt as a stored document: composed once, kept like a file of the case, and the same bytes ever after, whatever
//! becomes of its template, of the office's telephone number or of this program.
//!
//! It is formed when somebody first asks for it, or by the mail that carries it, and says what the filing said: what
//! happened to the case since then is on its page. The event `RicevutaFormata` makes a stored file the receipt; of several
//! that are composed at the same time the first one to be written down counts, and the others are removed.

mod composizione;
#[cfg(test)]
mod tests;

pub(crate) use composizione::Composizione;

use crate::allegati::Causa;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::{Contesto, sistema};
use crate::enti::Ente;
use crate::error::AppError;
use crate::letture::Documento;
use crate::ports::{Arrivo, BoxFuture, ByteStream, Declared, DocumentError, Posizione};
use bytes::{Bytes, BytesMut};
use domain::allegato::{Allegato, Impronta, MAX_BYTES};
use domain::ids::{AllegatoId, PraticaId};
use domain::pratica::Base;
use domain::{Caso, Ctx, Evento, Refusal};
use eventstore::{Batch, Expected, Item, Meta, Record};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::sync::Arc;

/// Limits of receipts. Each has a test.
pub mod limits {
    /// Receipts composed at the same time for people who wait for them: what else the server does must go on.
    pub const INSIEME: usize = 2;
    /// Receipts composed at the same time for mail, which can wait.
    pub const IN_CALMA: usize = 1;
    /// Steps of politeness towards other threads (`nice`) with which those for mail are composed.
    pub const CORTESIA: i32 = 10;
    /// Times the event is decided again when someone else wrote to the case first.
    pub const TENTATIVI: u32 = 5;
}

/// Role and channel under which the log has what the system does by itself.
const SISTEMA: &str = "sistema";
/// Name under which the log has who formed a receipt.
const PROCESSO: &str = "ricevute";

/// Who waits for a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attesa {
    /// A person, before a page.
    Persona,
    /// The mail, which can wait.
    Posta,
}

/// Gives the receipts of cases, formed where they were not: for mail.
pub trait RicevuteDiPratiche: Send + Sync {
    /// The bytes of a receipt; none where receipts are pages only, and for a case that does not exist or has no number.
    ///
    /// # Errors
    /// [`AppError::Rifiutato`] when there can be none any more; others when another try may help.
    fn pdf<'a>(&'a self, ente: &'a Arc<Ente>, pratica: PraticaId) -> BoxFuture<'a, Result<Option<Bytes>, AppError>>;
}

impl RicevuteDiPratiche for App {
    fn pdf<'a>(&'a self, ente: &'a Arc<Ente>, pratica: PraticaId) -> BoxFuture<'a, Result<Option<Bytes>, AppError>> {
        Box::pin(async move {
            let Some(file) = self.forma_ricevuta(ente, pratica, Attesa::Posta).await? else { return Ok(None) };
            let pieces = self.apri_ricevuta(ente, &file).await?;
            let whole = pieces.try_fold(BytesMut::new(), |mut whole, piece| async move {
                whole.extend_from_slice(&piece);
                Ok(whole)
            });
            whole.await.map(|bytes| Some(bytes.freeze())).map_err(AppError::non_disponibile)
        })
    }
}

impl App {
    /// The receipt as a document (L. 241/1990 artt. 8 and 18-bis), for who may see the personal data of the case. `None`
    /// for a case that does not exist, has no number, or where receipts are pages only.
    ///
    /// # Errors
    /// `dato-non-piu-disponibile` once the key of its person was destroyed.
    pub async fn ricevuta(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<Documento>, AppError> {
        let Some((base, file)) = self.file_ricevuta(ctx, id).await? else { return Ok(None) };
        let bytes = self.apri_ricevuta(&ctx.ente, &file).await?;
        self.registra_scarico(ctx, &base, file.impronta.clone()).await?;
        let (nome, formato) = (nome(&base), file.formato);
        Ok(Some(Documento { nome, formato, impronta: file.impronta.to_string(), bytes }))
    }

    /// Hash of the receipt's bytes, for the same people; formed if nobody has asked before.
    ///
    /// # Errors
    /// As [`App::ricevuta`].
    pub async fn impronta_ricevuta(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<Impronta>, AppError> {
        Ok(self.file_ricevuta(ctx, id).await?.map(|(_, file)| file.impronta))
    }

    async fn file_ricevuta(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<(Base, Allegato)>, AppError> {
        let Some((caso, _)) = self.caso(ctx, id).await? else { return Ok(None) };
        self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await?;
        let file = self.forma_ricevuta(&ctx.ente, id, Attesa::Persona).await?;
        Ok(file.map(|file| (caso.base().clone(), file)))
    }

    /// The stored receipt of a case; composed, stored and written down if there is none yet.
    pub(crate) async fn forma_ricevuta(
        &self,
        ente: &Arc<Ente>,
        id: PraticaId,
        attesa: Attesa,
    ) -> Result<Option<Allegato>, AppError> {
        let mut mine: Option<Allegato> = None;
        for _ in 0..limits::TENTATIVI {
            let records = self.case_stream(ente.codice.as_str(), id).await?;
            let Some(caso) = Caso::fold(records.iter().map(|(_, evento)| evento)) else { return Ok(None) };
            if let Some(file) = &caso.base().ricevuta_pdf {
                self.butta_ricevuta(ente, mine.filter(|mine| mine.id != file.id)).await;
                return Ok(Some(file.clone()));
            }
            if caso.base().protocollo.is_none() {
                return Ok(None);
            }
            let file = match mine.take() {
                Some(file) => file,
                None => match self.componi_ricevuta(ente, &records, attesa).await? {
                    Some(file) => file,
                    None => return Ok(None),
                },
            };
            let version = records.last().map_or(0, |(record, _)| record.version);
            match self.annota_ricevuta(ente, &caso, version, file.clone()).await {
                Ok(()) => return Ok(Some(file)),
                // Somebody else wrote to the case: the same receipt, or a step of the office. What was composed still holds.
                Err(AppError::Conflitto) => mine = Some(file),
                // It may have been written down all the same: the file stays, and is swept if the log does not name it.
                Err(error) => return Err(error),
            }
        }
        self.butta_ricevuta(ente, mine).await;
        Err(AppError::Conflitto)
    }

    /// Composes the receipt of a filing and stores it, sealed with the key of who filed; none where receipts are pages only.
    async fn componi_ricevuta(
        &self,
        ente: &Arc<Ente>,
        records: &[(Record, Evento)],
        attesa: Attesa,
    ) -> Result<Option<Allegato>, AppError> {
        let Some(composizione) = &self.ricevute else { return Ok(None) };
        let Some(caso) = depositata(records) else { return Ok(None) };
        if caso.base().richiedente.get().is_none() {
            return Err(distrutta());
        }
        let base = caso.base().clone();
        let bytes = composizione.componi(ente, caso, attesa).await?;
        let id = AllegatoId(self.parts.ids.uuid(self.parts.clock.now()));
        let declared = Declared { nome: nome(&base), formato: Some("application/pdf".into()) };
        let arrivo = Arrivo {
            ente: ente.codice.as_str(),
            id,
            proprietario: base.titolare,
            declared,
            posizione: Posizione::Mantieni,
            limite: MAX_BYTES,
        };
        let bytes = stream::once(std::future::ready(Ok(Bytes::from(bytes)))).boxed();
        let stored = self.parts.documents.put(arrivo, bytes).await.map_err(errore)?;
        Ok(Some(Allegato { id, impronta: stored.impronta, dimensione: stored.dimensione, formato: stored.formato }))
    }

    /// Writes down that a file is the receipt of a case whose stream has a version.
    async fn annota_ricevuta(&self, ente: &Ente, caso: &Caso, version: u64, file: Allegato) -> Result<(), AppError> {
        let at = self.parts.clock.now();
        let evento = caso.forma_ricevuta(file, &Ctx { at, attore: sistema(), protocollo: None })?;
        let item = Item {
            stream: caso.base().tipo.stream(caso.base().id),
            expected: Expected::Exact(version),
            events: vec![self.plain(at, &evento)?],
        };
        let meta = Meta { actor: PROCESSO.into(), role: SISTEMA.into(), channel: SISTEMA.into(), ..Meta::default() };
        let batch = Batch { items: vec![item], idempotency: None, meta };
        self.parts.store.append(ente.codice.as_str(), batch).await?;
        Ok(())
    }

    async fn apri_ricevuta(&self, ente: &Ente, file: &Allegato) -> Result<ByteStream<'static>, AppError> {
        self.parts.documents.get(ente.codice.as_str(), file.id, &file.impronta).await.map_err(|error| match error {
            DocumentError::NotFound => AppError::Interno(format!("the receipt {} is missing", file.id)),
            error => errore(error),
        })
    }

    /// Removes a receipt that came second. What cannot be removed now is swept later: no event names it.
    async fn butta_ricevuta(&self, ente: &Ente, file: Option<Allegato>) {
        let Some(file) = file else { return };
        if let Err(error) = self.parts.documents.remove(ente.codice.as_str(), file.id).await {
            tracing::warn!(ente = %ente.codice, id = %file.id, %error, "a second receipt could not be removed yet");
        }
    }
}

/// The case as its filing left it: what one commit wrote. Formed on the same day or years later the receipt says the same.
fn depositata(records: &[(Record, Evento)]) -> Option<Caso> {
    let (first, _) = records.first()?;
    let commit = records.iter().take_while(|(record, _)| record.recorded_at == first.recorded_at);
    Caso::fold(commit.map(|(_, evento)| evento))
}

fn nome(base: &Base) -> String {
    format!("ricevuta-{}.pdf", base.codice)
}

fn distrutta() -> AppError {
    AppError::rifiuto(Refusal::whole("dato-non-piu-disponibile"))
}

fn errore(error: DocumentError) -> AppError {
    match error {
        DocumentError::Destroyed => distrutta(),
        DocumentError::Unavailable(_) | DocumentError::NotScanned(_) | DocumentError::Interrupted(_) => {
            AppError::non_disponibile(Causa(&error))
        }
        error => AppError::Interno(format!("the receipt cannot be kept: {}", Causa(&error))),
    }
}
