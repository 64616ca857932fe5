//! Commands on appointments.

use super::inputs::{
    AccogliSenzaPrenotazioneInput, AnnullaAppuntamentoInput, BloccaSlotInput, ChiamaTurnoInput, ChiudiGiornataInput,
    CollegaAppuntamentoInput, ConcludiAppuntamentoInput, ConcludiTurnoInput, ConfermaAppuntamentoInput,
    LiberaSlotInput, PrenotaAppuntamentoInput, RegistraArrivoInput, RiapriGiornataInput, SegnaAssenteInput,
    SpostaAppuntamentoInput, slot, sportelli,
};
use super::payload::{AgendaPayload, BloccaSlotPayload, ChiusuraPayload, TurnoPayload};
use crate::errors::refusals;
use crate::inputs::pratica;
use crate::types::{PraticaPayload, signed_in};
use app::appuntamenti::{Bisogni, Blocco, ChiudiGiornata, Chiusura, EsitoTurno, PrenotaAppuntamento, Richiedente};
use app::{App, AppError, Contesto, ErroreCampo, Esito};
use async_graphql::{Context, Object, Result};
use domain::Refusal;
use domain::codice_fiscale::CodiceFiscale;
use domain::ente::CodiceUfficio;
use domain::ids::BloccoId;

/// Commands on appointments.
#[derive(Debug, Default)]
pub struct AppointmentMutation;

/// A command's outcome as data; what was not found is about the field that named it.
pub(super) fn answer<T, P>(outcome: Result<T, AppError>, subject: &str) -> Result<Option<P>>
where
    P: From<T> + From<Vec<ErroreCampo>>,
{
    Ok(Some(match outcome {
        Ok(done) => done.into(),
        Err(error) => refusals(error, Some(subject))?.into(),
    }))
}

async fn blocca(app: &App, contesto: &Contesto, input: BloccaSlotInput) -> Result<Blocco, AppError> {
    let slot = slot(&input.slot_id)?;
    let bisogni = Bisogni { lingua: input.lingua, accessibile: input.accessibile.unwrap_or_default() };
    let drawn = || app.ids().uuid(app.clock().now()).to_string();
    let chiave = input.chiave_idempotenza.map_or_else(drawn, |id| id.0);
    app.blocca_slot_per(contesto, &chiave, slot, bisogni).await
}

async fn libera(app: &App, contesto: &Contesto, input: LiberaSlotInput) -> Result<u64, AppError> {
    let blocco = input.blocco_id.parse::<BloccoId>().map_err(|_| AppError::NonTrovato)?;
    app.libera_slot(contesto, &slot(&input.slot_id)?, blocco).await
}

async fn prenota(app: &App, contesto: &Contesto, input: PrenotaAppuntamentoInput) -> Result<Esito, AppError> {
    let wrong = |field: &str, code: &str| AppError::rifiuto(Refusal::field(field, code));
    let chi = input.richiedente;
    let codice_fiscale = chi.codice_fiscale.filter(|codice| !codice.trim().is_empty());
    let codice_fiscale = codice_fiscale.map(|codice| CodiceFiscale::parse(&codice)).transpose();
    let command = PrenotaAppuntamento {
        slot: slot(&input.slot_id)?,
        servizio: input.servizio,
        motivo: input.motivo,
        dettagli: input.dettagli,
        richiedente: Richiedente {
            nome: chi.nome,
            cognome: chi.cognome,
            email: chi.email,
            telefono: chi.telefono,
            codice_fiscale: codice_fiscale
                .map_err(|_| wrong("richiedente.codiceFiscale", "codice-fiscale-non-valido"))?,
        },
        collegata: input
            .collegata
            .as_ref()
            .map(pratica)
            .transpose()
            .map_err(|_| wrong("collegata", "pratica-sconosciuta"))?,
        canale: input.canale.map(Into::into),
    };
    app.prenota_appuntamento(contesto, &input.chiave_idempotenza, command).await
}

