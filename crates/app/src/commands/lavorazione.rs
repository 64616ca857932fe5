//! What is asked of a case that was filed: the steps of an office, a request for documents, and what its citizen adds or
//! takes back.

use super::filing::{Decide, Filing, sola};
use super::presentazioni::{Files, corrispondente};
use super::{Esito, idempotency, meta};
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::{Contesto, Utente};
use crate::error::AppError;
use domain::allegato::MAX_ALLEGATI;
use domain::ids::{AllegatoId, PraticaId};
use domain::pratica::{self, Base, Lavora, TipoPratica};
use domain::registro::{CODICE_REGISTRO, Flusso, Registra};
use domain::{Caso, Ctx, Evento, Refusal, Refused, appuntamento, istanza, lettera, segnalazione};
use eventstore::{AppendError, Batch, Expected, Idempotency, Item};
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// Times a step is decided again when someone else wrote to the case first.
const TENTATIVI: u32 = 3;

/// A request for documents as a door hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RichiediIntegrazione {
    /// What is missing, one document or piece of information each.
    pub voci: Vec<String>,
    /// Last day to send it.
    pub entro: Date,
    /// Words for the citizen.
    pub messaggio: Option<String>,
}

/// What a citizen adds, as a door hands it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PresentaIntegrazione {
    /// Words for the office.
    pub testo: Option<String>,
    /// Ids of uploads.
    pub allegati: Vec<AllegatoId>,
}

/// What is asked.
#[derive(Debug, Clone)]
enum Comando {
    Lavora(Lavora),
    Richiedi(pratica::RichiediIntegrazione),
    Presenta(pratica::PresentaIntegrazione),
    Rinuncia(Option<String>),
}

impl Comando {
    fn azione(&self) -> Azione {
        match self {
            Self::Lavora(_) | Self::Richiedi(_) => Azione::LavoraPratica,
            Self::Presenta(_) | Self::Rinuncia(_) => Azione::DisponiPratica,
        }
    }

    /// What it is in the register, and the direction of its document; none where none is made.
    fn registrato(&self, tipo: TipoPratica) -> Option<(Flusso, &'static str)> {
        match self {
            // The answer to a report is no act: it stands in the case alone.
            Self::Lavora(Lavora::Concludi { .. }) if tipo != TipoPratica::Segnalazione => {
                Some((Flusso::U, "Risposta a"))
            }
            Self::Lavora(_) => None,
            Self::Richiedi(_) => Some((Flusso::U, "Richiesta di integrazione per")),
            Self::Presenta(_) => Some((Flusso::E, "Integrazione di")),
            Self::Rinuncia(_) => Some((Flusso::E, "Rinuncia a")),
        }
    }

