//! The agenda of an office as a calendar that its officers subscribe to. Programs of calendars do not sign in: the address
//! holds a token, sealed by the installation's key, that is over after some months; the page of the agenda shows the next.

use super::calendario::{calendario, istante, testo_di, uid};
use super::disponibilita::di_ufficio;
use super::limits;
use crate::app::App;
use crate::contesto::Contesto;
use crate::error::AppError;
use crate::persone::SIGILLO;
use crate::testi::{ITALIANO, testo};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ente::CodiceUfficio;
use domain::pratica::StatoPratica;
use domain::termini::data_locale;
use icalendar::{Component as _, Event, EventStatus, Property};
use jiff::ToSpan as _;
use jiff::civil::Date;
use projections::AppuntamentoRow;

/// What the seal is for.
const SCOPO: &str = "agenda";

/// The end of a token that is handed out on a day: the first day of a quarter. Within a quarter it is the same, so that
/// whoever looks twice finds one address.
fn fine_validita(oggi: Date) -> Date {
    let after = oggi.saturating_add(limits::VALIDITA_FEED.days());
    let past = (after.month() - 1).rem_euclid(3);
    after.first_of_month().saturating_sub(i32::from(past).months())
}

fn sealed(ufficio: &str, scade: Date) -> String {
    format!("{ufficio}~{scade}")
}

impl App {
    /// The token of an office's calendar, for its officers: it shows names to whoever has it. The address is
    /// `/calendari/<token>.ics`.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for others than officers of the office.
    pub fn token_agenda(&self, ctx: &Contesto, ufficio: &CodiceUfficio) -> Result<String, AppError> {
        if ctx.utente.is_none() {
            return Err(AppError::AccessoRichiesto);
        }
        self.orario(ctx, ufficio).filter(|_| di_ufficio(ctx, ufficio)).ok_or(AppError::NonTrovato)?;
        let said = sealed(ufficio.as_str(), fine_validita(data_locale(self.parts.clock.now())));
        let mut bytes = self.parts.persone.sigillo(ctx.codice_ente(), SCOPO, &said).to_vec();
        bytes.extend_from_slice(said.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The calendar of an office: bookings of the last and the next weeks, with who comes, save in restricted services.
    /// Nobody need have signed in.
    ///
    /// # Errors
    /// [`AppError::NonTrovato`] for a token that is not ours or is over.
    pub async fn feed_agenda(&self, ctx: &Contesto, token: &str) -> Result<String, AppError> {
        let oggi = data_locale(self.parts.clock.now());
        let (ufficio, scade) = self.leggi_token_agenda(ctx.codice_ente(), token).ok_or(AppError::NonTrovato)?;
        if scade <= oggi {
            return Err(AppError::NonTrovato);
        }
        let orario = self.orario(ctx, &ufficio).ok_or(AppError::NonTrovato)?;
        let dal = oggi.saturating_sub(limits::GIORNI_FEED_PRIMA.days());
        let al = oggi.saturating_add(limits::GIORNI_FEED_DOPO.days());
        let rows = self.parts.reads.appuntamenti_di_ufficio(ctx.codice_ente(), &ufficio, dal, al).await?;
        let mut calendar = calendario("PUBLISH");
        calendar.name(&testo(ITALIANO, "calendario-agenda", &[("ufficio", orario.luogo.nome.clone())]));
        for row in &rows {
            calendar.push(voce(ctx, row));
        }
        Ok(testo_di(&calendar))
    }

    fn leggi_token_agenda(&self, ente: &str, token: &str) -> Option<(CodiceUfficio, Date)> {
        if token.len() > limits::CARATTERI_FEED {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (seal, said) = bytes.split_first_chunk::<SIGILLO>()?;
        let said = std::str::from_utf8(said).ok()?;
        if !self.parts.persone.sigillato(ente, SCOPO, said, seal) {
            return None;
        }
        let (ufficio, scade) = said.split_once('~')?;
        Some((CodiceUfficio::new(ufficio), scade.parse().ok()?))
    }
}

fn voce(ctx: &Contesto, row: &AppuntamentoRow) -> Event {
    let name = row.richiedente.as_deref().filter(|_| !row.riservato);
    let summary = name.map_or_else(|| row.nome_servizio.clone(), |name| format!("{} - {name}", row.nome_servizio));
    let status = if row.da_confermare { EventStatus::Tentative } else { EventStatus::Confirmed };
    let mut lines = vec![testo(ITALIANO, "calendario-codice", &[("codice", row.codice.clone())])];
    lines.push(testo(ITALIANO, "calendario-sportello", &[("sportello", row.sportello.clone())]));
    if row.stato != StatoPratica::Prenotata {
        lines.push(crate::testi::it(&format!("stato-{}", row.stato.as_str())));
    }
    let mut event = Event::new();
    event
        .add_property("UID", uid(&ctx.ente, row.id))
        .add_property("DTSTAMP", istante(row.aggiornato_il))
        .add_property("DTSTART", istante(row.inizio))
        .add_property("DTEND", istante(row.fine))
        .add_property("SEQUENCE", row.sequenza.to_string())
        .add_property("SUMMARY", summary)
        .add_property("LOCATION", format!("{}, {}", row.sede.nome, row.sede.indirizzo))
        .add_property("DESCRIPTION", lines.join("\n"))
        .append_property(Property::new("CLASS", "CONFIDENTIAL"));
    event.status(status);
    event
}
