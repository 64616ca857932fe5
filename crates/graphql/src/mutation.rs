//! Commands.

use crate::errors::refusals;
use crate::inputs::{
    self, AvviaLavorazioneInput, ConcludiInput, InviaSegnalazioneInput, ModificaRegistrazioneInput,
    PrendiInCaricoInput, PresentaIstanzaInput, ScriviAlSindacoInput,
};
use crate::scalars::Posizione;
use crate::types::{ModificaRegistrazionePayload, PraticaPayload, Registrazione, signed_in};
use app::{App, AppError, Contesto, Esito};
use async_graphql::{Context, Object, Result};
use domain::Refusal;

/// Commands. Each takes one input with a key of the caller, and answers either its outcome or `errori`.
pub struct Mutation;

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
    let unknown = |_| AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
    let command = app::PresentaIstanza {
        servizio: input.servizio,
        versione: u32::try_from(input.versione).map_err(unknown)?,
        modulo: input.modulo,
        allegati: inputs::allegati(input.allegati)?,
    };
    app.presenta_istanza(contesto, &input.chiave_idempotenza, command).await
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

/// Commands. Each takes one input with a key of the caller (`chiaveIdempotenza`): sent again after a lost answer, it is
/// carried out once and answers the same. A refusal is data: `errori` says which field, which code, and how to mend it.
#[Object]
impl Mutation {
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

    /// Changes assignment or class of an entry of the register; old and new stay visible (Linee guida AgID 3.1.5).
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
