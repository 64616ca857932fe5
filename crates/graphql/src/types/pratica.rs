//! A case.

use super::appuntamento::{Appuntamento, AppuntamentoDiPratica};
use super::common::{Allegato, Protocollo, Ufficio};
use super::dettaglio::{
    self, Documento, Istanza, Lettera, PresaInCarico, Ricevuta, Richiedente, Risposta, Segnalazione, Termine,
};
use super::ente::Categoria;
use super::enums::{StatoPratica, TipoPratica};
use super::parts;
use super::riga::{Riga, passi};
use super::storia::Passo;
use crate::errors::of_app;
use crate::limits::MAX_STEPS;
use crate::loaders::loader;
use crate::scalars::{Date, DateTime, Posizione};
use app::{AppError, DettaglioPratica, Esito};
use async_graphql::{Context, ID, Object, Result};
use domain::Caso;
use domain::ente::CodiceUfficio;
use domain::ids::PraticaId;
use domain::pratica::Base;
use projections::{PassoStoria, PraticaConStoria, PraticaRow};
use std::sync::Arc;

/// Where a case was read from.
#[derive(Clone)]
pub(crate) enum Source {
    /// A row of a list, with its last steps; what it does not hold is loaded when asked for.
    Row(Arc<Riga>),
    /// The log itself, with its history.
    Whole(Arc<DettaglioPratica>),
    /// The outcome of a command; its history is read when asked for, up to its position.
    Outcome(Arc<DettaglioPratica>),
}

/// A case: a segnalazione, a letter to the mayor, an istanza, or an appointment.
pub struct Pratica(pub(super) Source);

impl Pratica {
    /// A row of a list that was asked for with so many steps.
    pub(crate) fn of_list(con: PraticaConStoria, chiesti: u32) -> Self {
        Self(Source::Row(Arc::new(Riga::new(con, chiesti))))
    }
}

impl From<DettaglioPratica> for Pratica {
    fn from(dettaglio: DettaglioPratica) -> Self {
        Self(Source::Whole(Arc::new(dettaglio)))
    }
}

impl From<&Esito> for Pratica {
    fn from(esito: &Esito) -> Self {
        Self(Source::Outcome(Arc::new(DettaglioPratica {
            caso: esito.caso.clone(),
            storia: Vec::new(),
            // Only who filed it or works it could carry the command out.
            personale: true,
            lavorabile: false,
            disponibile: false,
            posizione: esito.posizione,
        })))
    }
}

impl Source {
    /// The case as its log has it.
    pub(crate) async fn dettaglio(&self, ctx: &Context<'_>) -> Result<Arc<DettaglioPratica>> {
        match self {
            Self::Whole(dettaglio) | Self::Outcome(dettaglio) => Ok(dettaglio.clone()),
            Self::Row(row) => {
                let found = loader(ctx)?.load_one(row.id).await?;
                found.ok_or_else(|| of_app(AppError::NonTrovato))
            }
        }
    }

    /// What a list's row and the log both hold.
    fn either<T>(&self, row: impl FnOnce(&PraticaRow) -> T, base: impl FnOnce(&Base) -> T) -> T {
        match self {
            Self::Row(r) => row(r),
            Self::Whole(d) | Self::Outcome(d) => base(d.caso.base()),
        }
    }

    /// The same for personal data; absent when this person may not see it.
    fn personal<T>(
        &self,
        row: impl FnOnce(&PraticaRow) -> Option<T>,
        caso: impl FnOnce(&Caso) -> Option<T>,
    ) -> Option<T> {
        match self {
            // Lists hold a person's own cases, or those of an official's offices.
            Self::Row(r) => row(r),
            Self::Whole(d) | Self::Outcome(d) if d.personale => caso(&d.caso),
            Self::Whole(_) | Self::Outcome(_) => None,
        }
    }

    fn id(&self) -> PraticaId {
        self.either(|row| row.id, |base| base.id)
    }

    pub(super) fn tipo(&self) -> domain::pratica::TipoPratica {
        self.either(|row| row.tipo, |base| base.tipo)
    }

    /// The last steps, so many at most; all of them, or in a list [`MAX_STEPS`], without a number.
    async fn storia(&self, ctx: &Context<'_>, ultimi: Option<u32>) -> Result<Vec<PassoStoria>> {
        let last = |passi: &[PassoStoria]| {
            let from = ultimi.map_or(0, |n| passi.len().saturating_sub(n as usize));
            passi[from..].to_vec()
        };
        Ok(match self {
            Self::Whole(dettaglio) => last(&dettaglio.storia),
            Self::Row(row) => {
                let passi = row.passi(ultimi.unwrap_or(MAX_STEPS));
                let missing = || of_app(AppError::Interno("a list was read without the steps it was asked for".into()));
                passi.ok_or_else(missing)?.to_vec()
            }
            Self::Outcome(dettaglio) => {
                let (app, contesto) = parts(ctx)?;
                let upto = dettaglio.posizione;
                let found = app.pratica(contesto, self.id(), None, Some(upto)).await.map_err(of_app)?;
                let mut storia = found.map(|whole| whole.storia).unwrap_or_default();
                storia.retain(|passo| passo.posizione <= upto);
                last(&storia)
            }
        })
    }
}

