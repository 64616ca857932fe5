//! Commands.

use crate::appointments::{AppointmentMutation, WaitingMutation};
use crate::drafts;
use crate::errors::refusals;
use crate::inputs::{
    self, AvviaLavorazioneInput, ConcludiInput, InviaSegnalazioneInput, ModificaRegistrazioneInput,
    PrendiInCaricoInput, PresentaIntegrazioneInput, PresentaIstanzaInput, RichiediIntegrazioneInput,
    RinunciaIstanzaInput, SalvaBozzaInput, ScriviAlSindacoInput,
};
use crate::scalars::Posizione;
use crate::types::{
    BozzaPayload, EliminaBozzaPayload, ModificaRegistrazionePayload, PraticaPayload, Registrazione, signed_in,
};
use app::{App, AppError, Contesto, Esito};
use async_graphql::{Context, ID, MergedObject, Object, Result};
use domain::Refusal;

/// Commands on cases, drafts and the register.
#[derive(Debug, Default)]
pub struct CaseMutation;

/// Commands. Each takes one input with a key of the caller (`chiaveIdempotenza`): sent again after a lost answer, it is
/// carried out once and answers the same. Commands on drafts have no key: they leave no record, and the last one counts. A
/// refusal is data: `errori` says which field, which code, and how to mend it.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(CaseMutation, AppointmentMutation, WaitingMutation);

/// A command's outcome as data; what was not found is about the case it named.
fn payload(outcome: Result<Esito, AppError>) -> Result<Option<PraticaPayload>> {
    Ok(Some(match outcome {
        Ok(esito) => esito.into(),
        Err(error) => refusals(error, Some("praticaId"))?.into(),
    }))
}

async fn segnala(app: &App, contesto: &Contesto, input: InviaSegnalazioneInput) -> Result<Esito, AppError> {
    let command = app::InviaSegnalazione {
        categoria: input.categoria,
        titolo: input.titolo,
        dettagli: input.dettagli,
        indirizzo: input.luogo.indirizzo,
        latitudine: input.luogo.latitudine,
        longitudine: input.luogo.longitudine,
        allegati: inputs::allegati(input.allegati)?,
    };
    app.invia_segnalazione(contesto, &input.chiave_idempotenza, command).await
}

async fn scrivi(app: &App, contesto: &Contesto, input: ScriviAlSindacoInput) -> Result<Esito, AppError> {
    let allegati = inputs::allegati(input.allegati)?;
    let command = app::ScriviAlSindaco { oggetto: input.oggetto, testo: input.testo, allegati };
    app.scrivi_al_sindaco(contesto, &input.chiave_idempotenza, command).await
}

async fn presenta(app: &App, contesto: &Contesto, input: PresentaIstanzaInput) -> Result<Esito, AppError> {
    let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
    let versione = match input.versione {
        Some(versione) => u32::try_from(versione).map_err(|_| unknown())?,
        None => app.servizio(contesto, &input.servizio).ok_or_else(unknown)?.versione,
    };
    let command = app::PresentaIstanza {
        servizio: input.servizio,
        versione,
        modulo: input.modulo,
        allegati: inputs::allegati(input.allegati)?,
        contatti: input.contatti.map(Into::into),
        da_pratica: input.da_pratica.as_ref().map(da_pratica).transpose()?,
    };
    let esito = app.presenta_istanza(contesto, &input.chiave_idempotenza, command).await?;
    if let Some(id) = input.bozza.as_ref().and_then(drafts::id) {
        drafts::dimentica(app, contesto, id).await;
    }
    Ok(esito)
}

/// The case that a new one was written from. What is no id names no case.
fn da_pratica(id: &ID) -> Result<domain::ids::PraticaId, AppError> {
    inputs::pratica(id).map_err(|_| AppError::rifiuto(Refusal::field("daPratica", "pratica-inesistente")))
}

async fn richiedi(app: &App, contesto: &Contesto, input: RichiediIntegrazioneInput) -> Result<Esito, AppError> {
    let id = inputs::pratica(&input.pratica_id)?;
    let command = app::RichiediIntegrazione { voci: input.voci, entro: input.entro.0, messaggio: input.messaggio };
    app.richiedi_integrazione(contesto, &input.chiave_idempotenza, id, command).await
}

async fn integra(app: &App, contesto: &Contesto, input: PresentaIntegrazioneInput) -> Result<Esito, AppError> {
    let id = inputs::pratica(&input.pratica_id)?;
    let allegati = inputs::allegati(input.allegati)?;
    let command = app::PresentaIntegrazione { testo: input.testo, allegati };
    app.presenta_integrazione(contesto, &input.chiave_idempotenza, id, command).await
}

async fn ritira(app: &App, contesto: &Contesto, input: RinunciaIstanzaInput) -> Result<Esito, AppError> {
    let id = inputs::pratica(&input.pratica_id)?;
    app.rinuncia(contesto, &input.chiave_idempotenza, id, input.motivo).await
}

async fn prendi(app: &App, contesto: &Contesto, input: PrendiInCaricoInput) -> Result<Esito, AppError> {
    app.prendi_in_carico(contesto, &input.chiave_idempotenza, inputs::pratica(&input.pratica_id)?).await
}

