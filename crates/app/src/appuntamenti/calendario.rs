//! Calendar files: one appointment as programs of calendars take it, update it and take it away again (RFC 5545, 5546).
//!
//! The identity of the event is that of the case at the ente's host and never changes; each move and the cancellation
//! raise its SEQUENCE. Times are in UTC, so that no file need explain Italian time zones.

use super::limits;
use crate::app::App;
use crate::autorizzazione::Azione;
use crate::contesto::Contesto;
use crate::enti::Ente;
use crate::error::AppError;
use crate::testi::{ITALIANO, it, testo};
use domain::appuntamento::Dettaglio;
use domain::ids::PraticaId;
use domain::pratica::{Pratica, StatoPratica};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus, Property};
use jiff::Timestamp;

/// What made the file (RFC 5545, 3.7.3).
pub(super) const PRODOTTO: &str = "-//Sportello//Appuntamenti//IT";

/// What is said of an appointment besides what its case holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Corredo {
    /// Address of its signed link, while there is one.
    pub collegamento: Option<String>,
    /// What to bring.
    pub cosa_serve: Vec<String>,
}

/// An instant as calendars write it.
pub(super) fn istante(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The host of the ente's pages: the right-hand side of what is unique in the world.
pub(super) fn host(ente: &Ente) -> &str {
    let after = ente.base_url.split_once("://").map_or(ente.base_url.as_str(), |(_, rest)| rest);
    after.split(['/', ':']).next().unwrap_or(after)
}

/// The identity of an appointment's event, the same for ever.
pub(super) fn uid(ente: &Ente, id: PraticaId) -> String {
    format!("{id}@{}", host(ente))
}

/// An empty calendar of ours.
pub(super) fn calendario(metodo: &str) -> Calendar {
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", PRODOTTO), ("CALSCALE", "GREGORIAN"), ("METHOD", metodo)] {
        calendar.append_property(Property::new(key, value));
    }
    calendar
}

/// The text of a calendar. The library stamps alarms with the time of writing, which the standard knows for events only.
pub(super) fn testo_di(calendar: &Calendar) -> String {
    let mut out = String::new();
    let mut in_alarm = false;
    for line in calendar.to_string().split_inclusive("\r\n") {
        in_alarm = (in_alarm || line == "BEGIN:VALARM\r\n") && line != "END:VALARM\r\n";
        if !(in_alarm && line.starts_with("DTSTAMP:")) {
            out.push_str(line);
        }
    }
    out
}

/// What programs do with the file: take the event, or take it away.
pub(crate) fn metodo(pratica: &Pratica<Dettaglio>) -> &'static str {
    if pratica.base.stato == StatoPratica::Annullata { "CANCEL" } else { "REQUEST" }
}

/// The file of an appointment as it stands.
pub(crate) fn file(ente: &Ente, pratica: &Pratica<Dettaglio>, corredo: &Corredo, adesso: Timestamp) -> String {
    let Pratica { base, dettaglio } = pratica;
    let posto = &dettaglio.posto;
    let uid = uid(ente, base.id);
    let cancelled = base.stato == StatoPratica::Annullata;
    let status = match (cancelled, dettaglio.da_confermare) {
        (true, _) => EventStatus::Cancelled,
        (false, true) => EventStatus::Tentative,
        (false, false) => EventStatus::Confirmed,
    };
    let mut event = Event::new();
    event
        .add_property("UID", &uid)
        .add_property("DTSTAMP", istante(adesso))
        .add_property("DTSTART", istante(posto.inizio))
        .add_property("DTEND", istante(posto.fine))
        .add_property("SEQUENCE", dettaglio.sequenza.to_string())
        .add_property("SUMMARY", &dettaglio.nome_servizio)
        .add_property("LOCATION", format!("{}, {}", posto.sede.nome, posto.sede.indirizzo))
        .add_property("DESCRIPTION", descrizione(pratica, corredo))
        .add_property("TRANSP", "OPAQUE")
        .append_property(persona("ORGANIZER", &ente.denominazione, &ente.email));
    event.status(status);
    if let Some(url) = &corredo.collegamento {
        event.add_property("URL", url);
    }
    if let Some(email) = email(pratica) {
        let nome = base.richiedente.get().map(domain::persona::Anagrafica::nome_completo).unwrap_or_default();
        let mut attendee = persona("ATTENDEE", &nome, email);
        attendee.add_parameter("PARTSTAT", "ACCEPTED").add_parameter("RSVP", "FALSE");
        event.append_property(attendee);
    }
    if !cancelled && let Some(alarm) = avviso(&dettaglio.nome_servizio, &uid) {
        event.alarm(alarm);
    }
    let mut calendar = calendario(metodo(pratica));
    calendar.push(event);
    testo_di(&calendar)
}