/// A case: a segnalazione (report), a lettera (letter to the mayor), an istanza (request that opens a proceeding,
/// L. 241/1990) or an appuntamento (appointment at an office). A citizen sees their own; an official those of their offices; a developer state and history without
/// personal data. Fields marked "personal data" are null for who may not see them, and for everybody once the person was
/// forgotten.
#[Object]
impl Pratica {
    /// Id.
    async fn id(&self) -> ID {
        ID(self.0.id().to_string())
    }

    /// Code that a citizen reads and dictates, such as `SG-7K3M-Q2XF-9D4C`.
    async fn codice(&self) -> String {
        self.0.either(|row| row.codice.clone(), |base| base.codice.to_string())
    }

    /// Kind.
    async fn tipo(&self) -> TipoPratica {
        self.0.tipo().into()
    }

    /// Where it stands.
    async fn stato(&self) -> StatoPratica {
        self.0.either(|row| row.stato, |base| base.stato).into()
    }

    /// Subject in the register: made from service or category, free of special categories of data (GDPR art. 9).
    async fn oggetto(&self) -> String {
        self.0.either(|row| row.oggetto.clone(), |base| base.oggetto.clone())
    }

    /// Subject in the citizen's own words; personal data.
    async fn titolo(&self) -> Option<String> {
        self.0.personal(|row| row.titolo.clone(), |caso| caso.titolo().map(str::to_owned))
    }

    /// What it is about at length, in the citizen's own words; personal data.
    #[graphql(complexity = "crate::limits::DETAIL_COST")]
    async fn descrizione(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(dettaglio::descrizione(&*self.0.dettaglio(ctx).await?))
    }

    /// Category, of a segnalazione.
    async fn categoria(&self, ctx: &Context<'_>) -> Result<Option<Categoria>> {
        let codice = match &self.0 {
            Source::Row(row) => row.categoria.as_deref(),
            Source::Whole(d) | Source::Outcome(d) => match &d.caso {
                Caso::Segnalazione(pratica) => Some(pratica.dettaglio.categoria.as_str()),
                Caso::Lettera(_) | Caso::Istanza(_) | Caso::Appuntamento(_) => None,
            },
        };
        let contesto = parts(ctx)?.1;
        Ok(codice.and_then(|codice| Categoria::by_code(contesto, codice)))
    }