async fn avvia(app: &App, contesto: &Contesto, input: AvviaLavorazioneInput) -> Result<Esito, AppError> {
    let id = inputs::pratica(&input.pratica_id)?;
    app.avvia_lavorazione(contesto, &input.chiave_idempotenza, id, input.messaggio).await
}

async fn concludi(app: &App, contesto: &Contesto, input: ConcludiInput) -> Result<Esito, AppError> {
    let id = inputs::pratica(&input.pratica_id)?;
    app.concludi(contesto, &input.chiave_idempotenza, id, input.messaggio).await
}

async fn modifica(
    app: &App,
    contesto: &Contesto,
    input: ModificaRegistrazioneInput,
) -> Result<ModificaRegistrazionePayload, AppError> {
    let anno = i16::try_from(input.anno).map_err(|_| AppError::NonTrovato)?;
    let numero = u64::try_from(input.numero).map_err(|_| AppError::NonTrovato)?;
    let command = app::ModificaRegistrazione {
        anno,
        numero,
        assegnazione: input.assegnazione.map(|id| id.0),
        classifica: input.classifica,
        motivo: input.motivo,
    };
    let posizione = app.modifica_registrazione(contesto, &input.chiave_idempotenza, command).await?;
    let registrazione = app.registrazione(contesto, anno, numero).await?;
    Ok(ModificaRegistrazionePayload {
        registrazione: registrazione.map(Registrazione::from),
        posizione: Some(Posizione(posizione)),
        errori: Vec::new(),
    })
}

#[Object]
impl CaseMutation {
    /// Files a report (segnalazione): registered, numbered and receipted in one commit (DPR 445/2000 art. 53;
    /// L. 241/1990 art. 18-bis). Citizens, identity level 2.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn invia_segnalazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: InviaSegnalazioneInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(segnala(app, contesto, input).await)
    }

    /// Files a letter to the mayor (lettera): registered, numbered and receipted in one commit. Citizens, identity
    /// level 2.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn scrivi_al_sindaco(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The letter.")] input: ScriviAlSindacoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(scrivi(app, contesto, input).await)
    }

    /// Files a request that opens a proceeding (istanza; L. 241/1990 art. 2; CAD art. 65). Citizens, with the identity
    /// level of the service.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn presenta_istanza(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: PresentaIstanzaInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(presenta(app, contesto, input).await)
    }

    /// Opens a draft of an istanza, filled in with what is known of the person already. Citizens.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn apri_bozza(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the service.")] servizio: String,
    ) -> Result<Option<BozzaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        Ok(Some(match app.apri_bozza(contesto, &servizio).await {
            Ok(bozza) => bozza.into(),
            Err(error) => refusals(error, Some("servizio"))?.into(),
        }))
    }

    /// Saves a draft, or opens one with its first answers. Citizens.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn salva_bozza(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SalvaBozzaInput,
    ) -> Result<Option<BozzaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        Ok(Some(match drafts::salva(app, contesto, input).await {
            Ok(bozza) => bozza.into(),
            Err(error) => refusals(error, Some("id"))?.into(),
        }))
    }

    /// Deletes a draft for good. Citizens.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn elimina_bozza(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the draft.")] id: ID,
    ) -> Result<Option<EliminaBozzaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let Some(id) = drafts::id(&id) else { return Ok(Some(false.into())) };
        Ok(Some(match app.elimina_bozza(contesto, id).await {
            Ok(eliminata) => eliminata.into(),
            Err(error) => refusals(error, Some("id"))?.into(),
        }))
    }

    /// Takes charge of a case of one's office (L. 241/1990 artt. 4-6).
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn prendi_in_carico(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: PrendiInCaricoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(prendi(app, contesto, input).await)
    }

    /// Begins to work on a case of one's office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn avvia_lavorazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] input: AvviaLavorazioneInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(avvia(app, contesto, input).await)
    }

    /// Ends a case of one's office with an answer (L. 241/1990 art. 2); for letters and requests the answer is an
    /// outgoing act with a number of its own.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn concludi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case and the answer.")] input: ConcludiInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(concludi(app, contesto, input).await)
    }

    /// Asks the citizen for missing documents, as an outgoing document with a number of its own; the term waits for the
    /// answer, once in the life of an istanza (L. 241/1990 art. 2 c. 7). The office that works it.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn richiedi_integrazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is missing and until when.")] input: RichiediIntegrazioneInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(richiedi(app, contesto, input).await)
    }

    /// Adds what the office asked for: registered with a number of its own, and the term runs again. Who filed the
    /// istanza, identity level 2.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn presenta_integrazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Files and words.")] input: PresentaIntegrazioneInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(integra(app, contesto, input).await)
    }

    /// Withdraws an open istanza for good: registered with a number of its own, and nothing follows. Who filed it,
    /// identity level 2.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn rinuncia_istanza(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The istanza.")] input: RinunciaIstanzaInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        payload(ritira(app, contesto, input).await)
    }

    /// Changes assignment or class of an entry of the register; old and new stay visible (Linee guida AgID 3.1.5).
    /// A case follows the assignment of its first registration.
    /// Protocol office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn modifica_registrazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry and the change.")] input: ModificaRegistrazioneInput,
    ) -> Result<Option<ModificaRegistrazionePayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        Ok(Some(match modifica(app, contesto, input).await {
            Ok(payload) => payload,
            Err(error) => refusals(error, Some("numero"))?.into(),
        }))
    }
}
