//! When an office has no place, for programs of calendars: a component of free and busy time (RFC 5545, 3.6.4), as published
//! (RFC 5546, 3.3.1). Hours only, nothing of those who come; the same for everybody.

use super::calendario::{calendario, host, istante, persona, testo_di};
use super::disponibilita::SlotOfferto;
use super::limits;
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use domain::Refusal;
use domain::ente::CodiceUfficio;
use domain::prenotabile::{Intervallo, aperture};
use domain::termini::{data_locale, fine_giornata, inizio_giornata};
use icalendar::{Component as _, Event, Property};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

impl App {
    /// The hours of an office in which a service cannot be booked, as a calendar: `BUSY` while the office is open for it,
    /// `BUSY-UNAVAILABLE` otherwise. From today or later, for some weeks unless said otherwise, not beyond the horizon of the
    /// service. What an officer could still book does not count: everybody reads the same.
    ///
    /// # Errors
    /// `servizio-sconosciuto`, `ufficio-sconosciuto`, `periodo-non-valido`, `periodo-troppo-lungo`.
    pub async fn libero_occupato(
        &self,
        ctx: &Contesto,
        (ufficio, servizio): (&CodiceUfficio, &str),
        (dal, al): (Option<Date>, Option<Date>),
    ) -> Result<String, AppError> {
        let adesso = self.parts.clock.now();
        let oggi = data_locale(adesso);
        let dal = dal.unwrap_or(oggi);
        let al = al.unwrap_or_else(|| dal.saturating_add((limits::GIORNI_LIBERO - 1).days()));
        let chiunque = Contesto { utente: None, ..ctx.clone() };
        let found = self.disponibilita(&chiunque, servizio, Some(std::slice::from_ref(ufficio)), dal, al).await?;
        let unknown = || AppError::rifiuto(Refusal::field("servizio", "servizio-sconosciuto"));
        let (prenotabile, uno) = (self.prenotabile(ctx, servizio).ok_or_else(unknown)?, found.into_iter().next());
        let uno = uno.ok_or_else(|| AppError::rifiuto(Refusal::field("ufficio", "ufficio-sconosciuto")))?;
        let orizzonte = oggi.saturating_add(i32::from(prenotabile.orizzonte_giorni).days());
        let (dal, al) = (dal.max(oggi), al.min(orizzonte));
        if al < dal {
            return Err(AppError::rifiuto(Refusal::field("al", "periodo-non-valido")));
        }
        let calendario_ufficio = ctx.ente.calendario();
        let days = std::iter::successors(Some(dal), |day| day.tomorrow().ok()).take_while(|day| *day <= al);
        let desks = uno.orario.sportelli.iter().filter(|desk| desk.serve(servizio));
        let open = desks.flat_map(|desk| {
            days.clone().flat_map(|day| aperture(&uno.orario, desk, day, &calendario_ufficio)).collect::<Vec<_>>()
        });
        let open = uniti(open.collect());
        // The pause after a visit belongs to it: nobody could come then.
        let pausa = SignedDuration::from_mins(prenotabile.margine_minuti.into());
        let visit = |slot: &SlotOfferto| Intervallo {
            inizio: slot.inizio,
            fine: slot.fine.saturating_add(pausa).unwrap_or(slot.fine),
        };
        let free = uniti(uno.slot.iter().map(visit).collect());
        let whole = Intervallo { inizio: inizio_giornata(dal), fine: fine_giornata(al) };
        let busy = open.iter().flat_map(|span| senza(*span, &free)).map(|span| (span, "BUSY"));
        let mut spans: Vec<(Intervallo, &str)> =
            busy.chain(senza(whole, &open).into_iter().map(|span| (span, "BUSY-UNAVAILABLE"))).collect();
        spans.sort_unstable_by_key(|(span, _)| span.inizio);
        let uid = format!("disponibilita-{ufficio}-{servizio}@{}", host(&ctx.ente));
        let organizer = persona("ORGANIZER", &uno.orario.luogo.nome, &ctx.ente.email);
        Ok(scrivi(&uid, organizer, (whole, &spans), adesso))
    }
}

/// The library makes no such component; an event takes the same properties, and its name is changed afterwards.
fn scrivi(
    uid: &str,
    organizer: Property,
    (whole, spans): (Intervallo, &[(Intervallo, &str)]),
    adesso: Timestamp,
) -> String {
    let mut component = Event::new();
    component
        .add_property("UID", uid)
        .add_property("DTSTAMP", istante(adesso))
        .add_property("DTSTART", istante(whole.inizio))
        .add_property("DTEND", istante(whole.fine))
        .append_property(organizer);
    for (span, kind) in spans {
        let mut period = Property::new("FREEBUSY", format!("{}/{}", istante(span.inizio), istante(span.fine)));
        period.add_parameter("FBTYPE", kind);
        component.append_multi_property(period);
    }
    let mut calendar = calendario("PUBLISH");
    calendar.push(component);
    let named = |line: &str| match line {
        "BEGIN:VEVENT\r\n" | "END:VEVENT\r\n" => line.replace("VEVENT", "VFREEBUSY"),
        other => other.to_owned(),
    };
    testo_di(&calendar).split_inclusive("\r\n").map(named).collect()
}

/// Spans in order, those that touch as one.
fn uniti(mut spans: Vec<Intervallo>) -> Vec<Intervallo> {
    spans.sort_unstable_by_key(|span| (span.inizio, span.fine));
    let mut joined: Vec<Intervallo> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.inizio <= last.fine => last.fine = last.fine.max(span.fine),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is left of a span without others, which are in order and apart.
fn senza(span: Intervallo, others: &[Intervallo]) -> Vec<Intervallo> {
    let (mut left, mut from) = (Vec::new(), span.inizio);
    for other in others.iter().filter(|other| other.tocca(span)) {
        if from < other.inizio {
            left.push(Intervallo { inizio: from, fine: other.inizio });
        }
        from = from.max(other.fine);
    }
    if from < span.fine {
        left.push(Intervallo { inizio: from, fine: span.fine });
    }
    left
}