/// Where notices about an appointment go.
pub(crate) fn email(pratica: &Pratica<Dettaglio>) -> Option<&str> {
    let given = pratica.dettaglio.documento.get().and_then(|documento| documento.email.as_deref());
    let known = pratica.base.richiedente.get().and_then(|autore| autore.email.as_deref());
    given.or(known).map(str::trim).filter(|email| !email.is_empty())
}

/// A mailbox with a name. Quotes cannot stand inside quotes, nor ends of lines in a line (RFC 5545, 3.1).
pub(super) fn persona(key: &str, nome: &str, email: &str) -> Property {
    let nome: String = nome.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let mailbox: String = email.chars().filter(|c| !c.is_control()).collect();
    let mut property = Property::new(key, format!("mailto:{mailbox}"));
    if !nome.is_empty() {
        property.add_parameter("CN", &nome);
    }
    property
}

/// A reminder of the calendar's own, the day before: ours may be read too late.
fn avviso(nome: &str, uid: &str) -> Option<Alarm> {
    // The library reads no durations that look back; the right one takes its place.
    let trigger = icalendar::Trigger::try_from(&Property::new("TRIGGER", "PT0S")).ok()?;
    let mut alarm = Alarm::display(nome, trigger);
    alarm.add_property("TRIGGER", limits::AVVISO_CALENDARIO).add_property("UID", format!("avviso-{uid}"));
    Some(alarm)
}

fn descrizione(pratica: &Pratica<Dettaglio>, corredo: &Corredo) -> String {
    let Pratica { base, dettaglio } = pratica;
    let mut lines = vec![testo(ITALIANO, "calendario-codice", &[("codice", base.codice.to_string())])];
    if dettaglio.da_confermare {
        lines.push(it("calendario-da-confermare"));
    }
    lines.extend(dettaglio.posto.sede.indicazioni.clone());
    if !corredo.cosa_serve.is_empty() {
        lines.push(it("calendario-cosa-serve"));
        lines.extend(corredo.cosa_serve.iter().map(|cosa| format!("- {cosa}")));
    }
    if let Some(url) = &corredo.collegamento {
        lines.push(testo(ITALIANO, "calendario-collegamento", &[("url", url.clone())]));
    }
    lines.join("\n")
}

impl App {
    /// The calendar file of an appointment as it stands; of a cancelled one the file that takes it away. `None` for a case
    /// that is not there or is no appointment.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others than the holder and officers of the office.
    pub async fn calendario_appuntamento(&self, ctx: &Contesto, id: PraticaId) -> Result<Option<String>, AppError> {
        let Some((pratica, _)) = self.appuntamento(ctx.codice_ente(), id).await? else { return Ok(None) };
        self.autorizza(ctx, Azione::LeggiPratica, &pratica.base).await?;
        // The link is its holder's alone.
        let own = ctx.utente.as_ref().is_some_and(|utente| utente.id == pratica.base.titolare);
        let mut corredo = self.corredo(ctx, &pratica);
        corredo.collegamento = corredo.collegamento.filter(|_| own);
        Ok(Some(file(&ctx.ente, &pratica, &corredo, self.parts.clock.now())))
    }

    /// What is said of an appointment besides what its case holds.
    pub(crate) fn corredo(&self, ctx: &Contesto, pratica: &Pratica<Dettaglio>) -> Corredo {
        let Dettaglio { servizio, versione, .. } = &pratica.dettaglio;
        let cosa_serve = self.prenotabile_di(ctx, servizio, *versione).map(|p| p.cosa_serve.clone());
        let collegamento = self.token_appuntamento(&ctx.ente, pratica);
        let collegamento = collegamento.map(|token| format!("{}/a/{token}", ctx.ente.base_url));
        Corredo { collegamento, cosa_serve: cosa_serve.unwrap_or_default() }
    }
}
