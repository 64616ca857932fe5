//! What a request that was just filed would add to the profile: offered, never taken.

use super::gruppi;
use super::vista::{Offerta, Scheda};
use crate::errore::Errore;
use crate::pagine::istanza::giro::{Fuori, verso};
use crate::richiesta::{Firmata, Richiesta};
use crate::{sessione, t};
use app::AppError;
use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use domain::Caso;
use domain::ids::PraticaId;
use domain::modulo::GruppoProfilo;
use domain::termini;

/// What the done page of a case offers; none when there is nothing new.
///
/// # Errors
/// Of the profile.
pub async fn offerta(r: &Richiesta, caso: &Caso) -> Result<Option<Offerta>, AppError> {
    if !matches!(caso, Caso::Istanza(_)) {
        return Ok(None);
    }
    let chi = &r.utente().ok_or(AppError::AccessoRichiesto)?.anagrafica;
    let oggi = termini::data_locale(r.web.app.clock().now());
    let novita = r.web.app.novita(&r.ctx, caso).await?;
    let scheda = |gruppo: &GruppoProfilo| Scheda {
        gruppo: gruppo.as_str(),
        titolo: gruppi::passo(*gruppo).titolo.clone(),
        righe: gruppi::righe(*gruppo, &novita.trovato, chi, oggi),
    };
    let schede: Vec<Scheda> = novita.gruppi.iter().map(scheda).filter(|scheda| !scheda.righe.is_empty()).collect();
    let azione = format!("/profilo/da-richiesta/{}", caso.base().id);
    Ok((!schede.is_empty()).then_some(Offerta { azione, schede }))
}

/// `POST /profilo/da-richiesta/{id}`: keeps the groups that were chosen, and goes back to the page of what was done.
pub async fn salva(
    Firmata(r): Firmata,
    Path(id): Path<String>,
    Form(scelte): Form<Vec<(String, String)>>,
) -> Result<Response, Fuori> {
    let id: PraticaId = id.parse().map_err(|_| Errore::NonTrovato)?;
    let found = r.web.app.pratica(&r.ctx, id, None, None).await?;
    let dettaglio = found.filter(|dettaglio| dettaglio.personale).ok_or(Errore::NonTrovato)?;
    let chosen = scelte.iter().filter(|(nome, _)| nome == "gruppo").filter_map(|(_, g)| GruppoProfilo::parse(g));
    let novita = r.web.app.novita(&r.ctx, &dettaglio.caso).await?;
    let chosen: Vec<GruppoProfilo> = chosen.filter(|gruppo| novita.gruppi.contains(gruppo)).collect();
    if !chosen.is_empty() {
        let join = |profilo: &mut domain::modulo::Profilo| {
            for gruppo in &chosen {
                profilo.unisci(*gruppo, &novita.trovato);
            }
        };
        r.web.app.cambia_profilo(&r.ctx, join).await?;
        sessione::avvisa(&r.session, t("profilo-salvati")).await?;
    }
    Ok(verso(&format!("/pratiche/{id}/fatto")))
}
