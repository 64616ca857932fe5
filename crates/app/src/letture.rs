//! Questions.

use crate::allegati::Causa;
use crate::app::App;
use crate::autorizzazione::{Azione, permesso, vede_audit};
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::ports::{ByteStream, DocumentError};
use domain::allegato::{Allegato, Impronta};
use domain::ids::PraticaId;
use domain::persona::Ruolo;
use domain::pratica::{Base, StatoPratica, TipoPratica};
use domain::registro::Registrazione;
use domain::{Caso, Evento, Refusal, notifica};
use eventstore::{Record, limits};
use jiff::Timestamp;
use projections::{
    AuditRow, Corredo, Elenco, FiltroAudit, FiltroPratiche, FiltroRegistro, Pagina, PassoStoria, PraticaConStoria,
    PraticaRow, RegistrazioneRow,
};
use std::time::Duration;

/// How long a question waits for its own write at most.
const ATTESA: Duration = Duration::from_secs(2);

/// A case with its history.
#[derive(Debug, Clone)]
pub struct DettaglioPratica {
    /// The case.
    pub caso: Caso,
    /// Its history in order.
    pub storia: Vec<PassoStoria>,
    /// Whether this person may see personal data; the doors show none otherwise.
    pub personale: bool,
    /// Whether this person may carry it on.
    pub lavorabile: bool,
    /// Whether this person may add to it, take it back and file again from it.
    pub disponibile: bool,
    /// Position of its last event.
    pub posizione: u64,
}

/// An entry of the register with everything that happened to it.
#[derive(Debug, Clone)]
pub struct DettaglioRegistrazione {
    /// The entry.
    pub registrazione: Registrazione,
    /// As stored.
    pub record: Record,
    /// Changes of assignment and classification, in order.
    pub modifiche: Vec<(Record, Evento)>,
}

/// A file to be downloaded.
pub struct Documento {
    /// File name to propose.
    pub nome: String,
    /// Media type.
    pub formato: String,
    /// Hash of the bytes.
    pub impronta: String,
    /// The bytes.
    pub bytes: ByteStream<'static>,
}

/// Later cases written from one that its page lists, at most: the newest.
const MASSIMO_NATE: u32 = 10;

/// Characters of a search that are looked at.
const MAX_RICERCA: usize = 100;

fn cercabile(testo: &str) -> String {
    testo.chars().take(MAX_RICERCA).collect()
}

impl App {
    /// A whole stream, opened. Streams of cases and changes are short; one of more than [`limits::PAGE`] records is a mistake.
    pub(crate) async fn stream(&self, ente: &str, stream: &str) -> Result<Vec<(Record, Evento)>, AppError> {
        let records = self.parts.store.read_stream(ente, stream, 0, limits::PAGE).await?;
        records
            .into_iter()
            .map(|record| self.parts.opener.open(&record).map(|e| (record, e)).map_err(Into::into))
            .collect()
    }

    pub(crate) async fn case_stream(&self, ente: &str, id: PraticaId) -> Result<Vec<(Record, Evento)>, AppError> {
        for tipo in TipoPratica::ALL {
            let events = self.stream(ente, &tipo.stream(id)).await?;
            if !events.is_empty() {
                return Ok(events);
            }
        }
        Ok(Vec::new())
    }

