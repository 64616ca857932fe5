//! One case, now or as it was recorded at a moment of the past.

use super::vista::{VistaPratica, nate, per_campo};
use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::layout::{ErroreCampo, Layout};
use crate::pagine::appuntamenti;
use crate::richiesta::Firmata;
use crate::{t, ta};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use domain::Caso;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// Compiled in, as in the domain: the hour of a day in Italy does not depend on the machine.
static ROMA: TimeZone = jiff::tz::get!("Europe/Rome");

/// Which moment, and which write must be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domanda {
    /// Local date and time, as a `datetime-local` field sends it; an instant of RFC 3339 is read too.
    pub alla: String,
    /// Position that the case must have reached.
    pub dopo: Option<u64>,
}

/// The moment of the past that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passato {
    /// In words; empty when the page shows the present.
    pub quando: String,
    /// Value of the field.
    pub campo: String,
    /// Latest value of the field: now.
    pub massimo: String,
    /// What was wrong with the moment asked for.
    pub errori: Vec<ErroreCampo>,
}

#[derive(Template)]
#[template(path = "area/pratica.html")]
pub struct PaginaPratica {
    pub layout: Layout,
    pub v: VistaPratica,
    pub centro: String,
    pub passato: Passato,
    /// Whether the reader may take it back.
    pub ritirabile: bool,
    /// Whether the reader may begin another one from it.
    pub ripetibile: bool,
}

/// The last instant that a moment typed to the minute stands for: what was recorded within that minute belongs to it.
pub fn istante(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let minute: DateTime = text.parse().ok()?;
    let end = if minute.second() == 0 && minute.subsec_nanosecond() == 0 {
        minute.with().second(59).subsec_nanosecond(999_999_999).build().ok()?
    } else {
        minute
    };
    ROMA.to_ambiguous_zoned(end).later().ok().map(|zoned| zoned.timestamp())
}

/// `GET /pratiche/{id}`.
pub async fn mostra(
    Firmata(r): Firmata,
    Path(id): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let id = super::id(&id)?;
    let now = r.web.app.clock().now();
    let mut passato = Passato { campo: domanda.alla.clone(), massimo: per_campo(now), ..Passato::default() };
    let mut alla = None;
    if !domanda.alla.is_empty() {
        alla = istante(&domanda.alla).filter(|at| *at <= now);
        let future =
            alla.is_none() && istante(&domanda.alla).is_some_and(|at| at.as_second() / 60 == now.as_second() / 60);
        if alla.is_none() && !future {
            passato.errori.push(ErroreCampo::new("alla", t("area-momento-non-valido")));
        }
    }
    let mut found = r.web.app.pratica(&r.ctx, id, alla, domanda.dopo).await?;
    if let (None, Some(at)) = (&found, alla) {
        // There was nothing of it yet: the case is shown as it is now, with the reason.
        passato.errori.push(ErroreCampo::new("alla", ta("area-momento-prima", &[("quando", &formato::istante(at))])));
        alla = None;
        found = r.web.app.pratica(&r.ctx, id, None, None).await?;
    }
    let dettaglio = found.ok_or(Errore::NonTrovato)?;
    passato.quando = alla.map(formato::istante).unwrap_or_default();
    let mut v = VistaPratica::new(&dettaglio, &r.ctx.ente, alla.unwrap_or(now));
    // What may be done now is not offered on a page of the past.
    let (istanza, presente) = (matches!(dettaglio.caso, Caso::Istanza(_)), alla.is_none());
    let disponibile = istanza && presente && dettaglio.disponibile;
    if istanza && presente && dettaglio.personale {
        v.nate = nate(&r.web.app.nate_da(&r.ctx, dettaglio.caso.base()).await?, "/pratiche");
    }
    if let Some(integrazione) = v.integrazione.as_mut().filter(|asked| disponibile && asked.attesa) {
        integrazione.href = format!("/pratiche/{id}/integrazione");
    }
    let layout =
        r.layout(v.titolo.clone()).con_percorso([("/area-personale", &t("area-titolo")), (&r.path, &v.titolo)]);
    if let Caso::Appuntamento(pratica) = &dettaglio.caso {
        return appuntamenti::pagina_caso(&r, &dettaglio, pratica, (v, passato, layout)).await;
    }
    if presente && dettaglio.personale {
        appuntamenti::della_pratica(&r, &dettaglio, &mut v).await?;
    }
    let (lat, lon) = v.punto.as_ref().unwrap_or(&r.ctx.ente.centro);
    let page = PaginaPratica {
        layout,
        centro: format!("{lat},{lon}"),
        ritirabile: disponibile && dettaglio.caso.base().stato.aperta(),
        ripetibile: disponibile && !v.cancellata,
        v,
        passato,
    };
    Ok(Pagina(page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_means_its_end_in_rome() {
        let at = |text: &str| istante(text).map(|at| at.to_string());
        assert_eq!(at("2026-03-06T10:30").as_deref(), Some("2026-03-06T09:30:59.999999999Z"));
        assert_eq!(at("2026-07-06T10:30:15").as_deref(), Some("2026-07-06T08:30:15Z"));
        assert_eq!(at("2026-03-06T10:30:00Z").as_deref(), Some("2026-03-06T10:30:00Z"));
        // The hour that comes twice: the later one, so that nothing recorded by then is missing.
        assert_eq!(at("2026-10-25T02:30").as_deref(), Some("2026-10-25T01:30:59.999999999Z"));
        assert_eq!(at("ieri"), None);
    }
}