async fn sposta(app: &App, contesto: &Contesto, input: SpostaAppuntamentoInput) -> Result<Esito, AppError> {
    let (id, slot) = (pratica(&input.pratica_id)?, slot(&input.slot_id)?);
    app.sposta_appuntamento(contesto, &input.chiave_idempotenza, id, slot, input.motivo).await
}

async fn annulla(app: &App, contesto: &Contesto, input: AnnullaAppuntamentoInput) -> Result<Esito, AppError> {
    let id = pratica(&input.pratica_id)?;
    app.annulla_appuntamento(contesto, &input.chiave_idempotenza, id, input.motivo).await
}

async fn conferma(app: &App, contesto: &Contesto, input: ConfermaAppuntamentoInput) -> Result<Esito, AppError> {
    app.conferma_appuntamento(contesto, &input.chiave_idempotenza, pratica(&input.pratica_id)?).await
}

async fn collega(app: &App, contesto: &Contesto, input: CollegaAppuntamentoInput) -> Result<Esito, AppError> {
    let id = pratica(&input.pratica_id)?;
    let unknown = |_| AppError::rifiuto(Refusal::field("collegata", "pratica-sconosciuta"));
    let collegata = pratica(&input.collegata).map_err(unknown)?;
    app.collega_appuntamento(contesto, &input.chiave_idempotenza, id, collegata).await
}

async fn arrivo(app: &App, contesto: &Contesto, input: RegistraArrivoInput) -> Result<Esito, AppError> {
    app.registra_arrivo(contesto, &input.chiave_idempotenza, pratica(&input.pratica_id)?).await
}

async fn assente(app: &App, contesto: &Contesto, input: SegnaAssenteInput) -> Result<Esito, AppError> {
    app.segna_assente(contesto, &input.chiave_idempotenza, pratica(&input.pratica_id)?).await
}

async fn concludi(app: &App, contesto: &Contesto, input: ConcludiAppuntamentoInput) -> Result<Esito, AppError> {
    let id = pratica(&input.pratica_id)?;
    app.concludi_appuntamento(contesto, &input.chiave_idempotenza, id, input.messaggio).await
}

async fn accogli(app: &App, contesto: &Contesto, input: AccogliSenzaPrenotazioneInput) -> Result<EsitoTurno, AppError> {
    let ufficio = CodiceUfficio::new(input.ufficio.0);
    app.accogli_senza_prenotazione(contesto, &input.chiave_idempotenza, &ufficio, &input.servizio).await
}

async fn chiama(app: &App, contesto: &Contesto, input: ChiamaTurnoInput) -> Result<EsitoTurno, AppError> {
    let ufficio = CodiceUfficio::new(input.ufficio.0);
    let giorno = (&ufficio, input.giorno.0);
    app.chiama_turno(contesto, &input.chiave_idempotenza, giorno, input.turno, &input.sportello).await
}

async fn concludi_turno(app: &App, contesto: &Contesto, input: ConcludiTurnoInput) -> Result<EsitoTurno, AppError> {
    let ufficio = CodiceUfficio::new(input.ufficio.0);
    let (giorno, esito) = ((&ufficio, input.giorno.0), (input.servito, input.messaggio));
    app.concludi_turno(contesto, &input.chiave_idempotenza, giorno, input.turno, esito).await
}

async fn chiudi(app: &App, contesto: &Contesto, input: ChiudiGiornataInput) -> Result<Chiusura, AppError> {
    let command = ChiudiGiornata {
        ufficio: CodiceUfficio::new(input.ufficio.0),
        giorno: input.giorno.0,
        sportelli: sportelli(input.sportelli),
        motivo: input.motivo,
        annulla_prenotati: input.annulla_prenotati,
    };
    app.chiudi_giornata(contesto, &input.chiave_idempotenza, command).await
}

