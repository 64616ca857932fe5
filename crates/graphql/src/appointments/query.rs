//! Questions about appointments.

use crate::at_hand::AtOnce;
use crate::errors::of_app;
use crate::limits;
use crate::scalars::Date;
use crate::types::{Agenda, Disponibilita, Prenotabile, parts, signed_in};
use app::AppError;
use app::appuntamenti::Bisogni;
use async_graphql::{Context, ID, Object, Result};
use domain::ente::CodiceUfficio;

/// Questions about appointments.
#[derive(Debug, Default)]
pub struct AppointmentQuery;

/// What a question for availability costs: days times offices, not the slots that are found.
fn cost(one_office: bool, Date(dal): Date, Date(al): Date, child: usize) -> usize {
    let days = usize::try_from((al - dal).get_days().saturating_add(1)).unwrap_or(1).max(1);
    let offices = if one_office { 1 } else { limits::OFFICES };
    let work = offices.saturating_mul(days).saturating_mul(child) / limits::SLOT_DAYS;
    work.saturating_add(limits::SEARCH_COST).saturating_add(child)
}

fn uffici(ufficio: Option<ID>) -> Option<Vec<CodiceUfficio>> {
    ufficio.map(|id| vec![CodiceUfficio::new(id.0)])
}

#[Object]
impl AppointmentQuery {
    /// What can be booked, by name. Nobody need have signed in.
    #[graphql(complexity = "crate::limits::MAX_PAGE as usize * child_complexity + 1")]
    async fn prenotabili(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what belongs to this service of the catalogue, by code.")] servizio: Option<String>,
    ) -> Result<Vec<Prenotabile>> {
        let (app, contesto) = parts(ctx)?;
        let found = match servizio {
            Some(codice) => app.prenotabili_di(contesto, &codice),
            None => app.prenotabili(contesto),
        };
        let of = |definizione: std::sync::Arc<domain::prenotabile::Prenotabile>| {
            let offices = app.uffici_che_offrono(contesto, &definizione.codice);
            Prenotabile { uffici: offices.iter().map(|orario| orario.ufficio.clone()).collect(), definizione }
        };
        Ok(found.into_iter().take(limits::MAX_PAGE as usize).map(of).collect())
    }

    /// What is free, office by office. Nobody need have signed in; what is free is promised by a hold, not by this.
    #[graphql(complexity = "cost(ufficio.is_some(), dal, al, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn disponibilita(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of what is booked, such as `cie-rilascio`.")] servizio: String,
        #[graphql(desc = "At this office; without it, at all that offer it.")] ufficio: Option<ID>,
        #[graphql(desc = "First day.")] dal: Date,
        #[graphql(desc = "Last day; at most 62 days in all.")] al: Date,
        #[graphql(desc = "At desks where this language is spoken (BCP 47).")] lingua: Option<String>,
        #[graphql(desc = "Only at desks that can be used from a wheelchair.")] accessibile: Option<bool>,
    ) -> Result<Vec<AtOnce<Disponibilita>>> {
        let (app, contesto) = parts(ctx)?;
        let bisogni = Bisogni { lingua, accessibile: accessibile.unwrap_or_default() };
        let uffici = uffici(ufficio);
        let found = app.disponibilita_per(contesto, &servizio, uffici.as_deref(), (dal.0, al.0), bisogni).await;
        let found = found.map_err(of_app)?;
        Ok(found.into_iter().map(|one| AtOnce(Disponibilita::of(contesto, one))).collect())
    }

    /// The first slot that is free within the horizon of the service; null when nothing is.
    #[graphql(complexity = "crate::limits::SEARCH_COST * 4 + child_complexity")]
    async fn primo_slot_libero(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of what is booked.")] servizio: String,
        #[graphql(desc = "At this office; without it, at all that offer it.")] ufficio: Option<ID>,
    ) -> Result<Option<Disponibilita>> {
        let (app, contesto) = parts(ctx)?;
        let uffici = uffici(ufficio);
        let found = app.primo_slot_libero(contesto, &servizio, uffici.as_deref()).await.map_err(of_app)?;
        Ok(found.map(|(orario, slot)| {
            Disponibilita::of(contesto, app::appuntamenti::Disponibilita { orario, slot: vec![slot] })
        }))
    }

    /// The day of an office, from the log itself; null for others than its officers.
    #[graphql(complexity = "crate::limits::SEARCH_COST + child_complexity")]
    async fn agenda(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the office.")] ufficio: ID,
        #[graphql(desc = "The day.")] giorno: Date,
    ) -> Result<Option<Agenda>> {
        let (app, contesto, _) = signed_in(ctx)?;
        match app.agenda_del_giorno(contesto, &CodiceUfficio::new(ufficio.0), giorno.0).await {
            Ok(agenda) => Ok(Some(Agenda::of(contesto, agenda))),
            Err(AppError::NonTrovato) => Ok(None),
            Err(error) => Err(of_app(error)),
        }
    }
}
