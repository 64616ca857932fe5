//! Questions.

use crate::appointments::AppointmentQuery;
use crate::at_hand::AtOnce;
use crate::catalogue::Cerca;
use crate::errors::of_app;
use crate::paging::{Page, connection, cost, pagina};
use crate::scalars::{Date, DateTime, Posizione};
use crate::types::{
    Audit, Bozza, Categoria, Ente, Pratica, Registrazione, Servizio, StatoPratica, TipoPratica, Utente, parts,
    passi_chiesti, signed_in,
};
use app::{App, AppError, Contesto};
use async_graphql::{Context, ID, MergedObject, Object, Result, SimpleObject};
use domain::ids::PraticaId;
use domain::persona::Ruolo;
use domain::servizio::RiferimentoServizio;
use projections::{Corredo, FiltroAudit, FiltroPratiche, FiltroRegistro};

/// Questions about cases, services and the register.
#[derive(Debug, Default)]
pub struct CaseQuery;

/// Questions. What a person may not see looks like what does not exist: null for a single thing, an error with code
/// `NOT_FOUND` for a list.
#[derive(Debug, Default, MergedObject)]
pub struct Query(CaseQuery, AppointmentQuery);

/// Waits until lists hold what was written at a position.
async fn wait(app: &App, contesto: &Contesto, dopo: Option<Posizione>) -> Result<()> {
    match dopo {
        Some(Posizione(posizione)) if !app.attendi(contesto, posizione).await => {
            Err(of_app(AppError::non_disponibile(format!("the read models have not reached {posizione}"))))
        }
        _ => Ok(()),
    }
}

/// What the document asks of a list of cases besides its rows, read together with them.
fn corredo(ctx: &Context<'_>) -> Corredo {
    let look = ctx.look_ahead();
    Corredo { totale: look.field("totalCount").exists(), passi: passi_chiesti(look) }
}

#[Object]
impl CaseQuery {
    /// The municipality of this host name.
    async fn ente(&self, ctx: &Context<'_>) -> Result<Ente> {
        Ok(Ente::from(parts(ctx)?.1.ente.as_ref()))
    }

    /// The categories of reports.
    #[graphql(complexity = "12 * child_complexity + 1")]
    async fn categorie(&self, ctx: &Context<'_>) -> Result<Vec<Categoria>> {
        let contesto = parts(ctx)?.1;
        Ok(domain::segnalazione::CATEGORIE.iter().map(|categoria| Categoria::of(contesto, categoria)).collect())
    }

    /// The services for which an istanza may be filed, each in its version in force, by name.
    #[graphql(complexity = "crate::limits::SEARCH_COST + cost(first) * child_complexity")]
    async fn servizi(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All these words in name, description and topics; case and accents do not count.")]
        testo: Option<String>,
        #[graphql(desc = "With this topic.")] argomento: Option<String>,
        #[graphql(desc = "Of this category.")] categoria: Option<String>,
        #[graphql(desc = "Rows, 1 to 100; 20 if not given.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the last row of the page before.")] after: Option<String>,
    ) -> Result<Page<Servizio>> {
        let (app, contesto) = parts(ctx)?;
        let pagina = pagina(first, after.as_deref())?;
        let cerca = Cerca::new(testo.as_deref(), argomento.as_deref(), categoria.as_deref());
        let elenco = cerca.pagina(app.servizi(contesto), pagina);
        Ok(connection(elenco, pagina, |voce| Servizio(voce.servizio)))
    }

    /// One service, in its version in force or in the one named; null when there is none of this code.
    async fn servizio(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code, such as `richiesta-generica`.")] codice: String,
        #[graphql(desc = "As it was in this version; without it, the one in force.")] versione: Option<i32>,
    ) -> Result<Option<Servizio>> {
        let (app, contesto) = parts(ctx)?;
        let found = match versione.map(u32::try_from) {
            None => app.servizio(contesto, &codice),
            Some(Ok(versione)) => app.servizio_di(contesto, &RiferimentoServizio { codice, versione }),
            Some(Err(_)) => None,
        };
        Ok(found.map(Servizio))
    }

    /// Who asks; null when nobody signed in.
    async fn utente(&self, ctx: &Context<'_>) -> Result<Option<Utente>> {
        let contesto = parts(ctx)?.1;
        Ok(contesto.utente.as_deref().map(|utente| Utente::of(contesto, utente)))
    }

