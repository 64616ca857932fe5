//! What an appointment adds to a case, and where.

use super::attesa::AttesaAppuntamento;
use super::common::Ufficio;
use super::parts;
use super::pratica::Source;
use crate::errors::of_app;
use crate::scalars::DateTime;
use app::{Contesto, DettaglioPratica};
use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use domain::Caso;
use domain::appuntamento::Dettaglio;
use domain::ids::PraticaId;
use domain::prenotabile;
use projections::AppuntamentoRow;

/// Through which channel an appointment was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::prenotabile::Canale")]
pub enum CanalePrenotazione {
    /// The citizen, online.
    Portale,
    /// An officer, for someone at the counter.
    Sportello,
    /// An officer, for someone on the telephone.
    Telefono,
}

/// Who wanted a change of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::appuntamento::Parte")]
pub enum ParteAppuntamento {
    /// The citizen.
    Cittadino,
    /// The office.
    Ufficio,
}

/// A place where the public is received.
#[derive(Debug, Clone, SimpleObject)]
pub struct Sede {
    /// Name of the office as on its door.
    nome: String,
    /// Street and number.
    indirizzo: String,
    /// How to find it.
    indicazioni: Option<String>,
    /// Telephone.
    telefono: Option<String>,
    /// Whether it can be reached with a wheelchair (DPR 503/1996).
    accessibile: bool,
}

impl From<&prenotabile::Sede> for Sede {
    fn from(sede: &prenotabile::Sede) -> Self {
        Self {
            nome: sede.nome.clone(),
            indirizzo: sede.indirizzo.clone(),
            indicazioni: sede.indicazioni.clone(),
            telefono: sede.telefono.clone(),
            accessibile: sede.accessibile,
        }
    }
}

/// The arrival of who booked.
#[derive(Debug, Clone, SimpleObject)]
pub struct ArrivoAppuntamento {
    /// Number of the day that was given.
    turno: u16,
    /// When.
    quando: DateTime,
}

/// The call of a number to a desk.
#[derive(Debug, Clone, SimpleObject)]
pub struct ChiamataTurno {
    /// Code of the desk.
    sportello: ID,
    /// When.
    quando: DateTime,
}

impl ArrivoAppuntamento {
    pub(super) fn of((turno, il): (u16, jiff::Timestamp)) -> Self {
        Self { turno, quando: DateTime(il) }
    }
}

impl ChiamataTurno {
    pub(super) fn of((sportello, il): (String, jiff::Timestamp)) -> Self {
        Self { sportello: ID(sportello), quando: DateTime(il) }
    }
}

/// How an appointment was cancelled.
#[derive(Debug, Clone, SimpleObject)]
pub struct AnnullamentoAppuntamento {
    /// Who wanted it.
    chi: ParteAppuntamento,
    /// When.
    quando: DateTime,
    /// Why, in their words; personal data.
    motivo: Option<String>,
}

/// What an appointment adds to a case: where and when, as it stands now.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Appuntamento {
    /// Code of what is booked.
    servizio: String,
    /// Version of it.
    versione: u32,
    /// Name of it.
    nome_servizio: String,
    /// Office.
    ufficio: Ufficio,
    /// Its place.
    sede: Sede,
    /// Code of the desk.
    sportello: ID,
    /// Start.
    inizio: DateTime,
    /// End.
    fine: DateTime,
    /// Through which channel it was booked.
    canale: CanalePrenotazione,
    /// Changes so far (RFC 5545, SEQUENCE).
    sequenza: u32,
    /// Whether the office has still to confirm it.
    da_confermare: bool,
    /// Last instant at which the citizen may move or cancel it.
    disdetta_entro: DateTime,
    /// What it is about: one of the choices of the service; personal data.
    motivo: Option<String>,
    /// In more words; personal data.
    dettagli: Option<String>,
    /// Where notices go; personal data.
    email: Option<String>,
    /// Telephone; personal data.
    telefono: Option<String>,
    /// Case it is about; personal data.
    collegata: Option<ID>,
    /// The arrival of who booked.
    arrivo: Option<ArrivoAppuntamento>,
    /// The call to a desk.
    chiamata: Option<ChiamataTurno>,
    /// How it was cancelled; null when it was not.
    annullamento: Option<AnnullamentoAppuntamento>,
    /// Its case, for who may wait for an earlier slot.
    #[graphql(skip)]
    in_lista: Option<PraticaId>,
}

