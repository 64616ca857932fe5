//! The public display of an office: which number at which desk, and who is next. No names, nobody signs in.

use super::{limits, oggi};
use crate::errore::{Errore, Pagina};
use crate::formato;
use crate::richiesta::Richiesta;
use app::appuntamenti::{TurnoAgenda, parole};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use domain::ente::CodiceUfficio;
use domain::prenotabile::Orario;
use serde::Deserialize;

/// A number at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chiamato {
    pub numero: u16,
    pub sportello: String,
}

#[derive(Template)]
#[template(path = "ufficio/agenda/monitor.html")]
pub struct Monitor {
    pub ente: String,
    pub ufficio: String,
    pub giorno: String,
    pub ora: String,
    /// The last one called first.
    pub chiamati: Vec<Chiamato>,
    /// In the order in which they were taken.
    pub attesa: Vec<u16>,
    /// Seconds after which the page asks again; none when that was stopped.
    pub aggiorna: Option<u32>,
    pub href: String,
}

/// Whether the display stands still, for who reads it slowly or with a screen reader (WCAG 2.2.1).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Domanda {
    ferma: String,
}

/// The numbers called, the last one first, and those that wait.
pub fn turni(orario: &Orario, turni: &[TurnoAgenda]) -> (Vec<Chiamato>, Vec<u16>) {
    let open = || turni.iter().filter(|turno| turno.concluso.is_none());
    let mut called: Vec<(&TurnoAgenda, &(String, jiff::Timestamp))> =
        open().filter_map(|turno| turno.chiamato.as_ref().map(|called| (turno, called))).collect();
    called.sort_by_key(|(turno, (_, dal))| std::cmp::Reverse((*dal, turno.turno)));
    let desk = |codice: &str| orario.sportello(codice).map_or_else(|| codice.to_owned(), |desk| desk.nome.clone());
    let called = called.into_iter().take(limits::CHIAMATI);
    (
        called.map(|(turno, (codice, _))| Chiamato { numero: turno.turno, sportello: desk(codice) }).collect(),
        open().filter(|turno| turno.chiamato.is_none()).map(|turno| turno.turno).take(limits::IN_ATTESA).collect(),
    )
}

/// `GET /monitor/{ufficio}`.
pub async fn mostra(
    r: Richiesta,
    Path(ufficio): Path<String>,
    Query(domanda): Query<Domanda>,
) -> Result<Response, Errore> {
    let (ufficio, today) = (CodiceUfficio::new(ufficio), oggi(&r));
    let (orario, numbers) = r.web.app.turni_del_giorno(&r.ctx, &ufficio, today).await?;
    let (chiamati, attesa) = turni(&orario, &numbers);
    Ok(Pagina(Monitor {
        ente: r.ctx.ente.denominazione.clone(),
        ufficio: orario.luogo.nome.clone(),
        giorno: formato::data_con_giorno(today),
        ora: parole::ora(r.web.app.clock().now()),
        chiamati,
        attesa,
        aggiorna: domanda.ferma.is_empty().then_some(limits::AGGIORNA),
        href: r.path.clone(),
    })
    .into_response())
}