    /// The files it brings.
    fn files(&self) -> Files {
        match self {
            Self::Presenta(added) => Files { allegati: added.allegati.clone(), nomi: added.nomi_allegati.clone() },
            _ => Files::default(),
        }
    }
}

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

    /// Asks the citizen for missing documents, with an outgoing document of its own number (L. 241/1990 art. 6 c. 1 b);
    /// the term waits for the answer (art. 2 c. 7).
    pub async fn richiedi_integrazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        input: RichiediIntegrazione,
    ) -> Result<Esito, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        let key = self.chiave(&utente, "richiediIntegrazione", chiave, &(id, &input))?;
        let RichiediIntegrazione { voci, entro, messaggio } = input;
        let command = Comando::Richiedi(pratica::RichiediIntegrazione { voci, entro, messaggio });
        self.procedi(ctx, &utente, (key, chiave), id, command).await
    }

    /// Adds what the office asked for, as a document that arrives with a number of its own.
    pub async fn presenta_integrazione(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        input: PresentaIntegrazione,
    ) -> Result<Esito, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        let key = self.chiave(&utente, "presentaIntegrazione", chiave, &(id, &input))?;
        // Asked before the files: those of a repeat belong to the case by now.
        if let Some((first, last)) = self.parts.store.applied(ctx.codice_ente(), &key).await? {
            return self.repeated(ctx.codice_ente(), first, last).await;
        }
        let files = self.files(ctx, &utente, &input.allegati, MAX_ALLEGATI).await?;
        let command = Comando::Presenta(pratica::PresentaIntegrazione {
            testo: input.testo,
            allegati: files.allegati,
            nomi_allegati: files.nomi,
        });
        self.procedi(ctx, &utente, (key, chiave), id, command).await
    }

    /// Takes a request back, as a document that arrives with a number of its own. Nothing follows it.
    pub async fn rinuncia(
        &self,
        ctx: &Contesto,
        chiave: &str,
        id: PraticaId,
        motivo: Option<String>,
    ) -> Result<Esito, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        let key = self.chiave(&utente, "rinunciaIstanza", chiave, &(id, &motivo))?;
        self.procedi(ctx, &utente, (key, chiave), id, Comando::Rinuncia(motivo)).await
    }

    async fn lavora(&self, ctx: &Contesto, chiave: &str, id: PraticaId, command: Lavora) -> Result<Esito, AppError> {
        let utente = ctx.utente.clone().ok_or(AppError::AccessoRichiesto)?;
        let key = self.chiave(&utente, "lavora", chiave, &(id, format!("{command:?}")))?;
        self.procedi(ctx, &utente, (key, chiave), id, Comando::Lavora(command)).await
    }

    fn chiave<T: Serialize>(
        &self,
        utente: &Utente,
        name: &str,
        chiave: &str,
        content: &T,
    ) -> Result<Idempotency, AppError> {
        idempotency(&self.parts.persone, &utente.attore(), name, chiave, content)
    }

    /// Carries a command out once, whoever else writes to the case in between.
    async fn procedi(
        &self,
        ctx: &Contesto,
        utente: &Arc<Utente>,
        (key, chiave): (Idempotency, &str),
        id: PraticaId,
        command: Comando,
    ) -> Result<Esito, AppError> {
        // Asked first: the state after a step would refuse its repeat.
        if let Some((first, last)) = self.parts.store.applied(ctx.codice_ente(), &key).await? {
            return self.repeated(ctx.codice_ente(), first, last).await;
        }
        for _ in 0..TENTATIVI {
            match self.step(ctx, utente, (&key, chiave), id, command.clone()).await {
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
        (key, chiave): (&Idempotency, &str),
        id: PraticaId,
        command: Comando,
    ) -> Result<Esito, AppError> {
        let (caso, version) = self.caso(ctx, id).await?.ok_or(AppError::NonTrovato)?;
        self.autorizza(ctx, command.azione(), caso.base()).await?;
        let decide: Decide = {
            let (caso, command) = (caso.clone(), command.clone());
            Arc::new(move |ctx| decide(&caso, command.clone(), ctx))
        };
        let attore = utente.attore();
        if let Some((flusso, che_cosa)) = command.registrato(caso.base().tipo) {
            let filing = document(caso, version, decide, (flusso, che_cosa), command.files())?;
            return Box::pin(self.file(ctx, attore, key.clone(), chiave, filing)).await;
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

fn decide(caso: &Caso, command: Comando, ctx: &Ctx) -> Result<Vec<Evento>, Refused> {
    let events = match (caso, command) {
        (Caso::Segnalazione(p), Comando::Lavora(command)) => {
            let command = segnalazione::Command::Lavora(command);
            segnalazione::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        (Caso::Lettera(p), Comando::Lavora(command)) => {
            let command = lettera::Command::Lavora(command);
            lettera::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        (Caso::Istanza(p), command) => {
            let command = match command {
                Comando::Lavora(command) => istanza::Command::Lavora(command),
                Comando::Richiedi(command) => istanza::Command::RichiediIntegrazione(command),
                Comando::Presenta(command) => istanza::Command::PresentaIntegrazione(Box::new(command)),
                Comando::Rinuncia(motivo) => istanza::Command::Rinuncia { motivo },
            };
            istanza::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        (Caso::Appuntamento(p), Comando::Lavora(command)) => {
            let command = appuntamento::Command::Lavora(command);
            appuntamento::decide(&Some(p.clone()), command, ctx)?.into_iter().map(Evento::from).collect()
        }
        // Reports, letters and appointments open no proceeding: there is nothing to complete and nothing to withdraw.
        (_, Comando::Richiedi(_) | Comando::Presenta(_) | Comando::Rinuncia(_)) => {
            return Err(Refusal::whole("solo-istanze").into());
        }
    };
    Ok(events)
}

/// The entry of a document about a case that was filed, linked to its first registration.
fn document(
    caso: Caso,
    version: u64,
    decide: Decide,
    (flusso, che_cosa): (Flusso, &'static str),
    files: Files,
) -> Result<Filing, AppError> {
    let base: Base = caso.base().clone();
    // Without the data of who filed it there is nobody to write to or to hear from.
    let persona = base.richiedente.get().cloned();
    let persona = persona.ok_or_else(|| AppError::rifiuto(Refusal::whole("dati-cancellati")))?;
    let entry = move |_: &[Evento]| {
        Ok(Registra {
            flusso,
            oggetto: format!("{che_cosa}: {}", base.oggetto),
            pratica: base.id,
            tipo_pratica: base.tipo.as_str(),
            classifica: base.classifica,
            assegnazione: base.ufficio,
            riservato: base.riservato,
            allegati: files.allegati,
            primario: base.protocollo,
            corrispondente: corrispondente(&persona, files.nomi),
        })
    };
    Ok(Filing {
        registro: CODICE_REGISTRO,
        streams: vec![(caso.base().tipo.stream(caso.base().id), Expected::Exact(version))],
        titolare: caso.base().titolare,
        before: Some(caso),
        entry: Box::new(entry),
        decide: sola(decide),
    })
}