    /// A case, folded from the log; null when there is none for who asks.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn pratica(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the case.")] id: ID,
        #[graphql(desc = "As it was recorded at this instant; without it, as it is now.")] alla: Option<DateTime>,
        #[graphql(desc = "Once the log has reached this position; wait at most two seconds.")] dopo: Option<Posizione>,
    ) -> Result<Option<Pratica>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let Ok(id) = id.parse::<PraticaId>() else { return Ok(None) };
        let found = app.pratica(contesto, id, alla.map(|a| a.0), dopo.map(|d| d.0)).await.map_err(of_app)?;
        Ok(found.map(Pratica::from))
    }

    /// The drafts of who asks, the one saved last first. Citizens.
    #[graphql(complexity = "crate::limits::MAX_DRAFTS * child_complexity + crate::limits::DETAIL_COST")]
    async fn bozze(&self, ctx: &Context<'_>) -> Result<Vec<Bozza>> {
        let (app, contesto, _) = signed_in(ctx)?;
        Ok(app.bozze(contesto).await.map_err(of_app)?.into_iter().map(Bozza::from).collect())
    }

    /// One draft of who asks, carried over to the form in force; null when there is none.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn bozza(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the draft.")] id: ID) -> Result<Option<Bozza>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let Some(id) = crate::drafts::id(&id) else { return Ok(None) };
        Ok(app.bozza(contesto, id).await.map_err(of_app)?.map(Bozza::from))
    }

    /// The personal area of who asks (Modello Comuni).
    async fn area_personale(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Once lists hold this position; wait at most two seconds.")] dopo: Option<Posizione>,
    ) -> Result<Option<AreaPersonale>> {
        let (app, contesto, _) = signed_in(ctx)?;
        wait(app, contesto, dopo).await?;
        Ok(Some(AreaPersonale))
    }

    /// The desk of an official: the cases of their offices.
    async fn scrivania(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Once lists hold this position; wait at most two seconds.")] dopo: Option<Posizione>,
    ) -> Result<Option<Scrivania>> {
        let (app, contesto, utente) = signed_in(ctx)?;
        if !matches!(utente.ruolo, Ruolo::Operatore | Ruolo::SegreteriaSindaco) {
            return Err(of_app(AppError::NonTrovato));
        }
        wait(app, contesto, dopo).await?;
        Ok(Some(Scrivania))
    }

    /// The protocol register, newest first (DPR 445/2000 art. 53). Protocol office.
    #[graphql(complexity = "cost(first) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn registro(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this year.")] anno: Option<i32>,
        #[graphql(desc = "From this day on.")] dal: Option<Date>,
        #[graphql(desc = "Up to this day, included.")] al: Option<Date>,
        #[graphql(desc = "In number, subject, correspondent, code of the case.")] testo: Option<String>,
        #[graphql(desc = "Rows, 1 to 100; 20 if not given.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the last row of the page before.")] after: Option<String>,
        #[graphql(desc = "Once lists hold this position; wait at most two seconds.")] dopo: Option<Posizione>,
    ) -> Result<Option<Page<Registrazione>>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let pagina = pagina(first, after.as_deref())?;
        // A year that cannot be is one without entries.
        let anno = anno.map(|anno| i16::try_from(anno).unwrap_or(i16::MIN));
        let filtro = FiltroRegistro {
            anno,
            dal: dal.map(|d| d.0),
            al: al.map(|d| d.0),
            testo,
            riservate: true,
            ..FiltroRegistro::default()
        };
        wait(app, contesto, dopo).await?;
        let elenco = app.registro(contesto, &filtro, pagina).await.map_err(of_app)?;
        Ok(Some(connection(elenco, pagina, Registrazione::from)))
    }

    /// One entry of the register with its changes, read from the log; null when there is none for who asks.
    #[graphql(complexity = "crate::limits::DETAIL_COST + child_complexity")]
    async fn registrazione(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Year of the entry.")] anno: i32,
        #[graphql(desc = "Number of the entry.")] numero: i32,
    ) -> Result<Option<Registrazione>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let (Ok(anno), Ok(numero)) = (i16::try_from(anno), u64::try_from(numero)) else { return Ok(None) };
        let found = app.registrazione(contesto, anno, numero).await.map_err(of_app)?;
        Ok(found.map(Registrazione::from))
    }

    /// The audit trail, newest first: every fact of the log with its link of the hash chain. Protocol office, and tokens
    /// with the scope `audit:lettura`.
    #[graphql(complexity = "cost(first) * child_complexity + 1")]
    async fn audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this stream.")] stream: Option<String>,
        #[graphql(desc = "Rows, 1 to 100; 20 if not given.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the last row of the page before.")] after: Option<String>,
        #[graphql(desc = "Once lists hold this position; wait at most two seconds.")] dopo: Option<Posizione>,
    ) -> Result<Option<Page<Audit>>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let pagina = pagina(first, after.as_deref())?;
        let filtro = FiltroAudit { stream, ..FiltroAudit::default() };
        wait(app, contesto, dopo).await?;
        let elenco = app.audit(contesto, &filtro, pagina).await.map_err(of_app)?;
        Ok(Some(connection(elenco, pagina, Audit::from)))
    }
}