#[ComplexObject]
impl Appuntamento {
    /// The place in the waiting list for an earlier slot, as it is now; for who booked, and null when they do not wait.
    #[graphql(complexity = "crate::limits::SEARCH_COST + child_complexity")]
    async fn attesa(&self, ctx: &Context<'_>) -> Result<Option<AttesaAppuntamento>> {
        let Some(id) = self.in_lista else { return Ok(None) };
        let (app, contesto) = parts(ctx)?;
        Ok(app.attesa_di(contesto, id).await.map_err(of_app)?.map(Into::into))
    }
}

impl Appuntamento {
    pub(super) fn of(contesto: &Contesto, dettaglio: &DettaglioPratica) -> Option<Self> {
        let Caso::Appuntamento(pratica) = &dettaglio.caso else { return None };
        let booked: &Dettaglio = &pratica.dettaglio;
        let (posto, personale) = (&booked.posto, dettaglio.personale);
        let documento = booked.documento.get().filter(|_| personale);
        Some(Self {
            servizio: booked.servizio.clone(),
            versione: booked.versione,
            nome_servizio: booked.nome_servizio.clone(),
            ufficio: Ufficio::of(contesto, &posto.ufficio),
            sede: Sede::from(&posto.sede),
            sportello: ID(posto.sportello.clone()),
            inizio: DateTime(posto.inizio),
            fine: DateTime(posto.fine),
            canale: booked.canale.into(),
            sequenza: booked.sequenza,
            da_confermare: booked.da_confermare,
            disdetta_entro: DateTime(booked.disdetta_entro()),
            motivo: documento.map(|d| d.motivo.clone()),
            dettagli: documento.map(|d| d.dettagli.clone()).filter(|words| !words.is_empty()),
            email: documento.and_then(|d| d.email.clone()),
            telefono: documento.and_then(|d| d.telefono.clone()),
            collegata: booked.collegata.filter(|_| personale).map(|id| ID(id.to_string())),
            in_lista: dettaglio.disponibile.then_some(pratica.base.id),
            arrivo: booked.presentato.map(ArrivoAppuntamento::of),
            chiamata: booked.chiamato.clone().map(ChiamataTurno::of),
            annullamento: booked.annullamento.as_ref().map(|annullamento| AnnullamentoAppuntamento {
                chi: annullamento.chi.into(),
                quando: DateTime(annullamento.il),
                motivo: annullamento.motivo.get().filter(|_| personale).and_then(|m| m.motivo.clone()),
            }),
        })
    }
}

impl Source {
    /// Whether the case is an appointment.
    pub(super) fn e_appuntamento(&self) -> bool {
        self.tipo() == domain::pratica::TipoPratica::Appuntamento
    }
}

/// An appointment about a case, in short.
#[derive(Debug, Clone, SimpleObject)]
pub struct AppuntamentoDiPratica {
    /// Id of its own case.
    pratica_id: ID,
    /// Code of its own case.
    codice: String,
    /// Name of what is booked.
    nome_servizio: String,
    /// Office.
    ufficio: Ufficio,
    /// Start.
    inizio: DateTime,
    /// End.
    fine: DateTime,
    /// Where it stands.
    stato: super::StatoPratica,
}

impl AppuntamentoDiPratica {
    pub(super) fn of(contesto: &Contesto, row: AppuntamentoRow) -> Self {
        Self {
            pratica_id: ID(row.id.to_string()),
            codice: row.codice,
            nome_servizio: row.nome_servizio,
            ufficio: Ufficio::of(contesto, &row.ufficio),
            inizio: DateTime(row.inizio),
            fine: DateTime(row.fine),
            stato: row.stato.into(),
        }
    }
}