    /// A case and the version of its stream.
    pub(crate) async fn caso(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<(Caso, u64)>, AppError> {
        let events = self.case_stream(ctx.codice_ente(), id).await?;
        let version = events.last().map_or(0, |(record, _)| record.version);
        Ok(Caso::fold(events.iter().map(|(_, evento)| evento)).map(|caso| (caso, version)))
    }

    /// A case as recorded up to `alla` (now, without it), once the log has reached `dopo`. Folded from the log itself,
    /// so that people see what they just did. None when there is no such case for this person.
    pub async fn pratica(
        &self,
        ctx: &Contesto,
        id: PraticaId,
        alla: Option<Timestamp>,
        dopo: Option<u64>,
    ) -> Result<Option<DettaglioPratica>, AppError> {
        let Some(utente) = ctx.utente.as_ref() else { return Err(AppError::AccessoRichiesto) };
        let ente = ctx.codice_ente();
        self.attendi_log(ente, dopo).await?;
        let mut records = self.case_stream(ente, id).await?;
        let Some(now) = Caso::fold(records.iter().map(|(_, evento)| evento)) else { return Ok(None) };
        if !ctx.raggiunge(id) || !permesso(utente, Azione::LeggiStato, now.base()) {
            self.autorizza(ctx, Azione::LeggiPratica, now.base()).await.ok();
            return Ok(None);
        }
        records.extend(self.stream(ente, &notifica::stream(id)).await?);
        records.retain(|(record, _)| alla.is_none_or(|alla| record.recorded_at <= alla));
        records.sort_by_key(|(record, _)| record.position);
        let Some(caso) = Caso::fold(records.iter().map(|(_, evento)| evento)) else { return Ok(None) };
        let personale = permesso(utente, Azione::LeggiPratica, now.base());
        let mut storia: Vec<PassoStoria> =
            records.iter().filter_map(|(record, evento)| projections::passo(record, evento)).collect();
        if !personale {
            for passo in &mut storia {
                passo.messaggio = None;
            }
        }
        Ok(Some(DettaglioPratica {
            lavorabile: permesso(utente, Azione::LavoraPratica, now.base()),
            disponibile: permesso(utente, Azione::DisponiPratica, now.base()),
            posizione: records.last().map_or(0, |(record, _)| record.position),
            caso,
            storia,
            personale,
        }))
    }

    /// Waits until the log holds a position (it does at once, on one node).
    async fn attendi_log(&self, ente: &str, dopo: Option<u64>) -> Result<(), AppError> {
        let Some(position) = dopo else { return Ok(()) };
        let mut wake = self.parts.store.wake(ente);
        let reached = async { wake.wait_for(|head| *head >= position).await.map(|_| ()) };
        if let Ok(Ok(())) = tokio::time::timeout(ATTESA, reached).await {
            return Ok(());
        }
        // The watch may know less than the log after a start.
        let head = self.parts.store.head(ente).await?;
        if head.position >= position { Ok(()) } else { Err(AppError::non_disponibile("position not reached")) }
    }

    /// Waits until the read models hold what the log held when the question came, at most two seconds, so that people
    /// see what they just did without saying where it stands. What is there is shown then.
    pub(crate) async fn attendi_testa(&self, ente: &str) {
        let head = *self.parts.store.wake(ente).borrow();
        if !self.parts.reads.wait_for(ente, head, ATTESA).await {
            tracing::warn!(ente, head, "a list was shown before the read models had caught up");
        }
    }

    /// Waits until the read models hold a position, at most two seconds; says whether they do.
    pub async fn attendi(&self, ctx: &Contesto, posizione: u64) -> bool {
        self.parts.reads.wait_for(ctx.codice_ente(), posizione, ATTESA).await
    }

    /// A person's own cases, newest first.
    pub async fn area_personale(
        &self,
        ctx: &Contesto,
        tipo: Option<TipoPratica>,
        stato: Option<StatoPratica>,
        pagina: Pagina,
    ) -> Result<Elenco<PraticaRow>, AppError> {
        Ok(self.area_personale_con(ctx, tipo, stato, pagina, Corredo::default()).await?.into())
    }

    /// The same with the last steps of each case, read together with it.
    pub async fn area_personale_con(
        &self,
        ctx: &Contesto,
        tipo: Option<TipoPratica>,
        stato: Option<StatoPratica>,
        pagina: Pagina,
        corredo: Corredo,
    ) -> Result<Elenco<PraticaConStoria>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let filtro =
            FiltroPratiche { titolare: Some(utente.id), tipo, stato, riservate: true, ..FiltroPratiche::default() };
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.pratiche_con(ctx.codice_ente(), &filtro, pagina, corredo).await?)
    }

    /// The later cases that were written from a case, as far as this person may see them: their own, or those of their
    /// offices.
    pub async fn nate_da(&self, ctx: &Contesto, base: &Base) -> Result<Vec<PraticaRow>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        let own = base.titolare == utente.id;
        let filtro = FiltroPratiche {
            titolare: Some(base.titolare),
            uffici: (!own).then(|| utente.uffici.clone()),
            da_pratica: Some(base.id),
            riservate: true,
            ..FiltroPratiche::default()
        };
        let pagina = Pagina::prima(MASSIMO_NATE);
        let found = self.parts.reads.pratiche(ctx.codice_ente(), &filtro, pagina).await?;
        Ok(found.righe)
    }

    /// The queue of an official's offices, newest first; others see nothing of it.
    pub async fn scrivania(
        &self,
        ctx: &Contesto,
        filtro: FiltroPratiche,
        pagina: Pagina,
    ) -> Result<Elenco<PraticaRow>, AppError> {
        Ok(self.scrivania_con(ctx, filtro, pagina, Corredo::default()).await?.into())
    }

    /// The same with the last steps of each case, read together with it.
    pub async fn scrivania_con(
        &self,
        ctx: &Contesto,
        filtro: FiltroPratiche,
        pagina: Pagina,
        corredo: Corredo,
    ) -> Result<Elenco<PraticaConStoria>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if !matches!(utente.ruolo, Ruolo::Operatore | Ruolo::SegreteriaSindaco) {
            return Err(AppError::NonTrovato);
        }
        // An official sees what is assigned to their offices, restricted cases of those offices included.
        let testo = filtro.testo.as_deref().map(cercabile);
        let uffici = Some(utente.uffici.clone());
        let filtro = FiltroPratiche { titolare: None, uffici, riservate: true, testo, ..filtro };
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.pratiche_con(ctx.codice_ente(), &filtro, pagina, corredo).await?)
    }

    /// How many cases of an official's offices stand where.
    pub async fn conteggi(&self, ctx: &Contesto) -> Result<Vec<(TipoPratica, StatoPratica, u64)>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if !matches!(utente.ruolo, Ruolo::Operatore | Ruolo::SegreteriaSindaco) {
            return Err(AppError::NonTrovato);
        }
        let filtro =
            FiltroPratiche { uffici: Some(utente.uffici.clone()), riservate: true, ..FiltroPratiche::default() };
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.conteggi(ctx.codice_ente(), &filtro).await?)
    }

    /// The register, newest first; for the protocol office only.
    pub async fn registro(
        &self,
        ctx: &Contesto,
        filtro: &FiltroRegistro,
        pagina: Pagina,
    ) -> Result<Elenco<RegistrazioneRow>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if utente.ruolo != Ruolo::Protocollo {
            return Err(AppError::NonTrovato);
        }
        let filtro = FiltroRegistro { testo: filtro.testo.as_deref().map(cercabile), ..filtro.clone() };
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.registro(ctx.codice_ente(), &filtro, pagina).await?)
    }

    /// The audit trail, newest first; for the protocol office and tokens with its scope.
    pub async fn audit(
        &self,
        ctx: &Contesto,
        filtro: &FiltroAudit,
        pagina: Pagina,
    ) -> Result<Elenco<AuditRow>, AppError> {
        let utente = ctx.utente.as_ref().ok_or(AppError::AccessoRichiesto)?;
        if !vede_audit(utente) {
            return Err(AppError::NonTrovato);
        }
        self.attendi_testa(ctx.codice_ente()).await;
        Ok(self.parts.reads.audit(ctx.codice_ente(), filtro, pagina).await?)
    }

    /// The document as filed: exactly the bytes whose hash stands in the register.
    pub async fn documento(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<Documento>, AppError> {
        let Some((caso, _)) = self.caso(ctx, id).await? else { return Ok(None) };
        self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await?;
        let stream = caso.base().tipo.stream(id);
        let records = self.parts.store.read_stream(ctx.codice_ente(), &stream, 0, 1).await?;
        let Some(record) = records.first() else { return Ok(None) };
        let Some(text) = self.parts.opener.documento(record)? else { return Ok(None) };
        let impronta = Impronta::from_bytes(eventstore::hash::sha256(text.as_bytes()));
        self.registra_scarico(ctx, caso.base(), impronta.clone()).await?;
        let chunk = futures_util::stream::once(async move { Ok(bytes::Bytes::from(text)) });
        Ok(Some(Documento {
            nome: format!("{}.json", caso.base().codice),
            formato: "application/json".into(),
            impronta: impronta.to_string(),
            bytes: Box::pin(chunk),
        }))
    }

    /// A file of a case, by its place.
    pub async fn allegato(&self, ctx: &Contesto, id: PraticaId, indice: usize) -> Result<Option<Documento>, AppError> {
        let Some((caso, _)) = self.caso(ctx, id).await? else { return Ok(None) };
        self.autorizza(ctx, Azione::LeggiPratica, caso.base()).await?;
        let base = caso.base();
        let Some(file) = base.allegati.get(indice).cloned() else { return Ok(None) };
        let Allegato { id, impronta, formato, .. } = file;
        let nome = base.nomi_allegati.get(indice).cloned().unwrap_or_else(|| format!("allegato-{}", indice + 1));
        let bytes = self.parts.documents.get(ctx.codice_ente(), id, &impronta).await.map_err(|error| match error {
            DocumentError::NotFound => AppError::Interno(format!("the file {id} is missing")),
            DocumentError::Destroyed => AppError::rifiuto(Refusal::whole("dato-non-piu-disponibile")),
            error => AppError::non_disponibile(Causa(&error)),
        })?;
        self.registra_scarico(ctx, base, impronta.clone()).await?;
        Ok(Some(Documento { nome, formato, impronta: impronta.to_string(), bytes }))
    }
}