async fn riapri(app: &App, contesto: &Contesto, input: RiapriGiornataInput) -> Result<u64, AppError> {
    let ufficio = CodiceUfficio::new(input.ufficio.0);
    let giorno = (&ufficio, input.giorno.0);
    app.riapri_giornata(contesto, &input.chiave_idempotenza, giorno, sportelli(input.sportelli)).await
}

#[Object]
impl AppointmentMutation {
    /// Holds a slot for ten minutes while the booking is filled in; another hold of the same person on that day may end by
    /// it. Citizens, and officers for others.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn blocca_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slot.")] input: BloccaSlotInput,
    ) -> Result<Option<BloccaSlotPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(blocca(app, contesto, input).await, "slotId")
    }

    /// Gives a hold up. Who holds it.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn libera_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hold.")] input: LiberaSlotInput,
    ) -> Result<Option<AgendaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(libera(app, contesto, input).await, "bloccoId")
    }

    /// Books an appointment (Modello Comuni: Prenotazione appuntamenti): the seat, the case and, where the service wants it,
    /// the number of a register, in one commit. Citizens; officers of the office for someone at the counter or on the
    /// telephone.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn prenota_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The booking.")] input: PrenotaAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(prenota(app, contesto, input).await, "praticaId")
    }

    /// Moves an appointment: the old seat is left and the new one taken in one commit. Who booked, until the cut-off; the
    /// office always, with a reason.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn sposta_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment and its new slot.")] input: SpostaAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(sposta(app, contesto, input).await, "praticaId")
    }

    /// Cancels an appointment. Who booked, until the cut-off; the office always, with a reason.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn annulla_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: AnnullaAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(annulla(app, contesto, input).await, "praticaId")
    }

    /// Confirms an appointment, where the service wants that. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn conferma_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: ConfermaAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(conferma(app, contesto, input).await, "praticaId")
    }

    /// Says which case an appointment is about. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn collega_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment and the case.")] input: CollegaAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(collega(app, contesto, input).await, "praticaId")
    }

    /// Who booked has arrived: they get a number of the day, which stands in `pratica.appuntamento.arrivo`. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn registra_arrivo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: RegistraArrivoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(arrivo(app, contesto, input).await, "praticaId")
    }

    /// Who booked did not come; from the end of the appointment and its tolerance on. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn segna_assente(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: SegnaAssenteInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(assente(app, contesto, input).await, "praticaId")
    }

    /// Ends an appointment in an office that calls no numbers. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn concludi_appuntamento(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appointment.")] input: ConcludiAppuntamentoInput,
    ) -> Result<Option<PraticaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(concludi(app, contesto, input).await, "praticaId")
    }

    /// Gives a number of today to somebody without an appointment. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn accogli_senza_prenotazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What they came for.")] input: AccogliSenzaPrenotazioneInput,
    ) -> Result<Option<TurnoPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(accogli(app, contesto, input).await, "ufficio")
    }

    /// Calls a number to a desk. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn chiama_turno(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number and the desk.")] input: ChiamaTurnoInput,
    ) -> Result<Option<TurnoPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(chiama(app, contesto, input).await, "ufficio")
    }

    /// Ends a number, and with it the appointment it belongs to, if there is one and somebody came. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn concludi_turno(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number.")] input: ConcludiTurnoInput,
    ) -> Result<Option<TurnoPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(concludi_turno(app, contesto, input).await, "ufficio")
    }

    /// Closes a day of an office or of some of its desks, and cancels the appointments it hits if that is asked; everyone is
    /// told. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn chiudi_giornata(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day.")] input: ChiudiGiornataInput,
    ) -> Result<Option<ChiusuraPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(chiudi(app, contesto, input).await, "ufficio")
    }

    /// Lifts a closure. The office.
    #[graphql(complexity = "crate::limits::MUTATION_COST + child_complexity")]
    async fn riapri_giornata(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day.")] input: RiapriGiornataInput,
    ) -> Result<Option<AgendaPayload>> {
        let (app, contesto, _) = signed_in(ctx)?;
        answer(riapri(app, contesto, input).await, "ufficio")
    }
}
