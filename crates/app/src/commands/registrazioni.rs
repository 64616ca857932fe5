//! The two data of an entry that may change.

use super::{idempotency, meta};
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::letture::DettaglioRegistrazione;
use domain::ente::CodiceUfficio;
use domain::persona::{Attore, Ruolo};
use domain::registro::{self, CODICE_REGISTRO, Registrazione};
use domain::titolario::Classifica;
use domain::{Ctx, Evento, Refusal};
use eventstore::{AppendError, Batch, Expected, Idempotency, Item, NewEvent, hash};
use serde::Serialize;

/// Times a change is decided again when someone else wrote to the entry or its case first.
const TENTATIVI: u32 = 3;

/// A change asked of an entry (Linee guida AgID 3.1.5: nothing else may change).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ModificaRegistrazione {
    /// Year of the entry.
    pub anno: i16,
    /// Number of the entry.
    pub numero: u64,
    /// New office, by code.
    pub assegnazione: Option<String>,
    /// New class, such as `VI.8`.
    pub classifica: Option<String>,
    /// Why.
    pub motivo: String,
}

impl App {
    /// Changes assignment or classification of an entry; old and new stay visible. A case follows the assignment of its
    /// first registration: the office that has the one works the other.
    pub async fn modifica_registrazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        input: ModificaRegistrazione,
    ) -> Result<u64, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        if utente.ruolo != Ruolo::Protocollo {
            return Err(AppError::NonTrovato);
        }
        let attore = utente.attore();
        let key = idempotency(&self.parts.persone, &attore, "modificaRegistrazione", chiave, &input)?;
        let ente = ctx.codice_ente();
        if let Some((_, last)) = self.parts.store.applied(ente, &key).await? {
            return Ok(last);
        }
        for _ in 0..TENTATIVI {
            match self.modifica(ctx, &attore, (&key, chiave), &input).await {
                Err(AppError::Conflitto) => {}
                outcome => return outcome,
            }
        }
        Err(AppError::Conflitto)
    }

    async fn modifica(
        &self,
        ctx: &Contesto,
        attore: &Attore,
        (key, chiave): (&Idempotency, &str),
        input: &ModificaRegistrazione,
    ) -> Result<u64, AppError> {
        let ente = ctx.codice_ente();
        let (entry, version) =
            self.registrazione_viva(ente, input.anno, input.numero).await?.ok_or(AppError::NonTrovato)?;
        let command = registro::ModificaRegistrazione {
            assegnazione: assegnazione(ctx, input.assegnazione.as_deref())?,
            classifica: classifica(input.classifica.as_deref())?,
            motivo: input.motivo.clone(),
        };
        let at = self.parts.clock.now();
        let domain = Ctx { at, attore: attore.clone(), protocollo: None };
        let decided = registro::decide_modifica(&entry, command, &domain);
        let events = match decided {
            Ok(events) => events,
            // The same request may have been carried out in between, perhaps on another node.
            Err(refused) => match self.parts.store.applied(ente, key).await? {
                Some((_, last)) => return Ok(last),
                None => return Err(refused.into()),
            },
        };
        let moved = self.spostata(ctx, &entry, &events, &domain).await?;
        let events = events.into_iter().map(|event| self.plain(at, &Evento::Registro(event)));
        let item = Item {
            stream: registro::stream_registrazione(CODICE_REGISTRO, input.anno, input.numero),
            expected: if version == 0 { Expected::NoStream } else { Expected::Exact(version) },
            events: events.collect::<Result<_, _>>()?,
        };
        let items = std::iter::once(item).chain(moved).collect();
        let batch = Batch { items, idempotency: Some(key.clone()), meta: meta(ctx, attore, Some(chiave)) };
        match self.parts.store.append(ente, batch).await {
            Ok(appended) => Ok(appended.last),
            Err(AppendError::AlreadyApplied { last, .. }) => Ok(last),
            Err(error) => Err(error.into()),
        }
    }

    /// What the case of a first registration takes of a change of office, to be committed with it.
    async fn spostata(
        &self,
        ctx: &Contesto,
        entry: &Registrazione,
        events: &[registro::Event],
        domain: &Ctx,
    ) -> Result<Option<Item>, AppError> {
        let nuovo = events.iter().find_map(|event| match event {
            registro::Event::AssegnazioneModificata(change) => Some(&change.nuova),
            _ => None,
        });
        // Later documents about a case are assigned by themselves: they do not move it.
        let Some(nuovo) = nuovo.filter(|_| entry.entrata.primario.is_none()) else { return Ok(None) };
        let Some((caso, version)) = self.caso(ctx, entry.entrata.pratica).await? else { return Ok(None) };
        let Some(event) = caso.riassegna(nuovo, domain) else { return Ok(None) };
        let base = caso.base();
        Ok(Some(Item {
            stream: base.tipo.stream(base.id),
            expected: Expected::Exact(version),
            events: vec![self.plain(domain.at, &event)?],
        }))
    }

    /// An event without personal data.
    pub(crate) fn plain(&self, at: jiff::Timestamp, evento: &Evento) -> Result<NewEvent, AppError> {
        Ok(NewEvent {
            event_id: self.parts.ids.uuid(at),
            kind: evento.kind().to_owned(),
            schema_version: evento.version(),
            payload: hash::canonical(&evento.payload()).map_err(|e| AppError::Interno(e.to_string()))?,
        })
    }

    /// An entry folded from the log, and the version of the stream of its changes.
    pub(crate) async fn registrazione_viva(
        &self,
        ente: &str,
        anno: i16,
        numero: u64,
    ) -> Result<Option<(Registrazione, u64)>, AppError> {
        let Some(before) = numero.checked_sub(1) else { return Ok(None) };
        let stream = registro::stream_registro(CODICE_REGISTRO, anno);
        let entry = self.parts.store.read_stream(ente, &stream, before, 1).await?;
        let changes = self.stream(ente, &registro::stream_registrazione(CODICE_REGISTRO, anno, numero)).await?;
        let version = changes.last().map_or(0, |(record, _)| record.version);
        let mut state = None;
        for record in &entry {
            if let Evento::Registro(event) = self.parts.opener.open(record)? {
                state = registro::evolve(state, &event);
            }
        }
        for (_, evento) in &changes {
            if let Evento::Registro(event) = evento {
                state = registro::evolve(state, event);
            }
        }
        Ok(state.map(|state| (state, version)))
    }

    /// An entry with everything that happened to it, for the protocol office.
    pub async fn registrazione(
        &self,
        ctx: &Contesto,
        anno: i16,
        numero: u64,
    ) -> Result<Option<DettaglioRegistrazione>, AppError> {
        let Some(utente) = ctx.utente.as_ref().filter(|u| u.ruolo == Ruolo::Protocollo) else { return Ok(None) };
        let ente = ctx.codice_ente();
        let Some((entry, _)) = self.registrazione_viva(ente, anno, numero).await? else { return Ok(None) };
        tracing::debug!(persona = %utente.id, anno, numero, "registrazione consultata");
        let changes = self.stream(ente, &registro::stream_registrazione(CODICE_REGISTRO, anno, numero)).await?;
        let stream = registro::stream_registro(CODICE_REGISTRO, anno);
        let record = self.parts.store.read_stream(ente, &stream, numero - 1, 1).await?.into_iter().next();
        Ok(record.map(|record| DettaglioRegistrazione { registrazione: entry, record, modifiche: changes }))
    }
}

fn assegnazione(ctx: &Contesto, text: Option<&str>) -> Result<Option<CodiceUfficio>, AppError> {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else { return Ok(None) };
    let codice = CodiceUfficio::new(text.trim());
    if ctx.ente.ufficio(&codice).is_none() {
        return Err(AppError::rifiuto(Refusal::field("assegnazione", "ufficio-sconosciuto")));
    }
    Ok(Some(codice))
}

fn classifica(text: Option<&str>) -> Result<Option<Classifica>, AppError> {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else { return Ok(None) };
    let unknown = || AppError::rifiuto(Refusal::field("classifica", "classifica-sconosciuta"));
    let classifica = Classifica::parse(text.trim()).map_err(|_| unknown())?;
    if classifica.valida().is_err() {
        return Err(unknown());
    }
    Ok(Some(classifica))
}
