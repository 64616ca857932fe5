//! Waiting for an earlier slot: commands and what they answer.

use super::mutation::answer;
use crate::inputs::pratica;
use crate::scalars::{Date, Posizione};
use crate::types::{AttesaAppuntamento, Errore, PraticaPayload, signed_in};
use app::appuntamenti::{IscriviAttesa, Iscrizione};
use app::{App, AppError, Contesto, ErroreCampo, Esito};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::ente::CodiceUfficio;

/// Beginning to wait for an earlier slot.
#[derive(Debug, InputObject)]
pub struct IscriviAttesaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment to bring forward.
    pub pratica_id: ID,
    /// Ids of the offices that would do, at most 20; without it or empty: any that offers the service.
    pub uffici: Option<Vec<ID>>,
    /// First day that would do.
    pub dal: Date,
    /// Last day that would do.
    pub entro: Date,
}

/// Waiting no more.
#[derive(Debug, InputObject)]
pub struct LasciaAttesaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// Accepting the slot that is offered.
#[derive(Debug, InputObject)]
pub struct AccettaOffertaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// Declining the slot that is offered.
#[derive(Debug, InputObject)]
pub struct RifiutaOffertaInput {
    /// Key drawn by the caller; see `InviaSegnalazioneInput`.
    pub chiave_idempotenza: ID,
    /// The appointment.
    pub pratica_id: ID,
}

/// The outcome of a command on a place in a waiting list: either the place as it stands, or the reasons why nothing was
/// stored.
#[derive(Default, SimpleObject)]
pub struct AttesaPayload {
    /// The place; null when it was left.
    attesa: Option<AttesaAppuntamento>,
    /// Hand it to `dopo` to read what was just written.
    posizione: Option<Posizione>,
    /// All reasons found at once; empty when the command was carried out.
    errori: Vec<Errore>,
}

impl From<(Option<Iscrizione>, u64)> for AttesaPayload {
    fn from((place, posizione): (Option<Iscrizione>, u64)) -> Self {
        Self { attesa: place.map(Into::into), posizione: Some(Posizione(posizione)), errori: Vec::new() }
    }
}

impl From<Vec<ErroreCampo>> for AttesaPayload {
    fn from(errori: Vec<ErroreCampo>) -> Self {
        Self { errori: Errore::of(errori), ..Self::default() }
    }
}

type Posto = (Option<Iscrizione>, u64);

async fn iscrivi(app: &App, contesto: &Contesto, input: IscriviAttesaInput) -> Result<Posto, AppError> {
    let command = IscriviAttesa {
        appuntamento: pratica(&input.pratica_id)?,
        uffici: input.uffici.unwrap_or_default().into_iter().map(|id| CodiceUfficio::new(id.0)).collect(),
        dal: input.dal.0,
        entro: input.entro.0,
    };
    let (place, posizione) = app.iscrivi_attesa(contesto, &input.chiave_idempotenza, command).await?;
    Ok((Some(place), posizione))
}

async fn lascia(app: &App, contesto: &Contesto, input: LasciaAttesaInput) -> Result<Posto, AppError> {
    let id = pratica(&input.pratica_id)?;
    Ok((None, app.lascia_attesa(contesto, &input.chiave_idempotenza, id).await?))
}

async fn accetta(app: &App, contesto: &Contesto, input: AccettaOffertaInput) -> Result<Esito, AppError> {
    app.accetta_offerta(contesto, &input.chiave_idempotenza, pratica(&input.pratica_id)?).await
}

async fn rifiuta(app: &App, contesto: &Contesto, input: RifiutaOffertaInput) -> Result<Posto, AppError> {
    let id = pratica(&input.pratica_id)?;
    let posizione = app.rifiuta_offerta(contesto, &input.chiave_idempotenza, id).await?;
    Ok((app.attesa_di(contesto, id).await?, posizione))
}

/// Commands on waiting lists.
#[derive(Debug, Default)]
pub struct WaitingMutation;

#[Object]
impl WaitingMutation {
    /// Begins to wait for an earlier slot than that of an appointment, which stays as it is meanwhile. Slots that become
    /// free are offered in the order of the list, by e-mail and in `pratica.appuntamento.attesa`. Who booked.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn iscrivi_attesa(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment and what would do.")] input: IscriviAttesaInput,
    ) -> Result<Option<AttesaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(iscrivi(app, contesto, input).await, "praticaId")
    }

    /// Waits no more; an offer that is open goes to the next. Who booked.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn lascia_attesa(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: LasciaAttesaInput,
    ) -> Result<Option<AttesaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(lascia(app, contesto, input).await, "praticaId")
    }

    /// Accepts the slot that is offered: the appointment is moved there, and the place in the list ends. Who booked.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn accetta_offerta(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: AccettaOffertaInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(accetta(app, contesto, input).await, "praticaId")
    }

    /// Declines the slot that is offered: it goes to the next, and the place in the list stays. Who booked.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn rifiuta_offerta(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: RifiutaOffertaInput,
    ) -> Result<Option<AttesaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(rifiuta(app, contesto, input).await, "praticaId")
    }
}
