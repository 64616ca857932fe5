//! The steps of an office.

use super::filing::{Decide, Filing};
use super::presentazioni::corrispondente;
use super::{Esito, idempotency, meta};
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use domain::ids::PraticaId;
use domain::pratica::{Lavora, TipoPratica};
use domain::registro::{Flusso, Registra};
use domain::{Caso, Ctx, Evento, Refusal, Refused, istanza, lettera, segnalazione};
use eventstore::{AppendError, Batch, Expected, Idempotency, Item};
use std::sync::Arc;

/// Times a step is decided again when someone else wrote to the case first.
const TENTATIVI: u32 = 3;

impl App {
    /// Takes charge of a case.
    pub async fn prendi_in_carico(&self, ctx: &Contesto, chiave: &str, id: PraticaId) -> Result<Esito, AppError> {
        self.lavora(ctx, chiave, id, Lavora::PrendiInCarico).await
    }

    /// Begins to work on a case.
    pub async fn avvia_lavorazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        messaggio: Option<String>,
    ) -> Result<Esito, AppError> {
        self.lavora(ctx, chiave, id, Lavora::AvviaLavorazione { messaggio }).await
    }

    /// Ends a case with an answer. For letters and requests the answer is an outgoing act with a number of its own.
    pub async fn concludi(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        messaggio: String,
    ) -> Result<Esito, AppError> {
        self.lavora(ctx, chiave, id, Lavora::Concludi { messaggio }).await
    }

    async fn lavora(&self, ctx: &Contesto, chiave: &str, id: PraticaId, command: Lavora) -> Result<Esito, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        let key = idempotency(&self.parts.persone, &utente.attore(), "lavora", chiave, &(id, format!("{command:?}")))?;
        // Asked first: the state after a step would refuse its repeat.
        if let Some((first, last)) = self.parts.store.applied(ctx.codice_ente(), &key).await? {
            return self.repeated(ctx.codice_ente(), first, last).await;
        }
        for _ in 0..TENTATIVI {
            match self.step(ctx, &utente, &key, chiave, id, command.clone()).await {
                Err(AppError::Conflitto) => {}
                // The same request may have been carried out in between, perhaps on another node.
                Err(AppError::Rifiutato(errori)) => {
                    return match self.parts.store.applied(ctx.codice_ente(), &key).await? {
                        Some((first, last)) => self.repeated(ctx.codice_ente(), first, last).await,
                        None => Err(AppError::Rifiutato(errori)),
                    };
                }
                outcome => return outcome,
            }
        }
        Err(AppError::Conflitto)
    }

    async fn step(
        &self,
        ctx: &Contesto,
        utente: &Arc<Utente>,
        key: &Idempotency,
        chiave: &str,
        id: PraticaId,
        command: Lavora,
    ) -> Result<Esito, AppError> {
        let (caso, version) = self.caso(ctx, id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, Azione::LavoraPratica, caso.base()).await?;
        let decide: Decide = {
            let (caso, command) = (caso.clone(), command.clone());
            Arc::new(move |ctx| decide(&caso, command.clone(), ctx))
        };
        let registered = matches!(command, Lavora::Concludi { .. }) && caso.base().tipo != TipoPratica::Segnalazione;
        let attore = utente.attore();
        if registered {
            let filing = answer(caso, version, decide)?;
            return self.file(ctx, attore, key.clone(), chiave, filing).await;
        }
        let at = self.parts.clock.now();
        let events = decide(&Ctx { at, attore: attore.clone(), protocollo: None })?;
        let person = self.key_of(ctx.codice_ente(), caso.base().titolare.0).await?;
        let mut wrapped = Vec::with_capacity(events.len());
        for event in &events {
            let shell = self.shell(ctx.codice_ente(), &person, at, event)?;
            wrapped.push(shell.wrap(event).map_err(|e| AppError::Interno(e.to_string()))?);
        }
        let base = caso.base();
        let batch = Batch {
            items: vec![Item { stream: base.tipo.stream(id), expected: Expected::Exact(version), events: wrapped }],
            idempotency: Some(key.clone()),
            meta: meta(ctx, &attore, Some(chiave)),
        };
        match self.parts.store.append(ctx.codice_ente(), batch).await {
            Ok(appended) => {
                let protocollo = base.protocollo.clone();
                let caso = events
                    .iter()
                    .fold(Some(caso), Caso::evolve)
                    .ok_or_else(|| AppError::Interno("the case vanished".into()))?;
                Ok(Esito { caso, protocollo, posizione: appended.last })
            }
            Err(AppendError::AlreadyApplied { first, last }) => self.repeated(ctx.codice_ente(), first, last).await,
            Err(error) => Err(error.into()),
        }
    }
}

fn decide(caso: &Caso, command: Lavora, ctx: &Ctx) -> Result<Vec<Evento>, Refused> {
    Ok(match caso {
        Caso::Segnalazione(p) => {
            let command = segnalazione::Command::Lavora(command);
            segnalazione::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        Caso::Lettera(p) => {
            let command = lettera::Command::Lavora(command);
            lettera::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        Caso::Istanza(p) => {
            let command = istanza::Command::Lavora(command);
            istanza::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
    })
}

/// The outgoing entry of an answer (flow `U`), linked to the first registration of the case.
fn answer(caso: Caso, version: u64, decide: Decide) -> Result<Filing, AppError> {
    let base = caso.base().clone();
    // Without the addressee's data there is nobody to answer to.
    let destinatario = base.richiedente.get().cloned();
    let destinatario = destinatario.ok_or_else(|| AppError::rifiuto(Refusal::whole("dati-cancellati")))?;
    let entry = move |_: &[Evento]| {
        Ok(Registra {
            flusso: Flusso::U,
            oggetto: format!("Risposta a: {}", base.oggetto),
            pratica: base.id,
            tipo_pratica: base.tipo.as_str(),
            classifica: base.classifica,
            assegnazione: base.ufficio,
            riservato: base.riservato,
            allegati: Vec::new(),
            primario: base.protocollo,
            corrispondente: corrispondente(&destinatario, Vec::new()),
        })
    };
    Ok(Filing {
        stream: caso.base().tipo.stream(caso.base().id),
        expected: Expected::Exact(version),
        titolare: caso.base().titolare,
        before: Some(caso),
        entry: Box::new(entry),
        decide,
    })
}