/// The personal area of who asks.
pub struct AreaPersonale;

/// The personal area of who asks (Modello Comuni).
#[Object]
impl AreaPersonale {
    /// Who asks.
    async fn utente(&self, ctx: &Context<'_>) -> Result<Utente> {
        let (_, contesto, utente) = signed_in(ctx)?;
        Ok(Utente::of(contesto, utente))
    }

    /// Their own cases, newest first.
    #[graphql(complexity = "cost(first) * child_complexity + 1")]
    async fn pratiche(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this kind.")] tipo: Option<TipoPratica>,
        #[graphql(desc = "In this state.")] stato: Option<StatoPratica>,
        #[graphql(desc = "Rows, 1 to 100; 20 if not given.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the last row of the page before.")] after: Option<String>,
    ) -> Result<Page<AtOnce<Pratica>>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let pagina = pagina(first, after.as_deref())?;
        let (tipo, stato, corredo) = (tipo.map(Into::into), stato.map(Into::into), corredo(ctx));
        let elenco = app.area_personale_con(contesto, tipo, stato, pagina, corredo).await.map_err(of_app)?;
        Ok(connection(elenco, pagina, |row| AtOnce(Pratica::of_list(row, corredo.passi))))
    }
}

/// The desk of an official.
pub struct Scrivania;

/// How many cases there are of a kind in a state.
#[derive(Debug, Clone, SimpleObject)]
pub struct Conteggio {
    /// Kind.
    tipo: TipoPratica,
    /// State.
    stato: StatoPratica,
    /// Cases.
    numero: u64,
}

/// The desk of an official: the cases of their offices.
#[Object]
impl Scrivania {
    /// The cases of their offices, newest first.
    #[graphql(complexity = "cost(first) * child_complexity + 1")]
    async fn pratiche(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this kind.")] tipo: Option<TipoPratica>,
        #[graphql(desc = "In this state.")] stato: Option<StatoPratica>,
        #[graphql(desc = "In code, protocol number, title, name of who filed, subject.")] testo: Option<String>,
        #[graphql(desc = "Rows, 1 to 100; 20 if not given.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the last row of the page before.")] after: Option<String>,
    ) -> Result<Page<AtOnce<Pratica>>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let pagina = pagina(first, after.as_deref())?;
        let filtro = FiltroPratiche {
            tipo: tipo.map(Into::into),
            stato: stato.map(Into::into),
            testo,
            ..FiltroPratiche::default()
        };
        let corredo = corredo(ctx);
        let elenco = app.scrivania_con(contesto, filtro, pagina, corredo).await.map_err(of_app)?;
        Ok(connection(elenco, pagina, |row| AtOnce(Pratica::of_list(row, corredo.passi))))
    }

    /// How many cases stand where; kinds and states without any are left out.
    #[graphql(complexity = "15 * child_complexity + 1")]
    async fn conteggi(&self, ctx: &Context<'_>) -> Result<Vec<Conteggio>> {
        let (app, contesto, _) = signed_in(ctx)?;
        let counts = app.conteggi(contesto).await.map_err(of_app)?;
        let count = |(tipo, stato, numero): (domain::pratica::TipoPratica, domain::pratica::StatoPratica, u64)| {
            Conteggio { tipo: tipo.into(), stato: stato.into(), numero }
        };
        Ok(counts.into_iter().map(count).collect())
    }
}