    /// What a segnalazione adds; null for other kinds.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn segnalazione(&self, ctx: &Context<'_>) -> Result<Option<Segnalazione>> {
        if self.0.tipo() != domain::pratica::TipoPratica::Segnalazione {
            return Ok(None);
        }
        Ok(Segnalazione::of(parts(ctx)?.1, &*self.0.dettaglio(ctx).await?))
    }

    /// What a letter adds; null for other kinds.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn lettera(&self, ctx: &Context<'_>) -> Result<Option<Lettera>> {
        if self.0.tipo() != domain::pratica::TipoPratica::Lettera {
            return Ok(None);
        }
        Ok(Lettera::of(&*self.0.dettaglio(ctx).await?))
    }

    /// What an istanza adds; null for other kinds.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn istanza(&self, ctx: &Context<'_>) -> Result<Option<Istanza>> {
        if self.0.tipo() != domain::pratica::TipoPratica::Istanza {
            return Ok(None);
        }
        Ok(Istanza::of(&*self.0.dettaglio(ctx).await?))
    }

    /// What an appointment adds; null for other kinds.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn appuntamento(&self, ctx: &Context<'_>) -> Result<Option<Appuntamento>> {
        if !self.0.e_appuntamento() {
            return Ok(None);
        }
        Ok(Appuntamento::of(parts(ctx)?.1, &*self.0.dettaglio(ctx).await?))
    }

    /// Appointments that are about it, in order of time; for who may see its personal data.
    #[graphql(complexity = "crate::limits::SEARCH_COST + crate::limits::CASE_APPOINTMENTS * child_complexity")]
    async fn appuntamenti(&self, ctx: &Context<'_>) -> Result<Vec<AppuntamentoDiPratica>> {
        let (app, contesto) = parts(ctx)?;
        match app.appuntamenti_della_pratica(contesto, self.0.id()).await {
            Ok(rows) => Ok(rows.into_iter().map(|row| AppuntamentoDiPratica::of(contesto, row)).collect()),
            Err(AppError::NonTrovato) => Ok(Vec::new()),
            Err(error) => Err(of_app(error)),
        }
    }

    /// Who filed it; personal data.
    async fn richiedente(&self) -> Option<Richiedente> {
        let name = self.0.personal(
            |row| row.richiedente.clone(),
            |caso| caso.base().richiedente.get().map(domain::persona::Anagrafica::nome_completo),
        );
        name.map(|nome_completo| Richiedente { nome_completo, source: self.0.clone() })
    }

    /// Office that works it.
    async fn ufficio(&self, ctx: &Context<'_>) -> Result<Ufficio> {
        let codice = self.0.either(|row| row.ufficio.clone(), |base| base.ufficio.to_string());
        Ok(Ufficio::of(parts(ctx)?.1, &CodiceUfficio::new(codice)))
    }

    /// Restricted to that office and the protocol office.
    async fn riservato(&self) -> bool {
        self.0.either(|row| row.riservato, |base| base.riservato)
    }

    /// Its entry in the protocol register (DPR 445/2000 art. 53).
    async fn protocollo(&self) -> Option<Protocollo> {
        let protocollo = self.0.either(|row| row.protocollo.clone(), |base| base.protocollo.clone());
        protocollo.as_ref().map(Protocollo::from)
    }

    /// When it was filed: the instant of the protocol entry (L. 241/1990 art. 18-bis).
    async fn inviata_il(&self) -> DateTime {
        DateTime(self.0.either(|row| row.inviata_il, |base| base.inviata_il))
    }

    /// When it last changed.
    #[graphql(complexity = "crate::limits::DETAIL_COST")]
    async fn aggiornata_il(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let instant = match &self.0 {
            Source::Row(row) => row.aggiornata_il,
            Source::Whole(d) | Source::Outcome(d) => {
                // Notices are facts about a case that do not change it.
                let steps = self.0.storia(ctx, None).await?;
                let last = steps.iter().rev().find(|passo| !passo.evento.starts_with("Notifica"));
                last.map_or(d.caso.base().inviata_il, |passo| passo.registrato_il)
            }
        };
        Ok(DateTime(instant))
    }

    /// The term for the answer and what it was computed from (L. 241/1990 art. 2).
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn termine(&self, ctx: &Context<'_>) -> Result<Option<Termine>> {
        Ok(Termine::of(self.0.dettaglio(ctx).await?.caso.base()))
    }

    /// Latest day for the answer.
    async fn scadenza(&self) -> Option<Date> {
        self.0.either(|row| row.scadenza, |base| base.termine.as_ref().map(|t| t.scadenza)).map(Date)
    }

    /// Its history in order, in words for citizens.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn storia(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the last so many steps, 1 to 100; without it all, in a list the last 100.")]
        ultimi: Option<i32>,
    ) -> Result<Vec<Passo>> {
        Ok(self.0.storia(ctx, passi(ultimi)?).await?.into_iter().map(Passo).collect())
    }

    /// Files, in the order given.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn allegati(&self, ctx: &Context<'_>) -> Result<Vec<Allegato>> {
        let dettaglio = self.0.dettaglio(ctx).await?;
        let base = dettaglio.caso.base();
        let of = |(index, allegato)| {
            let nome = base.nomi_allegati.get(index).filter(|_| dettaglio.personale);
            let url = dettaglio.personale.then(|| format!("/pratiche/{}/allegati/{}", base.id, index + 1));
            Allegato::of(allegato, nome, url)
        };
        Ok(base.allegati.iter().enumerate().map(of).collect())
    }

    /// The document as filed, for who may see its personal data.
    async fn documento(&self) -> Option<Documento> {
        let impronta = self.0.personal(
            |row| row.richiedente.as_ref().and(row.protocollo.as_ref()).map(|p| p.impronta.to_string()),
            |caso| {
                let base = caso.base();
                base.richiedente.get().and(base.protocollo.as_ref()).map(|p| p.impronta.to_string())
            },
        )?;
        Some(Documento { impronta, url: format!("/pratiche/{}/documento", self.0.id()) })
    }

    /// Its receipt as a document, from the number on, for who may see its personal data.
    async fn ricevuta(&self) -> Option<Ricevuta> {
        let numbered = self.0.personal(
            |row| row.richiedente.as_ref().and(row.protocollo.as_ref()).map(|_| ()),
            |caso| caso.base().richiedente.get().and(caso.base().protocollo.as_ref()).map(|_| ()),
        );
        numbered.map(|()| Ricevuta { pratica: self.0.id() })
    }

    /// Who took charge and when.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn presa_in_carico(&self, ctx: &Context<'_>) -> Result<Option<PresaInCarico>> {
        Ok(PresaInCarico::of(self.0.dettaglio(ctx).await?.caso.base()))
    }

    /// How it ended.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn risposta(&self, ctx: &Context<'_>) -> Result<Option<Risposta>> {
        Ok(Risposta::of(&self.0.dettaglio(ctx).await?))
    }

    /// Place in the log of its last fact.
    async fn posizione(&self) -> Posizione {
        Posizione(match &self.0 {
            Source::Row(row) => row.ultima,
            Source::Whole(d) | Source::Outcome(d) => d.posizione,
        })
    }
}
